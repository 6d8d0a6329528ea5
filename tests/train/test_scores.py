"""Answers and what they are worth: taken out of replies, compared, counted, drawn again."""

import pytest

from train.scores import final, graded, interval, number, paired, scores_of

REPLIES = [
    ("so it is $\\boxed{\\frac{1}{2}}$.", "\\frac{1}{2}"),
    ("3 + 4 = 7\n#### 1,007", "1007"),
    ("The answer is 12.", "12"),
    ("Final answer: $x = 3$", "x = 3"),
    ("I put the answer in a box. The answer is 4. No, the answer is 5.", "5"),
    ("First 3, then 1,250 of them", "1250"),
    ("It is -7", "-7"),
    ("I do not know.", None),
    ("", None),
]


@pytest.mark.parametrize(("reply", "answer"), REPLIES)
def test_an_answer_is_taken_out_of_a_reply(reply: str, answer: str | None) -> None:
    assert final(reply) == answer


def test_replies_are_graded_by_what_they_mean_and_not_by_how_it_is_written() -> None:
    items = [{"id": "a", "answer": "1/2"}, {"id": "b", "answer": "$5$"}, {"id": "c", "answer": "3"}]
    rows = graded(items, [["\\boxed{0.5}", "#### 2"], ["answer: 5", "#### 5"], ["no idea", "\\boxed{4}"]])
    assert [row["right"] for row in rows] == [[True, False], [True, True], [False, False]]
    assert scores_of(rows)["pass@1"]["value"] == 0.5


def test_the_majority_is_of_equal_answers_and_of_the_lowest_sample_where_they_tie() -> None:
    items = [{"id": "a", "answer": "0.5"}, {"id": "b", "answer": "2"}, {"id": "c", "answer": "2"}]
    rows = graded(items, [["#### 1", "\\boxed{1/2}", "#### 0.5"], ["#### 1", "#### 2", "none"], ["?", "?", "?"]])
    assert [row["majority_right"] for row in rows] == [True, False, False]
    assert set(scores_of(rows)) == {"pass@1", "maj@3"}


def test_an_interval_holds_the_mean_and_narrows_with_more_items() -> None:
    few, many = number([0.0, 1.0] * 20), number([0.0, 1.0] * 2000)
    assert few["low"] < 0.5 < few["high"] and many["high"] - many["low"] < 0.05 < few["high"] - few["low"]
    assert few == number([0.0, 1.0] * 20)


def test_nothing_right_at_all_is_not_sure_either() -> None:
    low, high = interval([0.0] * 100)
    assert low == 0 and high is not None and 0.02 < high < 0.05
    low, high = interval([1.0] * 100)
    assert high == 1 and low is not None and 0.95 < low < 0.98
    assert interval([1.0]) == (None, None)


def test_models_are_compared_on_the_items_that_both_have() -> None:
    first = {"a": 0.0, "b": 1.0, "c": 0.0, "x": 1.0}
    second = {"a": 1.0, "b": 1.0, "c": 0.5, "y": 0.0}
    found = paired(first, second)
    assert (found["value"], found["of"], found["only_second"], found["only_first"]) == (0.5, 3, 2, 0)
    assert paired(first, {})["value"] is None
    assert paired(first, first)["low"] is None


def test_pairing_is_surer_than_two_intervals() -> None:
    first = {str(at): float(at % 2) for at in range(400)}
    second = {name: max(value, float(int(name) % 10 == 0)) for name, value in first.items()}
    found, alone = paired(first, second), number(list(first.values()))
    assert found["low"] > 0 and found["high"] - found["low"] < alone["high"] - alone["low"]
