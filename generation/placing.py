"""Which server gets which question: least under way first, and what begins alike to the same one where that costs no slot.

    servers, what waits -> the server whose slot is filled next, and which of the waiting questions fills it

Of all servers that have a slot free, the one with least under way is asked; among the first questions that wait it gets one
whose beginning is at home there, so that its prefix cache serves it, and else the very first. While others answer, one that
failed again and again gets one question at a time, to try whether it is mended.
"""

from collections.abc import Iterable, Sequence

from generation.slots import BROKEN, Server

SEEN = 64  # questions, from the first that waits, among which one at home is looked for: none waits long for being passed over


def place(servers: Sequence[Server], beginnings: Iterable[int], now: float) -> tuple[Server, int] | None:
    """The server that is asked next, and the place of its question among those that wait; None where no slot is free."""
    alive = [server for server in servers if server.alive]
    if len(alive) == 1:
        [only] = alive
        return (only, 0) if only.under_way < only.slots and only.paused <= now else None
    ready = _free(alive, now)
    if not ready:
        return None
    for number, beginning in zip(range(SEEN), beginnings, strict=False):
        home = alive[beginning % len(alive)]
        if home in ready:
            return home, number
    return ready[0], 0


def _free(alive: Sequence[Server], now: float) -> list[Server]:
    """Of the servers that may be asked now, those with least under way."""
    sound = [server for server in alive if server.failed < BROKEN] or alive
    may = [
        server
        for server in alive
        if server.under_way < server.slots
        and server.paused <= now
        and (server in sound or (not server.under_way and server.trial <= now))
    ]
    least = min((server.under_way for server in may), default=0)
    return [server for server in may if server.under_way == least]
