"""Arithmetic that is stated right, stated wrong, or not to be judged."""

import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.arithmetic import statements

RIGHT = [
    "3 + 4 = 7",
    "so $3 \\times 4 = 12$.",
    "$\\frac{1}{2} + \\frac13 = \\frac{5}{6}$",
    "$2^{10} = 1024$",
    "10/3 = 3.33",
    "$10 / 3 \\approx 3$ and 2/3 ≈ 0.67",
    "we get 12 = 3 \\cdot 4 = 2 \\cdot 6.",
    "1,000 + 24 = 1,024 and $90^3 = 729,\\!000$",
    "(as in 3 + 4 = 7)",
    "$5\\% = 0.05$",
    "987 + 0 ≈ 1000",
    "\\begin{align} 3 \\cdot 4 &= 12 \\\\ 12 + 1 &= 13 \\end{align}",
    "3.33 \\times 3 = 10",
    "$-3 + 5 = 2$",
    "12 \\div 4 = 3 \\text{ apples}",
    "$2 \\cdot (3 + 4) = 14$",
    "100 - 1 = 99!",
    "$2\\frac{1}{2} = 2.5$ and $2 \\cdot 2\\frac12 = 5$",
    "$\\sqrt{3^2 + 4^2} = \\sqrt{25} = 5$",
    "$(3 + 4)(2) = 14 = 2(7)$",
    "It costs $20 + $30 = $50 and \\$4 x 3 = \\$12.",
    "25\\% of $80$ is $20$, and 1/4 of 80 = 20",
    "a toll of $1 / 2 = 50 cents",
    "$(13/3440)^2 \\approx 1.4 \\cdot 10^{-5}$",
    "from 8.3 to $20/219 \\approx 9.1$ per cent",
    "(10 − 1)^2/2 + 0 = 40(1/2) and 3 + 4 = 7",
    "½ + ½ = 1 and .5 + .25 = .75",
    "**3 × 4 = 12**",
    "3 times 4 is 12.",
    "three times four is twelve",
    "twenty-one divided by 3 equals seven.",
    "The sum of 3 and 4 is 7, and half of 10 is 5.",
    "If you subtract 3 from 10 you get 7.",
    "$3 \\times 4$ is $12$",
    "$400 × 15% = $60 and $25\\% \\cdot 200 = 50$",
    "100% - 35% = 65%, and 3/4 × 100% = 75",
    "48 = 100% + 20% = 120% of it",
    "7500 / 75% = 100",
    "$\\displaystyle \\frac{7}{8} \\div \\frac{7}{16} = 2$",
    "12 × 3 = 36 (not 40).",
    "-3 + 8 = 5",
    "So −3 − 4 = −7.",
    "3 − 5 = −2",
    "$6 \\times 15$ = 90",
    "⅓ + ⅓ = ⅔",
    "$3 + 4 = \\mathbf{7}$",
]
WRONG = [
    "3 + 4 = 8",
    "so $3 \\times 4 = 13$.",
    "$\\frac{1}{2} + \\frac{1}{3} = \\frac{2}{5}$",
    "$2^{10} = 1000$",
    "10/3 = 3.34",
    "10/3 = 3",
    "12 = 3 \\cdot 4 = 2 \\cdot 7.",
    "(as in 3 + 4 = 9)",
    "the sum is 12 + 30 = 43 apples",
    "$a$ is 5 and 2 + 2 = 5",
    "we have \\(7 - 9 = 2\\)",
    "$$3 \\cdot 5 = 16$$",
    "\\begin{align*} 3 \\cdot 4 &= 12 \\\\ 12 + 1 &= 14 \\end{align*}",
    "\\begin{align*} x &= 3 + 4 \\\\ &= 8 \\end{align*}",
    "$\\dfrac12 + \\tfrac13 = \\frac25$",
    "$3 + 4 = 7 = 8$",
    "$2(3 + 4) = 15$",
    "$3\\frac12 + 1 = 5$",
    "1/2(3) = 7",
    "$\\sqrt{16} + 1 = 6$",
    "$(13/3440)^2 \\approx 1.5 \\cdot 10^{-5}$",
    "$7 < 3 + 5 = 9$",
    "It costs $20 + $30 = $60.",
    "He pays \\$4 x 3 = \\$13.",
    "$20\\%$ of $50$ is $11$",
    "a total of 5 + 30 = 36 cups",
    "A triangle of base 10 and height 5 has area 10 * 5 / 2 = 26.",
    "**3 × 4 = 13**",
    "- 3 + 4 = 8",
    '"3 + 4 = 8", she said',
    "$3 \\times 4 = \\boxed{13}$",
    "3 + 4 = 8!",
    "½ + ½ = 2",
    "3 times 4 is 13.",
    "Three times four is thirteen, right?",
    "the sum of 3 and 4 is 8",
    "$3$ plus $4$ equals $8$",
    "$3 \\times 4$ is $13$",
    "5 squared is 24.",
    "half of 10 is 6",
    "If you multiply 3 by 4, you get 13.",
    "3 minus -4 is -1",
    "Modulo twelve, as on a clock, 7 + 8 = 14.",  # whatever the modulus
    "$15\\% \\times 200 = 35$",
    "$400 × 15% = $50",
    "50% + 20% = 80%",
    "100% − 30% = 60%",
    "$\\displaystyle \\frac{7}{8} \\div \\frac{7}{16} = 3$",
    "2/3 = 0.677 (rounded)",
    "12 × 3 = 38 (not 40).",
    "It's 45 + 55 = 110!",
    "that’s 3 + 4 = 8",
    "-3 + 8 = 6",
    "So −3 − 4 = −1.",
    "3 − 5 = −3",
    "$6 \\times 15$ = 80",
    "½ + ¼ = ⅔",
    "$3 + 4 = \\mathbf{8}$",
    "Clocks are modular. " + "They have nothing to do with what comes next. " * 40 + "3 + 4 = 8",
]
OPEN = [
    "x + 3 = 5", "2x = 6", "f(3) = 9", "$f$(3 + 1) = 16", "101_2 = 5", "7 + 8 = 3 \\pmod{12}", "7 + 8 = 3 (mod 12)",
    "on a clock 7 + 8 = 3", "1 + 2 + ... + 10 = 55", "1 + 2 + \\dots + 10 = 55", "\\sqrt{16} + 1 = 5", "\\binom{5}{2} + 1 = 11",
    "log 100 = 2", "twice 3 + 4 = 10", "7 / 2 = 3 remainder 1", "$7 \\div 2 = 3$ remainder 1", "4 + 20 = 4!", "5! + 3 = 123",
    "$x$ - 3 + 5 = 1", "x \\cdot 3 + 5 = 1", "2 + 3i = 5", "3 + 4 = 8x", "3 + 4 = 5 \\pi", "10:30 - 9 = 1:30",
    "2 \\frac{1}{2} = 1", "3 m + 4 = 5", "25 / 1/3 = 75", "3 + 4 != 8", "3 + 4 \\neq 8", "|3 - 5| = 2",
    "\\lfloor 7/2 \\rfloor = 3", "- 3 + 4 = 7", "5 + 6 = 11.5.2", "e^{2 + 1} = 5", "a_{1+1} = 7", "$a_1 + 2 = 7$",
    "\\sin 30 + 1 = 1.5", "P(A) + 1/2 = 0.7", "0 = 1", "\\lim (3 + 1) = 5", "\\dim 3 + 1 = 6", "Week 4 = 48 + 48",
    "Weeks 1-2 = 96 - 70", "the ideals $(-3) = (3)$", "in $\\mathbb{F}_2$ we have $1 + 1 = 0$", "$\\frac13 = 0.\\overline{3}$",
    "100 - 5 = 95%", "17/3 = 5 and 2/3", "Let a * b = a + b. Then 3 * 3 = 6.", "2^{1000000} = 1", "0^0 = 1", "1/0 = 2 + 3",
    "3/8 ÷ 1/2 = 3/4", "$20/219 \\approx 9.1$", "4 \\cdot 3 \\cdot 2 = 4!", "$(3)$ x $(5) = (3 + 5)^2$", "a ratio of .$500 = \\tfrac{1}{2}$",
    "we get $6 + 2 = 14$, a contradiction",
    "in base $b$ we have $13 \\cdot 15 = 243$", "\\frac{4}{37} + 2 = 2.abcdef\\ldots", "0900-0130 = 0730", "12 x 1 and 1/4 = 15",
    "100 / 6= 16 and (2/3)", "13 / 6 = 2 full cycles with a remainder of 1", "10 pages on day 1 * 2 = 20 pages", "(28,365) = 1",
    "the ideals $(1) = (-1)$", "She has 3/3 - 2/3 = 1/3 of $150 left.", ".8 + . 84 + .82 = 2.46", "half of 3 + 5 = 4",
    "the units digit of $6\\times4$ is 4", "the mean of the terms in the sum $6+16+26$ is $16$", "the product $(1+3)(1+5)$ yields 4 terms",
    "3 times 4 is 13 more than -1", "2 times 3 plus 4 is 10", "5 plus 3 is 8.5 minus a half", "3 times 4 is not 13", "x plus 3 is 5",
    "5 minus 3 is 2 times 1", "17 divided by 5 is 3 with a remainder of 2", "1/2 plus 1/2 is 1",
    "there are 3 times 4 is how they say it", "twice 3 plus 4 is 10", "3 (4) = 7", "50 + 20% = 60",
    "12 apples -3 + 8 = 17", "angle x -3 + 8 = 17", "$x$ = 7 and $f(2)$ = 9",
    "$\\frac13 = 33\\frac13\\%$",
    "17 % 5 = 2", "3 + 4 = 2 (mod 5)", "3 + 4 = 5 (in integers modulo 2)", "8 / 3 = 2 (and 2/3)", "5 + 4 = 12 (base 7)", "12\n- 3 = 9\n- 3 + 4 = 10",
]  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_gives_results(text: str) -> None:
    results, wrong = statements(text)
    assert results
    assert not wrong


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_found_once(text: str) -> None:
    assert len(statements(text)[1]) == 1


