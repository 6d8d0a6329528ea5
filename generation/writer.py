"""Replies that came: read for the watch, committed to the ledger together, and only then let known.

outcomes -> replies in the ledger, a transaction every 20 ms; what was read is kept for whoever reads the same text next
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from builders.commands import now
from builders.errors import WorldError
from generation.dialects import Answer
from generation.ledger import Ledger, Reply
from generation.outcomes import Outcome
from generation.reader import Reader, read_with
from generation.spare import Spare
from generation.transport import Question

GATHER = 0.02  # seconds of replies in one transaction; what is not in one is asked again after a kill
KEPT = 500  # replies that were read when they came, and are not read a second time by the rows that wait for them
MANY = 64  # replies that are written without waiting for more

Written = list[tuple[Outcome, Reply]]


class Writer:
    """Writes what comes, on a thread of its own.

    `told` gets what is written; `full` that the disk is, when all that came could still be written; `crash` all else.
    """

    def __init__(
        self,
        ledger: Ledger,
        run: int,
        told: Callable[[Written], None],
        full: Callable[[WorldError], None],
        crash: Callable[[BaseException], None],
    ) -> None:
        self.ledger, self.run, self.told, self.full, self.crash = ledger, run, told, full, crash
        self.readings: OrderedDict[str, tuple[Reader, dict[str, Any]]] = OrderedDict()
        self._came: list[Outcome] = []
        self._flushing = False
        self._timer: asyncio.TimerHandle | None = None
        self._spare: Spare | None = None
        self._thread = ThreadPoolExecutor(1, "ledger")

    def open(self) -> None:
        """Sets room aside; WorldError where there is none."""
        self._spare = Spare(self.ledger.path)

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be written."""
        return not self._came and not self._flushing

    def add(self, outcome: Outcome) -> None:
        """One more; on the asking thread, as all but the writing itself."""
        self._came.append(outcome)
        self._soon()

    async def finish(self) -> None:
        """Returns when everything is written."""
        while not self.idle:
            await self._flush() if not self._flushing else await asyncio.sleep(0.01)

    def close(self) -> None:
        """Ends the thread."""
        self._thread.shutdown()
        if self._spare is not None:
            self._spare.release()

    def _soon(self) -> None:
        """After 20 ms, or at once where many have come: the watch over bad replies must not lag behind."""
        if not self._flushing:
            self._flushing = True
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._start)
        elif self._timer is not None and len(self._came) >= MANY:
            self._timer.cancel()
            self._start()

    def _start(self) -> None:
        self._timer = None
        asyncio.get_running_loop().create_task(self._flush()).add_done_callback(self._flushed)

    def _flushed(self, task: "asyncio.Task[None]") -> None:
        self._flushing = False
        problem = task.exception()
        if problem is not None:
            self.crash(problem)
        elif self._came:
            self._soon()

    async def _flush(self) -> None:
        came, self._came = self._came, []
        if not came:
            return
        replies, problem = await asyncio.get_running_loop().run_in_executor(self._thread, self._write, came)
        self.told(list(zip(came, replies, strict=True)))
        if problem is not None:
            raise problem

    def _write(self, came: list[Outcome]) -> tuple[list[Reply], BaseException | None]:
        """On the thread. A reader with a mistake of its own must not cost a reply: write first, then raise."""
        replies, problem = [], None
        for outcome in came:
            reason, detail = outcome.reason, outcome.detail
            if outcome.answer is not None and problem is None:
                try:
                    reason, detail = self._read(outcome.question, outcome.answer)
                except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as mistake:
                    problem = mistake
            replies.append(_reply(outcome, self.run, reason, detail))
        try:
            self.ledger.record(replies)
        except WorldError as full:
            if self._spare is None or not self._spare.release():
                raise
            self.ledger.take_no_room()
            self.ledger.record(replies)
            self.full(full)
        return replies, problem

    def _read(self, question: Question, answer: Answer) -> tuple[str | None, str | None]:
        """Reads a reply for the watch, and keeps what was read."""
        reading = read_with(question.read, question.step, answer.text, answer.finish_reason, question.max_tokens)
        self.readings[question.key] = (question.read, reading)
        if len(self.readings) > KEPT:
            self.readings.popitem(last=False)  # in one go: another thread takes what it reads out at any time
        return reading.get(f"{question.step}_error"), reading.get(f"{question.step}_detail")


def _reply(outcome: Outcome, run: int, reason: str | None, detail: str | None) -> Reply:
    question, answer = outcome.question, outcome.answer
    return Reply(
        question.key, question.step, question.prompt, question.model, question.revision, outcome.server, question.request,
        answer.text if answer else None, answer.reasoning if answer else None, answer.finish_reason if answer else None,
        answer.prompt_tokens if answer else None, answer.completion_tokens if answer else None,
        round(outcome.seconds, 3), now(), run, reason, detail,
    )  # fmt: skip
