"""What rows share with benchmarks, as columns and as counts: by benchmark, by layer, by the length of the run of words.

    [{benchmark, id, layer, evidence}, ...] + Look, row after row -> the table on the screen, and run.json's counts

GRIP (arXiv 2412.08864, v4) reports the share of its rows that have a run of 8, 10, 13 or 15 words in common with MATH.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datasets import List
from rich.table import Table

from builders.overlap import REPORTED, Look
from builders.row import TEXT, Row

STEP = "decontaminate"
CONTAMINATION = List({"benchmark": TEXT, "id": TEXT, "layer": TEXT, "evidence": TEXT})
WORDS = ("exact", "n-gram")  # the layers that need no model
SEMANTIC = "semantic"
SAID = {"exact": "the text of {}", SEMANTIC: "the same problem as {}"}


def contaminated(hits: Sequence[Row]) -> str:
    """The detail of a row that is rejected."""
    first, more = hits[0], len(hits) - 1
    said = SAID.get(first["layer"], f"{len(first['evidence'].split())} words of {{}}")
    return said.format(f"{first['benchmark']} {first['id']}") + (f", and {more} more" if more else "")


@dataclass
class Shared:
    """Rows that share something with benchmarks; `benchmarks` has of each how many items it holds, and how many are unread."""

    benchmarks: Mapping[str, Counter[str]]
    layers: Sequence[str] = WORDS
    rows: int = 0
    met: Counter[tuple[str, str]] = field(default_factory=Counter)  # rows by benchmark and layer
    runs: Counter[tuple[str, int]] = field(default_factory=Counter)  # rows by benchmark and length; "" is any benchmark

    def take(self, hits: Iterable[Mapping[str, str]], look: Look) -> None:
        """What was found in a row."""
        self.rows += 1
        self.met.update({(hit["benchmark"], hit["layer"]) for hit in hits})
        for name, longest in (*look.runs.items(), ("", max(look.runs.values(), default=0))):
            self.runs.update((name, length) for length in REPORTED if length <= longest)

    def lengths(self, name: str = "") -> dict[str, int]:
        """Rows that share a run of so many words with a benchmark, or with any."""
        return {str(length): self.runs[name, length] for length in REPORTED}

    def said(self) -> dict[str, Any]:
        """What run.json says of it."""
        told = {
            name: {**counts, **{layer: self.met[name, layer] for layer in self.layers}, "runs": self.lengths(name)}
            for name, counts in self.benchmarks.items()
        }
        return {"layers": list(self.layers), "compared": self.rows, "runs": self.lengths(), "benchmarks": told}

    def table(self, what: str = "rows") -> Table:
        """What each benchmark shares with the rows."""
        table = Table(box=None, pad_edge=False)
        head = ("benchmark", "items", *(f"{what}: {layer}" for layer in self.layers))
        for name in (*head, *(f"{length} words" for length in REPORTED)):
            table.add_column(name, justify="left" if name == "benchmark" else "right")
        for name, counts in self.benchmarks.items():
            found = [f"{self.met[name, layer]:,}" for layer in self.layers]
            table.add_row(name, f"{counts['items']:,}", *found, *self._shares(name))
        if len(self.benchmarks) > 1:
            table.add_row("any of them", "", *("" for _ in self.layers), *self._shares())
        return table

    def _shares(self, name: str = "") -> list[str]:
        return [f"{count:,} ({count / max(1, self.rows):.2%})" for count in self.lengths(name).values()]

    def unread(self) -> list[str]:
        """A sentence on each benchmark of which not all could be read."""
        return [
            f"{counts['unread']:,} items of {name} cannot be read, and were not looked for"
            for name, counts in self.benchmarks.items()
            if counts["unread"]
        ]
