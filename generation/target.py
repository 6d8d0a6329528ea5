"""Combinations drawn as far ahead as it takes: until so many rows are kept, or, in a replay, to the last one recorded.

graph + quotas -> rows to be asked about, in drawing order; the first N that are kept are the same however far it drew
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from datasets import Features, IterableDataset

from generation.ahead import Row
from generation.problems import COMBINATION
from generation.questions import WHY
from graph.drawing import Combination

AHEAD = 1.2  # times what the yield so far makes necessary
FIRST = 64  # combinations that are drawn at least, before there is a yield to reckon with
DRY = 2000  # draws in a row without a kept row, after which the target is out of reach


@dataclass
class Pace:
    """How many were drawn, settled and kept; whoever draws waits until more are needed."""

    target: int | None = None
    expected: float = 0.5
    drawn: int = 0
    settled: int = 0
    kept: int = 0
    barren: int = 0
    over: bool = False
    changed: threading.Condition = field(default_factory=threading.Condition)

    def needed(self) -> bool:
        """Whether another combination has to be drawn: those on their way will not do."""
        if self.target is None:
            return True
        share = (self.kept + 1) / (self.settled + 1) if self.settled >= FIRST else self.expected
        return self.drawn - self.settled < max(FIRST, AHEAD * (self.target - self.kept) / share)

    def wait(self) -> bool:
        """Returns when another one is needed; False where none will be."""
        with self.changed:
            while not self.over and not self.needed():
                self.changed.wait(0.5)
            self.drawn += 1
            return not self.over

    def settle(self, kept: bool) -> bool:
        """Counts a row that came out; True where it was the last that is wanted."""
        with self.changed:
            self.settled += 1
            self.kept += kept
            self.barren = 0 if kept else self.barren + 1
            if self.target is not None and (self.kept >= self.target or self.barren >= DRY):
                self.over = True
            self.changed.notify_all()
            return self.over

    def end(self) -> None:
        """Lets whoever draws end."""
        with self.changed:
            self.over = True
            self.changed.notify_all()


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


def recorded(
    combinations: Callable[[], Iterator[Combination]], is_held: Callable[[list[Combination]], list[bool]]
) -> Callable[[], Iterator[Combination]]:
    """Of the combinations those that were asked: of each kind up to the last one that the ledger holds a reply to."""
    last: dict[str, int] = {}
    numbers: dict[str, int] = {}
    given = combinations()
    while batch := list(islice(given, 512)):
        for combination, held in zip(batch, is_held(batch), strict=True):
            numbers[combination.hop] = numbers.get(combination.hop, 0) + 1
            if held:
                last[combination.hop] = numbers[combination.hop]

    def only() -> Iterator[Combination]:
        seen: dict[str, int] = {}
        for combination in combinations():
            seen[combination.hop] = seen.get(combination.hop, 0) + 1
            if seen[combination.hop] <= last.get(combination.hop, 0):
                yield combination
            if all(seen.get(hop, 0) >= count for hop, count in last.items()):
                return

    return only
