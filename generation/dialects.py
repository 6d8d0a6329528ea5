"""How servers are spoken to: of each dialect its page, the body that asks, and what a reply says.

    Asked -> a body; a reply's JSON -> Answer, or None where it holds no reply

A further dialect is a further line of `DIALECTS`, and a role's `dialect: NAME`; nothing else knows what a server wants to hear.
"""

import base64
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from builders.text import mend
from generation.keys import canonical


@dataclass(frozen=True, slots=True)
class Asked:
    """What one body asks: `served` is the model as the server calls it, `said` the messages' canonical JSON."""

    served: str
    messages: list[dict[str, str]]
    said: str
    sampling: dict[str, Any]
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server replied; token counts are None where it does not say."""

    text: str
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None


@dataclass(frozen=True, slots=True)
class Dialect:
    """`path` is appended to the endpoint's address; `read` gives None for JSON that is no reply."""

    path: str
    body: Callable[[Asked], str]
    read: Callable[[Any], Answer | None]


def _chat(asked: Asked) -> str:
    rest = canonical({"model": asked.served, **asked.sampling, "seed": asked.seed})
    return f'{{"messages":{asked.said},{rest[1:]}'


def _embed(asked: Asked) -> str:
    """text-embeddings-inference's /embed; one text at a time, for the server puts those that wait together."""
    return canonical({"inputs": asked.messages[0]["content"], **asked.sampling})


def _generate(asked: Asked) -> str:
    """TGI's own /generate knows no chat template: the messages' texts are the input as they are."""
    said = {**asked.sampling, "seed": asked.seed}
    parameters = {name: value for name, value in said.items() if name not in ("max_tokens", "temperature")}
    parameters |= {"max_new_tokens": said["max_tokens"], "return_full_text": False, "details": True}
    if said["temperature"] > 0:
        parameters |= {"do_sample": True, "temperature": said["temperature"]}
    else:
        parameters["do_sample"] = False
    return canonical({"inputs": "\n\n".join(m["content"] for m in asked.messages), "parameters": parameters})


def _read_chat(said: Any) -> Answer | None:
    choices = said.get("choices") if isinstance(said, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        return None
    message = choices[0].get("message")
    if not isinstance(message, dict):
        return None
    usage = _mapping(said.get("usage"))
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "".join(part for part in parts if isinstance(part, str))
    reasoning = message.get("reasoning_content") or message.get("reasoning")
    return Answer(
        mend(content) if isinstance(content, str) else "",
        mend(reasoning) if isinstance(reasoning, str) else None,
        _text(choices[0].get("finish_reason")),
        whole(usage.get("prompt_tokens")),
        whole(usage.get("completion_tokens")),
    )


def _read_generate(said: Any) -> Answer | None:
    if not isinstance(said, dict) or not isinstance(said.get("generated_text"), str):
        return None
    details = _mapping(said.get("details"))
    prefill = details.get("prefill")
    return Answer(
        mend(said["generated_text"]),
        None,
        _text(details.get("finish_reason")),
        len(prefill) if isinstance(prefill, list) and prefill else None,
        whole(details.get("generated_tokens")),
    )


def _read_embedding(said: Any) -> Answer | None:
    """A vector, as the ledger keeps it: base64 of little-endian single precision, a third of its JSON's length.

    JSON has no NaN: a server writes null for it. That is the row's, and not the world's: it would be null again.
    """
    if (
        not isinstance(said, list)
        or not said
        or not all(number is None or type(number) in (int, float) for number in said)
    ):
        return None
    try:
        with np.errstate(over="ignore"):  # what single precision cannot hold is infinite, and the row's fault as well
            vector = np.asarray([math.nan if number is None else number for number in said], "<f4")
    except OverflowError:  # a whole number of 400 digits
        return None
    return Answer(base64.b64encode(vector.tobytes()).decode(), None, None, None, 0)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str | None:
    return mend(value) if isinstance(value, str) else None


def whole(value: Any) -> int | None:
    """A count of tokens or slots, if it can be one; what a lying server counts is nothing to compute a price from."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31 else None


DIALECTS = {
    "chat": Dialect("/v1/chat/completions", _chat, _read_chat),
    "generate": Dialect("/generate", _generate, _read_generate),
    "embed": Dialect("/embed", _embed, _read_embedding),
}
