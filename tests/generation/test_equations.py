"""Factorials, binomials, and calculations that go on from row to row."""

import time

import pytest

from generation.arithmetic import statements

RIGHT = [
    "$5! = 120$",
    "5! = 5 \\cdot 4 \\cdot 3 \\cdot 2 \\cdot 1 = 120",
    "$\\binom{5}{2} = 10$",
    "$\\dbinom{6}{3} = 20$",
    "$\\frac{7!}{3!4!} = 35$",
    "$\\binom{5}{2} + 1 = 11$",
    "$\\frac{6!}{2!} = 360$",
    "$5 \\cdot 4! = 120 = 5!$",
    "${10 \\choose 3} = 120$",
    "$\\tbinom42 = 6$",
    "4! - 3! = 18",
    "there are 3! = 6 orders",
    "$\\frac{10!}{8!} = 10 \\cdot 9 = 90$",
    "0! = 1 and 1! = 1",
    "\\begin{align*}\n12 + 30 &= 42 \\\\\n&= 6 \\cdot 7 \\\\\n&= 42.\n\\end{align*}",
    "\\begin{aligned} 2(3+4) &= 2 \\cdot 7 \\\\[4pt] &= 14 \\end{aligned}",
    "\\[\n3 + 4 \\cdot 5\n= 3 + 20\n= 23\n\\]",
    "3 + 4 * 5\n= 3 + 20\n= 23",
    "\\begin{align}\n1 + 1 &= 2, \\\\\n2 + 2 &= 4. \\end{align}",
    "\\begin{split} 6 \\cdot 7 &= 42 \\\\ &= 40 + 2 \\end{split}",
    "\\begin{eqnarray*} 6 \\cdot 7 &=& 42 \\\\ &=& 40 + 2 \\end{eqnarray*}",
    "12 + 8 = 20\n20 / 5 = 4\n4 + 1 = 5",
    "\\begin{align*} x &= 3 \\cdot 5 - 1 \\\\ &= 15 - 1 \\\\ &= 14 \\end{align*}",
    "\\begin{gather*} 7 \\cdot 8 = 56 \\\\ 56 + 4 = 60 \\end{gather*}",
    "$$\\begin{aligned}&3^2+4^2\\\\&=9+16\\\\&=25\\end{aligned}$$",
    "The triangles are congruent, so the perimeter is $3 + 4 + 5 = 12$.",
]
WRONG = [
    "5! = 100",
    "$\\binom{5}{2} = 12$",
    "$\\binom{6}{3} = 18$",
    "$\\frac{7!}{3!4!} = 36$",
    "so $4! = 20$ orders",
    "$\\frac{10!}{8!} = 10 \\cdot 9 = 80$",
    "$\\binom{8}{2} + 1 = 30$",
    "there are 3! = 5 orders",
    "$5! - 4! = 94$",
    "${10 \\choose 3} = 110$",
    "$3! \\cdot 2! = 10$",
    "$(2+1)! = 7$",
    "\\begin{align*}\n12 + 30 &= 42 \\\\\n&= 6 \\cdot 8\n\\end{align*}",
    "\\begin{aligned} 2(3+4) &= 2 \\cdot 7 \\\\[4pt] &= 15 \\end{aligned}",
    "\\[\n3 + 4 \\cdot 5\n= 3 + 20\n= 24\n\\]",
    "3 + 4 * 5\n= 3 + 20\n= 24",
    "\\begin{split} 6 \\cdot 7 &= 42 \\\\ &= 40 + 3 \\end{split}",
    "\\begin{eqnarray*} 6 \\cdot 7 &=& 42 \\\\ &=& 40 + 3 \\end{eqnarray*}",
    "12 + 8 = 20\n20 / 5 = 5\n4 + 1 = 5",
    "\\begin{align*} x &= 3 \\cdot 5 - 1 \\\\ &= 15 - 1 \\\\ &= 13 \\end{align*}",
    "$$\\begin{aligned}&3^2+4^2\\\\&=9+16\\\\&=26\\end{aligned}$$",
    "\\begin{gather*} 7 \\cdot 8 = 56 \\\\ 56 + 4 = 61 \\end{gather*}",
    "\\begin{align*}\n7 + 5 & = 12 \\\\\n & = 2 \\cdot 7\n\\end{align*}",
    "7 + 5\n  = 13",
    "5!/(3!2!) = 12",
    "\\frac{12!}{4!\\,8!} = 496",
    "\\binom{5}{2}\\binom{3}{1} = 31",
    "\\frac{\\binom{4}{2}}{\\binom{6}{2}} = \\frac{6}{14}",
    "S = 1 + 2 + 3\n  = 7",
    "3 + 4\n  = 7\n  = 15/2",
    "(5-2)! = 7",
    "6! = 700",
    "7!/5! = 43",
    "\\[ \\begin{aligned} 15 \\cdot 4 &= 60 \\\\ &= 6 \\cdot 11 \\end{aligned} \\]",
    "5 C 2 is different, but 5 choose 2 = 10 and 4! = 25",
    "{6 \\choose 2} = 16",
]
OPEN = [
    "n! = 100",
    "$5!! = 15$",
    "$\\binom{n}{2} = 10$",
    "$\\binom{5}{k} = 10$",
    "$5! = 100_{b}$",
    "7 = 3! + 1!!",
    "$\\left(\\frac{5}{2}\\right) = -1$",
    "In $\\mathbb{Z}_7$, $\\binom{5}{2} = 3$",
    "\\begin{align*} x &= 3 \\\\ y &= 4 \\end{align*}",
    "\\begin{align*} x + 3 &= 8 \\\\ x &= 5 \\end{align*}",
    "3 + 4\n\n= 8 is wrong",
    "\\begin{cases} 3 + y = 4 \\\\ 2 + y = 3 \\end{cases}",
    "a = 3 + 4\nb = 8",
    "2x\n= 6 + 2\n= 8",
    "f(x)\n= 3\n= 4",
    "\\begin{align*} 2x &= 4 + 2 \\\\ 6 &= 3 \\cdot x \\end{align*}",
    "\\begin{align*} 10 &= 1 + 2 \\\\ &\\quad + 3 + 4 \\end{align*}",
    "10 = 1 + 2\n+ 3 + 4",
    "\\begin{multline} 1 + 2 + \\\\ 3 + 4 = 10 \\end{multline}",
    "Part 12\n=====\n3 apples",
    "5! ways = 120 ways",
    "5!/(3!2!) = 10",
    "5!/3!2! = 10",
    "C(5,2) = 10",
    "6!=720",
    "x! = 24",
    "7!/5!=42",
    "(5-2)! = 6",
    "3!^2 = 36",
    "\\frac{5!}{(5-2)!} = 20",
    "\\frac{12!}{4!\\,8!} = 495",
    "5!\\cdot 2 = 240",
    "wow, it is 3 + 4! = 27",
    "Wow! 3 + 4 = 7! Great, 5 - 2 = 3!",
    "He shouted: 5! And 3 + 3 = 6",
    "\\binom{4}{0}+\\binom{4}{1} = 5",
    "\\binom{10}{3}=\\frac{10\\cdot9\\cdot8}{3\\cdot2\\cdot1}=120",
    "\\binom{-1}{2} = 1",
    "\\binom{5}{2}\\binom{3}{1} = 30",
    "2\\binom{5}{2} = 20",
    "\\frac{\\binom{4}{2}}{\\binom{6}{2}} = \\frac{6}{15} = \\frac25",
    "\\binom{1/2}{2} = -1/8",
    "10 - 4\n= 6",
    "The total is 12.\n= = =",
    "a\n= 3 + 4\n= 7",
    "1. 3 + 4 = 7\n2. 5 + 5 = 10",
    "- 3 + 4 = 7\n- 5 + 5 = 10",
    "3 + 4\n  = 7\n  = 14/2",
    "\\begin{align*} 3x &= 12 \\\\ x &= 4 \\end{align*}",
    "\\begin{align} 2 + 3 &= 5 \\\\ 7 - 1 &= 6 \\end{align}",
    "\\begin{array}{c} 3 + 4 \\\\ = 7 \\end{array}",
    "| a | b |\n|---|---|\n| 3 + 4 | = 7 |",
    "x = 2\n= 5 - 3",
    "S = 1 + 2 + 3\n  = 6",
    "P = 3 +\n4 = 7",
    "3 + 4 =\n7",
    "3 + 4 = \\\\ 7 + 0",
    "6 × 7\n=\n42",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_right_gives_results(text: str) -> None:
    results, wrong = statements(text)
    assert results and not wrong


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_found_once(text: str) -> None:
    assert len(statements(text)[1]) == 1


@pytest.mark.parametrize("text", OPEN)
def test_what_may_be_right_is_not_called_wrong(text: str) -> None:
    assert statements(text)[1] == []


def test_a_long_sum_with_a_verb_far_behind_is_read_in_no_time() -> None:
    text = f"{'+'.join(map(str, range(100, 400)))} and so on. Half of 10 is 5, and 3 plus 4 is 8."
    started = time.process_time()
    assert statements(text)[1] == ["3 + 4 = 8"]
    assert time.process_time() - started < 0.2
