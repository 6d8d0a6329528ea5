"""Labels are those of scikit-learn, on whatever vectors; what is not needed of neighbours is not kept."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from builders.errors import UserError
from graph import clusters, distances
from graph.clusters import NOISE, dbscan
from tests.graph.clouds import Vectors, clouds, families, few_whole, plain_distances


def expected(vectors: Vectors, eps: float, min_points: int) -> list[int]:
    return list(DBSCAN(eps=eps, min_samples=min_points).fit(vectors).labels_)


@pytest.mark.parametrize("name", clouds())
@pytest.mark.parametrize("min_points", [1, 2, 5, 30])
def test_labels_are_those_of_scikit_learn(name: str, min_points: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """At distances between points, where some pairs are exactly as far apart as eps, and in blocks that don't divide."""
    vectors = clouds()[name]
    between = np.unique(plain_distances(vectors[:100])[:1])
    monkeypatch.setattr(distances, "SIDE", 96)
    for share in (0.02, 0.1, 0.3, 1):
        eps = float(between[int(share * (len(between) - 1))]) or 1e-3
        assert dbscan(vectors, eps, min_points).tolist() == expected(vectors, eps, min_points)


@given(few_whole, st.sampled_from([0.5, 1.0, 2**0.5, 2.0, 3**0.5, 9.0]), st.integers(1, 6))
@settings(max_examples=100)
def test_points_that_are_exactly_eps_apart_are_neighbours_where_scikit_learn_says_so(
    vectors: Vectors, eps: float, min_points: int
) -> None:
    assert dbscan(vectors, eps, min_points).tolist() == expected(vectors, eps, min_points)


def test_tenths_that_are_a_tenth_apart_are_neighbours() -> None:
    vectors, eps = clouds()["a grid of tenths"], float(np.float32(0.1))
    assert dbscan(vectors, eps, 3).tolist() == expected(vectors, eps, 3)


def test_what_single_precision_cannot_decide_is_decided_in_double(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clouds()["families far from the origin"]
    labels = dbscan(vectors, 0.5, 5).tolist()
    monkeypatch.setattr(clusters, "doubt", lambda *_: 0.0)
    assert labels == expected(vectors, 0.5, 5) != dbscan(vectors, 0.5, 5).tolist()


def test_a_border_point_is_of_the_first_cluster_that_reaches_it() -> None:
    line = np.array([5.0, 6, 5.5, 3, 1, 0, 0.5], np.float32)[:, None]  # 3 is two away from both
    assert dbscan(line, 2, 4).tolist() == [0, 0, 0, 0, 1, 1, 1]
    assert dbscan(line[::-1].copy(), 2, 4).tolist() == [0, 0, 0, 0, 1, 1, 1]


def test_no_vectors_have_no_labels() -> None:
    assert dbscan(np.zeros((0, 8), np.float32), 0.5, 5).tolist() == []


def test_vectors_in_double_precision_are_rounded_to_single() -> None:
    vectors = families(200, 32, 5, np.random.default_rng(1)).astype(np.float64) + 1e-12
    assert dbscan(vectors, 0.5, 5).tolist() == expected(vectors.astype(np.float32), 0.5, 5)


def test_neighbours_are_not_kept() -> None:
    """Of 6,000 equal points each is every other's neighbour: 288 MB of numbers."""
    vectors = np.ones((6000, 16), np.float32)
    tracemalloc.start()
    labels = dbscan(vectors, 0.5, 5)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (labels == 0).all() and peak < 150e6


def test_where_no_point_is_core_all_is_noise() -> None:
    assert set(dbscan(families(300, 32, 300, np.random.default_rng(2)), 0.01, 2).tolist()) == {NOISE}


@pytest.mark.parametrize(("eps", "min_points"), [(0.0, 5), (-1.0, 5), (np.nan, 5), (np.inf, 5), (0.5, 0)])
def test_eps_and_min_points_are_above_0(eps: float, min_points: int) -> None:
    with pytest.raises(UserError, match=f"eps is {eps} and min_points {min_points}; both must be above 0"):
        dbscan(np.ones((3, 2), np.float32), eps, min_points)
