"""What ends the making of a dataset, as those who asked for it see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from datasets import Dataset
from datasets.exceptions import DatasetGenerationError

from builders.arrow import as_raised
from builders.errors import WorldError
from builders.row import Row


class _Ends:
    """Rows that end in a problem."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def __call__(self) -> Iterator[Row]:
        yield {"text": "one"}
        raise self.problem


@pytest.mark.parametrize("problem", [WorldError("the disk"), MemoryError(), OSError(28, "No space left")])
def test_what_is_not_the_librarys_is_raised_as_it_was(tmp_path: Path, problem: Exception) -> None:
    with pytest.raises(type(problem)) as found, as_raised():
        Dataset.from_generator(_Ends(problem), cache_dir=str(tmp_path))
    assert str(found.value) == str(problem)


def test_a_mistake_of_ours_is_left_as_the_library_says_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetGenerationError), as_raised():
        Dataset.from_generator(_Ends(KeyError("text")), cache_dir=str(tmp_path))
