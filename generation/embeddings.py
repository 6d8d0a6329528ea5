"""Embeddings: a text's vector from whoever serves them, asked and kept like any other reply.

point -> vector (base64 of single precision; the dimension is the model's)

a URL          text-embeddings-inference, by its /embed
a name         sentence-transformers on this machine (extra .[embed]), by a server of our own that ends with the run
rehearsal      the rehearsal's;    none: no embeddings
"""

import base64
import re
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from datasets import Features
from numpy.typing import NDArray

from builders.errors import Unreadable, UserError
from builders.row import TEXT
from builders.screen import say
from generation.ask import Ask
from generation.models import Model
from generation.prompts import parse_prompt
from generation.recipes import Role
from generation.roles import REHEARSAL

NONE = "none"
ROLE = "embedder"
STEP = "embedding"
MODEL = "BAAI/bge-m3"  # the family for which the paper's thresholds were chosen
PROMPT = parse_prompt(STEP, "---\nkind: embedding\n---\n{{ knowledge_point }}")


def with_embedder(roles: dict[str, Role], recipe: Any, stack: ExitStack) -> dict[str, Role]:
    """The roles of a run, the embedder's with its server; without it where there are to be no embeddings.

    What `embeddings` says comes before the role's own endpoints, and `--endpoints embedder=URL` before both.
    """
    role, where = replace(roles[ROLE], dialect="embed"), recipe.embeddings
    if where == NONE:
        say("embeddings: none; only points that are equal but for how they are written merge")
        return {name: other for name, other in roles.items() if name != ROLE}
    named = any(text.startswith(f"{ROLE}=") for text in recipe.endpoints)
    if named or (where is None and role.endpoints):
        return {**roles, ROLE: role}
    where = where or (REHEARSAL if REHEARSAL in recipe.endpoints else MODEL)
    if re.fullmatch(r"[\w.-]+:\d+(/.*)?", where):
        raise UserError(f"embeddings is '{where}', which looks like an address; say http://{where}")
    if where == REHEARSAL or "://" in where:
        same = [endpoint for endpoint in role.endpoints if isinstance(endpoint, dict) and endpoint.get("url") == where]
        return {**roles, ROLE: replace(role, endpoints=same or [where])}
    served = replace(role, model=role.model or name_of(where), endpoints=[])
    if not recipe.from_ledger:
        from generation.embedder import serving

        served = replace(served, endpoints=[stack.enter_context(serving(where))])
    return {**roles, ROLE: served}


def name_of(model: str) -> str:
    """A model's name as keys know it: of a folder its last part, for where it lies is no part of what was asked."""
    return Path(model).resolve().name if Path(model).is_dir() else model


def embedding(model: Model) -> Ask:
    """The question for a point's vector."""
    return Ask(STEP, PROMPT, model, read, Features({"vector": TEXT}))


def read(text: str) -> dict[str, Any]:
    """{"vector": base64}; raises `Unreadable` where the vector has no direction."""
    with np.errstate(over="ignore"):
        length = np.linalg.norm(unpacked(text))  # in single precision, as they are compared
    if not np.isfinite(length) or not length:
        raise Unreadable("unreadable", "a vector that is zero or not finite")
    return {"vector": text}


def unpacked(text: str) -> NDArray[np.float32]:
    """The numbers of a recorded vector."""
    return np.frombuffer(base64.b64decode(text), "<f4")


class Vectors:
    """Vectors as they come, at most `most`, in one array and without a second copy of any."""

    def __init__(self, most: int) -> None:
        self.most, self.count = most, 0
        self.held: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self.sizes: Counter[int] = Counter()

    def add(self, packed: str) -> None:
        """Takes the next one, as it is recorded."""
        vector = unpacked(packed)
        self.sizes[len(vector)] += 1
        if self.count == 0:
            self.held = np.empty((self.most, len(vector)), np.float32)
        if len(self.sizes) == 1:
            self.held[self.count] = vector
        self.count += 1

    def array(self) -> NDArray[np.float32]:
        """All of them (n x d). UserError where they are not of one dimension."""
        if len(self.sizes) > 1:
            (one, most), (other, few) = self.sizes.most_common(2)
            raise UserError(
                f"{most:,} embeddings have {one} numbers and {few:,} have {other}; one model gives one dimension, so another was "
                "served under its name. 'python -m generation.ledger runs' lists the runs, 'forget --run ID' frees one's replies"
            )
        return self.held[: self.count]
