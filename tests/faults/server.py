"""The rehearsal as a server that can be disturbed, and that counts which replies it gave twice.

    python -m tests.faults.server PORT SEED OUTAGES DELAY SLOTS LIFE [REVISION]
    GET /counts -> {"asked", "good", "twice", "peak"};  GET /be/well, /be/lying, /be/slow -> how it answers from then on

`good` are whole replies that are the teacher's, or its refusals; `twice` those to a question that had one before. A
liar says that it is well, and sends what is no reply.
"""

import asyncio
import json
import random
import sys
from collections import Counter

import uvloop
from aiohttp import web

from generation.faults import Reply
from generation.outages import PAGE
from generation.rehearsal import HOST, Rehearsal, serving
from generation.serving import handler
from generation.tgi_requests import Request

LIFE = 1000  # attempts at a question that no life of a server has
SLOW = 3.0  # seconds more that a slow server takes
LIES = (
    b"", PAGE, b"[" * 100_000, b"{}", b'{"choices": []}', b'{"choices": [{"message": "no"}]}', b'{"generated_text": 7}', b"null", b"\xff\xfe",
    b'{"choices": [{"message": {"role": "assistant", "con',
)  # fmt: skip


class Attempts(dict[bytes, int]):
    """Attempts at each question, in the so-many-th life of a server: what it forgot would be the same outages over again."""

    def __init__(self, life: int) -> None:
        super().__init__()
        self.first = life * LIFE

    def get(self, key: bytes, default: object = None) -> int:  # type: ignore[override]
        return super().get(key, self.first)


class Counts:
    """Stands where the rehearsal keeps the truth, which it writes down for every whole reply."""

    def __init__(self) -> None:
        self.good = Counter[tuple[object, ...]]()
        self.asked = self.under_way = self.peak = 0

    def write(self, request: Request, reply: Reply, model: str, revision: str | None, fault: str | None) -> None:
        self.good[(model, *request.all_texts, *request.drawn, request.seed)] += 1

    def said(self) -> dict[str, int]:
        good = self.good.total()
        return {"asked": self.asked, "good": good, "twice": good - len(self.good), "peak": self.peak}


async def main() -> None:
    port, seed, outages, delay, slots, life, *revision = sys.argv[1:]
    counts, mood, draw = Counts(), "well", random.Random(int(seed))
    said = Rehearsal(
        seed=int(seed), outages=outages, delay=float(delay), slots=int(slots), revision=next(iter(revision), None)
    )
    state = serving(said, None)
    state.truth = counts  # type: ignore[assignment]
    state.attempts = Attempts(int(life))
    rehearsed = handler(state)

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal mood
        if request.path == "/counts":
            return web.json_response(counts.said())
        if request.path.startswith("/be/"):
            mood = request.path.removeprefix("/be/")
            return web.Response()
        if request.method == "GET":
            return await rehearsed(request)
        counts.asked, counts.under_way = counts.asked + 1, counts.under_way + 1
        counts.peak = max(counts.peak, counts.under_way)
        try:
            if mood == "lying":
                await asyncio.sleep(float(delay))
                return web.Response(body=draw.choice(LIES), content_type="application/json")
            await asyncio.sleep(SLOW if mood == "slow" else 0)
            made = await rehearsed(request)
            if request.path.endswith("/embed") and made.status == 200:
                counts.good[(request.path, await request.read())] += 1
            return made
        finally:
            counts.under_way -= 1

    server = web.Server(handle, handler_cancellation=True, access_log=None)
    listening = await asyncio.get_running_loop().create_server(server, HOST, int(port), backlog=1024)
    print(json.dumps(listening.sockets[0].getsockname()[1]), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
