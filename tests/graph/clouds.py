"""Vectors of the kinds that clusters and distances are tried on, and distances as one would compute them plainly."""

from functools import cache

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

few_whole = st.sampled_from([3, 20]).flatmap(
    lambda size: st.lists(st.lists(st.integers(-1, 1), min_size=size, max_size=size), min_size=1, max_size=40).map(
        lambda rows: np.array(rows, np.float32)
    )
)


def families(number: int, size: int, kinds: int, chance: np.random.Generator) -> Vectors:
    """Unit vectors around some directions, nearer and farther."""
    made = chance.standard_normal((kinds, size))[chance.integers(0, kinds, number)]
    made += chance.uniform(0.1, 0.5, (number, 1)) * chance.standard_normal((number, size))
    return (made / np.linalg.norm(made, axis=1)[:, None]).astype(np.float32)


@cache
def clouds() -> dict[str, Vectors]:
    """A name -> vectors (n x d)."""
    chance = np.random.default_rng(5)
    made = {
        "families": families(400, 64, 20, chance),
        "families in a plane": families(400, 2, 20, chance),
        "families far from the origin": families(300, 64, 20, chance) + 100,
        "families and one far away": np.concatenate([families(300, 32, 20, chance), np.full((1, 32), 1e6)]),
        "tiny families": families(300, 32, 20, chance) * 1e-20,
        "no order": chance.standard_normal((300, 24)),
        "many equal": families(60, 64, 20, chance)[chance.integers(0, 60, 400)],
        "many nearly equal": np.ones((300, 20)) + 1e-6 * chance.standard_normal((300, 20)),
        "all equal": np.ones((300, 20)),
        "a grid": chance.integers(0, 12, (400, 2)),
        "a grid of tenths": np.float32(0.1) * chance.integers(0, 20, (400, 2)).astype(np.float32),
        "corners": chance.integers(0, 2, (400, 20)),
        "one": np.ones((1, 20)),
    }
    return {name: vectors.astype(np.float32) for name, vectors in made.items()}


def plain_distances(vectors: Vectors) -> NDArray[np.float64]:
    """The distance of each pair (n x n), in double precision."""
    exact = vectors.astype(np.float64)
    return np.stack([np.sqrt(((exact - one) ** 2).sum(axis=1)) for one in exact])
