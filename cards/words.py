"""What the card says of configs, columns and measures: name -> what it is."""

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

MEASURES = {
    "text_tokens": "tokens of the dialogue",
    "copy_rate": "share of the dialogue that stands word for word in the passage",
    "new_numbers": "numbers that the passage does not hold",
    "length_ratio": "tokens of the dialogue for one of the passage",
    "questions": "share of turns that ask something",
    "turns": "turns of the dialogue",
    "speakers": "speakers that say something",
}
