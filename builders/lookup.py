"""Rows of parquet files by what a column holds, without reading the others: an id, a key, one of a list.

    files, "seed_ids", {"p7"} -> the rows whose seed_ids hold p7, in order

A few rows of a row group at a time: first the column, and the rest only of groups where something was found.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builders.errors import UserError
from builders.groups import record_batches, tables
from builders.row import Row

Column: TypeAlias = pa.ChunkedArray
MOST = 2**30  # bytes of rows that belong to one name: more is a bomb, or nothing that anybody reads
FEW = 16  # rows that become Python's at once, each as large as a bomb makes it
OBJECT = 100  # bytes that Python takes for a value besides what is in it


def matching(
    files: Sequence[Path], column: str, wanted: Collection[str], columns: Sequence[str] | None = None
) -> Iterator[Row]:
    """The rows in which `column`, a text or a list of texts, holds one of `wanted`; none of files that lack the column."""
    values = pa.array(sorted(wanted), pa.string())
    return picked(files, [column], lambda *held: _holding(held[0], values), columns)


def picked(
    files: Sequence[Path], needs: Sequence[str], pick: Callable[..., list[int]], columns: Sequence[str] | None = None
) -> Iterator[Row]:
    """The rows at the places, ascending, that `pick` gives for the columns `needs` of some rows, with `columns` (None: all).

    UserError where they are more than 1 GiB.
    """
    held = 0
    for path in files:
        with pq.ParquetFile(path, pre_buffer=False) as file:
            if not set(needs) <= set(file.schema_arrow.names):
                continue
            for group in range(file.num_row_groups):
                found: deque[int] = deque()
                for start, table in _parts(file, group, needs):
                    found.extend(start + place for place in pick(*(table[name] for name in needs)))
                    _check(held + OBJECT * len(found), path)
                for start, table in _parts(file, group, columns) if found else ():
                    if not found:
                        break
                    while found and found[0] < start + len(table):
                        places = [place - start for place in islice(found, FEW) if place < start + len(table)]
                        some = table.take(places)
                        held += some.nbytes + OBJECT * sum(map(_values, some.columns))
                        _check(held, path)
                        yield from some.to_pylist()
                        for _ in places:
                            found.popleft()


def _parts(file: pq.ParquetFile, group: int, columns: Sequence[str] | None) -> Iterator[tuple[int, pa.Table]]:
    """Some rows at a time with the place of the first: Arrow cuts a part in two where one of its columns has 2 GiB."""
    start = 0
    for table in tables(file, group, columns):
        yield start, table
        start += len(table)


def _check(held: int, path: Path) -> None:
    if held > MOST:
        said = f"what belongs to one name takes over {MOST >> 20:,} MiB in {path}"
        raise UserError(f"{said}; name something to which less belongs")


def _values(held: pa.Array | Column) -> int:
    """How many values a column holds, those in its lists, maps and structs one by one."""
    if isinstance(held, pa.ChunkedArray):
        return sum(map(_values, held.chunks))
    if pa.types.is_map(held.type):
        parts = [held.keys, held.items]
    elif pa.types.is_struct(held.type):
        parts = held.flatten()
    else:
        parts = [held.flatten()] if pa.types.is_nested(held.type) and hasattr(held, "flatten") else []
    return len(held) + sum(map(_values, parts))


def texts(files: Sequence[Path], column: str) -> Iterator[str]:
    """Every text of a column, those in its lists one by one; nulls and other values are passed over."""
    for batch in record_batches(files, [column]):
        if column in batch.schema.names:
            held = pa.chunked_array([batch[column]])
            for value in (_flat(held) if _is_list(held) else held).to_pylist():
                if isinstance(value, str):
                    yield value


def _holding(held: Column, values: pa.Array) -> list[int]:
    """The places of a column at which one of the values stands, each once."""
    if not _is_list(held):
        return _places(held, values)
    parents = pc.list_parent_indices(held.combine_chunks()).to_pylist()
    return sorted({parents[place] for place in _places(_flat(held), values)})


def _places(held: Column, values: pa.Array) -> list[int]:
    if not pa.types.is_string(held.type) and not pa.types.is_large_string(held.type):
        return []
    return list(pc.indices_nonzero(pc.is_in(held, value_set=values.cast(held.type))).to_pylist())


def _flat(held: Column) -> Column:
    return pc.list_flatten(held)


def _is_list(held: Column) -> bool:
    return bool(pa.types.is_list(held.type) or pa.types.is_large_list(held.type))
