"""Every panel at every threshold: against a plain loop that decides as a run does, and by hand."""

from random import Random

import numpy as np
import pytest

from builders.errors import UserError
from generation.confusion import Confusion
from generation.subsets import CRITERIA, lines, means, subsets, thresholds
from tests.generation.judging import Row, judged, row

WEIGHTS = {"a": 49.6, "b": 31.9, "c": 51.9}


def some_rows(number: int) -> list[Row]:
    """Rows with nulls, ties at the threshold, labels of one kind only, and rows that no judge of solutions saw."""
    draw = Random(number)
    made = []
    for _ in range(60):
        scores = {name: draw.choice([None, 0.0, 0.5, 0.8, 0.85, 0.9, 1.0, 1.0, 0.95]) for name in WEIGHTS}
        verdicts = {name: draw.choice([None, True, True, True, False]) for name in WEIGHTS}
        labels = [draw.choice([True, True, False, None]) for _ in range(2)]
        made.append(row(scores, verdicts if draw.random() < 0.8 else {}, *labels))
    return made


def plainly(rows: list[Row], criterion: str, panel: tuple[str, ...], threshold: float | None) -> Confusion:
    """The counts as generation.judge decides, row by row."""
    counts = {(True, True): 0, (True, False): 0, (False, True): 0, (False, False): 0}
    for each in rows:
        scores = {one["judge"]: one["score"] for one in each["problem_scores"] if one["judge"] in panel}
        verdicts = {one["judge"]: one["verdict"] for one in each["solution_verdicts"] if one["judge"] in panel}
        problem, solution = each["problem_label"], each["solution_label"]
        if criterion == "solution" and (solution is None or not verdicts):
            continue
        if (criterion != "solution" and problem is None) or (criterion == "joined" and solution is None):
            continue
        total = sum(WEIGHTS[name] for name in panel)
        readable = None not in scores.values()
        passes = readable and round(sum(scores[name] * (WEIGHTS[name] / total) for name in panel), 6) >= (
            threshold or 0
        )
        agreed = bool(verdicts) and all(verdict is True for verdict in verdicts.values())
        kept = {"problem": passes, "solution": agreed, "joined": passes and agreed}[criterion]
        right = {"problem": problem, "solution": solution, "joined": problem and solution}[criterion]
        counts[bool(kept), bool(right)] += 1
    return Confusion(*(counts[key] for key in ((True, True), (True, False), (False, True), (False, False))))


@pytest.mark.parametrize("criterion", CRITERIA)
def test_every_line_is_what_a_run_with_that_panel_would_have_done(criterion: str) -> None:
    rows = some_rows(1)
    found = list(lines(judged(rows), criterion, WEIGHTS, 0.85))
    assert len(found) == 7 * (1 if criterion == "solution" else 101)
    assert {line.panel for line in found} == {*subsets("abc")}
    for line in found[:: 1 if criterion == "solution" else 9]:
        assert line.confusion == plainly(rows, criterion, line.panel, line.threshold), line


def test_four_rows_by_hand() -> None:
    rows = judged(
        [
            row({"a": 1.0, "b": 0.7}, {"a": True, "b": True}),  # mean 0.85: kept by both, right
            row({"a": 0.9, "b": 0.9}, {"a": True, "b": False}, True, False),  # b's veto is right
            row({"a": 0.9, "b": 0.2}, {"a": True, "b": True}, False, True),  # a alone keeps it
            row({"a": 0.9, "b": None}, {"a": True, "b": True}),  # nobody could read b
        ]
    )
    found = {(line.panel, line.threshold): line.confusion for line in lines(rows, "joined", {"a": 1, "b": 1}, 0.85)}
    assert found[("a", "b"), 0.85] == Confusion(1, 0, 1, 2)
    assert found[("a",), 0.85] == Confusion(2, 2, 0, 0)
    assert found[("b",), 0.85] == Confusion(0, 0, 2, 2)
    assert found[("a", "b"), 0.86] == Confusion(0, 0, 2, 2)


def test_a_mean_at_the_threshold_reaches_it_as_in_a_run() -> None:
    rows = judged([row({"a": 0.95, "b": 0.8, "c": 0.8}, {})])
    weights = {"a": 1.0, "b": 1.0, "c": 1.0}
    assert sum(0.95 / 3 + 0.8 / 3 for _ in [0]) + 0.8 / 3 != 0.85  # what a sum of floats gives
    assert means(rows, "abc", weights).tolist() == [0.85]
    assert {line.threshold: line.confusion.kept for line in lines(rows, "problem", weights, 0.85)}[0.85] == 1


def test_weights_of_a_subset_are_made_to_add_up_again() -> None:
    rows = judged([row({"a": 1.0, "b": 0.0, "c": 0.0}, {})])
    assert means(rows, "ab", {"a": 0.5, "b": 0.3, "c": 0.2}).tolist() == [0.625]


def test_the_recipes_threshold_is_among_the_hundredths() -> None:
    assert 0.8765 in thresholds(0.8765) and len(thresholds(0.8765)) == 102 and len(thresholds(0.85)) == 101
    assert np.all(np.diff(thresholds(0.85)) > 0)


def test_too_many_judges_are_refused_before_their_panels_are_counted() -> None:
    with pytest.raises(UserError, match="there are 30 judges, and so 1,073,741,823 panels"):
        next(subsets([f"j{number}" for number in range(30)]))
