"""Judged rows as arrays: nulls reject, what is missing is named, and what is of the wrong kind is one sentence."""

import math
from typing import Any

import pytest

from builders.errors import UserError
from generation.judged import left_out, read_judged
from tests.generation.judging import judged, row


def test_null_is_no_score_and_no_true() -> None:
    rows = judged([row({"a": None, "b": 0.5}, {"a": None, "b": True})])
    assert math.isnan(rows.scores[0, 0]) and rows.scores[0, 1] == 0.5
    assert rows.verdicts.tolist() == [[False, True]]
    assert rows.unread.tolist() == [[[True, True], [False, False]]]


def test_a_judge_who_is_missing_from_a_row_rejects_as_one_who_could_not_be_read() -> None:
    rows = judged([row({"a": 1.0, "b": 1.0}, {"a": True, "b": True}), row({"a": 1.0}, {"a": True})])
    assert rows.judges == ("a", "b")
    assert math.isnan(rows.scores[1, 1]) and not rows.verdicts[1, 1] and rows.unread[1, 1].all()


def test_rows_that_do_not_count_are_counted_and_named() -> None:
    rows = judged(
        [
            row({"a": 1.0}, {"a": True}),
            *[row({"a": 1.0}, {"a": True}, None, None)] * 7,
            row({"a": 1.0}, {"a": True}, True, None),
            row({"a": 1.0}, {"a": True}, None, True),
            row({}, {}, True, True),
            row({"a": 0.1}, {}, True, True),
        ]
    )
    said = list(left_out(rows))
    assert said[0] == "7 of 12 rows have no label: r1, r2, r3, r4, r5 and 2 more"
    assert said[1] == "1 of 12 rows have a problem_label, and no solution_label: r8"
    assert said[2] == "1 of 12 rows have a solution_label, and no problem_label: r9"
    assert said[3] == "1 of 12 rows have labels, and no judge was asked about the problem: r10"
    assert (
        said[4].startswith("1 of 12 rows have both labels and scores, and no judge was asked about the solution")
        and "r11" in said[4]
    )
    assert {name: int(mask.sum()) for name, mask in rows.usable.items()} == {"problem": 3, "solution": 2, "joined": 2}


def test_a_row_that_cannot_be_read_has_no_label() -> None:
    rows = read_judged(
        [{"bad_row": None, "id": "r", **row({"a": 1.0}, {"a": True})}, {"bad_row": "line 2 is not JSON"}]
    )
    assert list(left_out(rows)) == ["1 of 2 rows have no label: row 2"]


GOOD = row({"a": 1.0}, {"a": True})
WRONG: list[tuple[dict[str, Any], str]] = [
    (
        {"problem_scores": [{"judge": "a", "score": "0.9"}]},
        "r has the score '0.9'; it must be a number from 0 to 1, or null",
    ),
    ({"problem_scores": [{"judge": "a", "score": 90}]}, "r has the score 90"),
    ({"problem_scores": [{"judge": "a", "score": float("nan")}]}, "r has the score nan"),
    ({"problem_scores": [{"judge": "a", "score": True}]}, "r has the score True"),
    ({"problem_scores": {"a": 0.9}}, r"r has \{'a': 0.9\} where a list of \{judge, score\} should be"),
    ({"problem_scores": "[]"}, r"r has \[\] where a list of"),
    ({"problem_scores": [{"name": "a", "score": 1}]}, r"where a list of \{judge, score\} should be"),
    (
        {"solution_verdicts": [{"judge": "a", "verdict": "True"}]},
        "r has the verdict 'True'; it must be true, false or null",
    ),
    ({"solution_verdicts": [{"judge": "a", "score": 1}]}, r"where a list of \{judge, verdict\} should be"),
    ({"problem_scores": [{"judge": "a", "score": 1.0}, {"judge": "a", "score": 0.2}]}, "r has the judge a twice"),
    ({"problem_label": "perhaps"}, "problem_label of r is 'perhaps'; it must be true or false"),
    ({"solution_label": 2}, "solution_label of r is 2"),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_what_is_of_the_wrong_kind_is_one_sentence(more: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        read_judged([{"bad_row": None, "id": "r", **GOOD, **more}])


@pytest.mark.parametrize(
    ("value", "label"), [(True, 1), (False, 0), (None, -1), ("true", 1), ("No", 0), (" ", -1), (1, 1), (0, 0)]
)
def test_labels_may_be_words_as_csv_has_them(value: Any, label: int) -> None:
    rows = read_judged([{"bad_row": None, "id": "r", **GOOD, "problem_label": value}])
    assert rows.labels.tolist() == [[label, 1]]


def test_rows_that_nobody_judged_are_refused() -> None:
    with pytest.raises(UserError, match="no row was judged"):
        judged([row({}, {})])