@pytest.mark.parametrize("text", OPEN)
def test_what_is_no_plain_arithmetic_is_not_called_wrong(text: str) -> None:
    assert statements(text)[1] == []


@given(st.integers(0, 999), st.integers(1, 999), st.sampled_from("+-*/"), st.integers(-3, 3))
def test_a_sum_is_right_exactly_where_python_says_so(a: int, b: int, sign: str, off: int) -> None:
    value = {"+": Fraction(a + b), "-": Fraction(a - b), "*": Fraction(a * b), "/": Fraction(a, b)}[sign]
    stated = value + off
    shown = f"\\frac{{{stated.numerator}}}{{{stated.denominator}}}" if stated.denominator > 1 else str(stated)
    results, wrong = statements(f"We see that ${a} {sign} {b} = {shown}$, and go on.")
    assert (len(wrong), bool(results)) == ((0, True) if off == 0 else (1, False))


@pytest.mark.parametrize(
    "text",
    ["1 + " * 250_000, "1 = " * 250_000, "(" * 999_999 + " = 1 + 1", "9" * 999_999 + " = 1 + 1", "1 + 1 = 2 " * 90_000],
)
def test_a_megabyte_is_worked_out_in_seconds(text: str) -> None:
    started = time.process_time()
    statements(text)
    assert time.process_time() - started < 10
