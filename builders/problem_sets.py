"""A set of problems as a `datasets` builder, and as a command: what MATH, GSM8K and SVAMP have in common.

    the Hub's files, local ones, or `sample` -> builders.problems' columns -> a finished folder: `default`, `rejected`

builders/competition_math.py, gsm8k.py and svamp.py are such sets.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import datasets
import yaml

from builders import VERSION, arrow, rows
from builders.commands import option, parse
from builders.errors import CheckFailed
from builders.problems import COLUMNS, STEP, TEXTS, found, of_file, seeds, text_columns
from builders.row import WHY_UNIT_FIRST, Row
from builders.screen import say

FEATURES = datasets.Features({**COLUMNS, "bad_row": datasets.Value("string")})
REJECTED = datasets.Features({**COLUMNS, **WHY_UNIT_FIRST})


class Problems(arrow.Rows):
    """Problems in `FEATURES`. Of each set there is a subclass."""

    LICENSE, FEATURES = "mit", FEATURES

    def find(self, where: str, split: str | None) -> rows.Source:
        """The files of a split."""
        return found(where, split)

    def check(self) -> None:
        """UserError where a file has no problems."""
        text_columns(self.source, TEXTS[:3])

    def of_file(self, file: rows.File) -> Iterator[Row]:
        """The problems of a file."""
        return of_file(file)


def stream(
    made: type[Problems], where: str | None = None, split: str | None = None, limit: int | None = None
) -> tuple[datasets.IterableDataset, rows.Source]:
    """The problems at `where` in flat memory, and where they come from; nothing is left on the disk."""
    builder = arrow.streamer(made, where, split, limit)
    return builder.as_streaming_dataset(split=split or "train"), builder.source


@dataclass(frozen=True)
class Recipe:
    """What `python -m builders.competition_math`, `gsm8k` and `svamp` are told."""

    rows: str | None = option(
        None, "problems: a Hub id, a local file or folder, or sample (default: the set's own repo)", metavar="ROWS"
    )
    output: str = option("data/problems", "the finished folder to write", metavar="DIR")
    split: str | None = option(None, "the split to read (default: train where there is one, else all)", metavar="SPLIT")
    limit: int | None = option(None, "the first so many problems", metavar="N")


def write(
    made: type[Problems],
    argv: Sequence[str],
    prog: str,
    about: str,
    differs: Callable[[rows.Source, str | None, int | None], str | None] = lambda *_: None,
) -> None:
    """The command of a set: problems in, a finished folder out; `rejected` holds the rows not kept, with the reason.

    `differs` has a sentence on a source whose split is not what the set's own is.
    """
    from builders.folder import finished

    recipe = parse(Recipe, argv, prog, about)
    problems, source = stream(made, recipe.rows, recipe.split, recipe.limit)
    reasons: Counter[str] = Counter()
    with finished(Path(recipe.output), {"default": COLUMNS, "rejected": REJECTED}, [], "problems") as folder:
        for row in seeds(problems):
            reasons[row["reason"] or ""] += 1
            folder.write("rejected" if row["reason"] else "default", [kept(row)])
        total, refused = reasons.total(), {name: reasons[name] for name in sorted(reasons) if name}
        note = differs(source, recipe.split, source.rows if recipe.limit else total)
        counts = {STEP: {"in": total, "kept": reasons[""], "rejected": refused}}
        said: dict[str, Any] = {
            "mathloom": VERSION,
            "kind": "problems",
            "revision": source.commit,
            "note": note,
            "counts": counts,
        }
        folder.put("run.json", json.dumps(said, indent=2) + "\n")
        told = {"rows": recipe.rows or made.REPO, "split": recipe.split, "limit": recipe.limit}
        folder.put("recipe.yaml", yaml.safe_dump(told, sort_keys=False))
    lost = ", ".join(f"{number:,} {reason}" for reason, number in refused.items()) or "none"
    say(f"{reasons['']:,} problems of {source.name}; rejected: {lost}")
    if note:
        say(f"mind the split: {note}")
    if not reasons[""]:
        raise CheckFailed(f"no problem of {source.name} can be read; {recipe.output} says why")
    say(f'load_dataset("{recipe.output}", split="train")')


def kept(row: Row) -> Row:
    """A row as it is written: kept rows say no reason."""
    return row if row["reason"] else {name: row[name] for name in COLUMNS}
