"""Rows that judges have judged and somebody has labelled, as arrays (GSDP, section 3.8).

    problem_scores, solution_verdicts, problem_label, solution_label -> Judged, and which rows do not count, and why

A score or verdict that could not be read is null, and rejects, as in a run. Of a finished folder the rejected rows are
read as well: what was kept alone says nothing of what the judges lose.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builders import rows
from builders.errors import UserError
from builders.row import Row
from builders.sources import Source, find
from generation.judge import PROBLEM, SOLUTION
from generation.labels import PROBLEMS, Labels, as_label

Mask = NDArray[np.bool_]
Numbers = NDArray[np.float64]
NEEDS = ("problem_scores", "solution_verdicts")
UNASKED = "no_answer"  # what a row is rejected as that waits for the next run
NAMED = 5  # rows that are named where some do not count


@dataclass(frozen=True)
class Judged:
    """n rows and j judges. `scores`: n x j, NaN where null. `verdicts`: n x j, whether a judge says True.

    `scored`, `vetted`: rows whose problem (solution) a judge was asked about. `labels`: n x 2 (problem, solution), 1, 0, or
    -1 where there is none. `unread`: n x j x 2, whether a score (verdict) is null or not there.
    """

    ids: tuple[str, ...]
    judges: tuple[str, ...]
    scores: Numbers
    verdicts: Mask
    scored: Mask
    vetted: Mask
    labels: NDArray[np.int8]
    unread: Mask

    def of(self, chosen: Mask) -> "Judged":
        """Some of the rows."""
        names = ("scores", "verdicts", "scored", "vetted", "labels", "unread")
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
    kept: list[tuple[str, dict[str, float], dict[str, bool | None], bool, bool, list[int]]] = []
    judges: dict[str, None] = {}
    for number, row in enumerate(given, 1):
        name = f"row {number}" if row.get("id") is None else str(row["id"])
        if row["bad_row"]:
            kept.append((f"row {number}", {}, {}, False, False, [-1, -1]))
            continue
        scores = {judge: _score(value, name) for judge, value in _said(row["problem_scores"], "score", name)}
        verdicts = {judge: _verdict(value, name) for judge, value in _said(row["solution_verdicts"], "verdict", name)}
        judges.update(dict.fromkeys([*scores, *verdicts]))
        given_by = {column: as_label(row.get(column), f"{column} of {name}") for column in PROBLEMS}
        if labels is not None and row.get("id") is not None:
            given_by |= labels.about_row(row)
        said = [-1 if given_by[column] is None else int(bool(given_by[column])) for column in PROBLEMS]
        kept.append((name, scores, verdicts, bool(scores), bool(verdicts), said))
    if not judges:
        raise UserError("no row was judged: problem_scores and solution_verdicts hold no judge")
    return _arrays(kept, tuple(judges))


def _arrays(kept: Sequence[Any], judges: tuple[str, ...]) -> Judged:
    shape = (len(kept), len(judges))
    scores, verdicts, unread = np.full(shape, np.nan), np.zeros(shape, bool), np.ones((*shape, 2), bool)
    for at, (_, score, verdict, *_) in enumerate(kept):
        for j, judge in enumerate(judges):
            scores[at, j] = score.get(judge, np.nan)
            verdicts[at, j] = bool(verdict.get(judge))
            unread[at, j] = np.isnan(scores[at, j]), verdict.get(judge) is None
    return Judged(
        tuple(row[0] for row in kept), judges, scores, verdicts, np.array([row[3] for row in kept], bool),
        np.array([row[4] for row in kept], bool), np.array([row[5] for row in kept], np.int8).reshape(-1, 2), unread,
    )  # fmt: skip


def _said(value: Any, key: str, name: str) -> Iterator[tuple[str, Any]]:
    """Each judge and what it says; nothing where no judge was asked."""
    good = value is None or (isinstance(value, list) and all(isinstance(one, dict) for one in value))
    if not good or any(not isinstance(one.get("judge"), str) or key not in one for one in value or ()):
        raise UserError(f"{name} has {str(value)[:80]} where a list of {{judge, {key}}} should be")
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
