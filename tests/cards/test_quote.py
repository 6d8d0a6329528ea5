"""A quoted text: its formulas for the Hub, and nothing in it that acts, whoever wrote it."""

import pytest
from markdown_it import MarkdownIt

from cards.quote import quoted, shortened

READERS = [MarkdownIt("commonmark", {"html": True}), MarkdownIt("gfm-like", {"html": True, "linkify": False})]


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("let $x_1 < 2$ *now*", r"> let \\(x _ 1 < 2\\) \*now\*"),
        (r"\(y\) and \[z*w\]", r"> \\(y\\) and $$z * w$$"),
        ("$$\na\n\\\\[2pt] b\n$$", r"> $$a \\ b$$"),
        ("\\begin{aligned}a&=b\\\\c&=d\\end{aligned}", r"> $$\begin{aligned}a & = b \\ c & = d\end{aligned}$$"),
        ("a\n\n\n1. b\n2. c", "> a\n>\n>\n> 1\\. b\\\n> 2\\. c"),
        ("it costs $5", r"> it costs \$5"),
        (r"$\href{javascript:alert(1)}{x}$", r"> `$\href{javascript:alert(1)}{x}$`"),
        (r"$100\%$ but $5%$", r"> \\(100\%\\) but `$5%$`"),
        (r"$\frac{1$", r"> `$\frac{1$`"),
        (r"a \\( b \\)", "> a &#92;&#92;( b &#92;&#92;)"),
        ("", ">"),
    ],
)
def test_formulas_are_the_hubs_and_words_are_words(text: str, quote: str) -> None:
    assert quoted(text) == quote


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>\n<img src=x onerror=alert(1)>",
        "# a\n## b\n===\n---\n- c\n+ d\n* e\n1. f\n2) g\n> h\n    i\n\tj",
        "| a | b |\n| --- | --- |\n| c | d |",
        "[x](javascript:alert(1)) ![y](http://z) <http://a.b> [c]: http://d",
        "```\nx\n```\n~~~\ny\n~~~ `z` ~~s~~ **t** _u_ &lt; &#60;",
        "$a<b>c</b>$ $[x](javascript:alert(1))$ $*a* _b_ `c`$ $\\text{<b>}$ $$<!--$$ -->",
        "\x00\u202e\ud800\u2028# x\r\n# y\r# z",
        "\\\n\\\\\n\\*a\\*\n\\<b>",
    ],
)
def test_nothing_in_a_quote_acts(text: str) -> None:
    for reader in READERS:
        tokens = reader.parse(quoted(text, speaker=text))
        inner = {child.type for token in tokens for child in token.children or []}
        assert {token.type for token in tokens} == {
            "blockquote_open",
            "blockquote_close",
            "paragraph_open",
            "paragraph_close",
            "inline",
        }
        assert inner <= {"text", "text_special", "softbreak", "hardbreak", "code_inline", "strong_open", "strong_close"}
        assert sum(child.type == "strong_open" for token in tokens for child in token.children or []) == 1


@pytest.mark.parametrize(
    ("limit", "shown"), [(100, "one $a b c$ two"), (14, "one $a b c$"), (9, "one"), (4, "one"), (2, "on")]
)
def test_a_text_is_shortened_between_words_and_outside_formulas(limit: int, shown: str) -> None:
    assert shortened("one $a b c$ two", limit) == (shown, limit < 15)
