"""An endpoint as lm-eval asks it, and within bounds: no redirect is followed, and no reply has more than 16 MiB.

a model's name, its server -> lm-eval's object; chat completions -> their texts, or aiohttp.ClientError
"""

import copy
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import requests
from lm_eval.models.openai_completions import LocalChatCompletion

LARGEST = 16 << 20  # bytes of a reply
PART = 1 << 16


class Endpoint(LocalChatCompletion):
    """lm-eval's own, but for what it would take from a server without a look."""

    async def amodel_call(self, session: aiohttp.ClientSession, *given: Any, **more: Any) -> Any:
        """Several at once."""
        return await super().amodel_call(_Session(session), *given, **more)

    def model_call(
        self, messages: Any, *, generate: bool = True, gen_kwargs: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """One after the other."""
        kwargs = {"gen_kwargs": copy.deepcopy(gen_kwargs), "seed": self._seed, "eos": self.eos_string, **more}
        asked = self._create_payload(self.create_message(messages), generate=generate, **kwargs)
        until = time.monotonic() + self.timeout
        plain = {"headers": self.header, "timeout": self.timeout, "allow_redirects": False, "stream": True}
        with requests.post(self.base_url, json=asked, **plain) as reply:
            check_status(reply.status_code)
            body = bytearray()
            for part in reply.iter_content(PART):
                grow(body, part)
                if time.monotonic() > until:
                    raise aiohttp.ClientError(f"no whole reply in {self.timeout} s")
        return parsed(bytes(body))

    @staticmethod
    def parse_generations(outputs: Any, **_: Any) -> list[str | None]:
        """The texts of a chat completion. ClientError for anything else, which lm-eval would take for an empty answer."""
        try:
            said = outputs["choices"][0]["message"].get("content")
        except (AttributeError, IndexError, KeyError, TypeError):
            said = outputs
        if said is not None and not isinstance(said, str):
            raise aiohttp.ClientError(f"it sent no chat completion, but {str(outputs)[:100]}")
        return [said]


@dataclass(frozen=True)
class _Session:
    """A session whose replies are read within bounds."""

    session: aiohttp.ClientSession

    @asynccontextmanager
    async def post(self, url: str, **more: Any) -> AsyncIterator["_Reply"]:
        async with self.session.post(url, allow_redirects=False, **more) as reply:
            check_status(reply.status)
            body = bytearray()
            async for part in reply.content.iter_chunked(PART):
                grow(body, part)
            yield _Reply(bytes(body))


@dataclass(frozen=True)
class _Reply:
    """What lm-eval asks of a reply that is there, whole, with status 200."""

    body: bytes
    ok = True

    def raise_for_status(self) -> None:
        """Done before."""

    async def json(self) -> Any:
        return parsed(self.body)


def check_status(status: int) -> None:
    """Raises ClientError for all but 200: a redirect would take the token along."""
    if status != 200:
        raise aiohttp.ClientError(f"it answered {status}")


def grow(body: bytearray, part: bytes) -> None:
    """Adds a part to a body. ClientError where it has LARGEST bytes."""
    body += part
    if len(body) > LARGEST:
        raise aiohttp.ClientError(f"it sent a reply of over {LARGEST >> 20} MiB")


def parsed(body: bytes) -> Any:
    """What JSON says. ClientError where it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise aiohttp.ClientError(f"it sent no JSON, but {body[:100]!r} ({type(problem).__name__})") from problem
