"""Reads dialogues as models really write them; what cannot be read says why.

    the text of a reply + the prompt's front matter -> turns (list of {speaker, text}), text

`text` is "Speaker: what they say", turn by turn with a blank line between. Reading is pure: the ledger keeps replies as they
were received, so that a better reader costs no question.
"""

import re
from collections.abc import Iterator
from typing import Any

from builders.errors import Unreadable
from builders.text import mend
from generation.refusals import declines
from generation.speakers import squeeze
from generation.styles import check_style, gap
from generation.turns import read_turns, without_remarks
from generation.words import lowered

__all__ = ["check_style", "gap", "read_dialogue"]

# Where thinking ends, in models that think aloud; the last one counts, for they also quote the tag while they think.
_TAGS = "think|thinking|thought|reasoning|seed:think"
_THOUGHT = re.compile(rf"</(?:{_TAGS})>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>", re.IGNORECASE)
_THINKING = re.compile(rf"\s*(?:<(?:{_TAGS})>|\[THINK\]|◁think▷|<\|channel\|>analysis<\|message\|>)", re.IGNORECASE)
_PAIR = re.compile(rf"<({_TAGS})>(?:(?!</?\1>).)*+</\1>", re.IGNORECASE | re.DOTALL)
_ENDINGS = "think> thinking> thought> reasoning> think] think▷ channel|>"  # every one of these marks holds one of them
_ENDS = tuple(_ENDINGS.split(" "))
_END = re.compile(r"(?:<\|[a-z_]{2,20}\|>\s*|</s>\s*|<(?:eos|end_of_turn)>\s*)+\Z")
_LEFT = ("|>", "</s>", "<eos>", "<end_of_turn>")
_BREAKS = "\u2028\u2029\x85"
EXCUSE = 400  # characters of prose, up to which it is nothing but an excuse where it declines
_DECORATION = " \t*_`#>-"  # what may stand beside a marker on its line
# The first line of a rephrasing that speaks to the one who asked, or is its title.
_PREAMBLE = re.compile(
    r"(?:(?:sure|certainly|of course|okay|ok|absolutely)\b[^\n]{0,300}|"
    r"(?:here|below)\b[^\n]{0,200}\b(?:passage|text|version|prose|words|rephras|rewrit|paraphras|revis)[^\n]{0,100}|"
    r"[#*_ ]*(?:rephrased|rewritten|revised|paraphrased)\b[^\n]{0,60})(?:\n\s*|$)",
    re.IGNORECASE,
)


def read_dialogue(text: str, front: dict[str, Any]) -> dict[str, Any]:
    """{"turns", "text"} of a reply; without speakers in `front` (rephrase) turns is empty and text the prose.

    Raises `Unreadable` (reason `unreadable`, or `refusal` where the model declines instead of writing).
    """
    said = without_end(without_thinking(_plain(text)))
    if not said.strip():
        seen = "thinking and nothing else" if text.strip() else "empty"
        raise Unreadable("unreadable", f"the reply is {seen}")
    if not front.get("speakers"):
        return _read_prose(said)
    given = {squeeze(speaker["name"]): speaker["name"] for speaker in front["speakers"]}
    turns: list[dict[str, str]] = []
    for body, closed in _bodies(said, "dialogue"):
        turns = max(turns, read_turns(_spread(body, given, r"(?<=[^\d\s][.!?…]) "), given, closed), key=len)
        if len(turns) < 2:
            turns = max(turns, read_turns(_spread(body, given, r"(?<!\S)"), given, closed), key=len)
        if len(turns) > 1:
            break
    if len(turns) < 2 and (excuse := declines(said, anything=not turns)):
        raise Unreadable("refusal", f"no dialogue, but: {excuse}")
    if not turns:
        raise Unreadable("unreadable", f"nobody speaks in it: {said.strip()[:80]!r}")
    return {"turns": turns, "text": "\n\n".join([f"{turn['speaker']}: {turn['text']}" for turn in turns])}


