"""Pairs of points by their distance: one-hop, two-hop, three-hop, each listed in blocks with its weight.

    graph -> blocks of (points, weight): two points joined by an edge; at distance exactly 2; at distance exactly 3

GSDP, section 2.4. No pair comes twice, and nothing but a block of them is in memory.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.kprg import Graph, Mask, Whole

Numbers = NDArray[np.int32]
BLOCK = 1 << 22  # entries of a product: some 100 MB with what is made of it
# Columns of a dense product. Tried with 804 sources among 80,000 points: 16 take 1.9 s, 64 3.6 s, 256 5.3 s.
SOURCES = 16
# Added to the number of walks wherever a pair is too near. A number of walks is at most twice that of edges.
NEAR = 1 << 30


class Block(NamedTuple):
    """Combinations: their points (r x k, each row ascending, padded with -1 at its end) and their weights (r)."""

    points: Numbers
    weight: Numbers


def one_hop(graph: Graph) -> Iterator[Block]:
    """Every edge; its weight is the number of problems that hold both points."""
    for start in range(0, len(graph.a), BLOCK):
        part = slice(start, start + BLOCK)
        yield _block(graph.a[part], graph.b[part], graph.weight[part])


def two_hop(graph: Graph) -> Iterator[Block]:
    """Every pair at distance 2; its weight is the number of shortest paths: of the points between the two."""
    ones = graph.ones
    near = ones + NEAR * sparse.eye_array(len(graph.points), dtype=np.int32, format="csr")
    done = 0
    for low, high in ranges(_reach(graph), BLOCK):
        near = near[:, low - done :]  # of a pair the second point has the greater number: what lies before is done
        done = low
        yield _far(ones[low:high] @ near, low)


def three_hop(graph: Graph, cores: Mask) -> Iterator[Block]:
    """Every pair at distance 3 of which one point at least is core; its weight is the number of shortest paths."""
    ones = graph.ones
    sources = np.flatnonzero(cores)
    for start in range(0, len(sources), SOURCES):
        of = sources[start : start + SOURCES]
        one = np.ascontiguousarray(ones[of].toarray().T)
        two = ones @ one
        three = ones @ two
        three[(one != 0) | (two != 0)] = 0  # (a point is two steps from itself, unless it has no neighbours at all)
        ends, column = np.nonzero(three)
        source = of[column]
        once = ~cores[ends] | (ends > source)
        ends, column, source = ends[once], column[once], source[once]
        yield _block(np.minimum(source, ends), np.maximum(source, ends), three[ends, column])


def three_hop_through(graph: Graph, cores: Mask, least: int) -> Iterator[Block]:
    """GRIP's three-hop: every pair at distance 3 with a shortest path that passes through a core point between its ends,
    and of which no edge weighs less than `least`; the weight is the number of such paths."""
    ones = graph.ones
    heavy = ones.multiply(walkable(graph, least)).tocsr()
    heavy.eliminate_zeros()
    middle = heavy.copy()  # the edge in the middle of a path: one of its ends is core
    middle.data *= cores[middle.indices] | np.repeat(cores, np.diff(middle.indptr))
    middle.eliminate_zeros()
    near = ones + sparse.eye_array(len(graph.points), dtype=np.int32, format="csr")
    for low, high in ranges(_reach(graph), BLOCK):
        close = ones[low:high] @ near
        close.data[:] = NEAR
        yield _far((heavy[low:high] @ middle @ heavy + close)[:, low:], low)


def walkable(graph: Graph, least: int) -> sparse.csr_array:
    """Which edges weigh `least` or more, as 0 and 1 in the places of `adjacency`."""
    data = (graph.weight >= least).astype(np.int32)[graph.adjacency.data]
    return sparse.csr_array((data, graph.adjacency.indices, graph.adjacency.indptr), graph.adjacency.shape)


def _reach(graph: Graph) -> Whole:
    """At most how many points are within two steps of each point (n)."""
    steps: Whole = graph.ones.astype(np.int64) @ (graph.degree + 1)
    return np.minimum(steps, len(graph.points))


def ranges(sizes: Whole, most: int, rows: int | None = None) -> Iterator[tuple[int, int]]:
    """Neighbours whose sizes add up to at most `most`, at most `rows` of them; what is larger alone is alone."""
    ends = np.cumsum(sizes)
    low = 0
    while low < len(sizes):
        before = int(ends[low - 1]) if low else 0
        high = max(low + 1, int(np.searchsorted(ends, before + most, side="right")))
        high = min(high, low + rows) if rows else high
        yield low, high
        low = high


def _far(walks: sparse.csr_array, low: int) -> Block:
    """The pairs of a product of the rows from `low` on, whose columns begin there too, that no shorter walk joins."""
    row = np.repeat(np.arange(walks.shape[0], dtype=np.int32), np.diff(walks.indptr))
    kept = (walks.indices > row) & (walks.data < NEAR) & (walks.data > 0)
    return _block(row[kept] + low, walks.indices[kept] + low, walks.data[kept])


def _block(a: NDArray[np.integer], b: NDArray[np.integer], weight: NDArray[np.integer]) -> Block:
    return Block(np.stack([a, b], axis=1).astype(np.int32, copy=False), weight.astype(np.int32, copy=False))
