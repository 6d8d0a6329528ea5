r"""Pairs of answers on which Math-Verify's verdict is known without asking it.

    ("12", "12"), ("\frac{1}{2}", "2/4") -> yes;  ("12", "13") -> no;  ("x^2", "x^2"), ("0.5", "1/2") -> None: ask

Never a guess: whole numbers and plain fractions are compared exactly, as it does, and the same text twice is equal only
where it is short and of a form that it reads and that cannot be expensive (no powers, no factorials, no sums).
"""

import re
from fractions import Fraction

WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
FRACTION = re.compile(r"(-?)\\[dt]?frac\{(-?\d{1,9})\}\{([1-9]\d{0,8})\}")
SLASH = re.compile(r"(-?\d{1,9})/([1-9]\d{0,8})")

LONGEST = 60  # characters of a text that is equal to itself without asking
COMMANDS = "dfrac|tfrac|frac|sqrt|pi|theta|alpha|beta|infty|circ|cdot|times|pm|left|right|cup|cap|in|le|ge|text|mathbf"
READ = re.compile(rf"(?:[0-9A-Za-z .,+*/=<>()\[\]{{}}|:;_-]|\\(?:{COMMANDS})(?![A-Za-z])|\\[%,])+")
WORD = re.compile(r"[A-Za-z]{1,20}")


def obvious(gold: str, answer: str) -> str | None:
    """yes or no where Math-Verify would certainly say so, else None."""
    one = value(gold)
    other = one if gold == answer else value(answer)
    if one is not None and other is not None:
        return "yes" if one == other else "no"
    return "yes" if gold == answer and reads(gold) else None


def value(answer: str) -> Fraction | None:
    """The number that an answer is, where it is a whole number or a plain fraction."""
    if WHOLE.fullmatch(answer):
        return Fraction(int(answer))
    if found := FRACTION.fullmatch(answer):
        return Fraction(int(found[1] + "1") * int(found[2]), int(found[3]))
    if found := SLASH.fullmatch(answer):
        return Fraction(int(found[1]), int(found[2]))
    return None


def reads(answer: str) -> bool:
    """Whether Math-Verify certainly makes something of an answer, and soon."""
    if WORD.fullmatch(answer):
        return True
    closed = all(answer.count(one) == answer.count(other) for one, other in ("()", "[]", "{}"))
    return len(answer) <= LONGEST and closed and READ.fullmatch(answer) is not None and any(map(str.isdecimal, answer))
