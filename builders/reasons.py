"""Why a row is not kept: the one list of reasons, for tables, cards, filters and the rehearsal's planted faults."""

# reason -> what it means, in the order in which a row meets them
MIND = {
    "bad_row": "a document that cannot be read, or holds no text",
    "not_verified": "a problem whose answer is not verified, where dialogues are about problems",
    "duplicate": "the same text stood earlier in the same run",
    "refused": "the server would not take the question (400, 413, 422)",
    "no_answer": "no server answered before the question's deadline",
    "cut": "the reply ended at its token limit",
    "unreadable": "the reply is not of the form that was asked for",
    "too_short": "under 50 tokens (MIND, section 2)",
    "refusal": "the model declined to do what was asked",
    "prompt_leak": "the reply speaks of its instructions, or repeats them",
    "few_turns": "too few turns for a conversation",
    "one_speaker": "only one speaker says anything",
    "loop": "the reply repeats itself",
    "copied": "little more than the passage, word for word",
    "language": "another language than the passage's",
    "mathematics": "delimiters, braces or environments that do not balance",
    "proportion": "far shorter or far longer than its passage",
    "contaminated": "it shares its words with an item of a benchmark",
    "answer_missing": "a dialogue about a problem that never says its answer",
    "answer_differs": "a dialogue about a problem that says another answer than the verified one",
}

# GSDP's, for seeds, points and problems; in the same order
GSDP = {
    "bad_row": "a seed problem that cannot be read, or holds no text",
    "duplicate": "the same text stood earlier in the same run",
    "refused": MIND["refused"],
    "no_answer": MIND["no_answer"],
    "cut": MIND["cut"],
    "unreadable": MIND["unreadable"],
    "refusal": MIND["refusal"],
    "vague_point": "a knowledge point so broad that it does not say what to practise",
    "wrong_point": "a knowledge point that states something false",
    "detailed_point": "a knowledge point that is tied to one single problem",
    "contaminated": "it shares its words with a problem of a benchmark, or is one in other words",
    "prompt_leak": "the problem speaks of its instructions, or repeats them",
    "answer_inside": "the problem states its own answer",
    "mathematics": MIND["mathematics"],
    "language": "another language than the seeds'",
    "low_score": "the weighted mean of the judges' scores is too low",
    "no_boxed_answer": "no solution gives its answer in a box",
    "no_majority": "too few of the samples come to the same answer",
    "vetoed": "a judge calls the solution wrong",
}
