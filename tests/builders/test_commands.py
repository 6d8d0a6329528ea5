"""Commands: recipes and flags into dataclasses, and every mistake into one sentence and an exit code."""

import resource
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from builders.commands import option, parse
from builders.errors import UserError


@dataclass(frozen=True)
class Inner:
    rate: float = 1.0
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Recipe:
    rows: str = option("sample", "rows")
    styles: list[str] = option(["a"], "styles")
    seeds: list[int] = option([1], "seeds")
    limit: int | None = option(None, "limit")
    dry_run: bool = option(False, "dry")
    inner: Inner = field(default_factory=Inner, metadata={"flag": False})


def _parse(*argv: str) -> Recipe:
    return parse(Recipe, argv, "tests", "about", alias={"documents": "rows"})


def _config(folder: Path, text: str) -> str:
    path = folder / "r.yaml"
    path.write_text(text)
    return str(path)


def test_flags_win_over_the_recipe_and_lists_take_several_words(tmp_path: Path) -> None:
    config = _config(tmp_path, "documents: x\nstyles: [b]\nlimit: 3\ninner: {rate: 5e-6}\n")
    made = _parse("--config", config, "--styles", "c", "d", "--seeds", "2", "3", "--dry-run")
    assert (made.rows, made.styles, made.limit, made.dry_run, made.inner.rate) == ("x", ["c", "d"], 3, True, 5e-6)
    assert made.seeds == [2, 3]
    assert _parse("--documents", "y").rows == _parse("--rows", "y").rows == "y"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("stiles: [a]", "unknown key 'stiles'; known are .*styles"),
        ("inner: {rates: 1}", "inner has the unknown key 'rates'; known are names, rate"),
        ("limit: three", "limit holds 'three'; it must be a whole number"),
        ("limit: 1.5", "limit holds 1.5; it must be a whole number"),
        ("limit: true", "limit holds True; it must be a whole number"),
        ("styles: a", "styles holds 'a'; it must be a list"),
        ("styles: [1]", "styles holds 1; it must be a text"),
        ("dry_run: 1", "dry_run holds 1; it must be true or false"),
        ("inner: 3", "inner holds 3; it must be a mapping"),
        ("rows: a\nrows: b", "stands twice"),
        ("- a", "must be a mapping"),
        ("rows: [", "is not YAML at line"),
        ("rows: a\x1f", "is not YAML: unacceptable character .* are not allowed in .* position 7$"),
        ('"a\\nb": 1', r"unknown key 'a\\nb'"),
        ("rows: !!python/object/apply:os.system ['true']", "is not YAML"),
    ],
)
def test_what_is_wrong_with_a_recipe_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence):
        _parse("--config", _config(tmp_path, text))


@pytest.mark.parametrize("text", ["trust_remote_code: true", "arms: [{sft: {trust_remote_code: yes}}]"])
def test_a_recipe_cannot_say_that_code_of_others_is_run(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError, match="say it as a flag, --trust_remote_code"):
        _parse("--config", _config(tmp_path, text))


def test_a_recipe_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no recipe file"):
        _parse("--config", str(tmp_path / "none.yaml"))


PROGRAM = """
import sys
from builders.commands import command
from builders.screen import say
from builders import errors
def main(argv):
    if argv[0] == "closed":
        for _ in range(20000): say("x" * 100)
        raise errors.CheckFailed("after the screen was closed")
    raise getattr(errors, argv[0])("what is wrong")
command(main)
"""


@pytest.mark.parametrize(
    ("error", "code"),
    [("CheckFailed", 1), ("UserError", 2), ("WorldError", 3), ("BudgetSpent", 4), ("Interrupted", 130)],
)
def test_every_kind_of_error_has_its_exit_code_and_one_sentence(error: str, code: int) -> None:
    made = subprocess.run([sys.executable, "-c", PROGRAM, error], capture_output=True, text=True)
    assert (made.returncode, made.stderr, made.stdout) == (code, "mathloom: what is wrong\n", "")


def test_a_closed_stdout_ends_nothing() -> None:
    made = subprocess.run(
        f"{sys.executable} -c '{PROGRAM}' closed | head -1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
    )
    assert made.returncode == 1 and b"Traceback" not in made.stderr and b"after the screen was closed" in made.stderr


@pytest.mark.parametrize(
    ("raised", "words"),
    [
        ("MemoryError()", "no memory is left"),
        ('RuntimeError("can\'t start new thread")', "no memory is left"),
        ("sqlite3.OperationalError('disk I/O error')", "scratch file"),
    ],
)
def test_what_the_machine_has_no_more_of_is_the_worlds_fault(raised: str, words: str) -> None:
    program = f"import sqlite3\nfrom builders.commands import command\ndef main(argv): raise {raised}\ncommand(main)"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert made.returncode == 3 and words in made.stderr and "Traceback" not in made.stderr


@pytest.mark.parametrize(
    "bomb", ["bytearray(2**31)", "pyarrow.allocate_buffer(2**31)", "['x' * 2**20 + str(n) for n in range(2**11)]"]
)
def test_no_command_takes_more_memory_than_it_may(bomb: str) -> None:
    program = "import pyarrow\nfrom builders.commands import command\n"
    program += f"def main(argv): held = {bomb}\ncommand(main, 2**30)"
    made = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert made.returncode == 3 and "no memory is left of the 1.0 GiB that this process may have" in made.stderr


def test_a_command_may_take_three_quarters_of_the_memory_and_what_computes_on_a_gpu_all() -> None:
    program = "import resource, subprocess, sys\nfrom builders.commands import command\n"
    program += "def main(argv):\n print(*resource.getrlimit(resource.RLIMIT_DATA), flush=True)\n"
    program += " if argv: subprocess.run([sys.executable, '-c', argv[0]])\ncommand(main{})"
    before = resource.getrlimit(resource.RLIMIT_DATA)
    words = [sys.executable, "-c", program.format(""), program.format(", memory=None")]
    made = subprocess.run(words, capture_output=True, text=True, check=True)
    (soft, hard), started = [tuple(map(int, line.split())) for line in made.stdout.splitlines()]
    assert hard == before[1] and 0 < soft <= 0.75 * psutil.virtual_memory().total
    assert started == (hard, hard)
