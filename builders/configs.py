"""The configs of a finished folder, as its card declares them and its files are.

a finished folder -> config -> its files; its rows and columns
"""

import contextlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from datasets import Features

from builders.by_hand import front_values
from builders.errors import UserError
from builders.plain import text_of

# a config's name is a folder and part of a pattern, here and on the Hub
CONFIG_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
# where the files of our configs are; another pattern could lead out of the folder
PATTERN = re.compile(rf"data/{CONFIG_NAME.pattern}/[\w.*-]+\.parquet")


@contextlib.contextmanager
def as_ours(folder: Path) -> Iterator[None]:
    """What a stranger has put into a finished folder may end its reading anywhere: UserError, or, under `python -X dev`, as it is."""
    try:
        yield
    except (MemoryError, pa.ArrowCancelled):  # which are ArrowExceptions too
        raise
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        RecursionError,
        TypeError,
        ValueError,
        pa.ArrowException,
    ) as problem:
        if sys.flags.dev_mode:
            raise
        said = " ".join(str(problem).split()) or "nothing more is said"
        raise UserError(
            f"{folder} holds what mathloom does not write there ({type(problem).__name__}: {said}); make it again ('python -X dev' says where)"
        ) from problem


def read_configs(folder: Path) -> dict[str, tuple[int, Features]]:
    """config -> (rows, columns), in the order of the front matter, from the parquet footers.

    Raises UserError where `folder` is no finished folder, or lacks a file that it declares.
    """
    read = {}
    for config, files in config_files(folder).items():
        try:
            rows, schemas = _footers(files)
            columns = Features.from_arrow_schema(schemas[0])
        # The last four are those of datasets, where the columns that a file describes are none.
        except (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError) as problem:
            raise UserError(
                f"{folder}: the files of {config} cannot be read ({problem}); make the folder again"
            ) from problem
        if not all(schema.equals(schemas[0]) for schema in schemas):
            raise UserError(f"{folder}: the files of {config} do not have the same columns; make the folder again")
        read[config] = (rows, columns)
    return read


def _footers(files: list[Path]) -> tuple[int, list[pa.Schema]]:
    """The rows of a config's files, and the columns of each.

    In memory a footer has 12 MB where it tells of 50,000 dialogues; asked for its own schema, it stays until Python looks for cycles.
    """
    rows, schemas = 0, []
    for path in files:
        with pq.ParquetFile(path) as file:
            rows += file.metadata.num_rows
            schemas.append(file.schema_arrow)
    return rows, schemas


def config_files(folder: Path) -> dict[str, list[Path]]:
    """config -> its parquet files, in the order in which `load_dataset` reads them. Raises UserError as above.

    A config that is not as we declare ours is a person's, and none of the folder's.
    """
    files = {}
    for config in declared(folder):
        if patterns := _patterns(config):
            name = config["config_name"]
            files[name] = [file for pattern in patterns for file in sorted(folder.glob(pattern))]
            if not files[name]:
                raise UserError(f"{folder} declares {name}, but has no file of it; make the folder again")
            for file in files[name]:
                if files[name].count(file) > 1:
                    raise UserError(f"{folder} declares {file.relative_to(folder)} twice; make the folder again")
                if not file.is_file():  # a pipe would be waited for
                    raise UserError(f"{folder}: {file.relative_to(folder)} is no file; make the folder again")
    return files


def _patterns(config: Any) -> list[str]:
    """The patterns of the files of a config of ours; none of any other."""
    match config:
        case {"config_name": str(name), "data_files": [{"path": [*patterns]}]} if CONFIG_NAME.fullmatch(name):
            ours = all(isinstance(pattern, str) and PATTERN.fullmatch(pattern) for pattern in patterns)
            return patterns if ours else []
    return []


def declared(folder: Path) -> list[Any]:
    """The `configs` of the front matter of a folder's README.md. Raises UserError where there are none to read."""
    try:
        front = front_values(text_of(folder / "README.md", f"{folder / 'README.md'}"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{folder} is no finished folder: its README.md cannot be read ({error})") from error
    if not isinstance(front, dict) or not isinstance(front.get("configs"), list):
        raise UserError(f"{folder} is no finished folder: its README.md declares no configs")
    return list(front["configs"])
