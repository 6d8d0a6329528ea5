"""What one would write without us, over the same questions: each in a process of its own.

    python -m tests.bench.peers loop|map|async-map|hub URL ROWS.jsonl SLOTS

`loop` is a plain aiohttp loop, `map` Dataset.map in 4 processes, `async-map` Dataset.map with an async function, `hub`
huggingface_hub's client gathered. None of them remembers a reply, reads, filters or measures one.
"""

import asyncio
import json
import sys
from typing import Any

import aiohttp
from datasets import load_dataset
from huggingface_hub import AsyncInferenceClient

from generation.prompts import load_prompt

PROMPT = load_prompt("teacher_student")
SAMPLING: dict[str, Any] = {"temperature": 1.0, "top_p": 0.9, "max_tokens": 4096}


def body(row: dict[str, Any]) -> dict[str, Any]:
    """A chat completion's body."""
    return {"model": "m", "messages": PROMPT.messages(row), **SAMPLING}


def text(said: dict[str, Any]) -> str:
    """What was replied."""
    return str(said["choices"][0]["message"]["content"])


async def loop(url: str, path: str, slots: int) -> None:
    """As many workers as slots, one iterator of rows."""
    with open(path) as rows, open("/dev/null", "w") as out:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def worker() -> None:
                for line in rows:
                    row = json.loads(line)
                    async with session.post(f"{url}/v1/chat/completions", json=body(row)) as reply:
                        out.write(json.dumps({"id": row["id"], "text": text(await reply.json())}) + "\n")

            await asyncio.gather(*(worker() for _ in range(slots)))


async def hub(url: str, path: str, slots: int) -> None:
    """All questions gathered, a semaphore before the slots."""
    client, free = AsyncInferenceClient(base_url=url, timeout=600), asyncio.Semaphore(slots)
    with open(path) as lines:
        rows = [json.loads(line) for line in lines]

    async def one(row: dict[str, Any]) -> str | None:
        async with free:
            said = await client.chat_completion(PROMPT.messages(row), **SAMPLING)
            return said.choices[0].message.content

    await asyncio.gather(*map(one, rows), return_exceptions=True)


def gathered(batch: dict[str, list[Any]], url: str, slots: int) -> dict[str, list[str]]:
    """One process's batch, its slots kept full until it ends."""
    rows, found = iter(enumerate(batch["text"])), [""] * len(batch["text"])

    async def work() -> None:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def worker() -> None:
                for i, passage in rows:
                    asked = body({"text": passage})
                    async with session.post(f"{url}/v1/chat/completions", json=asked) as reply:
                        found[i] = text(await reply.json())

            await asyncio.gather(*(worker() for _ in range(slots)))

    asyncio.run(work())
    return {"reply": found}


def mapped(url: str, path: str, slots: int, processes: int = 4) -> None:
    """Dataset.map in processes, each with its share of the slots and all its rows in one batch."""
    rows = load_dataset("json", data_files=path, split="train")
    said = {"url": url, "slots": slots // processes}
    rows.map(gathered, batched=True, batch_size=len(rows) // processes, fn_kwargs=said, num_proc=processes)


def async_mapped(url: str, path: str) -> None:
    """Dataset.map with an async function, which it runs many at a time."""
    rows = load_dataset("json", data_files=path, split="train")

    async def one(row: dict[str, Any]) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{url}/v1/chat/completions", json=body(row)) as reply,
        ):
            return {"reply": text(await reply.json())}

    rows.map(one)


def main(kind: str, url: str, path: str, slots: str) -> None:
    """Runs one of them to its end."""
    if kind == "map":
        mapped(url, path, int(slots))
    elif kind == "async-map":
        async_mapped(url, path)
    else:
        asyncio.run({"loop": loop, "hub": hub}[kind](url, path, int(slots)))


if __name__ == "__main__":
    main(*sys.argv[1:])
