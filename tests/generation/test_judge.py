"""A panel of judges: what is unreadable is no good verdict, weights, one veto, and judges that are one model."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from generation.gsdp_questions import Question
from generation.judge import Judges, panel
from generation.models import Model
from generation.panels import Judge
from generation.prompts import FOLDER
from tests.generation.gsdp_runs import FIXED, Teacher, gsdp, reasons, rows
from tests.scripted import Call

SCORE = "<score>\n{}\n</score>\n<explanation>\nSo I find.\n</explanation>"
VERDICT = "<verdict>\n{}\n</verdict>\n<explanation>\nSo I find.\n</explanation>"
FEW: dict[str, Any] = {"limit": 6, "quota": 4}


class Models:
    """A run's models, as a panel asks for them."""

    def __init__(self, **models: Model) -> None:
        self.models = models

    def model(self, role: str) -> Model:
        return self.models[role]


def model(name: str, temperature: float = 0.0, revision: str | None = None) -> Model:
    return Model("", name, revision, name, "chat", {"temperature": temperature, "max_tokens": 100}, None)


def judges(*weights: float) -> Judges:
    return Judges(
        output="out", judges=[Judge(name=f"j{number}", weight=weight) for number, weight in enumerate(weights)]
    )


def test_weights_are_made_to_add_up() -> None:
    run: Any = Models(j0=model("a"), j1=model("b"), j2=model("c"))
    of = panel(judges(5, 3, 2), run)
    assert [(name, weight) for name, _, weight in of.judges] == [("j0", 0.5), ("j1", 0.3), ("j2", 0.2)] and not of.alike


def test_judges_that_are_one_model_asked_in_one_way_are_one_judge_with_the_weights_of_all() -> None:
    run: Any = Models(j0=model("a"), j1=model("b"), j2=model("a"))
    of = panel(judges(0.5, 0.3, 0.2), run)
    assert [(name, round(weight, 9)) for name, _, weight in of.judges] == [("j0", 0.7), ("j1", 0.3)]
    assert of.alike == {"j0": ["j2"]}


@pytest.mark.parametrize("other", [model("a", 0.5), model("a", revision="bbbb"), model("b")])
def test_judges_that_differ_in_model_revision_or_sampling_are_two(other: Model) -> None:
    run: Any = Models(j0=model("a"), j1=other)
    assert panel(judges(1, 1), run).names == ["j0", "j1"]


@pytest.mark.parametrize("weight", [0.0, -0.5, float("nan"), float("inf")])
def test_a_weight_that_is_none_is_refused_before_anything_is_asked(weight: float, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"the judge j1 has the weight .*; it must be above 0"):
        judges(1, weight).check()
    if weight <= 0:
        with Teacher() as server:
            said = gsdp(tmp_path, server.url, code=2, judges=[{"name": "x", "weight": weight, "sampling": FIXED}])
            assert "must be above 0" in said and not server.calls


def test_no_judges_and_a_score_that_none_could_give_are_refused() -> None:
    with pytest.raises(UserError, match="no judges are named"):
        Judges(output="out", judges=[]).check()
    for least in (-0.1, 1.1, float("nan")):
        with pytest.raises(UserError, match="it must be between 0 and 1"):
            Judges(output="out", least_score=least).check()


def test_a_criterion_of_ones_own_is_one_file(tmp_path: Path) -> None:
    own = tmp_path / "strict.md"
    text = (FOLDER / "judge_solution.md").read_text(encoding="utf-8")
    own.write_text(text.replace("- Completeness:", "- Units: every quantity carries its unit.\n- Completeness:"))
    with Teacher() as server:
        gsdp(tmp_path, server.url, verdict_prompt=str(own), **FEW)
        asked = [call.text for call in server.calls if "decide whether the solution is correct" in call.text]
    assert asked and all("- Units: every quantity carries its unit." in text for text in asked)
    files = {row["prompt"].partition("@")[0] for row in rows(tmp_path / "out", "replies") if "judge_" in row["step"]}
    assert files == {"judge_problem", "strict"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"score_prompt": "debate"}, "the prompt 'debate' asks something else; ours that fit are judge_problem"),
        ({"verdict_prompt": "nowhere.md"}, "there is no prompt 'nowhere.md'; ours are judge_solution"),
        ({"verdict_prompt": str(FOLDER / "judge_problem.md")}, "no 'verdicts' in its front matter; begin with a copy"),
    ],
)
def test_a_file_that_judges_cannot_answer_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        Judges(output="out", **given).check()


# what a judge of problems replies -> the score, None: unreadable
SCORES: dict[str, float | None] = {
    SCORE.format("0.9"): 0.9, SCORE.format("0.84"): 0.84, SCORE.format("90/100"): 0.9, SCORE.format("85 %"): 0.85,
    SCORE.format("95"): None, SCORE.format("-0.9"): None, SCORE.format("1.7"): None, SCORE.format("nan"): None,
    SCORE.format("0.9 or 0.95"): None, "This is an excellent problem, and I can only recommend it.": None, "0.9": 0.9,
    "All points are used. It deserves a high score.": None, SCORE.format("True"): None, SCORE.format(""): None,
}  # fmt: skip


@pytest.mark.parametrize("said", SCORES)
def test_a_score_that_cannot_be_read_keeps_no_problem(said: str, tmp_path: Path) -> None:
    with Teacher({"judge_problem": lambda asked, call: said}) as server:
        kept = SCORES[said] is not None and SCORES[said] >= 0.85  # type: ignore[operator]
        gsdp(tmp_path, server.url, code=0 if kept else 1, **FEW)
        if kept:
            assert {row["problem_score"] for row in rows(tmp_path / "out")} == {SCORES[said]}
            return
        assert not rows(tmp_path / "out") and not server.asked()["solution"]
        assert set(reasons(tmp_path / "out")) == {"unreadable" if SCORES[said] is None else "low_score"}
        for row in rows(tmp_path / "out", "rejected"):
            if row["unit"] == "problem":
                assert [one["score"] for one in row["problem_scores"]] == [SCORES[said]]


