"""OpenWebMath (Paster et al., 2023): 6.3 million documents of mathematics from the web, as a `datasets` builder.

    the Hub's parquet, local files, or `sample` -> id, url, text, date, metadata, bad_row

    python -m builders.openwebmath --rows open-web-math/open-web-math --limit 1000 --output data/documents

`id` is a document's own where it has one, else null; `bad_row` says why a line could not be read, and then the others
are null. Further columns are left out.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import datasets
import yaml

from builders import VERSION, arrow, rows
from builders.commands import command, option, parse
from builders.errors import CheckFailed
from builders.row import WHY, Row
from builders.screen import say

REPO = "open-web-math/open-web-math"  # data/train-00000-of-00114-*.parquet and so on; ODC-By 1.0
COLUMNS = ("id", "url", "text", "date", "metadata")
KEPT = datasets.Features({name: datasets.Value("string") for name in COLUMNS})
REJECTED = datasets.Features({**KEPT, **WHY})
FEATURES = datasets.Features({**KEPT, "bad_row": datasets.Value("string")})


class OpenWebMath(arrow.Rows):
    """Documents in OpenWebMath's columns, all strings, split `train`."""

    REPO, LICENSE, FEATURES = REPO, "odc-by", FEATURES

    def check(self) -> None:
        """UserError where a file has no texts."""
        rows.check(self.source, ["text"])

    def of_file(self, file: rows.File) -> Iterator[Row]:
        """The documents of a file."""
        return of_file(file)


def of_file(file: rows.File) -> Iterator[Row]:
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
        return arrow.streamer(OpenWebMath, where, limit=limit).as_streaming_dataset(split="train")
    builder = OpenWebMath(where=where, limit=limit)
    builder.download_and_prepare()
    return builder.as_dataset(split="train")


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
        builder = arrow.streamer(OpenWebMath, recipe.rows, limit=recipe.limit)
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
