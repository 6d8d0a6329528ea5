"""One open file of any kind -> its rows, and in its place what could not be read.

    parquet, jsonl, json, csv, tsv -> Item(place, row | None, wrong | None)

A reader takes what it can: a line that is no JSON, a file that breaks off, a page that is spoilt become items that say
so. Nothing is held but what is being read: a line, a batch, an element of an array.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from builders.groups import at_once
from builders.objects import ESCAPED, json_file, jsonl
from builders.streams import CHUNK, ENDLESS, LONGEST, SPOILT, Item, Stream, spoilt, unpacked
from builders.text import mended

LOST = 1_000_000  # rows of a spoilt part that are listed one by one: how many there are, only the file says
BATCH = 1 << 20  # bytes of parquet rows at a time: with 4 MiB, what arrow keeps for itself grows by 30 MiB
ROWS = 16  # of parquet at a time: with more, a file of 500 bytes can fill gigabytes; with fewer, reading slows down


def items(raw: io.BufferedReader, kind: str, columns: Sequence[str] | None = None) -> Iterator[Item]:
    """The rows of an open file; `columns` are those needed of a parquet file (None: all).

    Raises what the file system or the Hub raises, and ValueError where a parquet file is none.
    """
    if kind == "parquet":
        yield from parquet(raw, columns)
        return
    place = "its beginning"
    try:
        for item in READERS[kind](unpacked(raw)):
            place = item.place
            yield item
    except (*SPOILT, OSError) as problem:
        if not spoilt(problem):
            raise
        yield Item("the file", None, f"breaks off after {place}")


def separated(stream: Stream, delimiter: str) -> Iterator[Item]:
    """Rows below a header. An empty cell is null."""
    csv.field_size_limit(LONGEST)
    text = io.TextIOWrapper(cast(BinaryIO, stream), "utf-8-sig", errors="surrogateescape", newline="")
    bounded = _Lines(text)
    reader = csv.reader(bounded, strict=True, delimiter=delimiter)
    header: list[str] | None = None
    while True:
        bounded.held, first = 0, reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error:
            yield Item(span(first, reader.line_num), None, "is not CSV: a quote out of place, or a cell too long")
            continue
        if cells is None:
            return
        if header is None and cells:
            header = [mended(name.strip()) for name in cells]
        elif header is not None and cells:
            yield a_record(span(first, reader.line_num), header, cells)


class _Lines:
    """The lines of a table. One that is too long to hold is an error, and so are lines that are no record's end; the next is read again."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self.text, self.held = text, 0  # characters of this record

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.text.readline(LONGEST)
        if not line:
            raise StopIteration
        self.held += len(line)
        if self.held < LONGEST:
            return line
        size = 0
        while not line.endswith(("\n", "\r")) and (line := self.text.readline(CHUNK)):
            size += len(line)
            if size > ENDLESS:
                raise EOFError("a line without end")
        raise csv.Error("a record too long to hold")


def span(first: int, last: int) -> str:
    """The lines of a record."""
    return f"line {first}" if last <= first else f"lines {first} to {last}"


def a_record(place: str, header: list[str], cells: list[str]) -> Item:
    """The cells of a record under their names."""
    if len(cells) != len(header):
        return Item(place, None, f"has {len(cells)} cells where the header has {len(header)}")
    if any(ESCAPED.search(cell) for cell in cells):
        return Item(place, None, "is not UTF-8")
    return Item(place, {name: cell or None for name, cell in zip(header, cells, strict=True)})


def parquet(raw: io.BufferedReader, columns: Sequence[str] | None) -> Iterator[Item]:
    """The rows of a parquet file, a few MiB at a time. ValueError where it is none."""
    file = opened_parquet(raw)
    number = 0
    for group in range(file.num_row_groups):
        last = number + file.metadata.row_group(group).num_rows
        for item in _of_group(file, group, columns, number):
            number += 1
            yield item
        for lost in range(number + 1, min(last, number + LOST) + 1):
            yield Item(
                f"row {lost}", None, "stands in a part of the file that is spoilt, or needs more memory than there is"
            )
        if last > number + LOST:
            yield Item(f"rows {number + LOST + 1} to {last}", None, "are not in the file, which says that they are")
        number = max(number, last)


def _of_group(file: pq.ParquetFile, group: int, columns: Sequence[str] | None, first: int) -> Iterator[Item]:
    """The rows of a row group as far as they can be read: some at a time, and one by one where so many do not fit."""
    shape, number = file.metadata.row_group(group), first
    size = max(1, min(at_once(shape, ROWS), BATCH * shape.num_rows // max(1, shape.total_byte_size)))
    for few in dict.fromkeys((size, 1)):
        try:
            batches = file.iter_batches(few, row_groups=[group], columns=columns, use_threads=False)
            for batch in islice(batches, (number - first) // few, None):
                for item in records(batch, number):
                    number += 1
                    yield item
            return
        except (*SPOILT, OSError) as problem:
            if not spoilt(problem):
                raise
            if not isinstance(problem, MemoryError):
                return


def opened_parquet(raw: io.BufferedReader) -> pq.ParquetFile:
    """The file with its footer read. ValueError where it is no parquet."""
    try:
        # page by page: without a buffer, a column of a row group is held whole
        return pq.ParquetFile(raw, buffer_size=CHUNK, pre_buffer=False)
    except (*SPOILT, OSError) as problem:
        if not spoilt(problem):
            raise
        raise ValueError("its footer cannot be read: it is cut off, or no parquet") from problem


def records(batch: pa.RecordBatch, before: int) -> Iterator[Item]:
    """The rows of a batch. Arrow checks no UTF-8; a text that Python cannot read spoils only its own row."""
    try:
        rows = batch.to_pylist()
    except (ValueError, OverflowError):
        rows = [None] * batch.num_rows
    for at, row in enumerate(rows):
        place = f"row {before + at + 1}"
        try:
            yield Item(place, row if row is not None else batch.slice(at, 1).to_pylist()[0])
        except (ValueError, OverflowError):
            yield Item(place, None, "holds a value that is no text (not UTF-8), or no date")


READERS: dict[str, Callable[[Stream], Iterator[Item]]] = {
    "jsonl": jsonl,
    "json": json_file,
    "csv": partial(separated, delimiter=","),
    "tsv": partial(separated, delimiter="\t"),
}
