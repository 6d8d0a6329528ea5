"""Problems as passages: what is taken, what is left out, and that nothing is lost."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from builders.tokens import load_tokenizer
from generation.problem_passages import problem_passages

TOKENS = load_tokenizer(None)
HIT = {"benchmark": "math", "id": "7", "layer": "8-gram", "evidence": "so many words"}


def problem(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"two_hop-{number:016x}/0", "problem": f"What is ${number} + 1$?", "solution": f"It is $\\boxed{{{number + 1}}}$.",
        "answer": str(number + 1), "verified": "yes", "seed_ids": ["s1", "s2"], "contamination": [HIT],
        "replies": [{"step": "problem", "key": "k", "model": "b"}, {"step": "judge", "key": "l", "model": "a"}], **more,
    }  # fmt: skip


def taken(
    folder: Path, *rows: Any, verified: tuple[str, ...] = ("yes",), limit: int | None = None
) -> list[dict[str, Any]]:
    file = folder / "rows.jsonl"
    file.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n")
    return list(problem_passages(str(file), TOKENS, verified, limit))


def test_a_problem_and_its_solution_are_one_passage_with_its_lineage(tmp_path: Path) -> None:
    [row] = taken(tmp_path, problem(1))
    text = "Problem:\nWhat is $1 + 1$?\n\nSolution:\nIt is $\\boxed{2}$."
    assert row == {
        "id": "two_hop-0000000000000001/0/0", "document_id": "two_hop-0000000000000001/0", "url": None, "index": 0, "start": 0,
        "end": len(text), "text": text, "tokens": TOKENS.count([text])[0], "answer": "2", "answer_told": None,
        "seed_ids": ["s1", "s2"], "contamination": [HIT], "problem_models": ["a", "b"], "unit": None, "step": None,
        "reason": None, "detail": None,
    }  # fmt: skip


def test_a_problem_is_never_cut(tmp_path: Path) -> None:
    long = "We add one, and one, and one more. " * 400
    [row] = taken(tmp_path, problem(1, solution=long))
    assert row["tokens"] > 2000 and row["text"].endswith(long)


@pytest.mark.parametrize(
    ("row", "reason", "detail"),
    [
        (problem(1, verified="undecided"), "not_verified", "verified is undecided"),
        (problem(1, verified="no"), "not_verified", "verified is no"),
        (problem(1, verified=None), "not_verified", "verified is not said"),
        (problem(1, reason="vetoed"), "not_verified", "it was rejected where it was made: vetoed"),
        (problem(0), "duplicate", "a problem two_hop-0000000000000000/0 stood there before"),
        (problem(1, solution=None), "bad_row", "it has no solution"),
        (problem(1, problem=" "), "bad_row", "it has no problem"),
        (problem(1, answer=""), "bad_row", "it has no answer"),
        (problem(1, answer=7), "bad_row", "line 2 has a number where `answer` should be a text"),
        ("{", "bad_row", "line 2 is not JSON (1 bytes)"),
    ],
)
def test_what_is_left_out_is_a_row_that_says_why(tmp_path: Path, row: Any, reason: str, detail: str) -> None:
    first, second, third = taken(tmp_path, problem(0), row, problem(2))
    assert first["reason"] is third["reason"] is None
    assert (second["unit"], second["step"], second["reason"], second["detail"]) == (
        "document",
        "passages",
        reason,
        detail,
    )


def test_undecided_problems_are_taken_where_the_recipe_says_so(tmp_path: Path) -> None:
    rows = [problem(0), problem(1, verified="undecided"), problem(2, verified="no")]
    assert [row["reason"] for row in taken(tmp_path, *rows, verified=("yes", "undecided"))] == [
        None,
        None,
        "not_verified",
    ]
    assert len(taken(tmp_path, *rows, limit=2)) == 2


def test_one_id_with_two_problems_is_two_documents(tmp_path: Path) -> None:
    first, second = taken(tmp_path, problem(1), problem(1, problem="And what is $1 + 1$ here?"))
    assert second["document_id"].startswith(f"{first['document_id']}~") and not second["reason"]


def test_what_else_a_row_brings_need_not_be_there_nor_fit(tmp_path: Path) -> None:
    bare = {name: problem(1)[name] for name in ("id", "problem", "solution", "answer", "verified")}
    odd = problem(2, seed_ids="s", contamination=7, replies=[1, {"model": None}], id=3)
    first, second = taken(tmp_path, bare, odd)
    for row in (first, second):
        assert row["reason"] is row["seed_ids"] is row["contamination"] is None
    assert (first["problem_models"], second["problem_models"], second["document_id"]) == (None, [], "3")


def test_rows_of_another_kind_are_the_users_error_before_anything_is_asked() -> None:
    with pytest.raises(UserError, match="has no column id, problem, solution, answer, verified"):
        problem_passages("sample", TOKENS, ["yes"])
    with pytest.raises(UserError, match="verified names 'no'; problems can be taken that are yes or undecided"):
        problem_passages("sample", TOKENS, ["no"])
