"""MIND's views of a folder of dialogues (its section 4), made when they are mixed and never stored: no model, no cost.

    a folder of dialogues, a view -> id, text, and the columns of the row, one after the other

combination   every dialogue of every style
longest       of each passage its longest dialogue
concat        of each passage the passage, then its longest dialogue
raw           each passage, as it was found
STYLE         one style alone; `rephrase` is one
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from builders import rows
from builders.errors import UserError
from builders.problems import ARE_TEXTS
from builders.row import Row
from builders.seen import Seen
from builders.sources import File, Source, find

COMBINATION, LONGEST, CONCAT, RAW = VIEWS = ("combination", "longest", "concat", "raw")
CONTROL = "rephrase"  # a control beside the styles, and in no view but its own
NEEDS = ("id", "text", "passage", "passage_id", "text_tokens")


def of_view(where: str, view: str | None, split: str | None = None) -> Source:
    """The files of a view; without one, what `where` is. UserError where there are no dialogues to view."""
    if view is None:
        return find(where, split=split)
    if view not in VIEWS:
        return find(where, config=view, split=split)
    source = find(where, split=split)
    rows.check(source, NEEDS)
    files = tuple(file for file in source.files if CONTROL not in file.path.split("/"))
    if not files:
        raise UserError(f"{where} holds no dialogues, and so no view {view}")
    return replace(source, files=files)


class Viewed:
    """The rows of a view, a file at a time. What has to be known of the others is held on the disk."""

    def __init__(self, source: Source, view: str | None) -> None:
        self.view = view
        self._chosen = longest(source) if view in (LONGEST, CONCAT) else None
        self._seen = Seen() if view == RAW else None

    def __call__(self, file: File) -> Iterator[Row]:
        """The rows of a file, with what is trained on in `text`."""
        for row in rows.of_file(file, texts=(*ARE_TEXTS, "text")):
            if row["bad_row"] or self.view not in (LONGEST, CONCAT, RAW):
                yield row
            elif self._seen is not None:
                if self._seen.add(str(row["passage_id"]), "") is None:
                    yield {**row, "id": row["passage_id"], "text": row["passage"], "model": None}
            elif self._chosen is not None and is_chosen(self._chosen, row):
                joined = f"{row['passage']}\n\n{row['text']}"
                yield row if self.view == LONGEST else {**row, "text": joined}

    def close(self) -> None:
        """Forgets what was seen."""
        for each in (self._chosen, self._seen):
            if each is not None:
                each.close()


def longest(source: Source) -> sqlite3.Connection:
    """passage -> the id of its longest dialogue, in a temporary file; of equals the first."""
    made = sqlite3.connect("", isolation_level=None)
    for line in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", "BEGIN"):
        made.execute(line)
    made.execute("CREATE TABLE longest (passage TEXT PRIMARY KEY, tokens INT, id TEXT) WITHOUT ROWID")
    for row in rows.read(source, ["id", "passage_id", "text_tokens"]):
        if not row["bad_row"]:
            made.execute(
                "INSERT INTO longest VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tokens = excluded.tokens, id = excluded.id "
                "WHERE excluded.tokens > tokens",
                (str(row["passage_id"]), row["text_tokens"] or 0, str(row["id"])),
            )
    return made


def is_chosen(chosen: sqlite3.Connection, row: Row) -> bool:
    """Whether a dialogue is its passage's longest."""
    with closing(chosen.execute("SELECT id FROM longest WHERE passage = ?", (str(row["passage_id"]),))) as found:
        return next(found, (None,))[0] == str(row["id"])
