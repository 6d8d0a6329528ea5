"""The engine: one thread that asks, one that writes the ledger, and everybody else waiting for keys to be settled.

    questions -> replies in the ledger, committed every 20 ms; a key is settled when its reply can be read there

Nobody is handed a reply: who wants one reads it from the ledger, in the run that paid for it and in any later one.
"""

import asyncio
import gc
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import uvloop

from builders.errors import CheckFailed, MathloomError, WorldError
from builders.screen import say
from generation.ledger import Ledger, Reply
from generation.money import Purse
from generation.outcomes import Outcome, Told
from generation.pool import Pool
from generation.reader import AGAIN
from generation.slots import Server
from generation.tally import Tally, Watch
from generation.transport import Question, session_of
from generation.writer import Writer, Written

BEAT, BEHIND = 0.005, 0.009  # seconds between two beats of the asking thread, and without one until it is behind
# Share of a core that the asking thread takes, over WINDOW seconds, where servers answer so quickly that computing beside it costs slots.
QUICK, WINDOW = 0.15, 0.05
# Objects until Python looks for garbage: each reply has some, and its usual 700 take a twentieth of a quick server's time.
GARBAGE = 20_000
SLICE = 0.001  # seconds a thread may hold the interpreter: at Python's 5 ms the slots would wait for whoever computes


