"""Words are those of the pattern that anybody would write, and runs that cover a text are counted once."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.words import beyond_ascii, covered, words

TEXTS = [
    "",
    "The sum of $x_1$ and $2a$ is 1,000.5!",
    "L’élève — « déjà » — dit: n’est-ce pas?",
    "Σ_{i=1}^n i² ≤ ½, Ⅳ and ٣ apples",
    "数学は楽しい。Да, conformément à “cela”\u2028next\u00a0one",
    "a\ud800b İstanbul",
]


@pytest.mark.parametrize("text", TEXTS)
def test_words_are_what_the_pattern_finds_in_lower_case(text: str) -> None:
    assert words(text) == re.findall(r"\w+", text.lower())


@given(st.text(max_size=60))
def test_words_are_what_the_pattern_finds_in_any_text(text: str) -> None:
    assert words(text) == re.findall(r"\w+", text.lower())


def test_what_is_not_ascii_comes_in_order() -> None:
    assert beyond_ascii("plain") == ""
    assert beyond_ascii("“ça” va à ça") == "“ç”àç"


COVERED = [
    ("a b c d e", 1.0),
    ("a b c d", 0.0),
    ("a b c d e x", 5 / 6),
    ("a b c d e f", 1.0),  # two runs that overlap
    ("a b c d e x c d e f g", 10 / 11),
    ("x a b c d y e f g", 0.0),
    ("", 0.0),
]


@pytest.mark.parametrize(("text", "share"), COVERED)
def test_a_word_in_two_runs_is_covered_once(text: str, share: float) -> None:
    assert covered(text, "a b c d e f g") == pytest.approx(share)
