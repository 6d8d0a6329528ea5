"""The one abstraction: ask questions about every row, and write the answers into new columns.

    rows (a Dataset or a stream) + questions -> the same rows, in the same order, with each question's columns and
    `<name>_key` (of the reply), `<name>_error` (a reason, or null), `<name>_detail`

        from generation.run import running
        with running({"generator": Role()}, Common(endpoints=["http://127.0.0.1:8080"])) as run:
            rows = ask(rows, Ask("hint", load_prompt("hint.md"), run.model("generator"), read, Features({"hint": Value("string")})))

Five laws hold (tests/generation/test_laws.py): rows are preserved; a key is what was asked; a reply is written before
anyone sees it, and the first one counts; readers are pure and run again over what was recorded; the slots stay full.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from datasets import Dataset, Features, IterableDataset, List, Value

from builders.errors import UserError
from generation.ledger import Reply, batches
from generation.prompts import Prompt
from generation.reader import AGAIN, read_with
from generation.transport import Asking, Question

if TYPE_CHECKING:
    from generation.run import Model, Run

Row = dict[str, Any]
Rows = TypeVar("Rows", Dataset, IterableDataset)
AHEAD = 64 * 2**20  # bytes of rows that may wait, answered or not, for the rows before them
UNSENT = 6  # times the slots: so many questions wait for a slot, and then no further row is pulled
BATCH = 32  # rows that are rendered, looked up and handed on together
KEYS = "__keys"


def not_rejected(row: Row) -> bool:
    """Rows that a step before has rejected are asked nothing."""
    return not row.get("reason")


@dataclass(frozen=True)
class Ask:
    """A question about every row.

    `read` turns a reply's text into the columns of `adds`, or raises `Unreadable`. With `samples` above 1 each column
    is a list in sample order. Where `when` is false nothing is asked, and the columns are null.
    """

    name: str
    prompt: Prompt
    model: "Model"
    read: Callable[[str], dict[str, Any]]
    adds: Features
    samples: int = 1
    when: Callable[[Row], bool] = not_rejected

    @property
    def columns(self) -> Features:
        """What this question adds to a row, typed."""
        made = {**self.adds, **{f"{self.name}_{end}": Value("string") for end in ("key", "error", "detail")}}
        return Features({name: List(kind) for name, kind in made.items()} if self.samples > 1 else made)


def ask(rows: Rows, *questions: Ask, run: "Run | None" = None) -> Rows:
    """Asks all questions about every row, and adds their columns; lazily for a stream."""
    from generation.run import current

    run = run or current()
    features = rows.features
    asked = [(question, run.asking(question)) for question in questions]
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
    added = {name: kind for question in questions for name, kind in question.columns.items()}
    if isinstance(rows, Dataset):
        ahead = _Ahead(run, asked, lambda: _rows_of(rows))
        mark = run.fingerprint(questions, rows._fingerprint)
        return rows.map(
            _Collect(run, asked, iter(ahead)), batched=True, batch_size=BATCH, features=Features({**rows.features, **added}),
            new_fingerprint=mark, cache_file_name=str(run.scratch / f"{mark}.arrow"), load_from_cache_file=False,
        )  # fmt: skip
    upstream = rows
    wrapped = IterableDataset.from_generator(
        _Ahead(run, asked, lambda: iter(upstream)),
        features=features and Features({**features, KEYS: List(List(Value("string")))}),
    )
    return wrapped.map(
        _Collect(run, asked),
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


@dataclass(eq=False)
class _Waiting:
    """What one iteration hands from the thread that asks to the one that reads."""

    rows: "queue.SimpleQueue[tuple[Row, list[list[str]], int] | BaseException | None]" = field(
        default_factory=queue.SimpleQueue
    )
    room: threading.Condition = field(default_factory=threading.Condition)
    size: int = 0
    over: bool = False


class _Ahead:
    """Rows with their keys, in order; a thread pulls rows ahead of who reads and has their questions asked."""

    def __init__(self, run: "Run", asked: Sequence[tuple[Ask, Asking]], rows: Callable[[], Iterator[Row]]) -> None:
        self.run, self.asked, self.rows = run, asked, rows

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a generator to name it; a run cannot be pickled and needs no name

    def __call__(self) -> Iterator[Row]:
        for row, keys in self:
            yield {**row, KEYS: keys}

    def __iter__(self) -> Iterator[tuple[Row, list[list[str]]]]:
        waiting = _Waiting()
        thread = threading.Thread(target=self._pull, args=(waiting,), name="ahead", daemon=True)
        thread.start()
        try:
            while (item := waiting.rows.get()) is not None:
                if isinstance(item, BaseException):
                    raise item
                row, keys, size = item
                yield row, keys
                with waiting.room:
                    waiting.size -= size
                    waiting.room.notify()
        finally:
            with waiting.room:
                waiting.over = True
                waiting.room.notify()

    def _pull(self, waiting: _Waiting) -> None:
        try:
            for batch in batches(self.rows(), BATCH):
                for item in self._prepare(batch):
                    with waiting.room:
                        while waiting.size > AHEAD and not waiting.over:
                            waiting.room.wait(1.0)
                        waiting.size += item[2]
                    waiting.rows.put(item)
                while self.run.has_enough(UNSENT) and not waiting.over:
                    time.sleep(0.01)
                if waiting.over:
                    return
            waiting.rows.put(None)
        except BaseException as problem:  # noqa: BLE001
            waiting.rows.put(problem)  # raised where the rows are read

    def _prepare(self, batch: list[Row]) -> Iterator[tuple[Row, list[list[str]], int]]:
        """Renders the questions of a few rows and submits those that the ledger cannot answer."""
        self.run.give_way(enough=True)
        made: list[list[list[Question]]] = []
        for row in batch:
            made.append([self._questions(question, asking, row) for question, asking in self.asked])
        self.run.submit([q for row in made for questions in row for q in questions])
        for row, asked in zip(batch, made, strict=True):
            size = sum(len(value) for value in row.values() if isinstance(value, str)) + 500
            yield row, [[q.key for q in questions] for questions in asked], size

    def _questions(self, question: Ask, asking: Asking, row: Row) -> list[Question]:
        if not question.when(row):
            return []
        messages = question.prompt.messages(row)
        return [asking.question(messages, sample) for sample in range(question.samples)]


class _Collect:
    """The batched `map`: waits until the keys of its rows are settled, and reads their replies from the ledger."""

    def __init__(
        self,
        run: "Run",
        asked: Sequence[tuple[Ask, Asking]],
        ahead: Iterator[tuple[Row, list[list[str]]]] | None = None,
    ) -> None:
        self.run, self.asked, self.ahead = run, asked, ahead

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        count = len(next(iter(batch.values())))
        keys = [next(self.ahead)[1] for _ in range(count)] if self.ahead is not None else batch[KEYS]
        self.run.give_way()
        replies = self.run.replies([key for row in keys for of_ask in row for key in of_ask])
        columns: dict[str, list[Any]] = {}
        for number, (question, asking) in enumerate(self.asked):
            read = [[self._read(asking, replies[key]) for key in row[number]] for row in keys]
            for name in question.columns:
                if question.samples > 1:
                    columns[name] = [[answer.get(name) for answer in answers] if answers else None for answers in read]
                else:
                    columns[name] = [answers[0].get(name) if answers else None for answers in read]
        return columns

    def _read(self, asking: Asking, reply: Reply | str) -> Row:
        """The columns of a reply, or of the last of its tries."""
        made: Row = {}
        while isinstance(reply, Reply):
            made = {f"{asking.step}_key": reply.key, **self._columns(asking, reply)}
            following = asking.following(reply) if made.get(f"{asking.step}_error") in AGAIN else None
            if following is None:
                return made
            reply = self.run.replies([following])[following]
        return made | {f"{asking.step}_error": "no_answer", f"{asking.step}_detail": reply}

    def _columns(self, asking: Asking, reply: Reply) -> Row:
        if reply.text is None:
            return {f"{asking.step}_error": reply.reason, f"{asking.step}_detail": reply.detail}
        read, reading = self.run.reading(reply.key)
        if read is asking.read:
            return reading
        return read_with(asking.read, asking.step, reply.text, reply.finish_reason, asking.sampling["max_tokens"])
