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
    numbers = sorted(graph.number(point) for point in points)
    path = numbers if hop == "community" else first_path(graph, hop, numbers[0], numbers[-1], rules)
    edges = list(combinations(path, 2) if hop == "community" else pairwise(path))
    found = graph.edges_of(*np.array(edges, np.int64).reshape(-1, 2).T)
    if not edges or (found < 0).any():
        raise UserError(f"no path of this graph makes {', '.join(points)} a {hop} combination")
    return [graph.ids[problem] for problem in graph.witness[found].tolist()]


def first_path(graph: Graph, hop: str, a: int, b: int, rules: Rules = GSDP) -> list[int]:
    """Of the shortest paths from `a` to `b` that count for the kind the one whose points come first; none: no points."""
    if hop == "one_hop":
        return [a, b]
    if hop == "two_hop":
        between = np.intersect1d(graph.neighbours(a), graph.neighbours(b), assume_unique=True)
        return [a, int(between[0]), b] if len(between) else []
    cores = core(graph, rules.core_share) if rules.through else np.ones(len(graph.points), bool)
    return _two_between(graph, a, b, cores, rules.least if rules.through else 1)


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
