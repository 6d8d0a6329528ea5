"""Arithmetic as it is stated in text, worked out again exactly.

    text -> statements such as `3 \\times 4 + 1 = 13`: the numbers that are results, and the statements that are wrong

Only what consists of plain numbers is looked at: a variable, a function, another base or a modulus nearby, and the statement
is left alone. A result that is rounded correctly is right.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

_NUMBER = r"\d{1,3}(?:(?:,|\{,\})\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_SIGN = r"\\(?:times|cdot|div|left|right|,|;|!|[dt]?frac(?=\s*[{\d]))(?![a-zA-Z])|[-+*/^(){} \t−–×·÷]"
_EQUALS = r"=|≈|\\approx(?![a-zA-Z])"
_STATEMENT = re.compile(rf"(?:{_NUMBER}|{_SIGN}|\\?%|{_EQUALS})++")
_TOKEN = re.compile(rf"({_NUMBER})|\\(times|cdot|div|[dt]?frac)(?![a-zA-Z])|([-+*/^(){{}}−–×·÷%])")
_WORTH_LOOKING = re.compile(r"[\d)}]\s*(?:=|≈|\\approx)\s*[-(\\]*(?:frac\{)?\d")
_SIGNS = {"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "times": "*", "cdot": "*", "div": "/"}
# Before a statement: a word that makes its first number part of something larger ("twice 3 + 4", "log 100").
_BOUND = re.compile(
    r"(?:^|[^a-z])(?:[a-z]|log|ln|lg|sin|cos|tan|sqrt|exp|gcd|lcm|max|min|mod|of|times|plus|minus|twice|half|by|over|base|power|root)\s*$",
    re.IGNORECASE,
)
# After it: what gives the last number another meaning.
_MORE = re.compile(
    r"\s*(?:\.\.\.|…|\\l?dots|\\pmod|\\bmod|\\mod|\(?\s*mod\b|remainder|with (?:a )?remainder|rem\b|r\b|R\b|\\(?!(?:text|mathrm|;|,|!|quad|qquad|\)|\]|\\|%|\$| |end|implies|Rightarrow|rightarrow|to|checkmark|boxed))[a-zA-Z]|\\?[|_^\[(]|[a-zA-Z](?![a-zA-Z])|[,.:/]\d|[a-zA-Z]+\()"
)
_OTHER_ARITHMETIC = re.compile(
    r"\b(?:mod|modulo|modular|congruen\w+|binary|boolean|hexadecimal|octal|base[- ](?:\d+|two|eight|sixteen)|clock|xor|characteristic|finite fields?|tropical)\b|\\p?mod|\\bmod|\\equiv|≡|\\mathbb\{?[FZ]\}?_|\\ZZ\s*/|\\FF|GF\(|F_2|Z_\d",
    re.IGNORECASE,
)
_LONGEST = 200  # characters of one side; nobody states a longer calculation in a sentence
_DEEPEST = 24  # brackets of one side
_BIGGEST = 64  # exponents beyond this are not worked out


@dataclass(frozen=True)
class Side:
    """One side of a statement: its value, as it was written, whether it calculates, whether all of it is a plain decimal."""

    value: Fraction
    text: str
    calculates: bool


def statements(text: str) -> tuple[list[Fraction], list[str]]:
    """(results of calculations that are right, statements that are wrong) in a text."""
    results: list[Fraction] = []
    wrong: list[str] = []
    if not _WORTH_LOOKING.search(text):
        return results, wrong
    for match in _STATEMENT.finditer(text.replace("&=", "=")):
        if "=" not in match[0] and "≈" not in match[0] and "approx" not in match[0]:
            continue
        after = match.string[match.end() : match.end() + 24]
        sides = _sides(match, after)
        for (left, _), (right, sign) in zip(sides, sides[1:], strict=False):
            if left is None or right is None or not (left.calculates or right.calculates):
                continue
            if agree(left, right, about=sign != "="):
                results += [left.value, right.value]
            elif not after.startswith("!"):
                wrong.append(f"{left.text} {sign} {right.text}")
    if wrong and _OTHER_ARITHMETIC.search(text):
        return results, []
    return results, wrong


def _sides(match: re.Match[str], after: str) -> list[tuple[Side | None, str]]:
    """The sides of a statement with the sign before each; None where one is not made of plain numbers alone."""
    parts = re.split(rf"({_EQUALS})", match[0])
    signs = ["", *parts[1::2]]
    before = match.string[max(0, match.start() - 24) : match.start()]
    if parts[0].count("(") > parts[0].count(")") and parts[-1].count(")") > parts[-1].count("("):
        parts[0], parts[-1] = parts[0].replace("(", " ", 1), " ".join(parts[-1].rsplit(")", 1))  # (as in 3 + 4 = 7)
    sides = [read_side(part) for part in parts[::2]]
    if not _free_before(before, parts[0]):
        sides[0] = None
    if parts[-1][-1:] not in " \n\t" and after[:1].isalpha() or _MORE.match(after):
        sides[-1] = None
    return list(zip(sides, signs, strict=True))


def _free_before(before: str, first: str) -> bool:
    """Whether the first side of a statement is whole: nothing before it takes part in the calculation."""
    if not first.strip() or first.lstrip()[:1] in "+*/^)}×·÷":
        return False
    spaced = first[:1].isspace() or before[-1:].isspace() or not before
    if first.lstrip()[0] in "-−–" and not before.endswith(("$", "(", "[")):
        return False
    if before[-1:] in "$([" and not before.endswith(("_$", "^$")) or not before:
        return not before.endswith(("\\left(", "f("))
    return (
        spaced
        and not before.rstrip().endswith(("\\", "^", "_", "...", "…", "/", "|", "}", ")", "]", "<", ">"))
        and not _BOUND.search(before)
    )


def agree(left: Side, right: Side, about: bool) -> bool:
    """Equal, or one is a decimal that rounds the other in its last place (`about`: in its last digit that is no zero)."""
    if left.value == right.value:
        return True
    for exact, rounded in ((left, right), (right, left)):
        if rounded.calculates:
            continue
        figures = rounded.text.replace(",", "").strip("-−– ")
        places = len(figures.partition(".")[2])
        zeros = len(figures) - len(figures.rstrip("0")) if about and not places else 0
        error = abs(exact.value - rounded.value)
        inexact = about or places or "." in exact.text and error * 200 <= abs(exact.value)
        if inexact and error <= Fraction(1, 2) * Fraction(10) ** (zeros - places):
            return True
    return False


def read_side(text: str) -> Side | None:
    """The value of `12 / 3`, `\\frac{3}{4} \\cdot 2`, `2^{10}`; None for what is not plain arithmetic."""
    if len(text) > _LONGEST or text.count("(") + text.count("{") > _DEEPEST:
        return None
    tokens = [number or _SIGNS.get(command or sign, command or sign) for number, command, sign in _TOKEN.findall(text)]
    percent = tokens[-1:] == ["%"]
    if percent:
        tokens.pop()
    try:
        value, rest = _sum(tokens, 0)
    except (ValueError, ZeroDivisionError):
        return None
    if rest != len(tokens) or percent and len(tokens) > 1:
        return None
    plain = " ".join(text.replace("\\left", "").replace("\\right", "").split())
    return Side(value / 100 if percent else value, plain.strip(" {}"), len(tokens) > 1 and not _is_number(tokens))


def _is_number(tokens: list[str]) -> bool:
    return len(tokens) == 2 and tokens[0] == "-"


def _sum(tokens: list[str], at: int) -> tuple[Fraction, int]:
    negative = tokens[at : at + 1] == ["-"]
    value, at = _product(tokens, at + negative)
    value = -value if negative else value
    while at < len(tokens) and tokens[at] in "+-":
        more, after = _product(tokens, at + 1)
        value, at = (value + more if tokens[at] == "+" else value - more), after
    return value, at


def _product(tokens: list[str], at: int) -> tuple[Fraction, int]:
    value, at = _power(tokens, at)
    divided = False
    while at < len(tokens) and (tokens[at] in "*/(" or tokens[at].endswith("frac")):
        sign = tokens[at]
        if sign not in "*/" and (divided or tokens[at - 1] not in ")"):
            raise ValueError("2(3) and 1/2(3) and 2\\frac{1}{2} mean different things to different people")
        more, at = _power(tokens, at + (sign in "*/"))
        value, divided = (value / more if sign == "/" else value * more), divided or sign == "/"
    return value, at


def _power(tokens: list[str], at: int) -> tuple[Fraction, int]:
    value, at = _atom(tokens, at)
    if tokens[at : at + 1] == ["^"]:
        exponent, at = _atom(tokens, at + 1)
        if (
            exponent.denominator != 1
            or abs(exponent) > _BIGGEST
            or max(abs(value.numerator), value.denominator) > 10**9
        ):
            raise ValueError("not worked out")
        if value == 0 and exponent <= 0:
            raise ValueError("0^0 is nobody's mistake")
        value = value ** int(exponent)
    return value, at


def _atom(tokens: list[str], at: int) -> tuple[Fraction, int]:
    token = tokens[at] if at < len(tokens) else ""
    if token[:1].isdigit():
        return Fraction(token.replace("{,}", "").replace(",", "")), at + 1
    if token.endswith("frac"):
        above, at = _atom(tokens, at + 1)
        below, at = _atom(tokens, at)
        return above / below, at
    if token in ("(", "{"):
        value, at = _sum(tokens, at + 1)
        if tokens[at : at + 1] != [")" if token == "(" else "}"]:
            raise ValueError("not closed")
        return value, at + 1
    raise ValueError("not a number")
