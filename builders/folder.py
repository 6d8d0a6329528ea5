"""The finished folder: a Hub repo that `load_dataset` reads, written beside its place and then renamed.

    rows per config -> data/<config>/train-00000-of-0000N.parquet, README.md that declares them, and what else is put

    with finished(Path("data/mind"), {"debate": features, "rejected": features}, ["debate"], "mind") as folder:
        folder.write("debate", rows)
        folder.put("run.json", text)

The bytes below data/ depend on the rows and their order alone (builders.parquet). What `load_dataset` has cached of an
earlier folder of the same name is not served for this one: each config declares a digest of its files.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from datasets import Features

from builders.by_hand import kept, signed
from builders.configs import CONFIG_NAME
from builders.disk import disk_errors, sync
from builders.errors import UserError
from builders.parquet import FILE_GROUPS, GROUP_ROWS, ParquetFiles
from builders.place import check_output, hidden_folder, replace
from builders.plain import text_of


class Folder:
    """The writer of one finished folder, on the hidden folder `path`. `finished` makes it."""

    def __init__(
        self,
        path: Path,
        place: Path,
        features: dict[str, Features],
        default: list[str],
        kind: str,
        group_rows: int,
        file_groups: int,
    ) -> None:
        _check_configs(features, default)
        self.path = path
        self._place = place
        self._default = default
        self._kind = kind
        self._configs = {
            name: ParquetFiles(path / "data" / name, columns, group_rows, file_groups)
            for name, columns in features.items()
        }
        self._closed = False

    def write(self, config: str, rows: list[dict[str, Any]]) -> None:
        """Adds rows to a config; they must not change any more. A column that a row lacks is null.

        Raises ValueError for a config, a column or a type that was not declared (some rows late: rows are written 200
        at a time), WorldError where the disk is full. A lone surrogate becomes U+FFFD.
        """
        if config not in self._configs:
            raise ValueError(f"no config {config!r}; declared are {', '.join(self._configs)}")
        if self._closed:
            raise ValueError(f"{config}: rows came after the folder was closed")
        with disk_errors(self._place):
            self._configs[config].add(rows)

    @property
    def counts(self) -> dict[str, int]:
        """config -> rows written so far."""
        return {name: config.rows for name, config in self._configs.items()}

    def put(self, name: str, text: str) -> None:
        """Writes a text file (run.json, recipe.yaml) at the top of the folder, in UTF-8 with plain line ends."""
        if Path(name).name != name:
            raise ValueError(f"{name!r} is not the name of a file at the top of the folder")
        with disk_errors(self._place):
            (self.path / name).write_text(text, encoding="utf-8", errors="replace", newline="\n")
            sync(self.path / name)

    def close(self) -> None:
        """Ends all parquet files and writes README.md with the front matter that declares them. Twice does no harm."""
        if self._closed:
            return
        with disk_errors(self._place):
            for config in self._configs.values():
                config.end()
            self._closed = True
            filled = [name for name, config in self._configs.items() if config.count]
            front = {"configs": _configs_field(self.path, filled, [name for name in self._default if name in filled])}
        text = yaml.safe_dump(front, sort_keys=False, allow_unicode=True)
        self.put("README.md", signed(f"---\n{text}---\n\nA finished folder of mathloom, kind `{self._kind}`.\n"))

    def abandon(self) -> None:
        """Lets go of the open files, whatever state they are in."""
        self._closed = True
        for config in self._configs.values():
            config.abandon()


@contextmanager
def finished(
    output: Path,
    features: dict[str, Features],
    default: list[str],
    kind: str,
    group_rows: int = GROUP_ROWS,
    file_groups: int = FILE_GROUPS,
) -> Iterator[Folder]:
    """A folder to write to: at a clean end of the block it stands at `output`, otherwise nothing of it is left.

    `features`: every config in order, also those that may stay empty (they get no file and are not declared).
    `default`: the configs whose files `default` lists. `kind`: what made it (mind, gsdp, passages, ...).
    Raises UserError where something that is not ours stands at `output`, WorldError where the disk is full. Whatever
    is raised, an earlier folder there stays as it was; what somebody wrote into its card comes into the new one.
    """
    place = check_output(output)
    with hidden_folder(place) as path:
        folder = Folder(path, place, features, default, kind, group_rows, file_groups)
        try:
            yield folder
            folder.close()
        finally:
            folder.abandon()
        if not (path / "run.json").is_file():
            raise ValueError("no run.json was put into the folder: the next run would not know it as ours")
        _keep_by_hand(folder, place)
        replace(path, place)


def _keep_by_hand(folder: Folder, place: Path) -> None:
    """What somebody wrote into the card of the folder that is replaced."""
    earlier = place / "README.md"
    if earlier.is_file():
        with disk_errors(place):
            old, new = (text_of(path, str(path), "replace") for path in (earlier, folder.path / "README.md"))
            folder.put("README.md", kept(old, new, configs=False))


def _configs_field(path: Path, filled: list[str], default: list[str]) -> list[dict[str, Any]]:
    """The front matter's `configs`: `default` first, with the files of others, so that nothing is stored twice.

    `description` is a digest of the files. `datasets` 5.2 keeps what it has loaded under a hash of the front matter,
    and looks at neither the files nor their times: without it, a folder made anew gives the old rows.
    """
    fields = []
    for name, of in ([("default", default)] if default else []) + [(name, [name]) for name in filled]:
        digest = hashlib.sha256()
        for file in [file for config in of for file in sorted((path / "data" / config).iterdir())]:
            with file.open("rb") as opened:
                digest.update(hashlib.file_digest(opened, "sha256").digest())
        patterns = [f"data/{config}/train-*.parquet" for config in of]
        fields.append(
            {
                "config_name": name,
                "description": f"sha256 {digest.hexdigest()[:32]}",
                "data_files": [{"split": "train", "path": patterns}],
            }
        )
    return fields


def _check_configs(features: dict[str, Features], default: list[str]) -> None:
    for name in features:
        if not CONFIG_NAME.fullmatch(name):
            raise UserError(f"{name!r} cannot be a config: only letters, digits, _, - and . (not first) can")
    unknown = [name for name in default if name not in features]
    if unknown or (default and "default" in features):
        raise ValueError(f"default lists {default}, of configs {list(features)}")
    if len({str(features[name]) for name in default}) > 1:
        raise ValueError(f"default lists configs of different columns: {', '.join(default)}")
