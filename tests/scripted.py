"""A real HTTP server on loopback whose answers a test scripts: chat completions, /info, /v1/models, /health.

with Scripted(lambda call: reply("hello")) as server: ... server.url, server.calls
"""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[["Call"], "web.StreamResponse | Awaitable[web.StreamResponse]"]


@dataclass
class Call:
    """One request: its number (from 0), path, JSON body, headers."""

    number: int
    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    request: web.Request
    at: float = field(default_factory=time.monotonic)

    @property
    def text(self) -> str:
        return self.body["messages"][-1]["content"] if "messages" in self.body else self.body["inputs"]


def reply(text: str, finish: str = "stop", **usage: Any) -> web.Response:
    """A chat completion."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": finish}
    counted = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15} | usage
    return web.json_response(
        {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice], "usage": counted}
    )


def echo(call: Call) -> web.Response:
    """The last message back."""
    return reply(call.text)


async def reset(call: Call) -> web.StreamResponse:
    """Cuts the connection without a word."""
    assert call.request.transport is not None
    call.request.transport.abort()
    return web.Response()


class Scripted:
    """A server in a thread of its own. `model`/`sha` is what it says it serves; `info` False: it is no TGI."""

    def __init__(
        self,
        handler: Handler = echo,
        *,
        model: str = "tests/echo",
        sha: str | None = "aaaa",
        info: bool = True,
        slots: int = 32,
    ):
        self.handler, self.model, self.sha, self.info, self.slots = handler, model, sha, info, slots
        self.calls: list[Call] = []
        self.healthy = True
        self.info_status = 200
        self.port = 0
        self._loop = asyncio.new_event_loop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Scripted":
        ready = threading.Event()

        async def start() -> None:
            app = web.Application(client_max_size=2**27)
            app.router.add_route("*", "/{path:.*}", self._serve)
            self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await self._runner.setup()
            site = web.TCPSite(self._runner, "127.0.0.1", self.port)
            await site.start()
            self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
            ready.set()

        def live() -> None:
            asyncio.set_event_loop(self._loop)
            self._loop.create_task(start())
            self._loop.run_forever()

        self._thread = threading.Thread(target=live, daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            await self._runner.cleanup()
            under_way = asyncio.all_tasks() - {asyncio.current_task()}
            for task in under_way:  # what hangs on purpose would be told of when the tests end
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        if request.method == "GET":
            return self._said(request.path)
        body = json.loads(await request.read())
        call = Call(len(self.calls), request.path, body, dict(request.headers), request)
        self.calls.append(call)
        answer = self.handler(call)
        return answer if isinstance(answer, web.StreamResponse) else await answer

    def _said(self, path: str) -> web.Response:
        if not self.healthy:
            return web.Response(status=503)
        if path == "/info" and self.info_status != 200:
            return web.Response(status=self.info_status)
        if path == "/info" and self.info:
            return web.json_response(
                {"model_id": self.model, "model_sha": self.sha, "max_concurrent_requests": self.slots}
            )
        if path == "/v1/models" and not self.info:
            return web.json_response({"object": "list", "data": [{"id": self.model, "object": "model"}]})
        return web.Response(status=200 if path == "/health" else 404)
