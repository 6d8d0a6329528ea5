"""A repo on the Hub as it is written to: files are read once, and uploaded some at a time."""

import hashlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cards.patience import Passing
from cards.repo import AT_ONCE, differing, local, upload


def test_a_try_that_fails_begins_again_with_few_files_and_every_file_is_uploaded_once() -> None:
    tries: list[list[int]] = []

    def preupload(repo: str, part: list[Any], **_: Any) -> None:
        tries.append(part)
        if len(tries) == 2:
            raise Passing("the Hub answered 503", 0.0)

    api: Any = SimpleNamespace(preupload_lfs_files=preupload)
    files: list[Any] = [*range(2 * AT_ONCE + 3)]
    upload(api, "me/mind", files, 5)
    first, failed, second, third = tries
    assert failed == second and [*first, *second, *third] == files and len(third) == 3


def test_a_file_is_known_by_its_name_in_git_or_in_lfs(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one")
    file = local(tmp_path / "a")
    assert file.size == 3 and file.sha256 == hashlib.sha256(b"one").hexdigest() == local(b"one").sha256
    assert file.blob == hashlib.sha1(b"blob 3\0one").hexdigest()
    for there, other in (({"a": file.sha256}, []), ({"a": file.blob}, []), ({"a": "0"}, ["a"]), ({}, ["a"])):
        assert differing({"a": file}, there) == other
