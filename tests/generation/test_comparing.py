"""Verdicts on pairs of answers are remembered: a replay compares nothing, from a ledger that cannot be written either."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from builders.verdicts import Pair
from generation import comparing
from generation.comparing import STEP, remembering
from generation.ledger import Ledger
from generation.recipes import Common, Role
from generation.run import running
from tests.generation.folders import digest
from tests.generation.gsdp_runs import Teacher, gsdp, rows
from tests.generation.test_solutions import saying

FEW: dict[str, Any] = {"limit": 4, "quota": 2, "samples": 3}
ANSWERS = ("\\frac{1}{2}", "0.5", "\\sqrt{2}")


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[Pair]:
    """The pairs that are put to Math-Verify, in its processes or plainly."""
    from builders import answers

    seen: list[Pair] = []
    asked = answers.ask

    def ask(pairs: Iterable[Pair]) -> Any:
        seen.extend(pairs := list(pairs))
        return asked(pairs)

    monkeypatch.setattr(answers, "ask", ask)
    return seen


def test_a_replay_compares_nothing_again(tmp_path: Path, compared: list[Pair]) -> None:
    with Teacher({"solution": saying(*ANSWERS), "judge_solution": lambda *_: "True"}) as server:
        gsdp(tmp_path, server.url, **FEW)
        assert {row["vote_share"] for row in rows(tmp_path / "out")} == {0.666667}
        assert compared and len(compared) == len(set(compared))
        compared.clear()
        gsdp(tmp_path, server.url, out="again", **FEW)
    gsdp(tmp_path, "", "--from-ledger", out="replay", **FEW)
    assert not compared
    assert digest(tmp_path / "out") == digest(tmp_path / "again") == digest(tmp_path / "replay")


def test_the_first_verdict_is_everybodys_whatever_a_later_machine_would_say(
    tmp_path: Path, compared: list[Pair]
) -> None:
    said = saying("\\sqrt{2}", "x + y", "\\pi + 1")
    with Teacher({"solution": said, "judge_solution": lambda *_: "True"}) as server:
        gsdp(tmp_path, server.url, **FEW)
    assert {row["vote_share"] for row in rows(tmp_path / "out")} == {0.333333}
    ledger = Ledger(tmp_path / "ledger.sqlite", writable=True)
    ledger.write(
        "UPDATE replies SET text = 'yes', mark = mark_of(key, request, 'yes', reasoning, finish_reason) WHERE step = ?",
        STEP,
    )
    ledger.close()
    compared.clear()
    gsdp(tmp_path, "", "--from-ledger", out="again", **FEW)
    assert not compared and {row["vote_share"] for row in rows(tmp_path / "again")} == {1.0}


def test_a_ledger_that_cannot_be_written_gives_the_same_verdicts(tmp_path: Path, compared: list[Pair]) -> None:
    with Teacher({"solution": saying(*ANSWERS), "judge_solution": lambda *_: "True"}) as server:
        gsdp(tmp_path, server.url, **FEW)
    compared.clear()
    file = tmp_path / "ledger.sqlite"
    os.chmod(file, 0o444)
    before = file.read_bytes()
    gsdp(tmp_path, "", "--from-ledger", out="replay", **FEW)
    assert not compared and file.read_bytes() == before and digest(tmp_path / "replay") == digest(tmp_path / "out")


def test_what_is_plain_is_neither_asked_nor_kept_and_a_pair_is_asked_once(tmp_path: Path, compared: list[Pair]) -> None:
    with Teacher() as server:
        common = Common(endpoints=[server.url], ledger=str(tmp_path / "ledger.sqlite"), output=str(tmp_path / "out"))
        with running({"generator": Role()}, common) as run:
            judge = remembering(run)
            pair = ("\\frac{1}{2}", "0.5")
            assert judge([("2", "2"), pair, pair, ("2", "3")]) == ["yes", "yes", "yes", "no"]
            assert judge([pair]) == ["yes"] and compared == [pair]
            held = run.ledger.query("SELECT model, text FROM replies WHERE step = ?", STEP)
            assert held == [(comparing.VERSION, "yes")]
