"""DBSCAN beside scikit-learn's: equal labels, the share of its time, and our peak memory, the vectors included.

    80,000 x 1,024 vectors -> CPU seconds of both, their ratio, clusters, noise, peak MiB

    python -m tests.bench --only dbscan

The vectors are families of very different sizes and widths, some of them equal, as embeddings of problems are; eps is the
knee of their own k-distances. Each in a process of its own, on one thread; once, for scikit-learn takes minutes.
"""

import os

# Before scikit-learn starts its threads; tests.bench.graph does the same for products.
os.environ["OMP_NUM_THREADS"] = "1"

import time
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.clusters import NOISE, dbscan
from graph.distances import SIDE
from graph.knee import k_distances, knee
from tests.bench.figures import Figure, Measure, figure
from tests.bench.graph import measured, peak

POINTS, WIDTH, MIN_POINTS = 80_000, 1_024, 5


def figures(quick: bool) -> list[Figure]:
    """At most 0.4 of its CPU time and 600 MiB, vectors included, and the same labels."""
    points = 5_000 if quick else POINTS
    mine = measured(ours, points)
    its = measured(scikit_learn, points, mine["eps"])
    measures = [
        Measure("of scikit-learn's time", [mine["seconds"] / its["seconds"]], most=0.4),
        Measure("equal results", [float(mine["labels"] == its["labels"])], least=1),
        Measure("MiB", [mine["peak"]], most=600),
    ]
    peers = {"scikit-learn, CPU s": [its["seconds"]], "its MiB": [its["peak"]]}
    return [figure(f"DBSCAN, {POINTS:,} x {WIDTH:,}", measures, peers)]


def drawn(number: int) -> NDArray[np.float32]:
    """Unit vectors in families, one in fifty equal to another."""
    chance = np.random.default_rng(0)
    centres = chance.standard_normal((number // 20, WIDTH), np.float32)
    vectors = np.empty((number, WIDTH), np.float32)
    for low in range(0, number, SIDE):
        part = vectors[low : low + SIDE]
        family = (len(centres) * chance.random(len(part)) ** 2).astype(np.int64)
        spread = chance.gamma(2, 0.25, (len(part), 1)).astype(np.float32)
        part[:] = centres[family] + spread * chance.standard_normal(part.shape, np.float32)
        part /= np.linalg.norm(part, axis=1)[:, None]
    vectors[chance.integers(0, number, number // 50)] = vectors[chance.integers(0, number, number // 50)]
    return vectors


def ours(number: int) -> dict[str, Any]:
    """CPU seconds of k-distances and of DBSCAN, and what they found."""
    vectors = drawn(number)
    start = time.process_time()
    eps = knee(k_distances(vectors, MIN_POINTS)).eps
    middle = time.process_time()
    labels = dbscan(vectors, eps, MIN_POINTS)
    seconds = {"k_distances": middle - start, "seconds": time.process_time() - middle}
    return {**seconds, "eps": eps, **found(labels)}


def scikit_learn(number: int, eps: float) -> dict[str, Any]:
    """The same of scikit-learn's DBSCAN."""
    from sklearn.cluster import DBSCAN

    vectors = drawn(number)
    start = time.process_time()
    labels = DBSCAN(eps=eps, min_samples=MIN_POINTS).fit(vectors).labels_
    return {"seconds": time.process_time() - start, **found(labels)}


def found(labels: NDArray[np.integer]) -> dict[str, Any]:
    """How many clusters and how much noise, a digest of the labels, and the peak."""
    clusters = int(labels.max(initial=NOISE)) + 1
    digest = sha256(labels.astype("<i4").tobytes()).hexdigest()[:16]
    return {"clusters": clusters, "noise": int((labels == NOISE).sum()), "labels": digest, "peak": peak()}
