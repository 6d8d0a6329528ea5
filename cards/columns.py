"""The columns of a finished folder's configs: counts, sums, numbers and languages, a row group at a time.

Config, names of its columns -> what stands in them
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from datasets import Features

from builders.detector import detected
from builders.groups import record_batches, rows_in
from builders.row import Row

LOOKED_AT = 200  # rows of a config that are looked at for their language, or for one to show
LANGUAGE_OF = 2000  # characters of each
TEXTS = ("text", "Text", "problem")  # the column that is looked at, the first of them


@dataclass(frozen=True)
class Config:
    """A config that the folder declares: its rows, columns and files, and bytes on the disk and before compression."""

    name: str
    rows: int
    columns: Features
    files: list[Path]
    bytes: int
    raw_bytes: int


def tally(config: Config, columns: Sequence[str]) -> Counter[tuple[Any, ...]]:
    """How often each combination of values of text columns stands in a config; empty where it lacks a column."""
    found: Counter[tuple[Any, ...]] = Counter()
    for table in _tables(config, columns):
        counted = table.group_by(list(columns), use_threads=False).aggregate([([], "count_all")]).to_pydict()
        values = [counted[column] for column in columns]
        for *key, count in zip(*values, counted["count_all"], strict=True):
            found[tuple(key)] += count
    return found


def total(config: Config | None, column: str) -> int:
    """The sum of a column of whole numbers; 0 where there is none."""
    return sum(pc.sum(table[column]).as_py() or 0 for table in _tables(config, [column])) if config else 0


def numbers(config: Config, column: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The numbers of a column, shape (rows that have one,)."""
    parts = [
        part.cast(pa.float64(), safe=False).drop_null().to_numpy()
        for table in _tables(config, [column])
        for part in [table[column]]
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def nulls(config: Config, column: str) -> int:
    """Rows of a config in which a column is null."""
    return sum(table[column].null_count for table in _tables(config, [column]))


def sums(config: Config, by: Sequence[str], of: Sequence[str]) -> dict[tuple[Any, ...], list[int]]:
    """By the values of text columns: how many rows, and the sums of columns of whole numbers; empty where one is lacking."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for table in _tables(config, [*by, *of]):
        wanted: list[Any] = [([], "count_all"), *((name, "sum") for name in of)]
        counted = table.group_by(list(by), use_threads=False).aggregate(wanted).to_pydict()
        columns = [counted["count_all"], *(counted[f"{name}_sum"] for name in of)]
        for key, numbers in zip(
            zip(*(counted[name] for name in by), strict=True), zip(*columns, strict=True), strict=True
        ):
            before = found.get(key, [0] * len(numbers))
            found[key] = [old + (new or 0) for old, new in zip(before, numbers, strict=True)]
    return found


def a_row(config: Config, columns: Sequence[str], fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first of a config's first 200 rows that `fits`, else the first row; a column that is not there is null."""
    rows = first_rows(config, columns)
    return {**dict.fromkeys(columns), **next((row for row in rows if fits(row)), rows[0])}


def languages(config: Config) -> Counter[str]:
    """ISO 639-1 -> rows that read as that language, of the config's first 200 rows at the most."""
    found: Counter[str] = Counter()
    texts = (name for name in TEXTS if getattr(config.columns.get(name), "dtype", None) == "string")
    if column := next(texts, None):
        for row in first_rows(config, [column]):
            if re.search(r"[^\W\d_]{2}", start := (row[column] or "")[:LANGUAGE_OF]):
                found[detected(start)[0]] += 1
    return found


def first_rows(config: Config, columns: Sequence[str]) -> list[Row]:
    """A config's first 200 rows, with these columns of those that are there."""
    return [*islice(rows_in(config.files[:1], columns), LOOKED_AT)]


def _tables(config: Config, columns: Sequence[str]) -> Iterator[pa.Table]:
    if all(column in config.columns for column in columns):
        for batch in record_batches(config.files, columns):
            yield pa.Table.from_batches([batch])
