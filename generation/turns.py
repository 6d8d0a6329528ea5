"""Cuts a dialogue into turns, and each turn free of what is no speech.

    the text of a dialogue + the names that the prompt gave -> [{speaker, text}, ...], neighbours of one speaker joined

No speech: rules and headings between turns, stage directions on lines of their own, and what a model says at the end to the
one who asked.
"""

import re
from collections.abc import Sequence

from generation.choosing import choose, small_names
from generation.speakers import Label, could_be_a_name, read_label, squeeze

_FENCE = re.compile(r"[ \t>]*```[ \t]*([\w+-]*)[ \t]*$")
_RULE = re.compile(r"[ \t]*(?:[-*_=~][ \t]?){3,}")
_HEADING = re.compile(
    r"[ \t>]*(?:#{1,6}[ \t].*|[*_#\[(]*(?:turn|round|scene|act|exchange|part)[ \t]*#?\d{1,3}[*_:.\])]*[ \t]*|"
    r"[*_]{2}(?:turn|round|scene|act|exchange|part|topic|section|chapter)[ \t]*#?\d{1,3}[ \t]?[:.–—-][^\n$*]{0,80}[*_]{2})",
    re.IGNORECASE,
)
# Brackets or italics are a stage direction where they say what somebody does with hands, face or a board.
_DIRECTION = re.compile(r"[*_]{0,2}[(\[*_][^()\[\]$\\=\n]{1,200}[)\]*_][*_]{0,2}")
_DOES = re.compile(
    r"\b(?:nod|smil|laugh|paus|sigh|point(?:s|ing) (?:at|to)|writ(?:es|ing)|draw(?:s|ing)|look(?:s|ing)|think(?:s|ing)|grin|walk|"
    r"turns|scribbl|shrug|chuckl|lean(?:s|ing)|gestur|silence|beat\b|end of|the end\b|scene|board|frown|applau|excited|confused|"
    r"curious|thoughtful|fade)",
    re.IGNORECASE,
)
# What a model says after its dialogue: outright, or only where it speaks of the dialogue itself.
_REMARK = re.compile(
    r"[*_(\[#\s]*(?:I hope (?:this|that|the|you)\b|let me know (?:if|whether|what)\b|please (?:note|let me know)\b|"
    r"would you like (?:me to|another|to see)\b|"
    r"(?:this|the|in this|in the|throughout the)(?: \w+)? (?:dialogue|conversation|transcript)\b|"
    r"\[?(?:the )?(?:end(?: of (?:the )?\w+)?|fade (?:out|to black)|curtain)[*_.\])\s]*$)",
    re.IGNORECASE,
)
_WEAK_REMARK = re.compile(
    r"[*_(\[#\s]*(?:(?:note|notes|disclaimer|explanation|comments?|word count|summary|key (?:takeaways|points))\b|"
    r"(?:I|we)(?:'ve| have)? (?:hope|trust|wrote|written|kept|tried|made|included|ensured|can|could)\b|feel free\b|this\b)",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"\b(?:dialogue|conversation|passage|speakers|prompt|turns|requested|instructions|hope (?:this|that) helps|word count|"
    r"let me know)\b",
    re.IGNORECASE,
)
_BEGUN = re.compile(r"(?:^|(?<=>))[ \t]*<([^\W\d_][\w .'-]{0,39})>[ \t]*", re.MULTILINE)
_ENDED = re.compile(r"</([^\W\d_][\w .'-]{0,39})>[ \t]*")
_SPOKEN_BY = re.compile(
    r"(?:^|(?<=>))[ \t]*<(?P<kind>[a-z_]{1,20})[ ]+(?:[a-z_]{1,10}=[\"'][^\"'<>\n]{0,20}[\"'][ ]+){0,2}"
    r"(?:speaker|name|role|by|who)=[\"'](?P<name>[^\"<>:\n]{1,40})[\"'][^<>\n]{0,80}>[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
# JSON stays unread: of LaTeX with single backslashes `json.loads` makes control characters, silently, and a \nu cannot be told
# from a new line that begins with u. Nor are other quoted strings read: there a backslash may be written twice.
_KEYS = re.compile(
    r"^[ \t*_-]{0,8}(?:speaker|name|role)[*_]{0,2}:[*_ \t]{0,4}(?P<name>[^\W\d_][^:*\n\"']{0,39}?)[*_ \t]{0,4}\n"
    r"[ \t*_-]{0,8}(?:text|dialogue|utterance|content|line|message|speech|says)[*_]{0,2}:[*_]{0,2}[ \t]{1,4}(?:[|>]-?[ \t]*\n[ \t]*)?(?![\"'])",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE = 150  # characters of a heading at most
_GAP = re.compile(r"\n(?:[ \t]*\n)+")


def read_turns(body: str, given: dict[str, str], closed: bool) -> list[dict[str, str]]:
    """The turns of a text in order; [] where nobody speaks. `closed`: its end is marked, so no remark can follow it."""
    if "<b>" in body or "<strong>" in body or "\\textbf{" in body:
        body = re.sub(r"</?(?:b|strong)>|(?m:^)[ \t]*\\textbf\{(?=[^{}\n]{1,40}\})", "**", body)
    if "<p>" in body or "<br" in body:
        body = re.sub(r"</?p>|<br ?/?>", "\n", body)
    lines = body.split("\n")
    spoken, fenced, fences = _labels(lines, given)
    labels = choose(spoken, lines, given)
    if len(labels) < 2:
        changed = _labelled(body, given).split("\n")
        more = choose(_labels(changed, given)[0], changed, given) if changed != lines else []
        if len(more) > len(labels):
            lines, labels, fenced = changed, more, []
        labels = labels or small_names(lines)
    if len(labels) < 2 and len(fenced) > len(labels):
        # The dialogue itself is fenced: the first fence with a name in it.
        start, end = next(fence for fence in fences if fence[0] < fenced[0].line < fence[1])
        return read_turns("\n".join(lines[start + 1 : end]), given, closed or end < len(lines))
    ends = [*(label.line for label in labels[1:]), len(lines)]
    said = [(label, _clean(label, lines[label.line + 1 : end])) for label, end in zip(labels, ends, strict=False)]
    if said and not closed:
        said[-1] = (said[-1][0], without_remarks(said[-1][1]))
    return _joined([(label, text) for label, text in said if text])


def _labelled(body: str, given: dict[str, str]) -> str:
    """<teacher>...</teacher>, <turn speaker="Teacher">...</turn> and `Speaker: Teacher` above `Text: ...` as labels."""
    if "</" not in body:
        return _KEYS.sub(r"\n\n\g<name>: ", body)
    kinds = {match["kind"] for match in _SPOKEN_BY.finditer(body)}
    body = _SPOKEN_BY.sub(r"\n\n\g<name>: ", body)
    names = {tag: given.get(squeeze(tag), tag) for tag in set(_ENDED.findall(body))}
    tags = {tag for tag, name in names.items() if name in given.values() or (tag[1:] and could_be_a_name(tag))}
    body = _BEGUN.sub(lambda match: f"\n\n{names[match[1]]}: " if match[1] in tags else match[0], body)
    return _ENDED.sub(lambda match: "\n\n" if match[1] in tags | kinds else match[0], body)


def _joined(said: Sequence[tuple[Label, str]]) -> list[dict[str, str]]:
    """Neighbours of one speaker as one turn; a monologue stays in the pieces in which it was written."""
    monologue = len({label.key for label, _ in said}) < 2
    turns: list[tuple[Label, list[str]]] = []
    for label, text in said:
        if turns and turns[-1][0].key == label.key and not monologue:
            turns[-1][1].append(text)
        else:
            turns.append((label, [text]))
    names = {label.key: label.name for label, _ in reversed(said)}
    return [{"speaker": names[label.key], "text": "\n\n".join(texts)} for label, texts in turns]


def _labels(lines: Sequence[str], given: dict[str, str]) -> tuple[list[Label], list[Label], list[tuple[int, int]]]:
    """(lines that could begin a turn, those within code fences, the outermost fences as first and last line)."""
    free: list[Label] = []
    fenced: list[Label] = []
    fences: list[tuple[int, int]] = []
    opened: list[int] = []
    for number, line in enumerate(lines):
        if "```" in line and (fence := _FENCE.match(line)):
            if opened and not fence[1]:
                start = opened.pop()
                if not opened:
                    fences.append((start, number))
            else:
                opened.append(number)
        elif line and (label := read_label(number, line, given)):
            (fenced if opened else free).append(label)
    if opened:
        if any(label.line < opened[0] for label in free):  # a stray fence in a turn; what follows is no code
            stray = [label for label in fenced if label.line > opened[0]]
            return free + stray, [label for label in fenced if label.line < opened[0]], fences
        fences.append((opened[0], len(lines)))  # a fence around everything that was never closed
    return free, fenced, fences


def _clean(label: Label, below: Sequence[str]) -> str:
    """What a turn says."""
    kept = list(below)
    while kept and (
        not (last := kept[-1].strip()) or (len(last) <= _TITLE and _HEADING.fullmatch(last)) or _RULE.fullmatch(last)
    ):
        kept.pop()
    text = _together(label.rest, kept) if kept else label.rest
    if label.open:
        text = text.removesuffix(label.open) if text.endswith(label.open) else text.replace(label.open + "\n", "\n", 1)
    if text.endswith(">"):
        text = text.removesuffix(f"</{label.name}>")
    return "" if _is_direction(text) else text.strip()


def _together(first: str, below: list[str]) -> str:
    """A turn of several lines, without quote marks before them and stage directions between them."""
    if all(line.startswith(">") or not line.strip() for line in below):
        below = [line[1:].removeprefix(" ") for line in below]
    if not first and _is_direction(below[0].strip()):
        below = below[1:]
    text = "\n".join([first, *(line.rstrip() for line in below)]).strip().removeprefix(": ")
    return "\n\n".join(part for part in _GAP.split(text) if not _is_direction(part)) if "\n\n" in text else text


def _is_direction(text: str) -> bool:
    return (
        text[:1] in ("(", "[", "*", "_") and _DIRECTION.fullmatch(text) is not None and _DOES.search(text) is not None
    )


def without_remarks(text: str) -> str:
    """A text without what the model says at its end to the one who asked: after a rule, or in paragraphs."""
    parts = _GAP.split(text)
    rule = next((i for i, part in enumerate(parts) if i and _RULE.match(part)), None)
    if rule and _ABOUT_ITSELF.search("\n\n".join(parts[rule:])):
        del parts[rule:]
    while len(parts) > 1 and _is_remark(parts[-1]):
        parts.pop()
    head, _, last = parts[-1].rpartition("\n")
    if head and _is_remark(last) and not last.startswith("#"):
        parts[-1] = head
        head, _, last = head.rpartition("\n")
        if head and _RULE.fullmatch(last):
            parts[-1] = head
    return "\n\n".join(parts).rstrip()


def _is_remark(text: str) -> bool:
    if _REMARK.match(text) or _RULE.fullmatch(text):
        return True
    return _WEAK_REMARK.match(text) is not None and _ABOUT_ITSELF.search(text) is not None
