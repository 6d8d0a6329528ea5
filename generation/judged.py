"""Rows that judges have judged and somebody has labelled, as arrays (GSDP, section 3.8).

    problem_scores, solution_verdicts, problem_label, solution_label -> Judged, and which rows do not count, and why

A score or verdict that could not be read is null, and rejects, as in a run. Of a finished folder the rejected rows are
read as well: what was kept alone says nothing of what the judges lose.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from builders import rows
from builders.errors import UserError
from builders.row import Row
from builders.sources import Source, find
from generation.confusion import share
from generation.judge import PROBLEM, SOLUTION
from generation.labels import PROBLEMS, Labels, as_label

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Marks = NDArray[np.int8]
NEEDS = ("problem_scores", "solution_verdicts")
UNASKED = "no_answer"  # what a row is rejected as that waits for the next run
NAMED = 5  # rows that are named where some do not count


@dataclass(frozen=True)
class Judged:
    """n rows and j judges. `scores`: n x j, NaN where null. `verdicts`: n x j, whether a judge says True.

    `scored`, `vetted`: rows whose problem (solution) a judge was asked about. `unread`: n x j x 2, whether a score (verdict)
    is null or not there. `own`, `filed`: n x 2 (problem, solution), the labels of the rows and those of a file: 1, 0, or -1
    where there is none.
    """

    ids: tuple[str, ...]
    judges: tuple[str, ...]
    scores: Numbers
    verdicts: Mask
    scored: Mask
    vetted: Mask
    unread: Mask
    own: Marks
    filed: Marks

    @property
    def labels(self) -> Marks:
        """The labels that count: those of a file win over those of the rows."""
        return np.where(self.filed >= 0, self.filed, self.own)

    def of(self, chosen: Mask) -> "Judged":
        """Some of the rows."""
        names = ("scores", "verdicts", "scored", "vetted", "unread", "own", "filed")
        ids = tuple(np.array(self.ids, object)[chosen].tolist())
        return replace(self, ids=ids, **{name: getattr(self, name)[chosen] for name in names})

    @property
    def usable(self) -> dict[str, Mask]:
        """criterion -> the rows that count. A problem that no judge of solutions was asked about counts as rejected by them."""
        problem, solution = self.labels[:, 0] >= 0, self.labels[:, 1] >= 0
        return {
            "problem": problem & self.scored,
            "solution": solution & self.vetted,
            "joined": problem & solution & self.scored,
        }


def judged_rows(where: str, needs: Sequence[str] = NEEDS) -> Iterator[Row]:
    """The rows of an input, of a finished folder also those that its judges rejected: what other steps have rejected would
    be lost whatever a panel says."""
    yield from rows.read(where, needs=needs)
    if (lost := rejected_of(where)) is not None:
        for row in rows.read(lost, needs=needs):
            if row["bad_row"] or (row.get("step") in (PROBLEM, SOLUTION) and row.get("reason") != UNASKED):
                yield row


def rejected_of(where: str) -> Source | None:
    """The config `rejected` of a folder or repo, where it declares one."""
    if where == "sample" or Path(where).is_file():
        return None
    try:
        return find(where, config="rejected")
    except UserError:  # it declares none
        return None


def read_judged(given: Iterable[Row], labels: Labels | None = None) -> Judged:
    """Arrays of rows; one that cannot be read has no labels. Labels of a file win over those of the rows.

    UserError where a value is not of its kind, or no row was judged.
    """
    found = [_said_of(number, row, labels) for number, row in enumerate(given, 1)]
    judges = tuple(dict.fromkeys(judge for one in found for judge in (*one.scores, *one.verdicts)))
    if not judges:
        raise UserError("no row was judged: problem_scores and solution_verdicts hold no judge")
    shape = (len(found), len(judges))
    scores, verdicts, unread = np.full(shape, np.nan), np.zeros(shape, bool), np.ones((*shape, 2), bool)
    for at, one in enumerate(found):
        for j, judge in enumerate(judges):
            scores[at, j] = one.scores.get(judge, np.nan)
            verdicts[at, j] = bool(one.verdicts.get(judge))
            unread[at, j] = np.isnan(scores[at, j]), one.verdicts.get(judge) is None
    scored, vetted = (np.array([bool(one[at]) for one in found], bool) for at in (1, 2))
    own, filed = (np.array([one[at] for one in found], np.int8).reshape(-1, 2) for at in (3, 4))
    return Judged(tuple(one.name for one in found), judges, scores, verdicts, scored, vetted, unread, own, filed)


class _Said(NamedTuple):
    """What judges and labels say of a row."""

    name: str
    scores: dict[str, float]
    verdicts: dict[str, bool | None]
    own: list[int]
    filed: list[int]


def _said_of(number: int, row: Row, labels: Labels | None) -> _Said:
    if row["bad_row"]:
        return _Said(f"row {number}", {}, {}, _marks({}), _marks({}))
    name = f"row {number}" if row.get("id") is None else str(row["id"])
    scores = {judge: _score(value, name) for judge, value in _said(row["problem_scores"], "score", name)}
    verdicts = {judge: _verdict(value, name) for judge, value in _said(row["solution_verdicts"], "verdict", name)}
    own = {column: as_label(row.get(column), f"{column} of {name}") for column in PROBLEMS}
    filed = labels.about_row(row) if labels is not None and row.get("id") is not None else {}
    return _Said(name, scores, verdicts, _marks(own), _marks(filed))


def _marks(labels: Mapping[str, bool | None]) -> list[int]:
    return [-1 if (value := labels.get(column)) is None else int(value) for column in PROBLEMS]


def _said(value: Any, key: str, name: str) -> Iterator[tuple[str, Any]]:
    """Each judge and what it says; nothing where no judge was asked."""
    good = value is None or (isinstance(value, list) and all(isinstance(one, dict) for one in value))
    if not good or any(not isinstance(one.get("judge"), str) or key not in one for one in value or ()):
        raise UserError(f"{name} has {str(value)[:80]} where a list of {{judge, {key}}} should be")
    names = [one["judge"] for one in value or ()]
    if twice := next((judge for judge in names if names.count(judge) > 1), None):
        raise UserError(f"{name} has the judge {twice} twice; each judge says one {key}")
    for one in value or ():
        yield one["judge"], one[key]


def _score(value: Any, name: str) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise UserError(f"{name} has the score {value!r}; it must be a number from 0 to 1, or null")
    return float(value)


def _verdict(value: Any, name: str) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise UserError(f"{name} has the verdict {value!r}; it must be true, false or null")
    return value


def disagreement(rows: Judged) -> Iterator[str]:
    """How often the labels of a file and those of the rows agree: what an expert is worth, where people have labelled too."""
    for at, column in enumerate(PROBLEMS):
        both = (rows.filed[:, at] >= 0) & (rows.own[:, at] >= 0)
        if both.any():
            agreed = int((rows.filed[both, at] == rows.own[both, at]).sum())
            of = share(agreed, int(both.sum()))
            yield f"{column}: the file and the rows agree on {agreed:,} of {int(both.sum()):,} ({of.low:.2f}-{of.high:.2f}); the file counts"


def left_out(rows: Judged) -> Iterator[str]:
    """Which rows do not count, a sentence per cause."""
    problem, solution = rows.labels[:, 0] < 0, rows.labels[:, 1] < 0
    causes = {
        "no label": problem & solution,
        "a problem_label, and no solution_label": ~problem & solution,
        "a solution_label, and no problem_label": problem & ~solution,
        "labels, and no judge was asked about the problem": ~(problem & solution) & ~rows.scored,
        "both labels and scores, and no judge was asked about the solution: it counts as rejected": (
            ~problem & ~solution & rows.scored & ~rows.vetted
        ),
    }
    for said, chosen in causes.items():
        if chosen.any():
            names = [name for name, one in zip(rows.ids, chosen.tolist(), strict=True) if one]
            more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
            yield f"{len(names):,} of {len(rows.ids):,} rows have {said}: {', '.join(names[:NAMED])}{more}"
