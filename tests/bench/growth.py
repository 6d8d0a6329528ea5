"""What a row costs where there are many: decontamination, measures, and the ledger's merging and replay, at growing numbers of rows.

    rows made of the sample -> per part and size: CPU µs of a further row, peak MiB; of the ledger also bytes of a reply

    python -m tests.bench.growth [--sizes 10000 100000] [--parts decontaminate measure merge replay]

Each is the command whole, in a process of its own; what its start takes is measured at 100 rows and left out. The figure is
what a row costs at the largest number, by what it costs at the smallest: 1 is linear. A replay is measured where it is named: it
has to be asked first, by the bench's server, and that takes longer than all the rest.
"""

import json
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from rich.table import Table

from builders.commands import command, now, option, parse
from builders.configs import read_configs
from builders.errors import UserError
from builders.folder import finished
from builders.row import Row, batches
from builders.screen import say, show
from generation import mind
from generation.keys import canonical, key
from generation.ledger import Ledger, Reply
from tests.bench.overlap import drawn
from tests.bench.runs import ours, passages_of, server, timed

FEW = 100  # rows whose time is that of the start
ITEMS = 5_000  # of the benchmark
GOAL = 1.25
Taken = dict[str, float]


def decontaminate(rows: int, folder: Path) -> Taken:
    """Problems held against a benchmark by their words."""
    for name, count, seed in (("rows", rows, 0), ("items", ITEMS, 1)):
        lines = (json.dumps({"problem": text}) + "\n" for text in drawn(count, random.Random(seed)))
        (folder / f"{name}.jsonl").write_text("".join(lines))
    flags = ["--rows", str(folder / "rows.jsonl"), "--benchmarks", str(folder / "items.jsonl")]
    return timed(["generation.decontaminate", *flags, "--output", str(folder / "clean")], folder)


def measure(rows: int, folder: Path) -> Taken:
    """The measures of a folder of dialogues, without models."""
    made = folder / "few"
    flags = ["--config", "mind-quickstart", "--limit", "20", "--ledger", str(folder / "ledger.sqlite")]
    mind.main([*flags, "--output", str(made)])
    configs = {name: columns for name, (_, columns) in read_configs(made).items() if name not in ("default", "replies")}
    styles = [name for name in configs if name != "rejected"]
    with finished(folder / "many", configs, styles, "mind") as many:
        for name in configs:
            for batch in batches(islice(again(made, name), rows // len(configs)), 200):
                many.write(name, batch)
        many.put("run.json", json.dumps({"mathloom": "0", "kind": "mind"}))
    return timed(["generation.measure", str(folder / "many")], folder)


def again(folder: Path, config: str) -> Iterator[Row]:
    """The rows of a config over and over, as rows of other documents."""
    import pyarrow.parquet as parquet

    rows = [
        row for file in (folder / "data" / config).glob("*.parquet") for row in parquet.read_table(file).to_pylist()
    ]
    for number, row in enumerate(cycle(rows)):
        yield {**row, "id": f"{number}/{row['id']}", "document_id": f"{number // len(rows)}/{row['document_id']}"}


def merge(rows: int, folder: Path) -> Taken:
    """Two ledgers of half as many replies each, merged into a third; a reply is as long as a dialogue."""
    texts = [text for text in drawn(200, random.Random(0)) if len(text) > 100]
    for half in (0, 1):
        ledger = Ledger(folder / f"{half}.sqlite", writable=True)
        for batch in batches((reply(number, texts) for number in range(half, rows, 2)), 500):
            ledger.record(batch)
        ledger.close()
    flags = ["merge", "--ledger", str(folder / "all.sqlite"), str(folder / "0.sqlite"), str(folder / "1.sqlite")]
    taken = timed(["generation.ledger", *flags], folder)
    return {**taken, "bytes": (folder / "all.sqlite").stat().st_size}


def reply(number: int, texts: Sequence[str]) -> Reply:
    """A reply of some 3,000 characters to some 3,000."""
    asked = [{"role": "user", "content": f"{number} " + " ".join(texts)[:3000]}]
    request = canonical({"messages": asked, "sampling": {}, "sample": 0, "try": 0, "dialect": "chat"})
    said = f"{number} " + " ".join(reversed(texts))[:3000]
    name = key("m", None, asked, {})
    return Reply(name, "debate", "debate@0", "m", None, "", request, said, None, "stop", 900, 900, 30.0, now(), 1)


def replay(rows: int, folder: Path) -> Taken:
    """The command over a ledger that holds all it asks: passages to a finished folder."""
    with server(0.001, "constant") as url, passages_of(rows) as given:
        timed(ours(url, given), given)
        taken = timed(ours(url, given, "ours"), given)
        return {**taken, "bytes": (given / "ours.sqlite").stat().st_size}


PARTS: dict[str, Callable[[int, Path], Taken]] = {
    "decontaminate": decontaminate, "measure": measure, "merge": merge, "replay": replay,
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    sizes: list[int] = option([10_000, 100_000], "numbers of rows, the smallest first", metavar="N")
    parts: list[str] = option(["decontaminate", "measure", "merge"], f"of {', '.join(PARTS)}", metavar="PART")


def figures(recipe: Recipe | None = None) -> list[dict[str, Any]]:
    """The figure, a part a row; the table on the screen says more."""
    recipe = recipe or Recipe()
    unknown = [name for name in recipe.parts if name not in PARTS]
    if unknown or min(recipe.sizes) <= FEW:
        raise UserError(f"parts are {', '.join(PARTS)}, and sizes are above {FEW}")
    table = Table(
        "part", "rows", "µs of CPU a row", "rows a second", "peak MiB", "bytes a row", box=None, pad_edge=False
    )
    growth, peaks = {}, {}
    for part in recipe.parts:
        with tempfile.TemporaryDirectory() as scratch:
            start = PARTS[part](FEW, Path(scratch))
        costs = []
        for rows in recipe.sizes:
            with tempfile.TemporaryDirectory() as scratch:
                taken = PARTS[part](rows, Path(scratch))
            costs.append((taken["cpu"] - start["cpu"]) / (rows - FEW))
            size = f"{taken['bytes'] / rows:,.0f}" if "bytes" in taken else ""
            peaks[f"{part}, MiB at {rows:,}"] = round(taken["peak"])
            table.add_row(
                part, f"{rows:,}", f"{costs[-1] * 1e6:,.0f}", f"{1 / costs[-1]:,.0f}", f"{taken['peak']:,.0f}", size
            )
        growth[part] = round(costs[-1] / costs[0], 2)
    show(table)
    name = "cost of a row at the most rows, by that at the fewest"
    return [{"figure": name, "goal": GOAL, "ours": growth, "peers": peaks, "holds": max(growth.values()) <= GOAL}]


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.growth", "What a row costs where there are many.")
    say(json.dumps({**figures(recipe)[0], "command": "python -m tests.bench.growth"}))


if __name__ == "__main__":
    command(main)
