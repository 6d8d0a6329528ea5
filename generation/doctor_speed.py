"""How fast a server writes with 1, 8 and 64 questions in flight, and how many of them pay.

a server -> Waves: tokens per second, refusals; at most 73 questions of 64 tokens, at most 30 s a wave
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from generation.doctor_asking import PATIENCE, TRIES, Messages, Spent, attempt, counting
from generation.doctor_reach import Met
from generation.servers import Closed, Transient
from generation.transport import EMBEDDING, Refused

LEVELS = (1, 8, 64)
LONG = 64  # tokens of a reply
QUESTIONS, TOKENS = sum(LEVELS), sum(LEVELS) * LONG  # at most, for each server
WORTH = 1.2  # times the tokens per second from which more in flight pay
NOW_AND_THEN = 0.1  # the share of a wave that may meet a 429
STRAGGLERS, GRACE = 0.1, 1.0  # the share of a wave, and the seconds, that one does not wait for, and then as long again


@dataclass(frozen=True)
class Wave:
    """Questions sent at once: how many came back, with how many tokens, in how many seconds; how many met a 429, or failed."""

    level: int
    replies: int = 0
    tokens: int = 0
    seconds: float = 0.0
    busy: int = 0
    failed: int = 0

    @property
    def rate(self) -> float | None:
        """Tokens per second; None where nothing came back."""
        return self.tokens / max(self.seconds, 1e-3) if self.replies else None

    @property
    def too_many(self) -> bool:
        """Whether so many met a 429 that the server takes fewer; one now and then says nothing."""
        return self.busy > max(1, NOW_AND_THEN * self.level)


async def measured(session: aiohttp.ClientSession, met: Met, spent: Spent) -> list[Wave]:
    """A wave for each of LEVELS, no higher than what the server or the recipe says it takes."""
    most = met.address.concurrency if met.address else None
    most = most or (met.identity.concurrent if met.identity else None) or max(LEVELS)
    waves: list[Wave] = []
    for level in dict.fromkeys(min(level, most) for level in LEVELS):
        for _ in range(TRIES if level == 1 else 1):
            began = time.perf_counter()
            made = await wave(session, met, spent, level)
            if made.replies or time.perf_counter() - began > PATIENCE / 2:
                break
        waves.append(made)
        if made.rate is None or made.too_many:
            break
    return waves


async def wave(session: aiohttp.ClientSession, met: Met, spent: Spent, level: int) -> Wave:
    """So many questions at once. What is not back in time counts for nothing: no reply is streamed."""
    came: list[tuple[int, float]] = []
    lost: Counter[str] = Counter()
    began = time.perf_counter()

    async def one(number: int) -> None:
        messages = _question(number + level)
        try:
            answer = await attempt(session, met, messages, _sampling(met))
        except (Refused, Closed, Transient) as problem:
            lost["busy" if isinstance(problem, Transient) and problem.busy else "failed"] += 1
        else:
            made = spent.take(met, messages, answer)
            came.append((1 if met.role.dialect == "embed" else made, time.perf_counter() - began))

    pending, limit = {asyncio.create_task(one(number)) for number in range(level)}, PATIENCE
    while pending and (left := began + limit - time.perf_counter()) > 0:
        _, pending = await asyncio.wait(pending, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        if len(pending) <= STRAGGLERS * level:
            limit = min(limit, 2 * (time.perf_counter() - began) + GRACE)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    seconds = max((at for _, at in came), default=0.0)
    return Wave(
        level, len(came), sum(tokens for tokens, _ in came), seconds, lost["busy"], lost["failed"] + len(pending)
    )


def _question(number: int) -> Messages:
    """No two of a wave are alike, or a server that remembers would answer for one that writes."""
    return [{"role": "user", "content": counting(21 + number, 61 + number)}]


def _sampling(met: Met) -> dict[str, object]:
    return dict(EMBEDDING) if met.role.dialect == "embed" else {"temperature": 1.0, "max_tokens": LONG}


def best(waves: Sequence[Wave]) -> Wave | None:
    """The highest wave that was worth its questions; None where nothing came back."""
    found: Wave | None = None
    for each in waves:
        if each.rate is not None and (found is None or each.rate >= WORTH * (found.rate or 0.0)):
            found = each
    return found


def pays(waves: Sequence[Wave]) -> int | None:
    """How many questions in flight pay."""
    found = best(waves)
    return max(1, found.level - found.busy if found.too_many else found.level) if found else None
