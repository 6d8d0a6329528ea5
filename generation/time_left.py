"""How long a run takes yet: what is asked at the pace of late, what only waits to be read, and its end, which writes replies and card.

rows as they come, on a clock, and the processor's seconds that they took -> seconds
"""

from dataclasses import dataclass, field

LATELY = 0.25  # of the time since rows are coming: what the ledger answers comes quickly at first, and says nothing of what is asked
ENDING = (
    0.23  # seconds that the end takes for each that the processor took for rows (measured: python -m tests.bench.long)
)
PLACES = 512  # that are remembered, of a run of any length


@dataclass
class Left:
    """What has come so far of `total` rows; None where nobody knows how many there are."""

    total: int | None = None
    rows: int = 0
    busy: float = 0.0  # seconds of the processor
    places: list[tuple[float, int]] = field(default_factory=list)  # when so many rows had come

    def begin(self, total: int | None, now: float) -> None:
        """From here on rows are to come."""
        self.total, self.places = total if total is not None else self.total, [(now, self.rows)]

    def take(self, rows: int, busy: float, now: float) -> None:
        """So many rows have come, which took the processor so long."""
        self.rows, self.busy = rows, busy
        self.places.append((now, rows))
        if len(self.places) > PLACES:
            self.places = [self.places[0], *self.places[2:-1:2], self.places[-1]]

    def seconds(self, now: float, ready: float = 0.0) -> float | None:
        """Until the run's end; None before anybody can know. `ready` times as many rows as came have their replies, and are only read."""
        if not self.rows or not self.total or not self.places:
            return None
        end = ENDING * self.busy * self.total / self.rows
        if self.rows >= self.total:
            return max(0.0, end - (now - self.places[-1][0]))
        first = self.places[0]
        before = [
            place for place in self.places if place[0] <= now - LATELY * (now - first[0]) and place[1] < self.rows
        ]
        since, had = before[-1] if before else first
        to_come = self.total - self.rows
        read = min(ready * self.rows, to_come)
        return (to_come - read) * (now - since) / max(1, self.rows - had) + read * self.busy / self.rows + end
