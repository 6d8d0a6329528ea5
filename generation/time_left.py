"""How long a run takes yet: what is asked at the pace of late, what only waits to be read, and its end, which writes replies and card.

rows as they come, on a clock, the processor's seconds that they took, and how many more have their replies -> seconds
"""

from dataclasses import dataclass, field

LATELY = 0.25  # of the time since rows are coming: what the ledger answers comes quickly at first, and says nothing of what is asked
# Seconds that the end takes for each that the processor took for rows (measured: python -m tests.bench.long)
ENDING = 0.23
PLACES = 512  # that are remembered, of a run of any length


@dataclass
class Left:
    """What has come so far of `total` rows; None where nobody knows how many there are."""

    total: int | None = None
    rows: int = 0
    busy: float = 0.0  # seconds of the processor
    # When so many rows had come, and replies to so many
    places: list[tuple[float, int, float]] = field(default_factory=list)

    def begin(self, total: int | None, now: float) -> None:
        """From here on rows are to come."""
        self.total, self.places = total if total is not None else self.total, [(now, self.rows, self.rows)]

    def take(self, rows: int, busy: float, now: float, ready: float = 0.0) -> None:
        """So many rows have come, which took the processor so long. `ready` times as many have their replies and wait to be read."""
        self.rows, self.busy = rows, busy
        self.places.append((now, rows, rows * (1 + ready)))
        if len(self.places) > PLACES:
            self.places = [self.places[0], *self.places[2:-1:2], self.places[-1]]

    def seconds(self, now: float, ready: float = 0.0) -> float | None:
        """Until the run's end; None before anybody can know.

        Until the last reply, at the pace at which replies came of late; from then on what has not been read by then, and the end.
        """
        if not self.rows or not self.total or not self.places:
            return None
        end = ENDING * self.busy * self.total / self.rows
        if self.rows >= self.total:
            return max(0.0, end - (now - self.places[-1][0]))
        answered = min(float(self.total), self.rows * (1 + ready))
        first = self.places[0]
        before = [place for place in self.places if place[0] <= now - LATELY * (now - first[0]) and place[2] < answered]
        since, came, had = before[-1] if before else first
        asking = (self.total - answered) * (now - since) / max(1.0, answered - had)
        unread = self.total - self.rows - asking * (self.rows - came) / max(1e-9, now - since)
        return asking + max(0.0, unread) * self.busy / self.rows + end
