"""Rows pulled ahead of who reads them, so that their questions are under way before anybody waits for an answer.

rows -> the same rows in the same order, each with the keys of its questions
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builders.row import Row, batches
from generation.transport import Asking, Question

if TYPE_CHECKING:
    from generation.ask import Ask
    from generation.run import Run
BATCH = 32  # rows that are rendered, looked up and handed on together
GLANCE = 0.5  # seconds without a row after which it is looked whether the run has ended
KEYS = "__keys"
UNSENT = 6  # times the slots: so many questions wait for a slot, and then no further row is pulled
# Bytes of rows that may wait, answered or not, for the rows before them: the first while who reads waits for a reply,
# the second while who reads is busy with what has come, and more of it would only fill the memory.
AHEAD, BUSY = 64 * 2**20, 20 * 2**20


@dataclass(eq=False)
class Waits:
    """Whether those who read the rows of an ask wait for replies just now, and whether no more rows may wait for them.

    `rows`: that wait to be handed on; `read`: that were.
    """

    blocked: bool = False
    full: bool = False
    rows: int = 0
    read: int = 0


@dataclass(eq=False)
class _Waiting:
    """What one iteration hands from the thread that asks to the one that reads."""

    rows: "queue.SimpleQueue[tuple[Row, list[list[str]], int] | BaseException | None]" = field(
        default_factory=queue.SimpleQueue
    )
    room: threading.Condition = field(default_factory=threading.Condition)
    size: int = 0
    over: bool = False


class Ahead:
    """Rows with their keys, in order; a thread pulls rows ahead of who reads and has their questions asked."""

    def __init__(
        self, run: "Run", asked: Sequence[tuple["Ask", Asking]], rows: Callable[[], Iterator[Row]], waits: Waits
    ) -> None:
        self.run, self.asked, self.rows, self.waits = run, asked, rows, waits
        self.roles = sorted({asking.pool for _, asking in asked})

    def __call__(self) -> Iterator[Row]:
        for row, keys in self:
            yield {**row, KEYS: keys}

    def __iter__(self) -> Iterator[tuple[Row, list[list[str]]]]:
        waiting = _Waiting()
        thread = threading.Thread(target=self._pull, args=(waiting,), name="ahead", daemon=True)
        thread.start()
        try:
            while (item := self._item(waiting)) is not None:
                if isinstance(item, BaseException):
                    raise item
                row, keys, size = item
                yield row, keys
                with waiting.room:
                    waiting.size -= size
                    self.waits.rows, self.waits.read = self.waits.rows - 1, self.waits.read + 1
                    waiting.room.notify()
        finally:
            with waiting.room:
                waiting.over, self.waits.rows = True, 0
                waiting.room.notify()

    def _item(self, waiting: _Waiting) -> "tuple[Row, list[list[str]], int] | BaseException | None":
        """What comes next; raises what has ended the run meanwhile, however long the rows take."""
        while True:
            try:
                return waiting.rows.get(timeout=GLANCE)
            except queue.Empty:
                self.run.check()

    def _pull(self, waiting: _Waiting) -> None:
        try:
            for batch in batches(self.rows(), BATCH):
                for item in self._prepare(batch):
                    with waiting.room:
                        while waiting.size > (AHEAD if self.waits.blocked else BUSY) and not waiting.over:
                            self.waits.full = True
                            waiting.room.wait(0.1)
                        self.waits.full = False
                        waiting.size += item[2]
                        self.waits.rows += not waiting.over
                    waiting.rows.put(item)
                while self.run.has_enough(UNSENT, self.roles) and not waiting.over:
                    time.sleep(0.02)
                if waiting.over:
                    return
            waiting.rows.put(None)
        except BaseException as problem:  # noqa: BLE001
            waiting.rows.put(problem)  # raised where the rows are read

    def _prepare(self, batch: list[Row]) -> Iterator[tuple[Row, list[list[str]], int]]:
        """Renders the questions of a few rows and submits those that the ledger cannot answer."""
        self.run.give_way(self.roles)
        made: list[list[list[Question]]] = []
        for row in batch:
            made.append([self._questions(question, asking, row) for question, asking in self.asked])
        self.run.submit([q for row in made for questions in row for q in questions])
        for row, asked in zip(batch, made, strict=True):
            size = sum(len(value) for value in row.values() if isinstance(value, str)) + 500
            yield row, [[q.key for q in questions] for questions in asked], size

    def _questions(self, question: "Ask", asking: Asking, row: Row) -> list[Question]:
        if not question.when(row):
            return []
        messages = question.prompt.messages(row)
        first = question.number(row)
        return [asking.question(messages, first + sample) for sample in range(question.samples)]
