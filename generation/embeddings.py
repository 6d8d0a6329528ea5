"""Embeddings: a text's vector from whoever serves them, asked and kept like any other reply.

point -> vector (base64 of single precision; the dimension is the model's)

a URL          text-embeddings-inference, by its /embed
a name         sentence-transformers on this machine (extra .[embed]), by a server of our own that ends with the run
rehearsal      the rehearsal's;    none: no embeddings
"""

import base64
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import numpy as np
from datasets import Features
from numpy.typing import NDArray

from builders.errors import Unreadable, UserError
from generation.ask import Ask
from generation.models import Model
from generation.prompts import parse_prompt
from generation.questions import TEXT
from generation.recipes import Role
from generation.roles import REHEARSAL

NONE = "none"
STEP = "embedding"
PROMPT = parse_prompt(STEP, "---\nkind: embedding\n---\n{{ knowledge_point }}")


def embedder(role: Role, where: str, stack: ExitStack) -> Role | None:
    """The role with its server; None where there are to be no embeddings."""
    if where == NONE:
        return None
    endpoint: Any = where
    if where != REHEARSAL and "://" not in where:
        from generation.embedder import serving

        endpoint = stack.enter_context(serving(where))
    given = [e for e in role.endpoints if isinstance(e, dict) and e.get("url") == where]
    return replace(role, dialect="embed", endpoints=given or [endpoint])


def embedding(model: Model) -> Ask:
    """The question for a point's vector."""
    return Ask(STEP, PROMPT, model, read, Features({"vector": TEXT}))


def read(text: str) -> dict[str, Any]:
    """{"vector": base64}; raises `Unreadable` where the vector has no direction."""
    numbers = unpacked(text)
    if not np.isfinite(numbers).all() or not numbers.any():
        raise Unreadable("unreadable", "a vector that is zero or not finite")
    return {"vector": text}


def unpacked(text: str) -> NDArray[np.float32]:
    """The numbers of a recorded vector."""
    return np.frombuffer(base64.b64decode(text), "<f4")


def stacked(rows: Sequence[Mapping[str, Any]]) -> NDArray[np.float32]:
    """The vectors of rows (n) as an array (n x d). UserError where they are not all of one dimension."""
    vectors = [unpacked(row["vector"]) for row in rows]
    sizes = sorted({len(vector) for vector in vectors})
    if len(sizes) > 1:
        raise UserError(f"the embeddings are of {sizes[0]} and of {sizes[-1]} numbers; one model gives one dimension")
    return np.stack(vectors) if vectors else np.zeros((0, 0), np.float32)
