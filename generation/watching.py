"""Whether a server is well, and still who it was: asked when an attempt failed, after silence, and before it is asked again.

/health, /info -> up again, with what was learnt of it forgotten; down; gone; or closed by name, because it is another model now
"""

import asyncio
from typing import TYPE_CHECKING

from builders.errors import SAFE, UserError, WorldError
from builders.screen import say
from generation.servers import Closed, Transient, health, identify
from generation.slots import Server

if TYPE_CHECKING:
    from generation.pool import Pool

WAITS = (0.5, 1.0)  # seconds between two checks of a server that is not well, growing: slots that are back wait so long
RAMP = 0.01  # seconds at least between two times that a server gets more slots
GONE = 3  # checks in a row that nobody answers, after which what is under way there is asked elsewhere


async def watch(pool: "Pool", server: Server) -> None:
    """Asks for a server's health until it is well, and then who it is."""
    wait, unheard = WAITS[0], 0
    try:
        while not (pool.stopped or server.closed):
            began = pool.loop.time()
            said = await health(pool.session, server.address)
            if said and await _same(pool, server):
                server.heard = pool.loop.time()
                pool.dispatch()
                return
            unheard = unheard + 1 if said is None and server.heard < began else 0
            gone = unheard >= GONE and any(other.alive for other in pool.servers if other is not server)
            if not server.down and (gone or server.failed or not server.alive):
                server.down = True
                say(f"{server.address.url} is down; it is asked again as soon as it is well", error=True)
            if gone:
                pool.move(server)
            await asyncio.sleep(wait)
            wait = min(WAITS[1], wait * 1.5)
    finally:
        server.probing = None


async def ramp(pool: "Pool", server: Server) -> None:
    """More slots, once a health check has come back: a 429 to what was sent before has come by then, however far the server is."""
    try:
        await asyncio.sleep(RAMP)
        well = await health(pool.session, server.address)
    finally:
        server.ramping = None
    if well and server.ramps:
        server.ramp()
        pool.dispatch()


async def _same(pool: "Pool", server: Server) -> bool:
    """Whether a server that was down, or is new, is one that keys were made for; another one is asked nothing more."""
    if server.alive:
        return True
    try:
        said = await identify(pool.session, server.address)
    except Transient:
        return False
    except Closed as problem:
        pool.close(server, WorldError(f"{problem}. Mend it: {SAFE}"))
        return False
    names = said.offers or ((said.model,) if said.model else ())
    known = server.identity
    if not names and known and (known.model or known.offers):
        return False  # it said so before, and will again
    if (names and not pool.serves.issubset(names)) or said.revision != pool.revision:
        asked = ", ".join(sorted(pool.serves))
        pool.close(
            server,
            UserError(
                f"{server.address.url} came back as {', '.join(map(str, names[:8]))} at revision {said.revision}; "
                f"this run asks {asked} at revision {pool.revision}"
            ),
        )
        pool.move(server)
        return False
    if server.down or said != server.identity:
        server.identity = said
        server.begin(pool.loop.time())
    server.down = server.lost = False
    return True
