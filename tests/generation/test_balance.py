"""Mathematics that closes and mathematics that does not."""

import time

import pytest

from generation.balance import unbalanced

CLOSED = [
    "no mathematics at all",
    "$x$ and \\(y\\) and \\[ z \\] and $$w$$",
    "neighbours: $a$$b$",
    "$$\\text{if $x > 0$}$$",
    "$f(x) = \\text{even for $x$ in $A$}$",
    "\\[ a \\\\[2pt] b \\]",
    "$$\na = b\n$$\n\nand then $c$",
    "the interval $[0, 1)$ and $]a, b[$",
    "$\\left( x \\right.$ and $\\left[0, 1\\right)$ and $\\left. x \\right|_0^1$",
    "$\\leftarrow$, $\\rightarrow$, $\\leftrightarrow$",
    "$\\{1, 2\\}$ and $\\{1$",
    "a set {1, 2 in plain words, and a brace { alone",
    "\\begin{align} a &= b \\\\ &= c \\end{align}",
    "$\\begin{cases} 1 & x \\\\ \\begin{array}{c} 2 \\end{array} \\end{cases}$",
    "\\begin{theorem} begins here and ends in another turn",
    "\\end{itemize} ends what another turn began",
    "It costs \\$5.",
    "It costs $5.",
    "It costs $5 and you pay with a $20 bill, where $x$ is free.",
    "The change is $20 - $17.20 = $2.80 for the price of $17.20.",
    "The sign $ means money here, as in $4.50.",
    "`echo $HOME` and ```\nif (x) { $y = 1\n```",
    "Write {{ 7*7 }} and {% raise %} into \\emph{titles}, or {{ alone",
    "a footnote\\footnote{that goes on, after $x$",
]
OPEN = [
    "$x",
    "x$ = 1",
    "$x and $y$",
    "$a$ b$\n\n$c$",
    "a $5x + 2 that is not closed",
    "$$x",
    "$$x$",
    "\\[ x",
    "x \\]",
    "\\( x \\]",
    "\\( x \\[ y \\] \\)",
    "$\\frac{1}{2$",
    "$\\frac{1}2}$",
    "$x^{2$ and $y^{3}$",
    "\\frac{1}{2",
    "$\\left( x $",
    "$x \\right)$",
    "\\begin{align} x",
    "x \\end{align}",
    "\\begin{align} x \\end{align*}",
    "as \\emph{so: $x$ is even",
    "\\prod_{\\text{a} (p + q) is $0$",
    "\\begin{cases} \\begin{array} \\end{cases} \\end{array}",
    "The price is $20 and so $\\frac{x$ is it.",
]


@pytest.mark.parametrize("text", CLOSED)
def test_what_closes_or_cannot_be_told_is_left_alone(text: str) -> None:
    assert unbalanced(text) is None


@pytest.mark.parametrize("text", OPEN)
def test_what_stays_open_is_named(text: str) -> None:
    assert unbalanced(text)


@pytest.mark.parametrize(
    "text",
    [
        "$" * 999_999,
        "{" * 999_999,
        "$x$\n\n" * 200_000,
        "the price $5\n\n" * 70_000,
        "\\begin{align}" * 80_000,
        "`" * 999_999,
    ],
)
def test_a_megabyte_is_followed_in_seconds(text: str) -> None:
    started = time.process_time()
    unbalanced(text)
    assert time.process_time() - started < 5
