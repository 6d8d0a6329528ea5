"""Prompts are data: one Markdown file per question, front matter and a Jinja body.

    NAME.md + a row's columns -> messages (one from the user), the same text for the same row, for ever

The front matter's keys and the row's columns are the body's variables. What a row holds arrives as it is: a passage
with `{{`, `{%`, `$` or a fake instruction in it is text, never a template.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2

from builders.errors import UserError
from builders.plain import LARGEST, read_yaml, text_of
from generation.bodies import compiled, written

FOLDER = Path(__file__).parent / "prompts"


@dataclass(frozen=True)
class Prompt:
    """A question's words: `front` holds the front matter, `body` the template, `digest` 12 hex digits of the file's `text`."""

    name: str
    front: dict[str, Any]
    body: str
    digest: str
    text: str = field(repr=False)

    @property
    def label(self) -> str:
        """`name@digest`, as it stands in ledger, card and rows."""
        return f"{self.name}@{self.digest}"

    @cached_property
    def compiled(self) -> tuple[jinja2.Template, frozenset[str]]:
        return compiled(self.name, self.body)

    @cached_property
    def needs(self) -> frozenset[str]:
        """The row's columns that the body uses."""
        return self.compiled[1] - set(self.front)

    def messages(self, row: Mapping[str, Any]) -> list[dict[str, str]]:
        """What is sent for a row; what cannot be written (a variable that is nowhere, 1 / 0) is a `UserError`."""
        try:
            text = written(self.compiled[0], {name: row[name] for name in self.needs if name in row} | self.front)
        except ValueError as problem:
            raise UserError(f"the prompt {self.name} cannot be written for a row: {problem}") from problem
        return [{"role": "user", "content": text}]


def names() -> list[str]:
    """The prompts that ship."""
    return sorted(path.stem for path in FOLDER.glob("*.md"))


def load_prompt(name: str, ours: Sequence[str] | None = None) -> Prompt:
    """One of ours by its name, or any Markdown file by its path; `ours`: those of them that fit here."""
    path = FOLDER / f"{name}.md"
    if ours is not None and path.is_file() and name not in ours:
        raise UserError(f"the prompt '{name}' asks something else; ours that fit are {', '.join(ours)}")
    if not path.is_file():
        path = Path(name)
    if not path.is_file():
        raise UserError(
            f"there is no prompt '{name}'; ours are {', '.join(ours or names())}; any other is the path of a Markdown file"
        )
    return parse_prompt(path.stem, text_of(path, f"the prompt {name}"))


def parse_prompt(name: str, text: str) -> Prompt:
    """A prompt from the text of its file."""
    if len(text) > LARGEST:
        raise UserError(f"the prompt {name} has {len(text):,} characters; {LARGEST:,} are all")
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    head, found, body = text.removeprefix("---\n").partition("\n---\n")
    if not text.startswith("---\n") or not found:
        raise UserError(
            f"the prompt {name} has no front matter; its file begins with a line '---', keys, and a line '---'"
        )
    front = read_yaml(head, f"the front matter of the prompt {name}")
    if not isinstance(front, dict):
        raise UserError(f"the front matter of the prompt {name} holds {front!r}; it must be keys and values")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    compiled(name, body)  # what is wrong with it is said now
    return Prompt(name, front, body.strip("\n"), digest, text)
