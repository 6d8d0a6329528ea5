"""Every kind of combination is what plain networkx finds, with its weight, on graphs of every shape."""

from collections.abc import Iterable
from random import Random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import UserError
from graph import cliques, hops
from graph.hops import Block
from graph.kinds import HOPS, Rules, count_of, listed
from graph.kprg import Graph, build, core, to_networkx
from tests.graph import plain

Problems = list[tuple[str, list[str]]]
LETTERS = "abcdefghijklmnopqrstuvwxyzäöü√π"

problems_of_any_kind = st.lists(st.lists(st.sampled_from(LETTERS), max_size=6), max_size=30).map(
    lambda rows: [(f"p{number}", points) for number, points in enumerate(rows)]
)
SHAPES: dict[str, Problems] = {
    "no problem": [],
    "one problem": [("p", ["c", "a", "b"])],
    "one point": [("p", ["a"])],
    "no points": [("p", []), ("q", [])],
    "no shared points": [("p", ["a", "b"]), ("q", ["c", "d"]), ("r", ["e"])],
    "a star": [(f"p{n}", ["hub", f"leaf {n:02}"]) for n in range(12)],
    "a clique": [("p", [f"point {n}" for n in range(9)])],
    "a path": [(f"p{n}", [LETTERS[n], LETTERS[n + 1]]) for n in range(9)],
    "a ring": [(f"p{n}", [LETTERS[n], LETTERS[(n + 1) % 9]]) for n in range(9)],
    "one point everywhere": [(f"p{n}", ["everywhere", LETTERS[n], LETTERS[(n * 3) % 13]]) for n in range(13)],
    "a point twice in a row": [("p", ["a", "a", "b"]), ("q", ["b", "a", "b", "a"])],
    "the same problem again": [("p", ["a", "b"]), ("q", ["a", "b"]), ("r", ["b", "c"])],
}


def found(graph: Graph, blocks: Iterable[Block]) -> plain.Found:
    """Combinations by their points; fails where one comes twice, or its points are not sorted."""
    made: plain.Found = {}
    for points, weight in blocks:
        assert points.dtype == weight.dtype == np.int32
        for row, heavy in zip(points.tolist(), weight.tolist(), strict=True):
            names = tuple(graph.points[point] for point in row if point >= 0)
            assert list(names) == sorted(names) and names not in made
            made[names] = heavy
    return made


def all_kinds(graph: Graph, rules: Rules) -> dict[str, plain.Found]:
    return {hop: found(graph, listed(graph, hop, rules)) for hop in HOPS}


def expected(made: "nx.Graph[str]", percent: int) -> dict[str, plain.Found]:
    return {
        "one_hop": plain.one_hop(made),
        "two_hop": plain.two_hop(made),
        "three_hop": plain.three_hop(made, plain.core(made, percent)),
        "community": plain.community(made),
    }


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("percent", [0, 1, 30, 100])
def test_a_graph_of_any_shape_holds_what_networkx_finds(shape: str, percent: int) -> None:
    graph, made = build(SHAPES[shape]), plain.graph(SHAPES[shape])
    assert all_kinds(graph, Rules(core_share=percent / 100)) == expected(made, percent)


@given(problems_of_any_kind, st.integers(0, 100))
def test_any_problems_give_the_combinations_that_networkx_finds(problems: Problems, percent: int) -> None:
    graph, made = build(problems), plain.graph(problems)
    assert all_kinds(graph, Rules(core_share=percent / 100)) == expected(made, percent)


@given(problems_of_any_kind, st.integers(0, 100))
def test_nodes_edges_and_cores_are_those_of_networkx(problems: Problems, percent: int) -> None:
    made, ours = plain.graph(problems), to_networkx(build(problems), percent / 100)
    assert set(ours.nodes) == set(made.nodes)
    assert {frozenset(edge): ours.edges[edge]["weight"] for edge in ours.edges} == {
        frozenset(edge): made.edges[edge]["weight"] for edge in made.edges
    }
    assert {point for point, is_core in ours.nodes.data("core") if is_core} == plain.core(made, percent)
    assert dict(ours.nodes.data("degree")) == dict(made.degree)
    assert dict(ours.nodes.data("problems")) == {
        point: sum(point in points for _, points in problems) for point in made
    }


