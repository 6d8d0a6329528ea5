"""Combinations drawn as far ahead as it takes: until so many rows are kept, or, in a replay, to the last one recorded.

graph + quotas -> rows to be asked about, in drawing order; the first N that are kept are the same however far it drew
"""

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from datasets import Features, IterableDataset

from builders.row import WHY, Row
from generation.ahead import BATCH
from generation.problems import COMBINATION, STEP, writing
from graph.drawing import Combination

if TYPE_CHECKING:
    from generation.run import Run

AT_ONCE = 512  # combinations that are looked up together
AHEAD = 1.2  # times what the yield so far makes necessary
DRY = 2000  # draws in a row without a kept row, after which the target is out of reach
Z = 1.96  # of the interval (95 %) in whose favourable end the yield is believed while few rows have come


@dataclass
class Pace:
    """How many were drawn, settled and kept; whoever draws waits until more are needed."""

    target: int | None = None
    drawn: int = 0
    settled: int = 0
    kept: int = 0
    barren: int = 0
    over: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def dry(self) -> bool:
        """Whether so many gave nothing that the target is out of reach."""
        return self.target is not None and self.barren >= DRY

    def needed(self) -> bool:
        """Whether another combination has to be drawn: those on their way will not do.

        Rows come out in batches, so that a batch at least is on its way. While nothing was kept, no more are drawn than
        end the run.
        """
        if self.target is None:
            return True
        ahead = AHEAD * (self.target - self.kept) / best_share(self.kept, self.settled)
        if not self.kept:
            ahead = min(ahead, DRY - self.barren)
        return self.drawn - self.settled < max(BATCH, ahead)

    def wait(self) -> bool:
        """Returns when another one is needed; False where none will be."""
        with self.changed:
            while not self.over and not self.needed():
                self.changed.wait(0.5)
            self.drawn += not self.over
            return not self.over

    def settle(self, kept: Sequence[bool]) -> int:
        """Counts rows that came out, in drawing order; returns how many of them are wanted."""
        with self.changed:
            wanted = 0
            for each in kept:
                if self.over:
                    break
                wanted += 1
                self.settled += 1
                self.kept += each
                self.barren = 0 if each else self.barren + 1
                self.over = self.dry or (self.target is not None and self.kept >= self.target)
            self.changed.notify_all()
            return wanted

    def end(self) -> None:
        """Lets whoever draws end."""
        with self.changed:
            self.over = True
            self.changed.notify_all()


def best_share(kept: int, of: int) -> float:
    """The most that a yield is likely to be (the upper end of Wilson's interval), 1 before there is one to go by."""
    if not of:
        return 1.0
    share, square = kept / of, Z * Z / of
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return min(1.0, (share + square / 2 + half) / (1 + square))


class _Drawn:
    def __init__(self, combinations: Callable[[], Iterable[Combination]], pace: Pace) -> None:
        self.combinations, self.pace = combinations, pace

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __call__(self) -> Iterator[Row]:
        for combination in self.combinations():
            if not self.pace.wait():
                return
            yield row_of(combination)


@dataclass(frozen=True)
class Held:
    """What a ledger holds of combinations: `look` says it of some, `replies` is the number of all."""

    look: Callable[[Sequence[Combination]], list[bool]]
    replies: int


def row_of(combination: Combination) -> Row:
    """A combination as a row that nothing was asked about."""
    return {
        "id": f"{combination.id}/{combination.repetition}", "knowledge_points": combination.knowledge_points,
        "hop": combination.hop, "weight": combination.weight, "repetition": combination.repetition,
        "seed_ids": combination.seed_ids, **dict.fromkeys(WHY),
    }  # fmt: skip


def drawn(combinations: Callable[[], Iterable[Combination]], pace: Pace) -> IterableDataset:
    """Combinations as a stream, at a pace."""
    return IterableDataset.from_generator(_Drawn(combinations, pace), features=Features({**COMBINATION, **WHY}))


def held_in(run: "Run") -> Held:
    """Which combinations the ledger holds a problem for, whatever became of it; how many problems it holds at all."""
    asked = writing(run.model("writer"))
    asking = run.asking(asked)

    def held(some: Sequence[Combination]) -> list[bool]:
        rows = [row_of(combination) for combination in some]
        keys = [asking.question(asked.prompt.messages(row), asked.number(row)).key for row in rows]
        found = run.ledger.which(keys)
        return [key in found for key in keys]

    return Held(held, run.ledger.revisions(STEP, asked.model.name).get(asked.model.revision, 0))


def recorded(combinations: Callable[[], Iterator[Combination]], held: Held) -> Callable[[], Iterator[Combination]]:
    """Of the combinations those that were asked: of each kind up to the last one that the ledger holds a reply to."""
    last: dict[str, int] = {}
    numbers: Counter[str] = Counter()
    left, given = held.replies, combinations()
    while left > 0 and (batch := list(islice(given, AT_ONCE))):
        for combination, is_held in zip(batch, held.look(batch), strict=True):
            numbers[combination.hop] += 1
            if is_held:
                last[combination.hop] = numbers[combination.hop]
                left -= 1

    def only() -> Iterator[Combination]:
        seen: Counter[str] = Counter()
        for combination in combinations() if last else ():
            seen[combination.hop] += 1
            if seen[combination.hop] <= last.get(combination.hop, 0):
                yield combination
            if all(seen[hop] >= count for hop, count in last.items()):
                return

    return only
