"""What a row is, some rows at a time, and the columns in which a row that is not kept says why.

rows, 64 -> lists of at most 64 rows
"""

from collections.abc import Iterable, Iterator
from typing import Any

from datasets import Features, Value

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
