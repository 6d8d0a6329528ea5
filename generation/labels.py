"""Labels: what somebody who knows says of a row, in a file that grows by a line for each answer.

    {"id": "r", "problem_label": true}\\n{"id": "r", "solution_label": false} -> {"r": {"problem_label": True, "solution_label": False}}

Any file with `id` and label columns will do (jsonl, csv, parquet). A later line wins, and null takes a label back: an answer
is one line, whole on the disk before the next question, so that a kill loses at most the line that it cut.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders import rows
from builders.errors import UserError
from builders.row import Row

PROBLEMS = ("problem_label", "solution_label")
DIALOGUES = ("faithful", "gap_visible", "steps_sound")
# what each label is about
TEXTS = {
    "problem_label": ("problem",),
    "solution_label": ("problem", "solution"),
    **dict.fromkeys(DIALOGUES, ("passage", "text")),
}
NAMED = 5  # ids in a sentence
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass
class Labels:
    """The labels of rows by id, each with what it was said of (a digest of texts, or None), and lines that hold none."""

    of: dict[str, dict[str, tuple[bool, str | None]]] = field(default_factory=dict)
    unread: int = 0
    stale: set[str] = field(default_factory=set)  # ids of rows whose text is another now
    met: set[str] = field(default_factory=set)

    def take(self, line: Mapping[str, Any], columns: tuple[str, ...]) -> None:
        """Adds what a line says."""
        held = self.of.setdefault(str(line["id"]), {})
        for column in columns:
            if column in line:
                value = as_label(line[column], f"the label {column} of {line['id']}")
                held.pop(column, None)
                if value is not None:
                    held[column] = value, line.get("about")

    def about_row(self, row: Mapping[str, Any]) -> dict[str, bool]:
        """The labels of a row, without those that were given to another text under its id."""
        name, found = str(row["id"]), {}
        self.met.add(name)
        for column, (value, about) in self.of.get(name, {}).items():
            if about is None or about == digest(row, column) or not any(row.get(text) for text in TEXTS[column]):
                found[column] = value
            else:
                self.stale.add(name)
        return found

    def unused(self) -> Iterator[str]:
        """What the file holds in vain, a sentence per cause, when all rows have been met."""
        if self.unread:
            yield f"{self.unread:,} lines of the labels cannot be read"
        if self.stale:
            yield f"{len(self.stale):,} rows have labels that were given to another text: {_few(self.stale)}"
        if elsewhere := {name for name in self.of if self.of[name]} - self.met:
            yield f"{len(elsewhere):,} labelled rows are not among these: {_few(elsewhere)}"


def _few(names: set[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return ", ".join(sorted(names)[:NAMED]) + more


def as_label(value: Any, what: str) -> bool | None:
    """True, False, or None where there is none; UserError for anything else. CSV has words for them."""
    if value is None or isinstance(value, bool):
        return value
    found = _WORDS.get(str(value).strip().lower()) if str(value).strip() else None
    if found is None and str(value).strip():
        raise UserError(f"{what} is {value!r}; it must be true or false, or nothing where there is none")
    return found


def digest(row: Mapping[str, Any], column: str) -> str:
    """16 hex digits of the texts that a label is about: a row that is made anew may keep its id."""
    texts = [row.get(name) for name in TEXTS[column]]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()[:16]


def read_labels(file: Path, columns: tuple[str, ...]) -> Labels:
    """The labels of a file. UserError where it has no ids, or none of these columns."""
    found, seen = Labels(), set[str]()
    for row in rows.read(str(file), needs=["id"]):
        if row["bad_row"] or row["id"] is None:
            found.unread += 1
            continue
        seen.update(row)
        found.take(row, columns)
    if not seen & set(columns):
        raise UserError(f"{file} has none of the columns {', '.join(columns)}; it has {', '.join(sorted(seen))}")
    return found


class LabelsFile:
    """A jsonl file of labels, to be added to; `labels` is what it holds."""

    def __init__(self, path: Path, columns: tuple[str, ...]) -> None:
        if path.suffix != ".jsonl":
            raise UserError(f"{path} cannot take labels: its name must end in .jsonl")
        self.path, self.columns = path, columns
        there = path.is_file() and path.stat().st_size > 0
        self.labels = read_labels(path, columns) if there else Labels()
        self._torn = there and path.read_bytes()[-1:] != b"\n"

    def add(self, row: Row, column: str, value: bool | None) -> None:
        """Writes one label, or takes it back; on the disk when this returns."""
        line = {"id": str(row["id"]), "about": digest(row, column), column: value}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("\n" * self._torn + json.dumps(line, ensure_ascii=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._torn = False
        self.labels.take(line, self.columns)
