"""OpenWebMath (Paster et al., 2023): 6.3 million documents of mathematics from the web, as a `datasets` builder.

    the Hub's parquet, local files, or `sample` -> id, url, text, date, metadata, bad_row

    python -m builders.openwebmath --rows open-web-math/open-web-math --limit 1000 --output data/documents

`id` is a document's own where it has one, else null; `bad_row` says why a line could not be read, and then the others
are null. Further columns are left out.
"""

import atexit
import functools
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import yaml
from datasets.builder import Key
from datasets.exceptions import DatasetGenerationError

from builders import VERSION, rows
from builders.commands import command, option, parse, say
from builders.errors import CheckFailed, MathloomError, UserError
from builders.row import WHY

REPO = "open-web-math/open-web-math"  # data/train-00000-of-00114-*.parquet and so on; ODC-By 1.0
COLUMNS = ("id", "url", "text", "date", "metadata")
KEPT = datasets.Features({name: datasets.Value("string") for name in COLUMNS})
REJECTED = datasets.Features({**KEPT, **WHY})
FEATURES = datasets.Features({**KEPT, "bad_row": datasets.Value("string")})


@dataclass
class OpenWebMathConfig(datasets.BuilderConfig):
    """`where`: what `--rows` takes; `limit`: the first so many documents, None for all."""

    where: str = REPO
    limit: int | None = None


class OpenWebMath(datasets.ArrowBasedBuilder):
    """Documents in OpenWebMath's columns, all strings, split `train`, a shard per file; `source` is where they are.

    UserError where there is nothing to read at `where`. What is prepared is kept in the cache of `datasets` for the
    Hub's rows, under their commit, and for local ones until the process ends.
    """

    BUILDER_CONFIG_CLASS = OpenWebMathConfig

    def __init__(self, cache_dir: str | None = None, where: str = REPO, limit: int | None = None, **more: Any) -> None:
        if limit is not None and limit < 1:
            raise UserError(f"limit is {limit}; it must be 1 or more, or left out for all")
        self.source = rows.find(where)
        if cache_dir is None and self.source.commit is None:
            cache_dir = scratch()
        # a cache of `datasets` knows neither content nor code: the digest stands for both
        ours = {"dataset_name": "openwebmath", "hash": self.source.digest, "where": where, "limit": limit}
        super().__init__(cache_dir=cache_dir, **{**more, **ours})

    def _info(self) -> datasets.DatasetInfo:
        return datasets.DatasetInfo(
            features=FEATURES, homepage=f"https://huggingface.co/datasets/{REPO}", license="odc-by"
        )

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        rows.check(self.source, ["text"])
        files = [replace(file, fetch=not dl_manager.is_streaming) for file in self.source.files]
        # a list would be cut into shards, and each would have the limit to itself
        shards = files if self.config.limit is None else tuple(files)
        return [datasets.SplitGenerator(name=datasets.Split.TRAIN, gen_kwargs={"files": shards})]

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


def of_file(file: rows.File) -> Iterator[dict[str, str | None]]:
    """The documents of a file."""
    for row in rows.of_file(file, COLUMNS, needs=["text"], texts=["text"]):
        yield {name: rows.as_text(value) for name, value in row.items()} | {"id": rows.as_text(row["id"]) or None}


def documents(
    where: str = REPO, *, limit: int | None = None, streaming: bool = True
) -> datasets.IterableDataset | datasets.Dataset:
    """The documents at `where`, the first `limit`: a stream in flat memory, or with `streaming=False` a `Dataset`.

    UserError where there is nothing to read, WorldError where the Hub does not answer and nothing of it is cached.
    """
    if streaming:
        return streamer(where, limit).as_streaming_dataset(split="train")
    builder = OpenWebMath(where=where, limit=limit)
    try:
        builder.download_and_prepare()
    except DatasetGenerationError as problem:
        if isinstance(problem.__cause__, MathloomError):
            raise problem.__cause__ from problem
        raise
    return builder.as_dataset(split="train")


def streamer(where: str, limit: int | None) -> OpenWebMath:
    """A builder for streams alone: it leaves nothing on the disk, not even after a kill."""
    with tempfile.TemporaryDirectory(prefix="mathloom-") as folder:
        return OpenWebMath(where=where, limit=limit, cache_dir=folder)


@functools.cache
def scratch() -> str:
    """A folder that is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="mathloom-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@dataclass(frozen=True)
class Recipe:
    """What `python -m builders.openwebmath` is told."""

    rows: str = option(REPO, "documents: a Hub id, a local file or folder, or sample", metavar="ROWS")
    output: str = option("data/documents", "the finished folder to write", metavar="DIR")
    limit: int | None = option(None, "the first so many documents", metavar="N")


def main(argv: Sequence[str]) -> None:
    """Documents in, a finished folder of them out; `rejected` holds the lines that could not be read, with the reason."""
    from builders.folder import finished

    recipe = parse(Recipe, argv, "builders.openwebmath", "OpenWebMath, or documents of your own, as a finished folder.")
    kept = rejected = 0
    with finished(Path(recipe.output), {"default": KEPT, "rejected": REJECTED}, [], "documents") as folder:
        builder = streamer(recipe.rows, recipe.limit)
        for row in builder.as_streaming_dataset(split="train"):
            wrong = row.pop("bad_row") or (None if (row["text"] or "").strip() else "has no text")
            if wrong is None:
                kept += 1
                folder.write("default", [row])
            else:
                rejected += 1
                why = {"step": "documents", "unit": "document", "reason": "bad_row", "detail": wrong}
                folder.write("rejected", [{**row, **why}])
        counts = {
            "documents": {"in": kept + rejected, "kept": kept, "rejected": {"bad_row": rejected} if rejected else {}}
        }
        told = {"mathloom": VERSION, "kind": "documents", "revision": builder.source.commit, "counts": counts}
        folder.put("run.json", json.dumps(told, indent=2) + "\n")
        folder.put("recipe.yaml", yaml.safe_dump({"rows": recipe.rows, "limit": recipe.limit}, sort_keys=False))
    say(f"{kept:,} documents of {recipe.rows}; rejected: {f'{rejected:,} bad_row' if rejected else 'none'}")
    if not kept:
        raise CheckFailed(f"no document of {recipe.rows} can be read; {recipe.output} says why")
    say(f'load_dataset("{recipe.output}", split="train")')


if __name__ == "__main__":
    command(main)
