"""A pool without a network on a clock that jumps: what it does in minutes of a server's life, the same each time.

servers that take, refuse, break and die as a test says -> how each question ended, and when each server was asked what
"""

import asyncio
import random
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from builders.errors import MathloomError
from generation import pool, watching
from generation.addresses import Address
from generation.dialects import DIALECTS, Answer
from generation.outcomes import Outcome, Told
from generation.pool import Pool
from generation.servers import Identity, Transient
from generation.slots import Server
from generation.transport import Question

CHAT = DIALECTS["chat"]


class Clock(asyncio.SelectorEventLoop):
    """An event loop in which waiting takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        select = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None = None) -> Any:
            assert timeout is not None, "nothing is left to wait for"
            self._now += timeout
            return select(0)

        self._selector.select = jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._now


@dataclass
class Played:
    """A server of `slots`: a 429 beyond them where it is `strict`, and `says` (None: nothing) of how many there are.

    `wrong` may raise for a question at a time; `far` is the seconds that a word takes to and fro; `asked` is (began, ended,
    text) of each reply.
    """

    name: str
    slots: int
    says: int | None = None
    strict: bool = False
    dead: tuple[float, float] = (1e9, 1e9)
    hung: tuple[float, float] = (1e9, 1e9)
    slow: float = 1e9  # from when on it takes four times as long
    sha: Callable[[float], str] = lambda now: "aaaa"
    wrong: Callable[[float], None] = lambda now: None
    far: float = 0.002
    under_way: int = 0
    requests: int = 0
    refused: int = 0
    asked: list[tuple[float, float, str]] = field(default_factory=list)

    async def reply(self, now: Callable[[], float], question: Question) -> Answer:
        self.requests += 1
        await asyncio.sleep(self.far)
        began = now()
        if self.dead[0] <= began < self.dead[1]:
            raise Transient("connection refused", lost=True)
        self.wrong(began)
        if self.strict and self.under_way >= self.slots:
            self.refused += 1
            raise Transient("429", busy=True)
        self.under_way += 1
        try:
            if self.hung[0] <= began < self.hung[1]:
                await asyncio.sleep(1e9)
            ends = began + float(question.body) * (4 if began >= self.slow else 1)
            await asyncio.sleep(min(ends, self.dead[0] if began < self.dead[0] else 1e18) - began)
            if began < self.dead[0] < ends:
                raise Transient("the connection broke off", lost=True)
        finally:
            self.under_way -= 1
        self.asked.append((began, now(), question.step))
        return Answer(question.step, None, "stop", 1, 1)


def play(
    patch: pytest.MonkeyPatch,
    played: Sequence[Played],
    questions: Sequence[tuple[str, float]],
    deadline: float = 600.0,
    at_once: Callable[[Pool], None] = lambda pool: None,
) -> tuple[list[Outcome], list[MathloomError]]:
    """Has a pool ask (text, seconds) questions; how they ended, and what ended the run. `at_once` comes before any is sent."""
    random.seed(0)
    loop, done, failed, crashed = Clock(), list[Outcome](), list[MathloomError](), list[BaseException]()
    by = {server.name: server for server in played}

    async def send(session: Any, address: Address, url: Any, question: Question) -> Answer:
        return await by[address.url].reply(loop.time, question)

    async def health(session: Any, address: Address) -> bool | None:
        server = by[address.url]
        if server.hung[0] <= loop.time() < server.hung[1]:
            await asyncio.sleep(10.0)
            return None
        await asyncio.sleep(server.far)
        return None if server.dead[0] <= loop.time() < server.dead[1] else True

    async def identify(session: Any, address: Address) -> Identity:
        server = by[address.url]
        return Identity("m", server.sha(loop.time()), server.says)

    async def main() -> None:
        servers = [
            Server(Address(server.name, {}), await identify(None, Address(server.name, {}))) for server in played
        ]
        told = Told(
            done.append, lambda error, _: failed.append(error), crashed.append, lambda _: deadline, lambda _: True
        )
        made = Pool(servers, None, told, 300.0)  # type: ignore[arg-type]
        made.serves.add("m")
        made.add([_question(number, *said) for number, said in enumerate(questions)])
        at_once(made)
        while len(done) < len(questions) and not (failed or crashed):
            await asyncio.sleep(0.25)
            made.tick()
        made.stop(at_once=True)
        await asyncio.sleep(0)

    patch.setattr(pool, "send", send)
    patch.setattr(watching, "health", health)
    patch.setattr(watching, "identify", identify)
    loop.run_until_complete(main())
    loop.close()
    if crashed:
        raise crashed[0]
    return done, failed


def _question(number: int, text: str, seconds: float) -> Question:
    alike = zlib.crc32(text.encode())
    return Question(f"{number}", "p", text, "", "m", None, "", CHAT, b"%f" % seconds, 64, 64, lambda _: {}, None, alike)


def lengths(count: int, seed: int = 0) -> list[tuple[str, float]]:
    """Questions of a second on average, as long as replies are: log-normal."""
    draw = random.Random(seed)
    return [(f"question {number}", draw.lognormvariate(-0.32, 0.8)) for number in range(count)]


def busy(played: Sequence[Played]) -> float:
    """Of the slots that there were, the share that worked on replies until the last question was begun."""
    last = max(began for server in played for began, _, _ in server.asked)
    used = sum(min(ended, last) - began for server in played for began, ended, _ in server.asked)
    return used / sum(server.slots * (last - max(0.0, min(server.dead[1], last) - server.dead[0])) for server in played)
