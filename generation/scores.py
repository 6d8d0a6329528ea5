"""The one score from 0 to 1 in what a judge says: 0.9, 0.9/1, 9/10, 85 %, 90 out of 100, 0,9.

    the text of a reply + the prompt's marks -> a number from 0 to 1, or `Unreadable`

A scale counts only where it is said: a bare 85 is no score, nor is one of several numbers, a bound, a supposition, or the
number of an entry in a list.
"""

import re
from collections.abc import Iterator, Sequence

from builders.errors import Unreadable
from generation.marked import blocks, one_of, undressed

_NUMBER = r"\d{1,4}(?:\.\d{1,12})?(?:[eE]-?\d{1,2})?|\.\d{1,12}|\d,\d{1,2}(?!\d)"
_OUT_OF = (
    r"[ ]?/[ ]?|[ ](?:points? )?(?:out of|on a scale (?:of|from) (?:0|1|zero|one)(?: to|[ ]?[-–])|von|sur|de|из)[ ]?"
)
_SCORE = re.compile(
    rf"[\s(\[{{}}=≈~:]{{0,8}}(?:(?:about|approximately|roughly)[ ])?(?P<value>{_NUMBER})"
    rf"(?:(?:{_OUT_OF})(?P<scale>{_NUMBER})|[ ]?(?P<percent>\\?%|percent\b|per cent\b))?"
    r"(?:[ ]?points?)?[ ]?(?P<after>$|[\n)\]}|;:(—]|[.,](?![\d.])|[-–](?=\s)|(?<=[ ])(?:because|since|as)\b)"
)
_OTHER = re.compile(rf"(?<![\w.])({_NUMBER})[ ]?(\\?%)?(?![\w.]*\d)")
_FRACTION = re.compile(r"\\[dt]?frac[ ]?\{(\d{1,4}(?:\.\d{1,4})?)\}[ ]?\{(\d{1,4})\}")
_SHARE = r"(?:[ \t]?[(\[][^()\[\]\n]{0,40}[)\]]|[ \t](?:out of|from|between) [0-9.]{1,4}(?: (?:to|and) [0-9.]{1,4})?)?"
_LABEL = re.compile(
    r"^[ \t#>|{\d.)-]{0,10}(?:(?:the|my|problem|this)[ ]){0,2}"
    r"(?P<whole>(?:overall|final|total|combined|weighted|average)[ ]){0,2}"
    r"(?:(?:evaluation[ ])?score|evaluation|rating|grade|mark|punktzahl|bewertung|note|puntuación|calificación|оценка|评分|得分|分数|スコア)"
    rf"(?:[ ]for[ ](?:this|the)[ ](?:new[ ])?problem)?(?P<share>{_SHARE})"
    r"[ \t]{0,4}(?:[:：=|]|->|→| is:?(?= ))[ \t]{0,4}(?P<break>\n?)[ \t]{0,4}(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_SPOKEN = re.compile(
    r"\b(?:scores?|rating|grade)[ ](?:of|is|:|=|at|would be|should be)[ ](?=[\d.])|"
    r"\b(?:rate|score|give|assign|award)[ ](?:(?:it|this|this problem|the problem|this new problem)[ ])?"
    r"(?:as |at |with )?(?:an? )?(?:score of )?(?=[\d.])",
    re.IGNORECASE,
)
_SUPPOSED = re.compile(
    r"\b(?:if|unless|had|were|not|never|no|cannot|can't|couldn't|wouldn't|isn't|doesn't|don't|won't|could|would have|means?|"
    r"indicates?|represents?|instead|rather|less|below|lower|under|above|more|higher|least|most|between|up to|than|deduct\w*|"
    r"minus|lose[sd]?|range[sd]?|each)\b|[<>≤≥]|n’t\b",
    re.IGNORECASE,
)
# The score said once more, in a sentence of its own: it must be the same one.
_AGAIN = re.compile(
    r"(?:^|[.!?>\n])[ \t]*(?:(?:so|thus|hence|therefore|however|correction)[,:]?[ ])*"
    r"(?:(?:the|my|final|overall|correct(?:ed)?|actual|true)[ ]){0,3}"
    r"(?:(?:score|rating)(?: is| should be| would be| must be|:)|(?<=correction: ))[ ]?"
    r"(?P<value>0?\.\d{1,4}|[01](?:\.\d{1,4})?)(?=[ \t]*(?:[.!](?!\d)|[<\n]|$))",
    re.IGNORECASE,
)
# What makes a score one of several, or one that holds only once something is mended.
_PART = r"(?:0?\.\d|1\.0|[01](?![\d.])|\d{1,3}[ ]?\\?%|\d{1,2}/\d)"
_OF_PARTS = re.compile(
    rf"\s*(?:\([^()\d\n]{{1,40}}\)[,;]?|[,;:](?![^\d\n]*\b(?:since|because|as|all)\b)[^\d\n]{{1,24}})[ ](?={_PART})"
)
_MENDED = re.compile(
    r"[\s,(;–-]{1,4}(?:else\b|(?:if|when|once|after|unless|provided|assuming)\b[^.\n]{0,40}"
    r"\b(?:fix\w*|correct\w*|supplied|clarified|added|removed|repaired|mended|resolved)\b)",
    re.IGNORECASE,
)
_LINE_OF_ITS_OWN = re.compile(rf"^\W*(?:[a-z]+[ ]?:?[ ]?)?(?P<value>{_NUMBER})[ ]?%?\W*$", re.IGNORECASE | re.MULTILINE)
_SCALE = re.compile(r"(\d{1,4})(?:\.0)?[ ]?(?:points?)?[)\]]?\s*$")
_STOP = re.compile(r"\n|[.!?] ")
_NEAR = 300  # characters before and after a number in which its sentence is looked at


