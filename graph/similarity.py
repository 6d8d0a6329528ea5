"""How near points are, by their embeddings: all near pairs in the order in which they merge, and a histogram.

    texts (n), vectors (n x d) -> Pairs(a, b, similarity) at 0.70 and above; {"0.70": 412, "0.75": 96, ...}

Pairs are found in blocks, so that 60,000 points need little more memory than their vectors, and little more time than
their products.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.errors import UserError

# The thresholds of the paper (appendix D.1), for BGE; they belong to a model, and a recipe may name others.
SURE, LEAST = 0.90, 0.70
SIDE = 1024  # rows and columns of a block of products (4 MB)
MOST = 1 << 25  # pairs that are kept, of 16 bytes; 60,000 points would have 500 each
DIGITS = 6  # to which a similarity is rounded: in double precision all machines agree on them
SLACK = 0.003  # by which a product may be too low: lengths of 0.999, single precision
SAMPLED = 2000  # points that a histogram compares with all
BAR = 40  # characters of the longest bar

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Pairs:
    """m pairs of points, by number, in the order in which they merge: most similar first, ties by text.

    The text of `a` comes before that of `b`; `similarity` is their cosine.
    """

    a: Numbers
    b: Numbers
    similarity: NDArray[np.float64]

    def undecided(self, sure: float = SURE) -> NDArray[np.int64]:
        """Which pairs a model has to decide: those that are near, but not so near that it is sure."""
        return np.flatnonzero(self.similarity < sure)


def close_pairs(texts: Sequence[str], vectors: NDArray[np.floating], least: float = LEAST) -> Pairs:
    """All pairs of n texts whose vectors (n x d, of any length) have a cosine of `least` or more.

    UserError where a vector is missing, zero or not finite, and where more than `MOST` pairs are that near.
    """
    units = unit(texts, vectors)
    found, held = [np.zeros((2, 0), np.int32)], 0
    for low in range(0, len(units), SIDE):
        rows = units[low : low + SIDE]
        for start in range(low, len(units), SIDE):
            products = rows @ units[start : start + SIDE].T
            hits = np.flatnonzero(products >= least - SLACK)
            a, b = np.divmod(hits, products.shape[1])
            later = a + low < b + start
            found.append(np.stack([a[later] + low, b[later] + start]).astype(np.int32))
            held += found[-1].shape[1]
            if held > MOST:
                raise UserError(
                    f"more than {MOST:,} pairs of {len(units):,} points are at {least} or above: for these embeddings "
                    "that is not near; look at the histogram and name another threshold"
                )
    a, b = np.concatenate(found, axis=1)
    return _in_order(texts, a, b, cosines(vectors, a, b), least)


def unit(texts: Sequence[str], vectors: NDArray[np.floating]) -> Vectors:
    """The vectors at length 1 (to a thousandth), in single precision, without a copy where they are that already.

    UserError where one is missing, zero or not finite.
    """
    if vectors.ndim != 2 or len(vectors) != len(texts):
        raise UserError(f"{len(texts)} points have embeddings of shape {vectors.shape}; each needs one vector")
    single: Vectors = vectors.astype(np.float32, copy=False)
    lengths = np.linalg.norm(single, axis=1)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if len(bad):
        raise UserError(
            f"the embedding of {texts[bad[0]][:80]!r} is zero or not finite; {len(bad)} of {len(texts)} are"
        )
    return single if (np.abs(lengths - 1) < 1e-3).all() else single / lengths[:, None]


def cosines(
    vectors: NDArray[np.floating],
    a: NDArray[np.integer],
    b: NDArray[np.integer],
    others: NDArray[np.floating] | None = None,
) -> NDArray[np.float64]:
    """The cosine of each pair (m) of vectors as they were given, in double precision and rounded.

    `b` numbers `others`, where there are any. The last digits of a product of matrices differ from machine to machine;
    what is decided by them must not.
    """
    others = vectors if others is None else others
    found = np.zeros(len(a))
    for start in range(0, len(a), 4 * SIDE):
        part = slice(start, start + 4 * SIDE)
        left, right = vectors[a[part]].astype(np.float64), others[b[part]].astype(np.float64)
        lengths = np.einsum("ij,ij->i", left, left) * np.einsum("ij,ij->i", right, right)
        found[part] = np.einsum("ij,ij->i", left, right) / np.sqrt(lengths)
    return found.round(DIGITS)


def _in_order(texts: Sequence[str], a: Numbers, b: Numbers, similarity: NDArray[np.float64], least: float) -> Pairs:
    place = np.empty(len(texts), np.int32)
    place[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    swap = place[a] > place[b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    near = np.flatnonzero(similarity >= least)
    order = near[np.lexsort((place[b[near]], place[a[near]], -similarity[near]))]
    return Pairs(a[order], b[order], similarity[order])


def histogram(texts: Sequence[str], vectors: NDArray[np.floating], step: float = 0.05) -> dict[str, dict[str, int]]:
    """How similar points are: of all `pairs`, and of each to its `nearest`: "0.70" -> how many from there on.

    Of more than `SAMPLED` points as many, taken evenly, are compared with all others; then `pairs` counts those.
    """
    units = unit(texts, vectors)
    chosen = np.unique(np.linspace(0, len(units) - 1, min(SAMPLED, len(units))).round().astype(np.int64))
    if len(units) < 2:
        return {"pairs": {}, "nearest": {}}
    counts = {"pairs": np.zeros(round(2 / step) + 1, np.int64), "nearest": np.zeros(round(2 / step) + 1, np.int64)}
    for start in range(0, len(chosen), 64):
        of = chosen[start : start + 64]
        products = units[of] @ units.T
        products[np.arange(len(of)), of] = -2
        for name, values in (("pairs", products[products > -2]), ("nearest", products.max(axis=1))):
            bins = np.floor((values + 1 + 1e-6) / step).clip(0, len(counts[name]) - 1).astype(np.int64)
            counts[name] += np.bincount(bins, minlength=len(counts[name]))
    if len(chosen) == len(units):
        counts["pairs"] //= 2
    return {
        name: {f"{number * step - 1:.2f}": count for number, count in enumerate(values.tolist()) if count}
        for name, values in counts.items()
    }


def bars(counts: Mapping[str, int]) -> str:
    """A histogram for the screen, a line for each step."""
    most = max(counts.values(), default=0)
    rows = ((name, "█" * max(1, round(BAR * count / most)), count) for name, count in counts.items())
    return "\n".join(f"{name:>5} {bar} {count:,}" for name, bar, count in rows)
