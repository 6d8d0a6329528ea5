"""Rows of one config -> parquet files whose bytes depend on the rows and their order, and on nothing else.

    rows, in any batches -> data/<config>/train-00000-of-0000N.parquet

Row groups and files are cut by the number of rows. The schema carries the `datasets` features, so that what is loaded
has the declared types.
"""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Features

from builders.disk import sync
from builders.text import mended

# Tried with nine configs of 17 columns and 7 kB a row: 200 rows to a row group keep the process 50 MB above where it
# began (1,000: 110 MB or more), and the files are within a sixth of the smallest. A file is then some 130 MB.
GROUP_ROWS = 200
FILE_GROUPS = 250
# level 3: 0.01 s per 1,000 rows dearer than level 1, and a seventh smaller
CODEC, LEVEL = "zstd", 3


class ParquetFiles:
    """The parquet files of one config below `path`: made when the first rows come, at most one open, none without rows.

    `count`: files that are ended; `rows`: rows that were given. OSError where the disk is full; `abandon` then lets go of what is open.
    """

    def __init__(self, path: Path, features: Features, group_rows: int, file_groups: int) -> None:
        self.count = self.rows = 0
        self._path = path
        self._schema: pa.Schema = features.arrow_schema
        self._group_rows = group_rows
        self._file_groups = file_groups
        self._waiting: list[dict[str, Any]] = []
        self._groups = 0
        self._writer: pq.ParquetWriter | None = None

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Takes rows, which wait, as they are, for their row group to fill: what was given must not change any more.

        A column that a row lacks is null. ValueError, when the group is written, for what was not declared.
        """
        self._waiting += rows
        self.rows += len(rows)
        while len(self._waiting) >= self._group_rows:
            self._write_group()

    def end(self) -> None:
        """Writes what waits, and gives the files the names that say how many there are."""
        if self._waiting:
            self._write_group()
        self._end_file()
        for index in range(self.count):
            self._open_name(index).rename(self._path / f"train-{index:05d}-of-{self.count:05d}.parquet")
        if self.count:
            sync(self._path)

    def abandon(self) -> None:
        """Lets go of the open file, which is about to be removed."""
        self._waiting = []
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(OSError):  # a full disk has no room for the footer either
                writer.close()

    def _write_group(self) -> None:
        """One row group, made of its rows in one go: Arrow's chunks would show in its pages where batches ended."""
        group = to_arrow(self._waiting[: self._group_rows], self._schema)
        del self._waiting[: self._group_rows]
        if self._writer is None:
            self._path.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(
                str(self._open_name(self.count)),
                self._schema,
                compression=CODEC,
                compression_level=LEVEL,
                write_statistics=_counted(self._schema),
            )
        self._writer.write_batch(group, row_group_size=group.num_rows)
        self._groups += 1
        if self._groups == self._file_groups:
            self._end_file()

    def _end_file(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()
            sync(self._open_name(self.count))
            self.count += 1
            self._groups = 0

    def _open_name(self, index: int) -> Path:
        return self._path / f"train-{index:05d}.parquet"


def to_arrow(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.RecordBatch:
    """Rows as one batch of `schema`; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD.

    Raises ValueError naming the column that is not declared, or whose value is of another type.
    """
    names = set(schema.names)
    for row in rows:
        if not row.keys() <= names:
            unknown = ", ".join(sorted(row.keys() - names))
            raise ValueError(f"column {unknown} is not declared; declared are {', '.join(schema.names)}")
    try:
        return pa.RecordBatch.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:
        return to_arrow([mended(row) for row in rows], schema)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as error:
        raise ValueError(_which_column(rows, schema) or str(error)) from error


def _which_column(rows: list[dict[str, Any]], schema: pa.Schema) -> str | None:
    """A sentence about the first value that does not fit its column."""
    for field in schema:
        for row in rows:
            try:
                pa.array([row.get(field.name)], type=field.type)
            except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError) as error:
                return f"column {field.name} is declared {field.type}, but a row holds {row[field.name]!r:.80}: {error}"
    return None


def _counted(schema: pa.Schema) -> list[str]:
    """The columns whose smallest and largest value go into the footer: numbers. Those of a text are whole texts."""
    return [field.name for field in schema if not (pa.types.is_nested(field.type) or pa.types.is_string(field.type))]
