"""The doctor as people call it: what it says in all, what it keeps, and how it ends."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from builders.errors import UserError
from generation import doctor, doctor_steps, mind
from generation.ledger import Ledger
from tests.generation.doctoring import STYLE, ask, dead, findings, serving
from tests.generation.test_mind import run


def test_all_is_said_of_a_server_that_is_well(tmp_path: Path) -> None:
    with serving(model="tests/fine", sha="cafe", slots=40) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url)
        calls = len(server.calls)
    [one] = said["servers"]
    assert (one["model"], one["revision"], one["limits"]["concurrent"]) == ("tests/fine", "cafe", 40)
    assert [wave["level"] for wave in one["speed"]] == [1, 8, 40], "no more than it says it takes"
    assert all(wave["replies"] == wave["level"] and wave["tokens_per_second"] > 0 for wave in one["speed"])
    assert one["pays"] in (1, 8, 40)
    [step] = said["steps"]
    assert step["step"] == "debate" and "turns: Debater" in step["answer"] and step["asked"] == 1
    [line] = said["forecast"]
    assert line["questions"] >= 3 and line["held"] == 1 and line["seconds"] > 0
    assert calls == said["spent"]["questions"] == 9 + 49 + 1
    assert said["here"]["ledger"]["replies"] == 0 and said["here"]["disk"]["free"]["ledger"] > 0


def test_what_was_asked_of_a_step_is_not_asked_again_and_probes_are_kept_nowhere(tmp_path: Path) -> None:
    with serving() as server:
        first = ask(tmp_path, *STYLE, "--endpoints", server.url)
        again = ask(tmp_path, *STYLE, "--endpoints", server.url)
        before = len(server.calls)
        flags = [*STYLE, "--endpoints", server.url, "--ledger", str(tmp_path / "ledger.sqlite")]
        with redirect_stdout(io.StringIO()):
            mind.main([*flags, "--output", str(tmp_path / "out")])
        asked = len(server.calls) - before
    assert [said["steps"][0]["asked"] for said in (first, again)] == [1, 0]
    assert first["steps"][0]["answer"] == again["steps"][0]["answer"]
    assert again["spent"]["questions"] == first["spent"]["questions"] - 1
    held = Ledger(tmp_path / "ledger.sqlite").query("SELECT step, count(*) FROM replies GROUP BY step")
    assert held == [("debate", asked + 1)], "the run asks all but one, and no probe is among them"


def test_both_replies_of_a_step_that_could_not_be_used_are_paid_for(monkeypatch: pytest.MonkeyPatch) -> None:
    @dataclass
    class Step:
        name: str = "debate"
        samples: int = 0
        when: object = None

    came = doctor_steps.Sampled("debate", "generator", "cut", "cut", 10, 90, 0.1, 1, (10, 90), "", {})
    monkeypatch.setattr(doctor_steps, "_asked", lambda run, left, row: [came for _ in left])
    [both] = doctor_steps.sampled(None, [Step()], [{}, {}, {}])  # type: ignore[arg-type, list-item]
    assert (both.asked, both.paid) == (2, (20, 180))


GSDP = """
seeds: sample
limit: 6
quota: 20
endpoints: [rehearsal]
judges: [{name: Ada, sampling: {temperature: 0, max_tokens: 500}}, {name: Emmy, sampling: {temperature: 0, max_tokens: 500}}]
solvers: [{name: Carl, difficulty: [low, medium, high], sampling: {temperature: 1, max_tokens: 900}, price: {input: 1, output: 2}}]
"""


def test_every_step_of_gsdp_has_its_sample_whatever_its_roles_are_called(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(GSDP)
    said = ask(tmp_path, "--config", str(file), "--embeddings", "rehearsal")
    assert said["methods"] == ["gsdp"]
    assert {one["step"] for one in said["steps"]} == {
        "knowledge_points", "point_filter", "synonyms", "representative", "embedding", "problem", "judge_problem/Ada",
        "judge_problem/Emmy", "difficulty", "solution/Carl", "problem_embedding", "same_problem/1", "judge_solution/Ada",
        "judge_solution/Emmy",
    }  # fmt: skip
    assert {one["step"] for one in said["forecast"]} >= {one["step"] for one in said["steps"]}
    assert all(one["answer"] and one["reason"] is None for one in said["steps"])
    assert said["spent"]["dollars"] is None, "one role has a price, and the others none"
    assert said["servers"][2]["roles"] == ["embedder"] and said["servers"][2]["honours"] == {}


def test_without_a_recipe_both_methods_are_looked_at(tmp_path: Path) -> None:
    said = ask(
        tmp_path, "--endpoints", "rehearsal", "--documents", "sample", "--seeds", "sample", "--embeddings", "none"
    )
    assert said["methods"] == ["mind", "gsdp"]
    assert {"debate", "interview", "knowledge_points", "judge_solution/judge_c"} <= {
        one["step"] for one in said["steps"]
    }


def test_a_role_without_a_server_is_told_of_and_the_others_are_tried(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text(GSDP.replace("endpoints: [rehearsal]\n", ""))
    each = ["extractor", "curator", "writer", "rater", "Carl", "Ada"]
    said = ask(
        tmp_path,
        "--config",
        str(file),
        "--embeddings",
        "none",
        "--endpoints",
        *(f"{role}=rehearsal" for role in each),
        code=2,
    )
    assert "no endpoint is given for the role Emmy" in findings(said, "user")
    assert "judge_problem/Ada" in {one["step"] for one in said["steps"]}
    assert said["forecast"] == [], "nobody knows what Emmy takes"


def test_rows_that_are_not_to_be_had_give_way_to_the_sample(tmp_path: Path) -> None:
    with serving() as server:
        said = ask(
            tmp_path,
            "--documents",
            str(tmp_path / "none.jsonl"),
            "--styles",
            "debate",
            "--endpoints",
            server.url,
            code=2,
        )
    assert "none.jsonl" in findings(said, "user") and "sample that ships" in findings(said, "note")
    assert said["steps"][0]["reason"] is None and said["forecast"] == []


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_the_screen_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    printed = io.StringIO()
    with (
        serving() as server,
        redirect_stdout(printed),
        redirect_stderr(io.StringIO()),
        pytest.raises(SystemExit) as end,
    ):
        doctor.main([*STYLE, "--endpoints", server.url, "--ledger", str(tmp_path / "ledger.sqlite")])
    lines = printed.getvalue().splitlines()
    assert end.value.code == 0 and lines[-1] == "all is well"
    assert max(map(len, lines)) <= columns
    assert f"all at {server.url}" in lines and "; 1 reply is kept, " in " ".join(printed.getvalue().split())


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--config", "nowhere"], "there is no recipe file nowhere"),
        (["--styles", "debate", "--samples", "0"], "samples is 0"),
        (["--tokenizer", "/nowhere"], "/nowhere"),
        (["--endpoints", "http://me:secret@host", "--styles", "debate"], "has a user or password in its address"),
        (["--endpoints", "nobody=rehearsal"], "an endpoint is for the role 'nobody'"),
    ],
)
def test_what_no_run_could_mean_is_said_before_anybody_is_asked(
    tmp_path: Path, flags: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match=re.escape(says)) as problem:
        doctor.main(["--ledger", str(tmp_path / "ledger.sqlite"), "--embeddings", "none", *flags])
    assert "secret" not in str(problem.value) + capsys.readouterr().out
    assert not (tmp_path / "ledger.sqlite").exists()


def test_the_bound_of_what_is_asked_stands_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        doctor.main(["--help"])
    bound = "10 tiny questions (248 tokens out in all) and 73 of at most 64 tokens (4,672 in all)"
    assert bound in " ".join(capsys.readouterr().out.split())


def test_the_command_ends_with_the_code_of_what_it_found(tmp_path: Path) -> None:
    words = [*STYLE, "--endpoints", dead(), "--ledger", str(tmp_path / "ledger.sqlite")]
    assert "1 thing needs attention" in run(*words, module="doctor", code=3).stdout
