"""Combinations drawn one after the other: in an order that is a hash of their points, the kinds interleaved by quota.

    graph, {"one_hop": 100, "two_hop": 300}, rules, seed -> Combination, Combination, ...

One seed problem more, and nearly all that was drawn is drawn again (graph.ordering).
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from builders.errors import UserError
from graph.kinds import GSDP, HOPS, Rules, count_of
from graph.kprg import Graph
from graph.ordering import Drawn, ids, ordered
from graph.paths import inner, witnesses

AT_ONCE = 1 << 10  # combinations that become Python objects ahead of their being drawn


@dataclass(frozen=True)
class Combination:
    """Points that a new problem has to join, sorted; `repetition` counts the draws of one pair of one-hop points.

    `seed_ids`: for each edge of the first path between them, the smallest id of a problem that holds both its ends.
    """

    id: str
    hop: str
    knowledge_points: list[str]
    weight: int
    repetition: int
    seed_ids: list[str]


def draw(graph: Graph, quotas: Mapping[str, int | None], rules: Rules = GSDP, seed: int = 0) -> Iterator[Combination]:
    """Combinations in drawing order, lazily; `quotas`: how many of each kind, None for all that there are.

    The kinds are interleaved in proportion to their quotas; one that runs dry drops out. A one-hop pair is drawn as
    often as it weighs, each time at a place of its own.
    """
    for hop, quota in quotas.items():
        if hop not in HOPS or (quota is not None and quota < 0):
            raise UserError(f"the quota of '{hop}' is {quota}; it must be 0 or more, for one of {', '.join(HOPS)}")
    exact = {hop: count_of(graph, hop, rules)[1] if quota is None else quota for hop, quota in quotas.items()}
    streams = {hop: _combinations(graph, hop, rules, seed) for hop in HOPS if exact.get(hop)}
    turns = [(1 / exact[hop], HOPS.index(hop), 1) for hop in streams]  # (when, kind, the number of the draw within it)
    heapq.heapify(turns)
    while turns:
        _, kind, number = turns[0]
        hop = HOPS[kind]
        combination = next(streams[hop], None) if number <= exact[hop] else None
        if combination is None:
            heapq.heappop(turns)
            continue
        heapq.heapreplace(turns, ((number + 1) / exact[hop], kind, number + 1))
        yield combination


def _combinations(graph: Graph, hop: str, rules: Rules, seed: int) -> Iterator[Combination]:
    """All of one kind in drawing order, one-hop pairs as often as they weigh."""
    between = inner(graph, rules)
    for block in ordered(graph, hop, rules, seed, repeated=True):
        for start in range(0, len(block.weight), AT_ONCE):
            part = Drawn(*(column[start : start + AT_ONCE] for column in block))
            columns = (part.points.tolist(), part.weight.tolist(), part.repetition.tolist())
            for name, row, weight, repetition in zip(ids(graph, hop, part.points), *columns, strict=True):
                points = [point for point in row if point >= 0]
                seeds = witnesses(graph, hop, points, rules, between)
                yield Combination(name, hop, [graph.points[point] for point in points], weight, repetition, seeds)
