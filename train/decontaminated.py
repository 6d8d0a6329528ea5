"""A mix is held against the sets that it will be evaluated on, without a model: its rows, and the seeds it was made from.

texts -> builders.overlap -> the table; an error where something meets
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console

from builders import rows
from builders.benchmarks import index_of
from builders.contamination import Shared, contaminated
from builders.errors import UserError
from builders.overlap import CLEAN, Index
from builders.sources import find

NONE = "none"
SETS = [
    "openai/gsm8k",
    "EleutherAI/hendrycks_math",
    "ChilleD/SVAMP",
]  # what train.evaluate measures; of each the test split
SEEDS = "knowledge_points"  # the step whose questions hold a GSDP folder's seed problems
FEW = 3


@dataclass
class Look:
    """What was looked up so far."""

    index: Index | None
    shared: Shared
    met: Counter[str] = field(default_factory=Counter)  # texts that meet a set, by part
    shown: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, evaluation: Sequence[str]) -> "Look":
        """An index over the test splits of sets; over nothing where they are `none`."""
        if list(evaluation) == [NONE]:
            return cls(None, Shared({}))
        index, counts = index_of(evaluation, "test")
        return cls(index, Shared(counts))

    def take(self, part: str, texts: Sequence[str]) -> None:
        """Looks texts of one row up."""
        if self.index is None:
            return
        looks = self.index.look(texts)
        hits = [hit for look in looks for hit in look.hits]
        self.shared.take(hits, max(looks, key=lambda look: max(look.runs.values(), default=0), default=CLEAN))
        if hits:
            self.met[part] += 1
            if len(self.shown) < FEW:
                self.shown.append(f"{part}: {contaminated(hits)}: {hits[0]['evidence'][:100]}")

    def said(self) -> dict[str, Any]:
        """What run.json says."""
        return {"contamination": self.shared.said() if self.index else None, "met": dict(self.met)}

    def show(self, console: Console, none: bool) -> None:
        """The table."""
        if none:
            console.print("held against no evaluation set, as --evaluation none says")
            return
        console.print(self.shared.table())
        for sentence in [*self.shared.unread(), *self.shown]:
            console.print(sentence)

    def check(self, allowed: bool) -> None:
        """UserError where something met a set, unless that is allowed."""
        if self.met and not allowed:
            found = ", ".join(f"{count:,} of {part}" for part, count in self.met.items())
            raise UserError(
                f"the mix meets the sets that it will be evaluated on: {found}; clean it with generation.decontaminate, "
                "or say allow_contaminated: true"
            )


def of_seeds(look: Look, part: str, where: str) -> None:
    """Looks up the seed problems of a GSDP folder, which stand in the questions that named their knowledge points."""
    if look.index is None or not has_replies(where):
        return
    for row in rows.read(find(where, config="replies"), ["step", "messages"]):
        if not row["bad_row"] and row["step"] == SEEDS:
            look.take(f"the seeds of {part}", [turn["content"] for turn in row["messages"] if turn["content"]])


def has_replies(where: str) -> bool:
    """Whether rows come from a folder, here or on the Hub, that holds its replies."""
    try:
        return bool(find(where, config="replies").files)
    except UserError:
        return False
