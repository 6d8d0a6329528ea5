"""Rows as a `datasets` builder: what OpenWebMath and the sets of problems have in common.

    the Hub's files, local ones, or `sample` -> Arrow tables, a shard per file: a stream, or a `Dataset` from the cache

A subclass says where its rows are on the Hub, its columns, and how a file is read.
"""

import atexit
import contextlib
import functools
import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVar

import datasets
import pyarrow as pa
from datasets.builder import Key
from datasets.exceptions import DatasetGenerationError

from builders import rows
from builders.errors import CheckFailed, MathloomError, UserError, WorldError
from builders.row import Row

OURS = {kind.__name__: kind for kind in (CheckFailed, UserError, WorldError)}
OF_PROCESS = re.compile(rf"^(?:builders\.errors\.)?({'|'.join(OURS)}|OSError|MemoryError)(?:: (.*))?$", re.MULTILINE)
T = TypeVar("T", bound="Rows")


@dataclass
class RowsConfig(datasets.BuilderConfig):
    """`where`: what `--rows` takes; `part`: the split to read, None for train or all; `limit`: the first so many rows."""

    where: str = ""
    part: str | None = None
    limit: int | None = None


class Rows(datasets.ArrowBasedBuilder):
    """Rows in `FEATURES`, a shard per file; `source` is where they are.

    UserError where there is nothing to read at `where`. What is prepared is kept in the cache of `datasets` for the
    Hub's rows, under their commit, and for local ones until the process ends.
    """

    BUILDER_CONFIG_CLASS = RowsConfig
    REPO: ClassVar[str]
    LICENSE: ClassVar[str]
    FEATURES: ClassVar[datasets.Features]
    READING: ClassVar[int] = (
        1  # of what is made of the same bytes: whoever changes it raises this, and no cached row comes back
    )

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
        mark = hashlib.sha256(json.dumps([self.READING, self.source.digest, split, limit]).encode()).hexdigest()[:16]
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
        return rows.find(where, split=split)

    def check(self) -> None:
        """UserError where the files lack a column that is needed."""
        raise NotImplementedError

    def of_file(self, file: rows.File) -> Iterable[Row]:
        """The rows of a file, with `bad_row`."""
        raise NotImplementedError

    def _info(self) -> datasets.DatasetInfo:
        homepage = f"https://huggingface.co/datasets/{self.REPO}"
        return datasets.DatasetInfo(features=self.FEATURES, homepage=homepage, license=self.LICENSE)

    def _split_generators(self, dl_manager: Any) -> list[datasets.SplitGenerator]:
        self.check()
        files = [replace(file, fetch=not dl_manager.is_streaming) for file in self.source.files]
        # a list would be cut into shards, and each would have the limit to itself
        shards = files if self.config.limit is None else tuple(files)
        return [datasets.SplitGenerator(name=self.config.part or "train", gen_kwargs={"files": shards})]

    def _generate_tables(self, files: Sequence[rows.File]) -> Iterator[tuple[Key, pa.Table]]:
        left = self.config.limit
        for shard, file in enumerate(files):
            for number, table in enumerate(rows.tables(self.of_file(file), self.FEATURES.arrow_schema)):
                table = table if left is None else table.slice(0, left)
                left = left if left is None else left - table.num_rows
                if table.num_rows:
                    yield Key(shard, number), table
                if left == 0:
                    return

    def download_and_prepare(self, *arguments: Any, **more: Any) -> None:
        """As every builder's, with our errors as they are."""
        with as_raised():
            super().download_and_prepare(*arguments, **more)


@contextlib.contextmanager
def as_raised() -> Iterator[None]:
    """What ended the making of a dataset, as it was raised: `datasets` wraps it into an error of its own."""
    try:
        yield
    except DatasetGenerationError as problem:
        if isinstance(problem.__cause__, (MathloomError, MemoryError, OSError)):
            raise problem.__cause__ from problem
        if found := OF_PROCESS.search(str(problem.__cause__)):  # of another process only the traceback comes
            raise OURS.get(found[1], WorldError)(found[2] or "no memory is left") from problem
        raise


def streamer(made: type[T], where: str | None, split: str | None = None, limit: int | None = None) -> T:
    """A builder for streams alone: it leaves nothing on the disk, not even after a kill."""
    with tempfile.TemporaryDirectory(prefix="mathloom-") as folder:
        return made(where=where, split=split, limit=limit, cache_dir=folder)


@functools.cache
def scratch() -> str:
    """A folder that is removed when the process ends."""
    folder = tempfile.mkdtemp(prefix="mathloom-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
