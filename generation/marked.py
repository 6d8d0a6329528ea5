"""What a reply says between the marks that its prompt asked for, or behind a label where the model used labels instead.

    the text of a reply + a prompt's front matter -> said (without thinking), blocks, the explanation, one verdict

The front matter holds `marks` (the parts of a reply), `verdicts` (word -> what it stands for) and `also` (words that are
understood, though nobody asked for them). What is hedged, or said both ways, is no verdict.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from builders.errors import Unreadable
from builders.text import mend
from generation.reading import without_end, without_thinking
from generation.refusals import declines

_BREAK = re.compile("\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_NO_WIDTH = re.compile("[\u200b\u2060\ufeff]")
_FENCE = re.compile(r"^[ \t]{0,8}```[\w+-]*[ \t]*$", re.MULTILINE)
_DRESS = re.compile(
    r"\\(?:boxed|text|textbf|textit|mathrm|mathbf|emph)[ \t]?\{|[*_`\"“”„‘’«»$✅❌✔✗☑✓]|(?<!\w)'|'(?!\w)"
)
REASONS = r"(?:explanation|reason(?:ing)?|justification|rationale|why|comments?|analysis|notes?|解释|理由|说明|原因)"
_REASON = re.compile(rf"(?:^|(?<=[.,;\n]) ?)[ \t#>*_-]{{0,8}}{REASONS}[ \t*_]{{0,4}}[:：][ \t*_]{{0,4}}", re.IGNORECASE)
# Nouns under which a verdict is announced: "Answer: ...", "my verdict is ...".
_NOUNS = (
    "answer|verdict|judge?ment|decision|conclusion|result|evaluation|assessment|classification|category|kind|type|"
    "label|(?:difficulty )?(?:level|rating)|level of difficulty|difficulty|correctness|synonym(?:s|ous)?|determination|答案|判断|结论|难度"
)
_NEXT = re.compile(
    rf"\n[ \t#>*_-]{{0,8}}(?:(?:the|my|final|overall)[ ])?(?:{_NOUNS}|score)[ \t*_]{{0,4}}[:：]", re.IGNORECASE
)
_IT = r"(?:(?:(?:the|this|these|both)[ ])?(?:(?:provided|given|proposed|two)[ ])?(?:solution|problem|entry|entries|points?)|they) (?:is|are) (?:of )?"
# How a sentence may begin before it announces a verdict; a condition or a concession announces nothing.
_OPENING = r"(?:(?:so|thus|therefore|hence|overall|and) |(?!(?:if|unless|were|had|should|although|though|while|when)\b)[^.,:;!?\n]{1,60}, )?"
# What may follow a verdict's word: an end, a sign, or a reason. "Correct value: 12" is no verdict.
_AFTER = (
    r"(?=[ \t]{0,4}(?:$|[\n.,;:!()\[\]{}<|—–/]|-(?:$|\s))|[ \t](?:because|since|as|due|given|and|difficulty|level)\b)"
)
_HEDGE = re.compile(
    r"[\s.!)}—–|-]{0,8}(?:but|however|although|though|except|unless|nevertheless|that said|wait|actually)\b|"
    r"[ ,;:()—–-]{0,8}(?:but|however|although|though|except|unless|if|only|provided|part(?:ial)?ly|in part|mostly|almost|aside|apart|assuming|"
    r"with (?:one|a|an|the|some|minor|small)|or|yet|maybe|perhaps|probably)\b|,? not\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?:(?! because | since | as | - )[^.\n:;(—–!?]){0,200}")
_SENTENCE = re.compile(r"(?:\A|(?<=[.!?\n]))[ \t#>(\[{-]{0,8}(?=\w)")


def said(text: str) -> str:
    """A reply without its thinking, its line ends made plain; raises `Unreadable` where nothing is left."""
    tidy = _NO_WIDTH.sub("", _BREAK.sub("\n", mend(text)))
    left = without_end(without_thinking(tidy)).strip()
    if not left:
        empty = "the reply is thinking and nothing else" if text.strip() else "the reply is empty"
        raise Unreadable("unreadable", empty)
    return left


def blocks(text: str, marks: Sequence[str]) -> list[tuple[str, str, bool]]:
    """(mark, what stands there, whether its end is marked), in order; a form that was only repeated ("...") does not count."""
    found = _tags(tuple(marks)).finditer(text)
    tags = [(match.start(), match.end(), (match[2] or match[4]).lower(), bool(match[1] or match[3])) for match in found]
    if tags and tags[0][3]:
        tags.insert(0, (0, 0, tags[0][2], False))  # the server has put the first mark into the model's mouth
    ends = [*tags[1:], (len(text), 0, "", False)]
    parts = [
        (mark, _FENCE.sub("", text[start : end[0]]).strip(), end[2] == mark)
        for (_, start, mark, closing), end in zip(tags, ends, strict=bool(tags))
        if not closing
    ]
    return [part for part in parts if re.search(r"\w", part[1])]


@lru_cache(maxsize=64)
def _tags(marks: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(re.escape(mark) for mark in marks)
    return re.compile(
        rf"(?:<|&lt;)[ \t]?(/?)[ \t]?({names})[ \t]?(?:>|&gt;)|^[ \t*#]{{0,8}}\[(/?)({names})\][ \t*#]{{0,8}}$",
        re.IGNORECASE | re.MULTILINE,
    )


def block(text: str, mark: str, marks: Sequence[str]) -> str | None:
    """What the last closed block of a mark says, else the last open one; None where there is none."""
    parts = [part for part in blocks(text, marks) if part[0] == mark]
    closed = [body for _, body, ended in parts if ended]
    found = closed or [body for _, body, _ in parts]
    return found[-1] if found else None


def reason_of(text: str, front: Mapping[str, Any]) -> str | None:
    """The explanation: a reply's second part, or what stands behind a label."""
    marks = front["marks"]
    if len(marks) > 1 and (body := block(text, marks[1], marks)):
        return body
    match = _REASON.search(text)
    rest = _NEXT.split(text[match.end() :], maxsplit=1)[0] if match else ""
    return _tags(tuple(marks)).sub("", rest).strip(" \t\n*_") or None


