"""How the rehearsal serves: pages, models, slots, delays, and what it counts.

a request -> a response; a model per role: mathloom/rehearsal/ROLE at /ROLE/...

Every role answers /embed as well; one whose name begins with embed says so at /info, as text-embeddings-inference does.
"""

import asyncio
import math
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b, sha256
from random import Random

from aiohttp import web

from generation import tei
from generation import tgi_replies as tgi
from generation.faults import Reply
from generation.outages import FOREVER, SLOW, SLOWEST, broken, refusal, rejected
from generation.scripted import SILENT, Script, pick, reply_to
from generation.teacher import VERSION
from generation.tgi_requests import Limits, Rejected, Request, read_chat, read_generate, tokens
from generation.truth_file import TruthFile

NAME = "mathloom/rehearsal/"
ROLE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
PAGES = (
    "/v1/chat/completions", "/generate_stream", "/generate", "/v1/models", "/info", "/health", "/metrics", "/tokenize",
    "/embed",
)  # fmt: skip
EMBEDDING = "embed"  # how the name of a role begins that serves embeddings only
ASKING = ("/v1/chat/completions", "/generate_stream", "/generate", "/tokenize", "/embed", "/")
CHAT_ONLY = ("/v1/chat/completions", "/v1/models", "/health", "/embed")
REMEMBERED = 1_000_000  # questions whose attempts are counted


@dataclass
class Serving:
    """Settings and counts of a running server."""

    seed: int
    script: Script
    outages: dict[str, float]
    truth: TruthFile | None
    delay: float
    spread: float
    limits: Limits
    own_revision: str | None
    chat_only: bool
    under_way: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    attempts: dict[bytes, int] = field(default_factory=dict)


def revision(state: Serving, role: str) -> str:
    """The model_sha of a role: another one only when the teacher's replies change."""
    return state.own_revision or sha256(f"{NAME}{role} {VERSION}".encode()).hexdigest()[:40]


@lru_cache(maxsize=1024)
def route(path: str) -> tuple[str, str] | None:
    """A path's role and page; None where there is none."""
    page = next((page for page in PAGES if path.endswith(page)), "/")
    role = path.removesuffix(page).strip("/")
    if not role:
        return "generator", page
    return (role, page) if ROLE.fullmatch(role) else None


def handler(state: Serving) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
    """What the web server calls for each request."""

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        found = route(request.path)
        if found is None or (state.chat_only and found[1] not in CHAT_ONLY and not found[0].startswith(EMBEDDING)):
            return web.Response(status=404)
        role, page = found
        if role.startswith(EMBEDDING) and page not in ("/embed", "/info", "/health", "/metrics"):
            return web.Response(status=404)
        if request.method != ("POST" if page in ASKING else "GET"):
            return web.Response(status=405)
        if page not in ASKING:
            return _page(state, role, page)
        try:
            return await _ask(state, request, role, page)
        except Rejected as problem:
            state.counts["failure validation"] += 1
            return rejected(problem)

    return handle


def _page(state: Serving, role: str, page: str) -> web.Response:
    model = NAME + role
    if page == "/info" and role.startswith(EMBEDDING):
        return _json(tei.info(model, revision(state, role), state.limits.requests))
    if page == "/info":
        return _json(tgi.info(model, revision(state, role), state.limits))
    if page == "/v1/models":
        return _json({"object": "list", "data": [{"id": model, "object": "model", "created": 0, "owned_by": model}]})
    if page == "/metrics":
        return web.Response(text=tgi.metrics(state.counts, state.under_way), content_type="text/plain")
    return web.Response()


def _json(value: object) -> web.Response:
    return web.Response(body=tgi.encoded(value), content_type="application/json")


async def _ask(state: Serving, request: web.BaseRequest, role: str, page: str) -> web.StreamResponse:
    body = await request.read()
    if page == "/embed":
        return await _embed(state, role, body)
    if page == "/v1/chat/completions":
        asked = read_chat(body, state.limits)
    else:
        asked = read_generate(body, state.limits, {"/": None, "/generate_stream": True}.get(page, False))
    if page == "/tokenize":
        return _json(tgi.tokenized(asked.text))
    state.counts["count"] += 1
    if state.under_way[role] >= state.limits.requests:
        state.counts["failure overloaded"] += 1
        return refusal("overloaded") or web.Response(status=429)
    state.under_way[role] += 1
    try:
        return await _reply(state, request, asked, role, page)
    finally:
        state.under_way[role] -= 1


