"""The story of a row as it is told on a screen and in a page: sections of facts, tables, texts, and what was asked.

what a finished folder holds of a row -> Story
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

Cell = str | int | float | None


@dataclass(frozen=True)
class Facts:
    """Names and their values, a line each."""

    values: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table:
    """Columns and rows; null cells stay empty."""

    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class Text:
    """A text that somebody else wrote, whole, and what it is."""

    what: str
    text: str


@dataclass(frozen=True)
class Note:
    """A sentence of ours."""

    text: str


@dataclass(frozen=True)
class Exchange:
    """A question as it was asked and the reply as it was received; `said`: who, and what, in order."""

    title: str
    facts: Facts
    said: Sequence[Text]


Part = Facts | Table | Text | Note | Exchange


@dataclass(frozen=True)
class Section:
    """A step of the way."""

    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Story:
    """`verdict`: in a sentence, what became of it."""

    title: str
    verdict: str
    sections: Sequence[Section] = field(default_factory=tuple)
