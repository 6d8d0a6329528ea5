"""A set of problems as a `datasets` builder, and as a command: what MATH, GSM8K and SVAMP have in common.

    the Hub's files, local ones, or `sample` -> builders.problems' columns -> a finished folder: `default`, `rejected`

builders/competition_math.py, gsm8k.py and svamp.py are such sets.
"""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import datasets
import pyarrow as pa
import yaml
from datasets.builder import Key
from datasets.exceptions import DatasetGenerationError

from builders import VERSION, rows
from builders.commands import option, parse, say
from builders.errors import CheckFailed, MathloomError, UserError
from builders.openwebmath import scratch
from builders.problems import COLUMNS, STEP, TEXTS, found, of_file, seeds, text_columns
from builders.row import WHY_UNIT_FIRST, Row

READING = 1  # of what problems.py makes of the same bytes; whoever changes it raises this, and no cached row comes back
FEATURES = datasets.Features({**COLUMNS, "bad_row": datasets.Value("string")})
REJECTED = datasets.Features({**COLUMNS, **WHY_UNIT_FIRST})


@dataclass
class ProblemsConfig(datasets.BuilderConfig):
    """`where`: what `--rows` takes; `part`: the split to read, None for train or all; `limit`: the first so many rows."""

    where: str = ""
    part: str | None = None
    limit: int | None = None


class Problems(datasets.ArrowBasedBuilder):
    """Problems in `FEATURES`, a shard per file; `source` is where they are. Of each set there is a subclass.

    UserError where there is nothing to read at `where`. What is prepared is kept in the cache of `datasets` for the
    Hub's rows, under their commit, and for local ones until the process ends.
    """

    BUILDER_CONFIG_CLASS = ProblemsConfig
    REPO: ClassVar[str] = ""

    def __init__(
        self,
        cache_dir: str | None = None,
        where: str | None = None,
        split: str | None = None,
        limit: int | None = None,
        **more: Any,
    ) -> None:
        if limit is not None and limit < 1:
            raise UserError(f"limit is {limit}; it must be 1 or more, or left out for all")
        where = self.REPO if where is None else where
        self.source = self.find(where, split)
        if cache_dir is None and self.source.commit is None:
            cache_dir = scratch()
        # a cache of `datasets` knows neither content nor code: this stands for both
        mark = hashlib.sha256(json.dumps([READING, self.source.digest, split, limit]).encode()).hexdigest()[:16]
        ours = {
            "dataset_name": type(self).__name__.lower(),
            "hash": mark,
            "where": where,
            "part": split,
            "limit": limit,
        }
        super().__init__(cache_dir=cache_dir, **{**more, **ours})

    def find(self, where: str, split: str | None) -> rows.Source:
        """The files of a split."""
        return found(where, split)

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(
            features=FEATURES, homepage=f"https://huggingface.co/datasets/{self.REPO}", license="mit"
        )

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        text_columns(self.source, TEXTS[:3])
        files = [replace(file, fetch=not dl_manager.is_streaming) for file in self.source.files]
        # a list would be cut into shards, and each would have the limit to itself
        shards = files if self.config.limit is None else tuple(files)
        return [datasets.SplitGenerator(name=self.config.part or "train", gen_kwargs={"files": shards})]

    def _generate_tables(self, files: Sequence[rows.File]) -> Iterator[tuple[Key, pa.Table]]:
        left = self.config.limit
        for shard, file in enumerate(files):
            for number, table in enumerate(rows.tables(of_file(file), FEATURES.arrow_schema)):
                table = table if left is None else table.slice(0, left)
                left = left if left is None else left - table.num_rows
                if table.num_rows:
                    yield Key(shard, number), table
                if left == 0:
                    return


def stream(
    made: type[Problems], where: str | None = None, split: str | None = None, limit: int | None = None
) -> tuple[datasets.IterableDataset, rows.Source]:
    """The problems at `where` in flat memory, and where they come from; nothing is left on the disk."""
    with tempfile.TemporaryDirectory(prefix="mathloom-") as folder:
        builder = made(where=where, split=split, limit=limit, cache_dir=folder)
    return builder.as_streaming_dataset(split=split or "train"), builder.source


def dataset(
    made: type[Problems], where: str | None = None, split: str | None = None, limit: int | None = None
) -> datasets.Dataset:
    """The same as a `Dataset`."""
    builder = made(where=where, split=split, limit=limit)
    try:
        builder.download_and_prepare()
    except DatasetGenerationError as problem:
        if isinstance(problem.__cause__, MathloomError):
            raise problem.__cause__ from problem
        raise
    return builder.as_dataset(split=split or "train")


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
