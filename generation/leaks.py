"""What no speaker would say: chat templates, our own markers, talk of the task, the instructions themselves.

    text, passage -> what leaked, or None

What stands in the passage too is a quotation, and no leak.
"""

import re

from generation.words import grams, lowered, runs, word_set, words

LEAK_RUNS = 6  # runs of 5 words shared with the instructions: ten words on end, or several shorter pieces

_MODEL = r"\b(?:as|i am|i'm|i’m|being|just) an? (?:\w+ ){0,2}"
_GIVEN = r"(?:provided|given|above|below|you (?:gave|provided|shared))"
_MAKE = r"(?:write|generate|create|continue)"
# Signs of chat templates and of our own markers; a text without these brackets has none.
_MARKS = re.compile(
    r"<\|[a-z_][a-z_0-9]{1,30}\|>|\[/?inst\]|<<sys>>|<(?:start|end)_of_turn>|</s>|</?(?:think|passage|dialogue|text)>|"
    r"### ?(?:instruction|response|input|system|user|assistant)\b"
)
# A word that is in the text, and then what it must be part of. All in lower case.
_PATTERNS = {
    "language": _MODEL + r"language model\b",
    "ai": _MODEL + r"ai\b",
    "cutoff": r"\bknowledge cutoff\b",
    "passage": (
        rf"\b(?:provided|given|above|following|source|input) passage\b|\bpassage (?:that )?(?:is |was )?{_GIVEN}\b|"
        r"\b(?:based|draw\w*|rel(?:y|ies|ying)) (?:only |solely |strictly )?on the passage\b|"
        r"\b(?:faithful|stick|true) to the passage\b|\bend of (?:the )?passage\b"
    ),
    "excerpt": rf"\b(?:provided|given|above) excerpt\b|\bexcerpt {_GIVEN}\b",
    "document": r"\bprovided document\b|\bdocument (?:provided|you (?:gave|provided|shared))\b",
    "text": r"\bprovided text\b|\btext (?:provided|above|below|you (?:gave|provided|shared))\b",
    "instructed": r"\b(?:was|were|been|am|as) instructed\b",
    "instructions": (
        r"\b(?:your|these|my|above|following|given) instructions\b|\binstructions (?:say|ask|require|above|given|were|are to)\b|"
        r"\binstructions (?:that )?(?:i|we)(?:'ve|’ve)? (?:was|were|have|had|got|received|been)\b"
    ),
    "request": r"\b(?:your|user's) request\b",
    "requested": r"\b(?:as|you|user) requested\b|\brequested (?:format|style|dialogue)\b",
    "asked": rf"\basked me to (?:{_MAKE}|rewrite|rephrase|produce)\b",
    "user": r"\bthe user (?:asked|wants?|has|gave|provided|is asking|requested)\b",
    "prompt": r"\b(?:system|the|this|your|original|my) prompt\b",
    "outside": r"\boutside (?:information|knowledge|references?|sources?)\b",
    "external": r"\bexternal (?:information|knowledge|references?)\b",
    "multi": r"\bmulti-turn\b",
    "dialogue": (
        r"\b(?:this|the) dialogue (?:is|was|should|must|has|between|needs|above|below|follows|will)\b|\bin this dialogue\b|"
        rf"\b{_MAKE} (?:a|the|this) dialogue\b|\bhere is (?:the|a|your) dialogue\b"
    ),
    "conversation": (
        rf"\b{_MAKE} (?:a|the) conversation\b|\bhere is (?:the|a|your) conversation\b|\bconversation (?:based on|between the)\b"
    ),
    "word": r"\bword (?:limit|count)\b",
    "dollar": r"\b(?:between|in|within|inside) (?:\w+ )?dollar signs\b",
    "token": r"\btoken limit\b",
    "format": r"\b(?:output|required|requested|specified) format\b",
    "speakers": r"(?:^|\n)speakers:",
}
_LEAKS = {word: re.compile(pattern) for word, pattern in _PATTERNS.items()}


def leaked(text: str, passage: str) -> str | None:
    """The first words of a text that only the task can have put there."""
    low = lowered(text)
    patterns = [_LEAKS[word] for word in sorted(_LEAKS.keys() & word_set(text))]
    if "<" in low or "inst]" in low or "###" in low:
        patterns.insert(0, _MARKS)
    for pattern in patterns:
        for match in pattern.finditer(low):
            if match[0].strip() not in lowered(passage):
                return f"says {match[0].strip()!r}"
    return None


def repeated(text: str, instructions: str, passage: str) -> str | None:
    """The instructions (a prompt's body) said again, word for word."""
    shared = grams(text) & grams(instructions)
    if len(shared) < LEAK_RUNS or len(shared := shared - grams(passage)) < LEAK_RUNS:
        return None
    first = next(run for run in runs(words(text)) if hash(run) in shared)
    return f"{len(shared)} runs of words from the instructions, as {' '.join(first)!r}"
