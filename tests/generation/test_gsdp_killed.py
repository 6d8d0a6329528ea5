"""GSDP that was killed: the same command goes on, and what there is of half a run is a folder."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml

from builders.errors import UserError
from generation.gsdp_questions import Question
from generation.ledger import Ledger
from graph.kinds import HOPS
from tests.generation.folders import digest
from tests.generation.gsdp_runs import ROLES, Teacher, gsdp, reasons, rows
from tests.scripted import Call

KINDS = (
    "knowledge_points", "point_filter", "problem", "judge_problem", "difficulty", "solution", "judge_solution",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_kill_in_any_stage_the_same_command_goes_on(
    kind: str, tmp_path: Path, undisturbed: tuple[Path, Teacher]
) -> None:
    process: subprocess.Popen[bytes] | None = None
    came = Counter[str]()

    def kill(asked: Question, call: Call) -> None:
        came[asked.kind] += 1
        if process is not None and came[kind] == 6 and process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)

    with Teacher(dict.fromkeys(KINDS, kill), pause=0.03) as server:
        (tmp_path / "r.yaml").write_text(yaml.safe_dump(ROLES))
        common = ["--config", str(tmp_path / "r.yaml"), "--ledger", str(tmp_path / "ledger.sqlite")]
        command = [sys.executable, "-m", "generation.gsdp", *common, "--output", str(tmp_path / "out")]
        process = subprocess.Popen(
            [*command, "--endpoints", server.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.wait(60) == -signal.SIGKILL
        assert not (tmp_path / "out").exists()
        half(tmp_path, undisturbed[0] / "out")
        process, first = None, len(server.calls)
        gsdp(tmp_path, server.url)
        assert digest(tmp_path / "out") == digest(undisturbed[0] / "out")
        texts = Counter((call.text, call.body.get("seed")) for call in server.calls)
        assert len(server.calls) - len(texts) <= 96  # what was under way, and what came in the last moments
        assert first < len(server.calls) or kind == KINDS[-1]
        after = len(server.calls)
        gsdp(tmp_path, server.url, out="again")
        assert len(server.calls) == after


def half(folder: Path, whole: Path) -> None:
    """What there is of half a run is a folder, with exit code 0."""
    ledger = Ledger(folder / "ledger.sqlite")
    [(replies,)] = ledger.query("SELECT count(*) FROM replies")
    written = [step for (step,) in ledger.query("SELECT step FROM replies WHERE step = 'problem'")]
    ledger.close()
    if not replies:
        return
    gsdp(folder, "", "--from-ledger", out="half")
    assert set(reasons(folder / "half")) <= {"no_answer"}
    told = json.loads((folder / "half" / "run.json").read_text())["counts"]["units"]
    assert told.get("problem", {"in": 0})["in"] >= len(written)
    asked = {row["id"] for row in [*rows(folder / "half"), *rows(folder / "half", "rejected")] if row.get("hop")}
    assert len(asked) <= 60 and (not written or asked <= {row["id"] for row in rows(whole)})


def test_what_was_never_asked_is_no_row_beyond_the_last_of_its_kind_and_no_answer_before_it(tmp_path: Path) -> None:
    with Teacher() as server:
        gsdp(tmp_path, server.url)
    drawn = {row["id"]: row for row in rows(tmp_path / "out")}
    of_kind = {hop: rows(tmp_path / "out", hop) for hop in HOPS}
    gone = [row["replies"][0]["key"] for row in of_kind["one_hop"][10:]]  # the last ten of a kind
    gone += [of_kind["one_hop"][3]["replies"][0]["key"], of_kind["two_hop"][5]["replies"][3]["key"]]
    ledger = Ledger(tmp_path / "ledger.sqlite", writable=True)
    for key in gone:
        ledger.write("DELETE FROM replies WHERE key = ?", key)
    ledger.close()
    gsdp(tmp_path, "", "--from-ledger", out="half")
    lost = {row["id"]: row for row in rows(tmp_path / "half", "rejected") if row["unit"] == "problem"}
    assert {row["reason"] for row in lost.values()} == {"no_answer"}
    assert set(lost) == {of_kind["one_hop"][3]["id"], of_kind["two_hop"][5]["id"]}
    assert lost[of_kind["two_hop"][5]["id"]]["problem"] == drawn[of_kind["two_hop"][5]["id"]]["problem"]
    assert len(rows(tmp_path / "half", "one_hop")) == 9 and len(rows(tmp_path / "half", "community")) == 20


def test_a_replay_of_a_ledger_that_holds_nothing_for_it_says_so(tmp_path: Path) -> None:
    Ledger(tmp_path / "ledger.sqlite", writable=True).close()
    assert "holds no reply" in gsdp(tmp_path, "", "--from-ledger", code=UserError.code)