async def _embed(state: Serving, role: str, body: bytes) -> web.StreamResponse:
    texts, normalize = tei.read(body)
    said = "\x1f".join((str(state.seed), NAME + role, *texts))
    outage = _outage(state, blake2b(said.encode("utf-8", "replace"), digest_size=8).digest())
    state.counts["count"] += 1
    status = refusal(outage) if outage else None
    if status is not None:
        return status
    state.counts["success"] += 1
    return _json(tei.vectors(texts, normalize))


async def _reply(state: Serving, request: web.BaseRequest, asked: Request, role: str, page: str) -> web.StreamResponse:
    model = NAME + role
    said = "\x1f".join((str(state.seed), model, *asked.all_texts, *map(str, asked.drawn)))
    digest = blake2b(said.encode("utf-8", "replace"), digest_size=8).digest()
    outage = _outage(state, digest)
    status = refusal(outage) if outage else None
    if status is not None:
        return status
    draw = Random(int.from_bytes(digest))
    reply = reply_to(asked.text, state.script, draw, role)
    wait = state.delay
    if wait and state.spread:
        wait *= math.exp(state.spread * draw.gauss(0.0, 1.0) - state.spread**2 / 2)
    if outage == "slow":
        wait = wait * SLOW + SLOWEST
    if reply.fault == SILENT or outage == "silence":
        wait = FOREVER
    if wait:
        await asyncio.sleep(wait)
    text, finish = ("", "stop") if outage == "empty" else (reply.text, reply.finish)
    if reply.status != 200 and outage is None:
        _note(state, asked, reply, role, reply.fault)
        raise Rejected(reply.status, reply.text, "validation")
    text, finish = tgi.finished(asked, text, finish)
    if outage in (None, "slow"):
        _note(state, asked, reply, role, reply.fault or ("cut" if finish == "length" else None))
        state.counts["success"] += 1
        state.counts["generated_tokens"] += max(1, tokens(text))
    if asked.stream:
        return await _stream(request, asked, model, text, finish, outage)
    value = (
        tgi.chat_reply(asked, model, text, finish)
        if asked.dialect == "chat"
        else tgi.generate_reply(asked, text, finish)
    )
    made = tgi.encoded([value] if page == "/" else value)
    if outage in ("reset", "half", "garbage"):
        return await broken(request, outage, made)
    headers = {"x-compute-type": "rehearsal", "x-compute-characters": str(len(asked.text))}
    return web.Response(body=made, content_type="application/json", headers=headers)


def _outage(state: Serving, digest: bytes) -> str | None:
    """The outage of this attempt, a function of the question and of how often it was asked."""
    attempt = state.attempts.get(digest, 0)
    if attempt:
        state.counts["asked_again"] += 1
    if attempt or len(state.attempts) < REMEMBERED:
        state.attempts[digest] = attempt + 1
    if not state.outages:
        return None
    number = int.from_bytes(blake2b(digest + attempt.to_bytes(4), digest_size=8).digest())
    return pick(state.outages, number / 2**64)


def _note(state: Serving, asked: Request, reply: Reply, role: str, fault: str | None) -> None:
    if state.truth is not None:
        state.truth.write(asked, reply, NAME + role, None if state.chat_only else revision(state, role), fault)


async def _stream(
    request: web.BaseRequest, asked: Request, model: str, text: str, finish: str, outage: str | None
) -> web.StreamResponse:
    chat = asked.dialect == "chat"
    events = [*(tgi.chat_events(asked, model, text, finish) if chat else tgi.generate_events(asked, text, finish))]
    if outage in ("reset", "half", "garbage"):
        return await broken(request, outage, b"".join(events))
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
    await response.prepare(request)
    for start in range(0, len(events), 16):
        await response.write(b"".join(events[start : start + 16]))
    await response.write_eof()
    return response
