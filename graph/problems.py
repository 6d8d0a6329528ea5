"""Rows with knowledge points -> the problems that the graph is made of, and the rows that are none, with their reasons.

    {"id": "p1", "knowledge_points": ["Sine", "Circle"]}, {"id": "p2", "knowledge_points": null}
    -> problems [("p1", ["Circle", "Sine"])], rejected [{"id": "p2", ..., "reason": "bad_row", "detail": "..."}]

A problem without points is a problem. What holds no text among the points is left out and counted.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from datasets import Features, List

from builders import rows
from builders.errors import UserError
from builders.objects import kind_of
from builders.row import TEXT, WHY, Row
from builders.seen import Seen
from builders.text import mend

REJECTED = Features({"id": TEXT, "knowledge_points": List(TEXT), **WHY})


@dataclass
class Problems:
    """Problems, each with its points, sorted; rejected rows; how many points without a text were left out."""

    kept: list[tuple[str, list[str]]] = field(default_factory=list)
    rejected: list[Row] = field(default_factory=list)
    blank: int = 0


def read(where: str, limit: int | None = None) -> Problems:
    """The problems at `where` (a Hub id, a local file or folder, `sample`), of the first `limit` rows.

    UserError where there is nothing to read, or no column `id` or `knowledge_points`.
    """
    if limit is not None and limit < 1:
        raise UserError(f"limit is {limit}; it must be 1 or more, or left out for all")
    source = rows.find(where, sample="problems.jsonl")
    columns = ["id", "knowledge_points"]
    with Seen() as seen:
        return sorted_out(islice(rows.read(source, columns, needs=columns), limit), seen)


def sorted_out(given: Iterable[Row], seen: Seen) -> Problems:
    """Problems from rows; `seen` knows those before. Of those with one id the first counts, and others only if their points are others."""
    made = Problems()
    for row in given:
        _sort(row, made, seen)
    return made


def _sort(row: Row, made: Problems, seen: Seen) -> None:
    """Puts a row where it belongs."""
    name = rows.as_text(row.get("id"))
    name = mend(name) if name else None
    held, wrong = points_of(row.get("knowledge_points"))
    wrong = row.get("bad_row") or wrong or (None if name else "has no id")
    if wrong or name is None:
        made.rejected.append(_rejected(name, held, "bad_row", str(wrong)))
        return
    points = sorted({point for point in held if point.strip()})
    made.blank += sum(not point.strip() for point in held)
    name, duplicate = seen.settle(name, hashlib.sha256(json.dumps(points).encode()).hexdigest())
    if duplicate:
        made.rejected.append(_rejected(name, points, "duplicate", f"a row {name} with these points stood before"))
    else:
        made.kept.append((name, points))


def points_of(value: Any) -> tuple[list[str], str | None]:
    """The texts of a row's points, or what is wrong with them; a cell of a CSV holds them as JSON."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return [], "has a text where `knowledge_points` should be a list"
    if value is None:
        return [], "has no knowledge_points"
    if not isinstance(value, list):
        return [], f"has {kind_of(value)} where `knowledge_points` should be a list"
    other = next((point for point in value if not isinstance(point, str | None)), None)
    if other is not None:
        return [], f"has {kind_of(other)} among its `knowledge_points`, which are texts"
    return [mend(point or "") for point in value], None


def _rejected(name: str | None, points: list[str], reason: str, detail: str) -> Row:
    why = dict(zip(WHY, ("combinations", "seed", reason, detail), strict=True))
    return {"id": name, "knowledge_points": points, **why}
