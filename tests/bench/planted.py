"""Items of a benchmark planted among clean rows in several ways: how many of each way are found, and what is found besides.

    benchmark + clean rows -> recall by way and layer, false hits among the clean rows

    python -m tests.bench.planted [--rows R ...] [--benchmarks B] [--clean 20000] [--items 200] [--endpoints rehearsal]

Runs generation.decontaminate as it is. Without --endpoints, the layers that need a model are off. Without --rows and
--benchmarks, items are one half of the sample's problems, and clean rows the other half with every third word drawn anew. A
translation is not among the ways: nothing here can translate, and the rehearsal's embedder knows no second language.
"""

import json
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import pyarrow.parquet as parquet
from rich.table import Table

from builders.commands import command, option, parse
from builders.normal import words
from builders.overlap import DECIDES
from builders.screen import say, show
from generation import decontaminate
from tests.bench.overlap import texts_of

LAYERS = ("exact", "n-gram", "semantic")
FORMULA = re.compile(r"(?<!\\)\$([^$]+)\$")
NAMES = ("Ann", "Boris", "Chidi", "Dalia", "Emre", "Farah")
BEFORE = "Here is an exercise that a friend sent to me last week, and I could not solve it at all:"
BEHIND = "Please write down every step, and say at the end how sure you are of your answer."


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: list[str] = option([], "clean rows: Hub ids, local files or folders", metavar="ROWS")
    benchmarks: list[str] = option([], "the benchmark whose items are planted", metavar="B")
    clean: int = option(20_000, "clean rows; what there is comes again, with words drawn anew, until there are so many")
    items: int = option(200, "items that are planted in each way")
    endpoints: list[str] = option([], "who embeds and decides; the word rehearsal will do", metavar="URL")
    embeddings: str | None = option(None, "as of generation.decontaminate", metavar="URL|NAME")


def spelt(text: str) -> str:
    """LaTeX spelled otherwise."""
    text = re.sub(r"\^(\w)", r"^{\1}", text.replace(r"\frac{", r"\dfrac{").replace(r"\cdot", r"\times"))
    if r"\left" not in text:
        text = FORMULA.sub(lambda m: "$" + re.sub(r"(?<!\\)([()])", _sized, m[1]) + "$", text)
    return FORMULA.sub(lambda m: rf"\({re.sub('([=+])', _spaced, m[1])}\)", text)


def _sized(found: re.Match[str]) -> str:
    return (r"\left" if found[0] == "(" else r"\right") + found[0]


def _spaced(found: re.Match[str]) -> str:
    return rf"\, {found[0]} \,"


def renumbered(text: str, draw: random.Random) -> str:
    """Every number another, and every name within a sentence."""
    text = re.sub(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b", lambda _: draw.choice(NAMES), text)
    return re.sub(r"\d+", lambda found: str(int(found[0]) + draw.randrange(1, 10)), text)


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "as it is": lambda text, draw: text,
    "other case": lambda text, draw: text.upper() if "\\" not in text else text.capitalize(),
    "other spacing": lambda text, draw: "\n " + text.replace(" ", "  \n"),
    "other LaTeX": lambda text, draw: spelt(text),
    "in a longer text": lambda text, draw: f"{BEFORE} {text} {BEHIND}",
    "the first half": lambda text, draw: " ".join(text.split()[: len(text.split()) // 2]),
    "the second half": lambda text, draw: " ".join(text.split()[len(text.split()) // 2 :]),
    "other numbers and names": renumbered,
}


def planted(items: Sequence[str], number: int) -> list[dict[str, str]]:
    """So many items in each way; a half has ten words at least, and what would be the item again is left out."""
    rows = []
    for way, act in WAYS.items():
        draw = random.Random(way)
        made = [(text, act(text, draw)) for text in draw.sample(list(items), len(items))]
        fit = [new for text, new in made if way == "as it is" or new != text]
        fit = [new for new in fit if "half" not in way or len(words(new)) >= DECIDES]
        rows += [{"id": f"{way}/{n}", "problem": new} for n, new in enumerate(fit[:number])]
    return rows


def clean(texts: Sequence[str], number: int) -> list[dict[str, str]]:
    """So many clean rows: the texts, and then again with every third word drawn anew."""
    draw, known = random.Random(1), [word for text in texts for word in text.split(" ")]
    rows = [{"id": f"clean/{n}", "problem": text} for n, text in enumerate(texts[:number])]
    for n, text in islice(enumerate(cycle(texts)), len(rows), number):
        drawn = [draw.choice(known) if at % 3 == n % 3 else word for at, word in enumerate(text.split(" "))]
        rows.append({"id": f"clean/{n}", "problem": " ".join(drawn)})
    return rows


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.planted", "Items of a benchmark planted among clean rows.")
    sample = texts_of("sample")
    items = [text for name in recipe.benchmarks for text in texts_of(name)] or sample[::2]
    rows = clean([text for name in recipe.rows for text in texts_of(name)] or sample[1::2], recipe.clean)
    rows += planted(items, recipe.items)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for name, texts in (("rows", rows), ("items", [{"problem": text} for text in items])):
            (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in texts))
        flags = ["--rows", str(folder / "rows.jsonl"), "--benchmarks", str(folder / "items.jsonl")]
        flags += ["--output", str(folder / "out"), "--ledger", str(folder / "ledger.sqlite")]
        flags += ["--endpoints", *recipe.endpoints] if recipe.endpoints else []
        flags += ["--embeddings", recipe.embeddings] if recipe.embeddings else []
        decontaminate.main(flags)
        report(rows, folder / "out")


def report(rows: Sequence[dict[str, str]], folder: Path) -> None:
    """The table, and what was found among the clean rows."""
    counts, false = Counter(row["id"].split("/")[0] for row in rows), []
    met: Counter[tuple[str, str]] = Counter()
    for file in sorted((folder / "data" / "rejected").glob("*.parquet")):
        for row in parquet.read_table(file).to_pylist():
            if row["reason"] != "contaminated":
                continue
            way, hit = row["id"].split("/")[0], row["contamination"][0]
            met[way, hit["layer"]] += 1
            false += [(row["problem"], hit)] if way == "clean" else []
    table = Table(box=None, pad_edge=False)
    for name in ("planted", "rows", *LAYERS, "found"):
        table.add_column(name, justify="left" if name == "planted" else "right")
    for way, count in sorted(counts.items(), key=lambda one: one[0] == "clean"):
        found = [met[way, layer] for layer in LAYERS]
        table.add_row(way, f"{count:,}", *map(str, found), f"{sum(found) / count:.2%}")
    show(table)
    for text, hit in false[:10]:
        say(f"a clean row? {text[:160]!r} ({hit['layer']}: {hit['evidence'][:200]!r})")


if __name__ == "__main__":
    command(main)
