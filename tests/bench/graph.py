"""The graph of knowledge points and its combinations beside plain networkx, and near pairs beside bare products.

    problems -> seconds of both, their ratio, equal counts;  vectors -> seconds of near pairs and groups / of the products

    python -m tests.bench.graph [paper ten pairs ...]

Problems are drawn so that points, edges and combinations are about those of the figures. Each measurement is a process
of its own, so that its peak memory is its own. Products run on one thread, in CPU seconds: the machine may be shared.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # before numpy starts its threads

import json
import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import Any

import numpy as np

from builders.commands import command, say
from builders.errors import UserError
from graph.grouping import groups
from graph.kinds import HOPS, listed
from graph.kprg import CORE_SHARE, build
from graph.similarity import SIDE, close_pairs
from tests.graph import plain

Problems = list[tuple[str, list[str]]]
PAPER = (3_900, 14_200, 1.65)  # problems, points to draw from, how unequally
TEN = (40_000, 90_000, 2.0)
SAMPLE = 100  # points, taken evenly, of which networkx lists the pairs in the greater graph
POINTS, WIDTHS = 60_000, (384, 1_024)


def problems(number: int, points: int, unequal: float) -> Problems:
    """Problems of seven to ten points, of which few stand in many problems and most in few."""
    chance = Random(7)
    return [
        (f"p{name:06}", [f"point {int(points * chance.random() ** unequal):06}" for _ in range(chance.randint(7, 10))])
        for name in range(number)
    ]


def measured(act: Callable[..., Any], *given: Any) -> Any:
    """What a function gives in a process of its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(act, *given).result()


def ours(size: tuple[int, int, float]) -> dict[str, Any]:
    """Our seconds from rows in memory to every combination listed, the peak, and what was found."""
    given = problems(*size)
    start = time.perf_counter()
    graph = build(given)
    found = {hop: [0, 0] for hop in HOPS}
    for hop in HOPS:
        for block in listed(graph, hop):
            found[hop][0] += len(block.weight)
            found[hop][1] += int(block.weight.sum(dtype=np.int64))
    seconds = time.perf_counter() - start
    shape = {"points": len(graph.points), "edges": len(graph.a)}
    return {"seconds": seconds, "peak": peak(), "found": found, **shape}


def networkx(size: tuple[int, int, float]) -> dict[str, Any]:
    """The same of plain networkx."""
    given = problems(*size)
    start = time.perf_counter()
    graph = plain.graph(given)
    cores = plain.core(graph, round(100 * CORE_SHARE))
    kinds = (plain.one_hop(graph), plain.two_hop(graph), plain.three_hop(graph, cores), plain.community(graph))
    found = {hop: [len(kind), sum(kind.values())] for hop, kind in zip(HOPS, kinds, strict=True)}
    return {"seconds": time.perf_counter() - start, "peak": peak(), "found": found}


def some_networkx(size: tuple[int, int, float]) -> dict[str, Any]:
    """Plain networkx's seconds for the pairs of some points, as many times as there are points; all else whole."""
    given = problems(*size)
    start = time.perf_counter()
    graph = plain.graph(given)
    cores = sorted(plain.core(graph, round(100 * CORE_SHARE)))
    plain.community(graph)
    whole = time.perf_counter() - start
    sampled = 0.0
    for act, points in ((plain.two_hop, list(graph)), (plain.three_hop, cores)):
        some = points[:: max(1, len(points) // SAMPLE)]
        start = time.perf_counter()
        act(graph, ())
        before = time.perf_counter()
        act(graph, some)
        end = time.perf_counter()
        sampled += (before - start) + (end - before - (before - start)) * len(points) / len(some)
    return {"seconds": whole + sampled, "peak": peak()}


def near_pairs(width: int) -> dict[str, Any]:
    """CPU seconds of near pairs and their groups, and of the bare products of the same blocks."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((POINTS // 10, width), np.float32)
    spread = chance.uniform(0.2, 1.2, (POINTS, 1)).astype(np.float32)
    vectors = centres[chance.integers(0, len(centres), POINTS)]
    vectors += spread * chance.standard_normal((POINTS, width), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    texts = [f"point {number:05}" for number in range(POINTS)]
    start = time.process_time()
    pairs = close_pairs(texts, vectors)
    ends = zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)
    made = groups(texts, pairs, {(texts[a], texts[b]): True for a, b in ends})
    middle = time.process_time()
    for low in range(0, POINTS, SIDE):
        for high in range(low, POINTS, SIDE):
            vectors[low : low + SIDE] @ vectors[high : high + SIDE].T
    seconds, bare = middle - start, time.process_time() - middle
    return {"seconds": seconds, "bare": bare, "pairs": len(pairs.a), "groups": len(made), "peak": peak()}


def peak() -> int:
    """MiB that this process has held at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def around(size: tuple[int, int, float], peer: Callable[..., Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ours before and after the peer, since the machine may be shared: the faster of the two; and the peer."""
    before, its, after = (measured(act, size) for act in (ours, peer, ours))
    return min(before, after, key=lambda one: one["seconds"]), its


def paper() -> list[dict[str, Any]]:
    """Paper size: at least ten times as fast as plain networkx, with equal counts and weights."""
    mine, its = around(PAPER, networkx)
    ratio, equal = its["seconds"] / mine["seconds"], mine["found"] == its["found"]
    return [figure("paper-size graph", 10, ratio, ratio >= 10 and equal, mine, its, equal=equal)]


def ten() -> list[dict[str, Any]]:
    """Ten times that: at least twenty times as fast as networkx, under 2 GB."""
    mine, its = around(TEN, some_networkx)
    ratio = its["seconds"] / mine["seconds"]
    return [figure("ten times that", "20, under 2,000 MiB", ratio, ratio >= 20 and mine["peak"] < 2000, mine, its)]


def pairs() -> list[dict[str, Any]]:
    """60,000 points: near pairs and groups take at most 1.3 times as long as the bare products."""
    made = {width: measured(near_pairs, width) for width in WIDTHS}
    ratios = [round(one["seconds"] / one["bare"], 2) for one in made.values()]
    peers = {f"bare product, {width} dimensions": 1 for width in WIDTHS}
    row = {"figure": "60,000 points compared pairwise", "goal": 1.3, "ours": ratios, "peers": peers}
    return [row | {"holds": max(ratios) <= 1.3, "measured": made}]


def figure(name: str, goal: Any, ratio: float, holds: bool, mine: Any, its: Any, **more: Any) -> dict[str, Any]:
    """A row of the results: how many times as fast as networkx."""
    row = {"figure": name, "goal": goal, "ours": round(ratio, 1), "peers": {"networkx": 1}, "holds": holds}
    return row | {"measured": {"ours": mine, "networkx": its}} | more


FIGURES = {"paper": paper, "ten": ten, "pairs": pairs}


def main(argv: Sequence[str]) -> None:
    unknown = [name for name in argv if name not in FIGURES]
    if unknown:
        raise UserError(f"there is no figure '{unknown[0]}'; there are {', '.join(FIGURES)}")
    for name in argv or FIGURES:
        for row in FIGURES[name]():
            say(json.dumps(row, indent=1))


if __name__ == "__main__":
    command(main)
