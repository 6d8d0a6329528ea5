"""Rows in, from anywhere: `sample`, files, folders, the Hub -> dicts, each with `bad_row`.

    {"text": "..."}\\n{"te -> {"text": "...", "bad_row": None}, {"text": None, "bad_row": "line 2 is not JSON (4 bytes)"}

A line that cannot be read is a row that says so: nothing is lost, and nothing in one row ends a run. What concerns a
whole file (it is not there, is empty, has other columns) is a UserError of one sentence, before the first row.
"""

import datetime
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import pyarrow as pa

from builders.errors import UserError
from builders.formats import items, opened_parquet
from builders.objects import kind_of
from builders.parquet import to_arrow
from builders.sources import File, Source, find, opened
from builders.streams import LONGEST

__all__ = ["File", "Source", "as_text", "check", "find", "of_file", "read", "size", "tables"]

HEAD = 100  # rows in which a needed column must show up
COUNTED = 32 << 20  # bytes of text that are read through to count their rows
LOOKED_AT = 8 << 20  # bytes of a longer one that tell how long its rows are
TABLE_ROWS, TABLE_BYTES = 256, 4 << 20  # of a batch of rows on its way to arrow


def read(
    where: str | Source,
    columns: Sequence[str] | None = None,
    *,
    needs: Sequence[str] = (),
    texts: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """The rows of `where` in order, with `columns` (null where a row lacks one; None: as they are) and `bad_row`.

    `needs`: columns that the files must have, else UserError at once. `texts`: columns that hold a text or null; a row
    where one holds anything else is bad. Of a bad row everything is null but `bad_row`.
    """
    source = find(where) if isinstance(where, str) else where
    check(source, needs)
    return (row for file in source.files for row in of_file(file, columns, needs=needs, texts=texts))


def of_file(
    file: File, columns: Sequence[str] | None = None, *, needs: Sequence[str] = (), texts: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """The rows of one file, as `read` gives them."""
    blank = dict.fromkeys(columns or ())
    with opened(file) as raw:
        wanted = parquet_columns(file, raw, columns, needs)
        for place, row, wrong in items(raw, file.kind, wanted):
            if row is not None:
                for name in texts:
                    row[name], wrong = text_in(name, row.get(name), wrong)
            if row is None or wrong is not None:
                yield {**blank, "bad_row": f"{file.place}{place} {wrong}"}
            elif columns is None:
                yield {**row, "bad_row": None}
            else:
                yield {**{name: row.get(name) for name in columns}, "bad_row": None}


def text_in(name: str, value: Any, wrong: str | None) -> tuple[str | None, str | None]:
    """The text in a column and what is wrong with the row: what was before, or that it holds no text."""
    if isinstance(value, bytes):  # parquet has texts that do not say that they are
        try:
            return value.decode(), wrong
        except UnicodeDecodeError:
            return None, f"has bytes that are not UTF-8 in `{name}`"
    if isinstance(value, str) and len(value) > LONGEST:
        return None, f"has a text of over {LONGEST >> 20} MiB in `{name}`"
    if value is None or isinstance(value, str):
        return value, wrong
    return None, f"has {kind_of(value)} where `{name}` should be a text"


def parquet_columns(file: File, raw: Any, columns: Sequence[str] | None, needs: Sequence[str]) -> list[str] | None:
    """Those of `columns` that a parquet file has; None: all. UserError where it lacks one that is needed."""
    if file.kind != "parquet":
        return None
    try:
        there = opened_parquet(raw).schema_arrow.names
    except ValueError as problem:
        raise UserError(f"{file.name} cannot be read: {problem}") from problem
    raw.seek(0)
    lacking(file, needs, there)
    return None if columns is None else [name for name in there if name in columns]


def lacking(file: File, needs: Sequence[str], there: Sequence[str]) -> None:
    """UserError where a needed column is not among those that are there."""
    missing = [name for name in needs if name not in there]
    if missing:
        few = ", ".join(there[:20]) + (", ..." if len(there) > 20 else "")
        raise UserError(f"{file.name} has no column {', '.join(missing)}; it has {few}")


def check(source: Source, needs: Sequence[str] = ()) -> None:
    """UserError where the files hold no rows at all, or one lacks a needed column; of the Hub's only the first is seen."""
    files = source.files if source.commit is None else source.files[:1]
    filled = [holds_rows(file, needs) for file in files]  # all of them: each may lack a column
    if not any(filled):
        several = f"its {len(files)} files hold" if len(source.files) > 1 else "it holds"
        raise UserError(f"{source.name} is empty: {several} no rows")


def holds_rows(file: File, needs: Sequence[str]) -> bool:
    """Whether a file has a row, even a bad one. UserError where a needed column is missing, or nothing is readable."""
    if file.size == 0:
        return False
    with opened(file) as raw:
        if file.kind == "parquet":
            parquet_columns(file, raw, None, needs)
            return bool(opened_parquet(raw).metadata.num_rows)
        there: dict[str, None] = {}
        bad = []
        for place, row, wrong in islice(items(raw, file.kind), HEAD):
            if row is None:
                bad.append(f"{place} {wrong}")
                continue
            there.update(dict.fromkeys(row))
            if all(name in there for name in needs):
                return True
    if len(bad) == HEAD:
        raise UserError(f"{file.name} is no {file.kind} file: its first {HEAD} rows cannot be read ({bad[0]})")
    if there:
        lacking(file, needs, list(there))
    return bool(bad or there)


def size(where: str | Source) -> tuple[int | None, int | None]:
    """(rows, bytes of text), each None where it is not known without reading all.

    Rows are known of parquet, of what a card on the Hub declares, and of small files; bytes of plain text files.
    """
    source = find(where) if isinstance(where, str) else where
    if source.commit is not None:
        return source.rows, source.bytes
    total = sum(file.size for file in source.files)
    plain = all(file.name.lower().endswith(file.kind) for file in source.files)
    if source.files[0].kind == "parquet":
        return sum(parquet_rows(file) for file in source.files), None
    rows = sum(1 for file in source.files for _ in of_file(file, ())) if total <= COUNTED and plain else None
    return rows, total if plain else None


def about(where: str | Source) -> int | None:
    """How many rows there are, or about so many: of long jsonl, by the lines of its first MiB. None where nobody knows."""
    source = find(where) if isinstance(where, str) else where
    rows, length = size(source)
    if rows is None and length and source.commit is None and all(file.kind == "jsonl" for file in source.files):
        with opened(source.files[0]) as raw:
            head = raw.read(LOOKED_AT)
        return round(length * head.count(b"\n") / max(1, len(head)))
    return rows


def parquet_rows(file: File) -> int:
    """The rows of a parquet file, by its footer."""
    with opened(file) as raw:
        parquet_columns(file, raw, (), ())
        return int(opened_parquet(raw).metadata.num_rows)


def as_text(value: Any) -> str | None:
    """A value as a text: lists and objects as JSON, dates as ISO 8601 has them; null where it is nested past reading."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if not isinstance(value, dict | list | bool | int | float):
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False, default=as_text)
    except RecursionError:
        return None


def tables(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> Iterator[pa.Table]:
    """Rows as arrow tables of a few MiB."""
    batch: list[dict[str, Any]] = []
    held = 0
    for row in rows:
        batch.append(row)
        held += sum(len(value) for value in row.values() if isinstance(value, str))
        if len(batch) >= TABLE_ROWS or held >= TABLE_BYTES:
            yield pa.Table.from_batches([to_arrow(batch, schema)])
            batch, held = [], 0
    if batch:
        yield pa.Table.from_batches([to_arrow(batch, schema)])
