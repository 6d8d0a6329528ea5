"""Whatever a text holds, a Markdown reader finds it as text."""

from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from builders.markdown import clean, code, fence, number, table, words

READER = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable(["table", "strikethrough"])
# the characters that Markdown, HTML and YAML act on, some that cannot be seen, and a few others
TEXT = st.text(st.sampled_from("`~|\\*_#<>[]()!&$-+=:.1 \n\r\t\x00\x0b\u2028\u202e\ud800axé"), max_size=40)


def spans(markdown: str) -> list[list[Token]]:
    return [token.children or [] for token in READER.parse(markdown) if token.type == "inline"]


@given(TEXT)
@example("a\r```\r# b")
@example("````\n~~~")
def test_a_fenced_text_is_one_block_and_all_of_it(text: str) -> None:
    tokens = READER.parse(f"before\n\n{fence(text, 'text')}\n\n# after")
    assert [token.type for token in tokens if token.level == 0 and token.nesting >= 0] == [
        "paragraph_open",
        "fence",
        "heading_open",
    ]
    [block] = [token for token in tokens if token.type == "fence"]
    assert block.content == clean(text).removesuffix("\n") + "\n" and block.info == "text"


@given(TEXT)
@example("`a` **b** `")
@example("\\|")
def test_a_code_span_is_one_span_in_a_paragraph_and_in_a_cell(text: str) -> None:
    expected = " ".join(clean(text).split()) or "–"
    kind = "code_inline" if expected != "–" else "text"
    [paragraph] = spans(code(text))
    assert [(token.type, token.content) for token in paragraph] == [(kind, expected)]
    head, other, cell, last = spans(table(["a", "b"], [[code(text), "x"]]))
    assert [(token.type, token.content) for token in cell] == [(kind, expected)]
    assert (head[0].content, other[0].content, last[0].content) == ("a", "b", "x")


@given(TEXT)
@example("<b>x</b> http://a.b | &amp; 1. x")
def test_words_are_words(text: str) -> None:
    expected = " ".join(clean(text).split())
    for found in [*spans(words(text)), *spans(table(["a"], [[words(text)]]))[1:]]:
        assert {token.type for token in found} <= {"text", "text_special"}
        assert "".join(token.content for token in found) == expected


def test_numbers_as_people_read_them() -> None:
    known = {1234567: "1,234,567", 0: "0", 0.034567: "0.03457", 12.0: "12", 123456.78: "123,456.8", -3: "-3"}
    assert {value: number(value) for value in known} == known
    assert [number(value) for value in (None, "x", True)] == ["–", "–", "–"]


def test_columns_of_numbers_stand_to_the_right() -> None:
    assert table(["a", "b", "c"], [["x", 1, None], ["y", 2.5, 3]]).split("\n")[1] == "| --- | ---: | ---: |"
    assert table(["a"], []) == "| a |\n| --- |"
