"""A dataset repo on the Hub: its commit, its files, and a stream over one of them.

    user/name[@revision] -> commit -> {name: size} -> a stream, from the cache where the file is there

All of it is huggingface_hub's: its cache (HF_HOME), its token, its endpoint, its offline mode. A listing, once had, is
kept in its cache, so that a repo whose files are there is read without network.
"""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from huggingface_hub import (
    HfApi,
    HfFileSystem,
    constants,
    get_cached_repo_tree,
    hf_hub_download,
    is_offline_mode,
    snapshot_download,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    CachedRepoTreeNotFoundError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    RevisionResolutionError,
)
from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

from builders.errors import MathloomError, UserError, WorldError
from builders.hub_client import BESIDE, is_name, short

TYPE = "dataset"
# The columns of a parquet file lie apart: so many blocks stay in memory that reading them in turn fetches each once.
BLOCK, BLOCKS = 2 << 20, 8
# What huggingface_hub, or we, run into where a server's answer is not what the Hub's would be.
ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError, httpx2.InvalidURL)


def commit_of(where: str, repo: str, revision: str | None) -> str:
    """The commit that a revision means now (what it meant last, where the Hub cannot be reached)."""
    with sentences(where), odd(where), short():
        found = HfApi().resolve_revision(repo, repo_type=TYPE, revision=revision, local_files_only=is_offline_mode())
        if not is_name(found.resolved):
            raise ValueError(f"a commit is called {found.resolved[:100]!r}, which is no hash")
        return found.resolved


def listing(where: str, repo: str, commit: str) -> tuple[dict[str, int], Path]:
    """The files of a repo at a commit with their sizes, and the folder in the cache where its README.md is, if any."""
    with sentences(where), odd(where), short(), without_xet(), no_bars():
        # this, and not list_repo_tree, keeps the listing in the cache
        folder = Path(snapshot_download(repo, repo_type=TYPE, revision=commit, allow_patterns=list(BESIDE)))
        tree = get_cached_repo_tree(repo, repo_type=TYPE, revision=commit)
        sizes = {file.path: file.size for file in sorted(tree, key=lambda file: file.path)}
        for name, size in sizes.items():
            if not isinstance(size, int):
                raise ValueError(f"{name!r} is {size!r} bytes long")
            if name.startswith("/") or ".." in name.replace("\\", "/").split("/"):
                raise ValueError(f"{name!r} leads out of it")
        if BESIDE[0] in sizes and not (folder / BESIDE[0]).is_file() and not is_offline_mode():
            raise ValueError(f"its {BESIDE[0]} came as one of another commit")
        return sizes, folder


def cached(repo: str, commit: str, name: str) -> str | None:
    """Where a file is in the cache."""
    path = try_to_load_from_cache(repo, name, revision=commit, repo_type=TYPE)
    return path if isinstance(path, str) and os.path.exists(path) else None


@contextmanager
def without_xet() -> Iterator[None]:
    """With xet, huggingface_hub makes names in its cache of what a list says, and asks nobody else."""
    before = constants.HF_HUB_DISABLE_XET
    constants.HF_HUB_DISABLE_XET = True
    try:
        yield
    finally:
        constants.HF_HUB_DISABLE_XET = before


def stream(repo: str, commit: str, name: str, fetch: bool) -> io.BufferedReader:
    """A file's bytes: from the cache; else with `fetch` into the cache first, and without as they are asked for."""
    with odd(f"{repo}: {name}"):
        path = cached(repo, commit, name)
        if path is None and fetch:
            with without_xet():
                path = hf_hub_download(repo, name, repo_type=TYPE, revision=commit)
        if path is not None:
            return open(path, "rb")
        blocks = {"block_size": BLOCK, "cache_type": "blockcache", "cache_options": {"maxblocks": BLOCKS}}
        return io.BufferedReader(HfFileSystem().open(f"datasets/{repo}@{commit}/{name}", "rb", **blocks))


@contextmanager
def odd(where: str) -> Iterator[None]:
    """What no Hub of any make says, as UserError; under `python -X dev` as it is."""
    try:
        yield
    except (HFValidationError, HfHubHTTPError):  # some are ValueErrors; they have sentences of their own
        raise
    except ODD as problem:
        if sys.flags.dev_mode:
            raise
        said = " ".join(str(problem).split())[:300]
        raise UserError(
            f"{where} cannot be read: what the Hub says of it is odd ({type(problem).__name__}: {said})"
        ) from problem


@contextmanager
def no_bars() -> Iterator[None]:
    """Keeps huggingface_hub from drawing a bar for two small files."""
    if are_progress_bars_disabled():
        yield
        return
    disable_progress_bars()
    try:
        yield
    finally:
        enable_progress_bars()


@contextmanager
def sentences(where: str, first: str = "is no file or folder here, and") -> Iterator[None]:
    """What the Hub, or the way to it, has to say, as one sentence; `first` stands before what the world did."""
    try:
        yield
    except (HfHubHTTPError, httpx2.HTTPError, OfflineModeIsEnabled, EntryNotFoundError) as problem:
        raise sentence(where, first, problem) from problem
    except (RevisionResolutionError, CachedRepoTreeNotFoundError, HFValidationError) as problem:
        raise sentence(where, first, problem) from problem


def sentence(where: str, first: str, problem: Exception) -> MathloomError:
    """The error that a problem of the Hub is."""
    cause = problem if isinstance(problem, HfHubHTTPError) else problem.__cause__ or problem
    if isinstance(problem, GatedRepoError):
        return UserError(f"{where} is gated: accept its terms on the Hub, and log in with `hf auth login`")
    if isinstance(problem, RepositoryNotFoundError | HFValidationError):
        return UserError(
            f"{where} is neither a file or folder here nor a dataset on the Hub (a private one needs `hf auth login`)"
        )
    if isinstance(problem, RevisionNotFoundError):
        return UserError(f"{where} names a revision that its repo on the Hub does not have")
    if is_offline_mode():
        return UserError(f"HF_HUB_OFFLINE is set, and {where} is neither a file or folder here nor in the Hub's cache")
    status = cause.response.status_code if isinstance(cause, HfHubHTTPError) else None
    if status in (401, 403):
        return UserError(f"the Hub does not let you read {where} ({status}): look at your token with `hf auth whoami`")
    said = f"the Hub answered {status}" if status else f"the Hub cannot be reached ({type(cause).__name__})"
    return WorldError(f"{where} {first} {said}; the same command goes on where it stopped")
