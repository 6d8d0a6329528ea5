"""Screens that are closed, and interruptions at any moment: real processes."""

import asyncio
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.generation.test_mind import ENVIRONMENT, words
from tests.scripted import Call, Scripted, reply


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_run_without_a_screen_goes_on(tmp_path: Path, closed: str) -> None:
    with Scripted(lambda call: reply("no")) as server:
        flags = words(tmp_path, server.url, "--styles", "debate", "--limit", "2")
        made = subprocess.run(
            ["bash", "-c", f'"$@" {closed}', "bash", sys.executable, "-m", "generation.mind", *flags],
            capture_output=True, env=ENVIRONMENT, timeout=60,
        )  # fmt: skip
    assert made.returncode == 1 and (tmp_path / "out" / "run.json").exists()
    assert b"Traceback" not in made.stderr
    assert (b"nothing was kept" in made.stderr) == ("2>" not in closed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_modules_are_imported_is_exit_130(tmp_path: Path, number: int) -> None:
    child = started(words(tmp_path, "http://127.0.0.1:9"))
    wait_for(lambda: "_multiarray_umath" in Path(f"/proc/{child.pid}/maps").read_text())
    child.send_signal(number)
    _, said = child.communicate(timeout=30)
    assert (child.returncode, said) == (130, "mathloom: interrupted\n" if number == signal.SIGINT else "")
    assert not list(tmp_path.iterdir())


def test_the_command_of_an_interrupted_run_can_be_pasted(tmp_path: Path) -> None:
    async def slow(call: Call) -> web.Response:
        await asyncio.sleep(0.5)
        return reply("no")

    with Scripted(slow) as server:
        child = started(words(tmp_path, server.url, "--license", "two words"))
        wait_for(lambda: len(server.calls) > 0)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=30)
    assert child.returncode == 130
    command = shlex.split(said.rstrip().rpartition("the same command goes on: ")[2])
    assert command[:3] == ["python", "-m", "generation.mind"] and command[-1] == "two words"


def started(flags: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "generation.mind", *flags]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=ENVIRONMENT)


def wait_for(what: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not what():
        assert time.monotonic() < until
        time.sleep(0.001)
