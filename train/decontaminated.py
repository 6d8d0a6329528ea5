"""A mix is held against the sets that it will be evaluated on, without a model: its rows, and the seeds it was made from.

texts -> builders.overlap -> the table; an error where something meets
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from builders.benchmarks import index_of
from builders.contamination import Shared, contaminated
from builders.errors import MathloomError, UserError
from builders.formats import opened_parquet
from builders.groups import tables
from builders.overlap import CLEAN, Index
from builders.row import Row, batches
from builders.sources import File, find, opened
from train.tasks import OURS

NONE = "none"
# What train.evaluate measures, of each the test split; MATH-500 is part of MATH's.
SETS = list(dict.fromkeys(task.rows for task in OURS.values() if task.name != "math500"))
SEEDS = "knowledge_points"  # the step whose questions hold a GSDP folder's seed problems
FEW = 3
AT_ONCE = 200  # texts that are looked up together


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
        try:
            index, counts = index_of(evaluation, "test")
        except MathloomError as problem:
            said = f"{problem}; --evaluation names other sets or files of them, or none"
            raise type(problem)(said) from problem
        return cls(index, Shared(counts))

    def take(self, found: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Looks up rows: the part that each is of, and its texts."""
        if self.index is None:
            return
        looks = iter(self.index.look([text for _, texts in found for text in texts]))
        for part, texts in found:
            here = list(islice(looks, len(texts)))
            hits = [hit for look in here for hit in look.hits]
            self.shared.take(hits, max(here, key=lambda look: max(look.runs.values(), default=0), default=CLEAN))
            if hits:
                self.met[part] += 1
                if len(self.shown) < FEW:
                    self.shown.append(f"{part}: {contaminated(hits)}: {hits[0]['evidence'][:100]}")

    def said(self) -> dict[str, Any]:
        """What run.json says."""
        return {"contamination": self.shared.said() if self.index else None, "met": dict(self.met)}

    def told(self) -> list[Any]:
        """What the screen says."""
        if self.index is None:
            return ["held against no evaluation set, as --evaluation none says"]
        return [self.shared.table(), *self.shared.unread(), *self.shown]

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
    if look.index is None:
        return
    try:
        files = [file for file in find(where, config="replies").files if "replies" in Path(file.path).parts]
    except UserError:  # rows of somebody else, which have no seeds
        return
    for batch in batches((turns for file in files for turns in asked(file)), AT_ONCE):
        look.take([(f"the seeds of {part}", [str(turn["content"]) for turn in turns]) for turns in batch])


def asked(file: File) -> Iterator[list[Row]]:
    """The questions about seeds in a file of replies; of most of its row groups the step alone is read."""
    with opened(file) as raw:
        replies = opened_parquet(raw)
        ours = {"step", "messages"} <= set(replies.schema_arrow.names)
        for group in range(replies.num_row_groups if ours else 0):
            if any(SEEDS in part["step"].to_pylist() for part in tables(replies, group, ["step"])):
                for part in tables(replies, group, ["step", "messages"]):
                    yield from (row["messages"] for row in part.to_pylist() if row["step"] == SEEDS)
