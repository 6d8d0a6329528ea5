"""The graph of knowledge points (KPRG): which points occur together, in how many problems, and which are its core.

    [("p1", ["Sine", "Triangle"]), ("p2", ["Triangle"])] -> points Sine, Triangle; one edge of weight 1, witnessed by p1

Counting runs on arrays; `to_networkx` gives the graph that people work with. GSDP, section 2.3.
"""

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from builders.errors import UserError

CORE_SHARE = 0.01  # ours: the paper says that core points are those of highest degree, not how many they are

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Graph:
    """n points and m edges as arrays; points and problems are numbers, in the order of their texts.

    `a` < `b` are the ends of every edge (m), sorted; `weight` (m): problems that hold both; `witness` (m): the smallest
    problem that does. `problems` (n): problems that hold a point. `adjacency`: n x n, both halves, columns sorted, its
    data the number of the edge.
    """

    points: list[str]
    ids: list[str]
    problems: Whole
    a: Whole
    b: Whole
    weight: Whole
    witness: Whole
    adjacency: sparse.csr_array

    @cached_property
    def degree(self) -> Whole:
        """How many points a point is joined to (n)."""
        starts: Whole = self.adjacency.indptr.astype(np.int64)
        return np.diff(starts)

    @cached_property
    def ones(self) -> sparse.csr_array:
        """`adjacency` with a 1 for every edge: its products count walks."""
        data = np.ones(self.adjacency.nnz, np.int32)
        return sparse.csr_array((data, self.adjacency.indices, self.adjacency.indptr), self.adjacency.shape)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """64 bits of every point's text (n): the same in every graph that holds the point."""
        digests = (hashlib.sha256(point.encode()).digest()[:8] for point in self.points)
        return np.frombuffer(b"".join(digests), ">u8").astype(np.uint64)

    def neighbours(self, point: int) -> Whole:
        """The points that a point is joined to, ascending."""
        start, end = self.adjacency.indptr[point : point + 2]
        found: Whole = self.adjacency.indices[start:end].astype(np.int64)
        return found

    def edges_of(self, a: Whole, b: Whole) -> Whole:
        """The number of the edge between each pair (any shape), -1 where there is none."""
        if not len(self.a):
            return np.full(np.shape(a), -1, np.int64)
        keys = np.minimum(a, b) * len(self.points) + np.maximum(a, b)
        at = np.minimum(np.searchsorted(self._keys, keys), len(self.a) - 1)
        return np.where(self._keys[at] == keys, at, -1)

    @cached_property
    def _keys(self) -> Whole:
        return self.a * len(self.points) + self.b

    def number(self, point: str) -> int:
        """The number of a point. UserError where the graph has no such point."""
        at = bisect_left(self.points, point)
        if at == len(self.points) or self.points[at] != point:
            raise UserError(f"the graph has no knowledge point {point!r}; it has {len(self.points)} others")
        return at


def build(problems: Iterable[tuple[str, Sequence[str]]]) -> Graph:
    """The graph of (id, its knowledge points). A point that a problem names twice counts once.

    Ids must be unique; a problem without points is in no edge. The order of the problems and of their points is
    without effect.
    """
    rows = sorted((name, set(points)) for name, points in problems)
    ids = [name for name, _ in rows]
    twice = next((one for one, other in pairwise(ids) if one == other), None)
    if twice is not None:
        raise ValueError(f"two problems have the id {twice!r}; a problem counts once")
    points = sorted(set().union(*(held for _, held in rows)))
    numbers = {point: number for number, point in enumerate(points)}
    sizes = np.fromiter((len(held) for _, held in rows), np.int64, len(rows))
    held = np.fromiter(
        map(numbers.__getitem__, chain.from_iterable(held for _, held in rows)), np.int64, int(sizes.sum())
    )
    a, b, weight, witness = _edges(held, sizes, len(points))
    counts = np.bincount(held, minlength=len(points)).astype(np.int64)
    return Graph(points, ids, counts, a, b, weight, witness, _adjacency(a, b, len(points)))


def _edges(held: Whole, sizes: Whole, points: int) -> tuple[Whole, Whole, Whole, Whole]:
    """Ends, weight and smallest witness of every edge, from the points of all problems, one problem after the other."""
    starts = np.cumsum(sizes) - sizes
    keys, witnesses = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in np.unique(sizes[sizes > 1]).tolist():  # all problems with as many points at once
        of = np.flatnonzero(sizes == size)
        table = np.sort(held[starts[of, None] + np.arange(size)], axis=1)
        left, right = np.triu_indices(size, 1)
        keys.append((table[:, left] * points + table[:, right]).ravel())
        witnesses.append(np.repeat(of, len(left)))
    key, witness = np.concatenate(keys), np.concatenate(witnesses)
    order = np.lexsort((witness, key))
    key, witness = key[order], witness[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    weight = np.diff(first, append=len(key))
    a, b = np.divmod(key[first], max(points, 1))
    return a, b, weight, witness[first]


def _adjacency(a: Whole, b: Whole, points: int) -> sparse.csr_array:
    edge = np.arange(len(a), dtype=np.int32)
    ends = (np.concatenate([a, b]).astype(np.int32), np.concatenate([b, a]).astype(np.int32))
    table = sparse.csr_array((np.concatenate([edge, edge]), ends), (points, points))
    table.sort_indices()
    return table


def core(graph: Graph, share: float = CORE_SHARE) -> Mask:
    """Which points are core (n): the ceil(share x n) of highest degree, and all that tie with the last of them."""
    if not 0 <= share <= 1:
        raise UserError(f"the share of core points is {share}; it must be between 0 and 1")
    # As a decimal: in floats 0.07 x 100 is a little more than 7, and an eighth point would be core.
    wanted = math.ceil(Decimal(str(share)) * len(graph.points))
    if not wanted:
        return np.zeros(len(graph.points), bool)
    last: int = np.sort(graph.degree)[-wanted]
    return graph.degree >= last


def to_networkx(graph: Graph, share: float = CORE_SHARE) -> "nx.Graph[str]":
    """The same graph for networkx: nodes with degree, problems and core, edges with weight."""
    made: nx.Graph[str] = nx.Graph()
    for point, values in zip(graph.points, node_values(graph, core(graph, share)), strict=True):
        made.add_node(point, **values)
    ends = (graph.a.tolist(), graph.b.tolist(), graph.weight.tolist())
    made.add_weighted_edges_from((graph.points[a], graph.points[b], weight) for a, b, weight in zip(*ends, strict=True))
    return made


def node_values(graph: Graph, cores: Mask) -> Iterable[dict[str, Any]]:
    """What is known of every point, in their order: degree, problems, core."""
    columns = (graph.degree.tolist(), graph.problems.tolist(), cores.tolist())
    names = ("degree", "problems", "core")
    return (dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True))
