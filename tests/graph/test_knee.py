"""k-distances are those of a plain computation, and their knee is where one would draw it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from builders.errors import UserError
from graph import distances
from graph import knee as knees
from graph.knee import k_distances, knee
from tests.graph.clouds import Vectors, clouds, families, few_whole, plain_distances


def plain(vectors: Vectors, k: int) -> np.ndarray:
    return np.sort(plain_distances(vectors), axis=1)[:, k - 1]


@pytest.mark.parametrize("name", clouds())
def test_k_distances_are_those_of_a_plain_computation(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clouds()[name]
    monkeypatch.setattr(distances, "SIDE", 96)
    length = np.linalg.norm(vectors.astype(np.float64), axis=1).max()
    for k in (1, 2, 5, 40):
        if k <= len(vectors):
            assert np.allclose(k_distances(vectors, k) ** 2, plain(vectors, k) ** 2, rtol=1e-9, atol=1e-14 * length**2)


@given(few_whole, st.integers(1, 9), st.sampled_from([2, 5, 1024]))
@settings(max_examples=60)
def test_blocks_of_any_size_give_the_same_k_distances(vectors: Vectors, k: int, side: int) -> None:
    k = min(k, len(vectors))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distances, "SIDE", side)
        assert np.allclose(k_distances(vectors, k), plain(vectors, k), atol=1e-7)


def test_what_single_precision_may_have_taken_for_another_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = clouds()["many nearly equal"]
    exact = plain(vectors, 5)
    assert np.allclose(k_distances(vectors, 5), exact, atol=1e-7)
    monkeypatch.setattr(knees, "doubt", lambda *_: -1.0)
    assert not np.allclose(k_distances(vectors, 5), exact, atol=1e-7)


def test_a_point_is_core_where_its_k_distance_is_within_eps() -> None:
    vectors = families(500, 64, 20, np.random.default_rng(3))
    curve = k_distances(vectors, 5)
    found = knee(curve)
    core = DBSCAN(eps=found.eps, min_samples=5).fit(vectors).core_sample_indices_
    assert core.tolist() == np.flatnonzero(curve <= found.eps).tolist()
    assert len(core) > found.place


@pytest.mark.parametrize("k", [0, 4])
def test_k_is_at_most_the_number_of_vectors(k: int) -> None:
    with pytest.raises(UserError, match=f"k is {k} and there are 3 points"):
        k_distances(np.ones((3, 2), np.float32), k)


@pytest.mark.parametrize(
    ("curve", "place", "eps"),
    [
        ([0.1, 0.1, 0.1, 0.1, 0.9], 3, 0.100001),
        ([0.1, 0.9, 0.9, 0.9, 0.9], 1, 0.900001),
        ([0.1, 0.2, 0.3, 0.4, 1.0, 1.6], 3, 0.400001),
        ([0.0, 0.0, 0.0, 0.5], 2, 0.000001),
        ([0.3, 0.3, 0.3], 0, 0.300001),
        ([0.0], 0, 0.000001),
        ([3.65e-8, 0.0, 2e-8], 0, 0.000001),  # equal points, as far as double precision can tell
    ],
)
def test_the_knee_lies_farthest_from_the_chord(curve: list[float], place: int, eps: float) -> None:
    found = knee(np.array(curve))
    assert (found.place, found.eps) == (place, eps)


@given(st.lists(st.floats(0, 2), min_size=1, max_size=30))
def test_the_order_of_points_moves_no_knee(curve: list[float]) -> None:
    one, other = knee(np.array(curve)), knee(np.array(sorted(curve, reverse=True)))
    assert (one.eps, one.place) == (other.eps, other.place)
    assert one.distances.tolist() == sorted(one.distances.tolist())


def test_no_points_have_no_knee() -> None:
    with pytest.raises(UserError, match="no points, so their distances have no knee"):
        knee(np.zeros(0))
