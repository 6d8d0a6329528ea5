"""What may be replaced, and that it is replaced in one step."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import place
from builders.errors import UserError, WorldError
from builders.place import check_links, check_output, hidden_folder, replace


def ours(path: Path, **more: object) -> Path:
    (path / "data" / "debate").mkdir(parents=True)
    (path / "data" / "debate" / "train-00000-of-00001.parquet").write_bytes(b"rows")
    (path / "README.md").write_text("---\nconfigs: []\n---\n")
    (path / "run.json").write_text(json.dumps({"mathloom": "0.1", **more}))
    return path


def put(output: Path, text: str) -> None:
    with hidden_folder(check_output(output)) as hidden:
        ours(hidden, text=text)
        replace(hidden, Path(os.path.realpath(output)))


def text_of(output: Path) -> object:
    return json.loads((output / "run.json").read_text())["text"]


def nothing(path: Path) -> None:
    pass


def empty_folder(path: Path) -> None:
    path.mkdir()


def earlier_with_figures(path: Path) -> None:
    ours(path)
    (path / ".cache" / "huggingface" / "download").mkdir(parents=True)
    notes = [".gitattributes", ".cache/huggingface/download/README.md.lock"]
    for name in ["measures.json", "yield.png", "graph.graphml", "index.html", *notes]:
        (path / name).write_text("x")


def link_to_an_earlier_one(path: Path) -> None:
    path.symlink_to(ours(path.parent / "elsewhere"))


def link_to_nothing(path: Path) -> None:
    path.symlink_to(path.parent / "not" / "there" / "yet")


REPLACED = [nothing, empty_folder, ours, earlier_with_figures, link_to_an_earlier_one, link_to_nothing]


@pytest.mark.parametrize("make", REPLACED)
def test_what_may_be_replaced_is_replaced(tmp_path: Path, make: Callable[[Path], object]) -> None:
    out = tmp_path / "deep" / "out"
    out.parent.mkdir()
    make(out)
    was_link = out.is_symlink()
    put(out, "new")
    assert text_of(out) == "new"
    assert out.is_symlink() == was_link
    assert not list(tmp_path.rglob(".*unfinished*"))


def test_parents_that_are_missing_are_made_when_writing_begins_and_not_before(tmp_path: Path) -> None:
    check_output(tmp_path / "a" / "b" / "out")
    assert list(tmp_path.iterdir()) == []
    put(tmp_path / "a" / "b" / "out", "new")
    assert text_of(tmp_path / "a" / "b" / "out") == "new"


def a_file(path: Path) -> None:
    path.write_text("x")


def a_file_above(path: Path) -> None:
    path.parent.rmdir()
    path.parent.write_text("x")


def somebodys_folder(path: Path) -> None:
    path.mkdir()
    for name in ["thesis.tex", "a", "b", "c"]:
        (path / name).write_text("x")


def another_run_json(path: Path) -> None:
    path.mkdir()
    (path / "run.json").write_text('["mathloom"]')


def torn_run_json(path: Path) -> None:
    path.mkdir()
    (path / "run.json").write_bytes(b'{"mathloom": "\xff')


def deep_run_json(path: Path) -> None:
    path.mkdir()
    (path / "run.json").write_text("[" * 100_000)


def earlier_with_a_ledger(path: Path) -> None:
    (ours(path) / "data" / "ledger.sqlite").write_text("money")


def earlier_with_a_program(path: Path) -> None:
    (ours(path) / ".cache").mkdir()
    (path / ".cache" / "mine.py").write_text("x")


def earlier_in_git(path: Path) -> None:
    (ours(path) / ".git").mkdir()
    (path / ".git" / "HEAD").write_text("ref")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


REFUSED = [
    (a_file, "out is a file, not a folder"),
    (a_file_above, "deep is not a folder"),
    (somebodys_folder, r"out holds a, b, c and 1 more, and is no finished folder of ours"),
    (another_run_json, "holds run.json, and is no finished folder of ours"),
    (torn_run_json, "is no finished folder of ours"),
    (deep_run_json, "is no finished folder of ours"),
    (earlier_with_a_program, "also holds .cache/mine.py, which would be lost"),
    (earlier_with_a_ledger, "also holds data/ledger.sqlite, which would be lost"),
    (earlier_in_git, "also holds .git/HEAD, which would be lost"),
    (link_to_itself, "a symbolic link that leads to itself"),
]


@pytest.mark.parametrize(("make", "said"), REFUSED)
def test_anything_else_is_the_users_error_that_names_it(
    tmp_path: Path, make: Callable[[Path], None], said: str
) -> None:
    out = tmp_path / "deep" / "out"
    out.parent.mkdir()
    make(out)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UserError, match=said):
        check_output(out)
    assert sorted(tmp_path.rglob("*")) == before


NO_PLACES = [
    ("/", "mount point"),
    ("/proc/out", "cannot be"),
    ("x" * 230, "over 220 bytes long"),
    ("run[1]/out", r"has \[ in it, which load_dataset takes for a pattern"),
    ("out::2", "has :: in it"),
]


@pytest.mark.parametrize(("path", "said"), NO_PLACES)
def test_places_where_no_folder_can_be(path: str, said: str) -> None:
    with pytest.raises((UserError, WorldError), match=said):
        put(Path(path), "new")


UNPRIVILEGED = """
import os, sys
from builders.errors import UserError
from builders.place import check_output
if os.geteuid() == 0:
    os.setuid(65534)
