"""The doctor's tiny questions, sent as a run sends its own, and counted; no reply to them is kept.

a server + messages + sampling -> Answer, through generation.transport; what goes wrong in the world is tried again

They are no run's questions: a ledger that answered them would tell of the day when it was asked, and nobody asks them again.
"""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from yarl import URL

from builders.tokens import Tokens
from generation.dialects import Answer
from generation.doctor_reach import Met
from generation.money import tokens_cost
from generation.servers import Transient
from generation.transport import Asking, send

PATIENCE = 30.0  # seconds that one attempt may take
TRIES = 4  # attempts at a question
PAUSE = 0.2  # seconds between them, doubled each time; Retry-After is believed up to LONGEST
LONGEST = 5.0

Messages = list[dict[str, str]]


@dataclass
class Spent:
    """What the doctor's questions took so far; tokens are estimated where a server does not count them."""

    tokens: Tokens
    questions: int = 0
    prompt: int = 0
    completion: int = 0
    dollars: float = 0.0

    def take(self, met: Met, messages: Messages, answer: Answer) -> int:
        """Counts a reply; how many tokens it has."""
        made = self.size(answer)
        had = answer.prompt_tokens
        had = self.tokens.count([" ".join(m["content"] for m in messages)])[0] if had is None else had
        self.questions += 1
        self.prompt += had
        self.completion += made
        self.dollars += tokens_cost(met.price, had, made)
        return made

    def size(self, answer: Answer) -> int:
        """The tokens of a reply: the server's count, else ours."""
        if answer.completion_tokens is not None:
            return answer.completion_tokens
        return self.tokens.count([(answer.reasoning or "") + answer.text])[0]


def counting(first: int, last: int) -> str:
    """What any model can answer at length, and the rehearsal too (generation.small_talk)."""
    return f"Write the numbers from {first} to {last} as English words, in one line, separated by commas."


def said(answer: Answer) -> str:
    """What a reply says; a model that thinks first may have come no further."""
    return answer.text if answer.text.strip() else answer.reasoning or ""


async def attempt(
    session: aiohttp.ClientSession, met: Met, messages: Messages, sampling: dict[str, Any], leave: Sequence[str] = ()
) -> Answer:
    """One attempt at a question, without the fields to `leave` out. Raises `Refused`, `Transient` or `Closed`."""
    assert met.address is not None and met.playing is not None
    role, playing = met.role, met.playing
    asking = Asking(
        "doctor", "doctor", "doctor", playing.model, playing.revision, playing.served, role.dialect,
        sampling if role.dialect == "embed" else {**role.sampling.extra, **sampling}, lambda text: {},
    )  # fmt: skip
    question = asking.question(messages)
    if leave:
        body = json.loads(question.body)
        fields = body.get("parameters", body)
        kept = {name: value for name, value in fields.items() if name not in leave}
        whole = {**body, "parameters": kept} if "parameters" in body else kept
        question = replace(question, body=json.dumps(whole).encode())
    try:
        async with asyncio.timeout(PATIENCE):
            return await send(session, met.address, URL(met.address.url + question.path), question)
    except TimeoutError as problem:
        raise Transient(f"no reply within {PATIENCE:.0f} s") from problem


async def tiny(
    session: aiohttp.ClientSession,
    met: Met,
    spent: Spent,
    text: str | Messages,
    sampling: dict[str, Any],
    leave: Sequence[str] = (),
) -> Answer:
    """A question and its reply, counted. Raises `Refused`, `Closed`, or `Transient` where the last attempt failed too."""
    messages = [{"role": "user", "content": text}] if isinstance(text, str) else text
    for number in range(TRIES):
        try:
            answer = await attempt(session, met, messages, sampling, leave)
        except Transient as problem:
            if number + 1 == TRIES or str(problem).startswith("no reply"):
                raise
            wait = PAUSE * 2**number * random.uniform(0.5, 1)
            await asyncio.sleep(max(wait, min(problem.after or 0.0, LONGEST)))
        else:
            spent.take(met, messages, answer)
            return answer
    raise AssertionError
