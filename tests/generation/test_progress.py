"""What a run tells of itself beside its output: whole at every moment, and the same as the ledger says."""

import asyncio
import json
import signal
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from generation import progress
from generation.ledger import Ledger
from tests.bench.server import dialogue
from tests.generation.test_mind import ENVIRONMENT, _command, run, words
from tests.scripted import Call, Scripted, reply

PRICED = "flagged: []\ngenerator: {price: {input: 1.0, output: 2.0}, sampling: {max_tokens: 100}}\n"


async def _slowly(call: Call) -> web.Response:
    await asyncio.sleep(0.15)
    return reply(dialogue(call.number))


def _said(folder: Path) -> dict[str, Any]:
    path = folder / "out.progress.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _recorded(folder: Path) -> tuple[int, int, int]:
    """Replies and tokens that the ledger holds."""
    ledger = Ledger(folder / "ledger.sqlite")
    [(count, *tokens)] = ledger.query("SELECT count(*), sum(prompt_tokens), sum(completion_tokens) FROM replies")
    return count, tokens[0] or 0, tokens[1] or 0


def _flags(folder: Path, url: str) -> list[str]:
    (folder / "priced.yaml").write_text(PRICED)
    return ["--config", str(folder / "priced.yaml"), *words(folder, url, "--budget", "5")]


def test_what_a_run_tells_is_whole_while_it_goes_on_and_in_the_end_what_ledger_and_folder_say(tmp_path: Path) -> None:
    seen = []
    with Scripted(_slowly, slots=16) as server:
        child = subprocess.Popen(_command(*_flags(tmp_path, server.url)), env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        while child.poll() is None:
            if said := _said(tmp_path):
                seen.append((said, _recorded(tmp_path)))
            time.sleep(0.05)
    assert child.returncode == 0
    under_way = [(said, held) for said, held in seen if said["ended"] is None]
    assert len({said["time"] for said, _ in under_way}) >= 3
    # what is told was recorded before, and is never more
    assert all(said["asked"] <= held[0] and said["tokens"]["completion"] <= held[2] for said, held in seen)
    assert any(0 < said["under_way"] <= said["slots"] == 16 and said["tokens_per_second"] > 0 for said, _ in under_way)
    end, told = _said(tmp_path), json.loads((tmp_path / "out" / "run.json").read_text())
    assert end["ended"] == "done" and end["seconds_left"] is None
    assert (end["asked"], end["tokens"]["prompt"], end["tokens"]["completion"]) == _recorded(tmp_path)
    assert (end["asked"], end["cost"], end["budget"]) == (told["asked"], told["cost"], 5.0)
    counted = told["counts"]["dialogues"]
    assert (end["rows"], end["total"], end["kept"]) == (counted["in"], counted["in"], counted["kept"])
    assert end["reasons"] == {reason: count for reason, count in counted["rejected"].items() if count}
    assert end["last"] and {"id", "style", "texts"} <= set(end["last"][-1])
    assert not list(tmp_path.glob("*.new"))


def test_a_run_that_ends_otherwise_says_how_and_a_killed_one_says_nothing(tmp_path: Path) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        with Scripted(_slowly, slots=4) as server:
            child = subprocess.Popen(
                _command(*_flags(tmp_path, server.url)),
                env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            until = time.monotonic() + 30
            while not _said(tmp_path).get("asked") or _said(tmp_path)["ended"]:
                assert time.monotonic() < until
                time.sleep(0.02)
            child.send_signal(number)
            child.wait(30)
        ended = _said(tmp_path)["ended"]
        assert ended is None if number == signal.SIGKILL else ended.startswith("Interrupted: interrupted; all that was")


def test_a_dry_run_tells_nothing_and_a_place_that_cannot_be_written_ends_no_run(tmp_path: Path) -> None:
    with Scripted(lambda call: reply(dialogue(call.number))) as server:
        run(*_flags(tmp_path, server.url), "--dry-run")
        assert not _said(tmp_path)
        (tmp_path / "out.progress.json").mkdir()
        (tmp_path / "out.progress.json" / "mine").touch()
        run(*_flags(tmp_path, server.url))
    assert (tmp_path / "out" / "run.json").exists() and (tmp_path / "out.progress.json" / "mine").exists()


def test_the_pace_is_the_last_seconds_and_the_time_left_that_of_the_rows_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=100.0, monotonic=lambda: clock.now, thread_time=lambda: 0.0)
    monkeypatch.setattr(progress, "time", clock)
    tally = SimpleNamespace(asked=0, prompt_tokens=0, completion_tokens=0)
    run: Any = SimpleNamespace(
        number=1, started=0.0, models={}, options=SimpleNamespace(budget=None), purse=SimpleNamespace(known=False),
        engine=SimpleNamespace(tally=tally, under_way=0, slots=4), ready=lambda: 0.0,
    )  # fmt: skip
    told = progress.Progress(run, tmp_path / "out.progress.json", "dialogues")
    assert told.said(None)["seconds_left"] is None and told.said(None)["cost"] is None
    told.expect(40)
    for tokens in [1000] * 20 + [10] * 11:
        clock.now, tally.completion_tokens = clock.now + 1, tally.completion_tokens + tokens
        said = told.said(None)
    assert said["tokens_per_second"] == 10.0 and said["tokens"]["completion"] == 20_110
    told.take(31, 30, 1, [{"id": "a", "reason": "cut", "text": "x" * 9999}, {"id": "b", "reason": None, "text": "y"}])
    said = told.said(None)
    assert (
        said["seconds_left"] == 9.0
        and said["reasons"] == {"cut": 1}
        and said["rows"] == said["kept"] + said["rejected"]
    )
    assert said["last"] == [
        {"id": "a", "reason": "cut", "texts": {"text": "x" * progress.CUT}}, {"id": "b", "texts": {"text": "y"}},
    ]  # fmt: skip
    assert told.said("done")["seconds_left"] is None
