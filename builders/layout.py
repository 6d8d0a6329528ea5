"""Of the files of a folder or a repo, those that hold the rows, as `load_dataset` would take them.

    ["README.md", "data/test-0.parquet", "data/train-0.parquet"] -> ["data/train-0.parquet"]

What the README.md declares under `configs`; else, where names say train, all that do not say test or validation; else
everything, sorted by name.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from datasets.data_files import SPLIT_KEYWORDS

from builders.by_hand import front_values
from builders.errors import UserError
from builders.plain import text_of

KINDS = {".parquet": "parquet", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv"}
PACKED = (".gz", ".zst", ".bz2", ".xz")
KNOWN = "parquet, jsonl, json, csv or tsv (the last four also .gz, .zst, .bz2, .xz)"
# what `datasets`, and we, write beside rows
BESIDE = {"config.json", "dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json", "run.json"}
PARTS = re.compile(r"(\*\*/|\*\*|\*|\?|\[[^]/]+\])")  # of a pattern
SPLITS = {
    str(split): set(words) for split, words in SPLIT_KEYWORDS.items()
}  # train, validation, test and their other names


class NoSplit(UserError):
    """A folder or repo has rows, and none in the split that was asked for."""


def kind_of_file(name: str) -> str | None:
    """What a file holds, by its name."""
    stem, ending = os.path.splitext(name.lower())
    if ending in PACKED:
        ending = os.path.splitext(stem)[1]
        return None if ending == ".parquet" else KINDS.get(ending)
    return KINDS.get(ending)


def front_matter(readme: Path) -> dict[str, Any]:
    """What the front matter of a README.md declares; nothing where it has none."""
    try:
        front = front_values(text_of(readme, str(readme), "replace")) or {}
    except (ValueError, yaml.YAMLError) as problem:
        raise UserError(f"the front matter of {readme} is not YAML; mend it, or name the files' folder") from problem
    if not isinstance(front, dict):
        raise UserError(f"the front matter of {readme} is no mapping; mend it, or name the files' folder")
    return front


def chosen(where: str, names: list[str], front: dict[str, Any], config: str | None, split: str | None) -> list[str]:
    """The files to read among the `names` of a folder or repo, in order, all of one kind."""
    configs = front.get("configs")
    if isinstance(configs, list) and configs:
        names = declared(where, names, the_config(where, configs, config), split)
    elif config is not None:
        raise UserError(f"{where} declares no configs, and so no {config}")
    else:
        names = of_split(where, names, split)
    data = [name for name in names if kind_of_file(name) and name.rsplit("/", 1)[-1] not in BESIDE]
    if not data:
        there = ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")
        raise UserError(f"{where} holds no rows: no file ends in {KNOWN}; it holds {there or 'no file'}")
    kinds = {known(name).replace("jsonl", "json"): name for name in data}
    if len(kinds) > 1:
        few = " and ".join(sorted(kinds.values()))
        raise UserError(f"{where} mixes kinds of files ({few}); name one of them, or a folder with files of one kind")
    return data


def known(name: str) -> str:
    """The kind of a file that was chosen."""
    return kind_of_file(name) or ""


def the_config(where: str, configs: list[Any], name: str | None) -> dict[str, Any]:
    """The declared config of that name; without one the default, or the only one."""
    by_name = {str(one.get("config_name")): one for one in configs if isinstance(one, dict)}
    by_default = [key for key, one in by_name.items() if one.get("default") or key == "default" or len(by_name) == 1]
    name = name or next(iter(by_default), None)
    if name not in by_name:
        wanted = f"no config {name}" if name else "no default config"
        raise UserError(f"{where} has {wanted}; it has {', '.join(by_name)}")
    return by_name[name]


def declared(where: str, names: list[str], config: dict[str, Any], split: str | None) -> list[str]:
    """The files that a config declares for a split, in the order of its patterns."""
    base = f"{str(config['data_dir']).strip('/')}/" if config.get("data_dir") else ""
    data_files = config.get("data_files") or "**"
    entries = data_files if isinstance(data_files, list) else [data_files]
    by_split = {str(entry.get("split")): entry.get("path") for entry in entries if isinstance(entry, dict)}
    if len(by_split) < len(entries):
        return of_split(where, matching(names, base, entries), split)
    split = split or (next(iter(by_split)) if len(by_split) == 1 else "train")
    if split not in by_split:
        raise NoSplit(f"{where} has no split {split}; it has {', '.join(by_split)}")
    paths = by_split[split]
    found = matching(names, base, paths if isinstance(paths, list) else [paths])
    if not found:
        raise UserError(f"{where} declares {config.get('config_name')}, but has no file of it")
    return found


def matching(names: list[str], base: str, patterns: Sequence[Any]) -> list[str]:
    """Names that fit a pattern, by pattern and then by name, each once."""
    try:
        wanted = [
            [part for part in PARTS.split(base + str(pattern).removeprefix("./")) if part] for pattern in patterns
        ]
        return list(dict.fromkeys(name for parts in wanted for name in names if fits(parts, name)))
    except re.error as problem:
        raise UserError(f"the README.md declares files by what is no pattern: {patterns}") from problem


def fits(parts: list[str], name: str) -> bool:
    """Whether a name is one of a shell pattern's, as `datasets` reads it: `*` within a name, `**` through folders, `?`, `[...]`.

    Without `re`: where a stranger's pattern has many stars, that tries for ever.
    """
    at = {0}  # where what comes next may begin
    for part in parts:
        if not at:
            return False
        first = min(at)
        if part == "**":
            at = {*range(first, len(name) + 1)}
        elif part == "**/":
            at |= {place + 1 for place in range(first, len(name)) if name[place] == "/"}
        elif part == "*":
            for place in range(first, len(name)):
                if place in at and name[place] != "/":
                    at.add(place + 1)
        elif part == "?" or part.startswith("["):
            one = re.compile("[^/]" if part == "?" else part.replace("[!", "[^"))
            at = {place + 1 for place in at if one.fullmatch(name, place, place + 1)}
        else:
            at = {place + len(part) for place in at if name.startswith(part, place)}
    return len(name) in at


def of_split(where: str, names: list[str], split: str | None) -> list[str]:
    """Names by the split that they say; a name that says none belongs to train."""
    says = {name: said_split(name) for name in names if kind_of_file(name)}
    if split is None:
        train = "train" in says.values()
        return [name for name in names if not train or says.get(name) in (None, "train")]
    found = [name for name in names if says.get(name, "") in ((split, None) if split == "train" else (split,))]
    if not found:
        there = ", ".join(sorted({said or "train" for said in says.values()})) or "no rows"
        raise NoSplit(f"{where} has no split {split}; by the names of its files it has {there}")
    return found


def said_split(name: str) -> str | None:
    """The split that a file's or folder's name says."""
    words = set(re.split(r"[^a-z]+", name.lower()))
    return next((split for split, said in SPLITS.items() if said & words), None)


def card_sizes(front: dict[str, Any], config: str | None, split: str | None) -> tuple[int | None, int | None]:
    """The rows and bytes (as Arrow holds them) of a split, where a card's `dataset_info` says so."""
    infos = front.get("dataset_info")
    infos = [info for info in (infos if isinstance(infos, list) else [infos]) if isinstance(info, dict)]
    for info in infos:
        if len(infos) == 1 or info.get("config_name") == (config or "default"):
            for one in info.get("splits") or []:
                if isinstance(one, dict) and one.get("name") == (split or "train"):
                    rows, size = one.get("num_examples"), one.get("num_bytes")
                    return rows if isinstance(rows, int) else None, int(size) if isinstance(size, int | float) else None
    return None, None
