"""Reads dialogues as models really write them; what cannot be read says why.

    the text of a reply + the prompt's front matter -> turns (list of {speaker, text}), text ("Speaker: what they say", blank lines between)

Reading is pure: the ledger keeps replies as they were received, so that a better reader costs no question.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from builders.errors import Unreadable
from generation.refusing import declines
from generation.speakers import Label, choose, read_label, squeeze
from generation.styles import check_style, gap

__all__ = ["check_style", "gap", "read_dialogue"]

# Where thinking ends, in the models that think aloud; the last one counts, for models also quote the tag while they think.
_THOUGHT = re.compile(r"</(?:think|thinking|thought|reasoning|seed:think)>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>", re.IGNORECASE)
_THINKING = re.compile(r"\s*(?:<(?:think|thinking|thought|reasoning|seed:think)>|\[THINK\]|◁think▷|<\|channel\|>analysis<\|message\|>)", re.IGNORECASE)
_PAIR = re.compile(r"<(think|thinking|thought|reasoning)>(?:(?!</?\1>).)*+</\1>", re.IGNORECASE | re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_FENCE = re.compile(r"[ \t>]*```[ \t]*([\w+-]*)[ \t]*$")
_RULE = re.compile(r"[ \t]*(?:[-*_=~][ \t]?){3,}")
_HEADING = re.compile(r"[ \t>]*(?:#{1,6}[ \t].*|[*_#\[ \t]*(?:turn|round|scene|act|exchange)[ \t]*#?\d{1,3}[*_:.\] \t]*)", re.IGNORECASE)
# A paragraph in brackets or italics is a stage direction where it says what somebody does with hands, face or a board.
_DIRECTION = re.compile(r"[*_]{0,2}[(\[*_][^()\[\]$\\=\n]{1,200}[)\]*_][*_]{0,2}")
_DOES = re.compile(
    r"\b(?:nod|smil|laugh|paus|sigh|point(?:s|ing) (?:at|to)|writ(?:es|ing)|draw(?:s|ing)|look(?:s|ing)|think(?:s|ing)|grin|walk|turns|scribbl|"
    r"shrug|chuckl|lean(?:s|ing)|gestur|silence|beat\b|end of|the end\b|scene|board|frown|applau|excited|confused|curious|thoughtful|fade)",
    re.IGNORECASE,
)
# What a model says after its dialogue, to the one who asked for it.
_REMARK = re.compile(
    r"[*_(\[\s]*(?:(?:I|we) (?:hope|trust|believe|have (?:written|kept|tried|made|included|ensured)|made sure|tried to|can (?:also )?(?:adjust|revise|extend))\b|"
    r"let me know (?:if|whether|what)\b|feel free to\b|would you like (?:me|another|to see)\b|please (?:let me|note|feel)\b|"
    r"(?:this|the|in this|in the|throughout the)(?: \w+){0,2} (?:dialogue|conversation|discussion|exchange|interview|debate|transcript)\b|"
    r"(?:note|notes|disclaimer|explanation|word count|total (?:words|turns))\b[*_]*[:：]|end of (?:the )?(?:dialogue|conversation|interview|debate)|"
    r"\[?end\]?[*_.\]]*$)",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(r"\b(?:dialogue|conversation|passage|speakers|prompt|turns|requested|instructions|hope this helps|let me know)\b", re.IGNORECASE)
_SUMMARY = re.compile(r"(?:#{1,6}[ \t]*|\*\*)(?:summary|key (?:takeaways|points)|notes?|explanation|analysis|comments?)\b", re.IGNORECASE)
_PREAMBLE = re.compile(r"(?:sure|certainly|of course|okay|ok|absolutely|here (?:is|are)|here's|below is|the following)\b[^\n]{0,300}[:!.]|"
                       r"[#*_ ]*(?:rephrased|rewritten|revised|paraphrased)\b[^\n]{0,60}", re.IGNORECASE)  # fmt: skip


def read_dialogue(text: str, front: dict[str, Any]) -> dict[str, Any]:
    """{"turns", "text"} of a reply; without speakers in `front` (rephrase) turns is empty and text the prose.

    Raises `Unreadable` (reason `unreadable`, or `refusal` where the model declines instead of writing).
    """
    said = without_thinking(_BREAK.sub("\n", _SURROGATE.sub("\ufffd", text)))
    if not said.strip():
        raise Unreadable("unreadable", "the reply is empty" if not text.strip() else "the reply is thinking and nothing else")
    if not front.get("speakers"):
        return _read_prose(said)
    given = {squeeze(speaker["name"]): speaker["name"] for speaker in front["speakers"]}
    best: list[dict[str, str]] = []
    for body, closed in _bodies(said, "dialogue"):
        best = max(best, _read_turns(body, given, closed), key=len)
        if len(best) > 1:
            break
    if len(best) < 2:
        best = max(best, _read_turns(_spread(said, given), given, False), key=len)
    if not best:
        if reason := declines(said):
            raise Unreadable("refusal", f"no dialogue, but: {reason}")
        raise Unreadable("unreadable", f"nobody speaks in it: {said.strip()[:80]!r}")
    return {"turns": best, "text": "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in best)}


def without_thinking(text: str) -> str:
    """What follows the thinking, however the model marked it; a thought that never ends leaves nothing but a marked block."""
    if "<" in text or "◁" in text or "[/T" in text or "[T" in text:
        text = _PAIR.sub("", text)
        for match in _THOUGHT.finditer(text):
            end = match.end()
        if _THOUGHT.search(text):
            text = text[end:]
        if _THINKING.match(text):
            blocks = [body for body, closed in _bodies(text, "dialogue") if closed]
            text = blocks[0] if blocks else ""
    return text


def _bodies(text: str, tag: str) -> Iterator[tuple[str, bool]]:
    """(text, whether its end is marked) of the places where the answer may stand, the likeliest first."""
    marks = []
    for match in re.finditer(rf"(?:<|&lt;|\[)\s*(/?)\s*{tag}\s*(?:>|&gt;|\])?|(/?)\b{tag}(?:>|&gt;)", text, re.IGNORECASE):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()].strip(" \t*_`#>")
        after = text[match.end() : match.end() + 200].partition("\n")[0].strip(" \t*_`")
        closing = bool(match[1] or match[2])
        if not line or (closing and not after):
            marks.append((match.start(), match.end(), closing))
    blocks = []
    for (_, start, closing), follow in zip(marks, [*marks[1:], (len(text), 0, False)], strict=True):
        if not closing:
            blocks.append((text[start : follow[0]].strip(" \t*_`"), follow[2]))
    if not blocks and marks:
        blocks.append((text[: marks[-1][0]], True))
    if blocks:
        yield max(blocks, key=lambda block: len(block[0]))
    yield text, False