try:
    check_output(sys.argv[1])
except UserError as error:
    print(error)
"""


def test_a_folder_that_is_not_ours_to_write_in(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o555)
    command = [sys.executable, "-c", UNPRIVILEGED, str(tmp_path / "closed" / "a" / "out")]
    path = str(Path(place.__file__).parents[1])
    said = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    assert "is not ours to write in; name another --output" in said.stdout


def test_what_comes_to_stand_there_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds notes"), hidden_folder(check_output(tmp_path / "out")) as hidden:
        somebody = tmp_path / "out"
        somebody.mkdir()
        (somebody / "notes").write_text("x")
        replace(ours(hidden / "sub"), tmp_path / "out")
    assert (tmp_path / "out" / "notes").read_text() == "x"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_two_runs_cannot_write_one_folder(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with hidden_folder(check_output(out)) as hidden:
        with pytest.raises(UserError, match="another run is writing"):
            check_output(out)
        with hidden_folder(out) as second:  # asked for all the same: it leaves the first one's folder alone
            assert second != hidden and hidden.is_dir()
    check_output(out)


def test_what_a_dead_run_left_is_cleared_and_other_names_are_not(tmp_path: Path) -> None:
    left, others = tmp_path / ".out.unfinished-0123abcd", tmp_path / ".out2.unfinished-0123abcd"
    ours(left)
    ours(others)
    put(tmp_path / "out", "new")
    assert not left.exists() and others.exists()


def test_the_name_is_there_at_every_moment_of_a_replacement(tmp_path: Path) -> None:
    out = tmp_path / "out"
    put(out, "0")
    missing: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            try:
                out.stat()
            except OSError as error:
                missing.append(str(error))

    watcher = threading.Thread(target=look)
    watcher.start()
    for number in range(200):
        put(out, str(number))
    over.set()
    watcher.join()
    assert missing == [] and text_of(out) == "199"


def test_without_a_swap_of_names_the_earlier_folder_is_moved_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_swap", lambda one, other: False)
    for text in ["one", "two"]:
        put(tmp_path / "out", text)
        assert text_of(tmp_path / "out") == text
        assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_move_that_fails_brings_the_earlier_folder_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_swap", lambda one, other: False)
    put(tmp_path / "out", "one")
    with pytest.raises(WorldError, match="nothing under that name was changed"):
        replace(tmp_path / "not there", tmp_path / "out")
    assert text_of(tmp_path / "out") == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_the_folder_has_the_permissions_of_any_new_folder(tmp_path: Path) -> None:
    put(tmp_path / "out", "new")
    (tmp_path / "other").mkdir()
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("made", [os.mkfifo, lambda path: path.symlink_to("/nowhere")])
def test_a_folder_with_links_or_pipes_is_not_written_into(tmp_path: Path, made: Callable[[Path], None]) -> None:
    ours(tmp_path / "out")
    check_links(tmp_path / "out")
    check_links(tmp_path / "not there")
    made(tmp_path / "out" / "data" / "table.md")
    with pytest.raises(UserError, match=r"out/data/table\.md is a link, a pipe"):
        check_links(tmp_path / "out")