def _plain(text: str) -> str:
    """A text whose lines end in one way, and which can be written down."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        return text
    for sign in _BREAKS:
        text = text.replace(sign, "\n")
    return mend(text)


def without_thinking(text: str) -> str:
    """What follows the thinking, however the model marked it; a thought that never ends leaves nothing but a marked block."""
    low = lowered(text)
    if not any(map(low.__contains__, _ENDS)):
        return text
    text = _PAIR.sub("", text)
    end = 0
    for match in _THOUGHT.finditer(text):
        end = match.end()
    text = text[end:]
    if _THINKING.match(text):
        return next((body for body, closed in _bodies(text, "dialogue") if closed), "")
    return text


def without_end(text: str) -> str:
    """Without what a server with a wrong template leaves behind a reply."""
    end = text.rstrip().endswith(_LEFT) and _END.search(text, max(0, len(text) - 200))
    return text[: end.start()] if end else text


def _bodies(text: str, tag: str) -> Iterator[tuple[str, bool]]:
    """(text, whether its end is marked) of the places where the answer may stand, the likeliest first."""
    marks = []
    for place in _places(text, tag):
        if (mark := _marker(text, place, place + len(tag))) is None:
            continue
        start, end, closing = mark
        before = ("\n" + text[max(0, start - 40) : start]).rpartition("\n")[2]
        after = text[end : end + 40].partition("\n")[0]
        if not before.strip(_DECORATION) or (closing and not after.strip(_DECORATION)):
            marks.append((start - _worn(before, after), end, closing))
    ends = [*marks[1:], (len(text), 0, False)]
    blocks = [
        (text[start : end[0]], end[2]) for (_, start, closing), end in zip(marks, ends, strict=False) if not closing
    ]
    if not blocks and marks:
        blocks = [(text[: marks[-1][0]], True)]
    if blocks:
        yield max(blocks, key=lambda block: len(block[0]))
    yield text, False


def _worn(before: str, after: str) -> int:
    """How many characters before a marker belong to it: all decoration of its line, or the emphasis that ends behind it."""
    if not before.strip(_DECORATION):
        return 0 if "`" in before else len(before)
    around = after[: len(after) - len(after.lstrip("*_"))]
    return len(around) if before.endswith(around) else 0


def _places(text: str, tag: str) -> Iterator[int]:
    """Where a word stands, in any case."""
    low = lowered(text)
    if len(low) != len(text):  # a letter that is longer in lower case
        yield from (match.start() for match in re.finditer(tag, text, re.IGNORECASE))
        return
    at = low.find(tag)
    while at >= 0:
        yield at
        at = low.find(tag, at + 1)


def _marker(text: str, start: int, end: int) -> tuple[int, int, bool] | None:
    """(start, end, whether it closes) of the marker whose word is text[start:end], or of what is left of one; None for a word."""
    head, tail = text[max(0, start - 6) : start].rstrip(" "), text[end : end + 6].lstrip(" ")
    closing = head.endswith("/")
    head = head.removesuffix("/").rstrip(" ")
    left = next((sign for sign in ("<", "&lt;", "[") if head.endswith(sign)), "")
    right = next((sign for sign in (">", "&gt;", "]") if tail.startswith(sign)), "")
    if not (left or right) or (not right and tail[:1].isalnum()) or (not left and head[-1:].isalnum()):
        return None
    begin = max(0, start - 6) + len(head) - len(left)
    return begin, text.index(right, end) + len(right) if right else end, closing


def _spread(text: str, given: dict[str, str], where: str) -> str:
    """A text in which every given name that begins a turn begins a line, though several turns were written on one."""
    if not any(f" {name}:" in text or f" **{name}" in text for name in given.values()):
        return text
    names = "|".join(re.escape(name) for name in given.values())
    return re.sub(rf"{where}(?=[*_]{{0,2}}(?:{names})[*_]{{0,2}}[:：])", "\n\n", text)


def _read_prose(text: str) -> dict[str, Any]:
    """The text of a rephrasing, from between its markers or without a preamble and remarks."""
    body, closed = next(_bodies(text, "text"))
    body = body.strip()
    fence = re.fullmatch(r"```\w*\n(.*?)\n?```", body, re.DOTALL)
    body = fence[1] if fence else body
    if preamble := _PREAMBLE.match(body):
        body = body[preamble.end() :]
    body = body.strip() if closed else without_remarks(body.strip())
    if len(body) < EXCUSE and (excuse := declines(body)):
        raise Unreadable("refusal", f"no prose, but: {excuse}")
    if not body:
        raise Unreadable("unreadable", "the text is empty")
    return {"turns": [], "text": body}
