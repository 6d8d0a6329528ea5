"""Nothing is lost, nothing is over the limit, and no formula is in two parts that could be in one."""

import json
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.cuts import cut
from builders.errors import UserError
from builders.text import mend
from builders.tokens import Tokens, load_tokenizer
from tests.builders.kinds import KINDS, made, sample_texts
from tests.builders.texts import texts

OURS = load_tokenizer()
PROSE = "The sum of two odd numbers is even. Let them be $2a+1$ and $2b+1$; then it is $2(a+b+1)$.\n"


def tokenizer(kind: str) -> Tokens:
    return OURS if kind == "ours" else load_tokenizer(made(kind))


def own_count(loaded: Tokens, text: str) -> int:
    return len(loaded.engine.encode(text, add_special_tokens=False))


def checked(text: str, loaded: Tokens, limit: int) -> list[str]:
    """The parts, after what must hold of all of them."""
    found = cut(text, loaded, limit)
    mended = mend(text)
    parts = [mended[start:end] for start, end, _ in found]
    assert "".join(parts) == mended and "" not in parts
    assert [start for start, _, _ in found] == [0, *(end for _, end, _ in found)][: len(found)]
    assert [tokens for _, _, tokens in found] == [own_count(loaded, part) for part in parts]
    assert all(tokens <= limit for _, _, tokens in found)
    return parts


@settings(deadline=None, max_examples=200)
@given(made_text=texts(), limit=st.sampled_from([20, 60, 150, 500]), kind=st.sampled_from(["ours", "ours", *KINDS]))
def test_parts_join_to_the_text_keep_the_limit_and_part_no_formula(
    made_text: tuple[str, list[tuple[int, int]]], limit: int, kind: str
) -> None:
    text, whole = made_text
    loaded = tokenizer(kind)
    checked(text, loaded, limit)
    ends = [end for _, end, _ in cut(text, loaded, limit)]
    for start, end in whole:
        inside = [place for place in ends if start < place < end]
        assert not inside or own_count(loaded, text[start:end]) > limit, text[start:end]


@settings(deadline=None)
@given(st.text(max_size=200), st.sampled_from(["ours", *KINDS]))
def test_any_text_comes_back_whole(text: str, kind: str) -> None:
    checked(text, tokenizer(kind), 40)


@pytest.mark.parametrize("limit", [60, 500])
@pytest.mark.parametrize("number", range(0, len(sample_texts()), 3))
def test_the_samples_documents_come_back_whole(number: int, limit: int) -> None:
    checked(sample_texts()[number], OURS, limit)


HOSTILE = {
    "no spaces": "x" * 9000,
    "no spaces, many scripts": "数学はxπ🙂" * 900,
    "formulas alone": "$x^2+y^2=z^2$" * 400,
    "formulas alone, with spaces": "$x^2+y^2=z^2$ " * 400,
    "Windows": "A line of text that is long enough.\r\n\r\n" * 200,
    "NULs": "\0" * 4000,
    "right to left": "هذا نص رياضي طويل. " * 300,
    "emoji": "👨‍👩‍👧" * 900,
    "combining": "e\u0301\u0302" * 2000,
    "lone surrogates": "\ud800a \udfff" * 900,
    "unbalanced": "$ a $$ b \\[ c \\begin{d} e\n" * 400,
    "digits": "31415926535" * 400,
    "backslashes": "\\" * 5000,
    "a formula longer than a part": "$" + "x+y = " * 900 + "$",
    "an environment longer than a part": "\\begin{proof}\n" + PROSE * 90 + "\\end{proof}",
    "code longer than a part": "```\n" + "for x in range(10): print(x)\n" * 300 + "```\n",
    "spaces": " " * 9000 + "x" + " " * 9000,
}


@pytest.mark.parametrize("kind", ["ours", *KINDS])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_come_back_whole(name: str, kind: str) -> None:
    checked(HOSTILE[name], tokenizer(kind), 500)


@pytest.mark.parametrize("name", ["no spaces", "formulas alone", "unbalanced", "right to left", "digits", "Windows"])
def test_hostile_texts_make_full_parts(name: str) -> None:
    parts = cut(HOSTILE[name], OURS, 500)
    assert sum(tokens for _, _, tokens in parts) / len(parts) > 410


