"""The one abstraction: ask questions about every row, and write the answers into new columns.

    rows (a Dataset or a stream) + questions -> the same rows, in the same order, with each question's columns and
    `<name>_key` (of the reply), `<name>_error` (a reason, or null), `<name>_detail`

        from generation.run import running
        with running({"generator": Role()}, Common(endpoints=["http://127.0.0.1:8080"])) as run:
            rows = ask(rows, Ask("hint", load_prompt("hint.md"), run.model("generator"), read, Features({"hint": Value("string")})))

Five laws hold (tests/generation/test_laws.py): rows are preserved; a key is what was asked; a reply is written before
anyone sees it, and the first one counts; readers are pure and run again over what was recorded; the slots stay full.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from datasets import Dataset, Features, IterableDataset, List, Value, disable_progress_bars

from builders.errors import UserError
from builders.row import Row, stream
from generation.ahead import BATCH, KEYS, Ahead, Waits
from generation.current import current
from generation.ledger import Reply
from generation.models import Model
from generation.prompts import Prompt
from generation.reader import AGAIN, read_with
from generation.transport import Asking

if TYPE_CHECKING:
    from generation.run import Run

Rows = TypeVar("Rows", Dataset, IterableDataset)


def first(row: Row) -> int:
    """Rows that repeat no question of another row begin with sample 0."""
    return 0


def not_rejected(row: Row) -> bool:
    """Rows that a step before has rejected are asked nothing."""
    return not row.get("reason")


@dataclass(frozen=True)
class Ask:
    """A question about every row.

    `read` turns a reply's text into the columns of `adds`, or raises `Unreadable`. With `samples` above 1 each column
    is a list in sample order. Where `when` is false nothing is asked, and the columns are null. `number` is a row's first
    sample: rows that ask the same (repetitions of a combination) differ in it.
    """

    name: str
    prompt: Prompt
    model: Model
    read: Callable[[str], dict[str, Any]]
    adds: Features
    samples: int = 1
    when: Callable[[Row], bool] = not_rejected
    number: Callable[[Row], int] = first

    @property
    def columns(self) -> Features:
        """What this question adds to a row, typed."""
        made = {**self.adds, **{f"{self.name}_{end}": Value("string") for end in ("key", "error", "detail")}}
        return Features({name: List(kind) for name, kind in made.items()} if self.samples > 1 else made)


def ask(rows: Rows, *questions: Ask, run: "Run | None" = None) -> Rows:
    """Asks all questions about every row, and adds their columns; lazily for a stream."""
    run = run or current()
    features = rows.features
    asked, waits = [(question, run.asking(question)) for question in questions], Waits()
    for question in questions:
        missing = question.prompt.needs - set(features or {})
        if features is not None and missing:
            raise UserError(
                f"the prompt {question.prompt.name} needs the column {sorted(missing)[0]}; the rows have {', '.join(sorted(features))}"
            )
        taken = set(question.columns) & set(features or {})
        if taken:
            raise UserError(
                f"the rows have a column {sorted(taken)[0]} already; the question {question.name} would write over it"
            )
    run.waits.append((waits, sum(question.samples for question in questions)))
    added = {name: kind for question in questions for name, kind in question.columns.items()}
    if isinstance(rows, Dataset):
        if sys.stderr is None or not sys.stderr.isatty():
            disable_progress_bars()  # those of `map`: no bar where there is no terminal
        ahead = Ahead(run, asked, lambda: _rows_of(rows), waits)
        mark = run.fingerprint(questions, rows._fingerprint)
        return rows.map(
            _Collect(run, asked, waits, iter(ahead)), batched=True, batch_size=BATCH, features=Features({**rows.features, **added}),
            new_fingerprint=mark, cache_file_name=str(run.scratch / f"{mark}.arrow"), load_from_cache_file=False,
        )  # fmt: skip
    upstream = rows
    return stream(Ahead(run, asked, lambda: iter(upstream), waits), None).map(
        _Collect(run, asked, waits),
        batched=True,
        batch_size=BATCH,
        remove_columns=[KEYS],
        features=features and Features({**features, **added}),
    )


def _rows_of(rows: Dataset) -> Iterator[Row]:
    for batch in rows.iter(BATCH):
        names = list(batch)
        for values in zip(*batch.values(), strict=True):
            yield dict(zip(names, values, strict=True))


class _Collect:
    """The batched `map`: waits until the keys of its rows are settled, and reads their replies from the ledger."""

    def __init__(
        self,
        run: "Run",
        asked: Sequence[tuple[Ask, Asking]],
        waits: Waits,
        ahead: Iterator[tuple[Row, list[list[str]]]] | None = None,
    ) -> None:
        self.run, self.asked, self.waits, self.ahead = run, asked, waits, ahead

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        count = len(next(iter(batch.values())))
        keys = [next(self.ahead)[1] for _ in range(count)] if self.ahead is not None else batch[KEYS]
        self.run.put_off(lambda: not self.waits.full)
        self.run.give_way()
        replies = self._replies([key for row in keys for of_ask in row for key in of_ask])
        columns: dict[str, list[Any]] = {}
        for number, (question, asking) in enumerate(self.asked):
            read = [[self._read(asking, replies[key]) for key in row[number]] for row in keys]
            for name in question.columns:
                if question.samples > 1:
                    columns[name] = [[answer.get(name) for answer in answers] if answers else None for answers in read]
                else:
                    columns[name] = [answers[0].get(name) if answers else None for answers in read]
        return columns

    def _replies(self, keys: list[str]) -> dict[str, Reply | str]:
        """What came to these keys; only who waits for a server, and not for the disk, lets more rows wait."""
        self.waits.blocked = self.run.lacks(keys)
        replies = self.run.replies(keys)
        self.waits.blocked = False
        return replies

    def _read(self, asking: Asking, reply: Reply | str) -> Row:
        """The columns of a reply, or of the last of its tries."""
        made: Row = {}
        while isinstance(reply, Reply):
            made = {f"{asking.step}_key": reply.key, **self._columns(asking, reply)}
            following = asking.following(reply) if made.get(f"{asking.step}_error") in AGAIN else None
            if following is None:
                return made
            reply = self._replies([following])[following]
        # The same words in a run and in its replay, which cannot know why.
        return made | {f"{asking.step}_error": "no_answer", f"{asking.step}_detail": "no reply to it is recorded"}

    def _columns(self, asking: Asking, reply: Reply) -> Row:
        if reply.text is None:
            return {f"{asking.step}_error": reply.reason, f"{asking.step}_detail": reply.detail}
        read, reading = self.run.reading(reply.key)
        if read is asking.read:
            return reading
        return read_with(asking.read, asking.step, reply.text, reply.finish_reason, asking.max_tokens)
