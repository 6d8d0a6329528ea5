"""What `--rows` may say, and the one sentence for what it may not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from builders.errors import UserError
from builders.sources import ON_HUB, find, opened

ROW = '{"text": "a"}\n'


def test_a_folder_is_read_in_the_order_of_its_names_and_without_what_is_hidden(tmp_path: Path) -> None:
    for name in [
        "b/c.jsonl",
        "a.jsonl.gz",
        "b.jsonl",
        ".hidden.jsonl",
        ".git/d.jsonl",
        "__pycache__/e.jsonl",
        "note.txt",
    ]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(ROW)
    source = find(str(tmp_path))
    assert [file.name for file in source.files] == [
        f"{tmp_path}/{name}" for name in ["a.jsonl.gz", "b.jsonl", "b/c.jsonl"]
    ]
    assert [file.place for file in source.files] == [f"file {number} of 3, " for number in (1, 2, 3)]


def test_a_finished_folder_is_read_as_it_declares(tmp_path: Path) -> None:
    for name in ["data/a/train-0.jsonl", "data/rejected/train-0.jsonl", "run.json"]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ROW)
    declared = "{config_name: default, data_files: [{split: train, path: [data/a/train-*]}]}"
    (tmp_path / "README.md").write_text(f"---\nconfigs:\n- {declared}\n---\nwords\n")
    assert [file.name for file in find(f"{tmp_path}/").files] == [f"{tmp_path}/data/a/train-0.jsonl"]
    assert [file.name for file in find(f"{tmp_path}/data/rejected").files] == [
        f"{tmp_path}/data/rejected/train-0.jsonl"
    ]


def test_the_sample_is_there_and_a_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find("sample").files[0].size > 10_000
    (tmp_path / "mine.jsonl").write_text(ROW)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find("~/mine.jsonl").files[0].path == str(tmp_path / "mine.jsonl")


def test_a_digest_changes_with_what_the_files_hold(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(ROW)
    os.utime(file, ns=(1, 1))
    digests = [find(str(file)).digest]
    assert find(str(tmp_path)).digest == digests[0]
    file.write_text(ROW * 2)
    os.utime(file, ns=(1, 1))
    digests.append(find(str(file)).digest)
    os.utime(file, ns=(2, 2))
    digests.append(find(str(file)).digest)
    (tmp_path / "b.jsonl").write_text(ROW)
    digests.append(find(str(tmp_path)).digest)
    assert len(set(digests)) == 4


def test_a_name_on_the_hub_has_a_repo_a_revision_and_a_place_inside() -> None:
    assert ON_HUB.fullmatch("a/b").group("repo", "revision", "path") == ("a/b", None, None)
    assert ON_HUB.fullmatch("a/b@v1.0").group("repo", "revision", "path") == ("a/b", "v1.0", None)
    assert ON_HUB.fullmatch("a/b@refs/pr/1/x/y").group("repo", "revision", "path") == ("a/b", "refs/pr/1", "x/y")
    assert ON_HUB.fullmatch("a-1/b.c_d@main/x.csv").group("repo", "revision", "path") == ("a-1/b.c_d", "main", "x.csv")
    assert not any(
        map(ON_HUB.fullmatch, ["a", "/a/b", "./a/b", "../a", "a//b", "https://a/b", "a b/c", "a/b@", "a/b/c"])
    )


REFUSED = [
    ("nothing", "", "there is no file or folder with an empty name"),
    ("blanks", "  ", "there is no file or folder with an empty name"),
    ("one word", "squad", "there is no file or folder squad; rows are `sample`, .*or user/name on the Hub"),
    ("a missing path", "/nowhere/docs", "there is no file or folder /nowhere/docs"),
    ("a missing file", "data/docs.jsonl", r"there is no file or folder data/docs\.jsonl"),
    ("a deeper path", "tests/builders/nowhere", "there is no file or folder tests/builders/nowhere"),
    ("an address", "https://example.org/docs.jsonl", "there is no file or folder https://"),
    ("a NUL", "a\0b", "there is no file or folder"),
    ("a long name", "x" * 5000, "cannot be read: File name too long"),
    ("a device", "/dev/null", "/dev/null is of no kind that can be read: a name must end in parquet"),
]


@pytest.mark.parametrize(("where", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_is_not_there_is_said_in_one_sentence(where: str, words: str) -> None:
    with pytest.raises(UserError, match=words) as caught:
        find(where)
    assert "\n" not in str(caught.value)


def test_an_unknown_kind_is_said_with_the_known_ones(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_text("x")
    with pytest.raises(UserError, match=r"a\.docx is of no kind .* parquet, jsonl, json, csv or tsv"):
        find(str(tmp_path / "a.docx"))
    with pytest.raises(UserError, match=r"holds no rows: .*; it holds a\.docx"):
        find(str(tmp_path))


def test_a_folder_with_a_files_name_is_a_folder_and_a_pipe_is_neither(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(UserError, match=r"holds no rows: .*; it holds no file"):
        find(str(tmp_path / "a.jsonl"))
    os.mkfifo(tmp_path / "b.jsonl")
    with pytest.raises(UserError, match="neither a file nor a folder"):
        find(str(tmp_path / "b.jsonl"))


def test_links_that_go_round_end(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.jsonl").symlink_to("a.jsonl")
    (tmp_path / "b.jsonl").write_text(ROW)
    assert [Path(file.path).name for file in find(str(tmp_path)).files] == ["b.jsonl"]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Without root's right to read everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_what_may_not_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "docs" / "a.jsonl"
    file.parent.mkdir()
    file.write_text(ROW)
    source = find(str(file))
    file.parent.chmod(0)
    with as_nobody(), pytest.raises(UserError, match="docs cannot be read: Permission denied"):
        find(str(file.parent))
    with (
        as_nobody(),
        pytest.raises(UserError, match=r"a\.jsonl cannot be read: Permission denied"),
        opened(source.files[0]),
    ):
        raise AssertionError("it was opened")
    file.parent.chmod(0o700)


def test_a_file_that_went_away_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(ROW)
    source = find(str(tmp_path / "a.jsonl"))
    (tmp_path / "a.jsonl").unlink()
    with pytest.raises(UserError, match="is no longer there"), opened(source.files[0]):
        raise AssertionError("it was opened")


@pytest.mark.parametrize("path", ["../secret.jsonl", "data/../../secret.jsonl", "/etc/passwd", "**/../../secret.jsonl"])
def test_a_folder_declares_no_file_outside_of_it(tmp_path: Path, path: str) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    (tmp_path / "secret.jsonl").write_text('{"text": "secret"}\n')
    (folder / "a.jsonl").write_text('{"text": "open"}\n')
    (folder / "README.md").write_text(f"---\nconfigs: [{{config_name: default, data_files: '{path}'}}]\n---\n")
    with pytest.raises(UserError):
        find(str(folder))
