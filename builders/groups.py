"""What parquet files hold, a few rows of a row group at a time: memory stays what it is, however many rows there are.

files, columns (None: all) -> record batches, or rows, in order

`iter_batches` over a whole file holds on to all it has read of it, 30 MB of 20,000 dialogues, and starts threads with memory of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from builders.row import Row

AT_ONCE = 200  # rows; a row group of ours has no more
HELD = 256 << 20  # bytes of rows, where each were as long as all that its row group says it holds


def record_batches(files: Iterable[Path | BinaryIO], columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """At most 200 rows each. A column that a file lacks is left out."""
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            there = None if columns is None else [name for name in columns if name in file.schema_arrow.names]
            for group in range(file.num_row_groups):
                yield from _batches(file, group, there)


def tables(file: pq.ParquetFile, group: int, columns: Sequence[str] | None) -> Iterator[pa.Table]:
    """The same rows of one row group, always in the same parts."""
    for batch in _batches(file, group, columns):
        yield pa.Table.from_batches([batch])


def _batches(file: pq.ParquetFile, group: int, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    size = at_once(file.metadata.row_group(group), AT_ONCE)
    yield from file.iter_batches(size, row_groups=[group], columns=columns and list(columns), use_threads=False)


def at_once(group: pq.RowGroupMetaData, most: int) -> int:
    """Rows to read together, `most` at most.

    In a dictionary, a long text that stands in every row takes no room in the file. Its columns' sizes are not asked for: of a
    spoilt footer pyarrow ends the process with it.
    """
    return max(1, min(most, HELD // max(1, int(group.total_byte_size))))


def rows_in(files: Iterable[Path | BinaryIO], columns: Sequence[str] | None = None) -> Iterator[Row]:
    """The same as rows."""
    for batch in record_batches(files, columns):
        yield from batch.to_pylist()
