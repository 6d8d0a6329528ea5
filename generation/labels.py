"""Labels: what somebody who knows says of a row, in a file that grows by a line for each answer.

    {"id": "r", "problem_label": true}\\n{"id": "r", "solution_label": false} -> {"r": {"problem_label": True, "solution_label": False}}

Any file with `id` and label columns will do (jsonl, csv, parquet). A later line wins, and null takes a label back: an answer
is one line, whole on the disk before the next question, so that a kill loses at most the line that it cut.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders import rows
from builders.errors import UserError
from builders.row import Row

PROBLEMS = ("problem_label", "solution_label")
DIALOGUES = ("faithful", "gap_visible", "steps_sound")
TEXTS = ("problem", "solution", "text")  # what a label is about; of a row that has them all, the first two
_WORDS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass
class Labels:
    """The labels of rows by id, what each was said of (a digest of its texts), and how many lines could not be read."""

    of: dict[str, dict[str, bool]] = field(default_factory=dict)
    about: dict[str, str] = field(default_factory=dict)
    unread: int = 0

    def take(self, row: Mapping[str, Any], columns: tuple[str, ...]) -> None:
        """Adds what a line says."""
        name = str(row["id"])
        held = self.of.setdefault(name, {})
        if row.get("about") and row["about"] != self.about.setdefault(name, row["about"]):
            held.clear()  # said of another text under the same id
            self.about[name] = row["about"]
        for column in columns:
            if column in row:
                value = as_label(row[column], f"the label {column} of {name}")
                held.pop(column, None)
                if value is not None:
                    held[column] = value

    def about_row(self, row: Row) -> dict[str, bool]:
        """The labels of a row; none where they were given to another text under its id."""
        name = str(row["id"])
        said = self.about.get(name)
        return {} if said and said != digest(row) else self.of.get(name, {})


def as_label(value: Any, what: str) -> bool | None:
    """True, False, or None where there is none; UserError for anything else. CSV has words for them."""
    if value is None or isinstance(value, bool):
        return value
    found = _WORDS.get(str(value).strip().lower()) if str(value).strip() else None
    if found is None and str(value).strip():
        raise UserError(f"{what} is {value!r}; it must be true or false, or nothing where there is none")
    return found


def digest(row: Mapping[str, Any]) -> str:
    """16 hex digits of the texts that a label is about: a row that is made anew may keep its id."""
    texts = [row.get(name) for name in TEXTS if row.get(name) is not None][:2]
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
        line = {"id": str(row["id"]), "about": digest(row), column: value}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write("\n" * self._torn + json.dumps(line, ensure_ascii=True) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._torn = False
        self.labels.take(line, self.columns)
