"""Arithmetic as it is stated in text, worked out again exactly.

    text -> statements such as `3 \\times 4 + 1 = 13`: the numbers that are results, and the statements that are wrong

Only what consists of plain numbers is looked at, factorials, binomials and units that agree on both sides included: a variable, a
function, another base or a modulus nearby that would make it right, and the statement is left alone. A result that is rounded
correctly is right.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from generation.equations import places, plain
from generation.excuses import excused
from generation.in_words import in_words
from generation.sums import NUMBER, Number, Side, agree, read_side

Sides: TypeAlias = list[
    tuple[Side | None, str]
]  # each with the sign before it; None where it is not of plain numbers alone

_SIGN = r"\\(?:times|cdot|div|left|right|,|;|!|[dt]?frac(?=\s*[{\d])|binom(?=\s*[{\d])|sqrt(?=\s*[{\d]))(?![a-zA-Z])|[-+*/^(){} \t−–×·÷]"
_FACTORIAL = r"(?<=[\d)}])!(?=[-+*/^(){}=≈\d×·÷−–\\!]|[ ][-+*/^)}=≈×·÷−–\\])"  # any other ends a sentence
_STATEMENT = re.compile(rf"(?:{NUMBER}|{_SIGN}|{_FACTORIAL}|\\?%|[=≈])++")
_EQUAL = re.compile(r"([=≈])")
_GOES_ON = re.compile(r" {0,3}\$?[-−–(\\]*(?:(?:[dt]?frac|sqrt|binom) ?\{?)?-?\d")
# The part of a statement before its first sign of equality, read from that sign to the left.
_BACKWARDS = re.compile(
    r"(?:[-+*/^(){} \t−–×·÷=≈%\d]|(?<=\d)[.,](?=\d)|[,!;]\\|(?<=%)\\|(?:semit|todc|vid|tfel|thgir|carf[dt]?|trqs|monib)\\|"
    r"(?:(?<=[-+*/^(){}=≈\d×·÷−–\\!])|(?<=[-+*/^)}=≈×·÷−–\\] ))!(?=[\d)}!]))*+"
)
_FIGURES = tuple("0123456789)}%!")
_REACH = 200  # characters of one side; nobody states a longer calculation in a sentence
_LEADS = re.compile(r"(?:\A|\b(?:so|then|get|gives|have|that|because|since|now|thus|hence)[ ])$", re.IGNORECASE)
# Before a statement: a word that makes its first number part of something larger ("twice 3 + 4", "log 100"), a variable, or any
# command but these.
_LAST_WORD = re.compile(r"\\?[a-zA-Z]+(?:['’]s)?$|\d,$")
_BINDS = """log ln lg sin cos tan sqrt exp gcd lcm max min mod times plus minus twice half by over base power root"""
_BINDING = frozenset(_BINDS.split(" "))
_ARROWS = (
    r"\implies",
    r"\Rightarrow",
    r"\rightarrow",
    r"\Longrightarrow",
    r"\iff",
    r"\to",
    r"\quad",
    r"\qquad",
    r"\therefore",
    r"\le",
    r"\leq",
    r"\ge",
    r"\geq",
    r"\displaystyle",
    r"\textstyle",
)
_JOINED = "\\ ^ _ ... … / | } ) ] ± ! ' & + * × · - − –"
_JOINS = tuple(_JOINED.split(" "))
# ... half of 3 + 4; on day 1 + 2; an operation called x in $(3)$ x $(5)
_PART_OF = re.compile(
    r"(?:half|thirds?|quarters?|fifths?|sixths?|tenths?|percent|%|\d|number|power|root|multiple|product|squares?|cubes?|rest|out)\$? of$|"
    r"\b(?:days?|weeks?|years?|months?|hours?|step|case|part|chapter|question|problem|level|row|round|room|page)$|\$ ?[a-zA-Z*] ?\$$|[-+*/×·=] ?\.$"
)
_MIXED, _FRACTION = re.compile(r"\d and\s*$"), re.compile(r"\s*\d+/\d")
_LABELLED = re.compile(r"[a-zA-Z]\s*$")  # Week 4 = 48 + 48
_COUNTED = re.compile(  # Weeks 1-2 = 96 - 70
    r"\b(?:days?|weeks?|years?|months?|hours?|steps?|cases?|parts?|chapters?|questions?|problems?|levels?|rows?|rounds?|rooms?|pages?|numbers?|"
    r"items?|lines?|exercises?|grades?|ages?|lessons?|sections?|theorems?|lemmas?|figures?|tables?|games?|sets?|teams?|phases?|nos?\.)\s*$",
    re.IGNORECASE,
)
_ASIDE = re.compile(  # 3 + 4 = 8 (see above)
    r"(?!(?:mod(?:ulo)?|base|rem|sin|cos|tan|log|or|and)\b)[a-zA-Z]{2,}(?![a-zA-Z]*[(_^{\d])(?![^.\n]{0,40}\b(?:remainder|modulo|mod|base)\b)"
)
_RANGE = re.compile(r"\s*\d+[-–]\d+\s*")
# After it: what gives the last number another meaning. Units and the like (\text, \%, \$) do not.
_MORE = re.compile(
    r"(?:\s|;|&|\\q?quad\b|\{\})*\+|"
    r"\s*(?:\.\.\.|…|\\p?mod|\\bmod|\(?\s*mod\b|[^.\n]{0,40}\bremainder|rem\b|\\text\{\s*R|and \(?\\?\$?\d|[.][a-z]|[a-zA-Z](?![a-zA-Z])|[a-zA-Z]+\(|"
    r"[,.:/](?:\d|\\(?:overline|dot|bar))|\\?[|_^\[(]|\\(?!text|mathrm|quad|qquad|end|implies|Rightarrow|rightarrow|to\b|checkmark)[a-zA-Z])"
)


def statements(text: str) -> tuple[list[Number], list[str]]:
    """(results of calculations that are right, statements that are wrong) in a text."""
    results: list[Number] = []
    wrong: list[str] = []
    for start, end in places(text):
        part = plain(text[start:end])
        for at, sides, shouted in _stated(part):
            for left, sign, right in _calculations(sides):
                if agree(left, right, about=sign != "="):
                    results += [left.value, right.value]
                elif not _otherwise(left, right, sign, shouted) and not excused(left, right, text, start + at):
                    wrong.append(f"{left.text} {sign} {right.text}")
    return results, wrong


def _stated(part: str) -> Iterator[tuple[int, Sides, bool]]:
    """(where it begins, its sides, whether an exclamation mark ends it: emphasis, or a factorial) of each statement."""
    for left, right, at in in_words(part):
        yield at, [(read_side(left), ""), (read_side(right), "=")], False
    for match in _found(part):
        yield match.start(), _sides(match), part[match.end() : match.end() + 1] == "!"


def _calculations(sides: Sides) -> Iterator[tuple[Side, str, Side]]:
    """The neighbours in a chain of sides; only what is calculated in it, or follows from that, can be wrong."""
    calculated = False
    for (left, _), (right, sign) in pairwise(sides):
        calculated = left is not None and (calculated or left.calculates)
        if left is not None and right is not None and (calculated or right.calculates):
            yield left, sign, right


def _otherwise(left: Side, right: Side, sign: str, shouted: bool) -> bool:
    """Whether two sides agree in another reading."""
    if shouted and (cried := read_side(f"{right.text}!")) and agree(left, cried, about=sign != "="):
        return True
    if sign != "=" and agree(Side(left.value * 100, left.text, left.calculates), right, about=True):
        return True  # 20/219 ≈ 9.1 is in per cent
    one, two = read_side(left.text, True), read_side(right.text, True)
    return one is not None and two is not None and agree(one, two, about=sign != "=")


def _found(text: str) -> Iterator[re.Match[str]]:
    """The stretches of figures and signs that have an equality with figures on both of its sides."""
    end = 0
    for at in sorted(_equalities(text)):
        if at < end or not _compares(text, at):
            continue
        back = text[max(end, at - _REACH) : at + 1][::-1]
        before = _BACKWARDS.match(back)
        if before and before.end() <= _REACH and (match := _STATEMENT.match(text, at + 1 - before.end())):
            end = match.end()
            yield match


def _compares(text: str, at: int) -> bool:
    """Whether there are figures on both sides of a sign of equality."""
    return text[max(0, at - 3) : at].rstrip(" &")[-1:] in _FIGURES and _GOES_ON.match(text, at + 1) is not None


def _equalities(text: str) -> Iterator[int]:
    """Where the signs of equality are."""
    for sign in "=≈":
        at = text.find(sign)
        while at >= 0:
            yield at
            at = text.find(sign, at + 1)


def _sides(match: re.Match[str]) -> Sides:
    """The sides of a statement with the sign before each; None where one is not made of plain numbers alone."""
    parts = _EQUAL.split(match[0])
    first, last = parts[0], parts[-1]
    after = match.string[match.end() : match.end() + 60]
    begins = _begins(match.string[max(0, match.start() - 24) : match.start()], first) and not _is_labelled(match, first)
    if last.endswith(" (") and _ASIDE.match(after):
        last = parts[-1] = last[:-1]
        after = ""
    ends = (last.endswith((" ", "\t")) or not after[:1].isalpha()) and not _MORE.match(after)
    if len(parts) // 2 + begins + ends < 3:
        return []  # fewer than two sides are left to compare
    if last.count(")") > last.count("("):  # (as in 3 + 4 = 7)
        parts[-1] = " ".join(last.rsplit(")", 1))
        parts[0] = first.replace("(", " ", 1) if first.count("(") > first.count(")") else first
    sides = [read_side(part) for part in parts[::2]]
    sides[0] = sides[0] if begins else None
    sides[-1] = sides[-1] if ends else None
    return list(zip(sides, ["", *parts[1::2]], strict=True))


def _begins(before: str, first: str) -> bool:
    """Whether a statement begins here: nothing before its first side takes part in the calculation."""
    sign = first.strip()[:1]
    if not sign or sign in "+*/^)}×·÷":
        return False
    if sign in "-−–":  # a sign right after the formula's beginning; anywhere else it may subtract, or be a bullet
        tight = first[:1] == sign and before.endswith((" $", "\n$", "($"))
        return (
            tight
            or before == "$"
            or (first.strip()[1:2].isdigit() and _LEADS.search(before + first[: first.index(sign)]) is not None)
        )
    if _PART_OF.search(before.rstrip()) or (_MIXED.search(before) and _FRACTION.match(first)):
        return False
    if before.endswith("$") and sign == "(":
        return before[-2:-1] in ("", " ", "\n", "(", "$")  # $f$(3) is no beginning
    if not before or before[-1] in '$(["<>':
        return not before.endswith(("_$", "^$", ".$"))
    if not (first[:1].isspace() or before[-1].isspace()):
        return False
    before = before.rstrip()
    last = _LAST_WORD.search(before)
    if last is None:
        return not before.endswith(_JOINS)
    word = last[0]
    return word in _ARROWS if word[0] == "\\" else len(word) > 1 and word[-1] != "," and word.lower() not in _BINDING


def _is_labelled(match: re.Match[str], first: str) -> bool:
    """Whether the number that a statement begins with only says which one: a week, a day, a case."""
    before = match.string[max(0, match.start() - 12) : match.start()]
    if first.strip().isdigit():
        return _LABELLED.search(before) is not None
    return _RANGE.fullmatch(first) is not None and _COUNTED.search(before) is not None
