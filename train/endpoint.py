"""An endpoint as lm-eval asks it, and within bounds: a token of its own, no redirect, no reply of more than 16 MiB.

a server, the model that it serves -> lm-eval's object; chat completions -> their texts, UserError (it refuses) or ClientError
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from lm_eval.models.openai_completions import LocalChatCompletion
from tenacity import retry, retry_if_not_exception_type, stop_after_attempt, wait_exponential
from tqdm.asyncio import tqdm_asyncio

from builders.errors import UserError

LARGEST = 16 << 20  # bytes of a reply
PART = 1 << 16
REFUSES = (400, 401, 403, 404, 405, 413, 422)  # asked again, it says the same
SHOWN = 200  # characters of what it says then


class Endpoint(LocalChatCompletion):
    """lm-eval's own, but for what it would take from a server, or send to it, without a look."""

    def __init__(self, base: str, model: str, token: str, concurrency: int, tries: int) -> None:
        # lm-eval sends OPENAI_API_KEY wherever no header is given; for one request at a time it has a second client.
        header = {"Authorization": f"Bearer {token}"} if token else {"Accept": "application/json"}
        super().__init__(
            base_url=f"{base}/v1/chat/completions", model=model, num_concurrent=max(2, concurrency), header=header,
            tokenized_requests=False, tokenizer_backend=None, max_retries=tries,
        )  # fmt: skip
        self.slots, self.token = concurrency, token

    async def get_batched_requests(self, requests: Sequence[Any], cache_keys: Sequence[Any], **more: Any) -> list[Any]:
        """What is said to each request, `slots` of them at once."""
        again = retry(
            retry=retry_if_not_exception_type(UserError), stop=stop_after_attempt(self.max_retries),
            wait=wait_exponential(multiplier=0.5, min=1, max=10), reraise=True,
        )(self.amodel_call)  # fmt: skip
        slots = asyncio.Semaphore(self.slots)
        connector, timeout = aiohttp.TCPConnector(limit=self.slots), aiohttp.ClientTimeout(total=self.timeout)
        async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
            within = _Session(session, self.token)
            asked = (
                again(session=within, sem=slots, messages=[request], cache_keys=[key], **more)
                for request, key in zip(requests, cache_keys, strict=True)
            )
            return list(await tqdm_asyncio.gather(*asked, desc="Requesting API"))

    @staticmethod
    def parse_generations(outputs: Any, **_: Any) -> list[str]:
        """The text of a chat completion. ClientError for anything else, which lm-eval would take for an empty answer."""
        try:
            said = outputs["choices"][0]["message"].get("content")
            if said is None or isinstance(said, str):
                return [said or ""]
        except (AttributeError, IndexError, KeyError, TypeError):
            pass
        raise aiohttp.ClientError(f"it sent no chat completion, but {str(outputs)[:SHOWN]}")


@dataclass(frozen=True)
class _Session:
    """A session whose replies are read within bounds."""

    session: aiohttp.ClientSession
    token: str

    @asynccontextmanager
    async def post(self, url: str, **more: Any) -> AsyncIterator["_Reply"]:
        async with self.session.post(url, allow_redirects=False, **more) as reply:
            body = bytearray()
            async for part in reply.content.iter_chunked(PART):
                body += part
                if len(body) > LARGEST:
                    raise aiohttp.ClientError(f"it sent a reply of over {LARGEST >> 20} MiB")
            if self.token:  # some say it again, and all that is said is kept
                body = body.replace(self.token.encode(), b"***")
            if reply.status != 200:
                said = " ".join(body.decode(errors="replace").split())
                if reply.status in REFUSES:
                    raise UserError(f"the endpoint refuses an item ({reply.status}): {said[:SHOWN]}")
                raise aiohttp.ClientError(f"it answered {reply.status}: {said[:SHOWN]}")
            yield _Reply(bytes(body))


@dataclass(frozen=True)
class _Reply:
    """What lm-eval asks of a reply that is there, whole, with status 200."""

    body: bytes
    ok = True

    def raise_for_status(self) -> None:
        """Done before."""

    async def json(self) -> Any:
        """What it holds. ClientError where that is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as problem:
            said = f"{self.body[:SHOWN]!r} ({type(problem).__name__})"
            raise aiohttp.ClientError(f"it sent no JSON, but {said}") from problem
