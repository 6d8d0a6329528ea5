"""A dataset repo on the Hub: its commit, its files, and a stream over one of them.

    user/name[@revision] -> commit -> {name: size} -> a stream, from the cache where the file is there

All of it is huggingface_hub's: its cache (HF_HOME), its token, its endpoint, its offline mode. A listing, once had, is
kept in its cache, so that a repo whose files are there is read without network. What it would take from a server without a
look, names of files in its cache, is looked at here.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePosixPath, PureWindowsPath

import httpx2
from huggingface_hub import (
    HfApi,
    HfFileSystem,
    get_cached_repo_tree,
    hf_hub_download,
    is_offline_mode,
    set_client_factory,
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
from huggingface_hub.utils._http import default_client_factory
from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars

from builders.errors import MathloomError, UserError, WorldError

TYPE = "dataset"
# The columns of a parquet file lie apart: so many blocks stay in memory that reading them in turn fetches each once.
BLOCK, BLOCKS = 2 << 20, 8
# What a server says of a file that huggingface_hub makes a name in its cache of: a hash, of whatever kind.
NAMES = ("ETag", "X-Linked-Etag", "X-Repo-Commit")
NAME = re.compile(r"""(W/)?"?(?!\.)[^/\\]{1,200}"?""")
BESIDE = ("README.md", ".gitattributes")  # what is fetched with a list
LISTED = 128 << 20  # bytes of a repo's list, or of its card; the list of 100,000 files has 30 MB
# What huggingface_hub, or we, run into where a server's answer is not what the Hub's would be.
ODD = (ValueError, TypeError, LookupError, AttributeError, RecursionError)


class _Counted(httpx2.SyncByteStream):
    """A body, and how much of `left` it leaves."""

    def __init__(self, body: httpx2.SyncByteStream, left: list[int], host: str) -> None:
        self.body, self.left, self.host = body, left, host

    def __iter__(self) -> Iterator[bytes]:
        for part in self.body:
            self.left[0] -= len(part)
            if self.left[0] < 0:
                raise UserError(
                    f"{self.host} is no Hub, or means ill: what it lists of a repo is over {LISTED >> 20} MiB"
                )
            yield part

    def close(self) -> None:
        self.body.close()


def client() -> httpx2.Client:
    """huggingface_hub's client, which also refuses what would name a file outside of the cache, take the token elsewhere or not end."""
    made = default_client_factory()
    made.event_hooks = {**made.event_hooks, "response": [_check]}
    return made


def _check(response: httpx2.Response) -> None:
    host, path, said = response.url.host, response.url.path, response.headers
    if response.request.method == "HEAD":  # from which huggingface_hub takes them
        for name in NAMES:
            if name in said and not NAME.fullmatch(said[name]):
                raise UserError(
                    f"{host} is no Hub, or means ill: its header {name} is {said[name][:100]!r}, which is no hash"
                )
    following = response.links.get("next", {}).get("url", "")
    if response.url.join(following).netloc != response.url.netloc:
        raise UserError(
            f"{host} is no Hub, or means ill: its list goes on at {following[:100]!r}, where your token would go"
        )
    if (path.startswith("/api/") or path.endswith(BESIDE)) and isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Counted(response.stream, _left.get() or [LISTED], host)


@contextmanager
def _short() -> Iterator[None]:
    """What is listed in here, in however many pages, has LISTED bytes at most."""
    token = _left.set([LISTED])
    try:
        yield
    finally:
        _left.reset(token)


_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)
set_client_factory(client)


def commit_of(where: str, repo: str, revision: str | None) -> str:
    """The commit that a revision means now (what it meant last, where the Hub cannot be reached)."""
    with sentences(where), odd(where), _short():
        found = HfApi().resolve_revision(repo, repo_type=TYPE, revision=revision, local_files_only=is_offline_mode())
        if not NAME.fullmatch(found.resolved):
            raise ValueError(f"a commit is called {found.resolved[:100]!r}, which is no hash")
        return found.resolved


def listing(where: str, repo: str, commit: str) -> tuple[dict[str, int], Path]:
    """The files of a repo at a commit with their sizes, and the folder in the cache where its README.md is, if any."""
    with sentences(where), odd(where), _short(), no_bars():
        # this, and not list_repo_tree, keeps the listing in the cache
        folder = snapshot_download(repo, repo_type=TYPE, revision=commit, allow_patterns=list(BESIDE))
        tree = get_cached_repo_tree(repo, repo_type=TYPE, revision=commit)
        sizes = {file.path: file.size for file in sorted(tree, key=lambda file: file.path)}
        for name, size in sizes.items():
            if not isinstance(size, int):
                raise ValueError(f"{name!r} is {size!r} bytes long")
            path = PureWindowsPath(name)  # the stricter kind: huggingface_hub refuses its names of drives everywhere
            if path.anchor or ".." in path.parts or PurePosixPath(name).as_posix() != name or min(name) < " ":
                raise ValueError(f"{name!r} is no name of a file in it")
        return sizes, Path(folder)


def cached(repo: str, commit: str, name: str) -> str | None:
    """Where a file is in the cache."""
    path = try_to_load_from_cache(repo, name, revision=commit, repo_type=TYPE)
    return path if isinstance(path, str) and os.path.exists(path) else None


def stream(repo: str, commit: str, name: str, fetch: bool) -> io.BufferedReader:
    """A file's bytes: from the cache; else with `fetch` into the cache first, and without as they are asked for."""
    with odd(f"{repo}: {name}"):
        path = cached(repo, commit, name)
        if path is None and fetch:
            path = hf_hub_download(repo, name, repo_type=TYPE, revision=commit)
        if path is not None:
            return open(path, "rb")
        blocks = {"block_size": BLOCK, "cache_type": "blockcache", "cache_options": {"maxblocks": BLOCKS}}
        return io.BufferedReader(HfFileSystem().open(f"datasets/{repo}@{commit}/{name}", "rb", **blocks))


@contextmanager
def odd(where: str) -> Iterator[None]:
    """What no Hub of any make says, as one sentence. UserError: another one has to be named."""
    try:
        yield
    except HFValidationError:  # a ValueError that is about the name, and has a sentence of its own
        raise
    except ODD as problem:
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
