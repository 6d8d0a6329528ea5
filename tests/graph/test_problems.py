"""Rows become problems, or are rejected with a reason: what came in is what was kept and what was rejected."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from builders.seen import Seen
from graph.problems import Problems, read, sorted_out


def of(*rows: dict[str, Any]) -> Problems:
    with Seen() as seen:
        return sorted_out(rows, seen)


def one(points: Any, name: Any = "p") -> dict[str, Any]:
    return {"id": name, "knowledge_points": points, "bad_row": None}


def test_points_are_sorted_and_count_once() -> None:
    made = of(one(["Sine", "Circle", "Sine"]), one([], "q"))
    assert made.kept == [("p", ["Circle", "Sine"]), ("q", [])] and not made.rejected and not made.blank


@pytest.mark.parametrize(
    ("points", "name", "detail"),
    [
        (None, "p", "has no knowledge_points"),
        ("Sine, Circle", "p", "has a text where `knowledge_points` should be a list"),
        (7, "p", "has a number where `knowledge_points` should be a list"),
        ({"a": 1}, "p", "has an object where `knowledge_points` should be a list"),
        (["Sine", 7], "p", "has a number among its `knowledge_points`, which are texts"),
        (["Sine", ["Circle"]], "p", "has a list among its `knowledge_points`, which are texts"),
        (["Sine"], None, "has no id"),
        (["Sine"], "", "has no id"),
    ],
)
def test_a_row_that_is_no_problem_says_why(points: Any, name: Any, detail: str) -> None:
    made = of(one(points, name))
    assert not made.kept
    (row,) = made.rejected
    assert row["id"] == (name or None)
    assert (row["step"], row["unit"], row["reason"], row["detail"]) == ("combinations", "seed", "bad_row", detail)


def test_a_line_that_cannot_be_read_is_a_rejected_row() -> None:
    made = of({"id": None, "knowledge_points": None, "bad_row": "line 2 is not JSON"})
    assert [(row["id"], row["detail"]) for row in made.rejected] == [(None, "line 2 is not JSON")]


def test_points_without_a_text_are_left_out_and_counted() -> None:
    made = of(one(["Sine", "", "  ", None]))
    assert made.kept == [("p", ["Sine"])] and made.blank == 3


def test_the_same_row_again_is_a_duplicate_and_another_of_its_id_gets_a_name_of_its_own() -> None:
    made = of(one(["a", "b"]), one(["b", "a"]), one(["a", "c"]), one(["c", "a"]), one(["a", "d"]))
    first, second, third = made.kept
    assert first == ("p", ["a", "b"]) and second[1] == ["a", "c"] and third[1] == ["a", "d"]
    assert len({first[0], second[0], third[0]}) == 3 and second[0].startswith("p~")
    assert [row["reason"] for row in made.rejected] == ["duplicate", "duplicate"]


def test_ids_that_are_numbers_and_lone_surrogates_become_texts() -> None:
    assert of(one(["\ud800x"], 7)).kept == [("7", ["\ufffdx"])]


def test_rows_come_from_files_of_any_kind(tmp_path: Path) -> None:
    rows = [{"id": "p", "knowledge_points": ["Sine", "Circle"]}, {"id": "q", "knowledge_points": []}]
    lines = tmp_path / "rows.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{no JSON\n")
    cells = tmp_path / "rows.csv"
    cells.write_text('id,knowledge_points\np,"[""Sine"", ""Circle""]"\nq,[]\n')
    expected = [("p", ["Circle", "Sine"]), ("q", [])]
    assert read(str(lines)).kept == read(str(cells)).kept == expected
    assert [row["detail"][:6] for row in read(str(lines)).rejected] == ["line 3"]
    assert read(str(lines), limit=1).kept == expected[:1]


def test_rows_without_the_columns_are_an_error_that_names_what_is_there(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "p", "points": ["Sine"]}\n')
    with pytest.raises(UserError, match=r"has no column knowledge_points; it has id, points"):
        read(str(file))
    with pytest.raises(UserError, match="limit is 0; it must be 1 or more"):
        read(str(file), limit=0)
