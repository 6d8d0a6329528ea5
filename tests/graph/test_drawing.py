"""What is drawn, and in which order: by hash, in proportion to quotas, the same when something changes elsewhere."""

from collections import Counter
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import UserError
from graph import ordering
from graph.drawing import Combination, draw
from graph.kinds import GRIP, GSDP, HOPS, Rules, count_of, listed
from graph.kprg import Graph, build
from graph.ordering import Drawn, ordered, spilled
from graph.paths import seed_ids
from tests.graph.test_kinds import SHAPES, Problems, found, problems_of_any_kind

ALL = dict.fromkeys(HOPS)
SOME_CORE = Rules(core_share=0.2)


def seeds(number: int, points: int = 150, per_problem: int = 4) -> Problems:
    """Problems of points that are the rarer, the greater their number."""
    chance = Random(7)
    return [
        (f"p{name:04}", [f"point {int(points * chance.random() ** 2):03}" for _ in range(per_problem)])
        for name in range(number)
    ]


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build(seeds(300))


def drawn(graph: Graph, combinations: int, seed: int = 0) -> set[tuple[str, int]]:
    return {(one.id, one.repetition) for one in islice(draw(graph, ALL, GSDP, seed), combinations)}


def rows(blocks: list[Drawn]) -> list[tuple[tuple[int, ...], int]]:
    return [
        (tuple(point for point in points if point >= 0), weight)
        for block in blocks
        for points, weight in zip(block.points.tolist(), block.weight.tolist(), strict=True)
    ]


@given(problems_of_any_kind, st.integers(0, 3))
@settings(max_examples=50)
def test_all_that_there_is_is_drawn_once_and_one_hop_pairs_as_often_as_they_weigh(
    problems: Problems, seed: int
) -> None:
    graph = build(problems)
    for rules in (SOME_CORE, GRIP):
        combinations = list(draw(graph, ALL, rules, seed))
        by_kind = {hop: [one for one in combinations if one.hop == hop] for hop in HOPS}
        for hop in HOPS:
            expected = found(graph, listed(graph, hop, rules))
            assert {tuple(one.knowledge_points): one.weight for one in by_kind[hop]} == expected
            assert len(by_kind[hop]) == count_of(graph, hop, rules)[1]
        pairs = Counter(tuple(one.knowledge_points) for one in by_kind["one_hop"])
        assert pairs == {tuple(one.knowledge_points): one.weight for one in by_kind["one_hop"]}
        assert len({(one.id, one.repetition) for one in combinations}) == len(combinations)
        assert all(one.repetition == 0 for one in combinations if one.hop != "one_hop")


def test_one_seed_problem_more_or_less_leaves_nearly_all_draws(graph: Graph) -> None:
    before = drawn(graph, 400)
    more = build([*seeds(300), ("new", ["point 001", "point 020", "point 099"])])
    less = build([problem for problem in seeds(300) if problem[0] != "p0100"])
    assert len(before & drawn(more, 400)) >= 390
    assert len(before & drawn(less, 400)) >= 390


def test_another_seed_draws_others_and_the_same_seed_the_same(graph: Graph) -> None:
    assert drawn(graph, 400) == drawn(graph, 400)
    assert len(drawn(graph, 400) & drawn(graph, 400, seed=1)) < 100


def test_an_id_names_its_points_whatever_else_is_there() -> None:
    small, large = (
        build([("p", ["Sine", "Circle"])]),
        build([("q", ["Circle", "Sine", "Angle"]), ("r", ["Angle", "Ring"])]),
    )
    (one,) = draw(small, ALL)
    same = {tuple(other.knowledge_points): other.id for other in draw(large, ALL, seed=5)}
    assert one == Combination("one_hop-83fffcb2de52d8f5", "one_hop", ["Circle", "Sine"], 1, 0, ["p"])
    assert same["Circle", "Sine"] == one.id
    assert len(set(same.values())) == len(same)


