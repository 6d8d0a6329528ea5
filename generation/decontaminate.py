"""Rows that share their words with a benchmark are set apart, with the evidence (GSDP, section 2; the layers are ours).

    rows + benchmarks -> the same rows with `contamination`: `default` the clean ones, `rejected` the others

    python -m generation.decontaminate --rows data/gsdp --benchmarks HuggingFaceH4/MATH-500 gsm8k_test.jsonl --output data/clean

The text is in `problem`, `question`, `text`, or `Body` and `Question` joined (SVAMP), or in the column that FILE:column names. Of
a benchmark every split is read. What counts is in builders.overlap: equal after normalising, or a run of ten words.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from datasets import Features, List
from rich.table import Table

from builders import VERSION, columns
from builders.benchmarks import Input, index_of, opened
from builders.commands import command, option, parse
from builders.errors import CheckFailed, UserError
from builders.folder import check_output, finished
from builders.overlap import REPORTED, Index, Look
from builders.row import TEXT, WHY, Row, batches
from generation.replay import shown_path
from generation.screen import say, show

STEP = "decontaminate"
CONTAMINATION = List({"benchmark": TEXT, "id": TEXT, "layer": TEXT, "evidence": TEXT})
AT_ONCE = 1000  # rows that are looked up together


def contaminated(hits: Sequence[Row]) -> str:
    """The detail of a row that is rejected."""
    first, more = hits[0], len(hits) - 1
    said = "the text of" if first["layer"] == "exact" else f"{len(first['evidence'].split())} words of"
    return f"{said} {first['benchmark']} {first['id']}" + (f", and {more} more" if more else "")


@dataclass
class Counts:
    """Rows by reason ("" is kept), by the longest run that they share, and by benchmark and layer."""

    reasons: Counter[str]
    runs: Counter[int]
    layers: Counter[tuple[str, str]]

    def take(self, why: Row, look: Look) -> None:
        """A row's fate."""
        self.reasons[why.get("reason", "")] += 1
        self.runs.update(length for length in REPORTED if look.run >= length)
        self.layers.update({(hit["benchmark"], hit["layer"]) for hit in look.hits})

    def table(self, benchmarks: dict[str, Counter[str]]) -> Table:
        """What each benchmark shares with the rows."""
        table = Table(box=None, pad_edge=False)
        for name in ("benchmark", "items", "rows: exact", "rows: n-gram"):
            table.add_column(name, justify="left" if name == "benchmark" else "right")
        for name, counts in benchmarks.items():
            found = [f"{self.layers[name, layer]:,}" for layer in ("exact", "n-gram")]
            table.add_row(name, f"{counts['items']:,}", *found)
        return table


def looked(given: Input, index: Index, limit: int | None, counts: Counts) -> Iterator[tuple[Row, Row]]:
    """Each row with its `contamination`, and why it is not kept: nothing where it is."""
    for batch in batches(columns.read(given.source, limit), AT_ONCE):
        texts = [given.text(row) for row in batch]
        for row, text, look in zip(batch, texts, index.look(texts), strict=True):
            wrong = row.pop("bad_row") or (None if text else f"has no text in {' and '.join(given.columns)}")
            reason, detail = ("bad_row", wrong) if wrong else (None, None)
            if look.hits:
                reason, detail = "contaminated", contaminated(look.hits)
            why = dict(zip(WHY, (STEP, "problem", reason, detail), strict=True)) if reason else {}
            counts.take(why, look)
            yield {**row, "contamination": list(look.hits)}, why


@dataclass(frozen=True)
class Recipe:
    """What `python -m generation.decontaminate` is told."""

    rows: str = option("", "the rows: a Hub id, a local file or folder, sample, or any of them as FILE:column")
    benchmarks: list[str] = option(
        [], "what they must not hold: Hub ids, files or folders, with all their splits, or FILE:column", metavar="B"
    )
    output: str = option("", "the finished folder to write; an earlier one of ours is replaced", metavar="DIR")
    limit: int | None = option(None, "the first so many rows", metavar="N")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "generation.decontaminate", __doc__.splitlines()[0])
    for name in ("rows", "output"):
        if not getattr(recipe, name):
            raise UserError(f"no --{name} is given; name {'rows to look through' if name == 'rows' else 'a folder'}")
    output, started = Path(recipe.output), time.monotonic()
    check_output(output)
    given = opened(recipe.rows, False)
    features = columns.features_of(given.source)
    kept = Features({**features, "contamination": CONTAMINATION})
    index, benchmarks = index_of(recipe.benchmarks)
    say("exact and n-gram layers alone: without a model, nearest neighbours are not looked for")
    counts = Counts(Counter(), Counter(), Counter())
    rejected = Features({**kept, **WHY})
    with finished(output, {"default": kept, "rejected": rejected}, [], STEP) as folder:
        for row, why in looked(given, index, recipe.limit, counts):
            name, declared = ("rejected", rejected) if why else ("default", kept)
            folder.write(name, [columns.fitted({**row, **why}, declared)])
        folder.put("run.json", run_text(counts, benchmarks, time.monotonic() - started))
        told = {"rows": shown_path(recipe.rows), "benchmarks": list(benchmarks), "limit": recipe.limit}
        folder.put("recipe.yaml", yaml.safe_dump(told, sort_keys=False, allow_unicode=True))
    end(counts, benchmarks, output)


def run_text(counts: Counts, benchmarks: dict[str, Counter[str]], seconds: float) -> str:
    """run.json."""
    refused = {name: count for name, count in sorted(counts.reasons.items()) if name}
    problems = {"in": counts.reasons.total(), "kept": counts.reasons[""], "rejected": refused}
    said = {
        "mathloom": VERSION, "kind": STEP, "seconds": round(seconds, 3), "layers": ["exact", "n-gram"],
        "counts": {"problem": problems}, "runs": {str(length): counts.runs[length] for length in REPORTED},
        "benchmarks": {
            name: {**each, **{layer: counts.layers[name, layer] for layer in ("exact", "n-gram")}} for name, each in benchmarks.items()
        },
    }  # fmt: skip
    return json.dumps(said, indent=2, ensure_ascii=False) + "\n"


def end(counts: Counts, benchmarks: dict[str, Counter[str]], output: Path) -> None:
    """What the screen says."""
    show(counts.table(benchmarks))
    total, kept = counts.reasons.total(), counts.reasons[""]
    shares = ", ".join(f"{length}: {counts.runs[length]:,} ({counts.runs[length] / total:.2%})" for length in REPORTED)
    say(f"rows that share a run of so many words, {shares}")
    for name, each in benchmarks.items():
        if each["unread"]:
            say(f"{each['unread']:,} items of {name} cannot be read, and were not looked for")
    refused = ", ".join(f"{count:,} {name}" for name, count in sorted(counts.reasons.items()) if name)
    say(f"{total:,} rows: {kept:,} kept; rejected: {refused or 'none'}")
    if not kept:
        raise CheckFailed(f"no row is clean; {output} says what each shares")
    say(f'load_dataset("{output}", split="train")')


if __name__ == "__main__":
    command(main)
