"""Passages and dialogues held against benchmarks by their words: a passage that holds an item is not asked about (ours).

text -> contamination; or a reason: contaminated. Counts of both, for the screen, run.json and the card
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from datasets import Features, IterableDataset

from builders.benchmarks import index_of
from builders.contamination import CONTAMINATION, STEP, Shared, contaminated
from builders.overlap import Index
from builders.row import Row
from builders.screen import say, show
from generation.questions import each, reject


@dataclass(frozen=True)
class Clean:
    """An index over benchmarks (None without any), and what passages and dialogues share with them."""

    index: Index | None
    passages: Shared
    dialogues: Shared

    @property
    def said(self) -> dict[str, Any]:
        """What run.json says of it."""
        if self.index is None:
            return {"contamination": None}
        return {"contamination": {"passages": self.passages.said(), "dialogues": self.dialogues.said()}}

    def end(self) -> None:
        """What the screen says."""
        if self.index is not None:
            show(self.passages.table("passages"), self.dialogues.table("dialogues"))
            for sentence in self.passages.unread():
                say(sentence)


def clean_of(benchmarks: Sequence[str]) -> Clean:
    """The index over benchmarks. UserError where there is no such place, or nothing in it."""
    index, counts = index_of(benchmarks) if benchmarks else (None, {})
    return Clean(index, Shared(counts), Shared(counts))


def clean(passages: IterableDataset, of: Clean) -> IterableDataset:
    """Passages with `contamination`; those that hold an item of a benchmark have their reason, and ask nothing."""
    if of.index is None and "contamination" in passages.features:  # what was found before holds
        return passages
    return each(passages, partial(_passages, of=of), Features({"contamination": CONTAMINATION}))


def _passages(batch: list[Row], of: Clean) -> None:
    for row, hits in looked([row for row in batch if not row["reason"]], of, of.passages):
        row["contamination"] = hits
        if hits:
            reject(row, STEP, "passage", "contaminated", contaminated(hits))


def looked(rows: Sequence[Row], of: Clean, shared: Shared) -> list[tuple[Row, list[Any] | None]]:
    """Rows with what their texts share with the benchmarks, which is counted; null without benchmarks."""
    if of.index is None:
        return [(row, None) for row in rows]
    looks = of.index.look([row["text"] for row in rows])
    for look in looks:
        shared.take(look.hits, look)
    return [(row, list(look.hits)) for row, look in zip(rows, looks, strict=True)]
