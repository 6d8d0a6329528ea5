"""A reply's key: what was asked, and nothing else (the second law).

    model, revision, messages, sampling, sample, try, dialect -> 64 hex digits

The row's position, the endpoint's address, the token, the batch size and our code are not in it, so the same words to
the same model are paid for once, whoever asks.
"""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """JSON with one spelling per value, so that equal questions have equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def key(
    model: str,
    revision: str | None,
    messages: list[dict[str, str]],
    sampling: dict[str, Any],
    sample: int = 0,
    again: int = 0,
    dialect: str = "chat",
) -> str:
    """The key of one reply; `again` is the number of the try (0 first), `dialect` counts only where it is not chat."""
    return key_of_json(model, revision, canonical(messages), canonical(sampling), sample, again, dialect)


def key_of_json(
    model: str, revision: str | None, messages: str, sampling: str, sample: int, again: int, dialect: str = "chat"
) -> str:
    """The same from the canonical JSON of messages and sampling: {"dialect", "messages", "model", ...} in order of name."""
    spoken = "" if dialect == "chat" else f'"dialect":{canonical(dialect)},'
    named = f'"model":{canonical(model)},"revision":{canonical(revision)}'
    asked = f'{{{spoken}"messages":{messages},{named},"sample":{sample},"sampling":{sampling},"try":{again}}}'
    return hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()


def seed_of(reply_key: str) -> int:
    """The seed that is sent with a question: 31 bits of its key, so that samples and tries differ from one another."""
    return int(reply_key[:8], 16) >> 1
