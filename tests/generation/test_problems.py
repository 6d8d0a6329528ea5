"""Problems: what is seen wrong with them for free, and the steps as commands, chained through folders."""

import json
from pathlib import Path
from typing import Any

import pytest

from generation.gsdp_questions import Question
from graph.combinations import main as combine
from tests.generation.gsdp_runs import FIXED, ROLES, SAMPLED, Says, Teacher, gsdp, reasons, rows, step
from tests.scripted import Call

GOOD = "Find the smallest number $n$ above {} for which $n^2 + 1$ has a divisor of two digits."
SEED = json.loads((Path("builders/sample/problems.jsonl")).read_text().splitlines()[0])["problem"]


def written(text: str) -> Says:
    """A writer whose problems all say something beside."""

    def write(asked: Question, call: Call) -> str:
        number = sum(" ".join(asked.points).encode()) + len(call.text)
        return f"<problem>\n{text.replace('GOOD', GOOD.format(number))}\n</problem>"

    return write


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("GOOD The answer is $12$.", "answer_inside"),
        ("GOOD\n\nAnswer: 12", "answer_inside"),
        ("This problem combines all of the given points. GOOD", "prompt_leak"),
        ("GOOD Let ${x$ be odd.", "mathematics"),
        (SEED, "contaminated"),
        ("...", "unreadable"),
        (
            "Eine Bäuerin hat mehr Hühner als Enten, und von den Enten sind nicht alle weiß. Wenn sie eine verkauft, dann bleibt die "
            "Zahl der Hühner gleich, aber die der Enten wird durch drei teilbar. Wie viele sind es, wenn $a$ Enten auf dem Hof sind?",
            "language",
        ),
        ("Find the one number that is its own square root, and is not zero.", "duplicate"),
    ],
)
def test_what_is_wrong_with_a_problem_at_first_sight_costs_nothing_more(text: str, reason: str, tmp_path: Path) -> None:
    good: dict[str, Says] = {
        "judge_problem": lambda *_: "0.95", "solution": lambda *_: "It is $\\boxed{1}$.", "judge_solution": lambda *_: "True",
    }  # fmt: skip
    with Teacher({"problem": written(text), **good}) as server:
        kept = reason == "duplicate"  # the first of them is none
        gsdp(tmp_path, server.url, limit=6, quota=4, benchmarks=["sample"], code=0 if kept else 1)
        assert set(reasons(tmp_path / "out")) == {reason} and len(rows(tmp_path / "out")) == kept
        assert server.asked()["judge_problem"] == server.asked()["solution"] == kept
    for row in rows(tmp_path / "out", "rejected"):
        if row["unit"] == "problem":
            assert row["step"] == ("decontaminate" if reason == "contaminated" else "problem") and row["detail"]
            assert bool(row["contamination"]) == (reason == "contaminated")


def recipe(*names: str) -> dict[str, Any]:
    return {name: ROLES[name] for name in names}


def test_the_steps_chained_through_folders_are_the_whole_run(tmp_path: Path) -> None:
    with Teacher() as server:
        gsdp(tmp_path, server.url, samples=2)
        before = len(server.calls)
        step("knowledge_points", tmp_path, server.url, rows="sample", limit=12, out="points", **recipe("extractor"))
        more: dict[str, Any] = {"embeddings": "none", **recipe("curator")}
        step("vocabulary", tmp_path, server.url, rows=str(tmp_path / "points"), out="names", **more)
        where = str(tmp_path / "combinations")
        combine(["--rows", str(tmp_path / "names"), "--output", where, "--quota", "20"])
        step("problems", tmp_path, server.url, rows=where, out="problems", **recipe("writer"))
        more = {"samples": 2, **recipe("rater", "solvers")}
        step("solutions", tmp_path, server.url, rows=str(tmp_path / "problems"), out="solutions", **more)
        step("judge", tmp_path, server.url, rows=str(tmp_path / "solutions"), out="judged", **recipe("judges"))
        assert len(server.calls) == before  # the same words to the same models
    whole = {row["id"].removesuffix("/0"): row for row in rows(tmp_path / "out")}
    steps = {row["id"]: row for row in rows(tmp_path / "judged", "default")}
    assert set(whole) == set(steps) and len(whole) == 60
    same = (
        "problem", "solution", "answer", "knowledge_points", "hop", "weight", "difficulty", "problem_scores", "problem_score",
        "solution_verdicts", "vote_answer", "vote_share", "verified",
    )  # fmt: skip
    for name, row in steps.items():
        assert {column: row[column] for column in same} == {column: whole[name][column] for column in same}


def test_repetitions_of_rows_are_samples_and_need_a_temperature(tmp_path: Path) -> None:
    points = ["even numbers", "sums of digits"]
    file = tmp_path / "rows.jsonl"
    given = [{"id": f"a/{n}", "knowledge_points": points, "repetition": n} for n in range(3)]
    file.write_text("\n".join(map(json.dumps, given)))
    with Teacher() as server:
        step("problems", tmp_path, server.url, rows=str(file), writer={"sampling": SAMPLED})
        assert server.asked() == {"problem": 3}
        assert sorted(row["sample"] for row in rows(tmp_path / "out", "replies")) == [0, 1, 2]
        said = step("problems", tmp_path, server.url, rows=str(file), writer={"sampling": FIXED}, code=2, out="cold")
        assert "all repetitions of a pair are one problem" in said
        step("problems", tmp_path, server.url, rows=str(file), limit=1, writer={"sampling": FIXED}, out="one")
        assert len(rows(tmp_path / "one", "default")) == 1
