"""Where rows come from: `sample`, a file, a folder, or a dataset on the Hub -> the files to read, in order.

find("open-web-math/open-web-math") -> Source(files=(File("data/train-00000-of-00114.parquet", ...), ...))
"""

import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from huggingface_hub import is_offline_mode

from builders import hub
from builders.errors import UserError, WorldError
from builders.layout import KNOWN, card_sizes, chosen, front_matter, kind_of_file

VERSION = 1  # of the readers: whoever changes what they make of the same bytes raises it, and no cached row comes back
SAMPLE = Path(__file__).parent / "sample"
MOST_FILES = 100_000
# user/name, user/name@revision, user/name@revision/file or folder in the repo
ON_HUB = re.compile(
    r"(?P<repo>[A-Za-z0-9][\w.-]*/[\w.-]+)(?:@(?P<revision>refs/[^/]+/[^/]+|[^/@]+)(?:/(?P<path>.+))?)?"
)


@dataclass(frozen=True)
class File:
    """One file: `path` on this machine, or in `repo` at `commit`. `place` tells it from the others in messages."""

    name: str
    path: str
    kind: str
    size: int
    repo: str | None = None
    commit: str | None = None
    place: str = ""
    fetch: bool = False


@dataclass(frozen=True)
class Source:
    """The files of one input. `digest` changes when what is in them may have; `rows`, `bytes`: what a card declares."""

    name: str
    files: tuple[File, ...]
    digest: str
    commit: str | None = None
    rows: int | None = None
    bytes: int | None = None


def find(where: str, *, config: str | None = None, split: str | None = None, sample: str = "documents.jsonl") -> Source:
    """The files that `where` means: `sample`, a file, a folder, `user/name`, `user/name@revision[/path]`.

    UserError where there is nothing to read, WorldError where the Hub does not answer and nothing of it is cached.
    """
    try:
        path = SAMPLE / sample if where == "sample" else Path(where).expanduser()
        if where.strip() and path.is_dir():
            return local_folder(where, path, config, split)
        if where.strip() and path.exists():
            return source(where, [local_file(where, path)])
    except (OSError, RuntimeError) as problem:
        raise UserError(f"{where} cannot be read: {getattr(problem, 'strerror', None) or problem}") from problem
    match = ON_HUB.fullmatch(where.removeprefix("hf://datasets/"))
    if match is None or (kind_of_file(where) and not match["revision"] and not where.startswith("hf://")):
        there = where if where.strip() else "with an empty name"
        raise UserError(f"there is no file or folder {there}; rows are `sample`, {KNOWN}, or user/name on the Hub")
    return on_hub(where, match["repo"], match["revision"], match["path"], config, split)


def local_file(where: str, path: Path) -> File:
    """A single file. UserError where it is of a kind that we do not read."""
    kind = kind_of_file(path.name)
    if kind is None:
        raise UserError(f"{where} is of no kind that can be read: a name must end in {KNOWN}")
    if not path.is_file():
        raise UserError(f"{where} is neither a file nor a folder")
    return File(where, str(path), kind, path.stat().st_size)


def local_folder(where: str, path: Path, config: str | None, split: str | None) -> Source:
    """The files of a folder."""
    sizes = listed(where, path)
    front = front_matter(path / "README.md") if "README.md" in sizes else {}
    names = chosen(where, sorted(sizes), front, config, split)
    base = where.rstrip("/")
    return source(
        where, [File(f"{base}/{name}", str(path / name), kind_of_file(name) or "", sizes[name]) for name in names]
    )


def listed(where: str, path: Path) -> dict[str, int]:
    """The files in a folder and below it, by their names from there, with their sizes; hidden ones are left out."""
    sizes: dict[str, int] = {}

    def refuse(problem: OSError) -> None:
        raise problem

    for folder, below, names in os.walk(path, onerror=refuse):
        below[:] = [name for name in below if not name.startswith((".", "__"))]
        for name in names:
            file = Path(folder, name)
            if not name.startswith(".") and file.is_file():
                sizes[file.relative_to(path).as_posix()] = file.stat().st_size
        if len(sizes) > MOST_FILES:
            raise UserError(f"{where} holds more than {MOST_FILES:,} files; name the folder below it that has the rows")
    return sizes


def on_hub(
    where: str, repo: str, revision: str | None, inside: str | None, config: str | None, split: str | None
) -> Source:
    """The files of a dataset on the Hub, or of `inside` it, at the commit that the revision means."""
    try:
        commit = hub.commit_of(where, repo, revision)
    except WorldError as problem:
        if not revision and Path(repo.split("/")[0]).is_dir():  # far more likely a path than a user of that name
            raise UserError(f"there is no file or folder {where}, and the Hub cannot be asked for it") from problem
        raise
    sizes, cache = hub.listing(where, repo, commit)
    front = front_matter(cache / "README.md") if "README.md" in sizes and not inside else {}
    base = f"{inside.strip('/')}/" if inside and inside not in sizes else ""
    names = [inside] if inside in sizes else [name.removeprefix(base) for name in sizes if name.startswith(base)]
    names = chosen(where, names, front, config, split)
    files = [
        File(f"{where}: {base}{name}", base + name, kind_of_file(name) or "", sizes[base + name], repo, commit)
        for name in names
    ]
    if is_offline_mode():
        missing = sum(hub.cached(repo, commit, file.path) is None for file in files)
        if missing:
            raise UserError(
                f"HF_HUB_OFFLINE is set, and {missing} of the {len(files)} files of {where} are not cached; "
                f"run `hf download {repo} --repo-type dataset --revision {commit}` where there is a network"
            )
    rows, size = card_sizes(front, config, split)
    return source(where, files, commit=commit, rows=rows, bytes=size)


def source(name: str, files: Sequence[File], **more: Any) -> Source:
    """The source of these files; with several, each knows its number."""
    if len(files) > 1:
        files = [replace(file, place=f"file {at} of {len(files)}, ") for at, file in enumerate(files, 1)]
    marks = [[file.path, file.size, file.commit or os.stat(file.path).st_mtime_ns] for file in files]
    digest = hashlib.sha256(json.dumps([VERSION, marks]).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return Source(name, tuple(files), digest, **more)


@contextmanager
def opened(file: File) -> Iterator[io.BufferedReader]:
    """A file's bytes. UserError where we may not read it, WorldError where disk or Hub fail on the way."""
    try:
        with hub.sentences(file.name, "cannot be read:"):
            with begun(file) as stream:
                yield stream
    except PermissionError as problem:
        raise UserError(f"{file.name} cannot be read: {problem.strerror or 'no permission'}") from problem
    except FileNotFoundError as problem:
        raise UserError(f"{file.name} is no longer there") from problem
    except OSError as problem:
        if problem.errno is None and not isinstance(problem, ConnectionError):
            raise
        said = problem.strerror or problem
        raise WorldError(f"{file.name} cannot be read: {said}; the same command goes on where it stopped") from problem


def begun(file: File) -> io.BufferedReader:
    """The stream over a file."""
    if file.repo and file.commit:
        return hub.stream(file.repo, file.commit, file.path, file.fetch)
    return open(file.path, "rb")
