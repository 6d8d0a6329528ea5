"""The servers of one model: slots kept full, and every failure on the side it belongs to.

    Question -> Outcome: an answer, a refusal, or no answer before the deadline

A question that failed rests without a slot (full-jitter backoff) and goes to whichever server is free. A server is down when
its last attempt and a health check both failed; while all are down, or ask to wait, deadlines stand still.
"""

import asyncio
import itertools
import random
from collections import deque
from collections.abc import Sequence

import aiohttp

from builders.errors import SAFE, MathloomError, WorldError
from builders.screen import say
from generation.dialects import Answer
from generation.outcomes import Outcome, Told, Underway
from generation.placing import place
from generation.servers import Closed, Transient
from generation.slots import Server
from generation.transport import Question, Refused, send
from generation.watching import ramp, watch

EMPTY = 3  # an empty text for the third time is the reply, and a body without end for the third time is none
WAITS = (0.25, 30.0)  # backoff: full jitter below 0.25 s x 2^attempts, at most 30 s
LONGEST_WAIT = 600.0  # seconds of Retry-After that are believed
LONG_WAIT = 10.0  # seconds of it that somebody may want to know of
STOPPED = 2.0  # seconds between two ticks, of which there are four a second, in which the process did nothing
SLOW = 16  # questions that end at their deadline, while no reply at all came, stop the run
IDLE = 5.0  # seconds without a question after which a server may have become another
SILENT = 10.0  # seconds without a word from a server that has questions under way, after which its health is asked for