def undressed(text: str) -> str:
    """Without emphasis, quotes, boxes and dollars: to look at what is said, not to keep it."""
    return _DRESS.sub("", text).strip()


def nothing_found(text: str, wanted: str) -> Unreadable:
    """What to raise for a reply that does not hold what was asked for; `refusal` where the model declines."""
    if reason := declines(text, anything=True):
        return Unreadable("refusal", f"no {wanted}, but: {reason}")
    return Unreadable("unreadable", f"no {wanted} in it: {text[:80]!r}")


def one_of(found: Sequence[Any]) -> Any:
    """What all that was found agrees on; raises `Unreadable` where a reply says two things."""
    if any(value != found[0] for value in found):
        raise Unreadable("unreadable", f"it says {' and '.join(sorted({str(value) for value in found}))}")
    return found[0]


def read_verdict(text: str, front: Mapping[str, Any]) -> tuple[Any, str | None]:
    """(what the verdict's word stands for, the explanation) of a reply; raises `Unreadable`."""
    reply = said(text)
    bare, mark = undressed(reply), front["marks"][0]
    inside = [body for name, body, _ in blocks(bare, front["marks"]) if name == mark]
    found = [value for body in inside for value in _verdicts(body, _starts(body), front)]
    if found or not inside:
        found += _verdicts(bare, _labels(bare, mark), front)
    if not inside:
        found += _verdicts(bare, _ends(bare), front)
        found += [] if found else _verdicts(bare, _starts(bare), front, announced=True)
    if not found:
        raise nothing_found(inside[-1] if inside else reply, f"{mark} ({', '.join(map(str, front['verdicts']))})")
    return one_of(found), reason_of(reply, front)


def _verdicts(text: str, places: Iterable[int], front: Mapping[str, Any], announced: bool = False) -> Iterator[Any]:
    """What the words at certain places stand for; `announced`: only where a noun comes before the word."""
    values = {str(word).lower(): value for word, value in {**front.get("also", {}), **front["verdicts"]}.items()}
    pattern = _pattern(tuple(values), tuple(str(word).lower() for word in front["verdicts"]))
    for place in places:
        match = pattern.match(text, place)
        if match is None or (announced and match.end("intro") == match.start("intro")):
            continue
        word = (match["any"] or match["asked"]).lower()
        value, end = values[word], match.end()
        clause = _CLAUSE.match(text, end)
        other = [w for w in front["verdicts"] if clause and re.search(rf"(?i)\b{re.escape(str(w))}\b", clause[0])]
        if any(values[str(w).lower()] != value for w in other):
            raise Unreadable("unreadable", f"it says more than one thing: {text[place : place + 80]!r}")
        if value is not False and _HEDGE.match(text, end):
            raise Unreadable("unreadable", f"it says so with a reservation: {text[place : place + 80]!r}")
        yield value


@lru_cache(maxsize=64)
def _pattern(words: tuple[str, ...], asked: tuple[str, ...]) -> re.Pattern[str]:
    """A verdict at the beginning of a sentence. "The answer is correct" speaks of another answer, so only asked words follow "is"."""
    every, proper = (
        "|".join(re.escape(word) for word in sorted(group, key=len, reverse=True)) for group in (words, asked)
    )
    noun = rf"(?:(?:the|my|final|overall|correct)[ ]){{0,3}}(?:{_NOUNS})"
    return re.compile(
        rf"[ \t#>(\[{{.-]{{0,8}}(?:(?:sure|certainly|okay|ok)[.!:,] )?(?P<intro>(?!(?:{every})\b){_OPENING}"
        rf"(?:(?:{noun}[ ]?[:：=][ ]?|{_IT})(?={every})|{noun} is:? ?(?={proper}{_AFTER}))|)(?:(?P<asked>{proper})|(?P<any>{every})){_AFTER}",
        re.IGNORECASE | re.MULTILINE,
    )


def _starts(text: str, start: int = 0, end: int | None = None) -> Iterator[int]:
    """Where sentences begin."""
    return (match.end() for match in _SENTENCE.finditer(text, start, len(text) if end is None else end))


def _ends(text: str) -> Iterator[int]:
    """Where the sentences of the first line begin, and the last line if it is a word or two."""
    first, last = text.find("\n"), text.rfind("\n") + 1
    yield from _starts(text, 0, first if first > 0 else None)
    if last and len(text) - last < 40:
        yield last


def _labels(text: str, mark: str) -> Iterator[int]:
    """Where the sentences behind a label that begins a line begin: "Answer: True"."""
    noun = rf"(?:(?:the|my|final|overall|your)[ ]){{0,2}}(?:{re.escape(mark)}|{_NOUNS})"
    label = re.compile(
        rf"^[ \t#>\d.)(-]{{0,10}}{noun}[ \t]{{0,4}}[:：=|][ \t]{{0,4}}\n?[ \t]{{0,4}}(?=\S)",
        re.IGNORECASE | re.MULTILINE,
    )
    for match in label.finditer(text):
        end = text.find("\n", match.end())
        yield match.end()
        yield from _starts(text, match.end(), None if end < 0 else end)
