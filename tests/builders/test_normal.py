"""What only looks different becomes the same words, and what stands in a text has the same words there as alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import builders
from builders.normal import END, split, words

SAMPLE = Path(builders.__file__).parent / "sample" / "problems.jsonl"
PROBLEMS = [json.loads(line)["problem"] for line in SAMPLE.read_text(encoding="utf-8").splitlines()]

SAME = [
    ("pages of the web", "Find&nbsp;the <b>sum</b> &amp; the<br/>rest", "find the sum & the rest"),
    ("blanks in formulas", r"x^{ 10 } + 3\,i + 5\,\text{cm}", r"x^{10} + 3i + 5 cm"),
    ("letters of choices", "Which? (A) one (B) two\nC. three\nD) four, f(a)", "which one two three four f(a)"),
    (
        "letters of choices within a line",
        r"Which? A. one B. two **(C)** three $\textbf{(D)}\ 4$",
        "which one two three 4",
    ),
    ("bold words of Markdown", "**Find** the sum", "find the sum"),
    (
        "fractions with one brace or none",
        r"\frac ab \frac1{2x} \frac{10}b \frac\pi2 {a \over b} 8^\frac ab",
        "a/b 1/(2x) 10/b pi/2 a/b 8^a/b",
    ),
    ("fractions with spaces between", r"\frac {a} {b}", "a/b"),
    ("words in braces before a letter", r"\text{if }x \text{ if } x", "if x if x"),
    ("what follows an index in braces", r"\log_{2}{3} + \log_3{4} + a^{b}{c}", r"log_2 3 + \log_3 4 + a^b c"),
    ("spaces around powers and indices", "x ^ 2 + y^  {2} + (z) ^2 + a _{1}", "x^2 + y^2 + (z)^2 + a_1"),
    ("arrows, hats and bars", r"\overrightarrow{AB} + \widehat{C} + \overline{z}", r"\vec{AB} + \hat{C} + \bar{z}"),
    ("spaces by name", r"a\thinspace b\enspace c\noindent d", "a b c d"),
    ("fractions of packages", r"\sfrac{1}{2} + \nicefrac{a}{b}", "1/2 + a/b"),
    ("degrees and ells", r"90\degree + \ell", "90° + ℓ"),
    ("binomials", r"\binom{n}{k} \dbinom52 \tbinom nk {n \choose k}", r"\binom nk \binom52 \binom nk \binom nk"),
    ("limits above or beside", r"\sum\limits_{k=1}^n \sum\nolimits_1", r"\sum_{k=1}^n \sum_1"),
    ("the order of power and index", r"a^2_1 + \sum^n_{k=1}", r"a_1^2 + \sum_{k=1}^n"),
    ("factors", "2x + 10 y + 3cm", "2 x + 10y + 3 cm"),
    ("noughts before the point", "0.5 and x = -0.25, 10.5", ".5 and x = -.25, 10.5"),
    ("a minus before a product", "$2b-ab$", "$2b - ab$"),
    ("what nobody sees", "Find\x1fthe\x08sum\u2062 of\ufe0f it", "find the sum of it"),
    ("letter case", "Find the SUM.", "find the sum"),
    ("dollars and brackets", r"$x$, \(x\), \[x\], $$x$$", "x x x x"),
    ("fractions", r"\frac{1}{2} \dfrac12 \tfrac 1 2 \frac 12", "1/2 1 / 2 1/2 1/2"),
    ("braces", r"x^{2} + a_{1}", "x^2+a_1"),
    ("size", r"\left( \frac{a}{b} \right) \bigl[ c \bigr]", "(a/b) [c]"),
    ("words in formulas", r"$5\text{ cm}$ and $\mathrm{cm}$", "5 cm and cm"),
    ("spaces", r"a\,b\;c\quad d~e\\f", "a b c d e f"),
    ("commands and their names", r"\sin x + \pi r \sqrt{2}", "sin x + pi r sqrt 2"),
    ("signs of comparison", r"a \leq b \geq c \ne d", "a ≤ b ≥ c ≠ d"),
    ("products", r"a \cdot b \times c", "a * b × c"),
    ("thousands", r"1,000 and $10{,}000$ and $10,\!000$ and $10\,000$", "1000 and 10000 and 10000 and 10000"),
    ("a thin space elsewhere", r"f\,100 and 3\,dx", "f 100 and 3 dx"),
    ("a formula's end without a space", r"\[x = 3\]Find it. $$x = 3.$$Find it", "x = 3 Find it. x = 3. Find it"),
    ("hyphens behind formulas", r"the \(x\)-axis and the $x$-axis", "the x-axis and the x-axis"),
    (
        "powers and indices of commands",
        r"\log_2 8 + \operatorname{log}_{2} 8 + \sin^2 x",
        "log_2 8 + log_2 8 + sin^2 x",
    ),
    (
        "commands as powers",
        r"n^{\text{th}} and n^\text{th} and 8^\frac13 and 8^{\frac{1}{3}}",
        "n^th and n^th and 8^1/3 and 8^1/3",
    ),
    ("short fractions before letters", r"\frac13bh", r"\frac{1}{3}bh"),
    ("primes", r"f^{\prime}(x) f'(x) f^\prime(x) f′(x)", "f(x) f(x) f(x) f(x)"),
    ("arrows", r"f: A \to B \rightarrow C", "f: A → B → C"),
    ("blackboard letters", r"\mathbb{R} \mathcal{F}", "ℝ ℱ"),
    ("signs of sets", r"x \in A \cup B \cap C \subseteq D \setminus \varnothing", r"x ∈ A ∪ B ∩ C ⊆ D \backslash ∅"),
    ("sums and their limits", r"\sum_{k=1}^\infty a_k \pm \int_0^1 x", "∑_{k=1}^∞ a_k ± ∫_0^1 x"),
    ("roots and floors", r"\sqrt[3]{x} \lfloor x \rfloor \sqrt{x}", "∛x ⌊x⌋ √x"),
    ("other signs", r"a \equiv b \approx c \perp d \parallel e", "a ≡ b ≈ c ⊥ d ∥ e"),
    ("raised and lowered signs", r"x^{-1} a^{12} b_{10} c^n", "x⁻¹ a¹² b₁₀ cⁿ"),
    ("money and per cent", r"\$40 and 20\%", "40 and 20 %"),
    ("environments", r"\begin{align*} x &= 1 \\ y &= 2 \end{align*}", "x = 1 y = 2"),
    ("columns of a table", r"\begin{tabular}{|c|c|} \hline a & b \end{tabular}", "a b"),
    ("quotes and dashes", "the farmer’s “well-known” rule — here", "the farmers well known rule here"),
    ("hyphens of words", "the y-intercept of a two-digit number", "the y intercept of a two digit number"),
    ("degrees", r"60^\circ 60^{\circ} 60°", "60 degrees 60 degrees 60 degrees"),
    ("Unicode", "x² ½ π ｘ", "x^2 1/2 pi x"),
    ("full stops, not decimals", "It is 3.5. Then... (done.) End.", "it is 3.5 then done end"),
    ("what is not seen", "a\u200bb c\u00add\ufeff", "ab cd"),
    ("a backslash before a letter that is not ASCII", r"a \é \求", "a é 求"),
    ("a backslash at the end", "a \\", "a"),
    ("a NUL", "a\0b", "a b"),
    ("line ends", "a\r\nb\tc\u2028d", "a b c d"),
]


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_what_only_looks_different_is_the_same(one: str, other: str) -> None:
    assert words(one) == words(other) and words(one)


DIFFERENT = [
    "x + y",
    "x - y",
    "x * y",
    "x / y",
    "x = y",
    "x < y",
    "x ≤ y",
    "x y",
    "x^y",
    "x_y",
    "2.5",
    "25",
    "5!",
    "5",
    "1/23",
    "12/3",
]


def test_what_means_something_else_stays_different() -> None:
    assert len({tuple(words(text)) for text in DIFFERENT}) == len(DIFFERENT)
    assert words(r"\frac{1}{23}") != words(r"\frac{12}{3}")


def test_chinese_signs_are_words_and_so_are_accents_words_letters() -> None:
    assert words("求三角形 été") == ["求", "三", "角", "形", "été"]


@pytest.mark.parametrize("text", ["", " ", "$$", "\0", "...", "\ud800", r"\left(\right)", "{", "\\"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert words(text) == []


@given(st.lists(st.text(alphabet=" .,-$\\{}x2Aé求\0\n/’(", max_size=12) | st.text(max_size=8), max_size=5))
def test_many_texts_have_the_words_that_each_has_alone(texts: list[str]) -> None:
    ours = [word for text in texts for word in [*(each.encode() for each in words(text)), END]]
    assert split(texts) == ours


PIECES = [
    "}{",
    "a}{b",
    "\\frac{1}{2}",
    "\\circ",
    "^\\circ",
    "1,000",
    "x-y",
    "ab-cd",
    "3.5",
    "end.",
    "...",
    "\\",
    "’",
    "²",
    "求",
    "$",
    "(a)",
    "A.",
    "**(B)**",
    "{1",
    "\\over 2}",
    "\\frac 1",
    "x^2",
    "_1",
    "0.5",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), max_size=4))
def test_no_text_of_a_batch_changes_the_words_of_another(texts: list[str]) -> None:
    assert split(texts) == [word for text in texts for word in [*(each.encode() for each in words(text)), END]]


@given(st.sampled_from(PROBLEMS), st.integers(0, 40), st.integers(1, 40))
def test_a_span_cut_at_spaces_keeps_its_words_wherever_it_stands(text: str, first: int, count: int) -> None:
    span = " ".join(text.split()[first : first + count])
    inside, alone = words(f"before {span} behind"), words(span)
    assert inside == ["before", *alone, "behind"]