def read_number(text: str, marks: Sequence[str]) -> float:
    """The score of a reply (thinking cut off); raises `Unreadable` where there is none, or more than one."""
    bare = _FRACTION.sub(r"\1/\2", undressed(text))
    inside = [body for mark, body, _ in blocks(bare, marks) if mark == marks[0] and re.search(r"\d", body)]
    found = [score for body in inside for score in _inside(body)]
    if not inside:
        found = list(_labelled(bare)) or list(_alone(bare)) or list(_spoken(bare))
    if not found:
        raise Unreadable("unreadable", f"no score in it: {text[:80]!r}")
    if inside:
        found += [float(other["value"]) for other in _AGAIN.finditer(bare)]
    return float(one_of(found))


def _inside(body: str) -> list[float]:
    """The score between the marks: at the beginning, or behind a label, or said in a sentence."""
    match = _SCORE.match(body)
    if match and not _is_entry(match, body):
        later = body[match.end("value") :].partition("\n")[2]
        return [_score(body, 0), *(_number(other["value"]) for other in _LINE_OF_ITS_OWN.finditer(later))]
    return list(_labelled(body)) or list(_spoken(body))


def _labelled(text: str) -> Iterator[float]:
    """Scores behind labels that begin a line; where one of them speaks of the whole, those of the parts do not count."""
    labels = [label for label in _LABEL.finditer(text) if re.search(r"\d", _rest(text, label.end()))]
    for label in [label for label in labels if label["whole"]] or labels:
        match = _SCORE.match(text, label.end())
        if match and label["break"] and _is_entry(match, text):
            continue
        scale = _SCALE.search(label["share"] or "")
        yield _score(text, label.end(), int(scale[1]) if scale else None)
        yield from _spoken(_rest(text, label.end()))


def _alone(text: str) -> Iterator[float]:
    """Scores that are all of the first line or of the last, or that begin the first and cannot be an entry's number."""
    lines = [line for line in text.split("\n") if re.search(r"\w", line)]
    for line in dict.fromkeys([*lines[:1], *lines[-1:]]):
        match = _SCORE.match(line)
        whole = match and not line[match.end() :].strip(" .)]}")
        if match and (whole or (line is lines[0] and not _is_entry(match, line))):
            yield _score(line, 0)


def _is_entry(match: re.Match[str], text: str) -> bool:
    """Whether a number may count an entry of a list ("1. The problem ...") instead of being a score."""
    rest = _rest(text, match.end()).strip(" .)]}")
    return match["value"].isdigit() and not match["scale"] and not match["percent"] and bool(rest)


def _spoken(text: str) -> Iterator[float]:
    """Scores that are said in a sentence ("I give it a score of 0.9"), where it supposes, denies and compares nothing."""
    for match in _SPOKEN.finditer(text):
        before, after = text[max(0, match.start() - _NEAR) : match.start()], text[match.end() : match.end() + _NEAR]
        sentence = _STOP.split(before)[-1] + " ... " + _STOP.split(after)[0]
        if not _SUPPOSED.search(sentence):
            yield _score(text, match.end())


def _score(text: str, place: int, scale: int | None = None) -> float:
    """The score at a place of a text, on the scale that it says itself, else on the given one, else from 0 to 1."""
    match = _SCORE.match(text, place)
    line = _rest(text, place)
    if match is None:
        raise Unreadable("unreadable", f"not one number from 0 to 1: {line[:80]!r}")
    value, top = _number(match["value"]), float(scale or 1)
    if match["percent"] or match["scale"]:
        top = 100.0 if match["percent"] else _number(match["scale"])
    if top < 1 or top != int(top) or value > top or (top > 1 and 0 < value < 1 and not match["percent"]):
        raise Unreadable("unreadable", f"{match[0].strip()!r} is no number from 0 to 1")
    score = round(value / top, 6)
    rest = text[match.end() : place + len(line)]
    behind = max(match.end(name) for name in ("value", "scale", "percent"))
    if odd := _OF_PARTS.match(text, behind) or _MENDED.match(text, behind):
        raise Unreadable(
            "unreadable", f"one of several scores, or one with a condition: {line[:80]!r} ({odd[0].strip()!r})"
        )
    for other in _OTHER.finditer(rest):
        same = abs(_number(other[1]) / (100 if other[2] else 1) - score) < 1e-9
        if not same and not re.search(r"[^\W\d_]", rest[: other.start()]):
            raise Unreadable("unreadable", f"more than one number: {line[:80]!r}")
    return score


def _rest(text: str, place: int) -> str:
    """What stands from a place to the end of its line, as far as anybody reads."""
    return text[place : place + _NEAR].split("\n", 1)[0]


def _number(text: str) -> float:
    return float(text.replace(",", "."))