# what a judge of solutions replies -> the verdict, None: unreadable
VERDICTS: dict[str, bool | None] = {
    VERDICT.format("True"): True, VERDICT.format("True."): True, "True.": True, VERDICT.format("False"): False, "False": False,
    VERDICT.format("true, but the second step is wrong"): None, VERDICT.format("True or False"): None, VERDICT.format(""): None,
    VERDICT.format("0.9"): None, "The solution looks good to me.": None, VERDICT.format("Perhaps"): None, VERDICT.format("1"): None,
    "<verdict>\nTrue\n</verdict>\n<explanation>\nThe final answer is wrong.\n</explanation>": None,
}  # fmt: skip


@pytest.mark.parametrize("said", VERDICTS)
def test_only_true_keeps_a_solution(said: str, tmp_path: Path) -> None:
    with Teacher({"judge_solution": lambda asked, call: said}) as server:
        gsdp(tmp_path, server.url, code=0 if VERDICTS[said] else 1, **FEW)
        lost = [row for row in rows(tmp_path / "out", "rejected") if row["unit"] == "problem"]
        if VERDICTS[said]:
            assert rows(tmp_path / "out") and not lost
            return
        assert not rows(tmp_path / "out")
        assert {row["reason"] for row in lost} == {"unreadable" if VERDICTS[said] is None else "vetoed"}
        assert all([one["verdict"] for one in row["solution_verdicts"]] == [VERDICTS[said]] for row in lost)
        texts = {row["text"] for row in rows(tmp_path / "out", "replies") if row["step"].startswith("judge_solution")}
        assert texts == {said}


def three(servers: list[Teacher], weights: tuple[float, ...] = (0.5, 0.3, 0.2)) -> dict[str, Any]:
    """A panel of three models, each with a server of its own."""
    named = [
        {"name": name, "weight": weight, "sampling": FIXED, "endpoints": [server.url]}
        for name, weight, server in zip("abc", weights, servers, strict=True)
    ]
    return {"judges": named}


def test_the_weighted_mean_decides_and_one_veto_is_enough(tmp_path: Path) -> None:
    def scores(value: str) -> Any:
        return {"judge_problem": lambda asked, call: SCORE.format(value)}

    def veto(asked: Question, call: Call) -> str | None:
        return VERDICT.format("False") if len(asked.problem) % 2 else None

    with (
        Teacher() as server,
        Teacher(scores("0.9"), name="tests/a") as a,
        Teacher({**scores("0.8"), "judge_solution": veto}, name="tests/b") as b,
        Teacher(scores("0.85"), name="tests/c") as c,
    ):
        own = [f"{role}={server.url}" for role in ("extractor", "curator", "writer", "rater", "solver")]
        said = gsdp(tmp_path, " ".join(own), **FEW, **three([a, b, c]))
        assert "a panel of 3: a, b, c\n" in said
        kept = rows(tmp_path / "out")
        lost = [row for row in rows(tmp_path / "out", "rejected") if row["unit"] == "problem"]
        assert kept and lost and {row["problem_score"] for row in kept + lost} == {0.86}  # .5 * .9 + .3 * .8 + .2 * .85
        for row in lost:
            assert row["reason"] == "vetoed" and row["detail"] == "b: So I find."
            assert [one["verdict"] for one in row["solution_verdicts"]] == [True, False, True]
        gsdp(tmp_path, " ".join(own), **FEW, **three([a, b, c], (0.1, 0.8, 0.1)), code=1, out="strict")
        assert set(reasons(tmp_path / "strict")) == {"low_score"}


def test_a_judge_that_always_fails_lets_nothing_through_and_is_named(tmp_path: Path) -> None:
    with Teacher() as server, Teacher({"judge_problem": lambda *_: ""}, name="tests/ill") as ill:
        named = [{"name": "good", "sampling": FIXED}, {"name": "ill", "sampling": FIXED, "endpoints": [ill.url]}]
        own = [f"{role}={server.url}" for role in ("extractor", "curator", "writer", "rater", "solver", "good")]
        gsdp(tmp_path, " ".join(own), code=1, judges=named, **FEW)
        lost = [row for row in rows(tmp_path / "out", "rejected") if row["unit"] == "problem"]
        assert lost and {row["reason"] for row in lost} == {"unreadable"}
        assert all(row["detail"].startswith("judge_problem/ill: ") and row["problem_score"] is None for row in lost)
        assert not server.asked()["solution"]


def test_three_judges_that_are_one_model_are_a_panel_of_one_on_the_table_and_for_the_card(tmp_path: Path) -> None:
    named = [{"name": name, "sampling": FIXED} for name in ("a", "b", "c")]
    with Teacher() as server:
        said = gsdp(tmp_path, server.url, judges=named, **FEW)
        assert "a panel of 1: a (b, c are a again: one model, asked in one way)" in said
        assert server.asked()["judge_problem"] == server.asked()["problem"]
    told = json.loads((tmp_path / "out" / "run.json").read_text())["panel"]
    assert told == [{"judge": "a", "also": ["b", "c"], "model": "tests/teacher", "weight": 1.0}]
    assert all([one["judge"] for one in row["problem_scores"]] == ["a"] for row in rows(tmp_path / "out"))
    assert "panel of 1" in (tmp_path / "out" / "README.md").read_text()
    assert "a panel of 1" in gsdp(tmp_path, server.url, "--from-ledger", judges=named, out="replay", **FEW)
