"""Problems, seeds and items of benchmarks by their embeddings, asked and kept like any other reply.

problem -> vector; many of them -> Known (items, vectors of length 1)
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from datasets import Features, IterableDataset

from builders.overlap import Item
from builders.row import TEXT, Row
from generation.ask import Ask, ask
from generation.embeddings import Vectors, read
from generation.merging import barrier
from generation.models import Model
from generation.prompts import parse_prompt
from graph.similarity import Vectors as Units
from graph.similarity import unit

if TYPE_CHECKING:
    from generation.run import Run

EMBEDDED = "problem_embedding"
PROMPT = parse_prompt(EMBEDDED, "---\nkind: embedding\n---\n{{ problem }}")
PROBLEM = Features({"problem": TEXT})


def embedding(model: Model) -> Ask:
    """The question for a problem's vector."""
    return Ask(EMBEDDED, PROMPT, model, read, Features({"vector": TEXT}))


@dataclass(frozen=True, eq=False)
class Known:
    """Items with their vectors (m x d, of length 1); `missing` is how many have none."""

    items: Sequence[Item] = ()
    vectors: Units = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    missing: int = 0

    def __bool__(self) -> bool:
        return bool(len(self.items) or self.missing)


@dataclass(frozen=True)
class _Texts:
    items: Sequence[Item]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a generator to name it

    def __call__(self) -> Iterator[Row]:
        for item in self.items:
            yield {"problem": item.text}


def texts(items: Sequence[Item]) -> IterableDataset:
    """Items as rows to be asked about."""
    return IterableDataset.from_generator(_Texts(items), features=PROBLEM)


class Gathered:
    """Items with their vectors, one after the other."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.packed: list[str] = []
        self.lost: list[Row] = []

    def take(self, item: Item, row: Row) -> None:
        """An item, and what was said when it was embedded."""
        if row["vector"] is None:
            self.lost.append({"reason": row[f"{EMBEDDED}_error"]})
        else:
            self.items.append(item)
            self.packed.append(row["vector"])

    def known(self, what: str, run: "Run") -> Known:
        """All of them. WorldError where one has no answer yet: whether a row is clean depends on it."""
        barrier([*(row["reason"] for row in self.lost), *(None for _ in self.items)], what, run)
        return Known(tuple(self.items), units(self.packed), len(self.lost))


def embedded(items: Sequence[Item], run: "Run", model: Model) -> Known:
    """Items of benchmarks with their vectors, asked and kept like any other reply."""
    made = Gathered()
    for item, row in zip(items, ask(texts(items), embedding(model), run=run), strict=True):
        made.take(item, row)
    return made.known("items of benchmarks", run)


def units(packed: Sequence[str]) -> Units:
    """Recorded vectors at length 1 (n x d). UserError where they are not of one dimension."""
    vectors = Vectors(len(packed))
    for each_ in packed:
        vectors.add(each_)
    return unit(packed, vectors.array()) if packed else vectors.held
