"""Clusters of points by how densely they lie (DBSCAN): the labels that scikit-learn gives, in less time and memory.

    vectors (n x d), eps, min_points -> labels (n): 0, 1, 2, ... in the order of their first core points; -1 is noise

GSDP, appendix E.2, counts clusters. A point is core where `min_points` points lie within eps of it, itself among them; core
points within eps of one another are of one cluster; what else is within eps of a core point is of the first such cluster.

All pairs are looked at once and no neighbours are kept: a point that is not core yet has few so far, and between core points
it is enough to know that they are joined.
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from builders.errors import UserError
from graph.distances import LONGEST, Points, doubt, nearness, points, squares

NOISE = -1

Numbers = NDArray[np.int32]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]


def dbscan(vectors: NDArray[np.floating], eps: float, min_points: int) -> Numbers:
    """The cluster of each vector (n x d, single precision, of any length), `NOISE` where it is of none.

    Exact: pairs that single precision cannot decide are decided in double. Beyond the vectors it needs some 120 MB, and
    at most 8 bytes x n x min_points. UserError where eps or min_points is not above 0.
    """
    if not (eps > 0 and math.isfinite(eps)) or min_points < 1:
        raise UserError(f"eps is {eps} and min_points {min_points}; both must be above 0")
    given = points(vectors)
    counts = np.ones(len(given), np.int64)
    # Of a core point its cluster so far, named by its first core point; of every other a number of its own below 0.
    cluster = -1 - np.arange(len(given), dtype=np.int32)
    reach, waiting = _reach(given, eps), [np.zeros((2, 0), np.int32)]
    for number, rows in enumerate(given.blocks):
        for columns in given.blocks[number:]:
            a, b = _near(given, rows, columns, cluster, reach)
            counts[rows] += np.bincount(a - rows.start, minlength=rows.stop - rows.start)
            counts[columns] += np.bincount(b - columns.start, minlength=columns.stop - columns.start)
            for part in (rows, columns):
                new = part.start + np.flatnonzero((counts[part] >= min_points) & (cluster[part] < 0))
                cluster[new] = new
            core = (cluster[a] >= 0) & (cluster[b] >= 0)
            cluster = _joined(cluster, a[core], b[core])
            waiting.append(np.stack([a[~core], b[~core]]).astype(np.int32))
    a, b = np.concatenate(waiting, axis=1)
    core = (cluster[a] >= 0) & (cluster[b] >= 0)
    return _labels(_joined(cluster, a[core], b[core]), a[~core], b[~core])


def _reach(given: Points, eps: float) -> float:
    """The square of eps, rounded as scikit-learn rounds it."""
    eps = min(eps, 4 * LONGEST)
    return eps * eps if given.few else float(np.float32(eps) * np.float32(eps))


def _near(given: Points, rows: slice, columns: slice, cluster: Numbers, reach: float) -> Pairs:
    """The pairs of a block whose squared distance is within reach, each once, but not those known to be of one cluster."""
    of, other = cluster[rows], cluster[columns]
    if (of == of[0]).all() and (other == of[0]).all():
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    found, off, least = nearness(given, rows, columns), doubt(given, rows, columns), -reach / 2
    near = found >= np.float32(least - off)
    near &= of[:, None] != other
    if rows == columns:
        near = np.triu(near, 1)
    a, b = np.divmod(np.flatnonzero(near), near.shape[1])
    open_ = np.flatnonzero(found[a, b] < least + off)
    if len(open_):
        left, at = np.unique(a[open_], return_inverse=True)
        right, to = np.unique(b[open_], return_inverse=True)
        beyond = squares(given, left + rows.start, right + columns.start)[at, to] > reach
        kept = np.ones(len(a), bool)
        kept[open_[beyond]] = False
        a, b = a[kept], b[kept]
    return a + rows.start, b + columns.start


def _joined(cluster: Numbers, a: NDArray[np.integer], b: NDArray[np.integer]) -> Numbers:
    """The clusters of core points after those of each pair have become one, named by the lower of their names."""
    apart = cluster[a] != cluster[b]
    if not apart.any():
        return cluster
    ends = cluster[np.concatenate([a[apart], b[apart]])]
    names, place = np.unique(ends, return_inverse=True)
    one, other = place.reshape(2, -1)
    graph = coo_array((np.ones(len(one), bool), (one, other)), (len(names), len(names)))
    _, group = connected_components(graph, directed=False)
    _, first = np.unique(group, return_index=True)
    renamed = np.arange(len(cluster), dtype=np.int32)
    renamed[names] = names[first[group]]
    return np.where(cluster >= 0, renamed[cluster], cluster)


def _labels(cluster: Numbers, a: NDArray[np.integer], b: NDArray[np.integer]) -> Numbers:
    """The labels, from the clusters of all core points and the pairs of which at most one is core."""
    core = cluster >= 0
    labels = np.full(len(cluster), np.iinfo(np.int32).max, np.int32)
    labels[core] = np.unique(cluster[core], return_inverse=True)[1]
    for one, other in ((a, b), (b, a)):
        edge = core[other] & ~core[one]
        np.minimum.at(labels, one[edge], labels[other[edge]])
    labels[labels == np.iinfo(np.int32).max] = NOISE
    return labels
