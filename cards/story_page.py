"""A story as one HTML file: it needs no network and no script, in light and dark, and can be printed.

stories -> FILE.html; every text of a row is escaped, its formulas typeset by cards.mathematics
"""

import os
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from builders.disk import disk_errors
from builders.errors import UserError
from builders.markdown import clean
from cards.mathematics import typeset
from cards.story import Exchange, Facts, Note, Story, Table, Text

OURS = "<!-- a story told by mathloom -->"
KINDS = {Facts: "facts", Table: "table", Text: "text", Note: "note", Exchange: "exchange"}


def write_page(path: Path, stories: Sequence[Story]) -> None:
    """Writes the page. UserError where there is no such folder, or something that is no page of ours stands there."""
    if not path.parent.is_dir():
        raise UserError(f"there is no folder {path.parent} to write {path.name} into")
    if path.exists() and not _is_ours(path):
        raise UserError(f"{path} is there already, and is no page of ours; name another file")
    beside = path.with_name(f".{path.name}.unfinished")
    with disk_errors(path):
        try:
            beside.unlink(missing_ok=True)  # it may be a link
            with beside.open("x", encoding="utf-8", newline="\n") as file:
                file.write(page(stories))
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def page(stories: Sequence[Story]) -> str:
    """The page as a text."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clean=clean, cell=_cell, typeset=_typeset)
    return environment.get_template("story.html").render(
        stories=stories, kind=lambda part: KINDS[type(part)], ours=Markup(OURS)
    )


def _typeset(text: str) -> Markup | None:
    """A text with its formulas, or None where it has none."""
    made = typeset(text)
    return made if "<math" in made else None


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else clean(str(value)) if value is not None else ""


def _is_ours(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return OURS.encode() in file.read(200)
