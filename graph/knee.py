"""How far a set's points lie from their k-th nearest, and the distance at the knee of that curve: eps for DBSCAN.

    vectors (n x d), k -> k_distances (n) -> Knee(eps, place, distances)

GSDP, appendix E.2: each set's own k-distance graph gives its eps. The knee is the place of the curve that lies farthest from
the chord from its first to its last point, on either side: below it where most points are in clusters and few are noise,
above it where few are in clusters. (Tried on vectors of the words of 6,073 texts of mathematics: looked for below alone, it
gave one cluster of all but 24 of them; so, 46 clusters.)
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.errors import UserError
from graph.distances import Double, Points, Single, doubt, nearness, points, squares

SPARE = 4  # neighbours beyond k that are kept, so that it is seen whether single precision took one for another
AT_ONCE = 64  # points whose distances are computed in double precision at once: 40 MB for 80,000
DIGITS = 6  # to which the curve is rounded: all machines agree on them

Places = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Knee:
    """`distances` (n), ascending and rounded; they turn at `place`, and `eps` is a millionth above the one there.

    So that point is core, and eps is above 0 where points are equal.
    """

    eps: float
    place: int
    distances: Double


def knee(distances: Double) -> Knee:
    """The knee of k-distances (n, in any order); the first of several places that lie as far from the chord.

    UserError where there are none.
    """
    if not len(distances):
        raise UserError("there are no points, so their distances have no knee")
    curve = np.sort(distances).round(DIGITS)
    rise = curve[-1] - curve[0]
    chord = curve[0] + rise * np.linspace(0, 1, len(curve))
    place = int(np.argmax(np.abs(curve - chord).round(DIGITS)))
    return Knee(round(float(curve[place]) + 10**-DIGITS, DIGITS), place, curve)


def k_distances(vectors: NDArray[np.floating], k: int) -> Double:
    """For each vector (n x d, single precision) the distance within which k of them lie, itself among them (n).

    So a point is core for DBSCAN with min_points = k where this is at most eps. Exact, in double precision. Beyond the
    vectors it needs some 100 MB and 8 bytes x n x k. UserError where there are fewer than k vectors.
    """
    given = points(vectors)
    if not 1 <= k <= len(given):
        raise UserError(f"k is {k} and there are {len(given)} points; k must be at least 1 and at most their number")
    if k == 1:
        return np.zeros(len(given))
    near, who = _neighbours(given, min(k - 1 + SPARE, len(given) - 1))
    found = np.empty(len(given))
    for low in range(0, len(given), AT_ONCE):
        rows = np.arange(low, min(low + AT_ONCE, len(given)))
        columns, at = np.unique(who[rows], return_inverse=True)
        of = np.take_along_axis(squares(given, rows, columns), at.reshape(len(rows), -1), axis=1)
        found[rows] = np.partition(of, k - 2, axis=1)[:, k - 2]
    if near.shape[1] < len(given) - 1:
        # What was not kept is no nearer than the last that was, to within the doubt.
        least = -2 * (near.min(axis=1).astype(np.float64) + doubt(given, slice(None)))
        unsure = np.flatnonzero((found > least) & (found > 0))
        for low in range(0, len(unsure), AT_ONCE):
            rows = unsure[low : low + AT_ONCE]
            found[rows] = np.partition(squares(given, rows, np.arange(len(given))), k - 1, axis=1)[:, k - 1]
    return np.sqrt(found)


def _neighbours(given: Points, many: int) -> tuple[Single, Places]:
    """The nearness and the numbers of the `many` nearest others of each point (n x many), in no order."""
    near = np.full((len(given), many), -np.inf, np.float32)
    who = np.zeros((len(given), many), np.int32)
    for rows in given.blocks:
        found = nearness(given, rows, rows)
        np.fill_diagonal(found, -np.inf)
        few = min(many, len(found) - 1)
        best = np.argpartition(-found, few - 1, axis=1)[:, :few] if few else np.zeros((len(found), 0), np.int64)
        near[rows, :few], who[rows, :few] = np.take_along_axis(found, best, axis=1), best + rows.start
    for number, rows in enumerate(given.blocks):
        for columns in given.blocks[number + 1 :]:
            found = nearness(given, rows, columns)
            left, right = near[rows].min(axis=1), near[columns].min(axis=1)
            a, b = np.divmod(np.flatnonzero((found > left[:, None]) | (found > right)), found.shape[1])
            value = found[a, b]
            for of, other, at, to, worst in ((a, b, rows, columns, left), (b, a, columns, rows, right)):
                nearer = value > worst[of]
                _keep(near, who, of[nearer] + at.start, other[nearer] + to.start, value[nearer])
    return near, who


def _keep(near: Single, who: Places, of: NDArray[np.int64], other: NDArray[np.int64], value: Single) -> None:
    """Puts m neighbours `other` of points `of` among the nearest, where they are."""
    many = near.shape[1]
    order = np.lexsort((-value, of))
    of, other, value = of[order], other[order], value[order]
    some, first, count = np.unique(of, return_index=True, return_counts=True)
    row = np.repeat(np.arange(len(some)), count)
    rank = np.arange(len(of)) - np.repeat(first, count)
    top = rank < many
    values = np.full((len(some), 2 * many), -np.inf, np.float32)
    numbers = np.zeros((len(some), 2 * many), np.int32)
    values[:, :many], numbers[:, :many] = near[some], who[some]
    values[row[top], many + rank[top]], numbers[row[top], many + rank[top]] = value[top], other[top]
    best = np.argpartition(-values, many - 1, axis=1)[:, :many]
    near[some] = np.take_along_axis(values, best, axis=1)
    who[some] = np.take_along_axis(numbers, best, axis=1)
