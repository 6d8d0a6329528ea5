"""The command `mathloom`: every command by its last name."""

import subprocess
import sys
from collections import Counter
from configparser import ConfigParser

import pytest

from builders.console import HOUSE, commands


def mathloom(*words: str) -> "subprocess.CompletedProcess[str]":
    setup = ConfigParser()
    setup.read(HOUSE / "setup.cfg", encoding="utf-8")
    module, _, function = setup["options.entry_points"]["console_scripts"].partition("=")[2].strip().partition(":")
    script = f"import sys; sys.argv[0] = 'mathloom'; from {module} import {function}; sys.exit({function}())"
    return subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, cwd=HOUSE)


def test_no_two_commands_have_one_name() -> None:
    counts = Counter(name for name, _ in commands())
    assert len(counts) > 25 and max(counts.values()) == 1


def test_a_command_is_run_as_python_runs_it() -> None:
    said = mathloom("calibrate", "--nonsense")
    plain = subprocess.run(
        [sys.executable, "-m", "generation.calibrate", "--nonsense"], capture_output=True, text=True, cwd=HOUSE
    )
    assert (said.returncode, said.stdout, said.stderr) == (
        plain.returncode,
        plain.stdout,
        plain.stderr,
    ) and plain.stderr


@pytest.mark.parametrize(("words", "said"), [([], "no command is named"), (["mint"], "there is no command 'mint'")])
def test_a_command_that_is_none_is_answered_with_those_that_there_are(words: list[str], said: str) -> None:
    run = mathloom(*words)
    assert run.returncode == 2 and run.stderr.startswith(f"mathloom: {said}; there are ablation, ")
    assert run.stderr.count("\n") == 1 and not run.stdout
