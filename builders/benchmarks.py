"""Benchmarks, and whatever is held against them: rows of any columns with the text that counts, and the index over many.

    math500.jsonl, openai/gsm8k, rows.parquet:question -> (benchmark, id, text), ... -> builders.overlap.Index

The text is in `problem`, `question`, `text`, or `Body` and `Question` joined (SVAMP), or in the column that FILE:column names.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from builders import problems, rows
from builders.errors import UserError
from builders.overlap import Index, Item
from builders.row import Row
from builders.sources import Source


@dataclass(frozen=True)
class Input:
    """Rows to read: where from, what they are called in evidence, which columns hold the text, and whether one was named."""

    source: Source
    label: str
    columns: tuple[str, ...]
    named: bool

    def text(self, row: Row) -> str:
        """A row's text."""
        return problems.joined(*(rows.as_text(row.get(name)) for name in self.columns))

    def items(self) -> Iterator[Item | None]:
        """The texts to look for, with their ids; None for a row that has no text to read."""
        if not self.named and self.columns != ("text",):
            for file in self.source.files:
                for row in problems.of_file(file):
                    yield None if row["bad_row"] else Item(self.label, row["id"], row["problem"])
            return
        for row in rows.read(self.source):
            name = next((text for each in problems.IDS if (text := rows.as_text(row.get(each)))), None)
            text = self.text(row)
            yield Item(self.label, name or problems.digest(text)[:16], text) if text else None


def place(words: str) -> tuple[str, str]:
    """FILE or FILE:column -> the file and the column, if one is named."""
    where, colon, column = words.rpartition(":")
    return (words, "") if not colon or "/" in column or Path(words).exists() else (where, column)


def label(words: str, among: Sequence[str]) -> str:
    """What a benchmark is called on every machine: of a path the name, with as many folders as tell it from the others."""
    where = place(words)[0]
    if not Path(where).exists():
        return where
    parts = Path(where).resolve().parts
    others = [Path(place(each)[0]).resolve().as_posix() for each in among]
    tails = ["/".join(parts[-count:]) for count in range(1, len(parts))]
    return next((tail for tail in tails if sum(each.endswith(f"/{tail}") for each in others) == 1), parts[-1])


def opened(words: str, every_split: bool, label: str = "") -> Input:
    """What FILE or FILE:column means. UserError where there are no such rows, or no such column."""
    where, column = place(words)
    source = problems.whole(where) if every_split else problems.found(where)
    if column:
        rows.check(source, [column])
    return Input(source, label, (column,) if column else problems.text_columns(source), bool(column))


def index_of(benchmarks: Sequence[str]) -> tuple[Index, dict[str, Counter[str]]]:
    """The index over benchmarks, and of each how many `items` it has and how many are `unread`, which nobody looks for."""
    if not benchmarks:
        raise UserError("no --benchmarks are given; name what the rows must not hold: Hub ids, files or folders")
    counts: dict[str, Counter[str]] = {}
    known: list[Item] = []
    for words in dict.fromkeys(benchmarks):
        given = opened(words, True, label(words, list(dict.fromkeys(benchmarks))))
        made = list(given.items())
        counts[given.label] = Counter({"items": len(made), "unread": made.count(None)})
        known += [item for item in made if item is not None]
    return Index.of(known), counts
