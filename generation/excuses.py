"""Why a statement that is wrong by plain arithmetic may be right where it stands: another arithmetic, or a text that refutes it itself.

    two sides of a statement, the text, where in it -> whether it is excused

A word alone excuses little: where a modulus is named, only what differs by a multiple of it; on a clock, by hours or minutes of a
day; an operation of its own, only what uses its sign.
"""

import re
from fractions import Fraction
from math import gcd

from generation.sums import Side

_NEARBY = 400  # characters around a statement in which another arithmetic that is spoken of may be its own
_DENIED = re.compile(r".{0,160}?(?:contradict|impossib|absurd)", re.IGNORECASE | re.DOTALL)
_MODULUS = r"(?:\\?\$|\\,|[ {~(])*(?P<NAME>\d{1,18}(?:[ ]?\^|,\d|[ ]?\\[ct])?)?"
_REMAINDERS = re.compile(
    r"(?P<name>\b(?:mod|modulo)\b|\\[pb]?mod(?![a-zA-Z]))" + _MODULUS.replace("NAME", "mod") + r"|"
    r"(?:\\mathbb\s*\{?\s*[FZ]\s*\}?\s*[_/]|\\ZZ?\s*[_/]|\\FF_|\bGF\(|\bZ/)" + _MODULUS.replace("NAME", "ring") + r"|"
    r"\b(?P<of>[FZ]_|characteristic[ ])" + _MODULUS.replace("NAME", "letter") + r"|"
    r"(?:\b(?P<hours>\d+)-hour )?(?P<clock>\bclocks?\b)|"
    r"\b(?:modular|congruences?|finite fields?|residue (?:class|system)\w*|(?:non-?)?residues? mod\w*|quadratic (?:non-?)?residues?|integral domain|"
    r"equivalence relation|congruent[ ](?:to|with)[ ](?:\\?\$)?-?\d)|\\equiv|≡",
    re.IGNORECASE,
)
_ALGEBRA = re.compile(r"\b(?:fields?|rings?|groups?|cyclic|integers|elements|modulo)\b", re.IGNORECASE)
_TURNS = (12, 24, 60)  # of a clock
_POWERS = (4, 8, 9, 16, 25, 27)  # fields of so many elements count modulo a prime
_DEGREES = re.compile(r"°|\\circ\b|\bdegrees?\b|\bbearing")  # 350° + 20° = 10°
_BASES = re.compile(
    r"\b(?:hexadecimal|octal|(?:in|to|from|positive) base(?! ?(?:ten|\$?10)\b)|base-(?!ten|10\b)\w+|base numbers?|"
    r"base \$?(?!ten|10\b)\w+\$? (?:numbers?|representations?|systems?|digits?|expansions?|numerals?)|xor|tropical|"
    r"boolean (?:algebra|ring|arithmetic|sum|addition|product|logic))\b",
    re.IGNORECASE,
)
_BINARY = re.compile(r"\bbinary\b", re.IGNORECASE)
_TWO_DIGITS = re.compile(r"(?<!\d)[01]{2,}(?!\d)")
_OPERATION = re.compile(r"[a-zA-Z] ?(?:\*|\\(?:star|ast|circ|oplus|otimes)) ?[a-zA-Z] ?=")
_SYMBOL = re.compile(r"\\left\(\\[dt]?frac[^()]{1,40}\\right\)")  # Legendre's


def excused(left: Side, right: Side, text: str, at: int) -> bool:
    """Whether what is stated there is refuted by its own text, or right in another arithmetic that is spoken of nearby."""
    near = text[max(0, at - _NEARBY) : at + _NEARBY]
    return (
        _left_over(left, right, near)
        or ((left.value - right.value) % 360 == 0 and _DEGREES.search(near) is not None)
        or _DENIED.match(text, at) is not None
        or _BASES.search(near) is not None
        or ("*" in left.text + right.text and _OPERATION.search(near) is not None)
        or (_BINARY.search(near) is not None and _TWO_DIGITS.search(f"{left.text} {right.text}") is not None)
        or (right.value in (-1, 0, 1) and _SYMBOL.fullmatch(left.text) is not None)
    )


def _left_over(left: Side, right: Side, near: str) -> bool:
    """Whether remainders are spoken of that would make both sides the same."""
    off = abs(Fraction(left.value - right.value))
    if off == 1 or "." in left.text + right.text:
        return False  # no modulus divides 1
    moduli, spoken = set[int](), False
    for found in _REMAINDERS.finditer(near):
        if found["of"] and not _ALGEBRA.search(near):
            continue  # F_2 is a focus, a force, a number of Fibonacci's
        named = found["mod"] or found["ring"] or found["letter"]
        if found["clock"]:
            moduli.update(_TURNS if not found["hours"] else [int(found["hours"])])
        elif named and not named.isdigit():
            return True  # modulo 10^4
        elif named:
            moduli.add(int(named))
        elif found["name"]:
            return True  # modulo p, and modulo twelve
        else:
            spoken = True
    return any(_divides(modulus, off) for modulus in moduli) if moduli else spoken


def _divides(modulus: int, off: Fraction) -> bool:
    """Whether a difference is nothing for a modulus."""
    if modulus in _POWERS:
        return gcd(off.numerator, modulus) > 1
    return modulus > 1 and off.numerator % modulus == 0
