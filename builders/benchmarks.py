"""Benchmarks, and whatever is held against them: rows of any columns with the text that counts, and the index over many.

    math500.jsonl, openai/gsm8k, rows.parquet:question -> (benchmark, id, text), ... -> builders.overlap.Index

The text is in `problem`, `question`, `text`, or `Body` and `Question` joined (SVAMP), or in the column that FILE:column names. A
question with choices (MMLU, ARC, AQuA, C-Eval) is both: "Which of these is true?" alone is nobody's.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builders import problems, rows
from builders.errors import UserError
from builders.layout import NoSplit
from builders.overlap import Index, Item
from builders.row import Row
from builders.sources import Source

# The columns of sets of multiple choice: lists, texts, ARC's {"text": [...], "label": [...]}, and C-Eval's four.
CHOICES = (("choices",), ("options",), ("A", "B", "C", "D"))


@dataclass(frozen=True)
class Input:
    """Rows to read: where from, what they are called in evidence, which columns hold the text, and whether one was named."""

    source: Source
    label: str
    columns: tuple[str, ...]
    named: bool

    def text(self, row: Row) -> str:
        """A row's text."""
        return problems.joined(*(text for name in self.columns for text in spelled(row.get(name))))

    def items(self) -> Iterator[Item | None]:
        """The texts to look for, with their ids; None for a row that has no text to read."""
        if not self.named and self.columns in problems.TEXTS[:3]:
            for file in self.source.files:
                for row in problems.of_file(file):
                    yield None if row["bad_row"] else Item(self.label, row["id"], row["problem"])
            return
        for row in rows.read(self.source):
            name = next((text for each in problems.IDS if (text := rows.as_text(row.get(each)))), None)
            text = self.text(row) if spelled(row.get(self.columns[0])) else ""
            yield Item(self.label, name or problems.digest(text)[:16], text) if text else None


def spelled(value: Any) -> list[str]:
    """The texts of a column: those of a list one by one, of an object those that it calls `text`."""
    if isinstance(value, dict) and "text" in value:
        value = value["text"]
    texts = (rows.as_text(each) for each in (value if isinstance(value, list) else [value]))
    return [text for text in texts if text and text.strip()]


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


def opened(words: str, every_split: bool, label: str = "", split: str | None = None) -> Input:
    """What FILE or FILE:column means. UserError where there are no such rows, or no such column."""
    where, column = place(words)
    source = problems.whole(where) if every_split else of_split(where, split)
    if column:
        rows.check(source, [column])
    if column:
        return Input(source, label, (column,), True)
    found = problems.text_columns(source)
    there = {name for file in source.files[:1] for name in problems.columns_of(file)}
    choices = next((names for names in CHOICES if there.issuperset(names)), ())
    return Input(source, label, (*found, *(choices if found[-1].lower() == "question" else ())), False)


def of_split(where: str, split: str | None) -> Source:
    """The files of a split; of a set without such a split, those of its default."""
    try:
        return problems.found(where, split)
    except NoSplit:
        return problems.found(where)


def index_of(benchmarks: Sequence[str], split: str | None = None) -> tuple[Index, dict[str, Counter[str]]]:
    """The index over benchmarks, and of each how many `items` it has and how many are `unread`, which nobody looks for.

    Of each benchmark every split, or the one that is named where it has it.
    """
    if not benchmarks:
        raise UserError("no --benchmarks are given; name what the rows must not hold: Hub ids, files or folders")
    counts: dict[str, Counter[str]] = {}
    known: list[Item] = []
    for words in dict.fromkeys(benchmarks):
        given = opened(words, split is None, label(words, list(dict.fromkeys(benchmarks))), split)
        made = list(given.items())
        counts[given.label] = Counter({"items": len(made), "unread": made.count(None)})
        known += [item for item in made if item is not None]
    return Index.of(known), counts
