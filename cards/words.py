"""What the card says of configs, columns and measures: name -> what it is. (Measures are generation's; a name that is not here is shown without.)"""

CONFIGS = {
    "default": "the files of all styles, one after the other",
    "rejected": "what was not kept, with the step, the reason and what was seen",
    "replies": "every reply that these rows were read from, those of rejected rows too, as it was received",
}

COLUMNS = {
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
    "reply": "the key of the reply in the ledger and in `replies`",
    "model": "which model wrote it",
    "prompt": "name and digest of the prompt",
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
