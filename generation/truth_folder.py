"""What a finished folder says about its rows, as the truth is compared with it.

data/CONFIG/*.parquet, recipe.yaml -> Given (the keys of a row's replies, its reasons, the step of the first); a vote's share
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as parquet

from builders.errors import UserError
from builders.groups import rows_in
from builders.plain import bounded, text_of
from builders.reasons import MIND
from builders.row import Row
from generation.knowledge_points import STEP as POINTS

ORDER = {reason: number for number, reason in enumerate(MIND)}
REPLIES = ("reply", "replies")  # a row's column of keys: MIND's, GSDP's
ASIDE = ("replies", "vocabulary", "edges")  # configs whose rows are no rows of either method


@dataclass(frozen=True)
class Given:
    """A row that has replies: their keys, its reasons (that for which it was rejected is the first), and their step."""

    keys: list[str]
    reasons: list[str]
    step: str | None = None


def read_folder(folder: Path) -> Iterator[Given]:
    """The rows of a folder that have a reply; of GSDP the seeds as well."""
    files = sorted((folder / "data").glob("*/*.parquet"))
    if not files:
        raise UserError(f"{folder} is no finished folder: there is no data/CONFIG/*.parquet in it")
    lost: set[str] = set()
    for file in files:
        if file.parent.name in ASIDE:
            continue
        names = parquet.read_schema(file).names
        found = next((name for name in REPLIES if name in names), None)
        if found is None:
            raise UserError(
                f"{file} has no column reply or replies; the truth is compared with a folder of generation.mind or generation.gsdp"
            )
        columns = [name for name in (found, "reason", "step", "flags") if name in names]
        for row in rows_in([file], columns):
            keys = [row["reply"]] if found == "reply" else [said["key"] for said in row["replies"] or ()]
            if any(keys):
                lost.update(key for key in keys if row.get("reason"))
                yield Given([key for key in keys if key], _reasons(row), row.get("step"))
    # A seed that is kept is no row of a GSDP folder: its reply tells of it.
    for row in asked(folder, POINTS):
        if row["key"] not in lost:
            yield Given([row["key"]], [])


def _reasons(row: Row) -> list[str]:
    others = {*(row.get("flags") or ())} - {row.get("reason")}
    return [*filter(None, [row.get("reason")]), *sorted(others, key=lambda reason: ORDER.get(reason, len(ORDER)))]


def asked(folder: Path, step: str) -> list[Row]:
    """Key and messages of the last reply to each question of a step."""
    last: dict[tuple[str, int], Row] = {}
    for row in read(folder, "replies", ("key", "step", "messages", "sample", "try")):
        if row["step"] == step:
            about = (str(row["messages"]), row["sample"])
            last[about] = max(row, last.get(about, row), key=lambda each: each["try"])
    return list(last.values())


def read(folder: Path, config: str, columns: Sequence[str]) -> Iterator[Row]:
    """Columns of a config's rows; none where the folder has no such config, or one without these columns."""
    for file in sorted((folder / "data" / config).glob("*.parquet")):
        if set(columns) <= set(parquet.read_schema(file).names):
            yield from rows_in([file], columns)


def least_share(folder: Path) -> float | None:
    """The share of samples that must agree, where the folder's recipe lets a vote reject; else None."""
    file = folder / "recipe.yaml"
    recipe = bounded(text_of(file, str(file))) if file.is_file() else {}
    share = recipe.get("least_share") if isinstance(recipe, dict) and recipe.get("vote_rejects") else None
    return float(share) if share is not None else None
