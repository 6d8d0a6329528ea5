"""A combination is traced to the seed problems that witness the edges of its first path."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings

from builders.errors import UserError
from graph.kinds import GRIP, HOPS, Rules, listed
from graph.kprg import Graph, build
from graph.paths import seed_ids
from tests.graph import plain
from tests.graph.test_kinds import Problems, found, problems_of_any_kind

ANY_CORE = Rules(core_share=0.3)


def witnesses(problems: Problems, path: list[str]) -> list[str]:
    """For each edge of a path the smallest id of a problem that holds both points, one by one."""
    return [min(name for name, points in problems if {a, b} <= set(points)) for a, b in pairwise(path)]


def every(graph: Graph, hop: str, rules: Rules) -> list[tuple[str, ...]]:
    return list(found(graph, listed(graph, hop, rules)))


@given(problems_of_any_kind)
@settings(max_examples=50)
def test_each_edge_of_the_first_path_is_witnessed_by_the_smallest_id(problems: Problems) -> None:
    graph, made = build(problems), plain.graph(problems)
    for hop in ("one_hop", "two_hop", "three_hop"):
        for points in every(graph, hop, ANY_CORE):
            path = plain.first_path(made, *points)
            assert seed_ids(graph, hop, points, ANY_CORE) == witnesses(problems, path)


@given(problems_of_any_kind)
@settings(max_examples=50)
def test_a_community_is_witnessed_edge_by_edge(problems: Problems) -> None:
    graph = build(problems)
    for points in every(graph, "community", GRIP):
        expected = [witnesses(problems, list(edge))[0] for edge in combinations(points, 2)]
        assert seed_ids(graph, "community", points) == expected


@given(problems_of_any_kind)
@settings(max_examples=50)
def test_grips_three_hop_is_witnessed_along_a_path_that_counts(problems: Problems) -> None:
    graph, made = build(problems), plain.graph(problems)
    rules = Rules(core_share=0.2, through=True, least=2)
    for a, d in every(graph, "three_hop", rules):
        path = min(plain.counting_paths(made, a, d, plain.core(made, 20), 2))
        assert seed_ids(graph, "three_hop", [a, d], rules) == witnesses(problems, path)


def test_ids_are_compared_as_texts_and_the_order_of_the_points_is_without_effect() -> None:
    graph = build([("p10", ["a", "b"]), ("p9", ["b", "a"]), ("p2", ["b", "c"])])
    assert seed_ids(graph, "one_hop", ["b", "a"]) == ["p10"]
    assert seed_ids(graph, "two_hop", ["c", "a"]) == ["p10", "p2"]


@pytest.mark.parametrize("hop", HOPS)
def test_points_that_no_path_joins_are_an_error_that_names_them(hop: str) -> None:
    graph = build([("p", ["a", "b"]), ("q", ["c", "d"]), ("r", ["e"])])
    with pytest.raises(UserError, match=f"makes a, c, e a {hop} combination" if hop == "community" else "makes a, c a"):
        seed_ids(graph, hop, ["a", "c", "e"] if hop == "community" else ["a", "c"])