# what stands before a cut that is made in the middle of a long text of such lines
LINES = {
    "a paragraph": ("Some words of a line of text.\n" * 5 + "\n", r"\n\n$"),
    "a paragraph (Windows)": ("Some words of a line of text.\r\n" * 5 + "\r\n", r"\n\r\n$"),
    "a line that ends a sentence": ("Some words that\ngo on in a line\nand end here.\n", r"\.\n$"),
    "a line before an item": ("\\item some words without a stop\n  that go on a little\n", r"little\n$"),
    "a sentence": ("Some words that end here, on a line that never ends. ", r"ends\. $"),
    "a sentence without spaces": ("数学は美しい学問である。", r"。$"),
    "a line": ("some words on a line of text without a stop\n", r"\n$"),
    "a word": ("some words of text without a stop or a line ", r" $"),
    "not an abbreviation": ("Some (e.g. Those) and so on (i.e. These) and others. ", r"others\. $"),
}


@pytest.mark.parametrize("name", LINES)
def test_a_cut_is_made_after(name: str) -> None:
    line, before = LINES[name]
    parts = checked(line * 200, OURS, 200)
    assert len(parts) > 3
    assert all(re.search(before, part) for part in parts[:-1]), parts[0][-60:]


def test_an_overlong_environment_is_cut_between_its_formulas_not_in_them() -> None:
    parts = checked(HOSTILE["an environment longer than a part"], OURS, 100)
    assert len(parts) > 10
    assert all(part.count("$") % 2 == 0 for part in parts)


def test_a_stray_dollar_does_not_keep_the_rest_of_a_document_together() -> None:
    parts = checked("It costs 5$ there.\n\n" + PROSE * 60, OURS, 100)
    assert all(part.count("$") % 2 == 0 for part in parts[1:])


def test_prices_do_not_keep_a_list_of_them_together() -> None:
    parts = checked("One costs $5 and the other $6, which is $1 more. " * 100, OURS, 100)
    assert all(part.endswith("more. ") for part in parts)


@pytest.mark.parametrize("blank", ["\n" * 30, " " * 300, "\r\n" * 20, "\n \t\n"])
@pytest.mark.parametrize("text", ["{0}" + PROSE * 20, PROSE * 20 + "{0}", PROSE * 9 + "{0}" + PROSE * 9])
def test_white_space_goes_with_a_neighbour(text: str, blank: str) -> None:
    for limit in range(60, 90, 3):
        assert all(part.strip() for part in checked(text.format(blank), OURS, limit))


@pytest.mark.parametrize("before", ["\n", "Some words.\n   ", "Some words.\n\n\n"])
def test_white_space_beside_a_formula_that_fills_a_part_goes_with_the_words_before_it(before: str) -> None:
    for digits in range(50, 59):  # with its two signs it has 52 to 60 tokens
        parts = checked(f"{PROSE}{before}${'7' * digits}$", OURS, 60)
        assert all(part.strip() for part in parts)


@pytest.mark.parametrize("line", [PROSE, "Some words. ", "some words "])
def test_the_last_part_is_no_scrap_where_that_costs_nothing(line: str) -> None:
    for lines in range(2, 120):
        parts = cut(line * lines, OURS, 200)
        assert len(parts) <= -(-OURS.count([line * lines])[0] // 200) + (line == PROSE)
        assert len(parts) == 1 or parts[-1][2] >= 35


@pytest.mark.parametrize("kind", ["ours", *KINDS])
def test_parts_are_full_by_every_kind_of_tokenizer(kind: str) -> None:
    parts = cut(PROSE * 200, tokenizer(kind), 500)
    assert sum(tokens for _, _, tokens in parts) / len(parts) > 440


def test_parts_of_long_documents_hold_over_410_tokens_on_average() -> None:
    parts = cut("\n\n".join(text for text in sample_texts()[:45] if len(text) > 3000), OURS, 500)
    assert sum(tokens for _, _, tokens in parts) / len(parts) > 410


def test_a_limit_under_a_characters_tokens_says_so() -> None:
    with pytest.raises(UserError, match=r"the character '🙂' alone has [34] by mathloom@"):
        cut("a🙂", OURS, 2)


@pytest.mark.parametrize(
    "name", ["formulas alone", "no spaces", "Windows", "unbalanced", "an environment longer than a part"]
)
def test_time_grows_with_the_length_of_a_text(name: str) -> None:
    def seconds(size: int) -> float:
        text = (HOSTILE[name] * (size // len(HOSTILE[name]) + 1))[:size]
        taken = []
        for _ in range(2):
            start = time.process_time()
            cut(text, OURS, 500)
            taken.append(time.process_time() - start)
        return min(taken)

    assert seconds(400_000) < 4 * 3 * seconds(100_000) + 0.05


def test_parts_do_not_depend_on_what_was_cut_before() -> None:
    first = json.dumps([cut(text, OURS, 500) for text in sample_texts()[:10]])
    assert json.dumps([cut(text, load_tokenizer(), 500) for text in reversed(sample_texts()[:10])][::-1]) == first
