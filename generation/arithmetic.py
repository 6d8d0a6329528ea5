"""Arithmetic as it is stated in text, worked out again exactly.

    text -> statements such as `3 \\times 4 + 1 = 13`: the numbers that are results, and the statements that are wrong

Only what consists of plain numbers is looked at: a variable, a function, another base or a modulus nearby, and the statement
is left alone. A result that is rounded correctly is right.
"""

import re
from fractions import Fraction
from itertools import pairwise

from generation.sums import NUMBER, Side, agree, read_side

_SIGN = r"\\(?:times|cdot|div|left|right|,|;|!|[dt]?frac(?=\s*[{\d]))(?![a-zA-Z])|[-+*/^(){} \t−–×·÷]"
_EQUALS = r"=|≈|\\approx(?![a-zA-Z])"
_EQUAL = re.compile(rf"({_EQUALS})")
_STATEMENT = re.compile(rf"(?:{NUMBER}|{_SIGN}|\\?%|{_EQUALS})++")
_WORTH_LOOKING = re.compile(r"[\d)}%] ?&?(?:=|≈|\\approx) ?[-(\\]*(?:frac\{)?\d")
# Rows of aligned displays, and the other way to write dollars.
_MARKUP = re.compile(r"&(?==|\\approx)|\\\\|\\[()\[\]]|\\begin\{(?:align|aligned|split|gather|equation)\*?\}")
# Before a statement: what makes its first number part of something larger ("twice 3 + 4", "log 100", "x 2", "14, 400").
_BOUND = re.compile(
    r"(?:(?:^|[^a-z])(?:[a-z]|log|ln|lg|sin|cos|tan|sqrt|exp|gcd|lcm|max|min|mod|of|times|plus|minus|twice|half|by|over|base|power|root)|"
    r"\d,|\\(?!(?:implies|[Rr]ightarrow|Longrightarrow|iff|to|q?quad|therefore)\b)[a-z]+)\s*$",
    re.IGNORECASE,
)
_JOINS = (
    "\\",
    "^",
    "_",
    "...",
    "…",
    "/",
    "|",
    "}",
    ")",
    "]",
    "<",
    ">",
    "±",
    "!",
    "'",
    "&",
    "+",
    "*",
    "×",
    "·",
    "-",
    "−",
    "–",
)
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


def statements(text: str) -> tuple[list[Fraction], list[str]]:
    """(results of calculations that are right, statements that are wrong) in a text."""
    results: list[Fraction] = []
    wrong: list[str] = []
    if not _WORTH_LOOKING.search(text):
        return results, wrong
    for match in _STATEMENT.finditer(_MARKUP.sub(_simpler, text)):
        if not _WORTH_LOOKING.search(match[0]):
            continue
        for (left, _), (right, sign) in pairwise(_sides(match)):
            if left is None or right is None or not (left.calculates or right.calculates):
                continue
            if agree(left, right, about=sign != "="):
                results += [left.value, right.value]
            elif match.string[match.end() : match.end() + 1] != "!":  # a factorial, or only emphasis
                wrong.append(f"{left.text} {sign} {right.text}")
    return results, [] if wrong and _OTHER_ARITHMETIC.search(text) else wrong


def _simpler(match: re.Match[str]) -> str:
    return "" if match[0] == "&" else " ; " if match[0] == "\\\\" else " $"


def _sides(match: re.Match[str]) -> list[tuple[Side | None, str]]:
    """The sides of a statement with the sign before each; None where one is not made of plain numbers alone."""
    parts = _EQUAL.split(match[0])
    first, last = parts[0], parts[-1]
    if last.count(")") > last.count("("):  # (as in 3 + 4 = 7)
        parts[-1] = " ".join(last.rsplit(")", 1))
        parts[0] = first.replace("(", " ", 1) if first.count("(") > first.count(")") else first
    sides = [read_side(part) for part in parts[::2]]
    if not _begins(match.string[max(0, match.start() - 24) : match.start()], first) or _is_labelled(match, first):
        sides[0] = None
    after = match.string[match.end() : match.end() + 24]
    if (after[:1].isalpha() and not last.endswith((" ", "\t"))) or _MORE.match(after):
        sides[-1] = None
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
    return not before.rstrip().endswith(_JOINS) and not _BOUND.search(before)


def _is_labelled(match: re.Match[str], first: str) -> bool:
    """Whether the number that a statement begins with only says which one: a week, a day, a case."""
    return _LABELLED.search(match.string[max(0, match.start() - 8) : match.start()]) is not None and (
        first.strip().isdigit() or _RANGE.fullmatch(first) is not None
    )
