"""What is said without asking Math-Verify is what it says."""

import string
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from math_verify import parse, verify

from builders.obvious import COMMANDS, LONGEST, obvious, reads, value


def asked(gold: str, answer: str) -> str:
    """Math-Verify's own word, as DESIGN has it asked."""
    one, other = (parse(text if "$" in text else f"${text}$") for text in (gold, answer))
    return "yes" if verify(one, other) else "no"


whole = st.one_of(st.integers(-20, 20), st.integers(-(10**15) + 1, 10**15 - 1)).map(str)
small = st.one_of(st.integers(-12, 12), st.integers(-(10**9) + 1, 10**9 - 1))
under = st.one_of(st.integers(1, 12), st.integers(1, 10**9 - 1))
slash = st.builds("{}/{}".format, small, under)
fraction = st.builds(
    r"{}\{}{{{}}}{{{}}}".format, st.sampled_from(["", "-"]), st.sampled_from(["frac", "dfrac", "tfrac"]), small, under
)
number = st.one_of(whole, slash, fraction)


@given(number, number)
@settings(deadline=None, max_examples=300)
def test_numbers_are_equal_where_math_verify_says_so(one: str, other: str) -> None:
    assert obvious(one, other) == asked(one, other)


@given(small, under, st.integers(1, 40), st.sampled_from([r"\frac{%d}{%d}", r"\dfrac{%d}{%d}", "%d/%d"]))
@settings(deadline=None, max_examples=200)
def test_a_fraction_is_equal_however_it_is_reduced(top: int, bottom: int, times: int, form: str) -> None:
    top, bottom = top % 10**7, bottom % 10**7 + 1
    pair = (f"{top}/{bottom}", form % (top * times, bottom * times))
    assert obvious(*pair) == asked(*pair) == "yes"


word = st.text(string.ascii_letters, min_size=1, max_size=20)
odd = st.sampled_from(
    "inf infinity percent percentage pct and or e i E I nan zoo oo sqrt text sin log cm m s st None lambda".split()
)
piece = st.one_of(
    st.integers(0, 10**12).map(str),
    st.sampled_from([f"\\{name}" for name in COMMANDS.split("|")] + [r"\%", r"\,"]),
    st.sampled_from(list("+-*/=<>()[]{}|:;_,. ")),
    st.sampled_from(string.ascii_letters),
    odd,
)
text = st.lists(piece, min_size=1, max_size=14).map("".join)


@given(st.one_of(word, odd, text))
@settings(deadline=None, max_examples=400)
def test_the_same_text_twice_is_equal_only_where_math_verify_says_so(same: str) -> None:
    if reads(same):
        assert asked(same, same) == "yes"
        assert obvious(same, same) == "yes"
    else:
        assert obvious(same, same) is None or value(same) is not None


EQUAL = [
    "12",
    "-3",
    "0",
    r"\frac{3}{4}",
    r"-\dfrac{1}{2}",
    "7/3",
    "x",
    "even",
    r"(2, \frac{\pi}{3})",
    r"2\sqrt{3}",
    r"5 \text{ cm}",
]


@pytest.mark.parametrize("same", EQUAL)
def test_what_is_common_needs_no_process(same: str) -> None:
    assert obvious(same, same) == asked(same, same) == "yes"


UNEQUAL = [("12", "13"), ("1/2", r"\frac{1}{3}"), ("-4", "4"), (r"\frac{2}{4}", "2"), ("0", "-1/999999999")]


@pytest.mark.parametrize(("one", "other"), UNEQUAL)
def test_different_numbers_need_none_either(one: str, other: str) -> None:
    assert obvious(one, other) == asked(one, other) == "no"


# blank, without an end, expensive, long, of several lines, with a dollar sign, with nothing in it that counts
ASKED = [
    "",
    " ",
    "\\",
    "1\\",
    "2^{2^{40}}",
    "(10^9)!",
    r"\binom{4}{2}",
    r"\sum_{k=1}^{9} k",
    "1" * (LONGEST + 1),
    "1\n2",
    "$1$",
    r"\$1",
]
ASKED += [r"\text{}", "1\x00", "0/0", "1/0", r"\frac{1}{0}"]


@pytest.mark.parametrize("same", ASKED)
def test_of_anything_doubtful_nothing_is_said(same: str) -> None:
    assert not reads(same) or value(same) is None
    assert obvious(same, same) in (None, "yes") and (obvious(same, same) is None or asked(same, same) == "yes")


def test_of_two_different_texts_only_numbers_are_compared() -> None:
    assert obvious("x", "y") is None and obvious("0.5", "1/2") is None and obvious("5", "5.0") is None
    assert value("1/2") == Fraction(1, 2) and value("007") is None and value("0.5") is None
