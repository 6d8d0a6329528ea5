"""Answers are taken out as they are written, and grouped by what they say."""

import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import answers
from builders.answers import Group, Vote, bare, boxed, compare, group, group_all, hashed, majority, taken
from builders.verdicts import Pair

BOXES = [
    (r"So $x = \boxed{5}$.", "5"),
    (r"$\boxed{\frac{1}{2}}$", r"\frac{1}{2}"),
    (r"\[\boxed{\sqrt{\frac{a^{2}}{b_{1}}}}\]", r"\sqrt{\frac{a^{2}}{b_{1}}}"),
    (r"first $\boxed{3}$, no: $\boxed{4}$", "4"),
    (r"$\boxed{3}$ or $\boxed{4}$.", "3, 4"),
    (r"\boxed{2} or \boxed{3}", "2, 3"),
    (r"$\boxed{1}$, $\boxed{2}$, and $\boxed{3}$", "1, 2, 3"),
    (r"$x = \boxed{2} \text{ or } \boxed{3}$", "2, 3"),
    (r"$\boxed{2}$, or $\boxed{2}$", "2"),
    (r"$\boxed{2}$. - OR - $\boxed{3}$", "3"),
    (r"$\boxed{2}$ and so $a = 3$, or $\boxed{3}$", "3"),
    (r"$\boxed{5}$ as asked; put it into $\boxed{\mathrm{answer}}$", "5"),
    (r"$\boxed{5}$, where $\boxed{\Box}$ stood, and $\boxed{\textbf{your answer}}$ too", "5"),
    (r"\boxed{\{1, 2\}}", r"\{1, 2\}"),
    (r"\boxed{\left\{ x : x > \frac12 \right\}}", r"\left\{ x : x > \frac12 \right\}"),
    (r"\boxed{ 7 }", "7"),
    (r"\boxed {8}", "8"),
    ("\\boxed\n{9}", "9"),
    (r"\fbox{10}", "10"),
    (r"\framebox{11}", "11"),
    (r"$\boxed 5$", "5"),
    (r"It is $\boxed 3.14$ metres.", "3.14"),
    (r"It is \boxed 12.", "12"),
    (r"It is \boxed 12. And so on.", "12"),
    (r"\(\boxed\frac{1}{2}\)", r"\frac{1}{2}"),
    ("\\boxed 6\nDone.", "6"),
    (r"\boxed{x = \boxed{2}}", "2"),
    (r"\\boxed{13}", "13"),
    (r"\boxed{14} and then cut: \boxed{15", "14"),
    (r"\boxed{16} and an empty one: \boxed{}", "16"),
    (r"\boxed{\$40}", r"\$40"),
    (r"\boxed{17}}", "17"),
    (r"}\boxed{18}", "18"),
    (r"\boxed{\text{(B)}}", r"\text{(B)}"),
    (r"\boxedin{1}", None),
    (r"\boxed{1", None),
    (r"\boxed", None),
    (r"\boxed{}", None),
    ("no box", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "answer"), BOXES)
def test_the_last_box_with_all_its_braces(text: str, answer: str | None) -> None:
    assert boxed(text) == answer


HASHED = [
    ("2 + 2 = <<2+2=4>>4\n#### 4", "4"),
    ("#### 1,234,567", "1234567"),
    ("#### -0.5 \n\n", "-0.5"),
    ("#### 1,5", "1,5"),
    ("so\n#### $12,000", "$12000"),
    ("#### 3 #### 4", "4"),
    ("#### Step 1\nWe add.", None),
    ("#### ", None),
    ("4", None),
]


@pytest.mark.parametrize(("text", "answer"), HASHED)
def test_what_stands_behind_the_hashes_of_the_last_line(text: str, answer: str | None) -> None:
    assert hashed(text) == answer


def test_a_box_goes_before_hashes_and_nothing_gives_nothing() -> None:
    assert taken("\\boxed{3}\n#### 4") == "3"
    assert taken("three\n#### 4") == "4"
    assert taken("three") is None and taken(None) is None


