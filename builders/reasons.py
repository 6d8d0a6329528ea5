"""Why a row is not kept: the one list of reasons, for tables, cards, filters and the rehearsal's planted faults."""

# reason -> what it means, in the order in which a row meets them
MIND = {
    "bad_row": "a document that cannot be read, or holds no text",
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
}
