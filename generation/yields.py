"""Counts of a GSDP run: per unit, rows in = kept + rejected, or the command fails; yield per stage, cost, expansion.

rows as they come out -> run.json's counts, and the tables on the screen
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

from builders.errors import CheckFailed
from builders.row import Row

# The stages of a problem in their order, each with the steps that may end it there.
STAGES = (
    ("written", ("problem",)),
    ("clean", ("decontaminate",)),
    ("scored", ("judge_problem", "difficulty")),
    ("solved", ("solution",)),
    ("vetted", ("judge_solution", "text")),
    ("distinct", ("problem_embedding", "same_problem")),
)
# Table 2 of the paper: expansion ratio, and cost of a row in hundredths of a cent.
PAPER = (
    ("MetaMath", 26, 23.0),
    ("MathScale", 100, 23.0),
    ("WizardMath", 6.4, 220.0),
    ("MathCoder", 5.3, 220.0),
    ("GSDP", 255, 1.23),
)


def _counters() -> dict[str, Counter[str]]:
    return defaultdict(Counter)


@dataclass
class Yields:
    """Rows of each unit by reason ("" is kept); problems also by kind of combination and by stage."""

    units: dict[str, Counter[str]] = field(default_factory=_counters)
    hops: dict[str, Counter[str]] = field(default_factory=_counters)
    ended: Counter[str] = field(default_factory=Counter)
    barren: int = 0  # how many were drawn last without a kept row, where that ended the run

    @property
    def kept(self) -> int:
        return self.units["problem"][""]

    def take(self, unit: str, reason: str | None) -> None:
        """A seed's or a point's fate."""
        self.units[unit][reason or ""] += 1

    def take_problem(self, row: Row) -> None:
        """A problem's fate."""
        self.take("problem", row["reason"])
        self.hops[row["hop"]][row["reason"] or ""] += 1
        if row["reason"]:
            self.ended[row["step"]] += 1

    def check(self, written: dict[str, int], hops: Sequence[str]) -> None:
        """Every row that came out was written: kept ones to their kind's config, all others to `rejected`."""
        lost = sum(reasons.total() - reasons[""] for reasons in self.units.values())
        if written["rejected"] != lost or sum(written[hop] for hop in hops) != self.kept:
            raise CheckFailed(
                f"{self.kept} rows were kept and {lost} rejected, but {written} were written; this is a mistake of ours"
            )

    def said(self) -> dict[str, Any]:
        """`counts` of run.json."""
        units = {
            unit: {"in": reasons.total(), "kept": reasons[""], "rejected": without_kept(reasons)}
            for unit, reasons in self.units.items()
        }
        hops = {
            hop: {"drawn": reasons.total(), "kept": reasons[""], "rejected": without_kept(reasons)}
            for hop, reasons in self.hops.items()
        }
        return {"units": units, "hops": hops, "stages": dict(self.stages())}

    def stages(self) -> list[tuple[str, int]]:
        """How many problems came through each stage."""
        left = self.units["problem"].total()
        found = [("drawn", left)]
        for name, steps in STAGES:
            left -= sum(count for step, count in self.ended.items() if step.partition("/")[0] in steps)
            found.append((name, left))
        return found

    def tables(self, hops: Sequence[str]) -> list[Table]:
        """What was kept of each unit and what was not, and why; of problems also by kind, and the yield per stage."""
        kinds = _table("combination", "drawn", "kept", "rejected", "why")
        for hop in hops:
            reasons = self.hops[hop]
            lost = reasons.total() - reasons[""]
            kinds.add_row(hop, f"{reasons.total():,}", f"{reasons['']:,}", f"{lost:,}", listed(without_kept(reasons)))
        stages = _table("stage", "problems", "of those before", "of all")
        before = total = self.units["problem"].total()
        for name, count in self.stages():
            stages.add_row(name, f"{count:,}", _share(count, before), _share(count, total))
            before = count
        units = _table("unit", "in", "kept", "rejected", "why")
        for unit in ("seed", "point", "problem"):
            reasons = self.units[unit]
            lost = reasons.total() - reasons[""]
            units.add_row(unit, f"{reasons.total():,}", f"{reasons['']:,}", f"{lost:,}", listed(without_kept(reasons)))
        return [units, kinds, stages]


def costs(kept: int, seeds: int, dollars: float | None) -> Table:
    """Expansion and cost per row beside the paper's table 2 (its cost is in hundredths of a cent)."""
    table = _table("method", "rows for each seed", "hundredths of a cent a row")
    for name, expansion, cost in PAPER:
        table.add_row(name, f"{expansion:g}", f"{cost:g}")
    mine = "no price" if dollars is None else f"{per_row(dollars, kept):.3g}" if kept else "no row"
    table.add_row("this run", f"{expansion_ratio(kept, seeds):.3g}" if seeds else "", mine)
    return table


def expansion_ratio(kept: int, seeds: int) -> float:
    """Rows kept for each seed (section 3.4; 1.91 million of 7,500 are 255 times)."""
    return kept / seeds


def per_row(dollars: float, kept: float) -> float:
    """Hundredths of a cent for a row ($235.2 for 1.91 million rows are 1.23)."""
    return dollars / kept * 10_000


def without_kept(reasons: Counter[str]) -> dict[str, int]:
    """How many rows have which reason."""
    return {reason: count for reason, count in sorted(reasons.items()) if reason and count}


def listed(reasons: dict[str, int]) -> str:
    """The reasons, the most frequent first."""
    return ", ".join(
        f"{reason} {count:,}" for reason, count in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    )


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(names):
        table.add_column(name, justify="left" if number == 0 or name == "why" else "right")
    return table


def _share(count: int, of: int) -> str:
    return f"{count / of:.0%}" if of else ""
