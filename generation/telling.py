"""A story on the screen: wrapped to the width of a terminal, in colours there alone; into a file or a pipe line by line.

Story -> lines; nothing in it acts on the terminal
"""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from rich import box
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table as Columns
from rich.text import Text as Styled

from builders.markdown import clean
from builders.screen import say, show
from cards.story import Exchange, Facts, Note, Part, Story, Table, Text

INDENT = 4


def tell(story: Story) -> None:
    """Prints a story."""
    if sys.stdout.isatty():
        show(
            Rule(Styled(clean(story.title), "bold"), characters="═", align="left"), Styled(clean(story.verdict), "bold")
        )
        for section in story.sections:
            show("", Rule(Styled(clean(section.title), "bold cyan"), align="left"))
            for part in section.parts:
                show(*_shown(part, 2))
        return
    say(f"══ {clean(story.title)}\n{clean(story.verdict)}")
    for section in story.sections:
        say(f"\n── {clean(section.title)}")
        for part in section.parts:
            for line in _lines(part, "  "):
                say(line)


def _shown(part: Part, indent: int) -> Iterator[Any]:
    """A part for a terminal."""
    if isinstance(part, Note):
        yield _at(Styled(clean(part.text), "italic"), indent)
    elif isinstance(part, Facts):
        yield _at(_columns(part.values), indent)
    elif isinstance(part, Table):
        table = Columns(*part.head, box=box.SIMPLE_HEAD, pad_edge=False)
        for row in part.rows:
            table.add_row(*(Styled(_cell(cell)) for cell in row))
        yield _at(table, indent)
    elif isinstance(part, Text):
        yield _at(Styled(clean(part.what), "bold green"), indent)
        yield _at(Styled(clean(part.text)), indent + INDENT)
    elif isinstance(part, Exchange):
        yield ""
        yield _at(Styled(clean(part.title), "bold magenta"), indent)
        yield from _shown(part.facts, indent + 2)
        for text in part.said:
            yield from _shown(text, indent + 2)


def _at(shown: Any, indent: int) -> Padding:
    return Padding(shown, (0, 0, 0, indent), expand=False)


def _columns(values: Sequence[tuple[str, str]]) -> Columns:
    table = Columns.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in values:
        table.add_row(Styled(clean(name)), Styled(clean(value)))
    return table


def _lines(part: Part, indent: str) -> Iterator[str]:
    """The same as lines that are not wrapped: what is written to a file stays as it was."""
    if isinstance(part, Note):
        yield indent + clean(part.text)
    elif isinstance(part, Facts):
        width = max((len(name) for name, _ in part.values), default=0)
        yield from (f"{indent}{name:<{width}}  {clean(value)}" for name, value in part.values)
    elif isinstance(part, Table):
        yield from ((indent + line).rstrip() for line in _table(part))
    elif isinstance(part, Text):
        yield f"{indent}{clean(part.what)}:"
        yield from (f"{indent}{' ' * INDENT}{line}" for line in clean(part.text).split("\n"))
    elif isinstance(part, Exchange):
        yield f"\n{indent}{clean(part.title)}"
        yield from _lines(part.facts, indent + "  ")
        for text in part.said:
            yield from _lines(text, indent + "  ")


def _table(part: Table) -> Iterator[str]:
    cells = [list(part.head), *([_cell(cell) for cell in row] for row in part.rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(part.head))]
    for row in cells:
        yield "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))


def _cell(value: Any) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(clean(str(value)).split()) if value is not None else ""
