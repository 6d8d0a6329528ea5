"""What a run has seen so far: counts for the bar and the table, the pace for the deadline, the bad replies for the watch.

replies -> tokens per second of the slowest tenth; "more than half of the last 200 were bad", with three of them
"""

from collections import deque
from dataclasses import dataclass, field

LAST = 200  # replies of a step over which the share of bad ones is watched
BAD = ("cut", "unreadable", "refused", "empty")
CHANGED = 2.0  # times faster or slower: what of it is worth a line
FEW, SLOWLY = 20, 5.0  # before so many replies the pace is taken to be so many tokens per second


@dataclass
class Tally:
    """What has happened so far, for the bar, the table and the deadline."""

    asked: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    paces: deque[float] = field(default_factory=lambda: deque(maxlen=2000))  # completion tokens per second, per reply
    told: float = SLOWLY  # the pace that was last printed
    _paced: tuple[int, float] = (-1, SLOWLY)  # at how many replies the pace was looked at, and what it was

    def pace(self) -> float:
        """Tokens per second of the slowest tenth of replies; 5 before there are 20."""
        if len(self.paces) < FEW:
            return SLOWLY
        if self._paced[0] != self.asked // 50:
            self._paced = (self.asked // 50, max(0.1, sorted(self.paces)[len(self.paces) // 10]))
        return self._paced[1]

    def changed(self) -> float | None:
        """The pace, where it is another than the one that was printed last."""
        pace = self.pace()
        if 1 / CHANGED < pace / self.told < CHANGED:
            return None
        self.told = pace
        return pace


@dataclass
class Watch:
    """A wrong chat template must not burn a week: tells when more than half of a step's last 200 replies are bad."""

    seen: dict[str, deque[bool]] = field(default_factory=dict)
    shown: deque[str] = field(default_factory=lambda: deque(maxlen=3))

    def see(self, step: str, reason: str | None, text: str) -> str | None:
        """Takes a reply that came; the sentence that ends the run, once it is due."""
        seen = self.seen.setdefault(step, deque(maxlen=LAST))
        seen.append(reason in BAD)
        if reason in BAD:
            self.shown.append(" ".join(text.split())[:300])
        if sum(seen) <= LAST // 2:
            return None
        three = "\n".join(f"  --- {text}" for text in self.shown)
        return f"{sum(seen)} of the last {len(seen)} replies to '{step}' were unreadable, cut, empty or refused; three of them:\n{three}"
