"""Labels at the terminal: one row at a time, undo, skip, and nothing lost by Ctrl-C, kill -9 or the end of the input."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from builders.errors import MathloomError
from generation import label
from generation.labels import DIALOGUES, PROBLEMS, read_labels
from tests.generation.judging import row, written

HOSTILE = r"Let $x = \frac12$ {{ 7 * 7 }} [red]not red[/red]" + "\x1b[2J\x00 :smile:"
PROBLEM_ROWS = [
    row(
        {"judge": 0.123},
        {"judge": False},
        None,
        None,
        problem=f"Problem {n}: {HOSTILE}",
        solution=f"Solution {n}",
        knowledge_points=["sine"],
    )
    for n in range(6)
]
STYLES = ("debate", "interview")


def dialogue_rows() -> list[dict[str, Any]]:
    turns = [{"speaker": "Ann", "text": HOSTILE}, {"speaker": "Ben", "text": "Why?"}]
    return [{"turns": turns, "passage": f"passage {n}", "text": f"{n}", "style": STYLES[n % 2]} for n in range(6)]


def session(
    monkeypatch: pytest.MonkeyPatch, folder: Path, said: str, *flags: str, code: int = 0, rows: Any = None
) -> str:
    """What the screen shows while somebody types; each letter and its line end."""
    file = written(folder / "rows.jsonl", PROBLEM_ROWS if rows is None else rows)
    monkeypatch.setattr(sys, "stdin", io.StringIO("".join(f"{word}\n" for word in said.split())))
    printed, found = io.StringIO(), 0
    with redirect_stdout(printed):
        try:
            label.main(["--rows", file, "--labels", str(folder / "labels.jsonl"), *flags])
        except MathloomError as problem:
            found = problem.code
            print(problem)
    assert found == code, printed.getvalue()
    return printed.getvalue()


def held(folder: Path, columns: tuple[str, ...] = PROBLEMS) -> dict[str, dict[str, bool]]:
    """The labels in the file, by row; of rows that have some."""
    labels = read_labels(folder / "labels.jsonl", columns).of
    return {name: {column: value for column, (value, _) in said.items()} for name, said in labels.items() if said}


def order(shown: str) -> list[str]:
    """The ids of the rows that were shown, in order."""
    return [line.split()[-2] for line in shown.split("\n") if " of 6  r" in line]


def test_a_row_is_shown_once_and_asked_about_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "y n y y q")
    first, second, _ = order(shown)
    assert held(tmp_path) == {
        first: {"problem_label": True, "solution_label": False}, second: {"problem_label": True, "solution_label": True},
    }  # fmt: skip
    assert shown.count(f"Solution {first[1:]}\n") == 1
    [line] = [line for line in shown.split("\n") if line.startswith("all")]
    assert line.split() == ["all", "2", "1.000", "0.34-1.00", "2", "0.500", "0.09-0.91"]


def test_what_a_row_holds_is_shown_as_it_is_and_steers_no_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shown = session(monkeypatch, tmp_path, "q")
    assert r"Let $x = \frac12$ {{ 7 * 7 }} [red]not red[/red]" in shown and ":smile:" in shown
    assert "\x1b" not in shown and "\x00" not in shown
    assert "- sine" in shown


def test_what_the_judges_said_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "q")
    shown = shown.partition("\npython -m")[0]
    assert "Solution" in shown and "0.123" not in shown and "False" not in shown and "judge" not in shown


def test_undo_takes_back_one_answer_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "y y n u u n u u u y q")
    [first] = set(order(shown)) - {order(shown)[1]}
    assert held(tmp_path) == {first: {"problem_label": True}}
    assert shown.count("there is nothing to undo in this session") == 1


def test_a_row_that_is_skipped_comes_again_in_the_next_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = order(session(monkeypatch, tmp_path, "s y y q"))
    assert list(held(tmp_path)) == first[1:2]
    assert order(session(monkeypatch, tmp_path, "q")) == first[:1]


def test_the_next_session_goes_on_in_the_midst_of_a_row_and_ends_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = order(session(monkeypatch, tmp_path, "y y y"))
    shown = session(monkeypatch, tmp_path, "n " + "y " * 8)
    assert order(shown)[0] == first[1] and len(held(tmp_path)) == 6
    assert held(tmp_path)[first[1]] == {"problem_label": True, "solution_label": False}
    assert "Is the problem right" not in session(monkeypatch, tmp_path, "")


def test_anything_else_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "perhaps 1 yes NO q")
    assert list(held(tmp_path).values()) == [{"problem_label": True, "solution_label": False}]
    assert shown.count(label.HELP) == 3


def test_where_there_is_no_solution_nobody_is_asked_about_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "y y q", rows=[{**row, "solution": None} for row in PROBLEM_ROWS])
    assert len(held(tmp_path)) == 2 and "Is the solution right" not in shown


def test_dialogues_have_three_labels_and_shares_by_style(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "y n y  n n n  y y y", rows=dialogue_rows())
    assert "Ann\n" in shown and "Why?" in shown and shown.count("Is it faithful") == 4
    assert sorted(map(len, held(tmp_path, DIALOGUES).values())) == [3, 3, 3]
    rows = [line.split() for line in shown.split("\n") if line.startswith(("all", *STYLES))]
    assert rows[0][:3] == ["all", "3", "0.667"]
    assert {name: (first, second) for name, first, _, _, second, *_ in rows[1:]} == {
        "debate": ("2", "2"),
        "interview": ("1", "1"),
    }
    assert "generation.calibrate" not in shown


def test_only_the_sample_is_asked_about(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shown = session(monkeypatch, tmp_path, "y " * 20, "--size", "2")
    assert len(held(tmp_path)) == 2 and "2 rows are the sample" in shown


@pytest.mark.parametrize("death", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_every_label_is_saved_however_the_session_ends(tmp_path: Path, death: signal.Signals) -> None:
    rows, labels = written(tmp_path / "rows.jsonl", PROBLEM_ROWS), tmp_path / "labels.jsonl"
    words = [sys.executable, "-m", "generation.label", "--rows", rows, "--labels", str(labels)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ) as made:
        assert made.stdin is not None and made.stdout is not None
        made.stdin.write("y\nn\ny\n")
        made.stdin.flush()
        wait_for(lambda: labels.is_file() and labels.read_text().count("\n") == 3)
        made.send_signal(death)
        said = made.stdout.read()
    assert made.returncode == (130 if death != signal.SIGKILL else -9)
    assert sum(map(len, held(tmp_path).values())) == 3
    assert ("1.000" in said) == (
        death != signal.SIGKILL
    )  # the shares of what there is; the last label may be saved, not counted
    assert all(json.loads(line) for line in labels.read_text().splitlines())


def wait_for(there: Callable[[], bool]) -> None:
    for _ in range(600):
        if there():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come")
