"""Mathematics in a page: what is typeset, what stays as it was written, and that nothing in it acts."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import escape

from builders.markdown import clean
from cards.mathematics import ATTRIBUTES, TAGS, typeset

HOSTILE = (
    r"$\text{<script>alert(1)</script>}$", r"$\href{javascript:alert(1)}{x}$", r"$\style{position:fixed}{x}$", r"$\class{a}{b}$",
    r"$\color{red;background:url(//x)}x$", r"$\text{&lt;script&gt;}$", r"$\unicode{x3c}img src=x onerror=y\unicode{x3e}$",
    r"$\hspace{99999em}x$", r"$\mathchoice{a}{b}{c}{d}$", r"\begin{array}{<b>}x\end{array}", "<!--", "</style><script>", "{{ 1 }}{% x %}",
)  # fmt: skip
PIECES = st.sampled_from(
    [*HOSTILE, "$", "$$", "\\(", "\\)", "\\[", "\\]", "\\frac", "{", "}", "^", "_", "&", "<", ">", '"', "'", "x", "1", "\\sqrt[",
     "\\left(", "\\right)", "\\begin{matrix}", "\\end{matrix}", "\\\\", "\\text{", "\\limits", "\\over", "\\def", "\x00", "\x1b", "\n"]
)  # fmt: skip


class Reader(HTMLParser):
    """The tags with their attributes, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(page))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


@pytest.mark.parametrize(
    ("text", "tags", "shown"),
    [
        ("no formula", [], "no formula"),
        ("let $x^2$ be", ["math", "mrow", "msup", "mi", "mn"], "let x2 be"),
        (r"\[\frac{1}{2}\]", ["math", "mrow", "mfrac", "mrow", "mn", "mrow", "mn"], "12"),
        (r"$\boxed{2}$", ["math", "mrow", "menclose", "mrow", "mn"], "2"),
        (r"$\mathbb{R}$", ["math", "mrow", "mi"], "ℝ"),
        (r"$\mathfrak{g} \mathbf{x}$", ["math", "mrow", "mi", "mi"], "𝔤𝐱"),
        ("it costs $5 and $6", [], "it costs $5 and $6"),
        (r"$\frac$", [], r"$\frac$"),
        (r"$\newcommand{\a}{\a\a}\a$", [], r"$\newcommand{\a}{\a\a}\a$"),
        (r"\begin{proof}As $x$.\end{proof}", ["math", "mrow", "mi"], r"\begin{proof}As x.\end{proof}"),
        (f"${'x' * 4001}$", [], f"${'x' * 4001}$"),
        ("a <b> & $x$", ["math", "mrow", "mi"], "a <b> & x"),
    ],
)
def test_a_formula_is_typeset_and_everything_else_stays(text: str, tags: list[str], shown: str) -> None:
    read = Reader(typeset(text))
    assert [tag for tag, _ in read.tags] == tags and read.text == shown


@given(st.lists(PIECES, max_size=12).map("".join))
@example("".join(HOSTILE))
def test_whatever_a_text_holds_only_tags_of_mathematics_come_of_it(text: str) -> None:
    page = typeset(text)
    for tag, attributes in Reader(page).tags:
        assert tag in TAGS and set(attributes) <= ATTRIBUTES
        assert all(re.fullmatch(r"[a-z0-9. -]+", value or "") for value in attributes.values())
    assert page == escape(clean(text)) or "<math" in page
    assert not re.search("[\x00-\x08\x0b-\x1f]", page)


def test_a_formula_that_nests_deeper_than_python_stays_as_it_was_written() -> None:
    text = f"${'{' * 1900}x{'}' * 1900}$"
    assert typeset(text) == escape(text)
