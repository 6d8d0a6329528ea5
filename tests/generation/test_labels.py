"""The file of labels: a line an answer, the later wins, a torn line costs itself alone, another text is not what was labelled."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from generation.labels import DIALOGUES, PROBLEMS, LabelsFile, read_labels

ROW: dict[str, Any] = {"id": "r", "problem": "What is $1 + 1$?", "solution": r"$\boxed{2}$"}


def held(file: Path, row: dict[str, Any] = ROW, columns: tuple[str, ...] = PROBLEMS) -> dict[str, bool]:
    return read_labels(file, columns).about_row(row)


def test_the_later_line_wins_and_null_takes_a_label_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "labels.jsonl"
    file = LabelsFile(path, PROBLEMS)
    for column, value in (("problem_label", False), ("solution_label", True), ("problem_label", True)):
        file.add(ROW, column, value)
    assert held(path) == file.labels.about_row(ROW) == {"problem_label": True, "solution_label": True}
    file.add(ROW, "solution_label", None)
    assert held(path) == file.labels.about_row(ROW) == {"problem_label": True}
    assert len(path.read_text().splitlines()) == 4


def test_every_label_is_in_the_file_before_the_next(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    file = LabelsFile(path, PROBLEMS)
    file.add(ROW, "problem_label", True)
    assert held(path) == {"problem_label": True}


def test_a_line_that_a_kill_has_cut_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    LabelsFile(path, PROBLEMS).add(ROW, "problem_label", True)
    with path.open("a") as torn:
        torn.write('{"id": "r", "solution_la')
    file = LabelsFile(path, PROBLEMS)
    assert file.labels.unread == 1
    file.add(ROW, "solution_label", False)
    assert held(path) == {"problem_label": True, "solution_label": False}
    assert next(read_labels(path, PROBLEMS).unused()) == "1 lines of the labels cannot be read"


def test_a_label_was_given_to_a_text_and_not_to_an_id(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    file = LabelsFile(path, PROBLEMS)
    file.add(ROW, "problem_label", True)
    file.add(ROW, "solution_label", True)
    assert held(path, {**ROW, "solution": "another"}) == {"problem_label": True}
    labels = read_labels(path, PROBLEMS)
    assert labels.about_row({**ROW, "problem": "another"}) == {}
    assert list(labels.unused()) == ["1 rows have labels that were given to another text: r"]
    assert held(path, {"id": "r"}) == {"problem_label": True, "solution_label": True}  # rows without texts


def test_any_file_with_ids_and_labels_will_do(tmp_path: Path) -> None:
    table = tmp_path / "labels.csv"
    table.write_text("id,problem_label,solution_label\nr,true,no\ns,,yes\n")
    labels = read_labels(table, PROBLEMS)
    assert labels.about_row(ROW) == {"problem_label": True, "solution_label": False}
    assert labels.about_row({"id": "s"}) == {"solution_label": True}


def test_labels_of_rows_that_are_not_there_are_named(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text("".join(json.dumps({"id": f"x{n}", "problem_label": True}) + "\n" for n in range(7)))
    labels = read_labels(path, PROBLEMS)
    labels.about_row(ROW)
    assert list(labels.unused()) == ["7 labelled rows are not among these: x0, x1, x2, x3, x4 and 2 more"]


REFUSED = [
    ('{"id": "r", "problem_label": "maybe"}\n', "problem_label of r is 'maybe'"),
    ('{"id": "r", "faithful": true}\n', "none of the columns problem_label, solution_label; it has"),
    ('{"problem_label": true}\n', "has no column id"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_file_of_other_things_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(text)
    with pytest.raises(UserError, match=said):
        read_labels(path, PROBLEMS)


def test_labels_are_written_to_lines_only(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"its name must end in \.jsonl"):
        LabelsFile(tmp_path / "labels.csv", DIALOGUES)
