"""What ends the making of a dataset, as those who asked for it see it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from datasets import Dataset
from datasets.exceptions import DatasetGenerationError

from builders.arrow import as_raised
from builders.errors import UserError, WorldError
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


class _Of:
    """Rows of each shard, which end in a problem."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def __call__(self, shards: list[int]) -> Iterator[Row]:
        for shard in shards:
            yield {"text": str(shard)}
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "kind", "said"),
    [
        (UserError("the column is none"), UserError, "the column is none"),
        (OSError(28, "No space left"), WorldError, "No space left"),
        (MemoryError(), WorldError, "no memory is left"),
    ],
)
def test_what_ends_another_process_is_a_sentence_too(
    tmp_path: Path, problem: Exception, kind: type[Exception], said: str
) -> None:
    with pytest.raises(kind, match=said), as_raised():
        Dataset.from_generator(_Of(problem), cache_dir=str(tmp_path), gen_kwargs={"shards": [1, 2]}, num_proc=2)


def test_a_mistake_of_ours_is_left_as_the_library_says_it(tmp_path: Path) -> None:
    with pytest.raises(DatasetGenerationError), as_raised():
        Dataset.from_generator(_Ends(KeyError("text")), cache_dir=str(tmp_path))