@given(problems_of_any_kind, st.integers(0, 100), st.integers(1, 3))
def test_grips_three_hop_and_its_cliques_of_four_are_those_of_networkx(
    problems: Problems, percent: int, least: int
) -> None:
    graph, made = build(problems), plain.graph(problems)
    rules = Rules(core_share=percent / 100, through=True, least=least, sizes=(3, 4))
    cores = plain.core(made, percent)
    assert found(graph, listed(graph, "three_hop", rules)) == plain.three_hop_through(made, cores, least)
    assert found(graph, listed(graph, "community", rules)) == plain.community(made) | plain.four_cliques(made)


@given(problems_of_any_kind)
@settings(max_examples=30)
def test_blocks_of_any_size_hold_the_same_combinations(problems: Problems) -> None:
    graph = build(problems)
    rules = (Rules(core_share=0.2), Rules(core_share=0.2, through=True, least=2, sizes=(3, 4)))
    whole = [all_kinds(graph, one) for one in rules]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hops, "BLOCK", 3)
        patch.setattr(hops, "SOURCES", 1)
        patch.setattr(cliques, "STEPS", 2)
        patch.setattr(cliques, "CELLS", 1)
        assert [all_kinds(graph, one) for one in rules] == whole


def test_all_that_tie_at_the_cut_are_core() -> None:
    ring = build(SHAPES["a ring"])
    assert core(ring, 0.01).all()
    star = build(SHAPES["a star"])
    assert [star.points[n] for n in np.flatnonzero(core(star, 0.01))] == ["hub"]
    assert core(star, 0.1).all()  # the second of thirteen ties with all leaves
    assert not core(star, 0).any()


def test_a_share_is_counted_as_it_is_written_not_as_floats_round_it() -> None:
    assert 0.07 * 100 > 7
    pairs = [(f"{a:03}", f"{b:03}") for a in range(100) for b in range(100) if a < b and a + b >= 100]
    graph = build([(f"{a} {b}", [a, b]) for a, b in pairs] + [("alone", ["000"])])
    assert len(graph.points) == 100
    assert np.flatnonzero(core(graph, 0.07)).tolist() == [93, 94, 95, 96, 97, 98, 99]


@given(problems_of_any_kind)
def test_counts_are_exact_before_anything_is_kept(problems: Problems) -> None:
    graph, rules = build(problems), Rules(core_share=0.1)
    for hop, combinations in all_kinds(graph, rules).items():
        repeated = sum(combinations.values()) if hop == "one_hop" else len(combinations)
        assert count_of(graph, hop, rules) == (len(combinations), repeated)


@given(problems_of_any_kind, st.randoms())
def test_the_order_of_problems_and_of_their_points_is_without_effect(problems: Problems, chance: Random) -> None:
    shuffled = [(name, chance.sample(points, len(points))) for name, points in problems]
    chance.shuffle(shuffled)
    one, other = build(problems), build(shuffled)
    assert one.points == other.points and one.ids == other.ids
    for name in ("problems", "a", "b", "weight", "witness"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()


def test_what_cannot_be_is_said_in_a_sentence() -> None:
    graph = build(SHAPES["a clique"])
    with pytest.raises(UserError, match=r"share of core points is 1\.5; it must be between 0 and 1"):
        core(graph, 1.5)
    with pytest.raises(UserError, match="no kind of combination 'four_hop'; there are one_hop, two_hop"):
        listed(graph, "four_hop", Rules())
    with pytest.raises(UserError, match="3 or 4 points, not of 5"):
        list(cliques.cliques(graph, 5))
    with pytest.raises(UserError, match="no knowledge point 'Sine'; it has 9 others"):
        graph.number("Sine")
    with pytest.raises(ValueError, match="two problems have the id 'p'"):
        build([("p", ["a"]), ("p", ["b"])])
