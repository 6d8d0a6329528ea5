"""A sample that no judge had a part in: rows in the order of hash(seed, id), what was kept and what was rejected alike.

    rows, 500, seed -> the 500 of smallest hash, always the same ones, in that order; of dialogues as many of each style

The first so many of a larger sample are the smaller one: labels for 100 rows are the beginning of those for 500.
"""

import heapq
from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import chain, islice, zip_longest
from typing import Any

from builders.errors import UserError
from builders.row import Row
from generation.judged import judged_rows


def drawn(rows: Iterable[Row], size: int, seed: int, by: str | None = None) -> list[Row]:
    """`size` rows; with `by` those of each value of that column in turns. Rows that cannot be read are none."""
    if size < 1:
        raise UserError(f"size is {size}; it must be at least 1")
    smallest: dict[Any, list[tuple[int, int, Row]]] = {}
    for number, row in enumerate(rows):
        if row["bad_row"] or row["id"] is None:
            continue
        heap = smallest.setdefault(row.get(by) if by else None, [])
        item = (-place(seed, str(row["id"])), -number, row)
        if len(heap) < size:
            heapq.heappush(heap, item)
        elif item[:2] > heap[0][:2]:
            heapq.heapreplace(heap, item)
    groups = [sorted(smallest[name], key=lambda item: item[:2], reverse=True) for name in sorted(smallest, key=str)]
    return [item[2] for item in islice(filter(None, chain.from_iterable(zip_longest(*groups))), size)]


def place(seed: int, name: str) -> int:
    """Where a row stands in the order."""
    return int.from_bytes(sha256(f"{seed} {name}".encode("utf-8", "replace")).digest()[:8], "big")


def sample_of(where: str, size: int, seed: int) -> tuple[list[Row], bool]:
    """A sample of an input, and whether it holds dialogues: of a finished folder of problems those that were judged, of one
    of dialogues those that were kept. UserError where the rows are neither."""
    head = next((row for row in judged_rows(where, needs=["id"]) if not row["bad_row"]), {})
    if "turns" in head and "passage" in head:
        return drawn(_kept(where), size, seed, "style"), True
    if "problem" not in head:
        raise UserError(
            f"{where} has neither problems nor dialogues; it has {', '.join(name for name in head if name != 'bad_row')}"
        )
    return drawn(judged_rows(where, needs=["id", "problem"]), size, seed), False


def _kept(where: str) -> Iterator[Row]:
    return (row for row in judged_rows(where, needs=["id", "turns", "passage"]) if not row.get("reason"))
