"""One attempt at one question: a request in the server's dialect, and its reply or what went wrong.

    Question -> Answer | Refused (the row's) | Transient (the world's) | Closed (the server's)

Plain aiohttp, since huggingface_hub's client sends a seventh as many questions a second and tries nothing again; what
is sent and read validates against its TextGeneration and ChatCompletion types (tests/generation/test_transport.py).
"""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

from generation.addresses import Address
from generation.dialects import DIALECTS, Answer, Asked, Dialect
from generation.keys import canonical, key, key_of_json, seed_of
from generation.ledger import Reply
from generation.servers import Transient, body_of, check_server, in_words

EMBEDDING = {"normalize": True, "truncate": True}  # what a question for an embedding has in place of sampling
JSON = {"Content-Type": "application/json"}
BEGINNING = 512  # characters of the messages that make up their beginning: the rules, where a prompt has many; else the row's text too
# Bytes that a body may have: some for every reply, and more for each token (TGI's details say some 100 bytes of each).
LONGEST, LONGEST_TOKEN = 2**20, 256
INTERIM = 16  # interim replies (1xx) that may wait to be read


class Refused(Exception):
    """400, 413, 422: this server will never take this question."""


@dataclass(frozen=True, slots=True)
class Question:
    """One reply that is wanted. `again` makes the same question for the next try, None after the last."""

    key: str
    pool: str  # the name of the pool that answers it
    step: str
    prompt: str
    model: str
    revision: str | None
    request: str
    dialect: Dialect
    body: bytes
    max_tokens: int
    prompt_length: int  # characters
    read: Callable[[str], dict[str, Any]]
    again: "Callable[[], Question] | None" = None
    beginning: int = 0  # the same number for prompts that begin alike

    @property
    def path(self) -> str:
        """The page that is asked."""
        return self.dialect.path


@dataclass(frozen=True)
class Asking:
    """What all questions of one ask share: the model as keys know it, `served` as the server knows it."""

    pool: str
    step: str
    prompt: str
    model: str
    revision: str | None
    served: str
    dialect: str
    sampling: dict[str, Any]
    read: Callable[[str], dict[str, Any]]
    tries: int = 1

    @property
    def max_tokens(self) -> int:
        """Of a reply; an embedding has none."""
        return int(self.sampling.get("max_tokens", 0))

    def question(self, messages: list[dict[str, str]], sample: int = 0, again: int = 0) -> Question:
        """The question for one row, sample and try."""
        said, sampling = canonical(messages), canonical(self.sampling)
        reply_key = key_of_json(self.model, self.revision, said, sampling, sample, again, self.dialect)
        request = (
            f'{{"dialect":"{self.dialect}","messages":{said},"sample":{sample},"sampling":{sampling},"try":{again}}}'
        )
        dialect = DIALECTS[self.dialect]
        body = dialect.body(
            Asked(self.served, messages, said, self.sampling, self.sampling.get("seed", seed_of(reply_key)))
        )
        more = (lambda: self.question(messages, sample, again + 1)) if again + 1 < self.tries else None
        return Question(
            reply_key, self.pool, self.step, self.prompt, self.model, self.revision, request, dialect,
            body.encode("utf-8", "replace"), self.max_tokens, sum(len(m["content"]) for m in messages),
            self.read, more, zlib.crc32(said[:BEGINNING].encode("utf-8", "replace")),
        )  # fmt: skip

    def following(self, reply: Reply) -> str | None:
        """The key of the try after a recorded one, None where that was the last."""
        request = json.loads(reply.request)
        again = request["try"] + 1
        if again >= self.tries:
            return None
        return key(
            self.model, self.revision, request["messages"], self.sampling, request["sample"], again, self.dialect
        )


class Reading(ResponseHandler):
    """Ends a connection on which interim replies (1xx) come faster than they are read: each is small, and nobody asked for one."""

    def feed_data(self, data: Any, size: int = 0) -> None:
        if len(self) < INTERIM:
            super().feed_data(data, size)
        elif self.transport is not None:
            self.transport.abort()


class Connector(aiohttp.TCPConnector):
    """Gives no connection out again on which more came than was asked for: it would be taken for the next reply."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._factory = partial(Reading, loop=self._loop)  # type: ignore[assignment]

    async def _get(self, key: Any, traces: Any) -> aiohttp.connector.Connection | None:
        while (found := await super()._get(key, traces)) is not None:
            if found.protocol is None or not found.protocol.should_close:
                return found
            found.close()
        return None


def session_of(sockets: int) -> aiohttp.ClientSession:
    """A session in which replies may take as long as they like, and no server's cookies are kept."""
    return aiohttp.ClientSession(
        connector=Connector(limit=sockets, ttl_dns_cache=60, keepalive_timeout=30),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=30),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def send(session: aiohttp.ClientSession, address: Address, url: URL, question: Question) -> Answer:
    """One attempt. Raises `Refused`, `Transient` or `Closed`; a wait for the reply has no end of its own."""
    try:
        async with session.post(
            url, data=question.body, headers=JSON | address.headers, allow_redirects=False
        ) as reply:
            if reply.status == 200:
                longest = LONGEST + LONGEST_TOKEN * question.max_tokens
                return _without_token(address, read_reply(await body_of(reply, longest), question.dialect))
            raise await _failure(reply, address)
    except (aiohttp.ClientError, OSError) as problem:
        raise Transient(in_words(problem), lost=True) from problem


def _without_token(address: Address, answer: Answer) -> Answer:
    if not address.headers:
        return answer
    reasoning, finish = (text and address.without_token(text) for text in (answer.reasoning, answer.finish_reason))
    return replace(answer, text=address.without_token(answer.text), reasoning=reasoning, finish_reason=finish)


async def _failure(reply: aiohttp.ClientResponse, address: Address) -> Exception:
    check_server(reply, address)
    if reply.status in (400, 413, 422):
        return Refused(address.without_token(f"{reply.status}: {_message(await body_of(reply))}"))
    after = retry_after(reply.headers.get("Retry-After"))
    return Transient(str(reply.status), after, busy=reply.status == 429)


def _message(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    try:
        said = json.loads(text)
        error = said.get("error", said.get("message", said.get("detail", text))) if isinstance(said, dict) else text
        text = str(error.get("message", error) if isinstance(error, dict) else error)
    except (ValueError, RecursionError):
        text = text.strip()
    return " ".join(text.split())[:300]


def retry_after(header: str | None) -> float | None:
    """Seconds to wait, from a number or a date; None where the server says nothing that can be understood."""
    if not header:
        return None
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def read_reply(body: bytes, dialect: Dialect) -> Answer:
    """The reply in a body; what is not one is garbage, and so `Transient`."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise Transient("a body that is not JSON") from problem
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    answer = dialect.read(said)
    if answer is None:
        raise Transient("JSON that holds no reply")
    return answer
