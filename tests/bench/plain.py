"""What one would write without us: an aiohttp loop over the same questions, answers to a JSONL file.

python -m tests.bench.plain URL ROWS.jsonl SLOTS
"""

import asyncio
import json
import sys
from collections.abc import Iterator

import aiohttp
import uvloop

from generation.prompts import load_prompt


async def ask_all(url: str, rows: Iterator[str], slots: int) -> None:
    prompt = load_prompt("teacher_student")
    with open("/dev/null", "w") as out:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def worker() -> None:
                for line in rows:
                    row = json.loads(line)
                    body = {
                        "model": "m",
                        "messages": prompt.messages(row),
                        "temperature": 1.0,
                        "top_p": 0.9,
                        "max_tokens": 4096,
                    }
                    async with session.post(f"{url}/v1/chat/completions", json=body) as reply:
                        said = await reply.json()
                    out.write(json.dumps({"id": row["id"], "text": said["choices"][0]["message"]["content"]}) + "\n")

            await asyncio.gather(*(worker() for _ in range(slots)))


if __name__ == "__main__":
    with open(sys.argv[2]) as rows:
        uvloop.run(ask_all(sys.argv[1], rows, int(sys.argv[3])))
