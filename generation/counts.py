"""Counts of a MIND run: per unit, rows in = kept + rejected, or the command fails.

rows as they come out -> run.json's counts and measures, and the table on the screen
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.table import Table

from builders.errors import CheckFailed
from builders.row import Row
from generation.yields import listed, without_kept


def _counters() -> dict[str, Counter[str]]:
    return defaultdict(Counter)


@dataclass
class Counts:
    """`documents` and each style's rows by reason ("" is kept); measures are summed before filtering."""

    documents: int = 0
    passages: int = 0
    done: int = 0
    no_passage: Counter[str] = field(default_factory=Counter)
    styles: dict[str, Counter[str]] = field(default_factory=_counters)
    flags: dict[str, Counter[str]] = field(default_factory=_counters)
    sums: dict[str, Counter[str]] = field(default_factory=_counters)
    measured: dict[str, Counter[str]] = field(default_factory=_counters)
    last_document: str | None = None
    problem_models: set[str] = field(default_factory=set)

    @property
    def kept(self) -> int:
        return sum(reasons[""] for reasons in self.styles.values())

    def take_passage(self, row: Row) -> None:
        """A row of the passages' stream: a passage, or a document that gave none."""
        if row["unit"] == "document" or row["document_id"] != self.last_document:
            self.documents += 1
        self.last_document = row["document_id"]
        if row["reason"]:
            self.no_passage[row["reason"]] += 1
        else:
            self.passages += 1
            self.problem_models.update(row.get("problem_models") or ())

    def take_measures(self, row: Row, names: Sequence[str]) -> None:
        """The numbers of a dialogue that could be read."""
        sums, rows = self.sums[row["style"]], self.measured[row["style"]]
        for name in names:
            if isinstance(row.get(name), (int, float)):
                sums[name] += row[name]
                rows[name] += 1

    def take(self, row: Row) -> None:
        """A dialogue's fate."""
        self.styles[row["style"]][row["reason"] or ""] += 1
        self.flags[row["style"]].update(row["flags"])

    def check(self, styles: int, written: int) -> None:
        """Every passage has one row per style, and every row was written."""
        for style, reasons in self.styles.items():
            if sum(reasons.values()) != self.passages:
                raise CheckFailed(
                    f"{style}: {self.passages} passages went in, {sum(reasons.values())} rows came out; this is a mistake of ours"
                )
        if written != self.passages * styles + sum(self.no_passage.values()):
            raise CheckFailed(
                f"{written} rows were written of {self.passages} passages in {styles} styles; this is a mistake of ours"
            )

    def said(self, styles: Sequence[str]) -> dict[str, Any]:
        """`counts` and `measures` of run.json."""
        per: dict[str, dict[str, Any]] = {
            style: {
                "asked": self.passages, "kept": self.styles[style][""],
                "rejected": without_kept(self.styles[style]), "flags": dict(sorted(self.flags[style].items())),
            }
            for style in styles
        }  # fmt: skip
        rejected: Counter[str] = Counter()
        for style in styles:
            rejected.update(per[style]["rejected"])
        means = {}
        for style in styles:
            means[style] = {
                name: round(total / self.measured[style][name], 4) for name, total in self.sums[style].items()
            }
        return {
            "counts": {
                "documents": {
                    "in": self.documents,
                    "passages": self.passages,
                    "rejected": dict(sorted(self.no_passage.items())),
                },
                "dialogues": {
                    "in": self.passages * len(styles),
                    "kept": self.kept,
                    "rejected": dict(sorted(rejected.items())),
                },
                "styles": per,
            },
            "measures": means,
            **self._problems(),
        }

    def _problems(self) -> dict[str, Any]:
        """Who made the problems, where dialogues are about problems; a rehearsal's make all of the folder one's."""
        if not self.problem_models:
            return {}
        rehearsed = any(name.startswith("mathloom/rehearsal/") for name in self.problem_models)
        return {"problem_models": sorted(self.problem_models), **({"rehearsal": True} if rehearsed else {})}

    def table(self, styles: Sequence[str]) -> Table:
        """What was kept and what was not, and why."""
        table = Table(box=None, pad_edge=False)
        for name in ("style", "passages", "kept", "rejected", "why", "only flagged"):
            table.add_column(name, justify="left" if name in ("style", "why", "only flagged") else "right")
        for style in styles:
            reasons = without_kept(self.styles[style])
            table.add_row(
                style, f"{self.passages:,}", f"{self.styles[style]['']:,}", f"{sum(reasons.values()):,}",
                listed(reasons), listed(self.flags[style]),
            )  # fmt: skip
        return table
