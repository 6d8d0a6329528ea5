"""A question on its way through a pool, how it ended, and whom the pool tells.

Question -> Underway -> Outcome
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from builders.errors import MathloomError
from generation.dialects import Answer
from generation.slots import Server
from generation.transport import Question


@dataclass(slots=True, eq=False)
class Underway:
    """A question on its way. `started` is on the pool's clock, which stands still while all servers are down."""

    question: Question
    started: float | None = None
    attempts: int = 0
    empties: int = 0
    sent: float = 0.0
    level: int = 0  # how many the server had under way with it
    server: Server | None = None
    late: bool = False
    moved: bool = False  # its server is gone, or is another one now
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Outcome:
    """How a question ended: an answer, or `reason` (refused, no_answer) and why."""

    question: Question
    answer: Answer | None
    reason: str | None
    detail: str | None
    server: str
    seconds: float


@dataclass(frozen=True)
class Told:
    """What a pool tells whoever runs it, and asks of it: how questions end, what ends the run, how long, and whether they may."""

    done: Callable[[Outcome], None]
    fail: Callable[[MathloomError, float], None]
    crash: Callable[[BaseException], None]
    deadline: Callable[[Question], float]
    may: Callable[[Question], bool]
