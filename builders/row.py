"""What a row is, some rows at a time, and the columns in which a row that is not kept says why.

rows, 64 -> lists of at most 64 rows
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

from datasets import DatasetInfo, Features, IterableDataset, Value
from datasets.iterable_dataset import ExamplesIterable

Row = dict[str, Any]
TEXT = Value("string")
# where a row ended (`step`), what it was there (`unit`), a word of builders.reasons, and a sentence; null in a row that is kept
WHY = Features(dict.fromkeys(("step", "unit", "reason", "detail"), TEXT))
# The same in folders of passages, seeds and dialogues. These two orders are on people's disks, and the order of columns is
# part of a folder's bytes, which a later version has to give again.
WHY_UNIT_FIRST = Features({name: WHY[name] for name in ("unit", "step", "reason", "detail")})


def batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Lists of at most `size`."""
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class _Typed(ExamplesIterable):
    """Rows that have the types of their features: `datasets` takes them as they are, and encodes and decodes none."""

    is_typed = True


def stream(rows: Callable[[], Iterable[Row]], features: Features | None, *, typed: bool = False) -> IterableDataset:
    """What `rows` gives, each time that it is asked for, as a stream; `typed` where it has the types of `features` already.

    `IterableDataset.from_generator` does the same behind a builder, for which it imports scipy and pickles the function.
    """
    kind = _Typed if typed else ExamplesIterable
    return IterableDataset(kind(partial(_numbered, rows), {}), DatasetInfo(features=features))


def _numbered(rows: Callable[[], Iterable[Row]]) -> Iterator[tuple[int, Row]]:
    return enumerate(rows())
