"""A nearness is as near to the truth as is said; squared distances are exact; what is no vector is an error."""

import numpy as np
import pytest

from builders.errors import UserError
from graph.distances import doubt, nearness, points, squares
from tests.graph.clouds import clouds, plain_distances


@pytest.mark.parametrize("name", clouds())
def test_a_nearness_is_off_by_no_more_than_its_doubt(name: str) -> None:
    vectors = clouds()[name]
    known = points(vectors)
    rows, columns = slice(0, 300), slice(200, 600)
    off = np.abs(nearness(known, rows, columns) + plain_distances(vectors)[rows, columns] ** 2 / 2)
    assert off.max(initial=0) <= doubt(known, rows, columns)


@pytest.mark.parametrize("name", clouds())
def test_squares_are_those_of_plain_distances(name: str) -> None:
    vectors = clouds()[name]
    known, some = points(vectors), np.arange(0, len(vectors), 7)
    lengths = 2 * known.halves[some].max()
    assert np.allclose(
        squares(known, some, some), plain_distances(vectors[some]) ** 2, rtol=1e-12, atol=1e-14 * lengths
    )


def test_single_precision_is_not_copied() -> None:
    vectors = np.ones((4, 3), np.float32)
    assert points(vectors).vectors is vectors


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e20])
def test_a_vector_that_is_none_is_an_error_that_names_its_row(bad: float) -> None:
    vectors = np.ones((5, 3), np.float32)
    vectors[2, 1] = bad
    with pytest.raises(UserError, match="the embedding of row 2 is not finite or too long; 1 of 5 are"):
        points(vectors)


def test_vectors_are_a_table() -> None:
    with pytest.raises(UserError, match=r"have the shape \(4,\); they must be a table"):
        points(np.ones(4))
