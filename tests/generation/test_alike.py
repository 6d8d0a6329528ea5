"""Judges that add nothing are named, and honest ones are not: planted copies, constants and coins, of many kinds and sizes."""

from random import Random

import pytest

from generation.alike import accused, alone, excess_of, pairs
from generation.judged import Judged
from tests.generation.judging import Row, judged, row

EQUAL = dict.fromkeys("abcd", 1.0)


def panel(
    number: int, rows: int = 400, right: float = 0.6, wrong: float = 0.12, copied: float = 1.0, hard: float = 0.0
) -> list[Row]:
    """Rows of honest judges a and b, of c that copies a so often, and of d that says yes to everything.

    `hard`: the share of rows on which all judges guess, as honest judges do on what is hard for all.
    """
    draw = Random(number)

    def honest(label: bool, guess: bool) -> bool:
        return draw.random() < 0.5 if guess else label != (draw.random() < wrong)

    def score(passes: bool) -> float:
        return round(draw.uniform(0.86, 0.99) if passes else draw.uniform(0.1, 0.84), 2)

    made = []
    for _ in range(rows):
        labels = draw.random() < right, draw.random() < right
        guess = draw.random() < hard
        scores: dict[str, float | None] = {name: score(honest(labels[0], guess)) for name in "abc"}
        verdicts: dict[str, bool | None] = {name: honest(labels[1], guess) for name in "abc"}
        if draw.random() < copied:
            scores["c"], verdicts["c"] = scores["a"], verdicts["a"]
        made.append(row({**scores, "d": 1.0}, {**verdicts, "d": True}, *labels))
    return made


def accusations(rows: Judged) -> list[str]:
    found = []
    for criterion in ("problem", "solution"):
        used = rows.of(rows.usable[criterion])
        found += accused(list(alone(used, EQUAL, criterion, 0.85)), list(pairs(used, criterion, 0.85)))
    return found


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize(("rows", "copied"), [(60, 1.0), (400, 0.9), (2000, 0.85)])
def test_a_copy_and_one_who_says_true_to_all_are_named_and_nobody_else(number: int, rows: int, copied: float) -> None:
    said = accusations(judged(panel(number, rows, copied=copied)))
    assert sum(sentence.startswith("a and c") for sentence in said) == 2
    assert [sentence for sentence in said if sentence.startswith("d says")] == [
        f"d says 1 to all {rows:,} problems: it adds nothing",
        f"d says True to all {rows:,} solutions: it adds nothing",
    ]
    assert len(said) == 4


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize(
    ("rows", "wrong", "hard"), [(40, 0.1, 0.0), (400, 0.02, 0.0), (400, 0.1, 0.3), (2000, 0.2, 0.2)]
)
def test_honest_judges_who_agree_because_they_are_mostly_right_are_not_accused(
    number: int, rows: int, wrong: float, hard: float
) -> None:
    said = accusations(judged(panel(number, rows, wrong=wrong, copied=0.0, hard=hard)))
    assert {sentence.split()[0] for sentence in said} <= {"d"}


@pytest.mark.parametrize("number", range(4))
def test_independent_judges_who_err_on_the_same_hard_rows_are_named_but_not_accused(number: int) -> None:
    draw, rows = Random(number), []
    for _ in range(400):
        hard, labels = draw.random() < 0.15, (True, draw.random() < 0.6)
        # Of a trap each judge falls into nearly all, on its own; elsewhere hardly anyone errs.
        verdicts: dict[str, bool | None] = {
            name: labels[1] != (draw.random() < (0.97 if hard else 0.01)) for name in "abc"
        }
        rows.append(row(dict.fromkeys("abc", 0.9), verdicts, *labels))
    said = [sentence for sentence in accusations(judged(rows)) if " and " in sentence.partition(" decide")[0]]
    assert len(said) == 3 and all(
        "or the same rows are hard for both: labels cannot tell which" in each for each in said
    )
    assert all("beyond that 0." in each and "errors they share" in each for each in said)


def test_judges_who_are_never_wrong_agree_and_are_not_alike() -> None:
    rows = judged(panel(1, 200, wrong=0.0, copied=0.0))
    [ab] = [pair for pair in pairs(rows, "solution", 0.85) if (pair.a, pair.b) == ("a", "b")]
    assert ab.agree == 1.0 and ab.excess is None and not ab.alike


def test_judges_who_are_never_wrong_are_betrayed_by_the_very_scores() -> None:
    rows = judged(panel(1, 200, wrong=0.0, copied=0.95))
    found = {(pair.a, pair.b): pair for pair in pairs(rows, "problem", 0.85)}
    assert found["a", "c"].alike and found["a", "c"].by == "score"
    assert not found["a", "b"].alike


def test_a_copy_of_scores_with_a_little_noise_is_one() -> None:
    rows = panel(2, copied=0.0)
    for each in rows:
        scores = {one["judge"]: one for one in each["problem_scores"]}
        scores["c"]["score"] = min(1.0, scores["a"]["score"] + 0.003)
    found = {(pair.a, pair.b): pair.alike for pair in pairs(judged(rows), "problem", 0.85)}
    assert found["a", "c"] and not found["a", "b"]


def test_a_coin_is_named_though_it_varies() -> None:
    draw = Random(5)
    rows = [
        row({"a": draw.random()}, {"a": draw.random() < 0.97}, draw.random() < 0.5, draw.random() < 0.5)
        for _ in range(600)
    ]
    said = [s for s in accusations(judged(rows)) if s.startswith("a can hardly tell good")]
    assert len(said) == 2


def test_one_who_says_true_to_all_is_not_accused_where_all_is_right() -> None:
    assert accusations(judged([row({"a": 1.0}, {"a": True}) for _ in range(50)])) == []


def test_the_excess_by_hand() -> None:
    # Ten right rows, ten wrong; each judge is wrong once among either, on the same rows.
    import numpy as np

    good = np.arange(20) < 10
    says = (good != np.isin(np.arange(20), [0, 10])).astype(np.int64)
    agree, expected, excess = excess_of(says, says, good)
    assert (agree, expected, excess) == pytest.approx((1.0, 0.9 * 0.9 + 0.1 * 0.1, 1.0))
    other = (good != np.isin(np.arange(20), [1, 11])).astype(np.int64)
    agree, expected, excess = excess_of(says, other, good)
    assert (agree, expected, excess) == pytest.approx((0.8, 0.82, -0.02 / 0.18))


def test_what_a_judge_changes_is_counted() -> None:
    rows = judged(
        [
            row({"a": 0.9, "b": 0.9}, {"a": True, "b": False}, True, False),
            row({"a": 0.9, "b": 0.9}, {"a": True, "b": True}),
            row({"a": 0.9, "b": 0.1}, {"a": True, "b": True}, False),
        ]
    )
    weights = {"a": 1.0, "b": 1.0}
    assert [one.changes for one in alone(rows, weights, "solution", 0.85)] == [0, 1]
    assert [one.changes for one in alone(rows, weights, "problem", 0.85)] == [0, 1]
    assert [(one.yes_to_good, one.yes_to_bad) for one in alone(rows, weights, "solution", 0.85)] == [
        (1.0, 1.0),
        (1.0, 0.0),
    ]
