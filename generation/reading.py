"""Reads dialogues as models really write them; what cannot be read says why.

    the text of a reply + the prompt's front matter -> turns (list of {speaker, text}), text ("Speaker: what they say", blank lines between)

Reading is pure: the ledger keeps replies as they were received, so that a better reader costs no question.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from builders.errors import Unreadable
from generation.filters import declines
from generation.speakers import Label, choose, read_label, squeeze
from generation.styles import check_style, gap

__all__ = ["check_style", "gap", "read_dialogue"]

# Where thinking ends, in the models that think aloud; the last one counts, for models also quote the tag while they think.
_THOUGHT = re.compile(
    r"</(?:think|thinking|thought|reasoning|seed:think)>|\[/THINK\]|◁/think▷|<\|channel\|>final<\|message\|>",
    re.IGNORECASE,
)
_THINKING = re.compile(
    r"\s*(?:<(?:think|thinking|thought|reasoning|seed:think)>|\[THINK\]|◁think▷|<\|channel\|>analysis<\|message\|>)",
    re.IGNORECASE,
)
_PAIR = re.compile(r"<(think|thinking|thought|reasoning)>(?:(?!</?\1>).)*+</\1>", re.IGNORECASE | re.DOTALL)
_DECORATION = " \t*_`#>-"
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAK = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_FENCE = re.compile(r"[ \t>]*```[ \t]*([\w+-]*)[ \t]*$")
_RULE = re.compile(r"[ \t]*(?:[-*_=~][ \t]?){3,}")
_HEADING = re.compile(
    r"[ \t>]*(?:#{1,6}[ \t].*|[*_#\[ \t]*(?:turn|round|scene|act|exchange)[ \t]*#?\d{1,3}[*_:.\] \t]*)", re.IGNORECASE
)
# A paragraph in brackets or italics is a stage direction where it says what somebody does with hands, face or a board.
_DIRECTION = re.compile(r"[*_]{0,2}[(\[*_][^()\[\]$\\=\n]{1,200}[)\]*_][*_]{0,2}")
_DOES = re.compile(
    r"\b(?:nod|smil|laugh|paus|sigh|point(?:s|ing) (?:at|to)|writ(?:es|ing)|draw(?:s|ing)|look(?:s|ing)|think(?:s|ing)|grin|walk|turns|scribbl|"
    r"shrug|chuckl|lean(?:s|ing)|gestur|silence|beat\b|end of|the end\b|scene|board|frown|applau|excited|confused|curious|thoughtful|fade)",
    re.IGNORECASE,
)
# What a model says after its dialogue to the one who asked for it: outright, or only where it speaks of the dialogue itself.
_REMARK = re.compile(
    r"[*_(\[#\s]*(?:I hope (?:this|that|the|you)\b|let me know (?:if|whether|what)\b|would you like (?:me to|another|to see)\b|"
    r"(?:this|the|in this|in the|throughout the)(?: \w+)? (?:dialogue|conversation|transcript)\b|please (?:note|let me know)\b|"
    r"\[?(?:the )?end(?: of (?:the )?\w+)?[*_.\])\s]*$)",
    re.IGNORECASE,
)
_WEAK_REMARK = re.compile(
    r"[*_(\[#\s]*(?:(?:note|notes|disclaimer|explanation|comments?|word count|summary|key (?:takeaways|points))\b|"
    r"(?:I|we)(?:'ve| have)? (?:hope|trust|wrote|written|kept|tried|made|included|ensured|can|could)\b|feel free\b|this\b)",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\b(?:dialogue|conversation|passage|speakers|prompt|turns|requested|instructions|hope (?:this|that) helps|word count|let me know)\b",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"(?:(?:sure|certainly|of course|okay|ok|absolutely|here (?:is|are)|here's|below is)\b[^\n]{0,300}[:!.]|"
    r"[#*_ ]*(?:rephrased|rewritten|revised|paraphrased)\b[^\n]{0,60})\s*",
    re.IGNORECASE,
)


def read_dialogue(text: str, front: dict[str, Any]) -> dict[str, Any]:
    """{"turns", "text"} of a reply; without speakers in `front` (rephrase) turns is empty and text the prose.

    Raises `Unreadable` (reason `unreadable`, or `refusal` where the model declines instead of writing).
    """
    said = without_thinking(_BREAK.sub("\n", _SURROGATE.sub("\ufffd", text)))
    if not said.strip():
        raise Unreadable(
            "unreadable", "the reply is empty" if not text.strip() else "the reply is thinking and nothing else"
        )
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
        if reason := declines(said, anything=True):
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
    for match in re.finditer(
        rf"(?:<|&lt;|\[)[ \t]?(/?)[ \t]?{tag}\b[ \t]?(?:>|&gt;|\])?|(/?)\b{tag}(?:>|&gt;)", text, re.IGNORECASE
    ):
        before = ("\n" + text[max(0, match.start() - 40) : match.start()]).rpartition("\n")[2]
        after = text[match.end() : match.end() + 40].partition("\n")[0]
        closing = bool(match[1] or match[2])
        if not before.strip(_DECORATION) or (closing and not after.strip(_DECORATION)):
            marks.append((match.start(), match.end(), closing))
    ends = [*marks[1:], (len(text), 0, False)]
    blocks = [
        (text[start : follow[0]], follow[2])
        for (_, start, closing), follow in zip(marks, ends, strict=False)
        if not closing
    ]
    if not blocks and marks:
        blocks = [(text[: marks[-1][0]], True)]
    if blocks:
        yield max(blocks, key=lambda block: len(block[0]))
    yield text, False


def _read_turns(body: str, given: dict[str, str], closed: bool) -> list[dict[str, str]]:
    """The turns of a text in order, neighbours of one speaker joined; [] where nobody speaks."""
    if "<b>" in body or "<strong>" in body or "\\textbf{" in body:
        body = re.sub(r"</?(?:b|strong)>|(?m:^)[ \t]*\\textbf\{(?=[^{}\n]{1,40}\})", "**", body)
    lines = body.split("\n")
    found, fences = _labels(lines, given)
    labels = choose([label for label in found if not _inside(label.line, fences)], lines)
    if len(labels) < 2:
        for start, end in fences:
            within = [label for label in found if start < label.line < end]
            if len(within) > len(labels):
                return _read_turns("\n".join(lines[start + 1 : end]), given, closed or end < len(lines))
    turns: list[dict[str, str]] = []
    several = len({label.key for label in labels}) > 1
    for label, end in zip(labels, [*(label.line for label in labels[1:]), len(lines)], strict=False):
        text = _clean(label, lines[label.line + 1 : end])
        if label is labels[-1] and text:
            text = _without_remarks(text, closed)
        if text and several and turns and squeeze(turns[-1]["speaker"]) == label.key:
            turns[-1]["text"] += "\n\n" + text
        elif text:
            turns.append({"speaker": label.name, "text": text})
    return turns


def _labels(lines: Sequence[str], given: dict[str, str]) -> tuple[list[Label], list[tuple[int, int]]]:
    """All lines that could begin a turn, and the code fences as (first line, last line)."""
    found: list[Label] = []
    fences: list[tuple[int, int]] = []
    opened: list[int] = []
    for number, line in enumerate(lines):
        if "```" in line and (fence := _FENCE.match(line)):
            if opened and not fence[1]:
                fences.append((opened.pop(), number))
            else:
                opened.append(number)
        elif line and (label := read_label(number, line, given)):
            found.append(label)
    if opened and not any(label.line < opened[0] for label in found):
        fences.append((opened[0], len(lines)))  # a fence around everything that was never closed
    return found, [fence for fence in fences if not any(a < fence[0] and fence[1] < b for a, b in fences)]


def _inside(line: int, fences: Sequence[tuple[int, int]]) -> bool:
    return any(start < line < end for start, end in fences)


def _clean(label: Label, below: list[str]) -> str:
    """What a turn says, without quote marks, rules, headings of what follows, and stage directions."""
    if not below:
        text = label.rest
    else:
        quoted = all(line.startswith(">") or not line.strip() for line in below)
        text = "\n".join(
            [label.rest, *(re.sub(r"^>[ \t]?", "", line) if quoted else line.rstrip() for line in below)]
        ).strip()
        while text:
            head, _, last = text.rpartition("\n")
            if not (_RULE.fullmatch(last) or _HEADING.fullmatch(last)):
                break
            text = head.rstrip()
        if "\n\n" in text:
            text = "\n\n".join(part for part in re.split(r"\n(?:[ \t]*\n)+", text) if not _is_direction(part))
    if label.open:
        text = text.removesuffix(label.open) if text.endswith(label.open) else text.replace(label.open + "\n", "\n", 1)
    if text.endswith(">"):
        text = text.removesuffix(f"</{label.name}>")
    return "" if _is_direction(text) else text.strip()


def _is_direction(text: str) -> bool:
    return text[:1] in "([*_" and _DIRECTION.fullmatch(text) is not None and _DOES.search(text) is not None


def _without_remarks(text: str, closed: bool) -> str:
    """The last turn without what the model says to the one who asked: after a rule, or in paragraphs at the end."""
    parts = text.split("\n\n")
    if closed:
        return text
    for i, part in enumerate(parts[1:], start=1):
        rest = "\n\n".join(parts[i:])
        if _RULE.match(part) and _ABOUT_ITSELF.search(rest):
            parts = parts[:i]
            break
    while len(parts) > 1 and (_REMARK.match(parts[-1]) or _RULE.fullmatch(parts[-1]) or _is_weak_remark(parts[-1])):
        parts.pop()
    return "\n\n".join(parts).rstrip()


def _is_weak_remark(text: str) -> bool:
    return _WEAK_REMARK.match(text) is not None and _ABOUT_ITSELF.search(text) is not None


def _spread(text: str, given: dict[str, str]) -> str:
    """A dialogue written in one go: every name that the prompt gave gets a paragraph of its own."""
    names = "|".join(re.escape(name) for name in given.values())
    return re.sub(rf"(?<!\S)(?=[*_]{{0,2}}(?:{names})[*_]{{0,2}}[:：])", "\n\n", text)


def _read_prose(text: str) -> dict[str, Any]:
    """The text of a rephrasing, from between its markers or without a preamble and remarks."""
    body, closed = next(_bodies(text, "text"))
    body = body.strip()
    fence = re.fullmatch(r"```\w*\n(.*?)\n?```", body, re.DOTALL)
    body = fence[1] if fence else body
    if preamble := _PREAMBLE.match(body):
        body = body[preamble.end() :] or body
    body = _without_remarks(body.strip(), closed)
    if reason := declines(body):
        raise Unreadable("refusal", reason)
    if not body:
        raise Unreadable("unreadable", "the text is empty")
    return {"turns": [], "text": body}
