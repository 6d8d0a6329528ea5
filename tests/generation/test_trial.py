"""A trial of judges against a scripted server: all of the sample is judged by all, what was paid for is not asked again."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generation.gsdp_questions import Question
from tests.generation.folders import loaded
from tests.generation.gsdp_runs import FIXED, ROLES, Teacher, gsdp, step
from tests.generation.judging import calibrated
from tests.scripted import Call

JUDGES = [
    {"name": "first", "weight": 3, "sampling": FIXED},
    {"name": "second", "weight": 1, "sampling": {**FIXED, "max_tokens": 400}},
]
SCORE = "<score>\n{}\n</score>\n<explanation>\nSo I find.\n</explanation>"
VERDICT = "<verdict>\n{}\n</verdict>\n<explanation>\nSo I find.\n</explanation>"


def says_score(asked: Question, call: Call) -> str | None:
    """The second judge gives a third of the problems 0; the expert everything 0.9."""
    if call.body["max_tokens"] == 400:
        return SCORE.format(0.0 if len(asked.problem) % 3 == 0 else 0.95)
    return SCORE.format(0.9)


def says_verdict(asked: Question, call: Call) -> str | None:
    return VERDICT.format(not (call.body["max_tokens"] == 400 and len(asked.solution) % 4 == 0))


def trial(folder: Path, url: str, *flags: str, code: int = 0, **recipe: Any) -> str:
    said = {**ROLES, "judges": JUDGES, "expert": {"sampling": {**FIXED, "max_tokens": 300}}, **recipe}
    return step("trial", folder, url, "--rows", str(folder / "out"), *flags, code=code, out="trial", **said)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Counter[str], str]:
    """A run, and a trial of its judges: the folder, the questions that the trial asked, what it printed."""
    folder = tmp_path_factory.mktemp("trial")
    with Teacher({"judge_problem": says_score, "judge_solution": says_verdict}) as server:
        gsdp(folder, server.url, judges=JUDGES, quota=12)
        before = server.asked()
        said = trial(folder, server.url)
        return folder, server.asked() - before, said


def test_the_sample_holds_what_the_judges_rejected_and_all_of_it_is_judged_by_all(
    ran: tuple[Path, Counter[str], str],
) -> None:
    fates = Counter(row["fate"] for row in loaded(ran[0] / "trial"))
    assert set(fates) == {"kept", "low_score", "vetoed"} and min(fates.values()) > 1
    for row in loaded(ran[0] / "trial"):
        assert [one["judge"] for one in row["problem_scores"]] == ["first", "second"]
        assert all(one["score"] is not None for one in row["problem_scores"])
        assert [one["verdict"] for one in row["solution_verdicts"]] == [True, len(row["solution"]) % 4 != 0]
        assert (row["problem_label"], row["solution_label"]) == (True, True)


def test_only_what_the_run_did_not_ask_is_asked(ran: tuple[Path, Counter[str], str]) -> None:
    folder, asked, _ = ran
    fates = Counter(row["fate"] for row in loaded(folder / "trial"))
    total, low = fates.total(), fates["low_score"]
    assert asked == {"judge_problem": total, "solution": low, "judge_solution": total + 2 * low}


def test_a_trial_that_is_repeated_asks_nothing_and_gives_the_same(ran: tuple[Path, Counter[str], str]) -> None:
    folder, before = ran[0], loaded(ran[0] / "trial")
    with Teacher() as server:
        trial(folder, server.url)
        assert not server.asked()
    trial(folder, "", "--from-ledger")
    assert loaded(folder / "trial") == before


def test_the_lab_takes_weights_and_rows_from_the_trial(ran: tuple[Path, Counter[str], str]) -> None:
    folder = ran[0]
    said = calibrated("--rows", str(folder / "trial"), "--precision", "0.9")
    assert "first 3, second 1" in said and "no judge was asked" not in said and "rows have no label" not in said
    total = len(loaded(folder / "trial"))
    assert f"problem and solution, scores of at least 0.85: {total} rows, 100.0% of them right" in said
    assert "- {name: first, weight: 3.0, sampling: {temperature: 0.0, max_tokens: 500}}" in said


def test_without_an_expert_people_label(ran: tuple[Path, Counter[str], str]) -> None:
    with Teacher() as server:
        trial(ran[0], server.url, expert=None, size=5)
        assert not server.asked()
    found = loaded(ran[0] / "trial")
    assert len(found) == 5 and "problem_label" not in found[0]
    with Teacher({"judge_problem": says_score, "judge_solution": says_verdict}) as server:
        trial(ran[0], server.url)  # as it was, for the others


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        (
            {"expert": {"sampling": FIXED}},
            "the expert is the judge first (one model, asked in one way): it would be held against itself",
        ),
        ({"judges": [*JUDGES, {**JUDGES[0], "name": "third"}]}, "third is first again (one model, asked in one way)"),
        ({"size": 0}, "size is 0; it must be at least 1"),
    ],
)
def test_a_trial_that_would_prove_nothing_is_refused(
    ran: tuple[Path, Counter[str], str], recipe: dict[str, Any], said: str
) -> None:
    with Teacher() as server:
        assert said in trial(ran[0], server.url, code=2, **recipe)
        assert not server.asked()


def test_rows_that_are_none_of_gsdp_are_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "rows.jsonl").write_text('{"id": "a", "problem": "What?"}\n')
    assert "holds no problems with knowledge points" in trial(tmp_path, "http://127.0.0.1:9", code=2)
