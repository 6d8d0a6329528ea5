"""Every figure that we claim, measured beside what one would write without us, in one run on one machine.

    figures -> a table on the screen, and tests/bench/results.json: {figure, goal, ours, peers, holds, command}

    python -m tests.bench [asking chain fast kill limit memory passages silent graph ten pairs overlap nearest dbscan growth]

With names, only those are measured again; the others stay as they were.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from builders.commands import command
from builders.errors import UserError
from tests.bench import asking, clusters, graph, growth, nearest, overlap, passages

RESULTS = Path(__file__).parent / "results.json"
FIGURES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "asking": asking.keeping_busy,
    "fast": asking.fast_server,
    "chain": asking.chain,
    "kill": asking.killed,
    "limit": asking.limit,
    "silent": asking.silent,
    "memory": asking.memory,
    "passages": passages.figures,
    "graph": graph.paper,
    "ten": graph.ten,
    "pairs": graph.pairs,
    "overlap": overlap.figures,
    "dbscan": clusters.figures,
    "nearest": nearest.figures,
    "growth": growth.figures,
}


def main(argv: Sequence[str]) -> None:
    unknown = [name for name in argv if name not in FIGURES]
    if unknown:
        raise UserError(f"there is no figure '{unknown[0]}'; there are {', '.join(FIGURES)}")
    results = {row["figure"]: row for row in json.loads(RESULTS.read_text())} if RESULTS.is_file() else {}
    for name in argv or FIGURES:
        for row in FIGURES[name]():
            results[row["figure"]] = row | {"command": f"python -m tests.bench {name}"}
            RESULTS.write_text(json.dumps(list(results.values()), indent=1) + "\n")
    Console(width=160).print(table(list(results.values())))


def table(results: Sequence[dict[str, Any]]) -> Table:
    """The results as people read them."""
    made = Table("figure", "goal", "ours", "beside it", "holds", "command")
    for row in results:
        beside = ", ".join(f"{name} {value}" for name, value in row["peers"].items())
        holds = "yes" if row["holds"] else "no"
        made.add_row(row["figure"], str(row["goal"]), str(row["ours"]), beside, holds, row["command"])
    return made


if __name__ == "__main__":
    command(main)
