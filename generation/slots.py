"""How many questions a server has under way: from what it says it takes, more while all are in use, fewer on 429.

    replies, 429s and failures -> slots

Told a number, that is it. A server that says its limit starts there (at most 256). One that says nothing starts with 16,
eight more until 128, each time that a health check has come back, while all are in use and no 429 has, and then one more with
each reply. A server that was down has forgotten its load, and we forget what we had learnt of it.
"""

import asyncio
from dataclasses import dataclass, field

from yarl import URL

from generation.addresses import Address
from generation.servers import Identity

MOST = 256  # slots of a server that says no limit of its own, and at most of one that does
FIRST, STEP = 16, 8  # slots that such a server begins with, and how many more come at once
USUAL = 128  # where that ends (TGI's own default)
LATELY, MANY = 32, 0.15  # replies over which the share of 429s is taken, and the share that means too many under way
BROKEN = (
    4  # times in a row that what was sent came to nothing: from then on one question at a time, while others answer
)
TRIALS = (0.25, 30.0)  # seconds until the next such trial, doubled each time, and at most


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
    since: int = 0  # replies since then
    refused: float = 0.0  # share of 429s among what lately came, the last ones counting most
    under_way: int = 0
    heard: float = -1e9  # when it last said anything
    failed: int = 0  # times in a row that what was sent came to nothing
    blamed: float = -1e9  # when it last did
    trial: float = -1e9  # when a broken one may be tried again
    paused: float = -1e9  # until when Retry-After keeps it unasked
    down: bool = False
    lost: bool = False  # a connection broke: it may have been started anew since, as another model
    closed: str | None = None
    probing: asyncio.Task[None] | None = None
    ramping: asyncio.Task[None] | None = None

    def begin(self, now: float) -> None:
        """Sets the slots it starts with; whatever was learnt of it is forgotten."""
        said = self.address.concurrency or (self.identity.concurrent if self.identity else None)
        self.most = self.address.concurrency or max(1, min(said or MOST, MOST))
        self.slots = self.most if said else FIRST
        self.ceiling, self.cut, self.good, self.since, self.refused = self.most + 1, -1e9, 0, 0, 0.0
        self.failed, self.heard = 0, now

    @property
    def alive(self) -> bool:
        """Whether it is known who it is, and that it answers."""
        return not (self.down or self.lost or self.closed) and self.identity is not None

    def url(self, path: str) -> URL:
        if path not in self.urls:
            self.urls[path] = URL(self.address.url + path)
        return self.urls[path]

    @property
    def ramps(self) -> bool:
        """Whether it may get more slots before any reply has come: it has said nothing, and no 429 has come back."""
        return self.slots < min(USUAL, self.most) and self.ceiling > self.most

    def ramp(self) -> None:
        """A step more of them, up to what is usual."""
        self.slots = min(USUAL, self.slots + STEP)

    def grow(self, now: float) -> None:
        """A reply came while all slots were in use: one more, quickly below a known ceiling and slowly above it."""
        self.heard, self.failed = now, 0
        self.since += 1
        self.refused -= self.refused / LATELY
        if self.under_way < self.slots or self.slots >= self.most:
            return
        self.good += 1
        known = self.ceiling <= self.most
        near = known and self.slots + 1 >= self.ceiling
        if near and now - self.cut < 30:
            return
        if self.good >= (self.slots if near else max(1, self.slots // 8) if known else 1):
            self.slots, self.good = self.slots + 1, 0

    def shrink(self, now: float, sent: float, level: int) -> None:
        """A 429 to what was sent as one of `level` under way: down to what the server took, and half where that does not help.

        Of many that were sent at once it took those that are left when the others have come back: so long nothing is sent.
        One 429 now and then, at a level at which replies came, says nothing.
        """
        self.heard = now
        if sent <= self.cut:
            self.slots = max(1, min(self.slots, self.under_way - 1 + self.since))
            self.ceiling = self.slots + 1
            return
        self.refused += (1 - self.refused) / LATELY
        if self.refused > MANY and self.since < self.slots:
            self.slots, self.ceiling = max(1, self.under_way // 2), self.slots
        elif self.refused > MANY or (
            self.under_way >= self.slots and (level >= self.ceiling or self.ceiling > self.most)
        ):
            self.slots = max(1, min(self.slots, self.under_way - 1))
            self.ceiling = self.slots + 1
        else:
            return
        self.cut, self.good, self.since, self.refused = now, 0, 0, 0.0
        self.paused = max(self.paused, now + 2 * (now - sent))

    def fail(self, now: float, sent: float) -> None:
        """What was sent came to nothing; many that break off together count once."""
        if sent > self.blamed:
            self.failed, self.blamed = self.failed + 1, now
            self.trial = now + min(TRIALS[1], TRIALS[0] * 2.0 ** min(self.failed - BROKEN, 10))
