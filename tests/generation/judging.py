"""What the tests of the judge lab share: rows as judges and labels leave them, and the command."""

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from builders.errors import MathloomError
from generation import calibrate
from generation.judged import Judged, read_judged

Row = dict[str, Any]


def row(
    scores: Mapping[str, float | None],
    verdicts: Mapping[str, bool | None],
    problem_label: bool | None = True,
    solution_label: bool | None = True,
    /,
    **more: Any,
) -> Row:
    """A judged and labelled row."""
    return {
        "problem_scores": [{"judge": name, "score": score} for name, score in scores.items()],
        "solution_verdicts": [{"judge": name, "verdict": verdict} for name, verdict in verdicts.items()],
        "problem_label": problem_label,
        "solution_label": solution_label,
        **more,
    }


def judged(rows: Sequence[Row]) -> Judged:
    return read_judged([{"bad_row": None, "id": f"r{number}", **row} for number, row in enumerate(rows)])


def counted(tp: int, fp: int, fn: int, tn: int, judge: str = "j") -> list[Row]:
    """Rows of which one judge keeps tp right ones and fp wrong ones, and rejects the others: half by score, half by verdict."""
    made = []
    for number, (kept, right) in enumerate(
        [(True, True)] * tp + [(True, False)] * fp + [(False, True)] * fn + [(False, False)] * tn
    ):
        by_score = number % 2 == 0
        score = 0.9 if kept or not by_score else 0.2
        made.append(row({judge: score}, {judge: kept or by_score}, right or by_score, right or not by_score))
    return made


def written(file: Path, rows: Sequence[Row]) -> str:
    """A jsonl file of the rows, with ids."""
    file.write_text("".join(json.dumps({"id": f"r{number}", **row}) + "\n" for number, row in enumerate(rows)))
    return str(file)


def calibrated(*words: str, code: int = 0) -> str:
    """What the command prints; its exit code is `code`."""
    printed, found = io.StringIO(), 0
    with redirect_stdout(printed):
        try:
            calibrate.main(words)
        except MathloomError as problem:
            found = problem.code
            print(problem)
    assert found == code, printed.getvalue()
    return printed.getvalue()
