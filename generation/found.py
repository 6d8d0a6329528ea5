"""What of the planted was found, and what of the found was planted: counts per unit and reason, with their intervals.

Tally (planted, found, given, right) by (unit, reason) -> a table; sentences on what was missed; rows of JSON
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from builders.reasons import GSDP, MIND
from generation.intervals import wilson

KEPT = "kept"
SAME, APART = "one point", "two points"  # of pairs: spellings that have to merge, near points that must not
UNITS = ("dialogue", "seed", "point", "pair", "problem", "solution")
BIASED = "*"  # of a unit about which a verdict was not honest: what it does not show is the verdict's fault
REASONS = (*dict.fromkeys((*MIND, *GSDP)), SAME, APART, KEPT)

Key = tuple[str, str]  # unit, reason


@dataclass
class Tally:
    """Counts of one reason. `instead`: what planted ones were given that were not found."""

    planted: int = 0
    found: int = 0
    given: int = 0
    right: int = 0
    instead: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Tally") -> None:
        """The counts of another one as well."""
        for name in ("planted", "found", "given", "right"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.instead.update(other.instead)


class Tallies(dict[Key, Tally]):
    """A tally per unit and reason, made when it is first looked at."""

    def __missing__(self, key: Key) -> Tally:
        self[key] = Tally()
        return self[key]

    def pool(self, others: Iterable["Tallies"]) -> "Tallies":
        """The counts of several together."""
        for other in others:
            for key, tally in other.items():
                self[key].add(tally)
        return self

    def listed(self) -> list[tuple[Key, Tally]]:
        """What was planted or given, in the order of the units and of the reasons."""
        there = [(key, tally) for key, tally in self.items() if tally.planted or tally.given]
        return sorted(there, key=lambda pair: _place(*pair[0]))


def _place(unit: str, reason: str) -> tuple[bool, int, int]:
    return unit.endswith(BIASED), UNITS.index(unit.removesuffix(BIASED)), REASONS.index(reason)


def table(tallies: Tallies) -> Table:
    """Recall and precision with their intervals, a line per reason that was planted or given; 80 columns wide."""
    made = Table(box=SIMPLE, pad_edge=False, padding=0)
    for name in ("unit", "reason", "found", "recall", "95 %", "right", "prec.", "95 %"):
        made.add_column(name, justify="left" if name in ("unit", "reason") else "right", no_wrap=True)
    for (unit, reason), tally in tallies.listed():
        found, right = _share(tally.found, tally.planted), _share(tally.right, tally.given)
        made.add_row(unit, reason, f"{tally.found}/{tally.planted}", *found, f"{tally.right}/{tally.given}", *right)
    return made


def _share(hits: int, of: int) -> tuple[str, str]:
    if not of:
        return "-", "-"
    low, high = wilson(hits, of)
    return f"{hits / of:.3f}", f"{low:.2f}-{high:.2f}"


def missed(tallies: Tallies) -> Iterator[str]:
    """What was given instead of a reason: a sentence each; and what the star means."""
    for (unit, reason), tally in tallies.listed():
        if tally.instead:
            yield f"{unit}: {reason}, but given {_counts(tally.instead)}"
    if any(unit.endswith(BIASED) for unit, _ in tallies):
        yield f"{BIASED} met a verdict that is biased on purpose, as that of a judge who is bought"


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{other} {count}" for other, count in counts.most_common())


def rows(tallies: Tallies) -> list[dict[str, Any]]:
    """The table for JSON; a share of nothing is null."""
    made = []
    for (unit, reason), tally in tallies.listed():
        row: dict[str, Any] = {"unit": unit.removesuffix(BIASED), "biased": unit.endswith(BIASED), "reason": reason}
        for name, hits, of in (("recall", tally.found, tally.planted), ("precision", tally.right, tally.given)):
            row[name] = {"hits": hits, "of": of, **_numbers(hits, of)}
        made.append(row | {"instead": dict(sorted(tally.instead.items()))})
    return made


def _numbers(hits: int, of: int) -> Mapping[str, float | None]:
    low, high = wilson(hits, of)
    return {"share": round(hits / of, 4) if of else None, "low": round(low, 4), "high": round(high, 4)}
