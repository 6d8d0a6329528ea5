"""The nearest seed of each of 80,000 problems, beside sentence-transformers' `semantic_search` and a plain product.

    vectors -> seconds of ours, of numpy's product with argmax, and of semantic_search where that is installed

    python -m tests.bench --only nearest

Rounds that alternate: the machine may be shared. Without sentence-transformers (.[embed]) the figure is
reckoned from numpy's time, which was 0.45 of semantic_search's where both were measured, and says so.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np

from graph.nearest import nearest
from tests.bench.figures import Figure, Measure, figure

POINTS, SEEDS, WIDTH, ROUNDS = 80_000, 7_500, 1_024, 3
NUMPY = 0.45  # of semantic_search's time, as numpy's was measured: 9.2 s of 20.4 s

Act = Callable[[Any, Any], Any]


def drawn(count: int, seed: int) -> Any:
    """Vectors of length 1."""
    vectors = np.random.default_rng(seed).standard_normal((count, WIDTH), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1)[:, None]


def numpy(points: Any, seeds: Any) -> Any:
    """The product in blocks of 5,000 rows, and argmax over it."""
    return np.concatenate([(points[at : at + 5_000] @ seeds.T).argmax(axis=1) for at in range(0, len(points), 5_000)])


def semantic_search(points: Any, seeds: Any) -> Any:
    """sentence-transformers', with the one nearest asked for."""
    import torch
    from sentence_transformers.util import semantic_search as search

    found = search(torch.from_numpy(points), torch.from_numpy(seeds), top_k=1)
    return np.array([hits[0]["corpus_id"] for hits in found])


def figures(quick: bool) -> list[Figure]:
    """At most half of semantic_search's time, and the same nearest seeds."""
    acts: dict[str, Act] = {"ours": lambda points, seeds: nearest(points, seeds)[0], "numpy": numpy}
    if find_spec("sentence_transformers"):
        acts["semantic_search"] = semantic_search
    points, seeds, found = drawn(8_000 if quick else POINTS, 1), drawn(SEEDS, 2), {}
    taken: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(1 if quick else ROUNDS):
        for name, act in acts.items():
            start = time.perf_counter()
            found[name] = act(points, seeds)
            taken[name].append(time.perf_counter() - start)
    mine = taken.pop("ours")
    name, its = "of semantic_search's time", taken.get("semantic_search", [])
    if not its:
        name, its = f"{name}, reckoned from numpy's", [seconds / NUMPY for seconds in taken["numpy"]]
    equal = float(all((one == found["ours"]).all() for one in found.values()))
    measures = [
        Measure(name, [one / other for one, other in zip(mine, its, strict=True)], most=0.5),
        Measure("equal results", [equal], least=1),
    ]
    return [figure("nearest seed", measures, {f"{name}, s": each for name, each in taken.items()})]