class Engine:
    """Asks questions of pools. `open`/`close` frame its life; `submit` and `wait` are for any thread."""

    def __init__(
        self,
        ledger: Ledger,
        run: int,
        *,
        patience: float = 300.0,
        deadline: float | None = None,
        keep_going: bool = False,
        purse: Purse | None = None,
    ) -> None:
        self.ledger, self.run = ledger, run
        self.patience, self.deadline, self.keep_going = patience, deadline, keep_going
        self.purse = purse or Purse(None, {})
        self.tally = Tally()
        self._watch = Watch()
        self.changed = threading.Condition()
        self.pending: set[str] = set()
        self.unanswered: dict[str, str] = {}
        self.error: BaseException | None = None
        self.beat = 0.0  # when the asking thread last had time for more than replies
        self._share = 0.0  # of a core that it took lately
        self._window = (0.0, 0.0)  # when that was looked at, and how many seconds it had taken by then
        self._pools: dict[str, Pool] = {}  # of each role
        self._shared: dict[tuple[str, ...], Pool] = {}  # of each set of servers
        self._ending: MathloomError | None = None
        self.writer = Writer(ledger, run, self._written, self.end, self._publish)
        self._slice, self._garbage = sys.getswitchinterval(), gc.get_threshold()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._live, name="asking", daemon=True)

    # -- from other threads --------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Starts the thread."""
        sys.setswitchinterval(SLICE)
        gc.set_threshold(GARBAGE, *self._garbage[1:])
        gc.freeze()  # what is imported is not looked through again for garbage: that stops all threads for 70 ms
        sockets = _sockets()
        self.writer.open()
        self._thread.start()
        self.call(self._begin(sockets))

    def call(self, coroutine: Any) -> Any:
        """Runs a coroutine on the engine's loop and waits for what it gives."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def join(self, name: str, servers: list[Server], addresses: tuple[str, ...], served: str) -> None:
        """Gives a role its pool, which knows the role's model as `served`; roles with the same servers share one."""

        async def make() -> None:
            if addresses not in self._shared:
                told = Told(self._done, self._fail, self._publish, self._deadline, self.purse.may)
                self._shared[addresses] = Pool(servers, self.session, told, self.patience)
            self._shared[addresses].serves.add(served)

        self.call(make())
        self._pools[name] = self._shared[addresses]

    def submit(self, questions: list[Question]) -> None:
        """Hands questions to their pools; one that is under way already is asked once."""
        with self.changed:
            self._check()
            fresh = {q.key: q for q in questions if q.key not in self.pending and q.key not in self.unanswered}
            self.pending.update(fresh)
        for name in {q.pool for q in fresh.values()}:
            self._loop.call_soon_threadsafe(self._pools[name].add, [q for q in fresh.values() if q.pool == name])

    def lacks(self, keys: Iterable[str]) -> bool:
        """Whether any of these keys is not settled yet."""
        with self.changed:
            return not self.pending.isdisjoint(keys)

    def wait(self, keys: Iterable[str]) -> None:
        """Returns when every key is settled; raises what ended the run."""
        with self.changed:
            for key in keys:
                while key in self.pending:
                    self._check()
                    self.changed.wait(1.0)
            self._check()

    def has_enough(self, times: int, roles: Iterable[str]) -> bool:
        """Whether the pools of these roles have questions waiting for so many times their slots."""
        pools = [self._pools[role] for role in roles]
        return all(len(pool.waiting) > times * sum(s.slots for s in pool.servers) for pool in pools)

    def give_way(self, room: Callable[[], bool] = lambda: True) -> None:
        """The slots come first: who computes waits while the asking thread is behind, and there is `room` to wait."""
        while time.monotonic() - self.beat > BEHIND and room() and self.error is None:
            if not self._thread.is_alive() or all(pool.idle for pool in self._shared.values()):
                return
            time.sleep(BEAT)

    def put_off(self, room: Callable[[], bool]) -> None:
        """Quick servers come before rows: who reads replies waits while asking takes much time, and there is `room` for rows.

        Not where there are several servers' pools: the rows of one may be what another is asked.
        """
        while self._share > QUICK and len(self._shared) == 1 and room() and self.error is None:
            if not self._thread.is_alive() or not self.pending:
                return
            time.sleep(WINDOW / 2)

    def settled(self) -> None:
        """Raises what is about to end the run, once it has: the last rows may have come meanwhile."""
        with self.changed:
            while self._ending is not None and self.error is None:
                self.changed.wait(0.1)
            self._check()

    def enough(self) -> None:
        """Drops what waits, and returns when everything under way is written."""
        self.call(self._enough())
        self._check()

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    @property
    def under_way(self) -> int:
        return sum(len(pool.under_way) for pool in self._shared.values())

    @property
    def slots(self) -> int:
        return sum(s.slots for pool in self._shared.values() for s in pool.servers if not s.closed)

    def slots_of(self, role: str) -> int:
        """The slots of a role's servers."""
        return sum(s.slots for s in self._pools[role].servers if not s.closed)

    def end(self, error: MathloomError, grace: float = float("inf")) -> None:
        """Ends the run from any thread, a signal's handler included."""
        self._loop.call_soon_threadsafe(self._fail, error, grace)

    def abort(self) -> None:
        """Drops what is under way."""
        for pool in self._shared.values():
            self._loop.call_soon_threadsafe(pool.stop, True)

    def close(self) -> None:
        """Writes what has come and ends both threads."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._finish(), self._loop).result(60)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)
        self.writer.close()
        sys.setswitchinterval(self._slice)
        gc.set_threshold(*self._garbage)
        gc.unfreeze()

    # -- on the loop ---------------------------------------------------------------------------------------------------

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _begin(self, sockets: int) -> None:
        self.session = session_of(sockets)
        self._ticking = self._loop.create_task(self._tick())
        self._beat()

    def _beat(self) -> None:
        self.beat, (since, seconds) = time.monotonic(), self._window
        if self.beat - since > WINDOW:
            self._window = (self.beat, time.thread_time())
            self._share = (self._window[1] - seconds) / (self.beat - since)
        self._loop.call_later(BEAT, self._beat)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            if self.deadline is None and (pace := self.tally.changed()) is not None:
                say(
                    f"deadline of a question from now on: 60 s + 3 x max_tokens / {pace:.0f} tokens a second",
                    error=True,
                )
            for pool in self._shared.values():
                pool.tick()

    async def _enough(self) -> None:
        for pool in self._shared.values():
            pool.stop()
        while self.under_way or not self.writer.idle:
            await asyncio.sleep(0.02)

    async def _finish(self) -> None:
        self._ticking.cancel()
        for pool in self._shared.values():
            pool.stop(at_once=True)
        await asyncio.sleep(0)
        await self.writer.finish()
        await self.session.close()

    def _deadline(self, question: Question) -> float:
        """Seconds a question may take: the recipe's, else from the slowest tenth of the replies so far."""
        if self.deadline is not None:
            return self.deadline
        return 60 + 3 * question.max_tokens / self.tally.pace()

    def _done(self, outcome: Outcome) -> None:
        if outcome.reason == "empty":
            self._look(outcome.question.step, "empty", "(an empty text)")
            return
        if outcome.reason == "no_answer":
            self.purse.release(outcome.question)
            with self.changed:
                self.unanswered[outcome.question.key] = outcome.detail or ""
            self._settle([outcome.question.key])
            return
        self.writer.add(outcome)

    def _written(self, written: Written) -> None:
        """Counts what can be read in the ledger now, asks once more what is worth another try, and lets everybody know."""
        more = []
        for outcome, reply in written:
            self._count(outcome, reply)
            again = outcome.question.again
            if reply.reason in AGAIN and again and not self._ending:
                more.append(again())
        with self.changed:
            self.pending.update(q.key for q in more)
        self._settle([outcome.question.key for outcome, _ in written])
        for question in more:
            self._pools[question.pool].add([question])
        for pool in self._shared.values():
            pool.dispatch()  # what came has set money free

    def _count(self, outcome: Outcome, reply: Reply) -> None:
        tally, answer = self.tally, outcome.answer
        tally.asked += 1
        if answer is not None:
            wordy = outcome.question.max_tokens > 0  # a vector is no text, and says nothing of how fast one is written
            tokens = (answer.completion_tokens or len(answer.text) // 4) if wordy else 0
            tally.prompt_tokens += answer.prompt_tokens or outcome.question.prompt_length // 4
            tally.completion_tokens += tokens
            if wordy:
                tally.paces.append(tokens / max(outcome.seconds, 1e-3))
        self.purse.paid(outcome.question, reply)
        self._look(outcome.question.step, reply.reason, reply.text or reply.detail or "")

    def _look(self, step: str, reason: str | None, text: str) -> None:
        """Ends the run where most of the last replies to a step are bad."""
        wrong = self._watch.see(step, reason, text)
        if wrong and not self.keep_going and self._ending is None:
            free = f"python -m generation.ledger forget --run {self.run} --ledger {self.ledger.path}"
            more = (
                f"mend the cause (chat template? max_tokens?), then free them with '{free}', or go on with --keep-going"
            )
            self._fail(CheckFailed(f"{wrong}\n{more}"), float("inf"))

    def _settle(self, keys: list[str]) -> None:
        with self.changed:
            self.pending.difference_update(keys)
            self.changed.notify_all()

    def _fail(self, error: MathloomError, grace: float) -> None:
        """No new requests from here on; what is under way has `grace` seconds to be kept."""
        if self._ending is not None or self.error is not None:
            return
        self._ending = error
        for pool in self._shared.values():
            pool.stop(at_once=grace <= 0)
        self._drain(error, self._loop.time() + grace)

    def _drain(self, error: MathloomError, until: float) -> None:
        if self._loop.time() > until:
            for pool in self._shared.values():
                pool.stop(at_once=True)
        if self.under_way and self._loop.time() <= until + 1:
            self._loop.call_later(0.05, self._drain, error, until)
        elif not self.writer.idle:
            self._loop.call_later(0.05, self._drain, error, until + 60)
        else:
            self._publish(error)

    def _publish(self, error: BaseException) -> None:
        for pool in self._shared.values():
            pool.stop()
        with self.changed:
            self.error = self.error or error
            self.changed.notify_all()


def _sockets() -> int:
    """How many connections may be open at once: file descriptors bound it, some being needed for the rest."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else 65536
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    spare = wanted - 96
    if spare < 8:
        raise WorldError(f"only {wanted} files may be open at once (ulimit -n); at least 128 are needed")
    return spare
