"""What a finished folder says of itself: run.json, recipe.yaml and its parquet files, and nothing else.

a finished folder -> Facts; MIND's -> its styles
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from builders.configs import config_files, declared, read_configs
from builders.errors import CheckFailed, UserError
from builders.plain import bounded, text_of
from cards.columns import Config, first_rows, languages, tally, total
from cards.measured import read_measures
from cards.told import check_told

NOT_KEPT = ("rejected", "replies", "vocabulary", "edges")
REHEARSAL = re.compile(r"(?:^|')mathloom/rehearsal/")
SHARD = re.compile(r"train-(\d{5})-of-(\d{5})\.parquet")


@dataclass(frozen=True)
class Facts:
    """`declared`: the front matter's `configs` as they stand; `recipe` is empty and `recipe_text` None without one; so is `measures`."""

    kind: str
    run: dict[str, Any]
    recipe: dict[str, Any]
    recipe_text: str | None
    declared: list[Any]
    configs: dict[str, Config]
    pictures: list[str]
    measures: dict[str, Any]

    @property
    def main(self) -> list[Config]:
        """The configs that hold what was kept: `default`, else all that are neither rejected rows nor replies."""
        return [self.configs["default"]] if "default" in self.configs else self._kept

    @cached_property
    def read_as(self) -> Counter[str]:
        """ISO 639-1 -> rows that read as that language, of up to 200 rows of each config that holds what was kept."""
        return sum((languages(config) for config in self._kept or self.main), Counter[str]())

    @cached_property
    def rehearsal(self) -> bool:
        """Whether the rehearsal wrote the rows, as the run says, or the models that the rows of any kind name."""
        return bool(self.run.get("rehearsal")) or any(_rehearsed(config) for config in self.main)

    @property
    def _kept(self) -> list[Config]:
        return [config for name, config in self.configs.items() if name not in (*NOT_KEPT, "default")]


@dataclass(frozen=True)
class Style:
    """A style of MIND as run.json counts it; `tokens` of the kept rows and `gap` come from the rows themselves."""

    name: str
    asked: int
    kept: int
    rejected: dict[str, int]
    flags: dict[str, int]
    measures: dict[str, Any]
    tokens: int
    gap: str | None


def read_facts(folder: Path) -> Facts:
    """The facts of a finished folder. Raises UserError where it is none, or what it says cannot be read."""
    if not folder.is_dir():
        raise UserError(f"there is no folder {folder}; name a finished folder")
    try:
        run = json.loads(text_of(folder / "run.json", f"{folder / 'run.json'}"))
    except (OSError, ValueError, RecursionError) as error:
        raise UserError(f"{folder} is no finished folder: its run.json cannot be read ({error})") from error
    if not isinstance(run, dict) or "mathloom" not in run:
        raise UserError(f"{folder} is no finished folder of ours: its run.json names no version of mathloom")
    if run.get("kind") in ("mind", "gsdp"):
        check_told(folder, run)
    path = folder / "recipe.yaml"
    try:
        text = text_of(path, str(path)) if path.is_file() else None
        recipe = mapping(bounded(text, yaml.SafeLoader)) if text else {}
    except (yaml.YAMLError, ValueError) as error:  # a date that is none
        raise UserError(f"{path} is not YAML: {error}") from error
    files = config_files(folder)
    for name, paths in files.items():
        _check_shards(folder, name, paths)
    configs = {
        name: Config(
            name, rows, columns, files[name], sum(file.stat().st_size for file in files[name]), _raw(files[name])
        )
        for name, (rows, columns) in read_configs(folder).items()
    }
    pictures = sorted(file.name for file in folder.glob("*.png"))
    return Facts(
        str(run.get("kind", "rows")), run, recipe, text, declared(folder), configs, pictures, read_measures(folder)
    )


def _check_shards(folder: Path, config: str, files: list[Path]) -> None:
    """Raises CheckFailed where a file is too many or missing: `load_dataset` would read other rows than were made."""
    for path in files:
        place = path.parent
        there = sorted(file.name for file in files if file.parent == place)
        said = SHARD.fullmatch(path.name)
        if said is None or int(said[2]) != len(there) or int(said[1]) >= int(said[2]):
            raise CheckFailed(
                f"{folder}: {path.relative_to(folder)} does not fit the files of {config} ({', '.join(there[:4])}): "
                "one is too many or missing; take away what does not belong there, or make the folder again"
            )


def styles(facts: Facts) -> list[Style]:
    """The styles that run.json counts, those without a kept row too.

    Raises CheckFailed where the counts and the rows disagree: a card must not say what the folder does not hold.
    """
    counts = mapping(mapping(facts.run.get("counts")).get("styles"))
    gaps: dict[str, str | None] = {}
    for config in facts.configs.values():
        for style, gap in tally(config, ["style", "gap"]):
            gaps.setdefault(style, gap)
    found = []
    for name, said in counts.items():
        said, stored = mapping(said), facts.configs.get(name)
        rejected, flags = whole(said.get("rejected")), whole(said.get("flags"))
        style = Style(
            name, int(said.get("asked", 0)), int(said.get("kept", 0)), rejected, flags,
            mapping(mapping(facts.run.get("measures")).get(name)), total(stored, "text_tokens"), gaps.get(name),
        )  # fmt: skip
        rows = stored.rows if stored else 0
        if style.kept != rows or style.asked != style.kept + sum(rejected.values()):
            raise CheckFailed(
                f"run.json counts {style.asked} asked, {style.kept} kept and {sum(rejected.values())} rejected of {name}, "
                f"and the folder holds {rows} rows of it; make the folder again"
            )
        found.append(style)
    return found


def mapping(value: Any) -> dict[str, Any]:
    """The value where it is a mapping, else an empty one: an older or later run.json may lack or change a key."""
    return value if isinstance(value, dict) else {}


def whole(value: Any) -> dict[str, int]:
    """Counts that are above zero."""
    return {str(name): count for name, count in mapping(value).items() if isinstance(count, int) and count > 0}


def _rehearsed(config: Config) -> bool:
    """Whether one of a config's first 200 rows names a model of the rehearsal."""
    columns = [name for name in ("model", "replies", "problem_models") if name in config.columns]
    rows = first_rows(config, columns) if columns else []
    return any(REHEARSAL.search(str(value)) for row in rows for value in row.values())


def _raw(files: list[Path]) -> int:
    footers = map(pq.read_metadata, files)  # one after the other: they are large in memory
    return sum(footer.row_group(index).total_byte_size for footer in footers for index in range(footer.num_row_groups))
