"""How many questions a server has under way: from what it says it takes, more while all are in use, fewer on 429.

    replies and 429s -> slots

Told a number, that is it. A server that says its limit starts there (at most 256). One that says nothing starts with 16,
doubled every 20 ms until 128 while no 429 comes back, and then grows one at a time.
"""

import asyncio
from dataclasses import dataclass, field

from yarl import URL

from generation.servers import Address, Identity

MOST = 256  # slots of a server that says no limit of its own, and at most of one that does
FIRST = 16  # slots that such a server begins with; doubled while no 429 comes back
RAMP = 0.02  # seconds between two doublings
LATELY, MANY = 200, 0.15  # replies over which the share of 429s is taken, and the share that means too many under way
USUAL = 128  # where doubling ends and adding one at a time begins (TGI's own default)


@dataclass(slots=True, eq=False)
class Server:
    """One server's state in this run."""

    address: Address
    identity: Identity | None
    urls: dict[str, URL] = field(default_factory=dict)
    slots: int = FIRST
    most: int = MOST
    ceiling: int = MOST + 1  # a 429 came at this many under way
    cut: float = -1e9  # when slots were last taken away
    good: int = 0  # replies since the last slot was added
    doubted: float = -1e9  # when the question was sent whose 429 took slots away
    refused: float = 0.0  # share of 429s among what lately came, the last ones counting most
    under_way: int = 0
    paused: float = -1e9  # until when Retry-After keeps it unasked
    down: bool = False
    lost: bool = False  # a connection broke: it may have been started anew since, as another model
    closed: str | None = None
    probing: asyncio.Task[None] | None = None

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Sets the slots it starts with."""
        said = self.address.concurrency or (self.identity.concurrent if self.identity else None)
        if self.address.concurrency:
            self.slots = self.most = self.address.concurrency
        elif said:
            self.slots = self.most = max(1, min(said, MOST))
        else:
            loop.call_later(RAMP, self._double, loop)

    def _double(self, loop: asyncio.AbstractEventLoop) -> None:
        if self.ceiling > self.most and self.slots < USUAL:
            self.slots = min(USUAL, self.slots * 2)
            loop.call_later(RAMP, self._double, loop)

    def url(self, path: str) -> URL:
        if path not in self.urls:
            self.urls[path] = URL(self.address.url + path)
        return self.urls[path]

    def grow(self, now: float, sent: float, level: int) -> None:
        """A reply came while all slots were in use: one more, quickly below a known ceiling and slowly above it.

        To what was sent after a question that got a 429, and as one of more: so many are not too many after all.
        """
        self.refused -= self.refused / LATELY
        if sent >= self.doubted and level > self.slots and self.slots < self.most:
            self.slots = min(level, self.most)
            self.ceiling, self.good = max(self.ceiling, self.slots + 1), 0
            return
        if self.under_way < self.slots or self.slots >= self.most:
            return
        self.good += 1
        near = self.slots + 1 >= self.ceiling
        if near and now - self.cut < 30:
            return
        if self.good >= (self.slots if near or self.ceiling > self.most else max(1, self.slots // 8)):
            self.slots, self.good = self.slots + 1, 0

    def shrink(self, now: float, sent: float, level: int) -> None:
        """A 429 to what was sent as one of `level` under way: just below that, and half where many are still too many.

        One now and then, at a level at which replies came, says nothing of how many the server takes.
        """
        if sent <= self.cut:
            return  # sent before the last cut: it says nothing new
        self.refused += (1 - self.refused) / LATELY
        if level >= self.ceiling or self.ceiling > self.most:
            self.slots = max(1, min(self.slots, level - 1))
        elif self.refused > MANY:
            self.slots, self.refused = max(1, self.slots // 2), 0.0
        else:
            return
        self.ceiling, self.cut, self.good, self.doubted = self.slots + 1, now, 0, sent
