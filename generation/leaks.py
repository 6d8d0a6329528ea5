"""What no speaker would say: chat templates, our own markers, talk of the task, the instructions themselves.

text, passage -> what leaked, or None; what stands in the passage too is a quotation
"""

import re

from generation.words import grams

LEAK_RUNS = 6  # runs of 5 words shared with the instructions: ten words on end, or several shorter pieces
# A quick word to look for, and what it must be part of.
_LEAKS = tuple(
    (word, re.compile(pattern, re.IGNORECASE))
    for word, pattern in (
        ("<|", r"<\|[a-z_][a-z_0-9]{1,30}\|>"),
        ("inst]", r"\[/?inst\]"),
        ("<<sys>>", r"<<sys>>"),
        ("_of_turn>", r"<(?:start|end)_of_turn>"),
        ("</s>", r"</s>"),
        ("###", r"### ?(?:instruction|response|input|system|user|assistant)\b"),
        ("think>", r"</?think>"),
        ("passage>", r"</?passage>"),
        ("dialogue>", r"</?dialogue>"),
        ("text>", r"</?text>"),
        ("language model", r"\b(?:as|i am|i'm|i’m|being|just|i, as) an? (?:\w+ ){0,2}language model\b"),
        (" ai", r"\b(?:as|i am|i'm|i’m|being|just) an ai\b"),
        ("cutoff", r"\bknowledge cutoff\b"),
        ("my training", r"\bmy training data\b"),
        (
            "passage",
            r"\b(?:provided|given|above|following|source|input) passage\b|\bpassage (?:that )?(?:is |was )?(?:provided|given|above|below|you (?:gave|provided|shared))\b|"
            r"\b(?:based|draw\w*|rel(?:y|ies|ying)) (?:only |solely |strictly )?on the passage\b|\b(?:faithful|stick|true) to the passage\b|\bend of (?:the )?passage\b",
        ),
        ("excerpt", r"\b(?:provided|given|above) excerpt\b|\bexcerpt (?:provided|given|above|below)\b"),
        ("document", r"\bprovided document\b|\bdocument (?:provided|you (?:gave|provided|shared))\b"),
        ("text", r"\bprovided text\b|\btext (?:provided|you (?:gave|provided|shared))\b|\btext (?:above|below)\b"),
        ("instruct", r"\b(?:your|these|my|above|following|given) instructions\b|\b(?:was|were|been|am|as) instructed\b|\binstructions (?:say|ask|above|given|were|are to)\b"),
        ("request", r"\b(?:as|you|user|was|were) requested\b|\b(?:your|the user's) request\b|\brequested (?:format|style|dialogue)\b"),
        ("you asked me to", r"\byou asked me to (?:write|create|generate|rewrite|rephrase|produce)\b"),
        ("the user", r"\bthe user (?:asked|wants?|has|gave|provided|is asking|requested)\b"),
        ("prompt", r"\b(?:system|the|this|your|original) prompt\b"),
        ("outside", r"\boutside (?:information|knowledge|references?|sources?)\b"),
        ("external", r"\bexternal (?:information|knowledge|references?|sources?)\b"),
        ("multi-turn", r"\bmulti-turn\b"),
        ("dialogue", r"\b(?:this|the) dialogue (?:is|was|should|must|has|between|needs|above|below|follows|will)\b|\b(?:write|generate|create|continue) (?:a|the|this) dialogue\b|\bin this dialogue\b|\bhere is (?:the|a|your) dialogue\b"),
        ("conversation", r"\b(?:write|generate|create) (?:a|the) conversation\b|\bhere is (?:the|a|your) conversation\b|\bconversation (?:based on|between the)\b"),
        ("word ", r"\bword (?:limit|count)\b"),
        ("token ", r"\btoken limit\b"),
        ("format", r"\b(?:output|required|requested|specified) format\b"),
        ("speakers:", r"(?:^|\n)speakers:"),
    )
)  # fmt: skip


def leaked(text: str, passage: str) -> str | None:
    """The first words of a text that only the task can have put there."""
    low, source = text.lower(), ""
    for word, pattern in _LEAKS:
        if word in low:
            source = source or passage.lower()
            for match in pattern.finditer(low):
                if match[0].strip() not in source:
                    return f"says {match[0].strip()!r}"
    return None


def repeated(text: str, instructions: str, passage: str) -> str | None:
    """The instructions (a prompt's body) said again, word for word."""
    shared = grams(text) & grams(instructions) if instructions else frozenset()
    shared -= grams(passage) if shared else shared
    return (
        f"{len(shared)} runs of words from the instructions, as {' '.join(min(shared))!r}"
        if len(shared) >= LEAK_RUNS
        else None
    )