@given(
    st.recursive(
        st.sampled_from(["1", "x", r"\{", r"\}", r"\\ "]),
        lambda inner: st.lists(inner).map(lambda parts: "{" + "".join(parts) + "}"),
    )
)
def test_whatever_is_balanced_comes_out_of_its_box_whole(inside: str) -> None:
    assert boxed(f"${{a}} \\boxed{{{inside}!}}$ and {{more}}") == f"{inside}!".strip()


LONG = [
    r"\boxed{" * 50_000,
    r"\boxed " * 50_000,
    "{" * 200_000 + r"\boxed{1}",
    r"\boxed a" + " " * 200_000 + "b",
    "####" * 100_000,
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_a_long_text_takes_no_longer_than_it_is_long(text: str) -> None:
    start = time.process_time()
    taken(text)
    assert time.process_time() - start < 2


def test_the_version_names_the_package_that_gives_the_verdicts() -> None:
    assert re.fullmatch(r"math-verify \d+\.\d+\.\d+", answers.VERSION)


def test_answers_are_grouped_by_what_they_say() -> None:
    said = ["0.5", "3", r"\frac12", None, r"$\frac{1}{2}$", r"\$40", "40", "three"]
    groups = [Group("0.5", (0, 2, 4)), Group(r"\$40", (5, 6)), Group("3", (1,)), Group("three", (7,))]
    assert group(said) == groups
    assert majority(said) == Vote("0.5", (0, 2, 4), 3 / 8)


def test_a_tie_goes_to_the_group_with_the_lowest_sample() -> None:
    assert majority(["7", "8", "8.0", r"\frac{14}{2}"]) == Vote("7", (0, 3), 0.5)
    assert majority([None, "9", "10"]) == Vote("9", (1,), 1 / 3)


def test_without_any_answer_there_is_no_majority() -> None:
    assert group([None, None]) == [] and majority([None, None]) is None and majority([]) is None


def judge(yes: set[Pair], asked: list[Pair]) -> answers.Compare:
    """A judge that says yes to these pairs and remembers what it was asked."""

    def verdicts(pairs: Sequence[Pair]) -> list[str]:
        asked.extend(pairs)
        return ["yes" if pair in yes else "undecided" if "?" in pair[1] else "no" for pair in pairs]

    return verdicts


def test_nothing_is_equal_by_a_chain() -> None:
    groups = group(["a", "b", "c"], judge({("a", "b"), ("b", "c")}, []))
    assert groups == [Group("a", (0, 1)), Group("c", (2,))]


def test_math_verify_has_a_direction_and_equality_has_none() -> None:
    assert compare([("1 < x < 2", "(1, 2)"), ("(1, 2)", "1 < x < 2")]) == ["yes", "no"]
    assert [len(group(said)) for said in (["1 < x < 2", "(1, 2)"], ["(1, 2)", "1 < x < 2"])] == [1, 1]


def test_the_same_text_is_the_same_answer_and_is_not_asked_about() -> None:
    asked: list[Pair] = []
    assert group(["?", " ? ", "$?$"], judge(set(), asked)) == [Group("?", (0, 1, 2))]
    assert asked == []


def test_what_is_undecided_joins_nothing() -> None:
    assert len(group(["a", "b?"], judge(set(), []))) == 2


def test_many_rows_are_asked_about_at_once_and_no_pair_twice() -> None:
    asked: list[Pair] = []
    rows = [["a", "b", "a"], ["a", "b"], [], [None, "c"]]
    groups = group_all(rows, judge({("b", "a")}, asked))
    assert groups == [[Group("a", (0, 1, 2))], [Group("a", (0, 1))], [], [Group("c", (1,))]]
    assert asked == [("a", "b"), ("b", "a")]


BARE = [(r"\$40", "40"), ("$5$", "5"), ("$$x$$", "x"), (" 7 ", "7"), (r"\$1{,}000", "1{,}000"), ("x", "x"), ("", "")]


@pytest.mark.parametrize(("answer", "without"), BARE)
def test_an_answer_without_its_dollars(answer: str, without: str) -> None:
    assert bare(answer) == without
