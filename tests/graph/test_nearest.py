"""What is nearest is what a plain comparison of all finds, in blocks of any size."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from graph import nearest as module
from graph.nearest import near, nearest

Vectors = NDArray[np.float32]


def drawn(count: int, seed: int, width: int = 12) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, width), np.float32)
    return vectors / np.linalg.norm(vectors, axis=1)[:, None]


def plain(points: Vectors, among: Vectors) -> NDArray[np.float64]:
    return points.astype(float) @ among.astype(float).T


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 9),
    st.integers(1, 50),
    st.integers(1, 50),
    st.integers(1, 50),
)
@settings(max_examples=60, deadline=None)
def test_nearest_is_that_of_a_plain_comparison(n: int, m: int, seed: int, rows: int, columns: int, most: int) -> None:
    points, among = drawn(n, seed), drawn(m, seed + 100)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "ROWS", rows)
        patch.setattr(module, "COLUMNS", columns)
        index, similarity = nearest(points, among)
        a, b, pairs = near(points, among, 0.1, most)
    expected = plain(points, among)
    assert index.tolist() == expected.argmax(axis=1).tolist()
    assert similarity == pytest.approx(expected.max(axis=1), abs=2e-6)
    ranked = [[b for b in np.argsort(-row, kind="stable") if row[b] >= 0.1][:most] for row in expected]
    assert list(zip(a.tolist(), b.tolist(), strict=True)) == [(a, b) for a, row in enumerate(ranked) for b in row]
    assert pairs == pytest.approx(expected[a, b], abs=2e-6)


def test_near_ones_come_by_point_and_the_most_similar_first() -> None:
    among = np.array([[0.6, 0.8], [1, 0], [0, 1], [1, 0]], np.float32)
    a, b, similarity = near(among[1:2], among, 0.5, 3)
    assert (a.tolist(), b.tolist(), similarity.tolist()) == ([0, 0, 0], [1, 3, 0], [1.0, 1.0, 0.6])


def test_where_all_are_one_no_more_than_the_first_few_are_held() -> None:
    same = np.tile(drawn(1, 0), (3000, 1))
    tracemalloc.start()
    a, b, similarity = near(same[:100], same, 0.5, 3)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert a.tolist() == [n for n in range(100) for _ in range(3)] and b.tolist() == [0, 1, 2] * 100
    assert (similarity == 1).all() and peak < 60 << 20


def test_of_no_points_there_is_nothing_and_among_nothing_none_is_nearest() -> None:
    assert [len(part) for part in nearest(drawn(0, 0), drawn(3, 0))] == [0, 0]
    assert [len(part) for part in near(drawn(3, 0), drawn(0, 0), 0.5, 3)] == [0, 0, 0]
    with pytest.raises(ValueError, match="among no vectors"):
        nearest(drawn(3, 0), drawn(0, 0))
