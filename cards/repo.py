"""A dataset repo on the Hub as it is written to: what it holds, files ahead of a commit, one commit, a tag.

    files of a folder -> uploaded (`preupload_lfs_files`), then named by one commit on the parent that was looked at, then tagged

What a kill or a fault leaves behind is files that no commit names: the next try finds them there.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi, hf_hub_download
from huggingface_hub.errors import RepositoryNotFoundError
from huggingface_hub.hf_api import RepoFile

from builders.hub import TYPE, without_xet
from builders.hub_client import short
from cards.patience import again

AT_ONCE = 8  # files that one try uploads: what fails is begun again with at most so many


@dataclass(frozen=True)
class State:
    """What stands on the Hub: the commit of main, the tags with theirs."""

    head: str
    tags: Mapping[str, str]
    private: bool


@dataclass(frozen=True)
class Local:
    """A file to publish: where it lies (or its bytes), and its two names on the Hub (as LFS and as git see it)."""

    source: Path | bytes
    size: int
    sha256: str
    blob: str

    def operation(self, name: str) -> CommitOperationAdd:
        """Its part of a commit, to be used once."""
        made = CommitOperationAdd(name, self.source)
        made.upload_info.sha256 = bytes.fromhex(self.sha256)
        return made


def local(source: Path | bytes) -> Local:
    """A file, read once."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    large, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size)
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        while chunk := file.read(1 << 20):
            large.update(chunk)
            blob.update(chunk)
    return Local(source, size, large.hexdigest(), blob.hexdigest())


def state(api: HfApi, repo: str) -> State | None:
    """What stands on the Hub; None where there is no such repo."""
    try:
        with short():
            refs = api.list_repo_refs(repo, repo_type=TYPE)
            private = bool(api.repo_info(repo, repo_type=TYPE).private)
            heads = {branch.name: branch.target_commit for branch in refs.branches}
            return State(heads["main"], {tag.name: tag.target_commit for tag in refs.tags}, private)
    except RepositoryNotFoundError:  # or one that this token may not see, which making it will say
        return None


def held(api: HfApi, repo: str, commit: str) -> dict[str, str]:
    """path -> the file's name as LFS or git see it, of every file at a commit."""
    with short():
        tree = api.list_repo_tree(repo, recursive=True, revision=commit, repo_type=TYPE)
        return {file.path: file.lfs.sha256 if file.lfs else file.blob_id for file in tree if isinstance(file, RepoFile)}


def differing(files: Mapping[str, Local], there: Mapping[str, str]) -> list[str]:
    """The files that are not on the Hub as they are here."""
    return [name for name, file in files.items() if there.get(name) not in (file.sha256, file.blob)]


def text(repo: str, commit: str, name: str) -> str:
    """A text file of a commit."""
    with without_xet():
        return Path(hf_hub_download(repo, name, repo_type=TYPE, revision=commit)).read_text("utf-8", "replace")


def upload(api: HfApi, repo: str, operations: Sequence[CommitOperationAdd], patience: float) -> None:
    """Uploads the large ones of these files, those that the Hub has not yet."""
    for start in range(0, len(operations), AT_ONCE):
        part = operations[start : start + AT_ONCE]
        again(partial(api.preupload_lfs_files, repo, part, repo_type=TYPE, free_memory=False), repo, patience)


def commit(
    api: HfApi, repo: str, operations: Iterable[CommitOperationAdd], gone: Iterable[str], parent: str, message: str
) -> str:
    """One commit of files that are uploaded, and of what is gone; its hash. Raises where main is not at `parent` any more."""
    title, _, more = message.partition("\n\n")
    made = api.create_commit(
        repo, [*operations, *(CommitOperationDelete(name) for name in gone)], commit_message=title, commit_description=more,
        repo_type=TYPE, parent_commit=parent,
    )  # fmt: skip
    return str(made.oid)
