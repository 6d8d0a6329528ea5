"""Every panel that could be made of some judges, at every threshold, against the labels (GSDP, sections 2.5 and 3.8).

    Judged + weights -> for each non-empty subset of judges its confusions: by threshold for problems and joined, one for solutions

A problem passes where the weighted mean of its scores, the weights made to add up to 1, reaches the threshold; a solution
where every judge says True; a row is kept where both do.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from builders.errors import UserError
from generation.confusion import Confusion
from generation.judged import Judged, Mask, Numbers

CRITERIA = ("joined", "problem", "solution")
MOST_JUDGES = 10  # 1,023 panels
STEPS = 100  # thresholds between 0 and 1
DECIMALS = 6  # to which a run rounds the weighted mean (generation.judge)


@dataclass(frozen=True)
class Line:
    """A panel at a threshold (None: of solutions, where every judge must say True) and what comes of it."""

    criterion: str
    panel: tuple[str, ...]
    threshold: float | None
    confusion: Confusion


def subsets(judges: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Every non-empty subset, small ones first. UserError where there are too many."""
    if len(judges) > MOST_JUDGES:
        raise UserError(
            f"there are {len(judges)} judges, and so {2 ** len(judges) - 1:,} panels; name at most {MOST_JUDGES}"
        )
    for size in range(1, len(judges) + 1):
        yield from combinations(judges, size)


def thresholds(least: float) -> Numbers:
    """From 0 to 1 by hundredths, and the recipe's own."""
    found: Numbers = np.unique(np.round([*(step / STEPS for step in range(STEPS + 1)), least], DECIMALS))
    return found


def means(rows: Judged, panel: Sequence[str], weights: Mapping[str, float]) -> Numbers:
    """The weighted mean of each row's scores; NaN where one is null."""
    chosen = [rows.judges.index(name) for name in panel]
    total = sum(weights[name] for name in panel)
    parts = np.array([weights[name] / total for name in panel])
    found: Numbers = np.round(rows.scores[:, chosen] @ parts, DECIMALS)
    return found


def lines(
    rows: Judged,
    criterion: str,
    weights: Mapping[str, float],
    least: float,
    panels: Iterable[Sequence[str]] | None = None,
) -> Iterator[Line]:
    """All panels (or some) at all thresholds, on the rows that count for a criterion; nothing where none does."""
    steps, used = thresholds(least), rows.of(rows.usable[criterion])
    good = right(used, criterion)
    for panel in map(tuple, subsets(rows.judges) if panels is None else panels) if used.ids else ():
        agreed = unanimous(used, panel) if criterion != "problem" else np.ones(len(used.ids), bool)
        if criterion == "solution":
            yield Line(criterion, panel, None, confusion(agreed, good))
            continue
        reached = np.where(agreed, means(used, panel, weights), np.nan)
        for threshold, counts in zip(steps.tolist(), by_threshold(reached, good, steps), strict=True):
            yield Line(criterion, panel, threshold, counts)


def right(rows: Judged, criterion: str) -> Mask:
    """Whether the labels call each row right."""
    at = {"problem": [0], "solution": [1], "joined": [0, 1]}[criterion]
    return np.array((rows.labels[:, at] == 1).all(axis=1), bool)


def unanimous(rows: Judged, panel: Sequence[str]) -> Mask:
    """Whether every judge of a panel says True to a row's solution."""
    return np.array(rows.verdicts[:, [rows.judges.index(name) for name in panel]].all(axis=1), bool)


def confusion(kept: Mask, good: Mask) -> Confusion:
    """The four counts."""
    return Confusion(
        int((kept & good).sum()), int((kept & ~good).sum()), int((~kept & good).sum()), int((~kept & ~good).sum())
    )


def by_threshold(reached: Numbers, good: Mask, steps: Numbers) -> Iterator[Confusion]:
    """The counts at each threshold, which are sorted; NaN reaches none."""
    number = np.where(np.isnan(reached), 0, np.searchsorted(steps, reached, side="right"))
    kept = [np.bincount(number[mask], minlength=len(steps) + 1)[::-1].cumsum()[::-1][1:] for mask in (good, ~good)]
    positive = int(good.sum())
    for tp, fp in zip(kept[0].tolist(), kept[1].tolist(), strict=True):
        yield Confusion(tp, fp, positive - tp, len(good) - positive - fp)
