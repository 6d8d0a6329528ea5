"""Words that excuse a statement, and the same words where they have nothing to do with it."""

from tests.generation.statement_tables import check, told

RIGHT = [
    "Its foci are $F_1$ and $F_2$, so $2a = 6 + 4 = 10$.",
]
WRONG = [
    "The triangles are congruent, so the perimeter is $3 + 4 + 5 = 13$.",
    "Its foci are $F_1$ and $F_2$, so $2a = 6 + 4 = 11$.",
    "The congruent sides give $2 \\cdot 8 = 18$.",
    "Both residues of the mixture weigh $4 + 5 = 11$ grams.",
    "The clock costs $20 + 15 = 37$ dollars.",
    "Let $F_2$ be the focus; then $3 + 9 = 14$.",
    "We look at the class $Z_2$ and see $8 + 8 = 18$.",
    "It is impossible to have $3 + 4 = 9$ apples here? No: it is so.",
    "That is absurd. But then $6 \\cdot 6 = 38$.",
    "the boolean is set; $7 + 7 = 16$",
    "The function $f * g = h$ has $4 + 4 = 10$.",
    "In base ten, $25 + 36 = 71$.",
]
OPEN = [
    "on a 12-hour clock, $9 + 5 = 2$",
    "$3 \\cdot 5 = 1$ since 14 is congruent to 0",
    "$9 + 5 \\equiv 14 = 2$",
    "In $\\mathbb{F}_5$, $3 + 4 = 2$",
    "in $F_2$ the field of two elements $1 + 1 = 0$",
    "working modulo 10, $7 \\cdot 8 = 6$",
    "it is four hours later on the clock face: 10 + 4 = 2",
    "$2 + 2 = 22$ as strings, which is a contradiction",
    "1 + 1 = 10 in binary",
    "$|3 - 5| = 2$",
    "$\\lfloor 7/2 \\rfloor = 3$",
    "$\\lceil 7/2 \\rceil = 4$",
    "$\\gcd(12, 18) = 6$",
    "$\\log_2 8 = 3$",
    "$7 \\cdot 8 \\equiv 1 \\pmod 5$",
    "Let $m$ be prime; modulo $m$ we have $3 \\cdot 5 = 1$",
    "modulo $10^2$, $50 \\cdot 7 = 50$",
    "$\\left(\\frac{5}{2}\\right) = -1$",
    "In the field $F_4$, $3 + 3 = 0$",
    "1010 = 8 + 2 + 5 in binary",
    "on a 7-hour clock $6 + 3 = 2$",
]


@told(RIGHT, WRONG, OPEN)
def test_a_statement_is_right_or_wrong_or_left_alone(text: str, kind: str) -> None:
    check(text, kind)