class Pool:
    """The servers of one model, the questions that wait for them, and those under way."""

    def __init__(self, servers: Sequence[Server], session: aiohttp.ClientSession, told: Told, patience: float) -> None:
        self.servers, self.session, self.told, self.patience = servers, session, told, patience
        self.loop = asyncio.get_running_loop()
        self.waiting: deque[Underway] = deque()
        self.under_way: set[Underway] = set()
        self.resting: dict[Underway, asyncio.TimerHandle] = {}
        self.serves: set[str] = set()  # the names by which its roles ask it
        self.revision = next((server.identity.revision for server in servers if server.identity), None)
        self.stood = 0.0
        self.down_since: float | None = None
        self.limbo = 0  # questions in a row that ended at their deadline, no reply having come since they were sent
        self.last_reply = -1e9
        self.stopped = False
        self.waker: asyncio.TimerHandle | None = None
        self.ticked = self.loop.time()
        for server in servers:
            server.begin(self.loop.time())
            if server.identity is None or server.down:
                self._probe(server)

    def clock(self) -> float:
        """Seconds that count for deadlines."""
        now = self.loop.time()
        return (self.down_since if self.down_since is not None else now) - self.stood

    def add(self, questions: list[Question]) -> None:
        """More questions."""
        self.waiting.extend(map(Underway, questions))
        self.dispatch()

    @property
    def idle(self) -> bool:
        return not (self.waiting or self.under_way or self.resting)

    def dispatch(self) -> None:
        """Fills the free slots."""
        while (found := self._next()) is not None:
            server, asked = found
            asked.task = self.loop.create_task(self._work(server, asked))
            asked.task.add_done_callback(self._ended)

    def _next(self) -> tuple[Server, Underway] | None:
        """The question that is asked next, and the server; None where no slot is free, none waits, or none may be paid."""
        while self.waiting and not self.stopped:
            now = self.loop.time()
            beginnings = (asked.question.beginning for asked in self.waiting)
            found = place(self.servers, beginnings, now)
            if found is None:
                self._wake(now)
                return None
            server, number = found
            asked = self.waiting[number]
            if not server.under_way and now - server.heard > IDLE:
                server.lost = True
                self._probe(server)
                continue
            if not self.told.may(asked.question):
                return None
            del self.waiting[number]
            self._ask(server, asked, now)
            return server, asked
        return None

    def _ask(self, server: Server, asked: Underway, now: float) -> None:
        if asked.started is None:
            asked.started = self.clock()
        if not server.under_way:
            server.heard = now
        asked.sent, asked.server = now, server
        asked.attempts += 1
        server.under_way += 1
        asked.level = server.under_way
        if server.under_way == server.slots and server.ramps and server.ramping is None:
            server.ramping = self.loop.create_task(ramp(self, server))
        self.under_way.add(asked)

    async def _work(self, server: Server, asked: Underway) -> None:
        """Attempts a question and then the next that waits: a task for each would leave its slot free for a turn of the loop."""
        task = asyncio.current_task()
        assert task is not None
        found: tuple[Server, Underway] | None = (server, asked)
        while found is not None:
            found[1].task = task
            await self._attempt(*found)
            found = None if task.cancelling() else self._next()  # a second cancel would be the next question's
            self.dispatch()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        """A mistake of ours in an attempt ends the run: its question would be waited for without end."""
        if task.cancelled():
            for asked in [asked for asked in self.under_way if asked.task is task]:  # it was dropped before it began
                self._leave(asked)
        elif (problem := task.exception()) is not None:
            self.told.crash(problem)

    def _wake(self, now: float) -> None:
        """When the first server has waited as long as it asked us to."""
        until = min((s.paused for s in self.servers if s.alive and s.paused > now), default=None)
        if until is not None and (self.waker is None or self.waker.when() <= now or self.waker.when() > until + 0.001):
            if self.waker:
                self.waker.cancel()
            self.waker = self.loop.call_at(until + 0.001, self.dispatch)

    async def _attempt(self, server: Server, asked: Underway) -> None:
        question = asked.question
        try:
            answer = await send(self.session, server.address, server.url(question.path), question)
        except Refused as problem:
            server.heard, server.failed = self.loop.time(), 0
            self._end(server, asked, None, "refused", str(problem))
        except Transient as problem:
            self._failed(server, asked, problem)
        except Closed as problem:
            self.close(server, WorldError(f"{problem}. Mend it: {SAFE}"))
            self._rest(asked, 0.0)
        except asyncio.CancelledError:
            if asked.moved:
                asked.moved = False
                self._rest(asked, 0.0)
            elif asked.late:
                self._silence(server, asked)
            else:
                raise
        else:
            self._answered(server, asked, answer)
        finally:
            self._leave(asked)

    def _leave(self, asked: Underway) -> None:
        assert asked.server is not None
        asked.server.under_way -= 1
        self.under_way.discard(asked)

    def _answered(self, server: Server, asked: Underway, answer: Answer) -> None:
        server.grow(self.loop.time())
        if not answer.text.strip() and answer.finish_reason != "length":
            asked.empties += 1
            if asked.empties < EMPTY:
                self.told.done(Outcome(asked.question, answer, "empty", None, server.address.url, 0.0))
                self._rest(asked, self._backoff(asked))
                return
        self.limbo, self.last_reply = 0, self.loop.time()
        self._end(server, asked, answer, None, None)

    def _failed(self, server: Server, asked: Underway, problem: Transient) -> None:
        now = self.loop.time()
        if problem.after is not None:
            after = min(problem.after, LONGEST_WAIT)
            if after >= LONG_WAIT and server.paused < now:
                say(f"{server.address.url} asks to wait {problem.after:,.0f} s ({problem})", error=True)
            server.paused = max(server.paused, now + after)
        asked.empties += problem.endless
        if asked.empties >= EMPTY:
            self._end(server, asked, None, "no_answer", str(problem))
            return
        if problem.busy:
            server.shrink(now, asked.sent, asked.level)
        else:
            server.fail(now, asked.sent)
            server.lost = server.lost or problem.lost
            self._probe(server)
        self._rest(asked, self._backoff(asked))

    def _silence(self, server: Server, asked: Underway) -> None:
        """The deadline ended an attempt. Where nothing at all comes back any more, going on only costs money."""
        self._end(server, asked, None, "no_answer", f"no reply within {self.told.deadline(asked.question):.0f} s")
        server.fail(self.loop.time(), asked.sent)
        self._probe(server)
        if self.last_reply > asked.sent:
            return
        self.limbo += 1
        slots = sum(s.slots for s in self.servers if not s.closed)
        if self.limbo >= max(4, min(SLOW, 2 * slots)) and self.waiting:
            self.told.fail(
                WorldError(
                    f"{self.limbo} questions in a row had no reply within {self.told.deadline(asked.question):.0f} s, though {server.address.url} "
                    "is up: it is slower than the deadline; give a longer --deadline, fewer max_tokens, or less concurrency"
                ),
                0.0,
            )

    def _end(
        self, server: Server, asked: Underway, answer: Answer | None, reason: str | None, detail: str | None
    ) -> None:
        self.told.done(
            Outcome(asked.question, answer, reason, detail, server.address.url, self.loop.time() - asked.sent)
        )

    def _backoff(self, asked: Underway) -> float:
        return random.uniform(0, min(WAITS[1], WAITS[0] * 2**asked.attempts))

    def _rest(self, asked: Underway, seconds: float) -> None:
        if self.stopped:
            return
        self.resting[asked] = self.loop.call_later(seconds, self._rested, asked)

    def _rested(self, asked: Underway) -> None:
        self.resting.pop(asked, None)
        self.waiting.appendleft(asked)
        self.dispatch()

    # -- down and up again ---------------------------------------------------------------------------------------------

    def _probe(self, server: Server) -> None:
        if server.probing is None and not server.closed and not self.stopped:
            server.probing = self.loop.create_task(watch(self, server))

    def close(self, server: Server, problem: MathloomError) -> None:
        """Asks a server nothing more; with none left the run ends."""
        if server.closed is None:
            server.closed = str(problem)
            if all(other.closed for other in self.servers):
                self.told.fail(problem, 10.0)
            else:
                say(f"{problem}; {server.address.url} is asked nothing more, and the others go on", error=True)

    def move(self, server: Server) -> None:
        """Has what is under way at a server asked elsewhere."""
        for asked in self.under_way:
            if asked.server is server and not asked.late:
                self._cancel(asked, moved=True)

    def _cancel(self, asked: Underway, moved: bool = False) -> None:
        """On the loop's next turn: a task that is cancelled before it began says nothing of how its question ended."""

        def now() -> None:
            if asked in self.under_way and asked.task:  # an attempt that has ended meanwhile is nobody's to cancel
                asked.moved, asked.late = moved, not moved
                asked.task.cancel()

        self.loop.call_soon(now)

    def tick(self) -> None:
        """Four times a second: silence, deadlines, patience, and how long all servers have been down."""
        now = self.loop.time()
        gap, self.ticked = now - self.ticked, now
        if gap > STOPPED and self.down_since is None:
            self.stood += gap  # we were stopped ourselves: what came meanwhile has not been read yet
        for server in self.servers:
            if server.under_way and now - server.heard > SILENT:
                self._probe(server)
        alive = [s for s in self.servers if not s.closed]
        if alive and all(s.down or s.paused > now for s in alive) and not self.idle:
            if self.down_since is None:
                self.down_since = now
            elif now - self.down_since > self.patience and not self.stopped:
                names = ", ".join(s.address.url for s in alive)
                self.told.fail(
                    WorldError(f"no server answers ({names}) since {self.patience:.0f} s; {SAFE}"),
                    0.0,
                )
        elif self.down_since is not None:
            self.stood += now - self.down_since
            self.down_since = None
        self._expire()
        self.dispatch()

    def _expire(self) -> None:
        """Ends what has taken longer than its deadline, wherever it is."""
        clock = self.clock()
        tried = itertools.takewhile(lambda asked: asked.started is not None, self.waiting)
        for asked in [*self.under_way, *self.resting, *tried]:
            if asked.started is None or clock - asked.started <= self.told.deadline(asked.question) or asked.late:
                continue
            if asked in self.under_way:
                self._cancel(asked)
                continue
            asked.late = True
            timer = self.resting.pop(asked, None)
            if timer:
                timer.cancel()
            else:
                self.waiting.remove(asked)
            self.told.done(
                Outcome(asked.question, None, "no_answer", "every attempt failed until the deadline", "", 0.0)
            )

    def stop(self, at_once: bool = False) -> None:
        """No new requests; with `at_once` those under way are dropped too."""
        self.stopped = True
        self.waiting.clear()
        for timer in self.resting.values():
            timer.cancel()
        self.resting.clear()
        for server in self.servers:
            for task in (server.probing, server.ramping):
                if task:
                    task.cancel()
        if at_once:
            for asked in self.under_way:
                if asked.task:
                    asked.task.cancel()
