"""Communities: points of which every two are joined; triangles in GSDP, 4-cliques too in GRIP.

    graph -> blocks of (points, weight): each clique once, its weight that of its lightest edge

GSDP, section 2.4. Every edge points away from the end that has fewer neighbours, and cliques grow along the edges: a
point of many neighbours so has few to look at.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from builders.errors import UserError
from graph.hops import Block, Numbers, ranges
from graph.kprg import Graph, Whole

STEPS = 1 << 21  # ways to grow that are looked at at once
CELLS = 1 << 23  # of the table of edges from the points of a block


class Outward(NamedTuple):
    """The edges away from points that are numbered by degree: `start` (n + 1) says where a point's `ends` begin.

    `edge` is the number that the edge has in the graph, and `point` (n) the number that the point has.
    """

    point: Whole
    start: Whole
    ends: Whole
    edge: Whole


class Grown(NamedTuple):
    """Cliques with one point of the block each: `row` is that point's (r), `members` (r x k) all, `weight` (r)."""

    row: Whole
    members: Whole
    weight: Whole


def cliques(graph: Graph, size: int = 3) -> Iterator[Block]:
    """Every clique of 3 or 4 points."""
    if size not in (3, 4):
        raise UserError(f"a community is a clique of 3 or 4 points, not of {size}")
    out, points = _outward(graph), len(graph.points)
    degree = np.diff(out.start)
    steps = np.bincount(np.repeat(np.arange(points), degree), degree[out.ends], points).astype(np.int64)
    table = np.zeros((0, points), np.int32)
    for low, high in ranges(steps, STEPS, max(1, CELLS // max(points, 1))):
        here = slice(out.start[low], out.start[high])
        row = np.repeat(np.arange(high - low), degree[low:high])
        if len(table) < high - low:
            table = np.zeros((high - low, points), np.int32)
        table[row, out.ends[here]] = out.edge[here] + 1
        pairs = Grown(row, np.stack([row + low, out.ends[here]], axis=1), graph.weight[out.edge[here]])
        for found in _grown(graph, out, table, pairs, size):
            if len(found.row):
                members = np.sort(out.point[found.members], axis=1)
                yield Block(members.astype(np.int32), found.weight.astype(np.int32))
        table[row, out.ends[here]] = 0


def _outward(graph: Graph) -> Outward:
    point = np.argsort(graph.degree, kind="stable")
    place = np.empty_like(point)
    place[point] = np.arange(len(point))
    low, high = np.minimum(place[graph.a], place[graph.b]), np.maximum(place[graph.a], place[graph.b])
    order = np.lexsort((high, low))
    start = np.concatenate([[0], np.cumsum(np.bincount(low, minlength=len(point)))]).astype(np.int64)
    return Outward(point, start, high[order], order)


def _grown(graph: Graph, out: Outward, table: Numbers, cliques: Grown, size: int) -> Iterator[Grown]:
    """The cliques of `size` points that the given ones grow to."""
    if cliques.members.shape[1] == size:
        yield cliques
        return
    last = cliques.members[:, -1]
    for low, high in ranges(out.start[last + 1] - out.start[last], STEPS):
        part = Grown(*(column[low:high] for column in cliques))
        yield from _grown(graph, out, table, _one_more(graph, out, table, part), size)


def _one_more(graph: Graph, out: Outward, table: Numbers, cliques: Grown) -> Grown:
    """Cliques of one point more: one that the last point's edges lead to, and that all other points are joined to."""
    last = cliques.members[:, -1]
    count = out.start[last + 1] - out.start[last]
    of = np.repeat(np.arange(len(last)), count)
    way = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count) + out.start[last][of]
    first_edge = table[cliques.row[of], out.ends[way]].astype(np.int64) - 1
    joined = first_edge >= 0
    of, way, first_edge = of[joined], way[joined], first_edge[joined]
    weight = np.minimum(cliques.weight[of], graph.weight[out.edge[way]])
    weight = np.minimum(weight, graph.weight[first_edge])
    new = out.ends[way]
    for between in range(1, cliques.members.shape[1] - 1):
        edge = graph.edges_of(out.point[cliques.members[of, between]], out.point[new])
        joined = edge >= 0
        weight = np.minimum(weight, graph.weight[edge])[joined]
        of, new = of[joined], new[joined]
    return Grown(cliques.row[of], np.column_stack([cliques.members[of], new]), weight)
