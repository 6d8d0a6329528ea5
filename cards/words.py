"""What the card says of configs, columns and measures: name -> what it is, by the kind of the folder.

(Measures are generation's; a name that is not here is shown without.)
"""

# kinds with a card of their own; any other has the one of plain rows
METHODS = ("mind", "gsdp")

TITLES = {
    "mind": "Mathematical dialogues",
    "gsdp": "Mathematical problems with solutions",
    "passages": "Passages of mathematics",
    "documents": "Mathematical documents",
    "problems": "Mathematical problems",
    "knowledge_points": "Knowledge points of problems",
    "vocabulary": "One name for each knowledge point",
    "combinations": "Combinations of knowledge points",
    "problem": "New problems from knowledge points",
    "solutions": "Problems with solutions",
    "judge": "Problems and what judges say of them",
    "decontaminate": "Rows held against benchmarks",
    "calibration": "Panels of judges, held against labels",
    "released": "Synthetic mathematics, in the released shape",
}

# figures that cards.card draws: file -> what is to be seen on it
PICTURES = {
    "card-way.png": "The way of a row, from what it was made of to what was kept, and what was lost on the way",
    "card-yield.png": "What was kept and what was rejected, and why",
    "card-rows.png": "How long the rows are, and what they measure",
}

CONFIGS = {
    "default": "what was kept",
    "rejected": "what was not kept, with the step, the reason and what was seen",
    "replies": "every reply that these rows were read from, those of rejected rows too, as it was received",
    "vocabulary": "a row for each spelling of a knowledge point: the name it got, and why, or why it was dropped",
    "nodes": "the knowledge points: in how many problems each occurs, with how many others, and which are core",
    "edges": "pairs of knowledge points that occur in one seed problem, and in how many",
    "one_hop": "pairs of points that occur in one seed problem",
    "two_hop": "pairs of points that never meet, but both meet a third",
    "three_hop": "pairs of points three edges apart, by way of core points",
    "community": "points all of which meet one another",
}
ALL = {
    "mind": "the files of all styles, one after the other",
    "gsdp": "the files of all kinds of combinations, one after the other",
}

REPLIES_COLUMNS = {"model": "which model wrote it", "prompt": "name and digest of the prompt"}

MIND = {
    "id": "passage and style",
    "text": "the dialogue as it is trained on",
    "turns": "the same dialogue, turn by turn",
    "style": "which of the prompts was asked",
    "gap": "how far apart the speakers' knowledge is, as the prompt sets it: none, partial or large",
    "passage": "the text that the dialogue was made from",
    "passage_id": "document and number of the passage",
    "document_id": "the document's own id, else a hash of its text",
    "url": "where the document was found",
    "passage_tokens": "tokens of the passage",
    "text_tokens": "tokens of the dialogue",
    "flags": "reasons that were seen but, as the recipe says, not applied",
    "contamination": "what it shares with benchmarks; empty where there is nothing, null where the recipe names none",
    "reply": "the key of the reply in the ledger and in `replies`",
    "answer": "the verified answer of the problem that the dialogue is about",
    "answer_told": "the answer that the dialogue comes to, as it says it",
    "seed_ids": "the seed problems that the problem goes back to",
    "problem_models": "the models whose replies made the problem and its solution",
    **REPLIES_COLUMNS,
}

GSDP = {
    "id": "kind of combination, hash of its points, repetition",
    "problem": "the new problem",
    "solution": "its solution; of several samples the first of those that agree",
    "answer": "what stands in the solution's box",
    "knowledge_points": "the points that the problem was to join, sorted",
    "hop": "the kind of combination: one_hop, two_hop, three_hop or community",
    "weight": "problems that share both points (one_hop), shortest paths between them (two_hop, three_hop), smallest edge (community)",
    "repetition": "0, 1, 2, ... of a pair that is asked about as often as it weighs; all others have 0",
    "difficulty": "low, medium or high, as a model rated it before it was solved",
    "problem_scores": "what each judge gave the problem, from 0 to 1",
    "problem_score": "their weighted mean",
    "solution_verdicts": "whether each judge called the solution right",
    "vote_answer": "the answer that most samples come to",
    "vote_share": "their share of all samples",
    "verified": "yes where enough samples agree (or a reference answer does), no where a reference disagrees, else undecided",
    "contamination": "what it shares with benchmarks: which, the id, the layer (exact, n-gram, semantic), the evidence; empty where there is nothing",
    "seed_ids": "for each edge of the path between the points, a seed problem in which both ends occur",
    "novel": "whether its nearest seed is farther away than the recipe asks",
    "text": "problem and solution as they are trained on",
    "text_tokens": "tokens of `text`",
    "messages": "problem and solution as a conversation",
    "replies": "every reply about this row: step, key (in the ledger and in `replies`), model",
}

OTHER = {
    "document_id": MIND["document_id"],
    "url": MIND["url"],
    "index": "number of the passage in its document",
    "start": "where it begins in the document, in characters (code points)",
    "end": "where it ends",
    "tokens": "tokens of the text",
    "subject": "the subject that the set gives",
    "level": "how difficult it is, as the set says",
    "knowledge_point": "the name of a point",
    "degree": "points with which it occurs",
    "problems": "problems in which it occurs",
    "core": "whether it is among those of highest degree",
    "spelling": "a point as a model wrote it",
    "similarity": "of the spelling to the one that stands for its group",
    "decision": "kept, chosen to stand for a group, merged into one, or dropped",
    "reason": "why",
    "points_over": "points beyond the most that a problem may have, left out",
    "points_repeated": "points that the model named twice",
    **{name: words for name, words in GSDP.items() if name not in ("id", "text", "text_tokens", "replies", "problem")},
    "problem": "the problem",
    "solution": "its solution",
    "knowledge_points": "its knowledge points",
}

# of each row, and their means per style
MEASURES = {
    "copy_rate": "share of the dialogue's different runs of 5 words that stand in the passage",
    "similarity": "words that dialogue and passage share, over the geometric mean of how many each has",
    "new_numbers": "different numbers that the passage does not hold and that nothing right in the dialogue computes",
    "wrong_arithmetic": "statements like 3 * 4 = 13 that are wrong when worked out exactly",
    "length_ratio": "tokens of the dialogue for one of the passage",
    "question_share": "share of the turns that ask something",
    "steps_per_answer": "marks of a step in a turn that follows a question, on average",
    "questions": "turns, and turns that ask something, per speaker",
}

RELEASED = {
    "Text": "the dialogue",
    "Document ID": "the document that it was made from",
    "Conversational Style": "the style, in upper case",
    "problem": "the problem",
    "solution": "its solution",
}
# what a view of a folder of that kind is
SHAPES = {
    "mind": "The dialogues of a folder of MIND in the columns and configs of nvidia/Nemotron-MIND",
    "gsdp": "The problems of a folder of GSDP with their solutions",
}

COLUMNS = {"mind": {**MIND, **MEASURES}, "gsdp": GSDP, "released": RELEASED}

# Why a column may be null in every kept row of GSDP; anything else is "what makes it had no part in this run".
ABSENT = {
    "novel": "without embeddings nobody knows the nearest seeds, and it is not guessed",
    "vote_answer": "one sample was drawn of each problem, so there was nothing to vote on",
    "vote_share": "as `vote_answer`",
    "contamination": "the recipe names no benchmark, so the rows were compared with none",
}

ROLES = {
    "extractor": "names the knowledge points of a seed",
    "curator": "filters points, compares them, names groups; says whether two problems are one",
    "embedder": "gives points and problems their vectors",
    "writer": "writes problems",
    "rater": "rates how difficult a problem is",
}
