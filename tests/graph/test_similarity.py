"""Near pairs are those that a plain comparison of all pairs finds, in the order in which they merge."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from builders.errors import UserError
from graph import similarity
from graph.similarity import Pairs, bars, close_pairs, histogram

Vectors = NDArray[np.floating]

few_vectors = st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3).filter(any), min_size=1, max_size=25).map(
    lambda rows: np.array(rows, np.float32)
)


def names(number: int) -> list[str]:
    """Texts whose order is not that of their numbers."""
    return [f"point {(n * 7) % 101:03}" for n in range(number)]


def plain_pairs(texts: list[str], vectors: Vectors, least: float) -> list[tuple[str, str, float]]:
    units = vectors.astype(float) / np.linalg.norm(vectors.astype(float), axis=1)[:, None]
    found = []
    for a, b in combinations(range(len(texts)), 2):
        cosine = round(float(units[a] @ units[b]), 6)
        if cosine >= least:
            found.append((min(texts[a], texts[b]), max(texts[a], texts[b]), cosine))
    return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))


def named(texts: list[str], pairs: Pairs) -> list[tuple[str, str, float]]:
    columns = (pairs.a.tolist(), pairs.b.tolist(), pairs.similarity.tolist())
    return [(texts[a], texts[b], cosine) for a, b, cosine in zip(*columns, strict=True)]


@given(few_vectors, st.sampled_from([-1.0, 0.0, 0.7, 0.9, 1.0]))
def test_near_pairs_are_those_of_a_plain_comparison(vectors: Vectors, least: float) -> None:
    texts = names(len(vectors))
    expected, ours = plain_pairs(texts, vectors, least), named(texts, close_pairs(texts, vectors, least))
    assert [pair[:2] for pair in ours] == [pair[:2] for pair in expected]
    assert np.allclose([pair[2] for pair in ours], [pair[2] for pair in expected], atol=2e-6)


@given(few_vectors)
@settings(max_examples=30)
def test_blocks_of_any_size_find_the_same_pairs(vectors: Vectors) -> None:
    texts = names(len(vectors))
    whole = named(texts, close_pairs(texts, vectors))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(similarity, "SIDE", 2)
        assert named(texts, close_pairs(texts, vectors)) == whole


def test_the_order_of_the_points_is_without_effect() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.standard_normal((80, 4)).astype(np.float32)
    texts, order = names(80), chance.permutation(80)
    shuffled = [texts[n] for n in order]
    assert named(shuffled, close_pairs(shuffled, vectors[order])) == named(texts, close_pairs(texts, vectors))


def test_a_similarity_does_not_depend_on_length_or_precision() -> None:
    chance = np.random.default_rng(2)
    vectors = chance.integers(-8, 9, (60, 5)) + 0.5
    texts = names(60)
    expected = named(texts, close_pairs(texts, vectors))
    for same in (vectors.astype(np.float32), vectors.astype(np.float16), vectors * 1000):
        assert named(texts, close_pairs(texts, same)) == expected


def test_what_a_model_decides_is_what_is_near_and_not_sure() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [1, 0.75]])  # 0.995, 0.8 and 0.856
    pairs = close_pairs(["a", "b", "c"], vectors)
    assert pairs.similarity[pairs.undecided()].tolist() == [0.855732, 0.8]
    assert pairs.undecided(sure=0.85).tolist() == [2]


@pytest.mark.parametrize("bad", [0.0, np.nan, np.inf])
def test_an_embedding_that_is_none_is_an_error_that_names_its_point(bad: float) -> None:
    vectors = np.array([[1.0, 1.0], [bad, bad]])
    with pytest.raises(UserError, match="the embedding of 'Sine' is zero or not finite; 1 of 2 are"):
        close_pairs(["Circle", "Sine"], vectors)


def test_each_point_needs_a_vector() -> None:
    with pytest.raises(UserError, match=r"2 points have embeddings of shape \(3, 4\); each needs one vector"):
        close_pairs(["Circle", "Sine"], np.ones((3, 4)))


def test_embeddings_that_find_everything_near_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "MOST", 100)
    with pytest.raises(UserError, match=r"more than 100 pairs of 50 points are at 0\.7 or above"):
        close_pairs(names(50), np.ones((50, 3)))


def test_a_histogram_counts_the_nearest_of_each_point() -> None:
    vectors = np.array([[1, 0], [1, 0.1], [1, 0.75], [-1, 0]])
    assert histogram(names(4), vectors) == {"-0.80": 1, "0.85": 1, "0.95": 2}


def test_a_histogram_of_many_points_is_made_of_some(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = np.random.default_rng(3).standard_normal((300, 8))
    monkeypatch.setattr(similarity, "SAMPLED", 50)
    assert sum(histogram(names(300), vectors).values()) == 50


def test_no_point_and_a_single_one_have_no_histogram() -> None:
    for number in (0, 1):
        assert histogram(names(number), np.ones((number, 3))) == {}
        assert len(close_pairs(names(number), np.ones((number, 3))).a) == 0
    assert bars({}) == ""


def test_bars_are_as_long_as_their_counts() -> None:
    assert bars({"0.65": 4000, "0.70": 2000, "0.75": 1}) == (
        f" 0.65 {'█' * 40} 4,000\n 0.70 {'█' * 20} 2,000\n 0.75 █ 1"
    )
