"""Why a combination is one: its first path through the graph, and the problems that witness its edges.

graph, ["Circle", "Sine"] -> path Circle, Triangle, Sine -> ["p07", "p19"]
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np

from builders.errors import UserError
from graph.kinds import GSDP, Rules
from graph.kprg import Graph, Mask, Whole, core


def seed_ids(graph: Graph, hop: str, points: Sequence[str], rules: Rules = GSDP) -> list[str]:
    """For each edge of the first path, the smallest id of a problem that holds both its ends.

    The path of a community is all its edges, sorted. UserError where the graph has no such path between the points.
    """
    return witnesses(graph, hop, sorted(graph.number(point) for point in points), rules, inner(graph, rules))


def inner(graph: Graph, rules: Rules) -> Mask:
    """The points of which at least one lies between the ends of a three-hop path (n)."""
    return core(graph, rules.core_share) if rules.through else np.ones(len(graph.points), bool)


def witnesses(graph: Graph, hop: str, points: list[int], rules: Rules, between: Mask) -> list[str]:
    """The same for sorted numbers of points; `between` is what `inner` gives, once for many."""
    path = points if hop == "community" else first_path(graph, hop, points[0], points[-1], rules, between)
    edges = list(combinations(path, 2) if hop == "community" else pairwise(path))
    found = graph.edges_of(*np.array(edges, np.int64).reshape(-1, 2).T)
    if not edges or (found < 0).any():
        names = ", ".join(graph.points[point] for point in points)
        raise UserError(f"no path of this graph makes {names} a {hop} combination")
    return [graph.ids[problem] for problem in graph.witness[found].tolist()]


def first_path(graph: Graph, hop: str, a: int, b: int, rules: Rules, between: Mask) -> list[int]:
    """Of the shortest paths from `a` to `b` that count for the kind the one whose points come first; none: no points."""
    if hop == "one_hop":
        return [a, b]
    if hop == "two_hop":
        middle = np.intersect1d(graph.neighbours(a), graph.neighbours(b), assume_unique=True)
        return [a, int(middle[0]), b] if len(middle) else []
    return _two_between(graph, a, b, between, rules.least if rules.through else 1)


def _two_between(graph: Graph, a: int, b: int, cores: Mask, least: int) -> list[int]:
    """The first path of three edges whose inner points are not both without core, and whose edges weigh enough."""
    before_end = np.zeros(len(graph.points), bool)
    before_end[_heavy(graph, b, least)] = True
    for first in _heavy(graph, a, least).tolist():
        second = _heavy(graph, first, least)
        second = second[before_end[second] & (cores[first] | cores[second])]
        if len(second):
            return [a, first, int(second[0]), b]
    return []


def _heavy(graph: Graph, point: int, least: int) -> Whole:
    """The points to which an edge of weight `least` or more leads, ascending."""
    start, end = graph.adjacency.indptr[point : point + 2]
    found: Whole = graph.neighbours(point)[graph.weight[graph.adjacency.data[start:end]] >= least]
    return found
