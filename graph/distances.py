"""How far points lie apart: quickly and nearly for a block of pairs, then exactly for those of which it matters.

    vectors (n x d) -> Points;  two slices -> nearness (r x c), right to within `doubt`;  two lists -> squared distances

A product in single precision costs half of one in double precision, and tells nearly all pairs apart. What it leaves open is
computed again as scikit-learn computes it, so that ties are decided as there.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.errors import UserError

SIDE = 1024  # rows and columns of a block (4 MB)
UNIT = 2.0**-24  # by which one operation in single precision may be off
FEW, MANY = 15, 12  # dimensions at most and points at least with which scikit-learn goes by a tree
LONGEST = 1e15  # the square of what is longer, and sums of such squares, would come near the end of single precision

Single = NDArray[np.float32]
Double = NDArray[np.float64]
Whole = NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Points:
    """n points: `vectors` (n x d), and `halves` (n), half of the square of each one's length."""

    vectors: Single
    halves: Double

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def few(self) -> bool:
        """Whether scikit-learn would go by a tree: it then adds up squared differences, in double precision alone."""
        return self.vectors.shape[1] <= FEW and len(self) >= MANY

    @property
    def blocks(self) -> list[slice]:
        """All points in turn, `SIDE` at a time."""
        return [slice(low, min(low + SIDE, len(self))) for low in range(0, len(self), SIDE)]


def points(vectors: NDArray[np.floating]) -> Points:
    """Points from vectors of any length (n x d); single precision is not copied, other is rounded to it.

    UserError where a vector is missing, not finite, or longer than 10^15.
    """
    if vectors.ndim != 2:
        raise UserError(f"the embeddings have the shape {vectors.shape}; they must be a table, a vector a row")
    single: Single = vectors.astype(np.float32, copy=False)
    halves = np.zeros(len(single))
    for low in range(0, len(single), SIDE):
        part = single[low : low + SIDE].astype(np.float64)
        halves[low : low + SIDE] = np.einsum("ij,ij->i", part, part) / 2
    bad = np.flatnonzero(~(halves < LONGEST**2 / 2))
    if len(bad):
        raise UserError(f"the embedding of row {bad[0]} is not finite or too long; {len(bad)} of {len(single)} are")
    return Points(single, halves)


def nearness(given: Points, rows: slice, columns: slice) -> Single:
    """Minus half of the squared distance of each pair (r x c), in single precision: the nearer, the greater."""
    found: Single = given.vectors[rows] @ given.vectors[columns].T
    found -= given.halves[rows, None].astype(np.float32)
    found -= given.halves[columns].astype(np.float32)
    return found


def doubt(given: Points, *some: slice) -> float:
    """By how much a nearness between such points may be off at the most: the usual bound for a sum of d products."""
    longest = max((2 * float(given.halves[part].max(initial=0)) for part in some), default=0.0)
    sums: int = given.vectors.shape[1] + 8
    return 1.1 * sums * (UNIT * longest + 2.0**-149)


def squares(given: Points, rows: Whole, columns: Whole) -> Double:
    """The squared distance of each of some points to each of others (r x c), in double precision."""
    left = given.vectors[rows].astype(np.float64)
    found = np.zeros((len(rows), len(columns)))
    for low in range(0, len(columns), SIDE):
        part = slice(low, low + SIDE)
        right = given.vectors[columns[part]].astype(np.float64)
        if given.few:
            for one, other in zip(left.T, right.T, strict=True):
                found[:, part] += np.subtract.outer(one, other) ** 2
        else:
            found[:, part] = 2 * (given.halves[rows, None] - left @ right.T + given.halves[columns[part]])
    return np.maximum(found, 0, out=found)
