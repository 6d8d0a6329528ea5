"""Solutions: who solves what, samples and their vote, a reference's word, and the step as a command."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from builders.errors import UserError
from generation.gsdp_questions import Question
from generation.keys import key, seed_of
from generation.panels import Solver
from generation.solutions import Solutions
from tests.generation.folders import digest
from tests.generation.gsdp_runs import FIXED, ROLES, SAMPLED, Says, Teacher, gsdp, reasons, rows, step
from tests.scripted import Call

LEVELS = ["low", "medium", "high"]
BOX = "It is so.\n\nThe answer is $\\boxed{{{}}}$."


def saying(*answers: str | None) -> Says:
    """A solver whose samples of a problem give these answers in their order; None: the server fails."""

    def solve(asked: Question, call: Call) -> str | web.StreamResponse:
        seeds = [seed_of(key("tests/teacher", "aaaa", call.body["messages"], SAMPLED, n)) for n in range(len(answers))]
        answer = answers[seeds.index(call.body["seed"])]
        return web.Response(status=500) if answer is None else BOX.format(answer) if answer else "I do not know."

    return solve


def problems(folder: Path, *given: dict[str, Any]) -> str:
    """Rows as a file."""
    file = folder / "problems.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in given))
    return str(file)


def test_a_solver_who_leaves_a_difficulty_out_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    with Teacher() as server:
        solvers = [{"name": "s", "difficulty": ["low", "high"], "sampling": SAMPLED}]
        said = gsdp(tmp_path, server.url, code=2, solvers=solvers)
        assert "problems of medium difficulty are solved by nobody" in said and not server.calls


@pytest.mark.parametrize(
    ("difficulties", "says"),
    [
        ([["low", "medium", "high"], ["high"]], "problems of high difficulty are solved by s0, s1"),
        ([["low", "medium", "high", "extreme"]], "a solver has the difficulty 'extreme'"),
        ([], "problems of low difficulty are solved by nobody"),
    ],
)
def test_every_difficulty_has_one_solver(difficulties: list[list[str]], says: str) -> None:
    solvers = [Solver(name=f"s{number}", difficulty=levels) for number, levels in enumerate(difficulties)]
    with pytest.raises(UserError, match=says):
        Solutions(output="out", solvers=solvers).check()


@pytest.mark.parametrize(("samples", "share"), [(0, 0.5), (3, 0.0), (3, 1.1), (3, float("nan"))])
def test_a_vote_without_meaning_is_refused(samples: int, share: float) -> None:
    with pytest.raises(UserError, match="they must be at least 1, and above 0 and at most 1"):
        Solutions(output="out", samples=samples, least_share=share).check()


def test_each_problem_is_solved_by_the_model_of_its_difficulty(tmp_path: Path) -> None:
    def rate(asked: Question, call: Call) -> str:
        return f"<difficulty>\n{LEVELS[len(asked.problem) % 3]}\n</difficulty>"

    with Teacher({"difficulty": rate}) as server, Teacher(name="tests/strong") as strong:
        solvers = [
            {"name": "cheap", "difficulty": ["low", "medium"], "sampling": SAMPLED},
            {"name": "strong", "difficulty": ["high"], "sampling": SAMPLED, "endpoints": [strong.url]},
        ]
        own = [f"{role}={server.url}" for role in ("extractor", "curator", "writer", "rater", "judge", "cheap")]
        gsdp(tmp_path, " ".join(own), solvers=solvers)
        kept = rows(tmp_path / "out")
        assert {row["difficulty"] for row in kept} == set(LEVELS)
        for row in kept:
            [solved] = [one for one in row["replies"] if one["step"].startswith("solution/")]
            assert solved["model"] == ("tests/strong" if row["difficulty"] == "high" else "tests/teacher")
        assert strong.asked()["solution"] == sum(row["difficulty"] == "high" for row in kept)


# answers of three samples -> (answer, share, sample of the solution), or the reason
VOTES: dict[tuple[str | None, ...], tuple[str, float, int] | str] = {
    ("4", "4", "4"): ("4", 1.0, 0),
    ("3", "4", "4"): ("4", 0.666667, 1),
    ("4", "3", "8/2"): ("4", 0.666667, 0),
    ("\\frac{1}{2}", "0.5", "3"): ("\\frac{1}{2}", 0.666667, 0),
    ("1", "2", "3"): "no_majority",
    ("4", "", ""): "no_majority",
    ("", "4", "4.0"): ("4", 0.666667, 1),
    ("", "", ""): "no_boxed_answer",
    ("4", "4", None): "no_answer",
}


@pytest.mark.parametrize("answers", VOTES)
def test_three_samples_are_put_to_the_vote(answers: tuple[str | None, ...], tmp_path: Path) -> None:
    expected = VOTES[answers]
    with Teacher({"solution": saying(*answers), "judge_solution": lambda *_: "True"}) as server:
        few: dict[str, Any] = {"limit": 4, "quota": 2, "samples": 3, "vote_rejects": True, "deadline": 1.0}
        gsdp(tmp_path, server.url, code=1 if isinstance(expected, str) else 0, **few)
        if isinstance(expected, str):
            assert set(reasons(tmp_path / "out")) == {expected} and not server.asked()["judge_solution"]
        else:
            for row in rows(tmp_path / "out"):
                assert (row["vote_answer"], row["vote_share"]) == expected[:2] and row["verified"] == "yes"
                said = str(answers[expected[2]])
                assert row["answer"] == said and row["solution"] == BOX.format(said)
                assert sum(one["step"] == "solution/solver" for one in row["replies"]) == 3
            assert server.asked()["judge_solution"] == len(rows(tmp_path / "out"))
            gsdp(tmp_path, "", "--from-ledger", out="replay", **few)
            assert digest(tmp_path / "replay") == digest(tmp_path / "out")


def test_a_vote_that_does_not_reject_says_undecided(tmp_path: Path) -> None:
    with Teacher({"solution": saying("7", "8", "9"), "judge_solution": lambda *_: "True"}) as server:
        gsdp(tmp_path, server.url, limit=4, quota=2, samples=3)
    for row in rows(tmp_path / "out"):
        assert (row["answer"], row["vote_answer"], row["vote_share"], row["verified"]) == (
            "7",
            "7",
            0.333333,
            "undecided",
        )


def test_a_tie_goes_to_the_group_of_the_lowest_sample(tmp_path: Path) -> None:
    with Teacher({"solution": saying("3", "4", "4", "3"), "judge_solution": lambda *_: "True"}) as server:
        gsdp(tmp_path, server.url, limit=4, quota=2, samples=4)
    assert {(row["answer"], row["vote_share"], row["verified"]) for row in rows(tmp_path / "out")} == {
        ("3", 0.5, "yes")
    }


def test_samples_at_temperature_0_are_refused_before_they_are_asked(tmp_path: Path) -> None:
    cold = [{"name": "solver", "difficulty": LEVELS, "sampling": FIXED}]
    with Teacher() as server:
        said = gsdp(tmp_path, server.url, code=2, samples=3, solvers=cold)
        assert "3 samples at temperature 0 are one and the same" in said and not server.asked()["solution"]


RECIPE = {name: ROLES[name] for name in ("rater", "solvers")}


def test_the_step_as_a_command_rates_what_has_no_difficulty_and_solves(tmp_path: Path) -> None:
    given = problems(tmp_path, *({"id": str(n), "problem": f"Find ${n} + 1$."} for n in range(5)))
    with Teacher({"solution": saying("4", "4")}) as server:
        step("solutions", tmp_path, server.url, rows=given, samples=2, **RECIPE)
        assert server.asked() == {"difficulty": 5, "solution": 10}
    found = rows(tmp_path / "out", "default")
    assert [(row["id"], row["answer"], row["vote_share"], row["verified"]) for row in found] == [
        (str(n), "4", 1.0, "yes") for n in range(5)
    ]
    assert all(row["difficulty"] in LEVELS for row in found)


def test_an_answer_that_a_row_brings_says_what_is_verified_and_is_kept_beside_ours(tmp_path: Path) -> None:
    given = [
        {
            "id": "right",
            "problem": "Find $2 + 2$.",
            "solution": "So it is.",
            "answer": "\\frac{8}{2}",
            "difficulty": "low",
        },
        {"id": "wrong", "problem": "Find $2 + 3$.", "solution": "So it is.", "answer": "5", "difficulty": "low"},
        {"id": "none", "problem": "Find $2 + 4$.", "solution": "So it is.", "answer": None, "difficulty": "high"},
    ]
    with Teacher({"solution": saying("4")}) as server:
        step("solutions", tmp_path, server.url, rows=problems(tmp_path, *given), **RECIPE)
        assert server.asked() == {"solution": 3}
    found = {row["id"]: row for row in rows(tmp_path / "out", "default")}
    assert {name: row["verified"] for name, row in found.items()} == {
        "right": "yes",
        "wrong": "no",
        "none": "undecided",
    }
    assert {row["answer"] for row in found.values()} == {"4"} and found["wrong"]["reference_answer"] == "5"
    assert {row["reference_solution"] for row in found.values()} == {"So it is."}


def test_a_row_whose_difficulty_nobody_knows_is_a_bad_row(tmp_path: Path) -> None:
    given = [
        {"id": "a", "problem": "Find $1 + 1$.", "difficulty": "extreme"},
        {"id": "b", "problem": "Find $1 + 2$.", "difficulty": None},
        {"id": "c", "problem": "Find $1 + 3$.", "difficulty": "low"},
    ]
    with Teacher({"solution": saying("4")}) as server:
        step("solutions", tmp_path, server.url, rows=problems(tmp_path, *given), **RECIPE)
    assert {row["id"]: row["reason"] for row in rows(tmp_path / "out", "rejected")} == {"a": "bad_row", "b": "bad_row"}
    assert rows(tmp_path / "out", "rejected")[0]["detail"] == "its difficulty is 'extreme'; there are low, medium, high"
    assert [row["id"] for row in rows(tmp_path / "out", "default")] == ["c"]


NEEDS: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "problems": (
        "knowledge_points",
        {"knowledge_points": ["prime numbers", "sums"]},
        {"writer": ROLES["writer"], "benchmarks": []},
    ),
    "solutions": ("problem", {"problem": "What is 1 + 1?", "difficulty": "low"}, {"solvers": ROLES["solvers"]}),
    "judge": (
        "solution",
        {"problem": "What is 1 + 1?", "solution": "$2$", "knowledge_points": ["sums"]},
        {"judges": ROLES["judges"], "least_score": 0.0},
    ),
}


@pytest.mark.parametrize("name", NEEDS)
@pytest.mark.parametrize("nothing", [None, "", " \n"])
def test_a_row_without_what_is_asked_about_is_asked_nothing(name: str, nothing: str | None, tmp_path: Path) -> None:
    needed, whole, recipe = NEEDS[name]
    empty = {**whole, needed: [] if needed == "knowledge_points" else nothing}
    given = problems(tmp_path, {"id": "whole", **whole}, {"id": "empty", **empty})
    with Teacher({"judge_solution": lambda *_: "<verdict>\nTrue\n</verdict>"}) as server:
        step(name, tmp_path, server.url, rows=given, **recipe)
        assert not any("None" in call.text for call in server.calls)
        assert len(server.calls) == (2 if name == "judge" else 1)
    assert [row["id"] for row in rows(tmp_path / "out", "default")] == ["whole"]
    assert [(row["id"], row["reason"], row["detail"]) for row in rows(tmp_path / "out", "rejected")] == [
        ("empty", "bad_row", f"has no {needed}")
    ]


@pytest.mark.parametrize(
    ("points", "asked"),
    [
        ("sine", None),
        ('["sums", "primes"]', ["sums", "primes"]),
        ("[1]", None),
        ('["", null]', None),
        ('["", "sums"]', ["sums"]),
    ],
)
def test_points_in_a_cell_are_a_list_or_nothing(points: str, asked: list[str] | None, tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("id,knowledge_points\n" + ",".join(["a", '"' + points.replace('"', '""') + '"']) + "\n")
    with Teacher() as server:
        step(
            "problems",
            tmp_path,
            server.url,
            rows=str(file),
            code=0 if asked else 1,
            writer=ROLES["writer"],
            benchmarks=[],
        )
        assert len(server.calls) == bool(asked)
    (row,) = rows(tmp_path / "out", "default" if asked else "rejected")
    assert row["knowledge_points"] == asked if asked else row["reason"] == "bad_row"


def test_columns_of_the_user_stay_whatever_they_are_called(tmp_path: Path) -> None:
    more = {"answer_key": "B", "reason_error": "x", "text": ["a", "b"], "solver_detail": 3}
    given = problems(tmp_path, {"id": "a", "problem": "What is 1 + 1?", "difficulty": "low", **more})
    with Teacher() as server:
        step("solutions", tmp_path, server.url, "--rows", given, solvers=ROLES["solvers"])
        (row,) = rows(tmp_path / "out", "default")
        assert {name: row[name] for name in more} == more
        assert not [name for name in row if name.startswith(("solution/", "solution_"))]
        again = str(tmp_path / "out")
        step("solutions", tmp_path, server.url, "--rows", again, solvers=ROLES["solvers"], out="again")
        (row,) = rows(tmp_path / "again", "default")
        assert row["reference_answer"] == row["answer"] and row["verified"] == "yes"
        said = step(
            "solutions",
            tmp_path,
            server.url,
            "--rows",
            str(tmp_path / "again"),
            code=2,
            out="third",
            solvers=ROLES["solvers"],
        )
        assert "has solution and reference_solution" in said


def test_a_reference_that_cannot_be_compared_leaves_what_the_samples_say(tmp_path: Path) -> None:
    given = problems(tmp_path, {"id": "a", "problem": "What is it?", "difficulty": "low", "answer": "$(10^9)!$"})
    with Teacher({"solution": lambda *_: BOX.format("7")}) as server:
        step("solutions", tmp_path, server.url, "--rows", given, "--samples", "3", solvers=ROLES["solvers"])
    (row,) = rows(tmp_path / "out", "default")
    assert row["vote_share"] == 1 and row["verified"] == "yes"
