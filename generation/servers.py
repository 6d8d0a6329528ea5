"""Servers: which model they say they serve, whether they are well, and what their failures mean.

Address -> Identity (model, revision, limits), from /info or /v1/models
"""

import asyncio
import json
import socket
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from builders.markdown import UNSEEN
from builders.text import mend
from generation.addresses import Address
from generation.dialects import whole

LARGEST_PAGE = 2**20  # bytes of what a server says of itself, or of an error
LONGEST_NAME = 1000  # characters of a model's name, which may be a path
PROBE = 10.0  # seconds after which a health check has failed


class Closed(Exception):
    """This server will answer nothing in this run (401, 402, 403, 404, 405, a redirect): nothing is recorded."""


class Transient(Exception):
    """The world's fault: tried again. `after`: seconds that the server asked to wait; `busy`: a 429; `lost`: no connection;
    `endless`: a body that is no reply's, however often it is asked for."""

    def __init__(
        self, detail: str, after: float | None = None, busy: bool = False, lost: bool = False, endless: bool = False
    ) -> None:
        super().__init__(detail)
        self.endless = endless
        self.after = after
        self.busy = busy
        self.lost = lost


@dataclass(frozen=True)
class Identity:
    """What a server says of itself; `offers` are the models it serves, where it serves several.

    Neither model nor offers: it lists none.
    """

    model: str | None
    revision: str | None = None
    concurrent: int | None = None
    offers: tuple[str, ...] = ()

    def said(self) -> dict[str, Any]:
        """As the ledger remembers it."""
        return {
            "model": self.model,
            "revision": self.revision,
            "concurrent": self.concurrent,
            "offers": list(self.offers),
        }


async def get_json(session: aiohttp.ClientSession, address: Address, path: str) -> Any:
    """What a GET answers; None where the server has no such page, `Closed` or `Transient` where it fails."""
    try:
        async with asyncio.timeout(PROBE):
            async with session.get(address.url + path, headers=address.headers, allow_redirects=False) as reply:
                if reply.status in (404, 405):
                    return None
                check_server(reply, address)
                if reply.status != 200:
                    raise Transient(str(reply.status))
                return json.loads(await body_of(reply))
    except (ValueError, RecursionError):
        return None
    except (aiohttp.ClientError, OSError) as problem:
        raise Transient(in_words(problem)) from problem


def check_server(reply: aiohttp.ClientResponse, address: Address) -> None:
    """Raises `Closed` for what concerns the server and not the question; in our words, for its own may hold the token."""
    url = address.url
    if 300 <= reply.status < 400:
        place = address.without_token(_host(reply.headers.get("Location", "")))
        raise Closed(f"{url} sends on to {place} ({reply.status}); no token follows it there: name the address itself")
    if reply.status in (401, 402, 403, 404, 405):
        words = {
            401: "the token is missing or not accepted",
            402: "it wants to be paid first",
            403: "the token has no right to it",
        }
        more = words.get(reply.status, "it does not speak this dialect there (chat completions; or dialect: generate)")
        raise Closed(f"{url} answered {reply.status}: {more}")


def _host(place: str) -> str:
    """Where an address points, without what may be secret in it."""
    try:
        return urlsplit(place).hostname or "another of its pages"
    except ValueError:
        return "elsewhere"


async def body_of(reply: aiohttp.ClientResponse, longest: int = LARGEST_PAGE) -> bytes:
    """The body, up to what it can be."""
    parts, size = [], 0
    async for part in reply.content.iter_any():
        parts.append(part)
        size += len(part)
        if size > longest:
            raise Transient(f"a body of over {longest:,} bytes", endless=True)
    return b"".join(parts)


def in_words(problem: BaseException) -> str:
    """A transport error without addresses, in few words."""
    if isinstance(problem, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return "no such host"
    if isinstance(problem, TimeoutError):
        return "no answer in time"
    if isinstance(problem, aiohttp.ClientConnectorError | ConnectionRefusedError):
        return (
            "connection refused"
            if "refuse" in str(problem).lower()
            or isinstance(getattr(problem, "os_error", problem), ConnectionRefusedError)
            else "no connection"
        )
    if isinstance(problem, aiohttp.ServerDisconnectedError | ConnectionResetError):
        return "the connection broke off"
    if isinstance(problem, aiohttp.ClientPayloadError):
        return "half a body"
    return type(problem).__name__


async def identify(session: aiohttp.ClientSession, address: Address) -> Identity:
    """Which model a server says it serves: `/info` (TGI), else `/v1/models`."""
    info = await get_json(session, address, "/info")
    if isinstance(info, dict) and isinstance(info.get("model_id"), str):
        sha = info.get("model_sha")
        return Identity(
            _name(address, info["model_id"]),
            _name(address, sha) if isinstance(sha, str) and sha else None,
            whole(info.get("max_concurrent_requests")) or None,
        )
    try:
        listed = await get_json(session, address, "/v1/models")
    except Transient as problem:
        # `transformers serve` of a model on disk lists its cache, and breaks where there is none.
        if str(problem) != "500" or not await health(session, address):
            raise
        listed = {"data": []}
    data = listed.get("data") if isinstance(listed, dict) else None
    if not isinstance(data, list):
        raise Closed(
            f"{address.url} says neither at /info nor at /v1/models which model it serves; is it a text-generation server?"
        )
    names = [_name(address, m["id"]) for m in data if isinstance(m, dict) and isinstance(m.get("id"), str)]
    return Identity(names[0] if len(names) == 1 else None, None, None, tuple(names) if len(names) > 1 else ())


def _name(address: Address, said: str) -> str:
    """What a server calls a model or a revision. Raises `Closed` for what would be none."""
    name = address.without_token(mend(said))
    if len(name) > LONGEST_NAME or UNSEEN.search(name) or "\n" in name:
        raise Closed(f"{address.url} serves what no model is called: {name[:LONGEST_NAME]!r}")
    return name


async def health(session: aiohttp.ClientSession, address: Address) -> bool | None:
    """Whether a GET of `/health` (else `/v1/models`) says that all is well; None where nothing answers within 10 s: slow is not down."""
    try:
        async with asyncio.timeout(PROBE):
            for path in ("/health", "/v1/models"):
                async with session.get(address.url + path, headers=address.headers, allow_redirects=False) as reply:
                    if reply.status not in (404, 405):
                        return reply.status < 500
            return True
    except (aiohttp.ClientError, OSError):
        return None
