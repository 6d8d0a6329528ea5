"""What a rehearsal planted, as it wrote it down, and which reasons a row may therefore be given.

    FILE (key, step, fault, group, form, answer, points) -> Planted by key; the replies of one row -> Due: its reasons

A row of GSDP has many replies, and each of them can spoil it: whatever is truly wrong with it is a right reason. What the
judges are asked about is right or wrong whatever they say; of several samples it counts how their answers fall.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from builders.errors import UserError

# The steps of GSDP in order, each with the unit that it decides on: each prompt's name is its step's.
STEPS = {
    "knowledge_points": "seed", "knowledge_points_atomic": "seed", "point_filter": "point", "problem": "problem",
    "decontaminate": "problem", "judge_problem": "problem", "difficulty": "problem", "solution": "solution",
    "judge_solution": "solution",
}  # fmt: skip
ORDER = {step: number for number, step in enumerate(STEPS)}
DIALOGUE = "dialogue"  # what every other step decides on: they are styles
SOLUTION = "solution"
NO_MAJORITY, DUPLICATE = "no_majority", "duplicate"
FOUND_BY = {"low_score": "judge_problem"}  # what is written badly, and nobody but a later step can find
BIASED = ("mild", "strict")  # verdicts that are the opposite of an honest one
DECIDE = ("point_filter", "synonyms", "judge_problem", "judge_solution")  # steps whose verdicts keep or reject


@dataclass(frozen=True)
class Planted:
    """One line of the truth. `form`: which way of failing it is; `mild` or `strict`: a verdict that is not honest."""

    fault: str | None
    group: str | None = None
    step: str = ""
    form: str | None = None
    answer: str | None = None
    points: Mapping[str, str] = field(default_factory=dict)

    @property
    def biased(self) -> bool:
        """Whether it is a verdict that decides, and not the honest one."""
        return self.form in BIASED and self.step in DECIDE


def unit_of(step: str) -> str:
    """What a step decides on."""
    return STEPS.get(step, DIALOGUE)


def read_truth(path: Path) -> dict[str, Planted]:
    """The lines of a truth file by key; of several lines of a key the last counts."""
    planted = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    said = json.loads(line)
                    planted[str(said["key"])] = Planted(
                        said["fault"], said.get("group"), str(said["step"]), said.get("form"), said.get("answer"),
                        dict(said.get("points") or {}),
                    )  # fmt: skip
                except (ValueError, KeyError, TypeError) as problem:
                    raise UserError(f"{path}, line {number}, is no line of a truth file: {line[:60]!r}") from problem
    except OSError as problem:
        raise UserError(f"the truth file {path} cannot be read: {problem.strerror}") from problem
    if not planted:
        raise UserError(f"the truth file {path} is empty; a rehearsal with --truth fills it while it is asked")
    return planted


def due(replies: Sequence[Planted], least_share: float | None = None) -> dict[str, str]:
    """The reasons that are right for a row with these replies, each with the first step that gives it.

    `least_share`: of several samples, the share that must agree; None where a vote rejects nothing.
    """
    samples = [line for line in replies if line.step == SOLUTION]
    others = [(line.fault, line.step) for line in replies if line.fault and line.step != SOLUTION]
    found = [(fault, FOUND_BY.get(fault, step)) for fault, step in others]
    answers = Counter(line.answer for line in samples if line.answer is not None)
    if not answers:
        found += [(line.fault, SOLUTION) for line in samples if line.fault]
    elif len(samples) > 1 and least_share is not None:
        most = max(answers.values())
        if most < 2 or most < least_share * len(samples):
            found.append((NO_MAJORITY, SOLUTION))
    made: dict[str, str] = {}
    for fault, step in sorted(found, key=lambda pair: ORDER.get(pair[1], -1)):
        made.setdefault(fault, step)
    return made
