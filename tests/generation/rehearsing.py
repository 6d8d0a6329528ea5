"""What the tests of the rehearsal share: a question, and clients that hide nothing."""

import asyncio
import json
import typing
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import aiohttp

from generation.prompts import load_prompt

ROOT = Path(__file__).parents[2]
PASSAGE = (
    "The sum of two even numbers is even. Let $a = 2m$ and $b = 2n$. Then $a + b = 2(m + n)$. "
    "The product is even as well, since $ab = 4mn$. Odd numbers behave in another way, as $1 + 3 = 4$ shows."
)
QUESTION = load_prompt("teacher_student").messages({"text": PASSAGE})


def get(url: str) -> tuple[int, str]:
    return fetch(urllib.request.Request(url))


def post(url: str, body: Any) -> tuple[int, str]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return fetch(urllib.request.Request(url, data, {"Content-Type": "application/json"}))


def fetch(request: urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as problem:
        return problem.code, problem.read().decode()


def chat(url: str, **more: Any) -> dict[str, Any]:
    status, text = post(f"{url}/v1/chat/completions", {"messages": QUESTION, "max_tokens": 2000, **more})
    assert status == 200, text
    return typing.cast(dict[str, Any], json.loads(text))


async def gathered(url: str, bodies: list[dict[str, Any]]) -> list[tuple[int, str, Any]]:
    async def one(session: aiohttp.ClientSession, body: dict[str, Any]) -> tuple[int, str, Any]:
        try:
            async with session.post(f"{url}/v1/chat/completions", json=body) as reply:
                return reply.status, await reply.text(), reply.headers
        except (aiohttp.ClientError, OSError) as problem:
            return 0, type(problem).__name__, {}

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        return await asyncio.gather(*(one(session, body) for body in bodies))


def bodies(count: int) -> list[dict[str, Any]]:
    prompt = load_prompt("debate")
    return [
        {"messages": prompt.messages({"text": f"{PASSAGE} This is number {n}."}), "max_tokens": 2000}
        for n in range(count)
    ]


def contents(replies: list[tuple[int, str, Any]]) -> list[Any]:
    return [json.loads(text)["choices"] if status == 200 else text for status, text, _ in replies]
