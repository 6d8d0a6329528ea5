"""The bench's server: slots, delays that depend on the question alone, and what a schedule could reach.

    python -m tests.bench.server PORT MEAN_SECONDS SLOTS constant|lognormal|hanging|limited|faulty|faultier|slowing [LOG]

`hanging`: one question in 500 is never answered; `limited`: 429 above SLOTS under way, of which /info says nothing;
`faulty`, `faultier`: 2 and 5 % of the attempts end in a 503 or a reset; `slowing`: everything takes SLOWER times as long once
TURNS seconds have gone. With LOG it is one of several of one model, and what it did stands there, a line an attempt: when it
began, when it ended, its seconds (-1: a 429). It does as little as it can per request, so that the client is what is measured.
"""

import asyncio
import heapq
import json
import math
import os
import random
import sys
import time
import zlib

import uvloop
from aiohttp import web

SPREAD = 0.8  # sigma of the log-normal
TURNS, SLOWER = 12.0, 4.0
MARK = "@@@@@@@@"
FAULTY = {"faulty": 50, "faultier": 20}  # one attempt in so many
WORDS = "the sum of two terms is bounded because each factor grows and we compare it with the integral".split()


def dialogue(seed: int) -> str:
    """Ten turns of some 45 words: about the size of a real reply."""
    draw = random.Random(seed)
    turns = []
    for turn in range(10):
        words = " ".join(draw.choice(WORDS) for _ in range(45))
        turns.append(f"{('Teacher', 'Student')[turn % 2]}: {words}, so that $x_{turn}$ grows with {seed}.")
    return "<dialogue>\n" + "\n\n".join(turns) + "\n</dialogue>"


def completion(text: str) -> bytes:
    """A chat completion as a body."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 600, "completion_tokens": 620, "total_tokens": 1220}
    said = {
        "id": "",
        "object": "chat.completion",
        "created": 0,
        "model": "tests/bench",
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(said).encode()


class Bench:
    """One server's counts."""

    def __init__(self, mean: float, slots: int, kind: str, log: str | None = None) -> None:
        draw = random.Random(0)
        self.slots, self.kind = slots, kind
        self.model = f"tests/bench/{'pool' if log else id(self)}"
        self.log = os.open(log or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        spread = [draw.lognormvariate(math.log(mean) - SPREAD**2 / 2, SPREAD) for _ in range(4096)]
        self.table = [mean] * 4096 if kind == "constant" else spread
        self.replies = [
            completion(f"{dialogue(i)[:-12]}\n\nTeacher: That makes {MARK}.\n</dialogue>") for i in range(256)
        ]
        self.reset()

    def reset(self) -> None:
        self.count, self.first, self.last, self.under_way, self.peak = 0, 0.0, 0.0, 0, 0
        self.requests, self.refused, self.bodies = 0, 0, set[int]()
        self.delays: list[float] = []
        self.free = asyncio.Semaphore(self.slots)

    async def handle(self, request: web.BaseRequest) -> web.Response:
        if request.method == "GET":
            return self.said(request.path)
        draw = zlib.crc32(await request.read())
        self.first = self.first or time.perf_counter()
        self.requests += 1
        self.bodies.add(draw)
        began = time.monotonic()
        delay = self.table[draw % 4096]
        if self.kind == "limited" and self.under_way >= self.slots:
            self.refused += 1
            self.note(began, -1)
            return web.Response(status=429)
        if self.kind in FAULTY and self.requests % FAULTY[self.kind] == 0:
            return self.broken(request)
        if self.kind == "hanging" and draw % 500 == 0:
            await asyncio.sleep(3600)
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        try:
            async with self.free:
                await asyncio.sleep(delay * self.slower())
        finally:
            self.under_way -= 1
        self.count += 1
        self.delays.append(delay)
        self.last = time.perf_counter()
        self.note(began, delay)
        body = self.replies[draw % 256].replace(MARK.encode(), b"%08d" % (draw % 10**8))
        return web.Response(body=body, content_type="application/json")

    def note(self, began: float, delay: float) -> None:
        """A line in the log, whole however the process ends."""
        os.write(self.log, f"{began} {time.monotonic()} {delay}\n".encode())

    def slower(self) -> float:
        """How many times as long as usual a reply takes now."""
        turned = self.kind == "slowing" and time.perf_counter() - self.first > TURNS
        return SLOWER if turned else 1.0

    def broken(self, request: web.BaseRequest) -> web.Response:
        """A 503, or no answer at all, in turn."""
        if self.requests // FAULTY[self.kind] % 2 and request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)

    def said(self, path: str) -> web.Response:
        """`ideal`: the end of a greedy list schedule of the same delays on the same slots."""
        if path == "/info":
            limit = {} if self.kind == "limited" else {"max_concurrent_requests": self.slots}
            return web.json_response({"model_id": self.model, "model_sha": "1", **limit})
        if path == "/asked":
            return web.json_response(self.requests)
        if path != "/stats":
            return web.Response()
        ends = [0.0] * self.slots
        for delay in self.delays:
            heapq.heapreplace(ends, ends[0] + delay)
        took = self.last - self.first
        said = {"count": self.count, "peak": self.peak, "ideal": max(ends), "took": took}
        said |= {"requests": self.requests, "refused": self.refused, "different": len(self.bodies)}
        self.reset()
        return web.json_response(said)


async def main() -> None:
    bench = Bench(float(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:])
    server = web.Server(bench.handle, access_log=None)
    listening = await asyncio.get_running_loop().create_server(server, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
