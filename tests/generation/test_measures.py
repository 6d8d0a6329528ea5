"""What is measured of a dialogue beside its passage."""

from typing import Any

import pytest
from datasets import Dataset, Features

from generation.measures import MEASURES, measure_dialogue, new_numbers, numbers

PASSAGE = "A box holds 12 eggs, and twice as many fit into a large one. The price is 1,250 for 50% of them, or $\\frac12$ of half."


def measured(
    *talk: tuple[str, str], passage: str = PASSAGE, text_tokens: int = 90, passage_tokens: int = 30
) -> dict[str, Any]:
    turns = [{"speaker": speaker, "text": text} for speaker, text in talk]
    text = "\n\n".join(f"{speaker}: {said}" for speaker, said in talk)
    row = {
        "turns": turns,
        "text": text,
        "passage": passage,
        "text_tokens": text_tokens,
        "passage_tokens": passage_tokens,
    }
    return measure_dialogue(row)


def test_every_column_is_there_with_its_type() -> None:
    row = measured(("A", "Why 12?"), ("B", "So it is."))
    assert list(row) == list(MEASURES)
    kept = Dataset.from_list([row], features=Features(MEASURES))
    assert kept[0] == row


def test_the_copy_rate_is_the_share_of_runs_of_five_words_that_the_passage_has() -> None:
    assert measured(("A", PASSAGE))["copy_rate"] == 1.0
    assert measured(("A", "Nothing of all this was ever said before by us."))["copy_rate"] == 0.0
    # a b c d e | b c d e f | c d e f g | d e f g h: two of four
    assert measured(("A", "a b c d e f g h"), passage="a b c d e f")["copy_rate"] == 0.5
    assert measured(("A", "a b"), passage="a b")["copy_rate"] is None


def test_speakers_are_not_part_of_what_is_said() -> None:
    assert measured(("box holds 12", "eggs and twice as many"))["copy_rate"] == 1.0


def test_the_similarity_is_of_the_two_sets_of_words() -> None:
    assert measured(("A", "b a b a"), passage="a b")["similarity"] == pytest.approx(1.0)
    assert measured(("A", "a b c d"), passage="a")["similarity"] == pytest.approx(0.5)
    assert measured(("A", "a"), passage="$$")["similarity"] is None


NEW = [
    ("We have 12 eggs, or 12.0, or twelve.", []),
    ("We have 13 eggs.", ["13"]),
    ("It is 1250, or 1,250, or 1{,}250.", []),
    ("Half, 0.5, of them; 2 of them; 1 of 2.", []),
    ("Then 12 \\times 2 = 24, and 24 eggs it is.", []),
    ("Then 12 \\times 2 = 25, and 25 eggs it is.", ["25"]),
    ("Take 7 of them: 7 + 12 = 19.", ["7"]),
    ("Step 3: we count.\n4. We count again.\nCase 5 is left.", []),
    ("Step 3: we count 3 of them.", ["3"]),
    ("It is $\\frac12$ again, or x_{12}, or x12.", []),
    ("10 / 12 = 0.83", ["10"]),
    ("0.125 and 0.250", ["0.125", "0.25"]),
]


@pytest.mark.parametrize(("text", "expected"), NEW)
def test_new_numbers_are_neither_in_the_passage_nor_computed(text: str, expected: list[str]) -> None:
    passage = PASSAGE
    assert measured(("A", text), passage=passage)["new_numbers"] == len(expected)


def test_new_numbers_are_named() -> None:
    assert new_numbers("7, 8 and 12", PASSAGE, [8]) == ["7"]
    assert dict(numbers("1,250.50 and 007, 0.0 and \\frac34")) == {"1250.5": 1, "7": 1, "0": 1, "3": 1, "4": 1}


def test_wrong_arithmetic_is_counted() -> None:
    assert (
        measured(("A", "We know that 12 + 12 = 24."), ("B", "And 12 + 12 = 25, and 24 / 2 = 11."))["wrong_arithmetic"]
        == 2
    )


def test_the_length_ratio_is_tokens_by_tokens() -> None:
    assert measured(("A", "x"))["length_ratio"] == 3.0
    assert measured(("A", "x"), passage_tokens=0)["length_ratio"] is None


def test_the_gap_shows_in_who_asks_and_in_how_many_steps_answers_take() -> None:
    row = measured(
        ("Student", "What is a prime?"),
        ("Teacher", "First, look at the divisors. Then count them.\nStep 3: stop at two. Fine."),
        ("Student", "And one?"),
        ("Teacher", "No. Therefore it is none. Is that clear?"),
        ("Student", "Yes. So be it."),
        ("Teacher", "First of all, then."),
    )
    assert row["questions"] == [
        {"speaker": "Student", "turns": 3, "questions": 2},
        {"speaker": "Teacher", "turns": 3, "questions": 1},
    ]
    assert row["question_share"] == 0.5
    assert row["steps_per_answer"] == pytest.approx((3 + 1 + 1) / 3)


def test_questions_are_asked_in_other_scripts_too() -> None:
    assert measured(("甲", "为什么？"), ("乙", "因为。"))["question_share"] == 0.5


def test_a_text_without_turns_has_no_questions() -> None:
    row = {
        "turns": [],
        "text": "A box holds 12 eggs and more.",
        "passage": PASSAGE,
        "text_tokens": 9,
        "passage_tokens": 30,
    }
    found = measure_dialogue(row)
    assert found["questions"] == []
    assert found["question_share"] is None
    assert found["steps_per_answer"] is None
    assert found["copy_rate"] == pytest.approx(2 / 3)


LOOPS = (
    "1" * 5000,
    "1+" + "4" * 5000 + " = 3",
    "٣" * 5000,
    "123," * 3000,
    "0." + "3" * 6000,
    "\\frac{1}{" + "7" * 5000 + "} = 3",
)


@pytest.mark.parametrize("digits", LOOPS, ids=range(len(LOOPS)))
def test_a_number_that_never_ends_is_measured_as_none(digits: str) -> None:
    turns = [{"speaker": "Teacher", "text": f"We take 5 of the 7, and then {digits}"}]
    row = {"turns": turns, "text": turns[0]["text"], "passage": "5 of 7", "passage_tokens": 4, "text_tokens": 60}
    assert measure_dialogue(row)["new_numbers"] <= 2  # the short ones beside it
