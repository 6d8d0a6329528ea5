"""What the steps share: a question from its prompt, rows changed batch by batch, and the reason that a row is left with.

prompt + reader + columns -> Ask;  rows + a function over a batch -> rows with more columns
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from datasets import Features, IterableDataset

from builders.row import Row
from generation.ahead import BATCH
from generation.ask import Ask
from generation.models import Model
from generation.prompts import load_prompt

Read = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def question(
    name: str,
    prompt: str,
    model: Model,
    read: Read,
    adds: Features,
    words: Mapping[str, Any] | None = None,
    **more: Any,
) -> Ask:
    """A question whose reader gets the prompt's front matter beside the text; `words` are a recipe's, for the prompt."""
    loaded = load_prompt(prompt)
    loaded = replace(loaded, front={**loaded.front, **(words or {})})
    return Ask(name, loaded, model, partial(_read, read=read, front=loaded.front), adds, **more)


def nested(name: str, prompt: str, model: Model, read: Read, adds: Features, **more: Any) -> Ask:
    """The same for one of several models that all answer one prompt: its columns stand in one column named `name`."""
    loaded = load_prompt(prompt)
    reader = partial(_nested, name=name, read=read, front=loaded.front)
    return Ask(name, loaded, model, reader, Features({name: dict(adds)}), **more)


def _read(text: str, read: Read, front: Mapping[str, Any]) -> dict[str, Any]:
    return read(text, front)


def _nested(text: str, name: str, read: Read, front: Mapping[str, Any]) -> dict[str, Any]:
    return {name: read(text, front)}


def each(rows: IterableDataset, change: Callable[[list[Row]], None], adds: Features) -> IterableDataset:
    """Rows with what `change` writes into the rows of a batch; lazily, in order. What it leaves out is null."""
    return rows.map(_Change(change, adds), batched=True, batch_size=BATCH, features=Features({**rows.features, **adds}))


class _Change:
    def __init__(self, change: Callable[[list[Row]], None], adds: Features) -> None:
        self.change, self.adds = change, adds

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a function to name it; what it closes over need not be picklable

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        rows = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        self.change(rows)
        return {name: [row.get(name) for row in rows] for name in [*batch, *self.adds]}


def reject(row: Row, step: str, unit: str, reason: str, detail: str | None) -> None:
    """Leaves a row with its first reason; a later one changes nothing."""
    if not row.get("reason"):
        row.update(step=step, unit=unit, reason=reason, detail=detail)


def unanswered(row: Row) -> bool:
    """Whether any question that was put about a row has no reply yet."""
    errors = (value for name, value in row.items() if name.endswith("_error"))
    return any("no_answer" in (value if isinstance(value, list) else [value]) for value in errors)


def failed(row: Row, step: str, unit: str, names: Sequence[str] = ()) -> None:
    """Rejects a row where a question of `step` (or one of `names`) has no answer that can be read.

    A reply that is missing comes first: the next run asks for it.
    """
    errors = [(row.get(f"{name}_error"), row.get(f"{name}_detail"), name) for name in names or (step,)]
    found = [error for error in errors if error[0]]
    for reason, detail, name in sorted(found, key=lambda error: error[0] != "no_answer")[:1]:
        reject(row, step, unit, str(reason), detail if name == step else f"{name}: {detail}")
