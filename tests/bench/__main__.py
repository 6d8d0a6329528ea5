"""Every figure that we claim, measured beside what one would write without us, in one run on one machine.

    figures -> a table on the screen, tests/bench/results.json, the README's table, and data/bench.png

    python -m tests.bench [--quick] [--only asking dbscan ...]

Rounds of ours and of the others alternate. With --only, those are measured again and the others stay as they were. --quick
tries that all of it runs, once and with a tenth of the rows: what it prints is no figure, and it saves nothing.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from builders.commands import command, option, parse
from builders.errors import UserError
from builders.screen import say
from tests.bench import asking, clusters, first, graph, kills, limits, nearest, overlap, passages
from tests.bench.figures import Figure, markdown, plot, table

RESULTS = Path(__file__).parent / "results.json"
README = Path("README.md")
PLOT = Path("data/bench.png")
FIGURES: dict[str, Callable[[bool], list[Figure]]] = {
    "asking": asking.keeping_busy,
    "fast": asking.fast_server,
    "chain": asking.chain,
    "kill": kills.killed,
    "faults": kills.faults,
    "limit": limits.found,
    "never": limits.never,
    "graph": graph.paper,
    "ten": graph.ten,
    "pairs": graph.pairs,
    "dbscan": clusters.figures,
    "nearest": nearest.figures,
    "overlap": overlap.figures,
    "passages": passages.figures,
    "first": first.dataset,
}


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    only: list[str] = option([], f"figures: {', '.join(FIGURES)}", metavar="FIGURE")
    quick: bool = option(False, "try that all of it runs, with a tenth of the rows; saves nothing")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench", "Every figure that we claim, in one run on one machine.")
    unknown = [name for name in recipe.only if name not in FIGURES]
    if unknown:
        raise UserError(f"there is no figure '{unknown[0]}'; there are {', '.join(FIGURES)}")
    results = {} if recipe.quick else {row["figure"]: row for row in json.loads(RESULTS.read_text())}
    for name in recipe.only or FIGURES:
        for row in FIGURES[name](recipe.quick):
            results[row["figure"]] = row | {"command": f"python -m tests.bench --only {name}"}
            say(f"{row['figure']}: {'holds' if row['holds'] else 'does not hold'}")
            if not recipe.quick:
                save(ordered(results.values()))
    Console(width=160).print(table(ordered(results.values())))


def ordered(rows: Iterable[Figure]) -> list[Figure]:
    """As they stand in `FIGURES`."""
    return sorted(rows, key=lambda row: list(FIGURES).index(row["command"].split()[-1]))


def save(rows: Sequence[Figure]) -> None:
    """The results, as programs and as people read them."""
    RESULTS.write_text(json.dumps(rows, indent=1) + "\n")
    text, made = README.read_text(), markdown(rows)
    before, found, behind = text.partition(made[0] + "\n")
    if found:
        README.write_text("\n".join([before + made[0], *made[1:], "", behind.partition("\n\n")[2]]))
    plot(rows, PLOT)


if __name__ == "__main__":
    command(main)
