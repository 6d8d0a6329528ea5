"""Calculations with units, brought to plain numbers where the units agree.

    `3 km + 4 km = 8 km` -> `3 + 4 = 8`;    `60 km/h × 2 h = 130 km` -> `60 × 2 = 130`

A unit is whatever word stands behind a number, or a letter that is known for it. What is said is worked out twice, with every unit
as 1 and as a number of its own: where both sides change by the same factor they are of one dimension, and wrong numbers are wrong
whatever the units are.
`1 m + 20 cm = 120 cm` stays as it is, and so does `3a + 4a = 8a`, which is an equation.
"""

import re
from itertools import pairwise

from generation.sums import NUMBER, Number, read_side

# They touch their numbers; 3ab and 2iz are no units.
_SHORT = "[kcmd]m|[km]g|[mcd]l|ft|in|yd|mi|lbs?|oz|hrs?|min|sec|mph|km/h"
_WORD = (
    r"(?!and\b|or\b|of\b|per\b|is\b|mod\b|times\b|choose\b)"
    rf"(?:(?<=[ /])(?:[a-zA-Z]{{2,15}}|[mgshlLWVNJAK])|{_SHORT}|[a-zA-Z]{{4,15}})(?![a-zA-Z({{_]|\.\w)"
)
_GAP = r"(?:[ ~]|\\[,;: ])*"
_NAMED = rf"(?:(?:(?:square|sq\.?|cubic)[ ])?{_WORD}|\\(?:text|mathrm|textrm|mbox|textup)\{{[ ~]*[a-zA-Z]+\.?[ ~]*\}})(?:\^\{{?[23]\}}?)?"
_DEGREES = r"(?:°|\^\{?\\circ\}?|\\degree\b)(?:[ ]?[CF]\b)?"
_UNIT = rf"(?:{_DEGREES}|{_NAMED}(?:[ ]?(?:/|per\b)[ ]?{_NAMED})?|(?:/|[ ]per[ ]){_NAMED})"
_SIGN = r"[-+*/×·÷−–]|\\(?:times|cdot|div)(?![a-zA-Z])"
_QUANTITY = rf"\\?\$?\(?\\?\$?(?:{NUMBER})\$?(?:{_GAP}{_UNIT})?\$?\)?"
# The quick look: a number, its unit, and a sign behind it.
_THERE = re.compile(rf"\d\$?{_GAP}{_UNIT}\$?\)?[ ]?(?:[=≈]|{_SIGN})")
_STATED = re.compile(
    rf"(?<![\w.,:/^_\\{{+*×·÷-])(?<![-+*/^×·÷−–][ ])(?<!\d[ ]){_QUANTITY}(?:[ ]?(?:{_SIGN})[ ]?{_QUANTITY}){{1,6}}"
    rf"(?:[ ]?[=≈][ ]?{_QUANTITY}(?:[ ]?(?:{_SIGN})[ ]?{_QUANTITY}){{0,6}}){{1,4}}"
    rf"(?![ ]?(?:[=≈]|{_SIGN})|[.,]?\w|[\^(_{{\\])"
)
_MEASURED = re.compile(rf"({NUMBER})\$?{_GAP}({_UNIT})")
_PART = re.compile(rf"[ ]?(?:(/|per\b)[ ]?)?({_DEGREES}|{_NAMED})")
_LETTERS = re.compile(r"(?:(square|sq\.?|cubic)[ ])?(?:\\[a-z]+\{[ ~]*)?([a-zA-Z]+)[^\^]*(?:\^\{?([23]))?")
_DOUBTFUL = re.compile(r"/[^=≈+−–-]*[/÷]")  # 7/12 / 1/12
_PRIMES = (7, 11, 13, 17)  # what units are worth; no other numbers of a sentence make up for them by chance
_SUM = re.compile(r"\d.*[-+−–]")
_EQUAL = re.compile(r"[=≈]")
# 1 hour 10 minutes - 50 minutes, and ... = 2 hours and 30 minutes: one quantity in two units.
_ALSO_BEFORE, _ALSO_AFTER = re.compile(r"\d[ ]?[a-zA-Z]+,?[ ](?:and[ ])?$"), re.compile(r",?[ ](?:and[ ])?\$?\d")


def without_units(text: str) -> str:
    """The text, with bare numbers where a calculation's units agree on both sides."""
    return _STATED.sub(_bare, text) if _THERE.search(text) else text


def _bare(match: re.Match[str]) -> str:
    said = match[0]
    units: dict[str, int] = {}
    if _ALSO_BEFORE.search(match.string[max(0, match.start() - 30) : match.start()]) or _ALSO_AFTER.match(
        match.string, match.end()
    ):
        return said
    for _, unit in _MEASURED.findall(said):
        for name, _ in _factors(unit):
            units.setdefault(name, _PRIMES[len(units) % len(_PRIMES)])
    if not 0 < len(units) <= len(_PRIMES):
        return said
    plain = _MEASURED.sub(r"\1", said)
    if _DOUBTFUL.search(plain):
        return said
    if not _agree(said, plain, units) and not _last_only(said, units):
        return said
    return plain


def _agree(said: str, plain: str, units: dict[str, int]) -> bool:
    """Whether all sides change alike with the size of the units."""
    large = _MEASURED.sub(lambda found: f"({found[1]}{_scaled(found[2], units)})", said)
    factors = []
    for one, other in zip(_EQUAL.split(plain), _EQUAL.split(large), strict=True):
        before, after = _value(one), _value(other)
        if before is None or after is None or not before:
            return False
        factors.append(after / before)
    return all(one == other for one, other in pairwise(factors))


def _last_only(said: str, units: dict[str, int]) -> bool:
    """Whether a sum names its one unit at the end of every side: 3 + 4 apples = 7 apples."""
    sides = [side.strip() for side in _EQUAL.split(said)]
    named = [_MEASURED.findall(side) for side in sides]
    alike = len(units) == 1 and len(max(units)) > 1 and all(len(each) == 1 for each in named)
    ends = all(side.endswith(each[0][1]) for side, each in zip(sides, named, strict=True) if each)
    return alike and ends and not re.search(r"[*/×·÷()]|\\[tcd][id]", said) and not _SUM.search(sides[-1])


def _value(side: str) -> Number | None:
    found = read_side(side.replace("\\$", "").replace("$", ""))
    return found.value if found else None


def _scaled(unit: str, units: dict[str, int]) -> str:
    """`*7/11` for km/h."""
    return "".join(f"{'/' if power < 0 else '*'}{units[name] ** abs(power)}" for name, power in _factors(unit))


def _factors(unit: str) -> list[tuple[str, int]]:
    """(name, power) of each part of a unit; `miles` and `mile` are one name."""
    found = []
    for over, part in _PART.findall(f" {unit}"):
        letters = _LETTERS.match(part)
        if letters is None:
            found.append(("°" + part[-1] * (part[-1] in "CF"), -1 if over else 1))
            continue
        word = letters[2].lower() if len(letters[2]) > 1 else letters[2]
        power = 3 if letters[1] == "cubic" else 2 if letters[1] else int(letters[3] or 1)
        found.append((word.rstrip("es") or word, -power if over else power))
    return found
