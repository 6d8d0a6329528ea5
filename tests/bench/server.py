"""The bench's server: slots, delays per question that depend on the question alone, and what a schedule could reach.

    python -m tests.bench.server PORT MEAN_SECONDS SLOTS constant|lognormal|hanging
"""

import asyncio
import hashlib
import heapq
import json
import math
import random
import sys
import time
from typing import Any

import uvloop
from aiohttp import web

SPREAD = 0.8  # sigma of the log-normal
WORDS = "the sum of two terms is bounded because each factor grows slowly and we may compare it with the integral over it".split()


def dialogue(seed: int) -> str:
    """Ten turns of some 45 words: about the size of a real reply."""
    draw = random.Random(seed)
    turns = []
    for turn in range(10):
        words = " ".join(draw.choice(WORDS) for _ in range(45))
        turns.append(f"{('Teacher', 'Student')[turn % 2]}: {words}, so that $x_{turn} = {draw.randrange(99)} + {turn}$.")
    return "<dialogue>\n" + "\n\n".join(turns) + "\n</dialogue>"


class Bench:
    """One server's counts."""

    def __init__(self, mean: float, slots: int, kind: str) -> None:
        self.mean, self.slots, self.kind = mean, slots, kind
        self.texts = [dialogue(i) for i in range(400)]
        self.reset()

    def reset(self) -> None:
        self.count, self.first, self.last, self.peak, self.under_way = 0, 0.0, 0.0, 0, 0
        self.delays: list[float] = []
        self.free = asyncio.Semaphore(self.slots)

    async def chat(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.first = self.first or time.perf_counter()
        draw = random.Random(hashlib.md5(json.dumps(json.loads(body)["messages"]).encode()).digest())
        delay = self.mean if self.kind == "constant" else draw.lognormvariate(math.log(self.mean) - SPREAD**2 / 2, SPREAD)
        if self.kind == "hanging" and draw.random() < 1 / 500:
            await asyncio.sleep(3600)
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)
        try:
            async with self.free:
                await asyncio.sleep(delay)
        finally:
            self.under_way -= 1
        self.count += 1
        self.delays.append(delay)
        self.last = time.perf_counter()
        text = f"{draw.choice(self.texts)[:-12]}\n\nTeacher: That makes {draw.randrange(10**9)}.\n</dialogue>"
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 600, "completion_tokens": 620, "total_tokens": 1220}
        said = {"id": "", "object": "chat.completion", "created": 0, "model": "tests/bench", "choices": [choice], "usage": usage}
        return web.json_response(said)

    async def stats(self, request: web.Request) -> web.Response:
        """`ideal`: the end of a greedy list schedule of the same delays on the same slots."""
        ends = [0.0] * self.slots
        for delay in self.delays:
            heapq.heapreplace(ends, ends[0] + delay)
        said: dict[str, Any] = {"count": self.count, "peak": self.peak, "ideal": max(ends), "took": self.last - self.first}
        self.reset()
        return web.json_response(said)

    async def info(self, request: web.Request) -> web.Response:
        return web.json_response({"model_id": "tests/bench", "model_sha": "1", "max_concurrent_requests": self.slots})


def main() -> None:
    bench = Bench(float(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/v1/chat/completions", bench.chat)
    app.router.add_get("/info", bench.info)
    app.router.add_get("/stats", bench.stats)
    app.router.add_get("/health", lambda request: web.Response())
    uvloop.install()
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
