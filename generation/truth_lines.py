"""What a rehearsal planted, as it wrote it down, and what a row should therefore be given.

    FILE (key, step, fault, group, form) -> Planted by key; the replies of one row -> the one Planted that counts for it

A row of GSDP has many replies. The first step that spoils it counts; of several samples of a solution, what the judges
were shown, since the vote picks one of them.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.errors import UserError

# The steps of a row of GSDP up to its solution, in order: each prompt's name is its step's.
BEFORE = ("knowledge_points", "knowledge_points_atomic", "point_filter", "problem", "judge_problem", "difficulty")
SOLUTION, JUDGE = "solution", "judge_solution"
APART = "no_majority"  # samples that all differ; where only one was drawn, it is wrong and so
VETOED = "vetoed"
RIGHT = "right"  # the form of such a sample that is right by chance


@dataclass(frozen=True)
class Planted:
    """One line of the truth. `form`: which way of failing it is; `mild` or `strict`: a verdict that is not honest."""

    fault: str | None
    group: str | None = None
    step: str = ""
    form: str | None = None


def read_truth(path: Path) -> dict[str, Planted]:
    """The lines of a truth file by key; of several lines of a key the last counts."""
    planted = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    said = json.loads(line)
                    planted[str(said["key"])] = Planted(
                        said["fault"], said.get("group"), str(said["step"]), said.get("form")
                    )
                except (ValueError, KeyError, TypeError) as problem:
                    raise UserError(f"{path}, line {number}, is no line of a truth file: {line[:60]!r}") from problem
    except OSError as problem:
        raise UserError(f"the truth file {path} cannot be read: {problem.strerror}") from problem
    if not planted:
        raise UserError(f"the truth file {path} is empty; a rehearsal with --truth fills it while it is asked")
    return planted


def of_row(replies: Sequence[Planted]) -> Planted:
    """The line that counts for a row with these replies."""
    if len(replies) == 1 and replies[0].step != SOLUTION:
        return replies[0]
    for step in BEFORE:
        found = next((line for line in replies if line.step == step and line.fault), None)
        if found:
            return found
    samples = [line for line in replies if line.step == SOLUTION]
    judged = next((line for line in replies if line.step == JUDGE and line.fault), None)
    if len(samples) == 1 and samples[0].fault:
        only = samples[0]
        if only.fault != APART:
            return only
        return Planted(None if only.form == RIGHT else VETOED, step=SOLUTION, form=only.form)
    if len(samples) > 1 and sum(line.fault == APART for line in samples) * 2 > len(samples):
        return Planted(APART, step=SOLUTION)
    if len(samples) > 1 and all(line.fault for line in samples):
        return samples[0]
    return judged or Planted(None)
