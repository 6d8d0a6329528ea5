"""Intervals: of shares Wilson's, of means a bootstrap by document, and none where nobody knows."""

from random import Random

import pytest

from generation.intervals import GROUPS, Ratio, group, nothing, share
from generation.truth import wilson


def mean(values: list[tuple[str, float]], seed: int = 0) -> dict[str, float]:
    ratio = Ratio()
    for document, value in values:
        ratio.take(group(document), value)
    return ratio.number(seed)


def test_a_share_has_wilsons_interval_also_where_it_stands_for_more() -> None:
    low, high = wilson(3, 10)
    assert share(3, 10) == {
        "value": 0.3,
        "low": pytest.approx(low, abs=1e-6),
        "high": pytest.approx(high, abs=1e-6),
        "of": 10,
    }
    assert share(3, 10, 50)["value"] == 15 and share(3, 10, 50)["high"] == pytest.approx(50 * high, abs=1e-4)
    assert share(0, 0) == nothing() == {"value": None, "low": None, "high": None, "of": 0}


def test_the_interval_of_a_mean_holds_the_truth_about_95_times_in_100() -> None:
    draw, held = Random(7), 0
    for _ in range(200):
        found = mean([(f"document {n}", draw.gauss(5, 2)) for n in range(80)])
        held += found["low"] <= 5 <= found["high"]
    assert 0.89 <= held / 200 <= 0.98


def test_dialogues_of_one_document_are_no_independent_samples() -> None:
    draw = Random(3)
    levels = {f"{n}": draw.gauss(0, 1) for n in range(40)}
    rows = [(name, level + draw.gauss(0, 0.1)) for name, level in levels.items() for _ in range(50)]
    by_document = mean(rows)
    by_row = mean([(f"{name}/{n}", value) for n, (name, value) in enumerate(rows)])
    assert by_document["value"] == by_row["value"] and by_document["of"] == 2000
    assert by_document["high"] - by_document["low"] > 4 * (by_row["high"] - by_row["low"])


def test_the_same_seed_gives_the_same_interval() -> None:
    rows = [(f"{n}", n % 7) for n in range(300)]
    assert mean(rows) == mean(rows) != mean(rows, 1)


def test_one_document_has_no_interval_and_zeros_do_not_look_certain() -> None:
    assert mean([("a", 1), ("a", 3)]) == {"value": 2, "low": None, "high": None, "of": 2}
    never = mean([(f"{n}", 0) for n in range(20)])
    assert never["value"] == never["low"] == 0 and never["high"] > 0.1
    assert Ratio().number(0) == nothing()


def test_more_documents_than_groups_take_no_more_room() -> None:
    found = mean([(f"{n}", n % 2) for n in range(3 * GROUPS)])
    assert found["value"] == 0.5 and found["low"] == pytest.approx(0.488, abs=0.005)
