"""Plain arithmetic as people write it, worked out exactly with fractions.

    `12 / 3`, `\\frac{3}{4} \\cdot 2`, `2^{10}`, `5!`, `\\binom52`, `1,024`, `5\\%` -> Side (value, text, calculates), or None

None is for what is not plain arithmetic. Some of it means different things to different people: `2\\frac{1}{2}` is five halves or
one, `1/2(3)` three halves or a sixth, and `25 / 1/3` 75 to some. There are two readings of it, and only who is wrong in both is wrong.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import comb, factorial, isqrt
from typing import TypeAlias

NUMBER = r"\d{1,3}(?:(?:,(?:\\!)?|\{,\})\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
_TOKEN = re.compile(rf"({NUMBER})|\\(times|cdot|div|sqrt|[dt]?frac|binom)(?![a-zA-Z])|([-+*/^(){{}}−–×·÷%!])")
_TIGHT = re.compile(
    r"(\\[dt]?frac|\\binom)[ \t]*(\d)[ \t]*(?:(\d)|(?=\{))|(\\sqrt)[ \t]*(\d)"
)  # \frac12, \frac1{12}, \binom52, \sqrt2
_TOUCHED = re.compile(r"\d[ \t]+\(")  # 3 (4 + 5) may as well be two things
_SIGNS = {"−": "-", "–": "-", "×": "*", "·": "*", "times": "*", "cdot": "*", "div": "÷"}
_SCIENTIFIC = re.compile(r"[-−]?\d+\.?(\d*) ?(?:\\cdot|\\times|[*×·]) ?10 ?\^ ?\{?(-?\d+)\}?")  # 1.4 \cdot 10^{-5}
_LONGEST = 200  # characters of one side; nobody states a longer calculation in a sentence
_DEEPEST = 24  # brackets of one side
_BIGGEST = 64  # exponents, and numbers with a factorial, beyond this are not worked out


Number: TypeAlias = int | Fraction  # whole numbers stay integers, which is several times as fast


@dataclass(frozen=True)
class Side:
    """One side of a statement: its value, the figures as they were written, whether it calculates anything."""

    value: Number
    text: str
    calculates: bool


def agree(left: Side, right: Side, about: bool) -> bool:
    """Equal, or one is a decimal that rounds the other in its last place (`about`: in its last digit that is no zero)."""
    if left.value == right.value:
        return True
    if ("%" in left.text) != ("%" in right.text) and _in_hundredths(left, right):
        return True
    if right.text.endswith("%") and not left.text.endswith("%"):  # 20/219 = 9.1%, and what people write: 9.1 = 9.1%
        plain = Side(right.value * 100, right.text.rstrip("\\% "), False)
        return any(
            agree(Side(value, left.text, left.calculates), plain, about) for value in (left.value * 100, left.value)
        )
    if about and (end := _SCIENTIFIC.fullmatch(right.text)):
        power = int(end[2]) - len(end[1])
        return abs(Fraction(left.value - right.value)) <= Fraction(1, 2) * Fraction(10) ** max(-400, min(power, 400))
    if "." in left.text + right.text and abs(Fraction(left.value - right.value)) * 1000 <= abs(Fraction(left.value)):
        return True  # something was rounded on the way
    for exact, rounded in ((left, right), (right, left)):
        if rounded.calculates:
            continue
        figures = rounded.text.replace(",", "").strip("-−– {}")
        places = len(figures.partition(".")[2])
        zeros = len(figures) - len(figures.rstrip("0")) if about and not places else 0
        error = abs(Fraction(exact.value - rounded.value))
        inexact = about or places or ("." in exact.text and error * 200 <= abs(Fraction(exact.value)))
        if inexact and error <= Fraction(1, 2) * Fraction(10) ** (zeros - places):
            return True
    return False


def _in_hundredths(left: Side, right: Side) -> bool:
    """Whether two sides differ only in how they count per cent: 3/4 × 100% = 75, and 48 people = 100% + 20%."""
    shares = left if "%" in left.text else right
    return (
        re.search(r".[-+−–]", shares.text) is not None
        or left.value * 100 == right.value
        or left.value == right.value * 100
    )


@lru_cache(maxsize=1024)  # seven dialogues about a passage state the same
def read_side(text: str, other: bool = False) -> Side | None:
    """The value of `12 / 3`, `\\frac{3}{4} \\cdot 2`, `2^{10}`; None for what is not plain arithmetic.

    In the `other` reading `2\\frac{1}{2}` is a product, and `1/2(3)` and `1/2/3` are worked out from the right.
    """
    if len(text) > _LONGEST or text.count("(") + text.count("{") > _DEEPEST or _TOUCHED.search(text):
        return None
    written = " ".join(text.split())
    text = _TIGHT.sub(_loose, text)
    tokens = [number or _SIGNS.get(command or sign, command or sign) for number, command, sign in _TOKEN.findall(text)]
    if "%" in tokens and not _is_share(tokens):
        return None
    try:
        value, rest = _sum(tokens, 0, other)
    except (ValueError, ZeroDivisionError):
        return None
    if rest != len(tokens):
        return None
    binary = any(token in "-(" and (before[0].isdigit() or before in ")}") for before, token in pairwise(tokens))
    calculates = binary or any(token in "+*/÷^!%" or token.endswith(("frac", "sqrt", "binom")) for token in tokens)
    return Side(value, written, calculates)


def _is_share(tokens: list[str]) -> bool:
    r"""Whether it is clear what per cent are of: all is in per cent, or multiplied. 50 + 20% is 60 to some."""
    ends = [after for token, after in pairwise([*tokens, ""]) if token[:1].isdigit()]
    if ends.count("%") < tokens.count("%"):
        return False  # 33\frac13\%
    return all(after == "%" for after in ends) or not any(sign in tokens[1:] for sign in "+-")


def _loose(match: re.Match[str]) -> str:
    """Braces around what a command takes without them."""
    below = f"{{{match[3]}}}" if match[3] else ""
    return f"{match[1]}{{{match[2]}}}{below}" if match[1] else f"{match[4]}{{{match[5]}}}"


def _sum(tokens: list[str], at: int, other: bool) -> tuple[Number, int]:
    negative = tokens[at : at + 1] == ["-"]
    value, at = _product(tokens, at + negative, other)
    value = -value if negative else value
    while at < len(tokens) and tokens[at] in "+-":
        more, after = _product(tokens, at + 1, other)
        value, at = (value + more if tokens[at] == "+" else value - more), after
    return value, at


def _product(tokens: list[str], at: int, other: bool) -> tuple[Number, int]:
    value, at = _quotient(tokens, at, other)
    while at < len(tokens) and tokens[at] in "*/÷":
        more, after = _quotient(tokens, at + 1, other)
        value, at = (value * more if tokens[at] == "*" else Fraction(value) / more), after
        while not other and at < len(tokens) and _touches(tokens, at):
            more, at = _power(tokens, at, other)
            value *= more
    return value, at


def _quotient(tokens: list[str], at: int, other: bool) -> tuple[Number, int]:
    """In the other reading `/` binds before all else, and from the right; in the first it is as good as `÷`."""
    value, at = _joined(tokens, at, other, None if other or tokens[at - 1 : at] not in (["/"], ["÷"]) else 1)
    if other and tokens[at : at + 1] == ["/"]:
        more, at = _quotient(tokens, at + 1, other)
        value = Fraction(value) / more
    return value, at


def _joined(tokens: list[str], at: int, other: bool, most: int | None = None) -> tuple[Number, int]:
    """What stands side by side: `2(3 + 4)` is a product, `2\\frac{1}{2}` in the first reading a sum."""
    value, at = _power(tokens, at, other)
    if not other and at < len(tokens) and tokens[at].endswith("frac") and tokens[at - 1].isdigit():
        more, at = _power(tokens, at, other)
        value += more
    elif other and tokens[at - 1].isdigit() and tokens[at : at + 1] == ["("] and tokens[at + 2 : at + 3] == ["/"]:
        more, at = _power(tokens, at, other)  # 40(1/2), where nobody has \\frac
        value += more
    while most is None and at < len(tokens) and _touches(tokens, at):
        more, at = _power(tokens, at, other)
        value *= more
    return value, at


def _touches(tokens: list[str], at: int) -> bool:
    """Whether what stands here is multiplied without a sign."""
    if tokens[at].isdigit():
        return tokens[at - 1] == "!"  # 3!4!
    return tokens[at] == "(" or tokens[at].endswith(("frac", "sqrt", "binom"))


def _power(tokens: list[str], at: int, other: bool) -> tuple[Number, int]:
    value, at = _atom(tokens, at, other)
    if tokens[at : at + 1] == ["!"]:
        if value.denominator != 1 or not 0 <= value <= _BIGGEST or tokens[at + 1 : at + 2] == ["!"]:
            raise ValueError("not worked out")
        value, at = factorial(int(value)), at + 1
    if tokens[at : at + 1] == ["%"]:
        return Fraction(value) / 100, at + 1
    if tokens[at : at + 1] == ["^"]:
        exponent, at = _atom(tokens, at + 1, other)
        if (
            exponent.denominator != 1
            or not -_BIGGEST <= exponent <= _BIGGEST
            or max(abs(value.numerator), value.denominator) > 10**9
        ):
            raise ValueError("not worked out")
        if value == 0 and exponent <= 0:
            raise ValueError("0^0 is nobody's mistake")
        value = Fraction(value) ** int(exponent) if exponent < 0 else value ** int(exponent)
    return value, at


def _atom(tokens: list[str], at: int, other: bool) -> tuple[Number, int]:
    token = tokens[at] if at < len(tokens) else ""
    if token[:1].isdigit():
        return _number(token), at + 1
    if token.endswith("frac"):
        above, at = _atom(tokens, at + 1, other)
        below, at = _atom(tokens, at, other)
        return Fraction(above) / below, at
    if token == "binom":
        of, at = _atom(tokens, at + 1, other)
        many, at = _atom(tokens, at, other)
        if of.denominator != 1 or many.denominator != 1 or not 0 <= many <= of <= 10 * _BIGGEST:
            raise ValueError("not worked out")
        return comb(int(of), int(many)), at
    if token == "sqrt":
        value, at = _atom(tokens, at + 1, other)
        return _root(Fraction(value)), at
    if token in ("(", "{"):
        value, at = _sum(tokens, at + 1, other)
        if tokens[at : at + 1] != [")" if token == "(" else "}"]:
            raise ValueError("not closed")
        return value, at + 1
    raise ValueError("not a number")


def _root(square: Fraction) -> Fraction:
    """The root of the square of a fraction; no other is worked out."""
    if square < 0 or (found := Fraction(isqrt(square.numerator), isqrt(square.denominator))) ** 2 != square:
        raise ValueError("not worked out")
    return found


def _number(figures: str) -> Number:
    """`1,024` and `1{,}024` are 1024; anything with a point is a fraction."""
    if len(figures) > 1 and figures[0] == "0" and figures.isdigit():
        raise ValueError("0730 is a time or a code")
    if not figures.isdigit():
        figures = figures.replace("{,}", "").replace(",", "").replace("\\!", "")
    return Fraction(figures) if "." in figures else int(figures)
