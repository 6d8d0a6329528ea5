"""The graph of knowledge points and its combinations beside plain networkx, and near pairs beside bare products.

    problems -> seconds of both, their ratio, equal counts;  vectors -> seconds of near pairs and groups / of the products

    python -m tests.bench --only graph ten pairs

Problems are drawn so that points, edges and combinations are about those of the figures. Each measurement is a process
of its own, so that its peak memory is its own. Products run on one thread, in CPU seconds: the machine may be shared.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"  # before numpy starts its threads

import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from random import Random
from typing import Any

import numpy as np

from graph.grouping import groups
from graph.kinds import HOPS, listed
from graph.kprg import CORE_SHARE, build
from graph.similarity import SIDE, close_pairs
from tests.bench.figures import Figure, Measure, figure
from tests.graph import plain

Problems = list[tuple[str, list[str]]]
PAPER = (3_900, 14_200, 1.65)  # problems, points to draw from, how unequally
TEN = (40_000, 90_000, 2.0)
QUICK = (390, 1_420, 1.65)
ROUNDS, PAIRS_ROUNDS = 3, 2
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


def near_pairs(width: int, count: int) -> dict[str, Any]:
    """CPU seconds of near pairs and their groups, and of the bare products of the same blocks."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((count // 10, width), np.float32)
    spread = chance.uniform(0.2, 1.2, (count, 1)).astype(np.float32)
    vectors = centres[chance.integers(0, len(centres), count)]
    vectors += spread * chance.standard_normal((count, width), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    texts = [f"point {number:05}" for number in range(count)]
    start = time.process_time()
    pairs = close_pairs(texts, vectors)
    ends = zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)
    made = groups(texts, pairs, {(texts[a], texts[b]): True for a, b in ends})
    middle = time.process_time()
    for low in range(0, count, SIDE):
        for high in range(low, count, SIDE):
            vectors[low : low + SIDE] @ vectors[high : high + SIDE].T
    seconds, bare = middle - start, time.process_time() - middle
    return {"seconds": seconds, "bare": bare, "pairs": len(pairs.a), "groups": len(made), "peak": peak()}


def peak() -> int:
    """MiB that this process has held at the most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def rounds(size: tuple[int, int, float], peer: Callable[..., Any], number: int) -> list[tuple[Any, Any]]:
    """Ours and the peer in turn."""
    return [(measured(ours, size), measured(peer, size)) for _ in range(number)]


def paper(quick: bool) -> list[Figure]:
    """Paper size: at least ten times as fast as plain networkx, with equal counts and weights."""
    taken = rounds(QUICK if quick else PAPER, networkx, 1 if quick else ROUNDS)
    measures = [
        Measure("times as fast", [its["seconds"] / mine["seconds"] for mine, its in taken], least=10),
        Measure("equal results", [float(mine["found"] == its["found"]) for mine, its in taken], least=1),
    ]
    seconds = {"networkx, s": [its["seconds"] for _, its in taken]}
    return [figure("paper-size graph (our estimate; the paper gives none)", measures, seconds)]


def ten(quick: bool) -> list[Figure]:
    """Ten times that: at least twenty times as fast as networkx, under 2 GB. Once: networkx takes a quarter of an hour."""
    taken = rounds(QUICK if quick else TEN, some_networkx, 1)
    measures = [
        Measure("times as fast", [its["seconds"] / mine["seconds"] for mine, its in taken], least=20),
        Measure("MiB", [mine["peak"] for mine, _ in taken], most=2000),
    ]
    seconds = {f"networkx by {SAMPLE} of its points, s": [its["seconds"] for _, its in taken]}
    return [figure("ten times that", measures, seconds)]


def pairs(quick: bool) -> list[Figure]:
    """60,000 points: near pairs and groups take at most 1.3 times as long as the bare products."""
    measures, peers = [], {}
    for width in WIDTHS:
        made = [measured(near_pairs, width, 6_000 if quick else POINTS) for _ in range(1 if quick else PAIRS_ROUNDS)]
        ratios = [one["seconds"] / one["bare"] for one in made]
        measures.append(Measure(f"of the bare product's time, {width} dimensions", ratios, most=1.3))
        peers[f"bare product, {width} dimensions, CPU s"] = [one["bare"] for one in made]
    return [figure("60,000 points compared pairwise", measures, peers)]
