"""What is nearest to each of many vectors among others: a problem's nearest seed, or the items of a benchmark near it.

    points (n x d), among (m x d) -> index (n), similarity (n);  all pairs at or above a similarity

Products are made in blocks and only the greatest of each block is kept, so that memory does not grow with n x m.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from graph.similarity import SLACK, Numbers, Vectors, cosines

ROWS, COLUMNS = 4096, 1024  # of a block of products (16 MB): fastest of those tried with OpenBLAS on two cores


def nearest(points: Vectors, among: Vectors) -> tuple[Numbers, NDArray[np.float64]]:
    """For each of n points (n x d, of length 1) the number of the nearest of `among` (m x d), and their cosine.

    The cosine is in double precision and rounded, as all machines find it; which of two is named that differ by less
    than single precision can tell is the machine's. Raises ValueError where `among` is empty.
    """
    if not len(among):
        raise ValueError("nothing is nearest among no vectors")
    index, best = np.zeros(len(points), np.int32), np.full(len(points), -np.inf, np.float32)
    for low, start, products in _blocks(points, among):
        found = products.argmax(axis=1)
        values = products[np.arange(len(products)), found]
        nearer = np.flatnonzero(values > best[low : low + ROWS])
        best[low + nearer] = values[nearer]
        index[low + nearer] = found[nearer] + start
    return index, cosines(points, np.arange(len(points)), index, among)


def near(points: Vectors, among: Vectors, least: float) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """All pairs of one of n points and one of `among` whose cosine is `least` or more: both numbers, and the cosine.

    Sorted by point, then the most similar first, then by the number among the others.
    """
    found = [np.zeros((2, 0), np.int32)]
    for low, start, products in _blocks(points, among):
        a, b = np.divmod(np.flatnonzero(products >= least - SLACK), products.shape[1])
        found.append(np.stack([a + low, b + start]).astype(np.int32))
    a, b = np.concatenate(found, axis=1)
    similarity = cosines(points, a, b, among)
    order = np.lexsort((b, -similarity, a))
    order = order[similarity[order] >= least]
    return a[order], b[order], similarity[order]


def _blocks(points: Vectors, among: Vectors) -> Iterator[tuple[int, int, Vectors]]:
    """(first row, first column, products) of each block; the next block overwrites them."""
    held = np.empty(ROWS * COLUMNS, np.float32)
    for low in range(0, len(points), ROWS):
        rows = points[low : low + ROWS]
        for start in range(0, len(among), COLUMNS):
            columns = among[start : start + COLUMNS]
            products = held[: len(rows) * len(columns)].reshape(len(rows), len(columns))
            yield low, start, np.matmul(rows, columns.T, out=products)
