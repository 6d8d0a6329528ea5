"""Arithmetic as it is stated in text, worked out again exactly.

    text -> statements such as `3 \\times 4 + 1 = 13`: the numbers that are results, and the statements that are wrong

Only what consists of plain numbers is looked at: a variable, a function, another base or a modulus nearby, and the statement
is left alone. A result that is rounded correctly is right.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from generation.sums import NUMBER, Number, Side, agree, read_side

_SIGN = r"\\(?:times|cdot|div|left|right|,|;|!|[dt]?frac(?=\s*[{\d]))(?![a-zA-Z])|[-+*/^(){} \t−–×·÷]"
_STATEMENT = re.compile(rf"(?:{NUMBER}|{_SIGN}|\\?%|[=≈])++")
_EQUAL = re.compile(r"([=≈])")
_GOES_ON = re.compile(r" ?[-(\\]*(?:[dt]?frac ?\{?)?-?\d")
# The part of a statement before its first sign of equality, read from that sign to the left.
_BACKWARDS = re.compile(
    r"(?:[-+*/^(){} \t−–×·÷=≈%\d]|(?<=\d)[.,](?=\d)|[,!;]\\|(?<=%)\\|(?:semit|todc|vid|tfel|thgir|carf[dt]?)\\)*+"
)
_FIGURES = tuple("0123456789)}%")
_REACH = 200  # characters of one side; nobody states a longer calculation in a sentence
# Rows of aligned displays, and the other way to write dollars, as what they amount to here.
_MARKUP = (
    ("\\approx", "≈"), ("&=", "="), ("&≈", "≈"), ("\\\\", " ; "), ("\\(", " $"), ("\\)", " $"), ("\\[", " $"), ("\\]", " $"),
    ("\\begin{align}", " $"), ("\\begin{align*}", " $"), ("\\begin{aligned}", " $"),
)  # fmt: skip
# Before a statement: a word that makes its first number part of something larger ("twice 3 + 4", "log 100"), a variable, or any
# command but these.
_LAST_WORD = re.compile(r"\\?[a-zA-Z]+$|\d,$")
_BINDS = """log ln lg sin cos tan sqrt exp gcd lcm max min mod of times plus minus twice half by over base power root"""
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
)
_JOINED = "\\ ^ _ ... … / | } ) ] < > ± ! ' & + * × · - − –"
_JOINS = tuple(_JOINED.split(" "))
_LABELLED = re.compile(r"[a-zA-Z]\s*$")  # Week 4 = 48 + 48, and Weeks 1-2 = 96 - 70
_RANGE = re.compile(r"\s*\d+[-–]\d+\s*")
# After it: what gives the last number another meaning. Units and the like (\text, \%, \$) do not.
_MORE = re.compile(
    r"\s*(?:\.\.\.|…|\\p?mod|\\bmod|\(?\s*mod\b|\$?\s*(?:with (?:a )?)?remainder|rem\b|\\text\{\s*R|and \d|[a-zA-Z](?![a-zA-Z])|[a-zA-Z]+\(|"
    r"[,.:/](?:\d|\\(?:overline|dot|bar))|\\?[|_^\[(]|\\(?!text|mathrm|quad|qquad|end|implies|Rightarrow|rightarrow|to\b|checkmark)[a-zA-Z])"
)
# Where other arithmetic is spoken of, nothing is called wrong: 7 + 8 = 3 on a clock, 1 + 1 = 0 in a field of two.
_OTHER_ARITHMETIC = re.compile(
    r"\b(?:mod|modulo|modular|modulus|congruen\w+|binary|boolean|hexadecimal|octal|base[- ](?:\d+|two|eight|sixteen)|clocks?|xor|"
    r"characteristic|finite fields?|tropical|residues?|in base)\b|[a-z] ?\* ?[a-z] ?=|"
    r"\\[pb]?mod\b|\\equiv|≡|\\mathbb\{?[FZ]\}?_|\\ZZ\s*/|\\FF|GF\(|F_2|Z_\d",
    re.IGNORECASE,
)


def statements(text: str) -> tuple[list[Number], list[str]]:
    """(results of calculations that are right, statements that are wrong) in a text."""
    results: list[Number] = []
    wrong: list[str] = []
    if "=" not in text and "≈" not in text and "\\approx" not in text:
        return results, wrong
    for match in _found(text):
        for (left, _), (right, sign) in pairwise(_sides(match)):
            if left is None or right is None or not (left.calculates or right.calculates):
                continue
            if agree(left, right, about=sign != "="):
                results += [left.value, right.value]
            elif match.string[match.end() : match.end() + 1] != "!":  # a factorial, or only emphasis
                wrong.append(f"{left.text} {sign} {right.text}")
    return results, [] if wrong and _OTHER_ARITHMETIC.search(text) else wrong


def _found(text: str) -> Iterator[re.Match[str]]:
    """The stretches of figures and signs that have an equality with figures on both of its sides."""
    for written, meant in _MARKUP:
        if written in text:
            text = text.replace(written, meant)
    end = 0
    for at in sorted(_equalities(text)):
        if at < end or not _compares(text, at):
            continue
        back = text[max(end, at - _REACH) : at][::-1]
        before = _BACKWARDS.match(back)
        if before and before.end() < _REACH and (match := _STATEMENT.match(text, at - before.end())):
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


def _sides(match: re.Match[str]) -> list[tuple[Side | None, str]]:
    """The sides of a statement with the sign before each; None where one is not made of plain numbers alone."""
    parts = _EQUAL.split(match[0])
    first, last = parts[0], parts[-1]
    after = match.string[match.end() : match.end() + 24]
    begins = _begins(match.string[max(0, match.start() - 24) : match.start()], first) and not _is_labelled(match, first)
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
        return (first[:1] == sign and before.endswith((" $", "\n$", "($"))) or before == "$"
    if before.endswith("$") and sign == "(":
        return before[-2:-1] in ("", " ", "\n", "(", "$")  # $f$(3) is no beginning
    if not before or before[-1] in "$([":
        return not before.endswith(("_$", "^$"))
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
    return _LABELLED.search(match.string[max(0, match.start() - 8) : match.start()]) is not None and (
        first.strip().isdigit() or _RANGE.fullmatch(first) is not None
    )