@pytest.mark.parametrize("rules", [SOME_CORE, GRIP], ids=["GSDP", "GRIP"])
def test_what_is_drawn_names_the_problems_that_witness_its_path(graph: Graph, rules: Rules) -> None:
    combinations = list(islice(draw(graph, ALL, rules), 500))
    assert {one.hop for one in combinations} == set(HOPS)
    for one in combinations:
        assert one.seed_ids == seed_ids(graph, one.hop, one.knowledge_points, rules)


def test_kinds_are_interleaved_in_proportion_to_their_quotas(graph: Graph) -> None:
    order = [one.hop for one in draw(graph, {"one_hop": 20, "two_hop": 60, "community": 40}, SOME_CORE)]
    assert Counter(order) == {"one_hop": 20, "two_hop": 60, "community": 40}
    for start in range(0, 120, 12):
        part = Counter(order[start : start + 12])
        assert abs(part["one_hop"] - 2) <= 1 and abs(part["two_hop"] - 6) <= 1 and abs(part["community"] - 4) <= 1


def test_a_kind_that_runs_dry_drops_out_and_the_others_go_on() -> None:
    graph = build(SHAPES["a star"])  # 12 edges, 66 pairs of leaves, nothing else
    order = [one.hop for one in draw(graph, {"one_hop": 50, "two_hop": 50, "three_hop": 50, "community": 50})]
    assert Counter(order) == {"one_hop": 12, "two_hop": 50}
    assert set(order[24:]) == {"two_hop"}


def test_what_is_drawn_first_does_not_depend_on_how_much_is_taken(graph: Graph) -> None:
    lazily = draw(graph, ALL)
    assert [next(lazily) for _ in range(50)] + [next(lazily) for _ in range(50)] == list(islice(draw(graph, ALL), 100))


@given(problems_of_any_kind, st.integers(1, 40))
@settings(max_examples=50)
def test_windows_and_files_give_the_order_of_one_sort(problems: Problems, window: int) -> None:
    graph = build(problems)
    for hop in HOPS:
        whole = list(ordered(graph, hop, GRIP, 3))
        assert len(whole) <= 1
        parts = list(ordered(graph, hop, GRIP, 3, window=window))
        assert rows(parts) == rows(whole)
        assert all(len(part.weight) == window for part in parts[:-1])


@pytest.mark.parametrize("rules", [SOME_CORE, GRIP], ids=["GSDP", "GRIP"])
def test_what_waits_in_files_comes_back_in_order(graph: Graph, rules: Rules, tmp_path: Path) -> None:
    for hop in HOPS:
        assert rows(list(spilled(graph, hop, rules, 3, tmp_path))) == rows(list(ordered(graph, hop, rules, 3)))
    assert not list(tmp_path.iterdir())


def test_two_combinations_at_one_place_are_both_drawn(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    real = ordering.hashes
    monkeypatch.setattr(ordering, "hashes", lambda *given: real(*given) >> np.uint64(62) << np.uint64(62))
    whole = rows(list(ordered(graph, "one_hop", GSDP, 0)))
    assert len(set(whole)) == len(whole) == count_of(graph, "one_hop")[0]
    assert rows(list(ordered(graph, "one_hop", GSDP, 0, window=10))) == whole


def test_places_are_spread_evenly(graph: Graph) -> None:
    blocks = list(listed(graph, "two_hop"))
    places = np.concatenate([ordering.hashes(graph, block.points, "seed 0") for block in blocks])
    counts = np.bincount((places >> np.uint64(60)).astype(int), minlength=16)
    assert len(places) > 3000 and abs(counts - len(places) / 16).max() < 5 * np.sqrt(len(places) / 16)


@pytest.mark.parametrize(("hop", "quota"), [("one_hop", -1), ("four_hop", 3)])
def test_a_quota_that_cannot_be_is_an_error(graph: Graph, hop: str, quota: int) -> None:
    with pytest.raises(UserError, match=f"quota of '{hop}' is {quota}; it must be 0 or more, for one of one_hop"):
        next(draw(graph, {hop: quota}))


def test_nothing_to_draw_is_no_error() -> None:
    for shape in ("no problem", "one point", "no points"):
        assert list(draw(build(SHAPES[shape]), ALL)) == []
    assert list(draw(build(SHAPES["a star"]), dict.fromkeys(HOPS, 0))) == []
