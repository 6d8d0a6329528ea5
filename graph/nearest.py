"""What is nearest to each of many vectors among others: a problem's nearest seed, or the items of a benchmark near it.

    points (n x d), among (m x d) -> index (n), similarity (n);  the few most similar at or above a similarity

Products are made in blocks and only the greatest of each block is kept, so that memory does not grow with n x m.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from graph.similarity import SLACK, Numbers, Vectors, cosines

Found = tuple[Numbers, Numbers, NDArray[np.float64]]  # pairs, and how similar they are

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


def near(points: Vectors, among: Vectors, least: float, most: int) -> Found:
    """Of each of n points the `most` of `among` whose cosine is greatest, and `least` or more: both numbers, and the cosine.

    Sorted by point, then the most similar first, then by the number among the others. However many are that near, no more
    than those of a block and `most` of each point are held.
    """
    found = [(np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0))]
    for low, start, products in _blocks(points, among):
        rows, columns = _hits(products, least, most)
        a, b = (rows + low).astype(np.int32), (columns + start).astype(np.int32)
        similarity = cosines(points, a, b, among)
        sure = similarity >= least
        pairs = a[sure], b[sure], similarity[sure]
        if start:
            pairs = _joined([found.pop(), pairs])
        found.append(_best(*pairs, most))
    return _joined(found)


def _joined(found: Sequence[Found]) -> Found:
    a, b, similarity = zip(*found, strict=True)
    return np.concatenate(a), np.concatenate(b), np.concatenate(similarity)


def _hits(products: Vectors, least: float, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of a block that may be among the `most` of their row."""
    floor = np.full((len(products), 1), least, np.float32)
    if most < products.shape[1] and np.count_nonzero(products >= least - SLACK) > most * len(products):
        greatest = np.partition(products, -most, axis=1)[:, -most, None]
        floor = np.maximum(floor, greatest - SLACK)  # which may be too low itself
    return np.divmod(np.flatnonzero(products >= floor - SLACK), products.shape[1])


def _best(a: Numbers, b: Numbers, similarity: NDArray[np.float64], most: int) -> Found:
    """Pairs in order, no more than so many of each point."""
    order = np.lexsort((b, -similarity, a))
    places = np.arange(len(order)) - np.searchsorted(a[order], a[order])
    order = order[places < most]
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
