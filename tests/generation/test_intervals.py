"""Intervals: of shares Wilson's, of means a bootstrap by document, and none where nobody knows."""

from random import Random

import pytest

from generation.intervals import GROUPS, Ratio, group, halves, nothing, share, spread, wilson


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


def test_the_halves_of_a_sample_are_all_of_it_and_the_same_with_a_seed() -> None:
    found = halves(7, 3)
    assert len(found) == 8 and [len(half) for half in found[:2]] == [3, 4]
    assert all(sorted([*one, *other]) == list(range(7)) for one, other in zip(found[::2], found[1::2], strict=True))
    assert [half.tolist() for half in halves(7, 3)] == [half.tolist() for half in found]
    assert [half.tolist() for half in halves(7, 4)] != [half.tolist() for half in found]


def test_a_count_is_as_sure_as_its_halves_are_alike() -> None:
    assert spread(40, [20] * 8, 100) == {"value": 40, "low": 40, "high": 40, "of": 100}
    found = spread(40, [19, 21] * 4, 100)
    assert 30 < found["low"] < 36 < 44 < found["high"] < 50 and found["low"] + found["high"] == pytest.approx(80)
    assert spread(3, [0, 0, 1, 0, 0, 0, 0, 0], 100)["low"] == 0, "there are no fewer than none"
    assert spread(3, [0] * 8, 100) == {"value": 3, "low": None, "high": None, "of": 100}
