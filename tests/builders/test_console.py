"""The command `mathloom`: every command by its last name."""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

import pytest

from builders import VERSION
from builders.commands import lacking
from builders.console import HOUSE, commands


def mathloom(*words: str, ahead: str = "") -> "subprocess.CompletedProcess[str]":
    """Runs the script that pip would write; modules in `ahead` stand before all others."""
    setup = ConfigParser()
    setup.read(HOUSE / "setup.cfg", encoding="utf-8")
    module, _, function = setup["options.entry_points"]["console_scripts"].partition("=")[2].strip().partition(":")
    with tempfile.TemporaryDirectory() as place:
        script = Path(place, "mathloom")
        script.write_text(f"import sys\nfrom {module} import {function}\nsys.exit({function}())\n")
        return subprocess.run(
            [sys.executable, str(script), *words],
            capture_output=True,
            text=True,
            cwd=HOUSE,
            env={**os.environ, "PYTHONPATH": f"{ahead}{os.pathsep}{HOUSE}" if ahead else str(HOUSE)},
        )


def test_no_two_commands_have_one_name() -> None:
    counts = Counter(name for name, _ in commands())
    assert len(counts) > 25 and max(counts.values()) == 1


def test_a_command_is_run_as_python_runs_it() -> None:
    said = mathloom("calibrate", "--nonsense")
    plain = subprocess.run(
        [sys.executable, "-m", "generation.calibrate", "--nonsense"], capture_output=True, text=True, cwd=HOUSE
    )
    assert (said.returncode, said.stdout) == (plain.returncode, plain.stdout) == (2, "")
    expected = plain.stderr.replace("python -m generation.calibrate", "mathloom calibrate")
    assert said.stderr.split() == expected.split() != plain.stderr.split()  # how its lines break aside


@pytest.mark.parametrize(("words", "said"), [([], "no command is named"), (["mint"], "there is no command 'mint'")])
def test_a_command_that_is_none_is_answered_with_those_that_there_are(words: list[str], said: str) -> None:
    run = mathloom(*words)
    assert run.returncode == 2 and run.stderr.startswith(f"mathloom: {said}; there are ablation, ")
    assert run.stderr.count("\n") == 1 and not run.stdout


def test_help_names_the_commands_and_is_no_mistake() -> None:
    run = mathloom("--help")
    assert (run.returncode, run.stderr) == (0, "") and ", gsdp, " in run.stdout and run.stdout.count("\n") == 1
    of_one = mathloom("ledger", "costs", "--help")
    assert of_one.returncode == 0 and of_one.stdout.startswith("usage: mathloom ledger costs [-h]")


def test_it_says_which_version_it_is() -> None:
    run = mathloom("--version")
    assert (run.returncode, run.stdout, run.stderr) == (0, f"mathloom {VERSION}\n", "")


@pytest.mark.parametrize("words", [["pretrain", "--help"], ["sft"], ["evaluate", "--models", "a=http://127.0.0.1:1"]])
def test_a_command_without_its_extra_says_what_to_install(words: list[str], tmp_path: Path) -> None:
    for name in ("torch", "lm_eval"):  # stands before the real one, where there is one
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('No module', name='{name}')\n")
    task = ["--tasks", "mine", "--output", str(tmp_path / "out")] if words[0] == "evaluate" else []
    run = mathloom(*words, *task, ahead=str(tmp_path))
    assert run.returncode == 2 and run.stderr.count("\n") == 1, run.stderr
    assert (
        "is not installed, which this needs: pip install torch==2.13.0, then pip install 'mathloom[train]'"
        in run.stderr
    )


def test_a_module_of_no_extra_that_is_missing_is_a_bug_and_looks_like_one() -> None:
    with pytest.raises(ModuleNotFoundError, match="none of ours"):
        lacking(ModuleNotFoundError("none of ours", name="nothing.here"))


def test_its_commands_allocate_by_malloc_as_the_modules_do(tmp_path: Path) -> None:
    says = "import os\nraise ModuleNotFoundError('by ' + os.environ['ARROW_DEFAULT_MEMORY_POOL'], name='nobodys')\n"
    (tmp_path / "torch.py").write_text(says)
    assert "ModuleNotFoundError: by system" in mathloom("sft", ahead=str(tmp_path)).stderr
