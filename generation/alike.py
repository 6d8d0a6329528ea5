"""Judges that add little: two that answer alike, one that always says the same, one that cannot tell good from bad.

    Judged -> a row per judge and criterion, a row per pair, and sentences that name them

Two honest judges agree because both are mostly right. What their accuracies explain is subtracted: expected is how often
two judges of these answers, drawn independently among the rows that are right and among those that are wrong, would agree;
excess is the part of what is left that they agree on (Cohen's kappa, within the labels). It is 1 for a copy and about 0
for two who err each on their own. That it is no accident is tested by shuffling one judge's answers within the labels. Why they are
alike no label can say: two may never have seen each other, and be wrong about the same rows because these are hard for both.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from generation.judged import Judged, Mask, Numbers
from generation.subsets import means, right, unanimous

ALIKE = 0.7  # ours: the excess from which a second judge is hardly a second one
CHANCE = 0.01  # and how often shuffled answers may agree as much
SHUFFLES = 500
LITTLE = 0.6  # ours: the chance of ranking a good row above a bad one that a judge must be able to exceed
FEW = 3  # rows of either label without which a judge that never varies may be right
LEAST = 10  # rows of either label without which nothing is said of what a judge can tell
Z = 1.96

Answers = NDArray[np.int64]


@dataclass(frozen=True)
class Alone:
    """A judge on a criterion. `yes`: rows it would let pass; `area`: of its ROC curve, with its interval; `changes`: rows that all
    judges together decide otherwise than without it."""

    judge: str
    criterion: str
    rows: int
    unread: int
    yes: int
    yes_to_good: float | None
    yes_to_bad: float | None
    area: float | None
    area_low: float | None
    area_high: float | None
    changes: int
    constant: str | None

    @property
    def blind(self) -> bool:
        """Whether it cannot tell good from bad, as far as the labels say."""
        return self.constant is not None or (self.area_high is not None and self.area_high < LITTLE)


@dataclass(frozen=True)
class Pair:
    """Two judges on a criterion: how often they agree, `by` pass or fail or `by` the very score, and the errors they share."""

    a: str
    b: str
    criterion: str
    by: str
    rows: int
    agree: float
    expected: float
    excess: float | None
    shared_errors: int
    errors: int
    alike: bool


def alone(rows: Judged, weights: Mapping[str, float], criterion: str, least: float) -> Iterator[Alone]:
    """Each judge by itself, on rows that count for the criterion."""
    good, place = right(rows, criterion), int(criterion == "solution")
    for j, name in enumerate(rows.judges):
        passes, unread = decisions(rows, j, criterion, least), rows.unread[:, j, place]
        values = np.where(unread, -1.0, rows.verdicts[:, j] if place else rows.scores[:, j])
        others = [other for other in rows.judges if other != name]
        changes = passed(rows, rows.judges, weights, criterion, least) != passed(
            rows, others, weights, criterion, least
        )
        yield Alone(
            name, criterion, len(rows.ids), int(unread.sum()), int(passes.sum()), _mean(passes[good]), _mean(passes[~good]),
            *roc_area(values, good), int(changes.sum()), constant(values[~unread], good, bool(place)),
        )  # fmt: skip


def passed(rows: Judged, panel: Sequence[str], weights: Mapping[str, float], criterion: str, least: float) -> Mask:
    """What a panel lets pass; one without judges, everything."""
    if not panel:
        return np.ones(len(rows.ids), bool)
    return unanimous(rows, panel) if criterion == "solution" else means(rows, panel, weights) >= least


def decisions(rows: Judged, j: int, criterion: str, least: float) -> Mask:
    """Whether a judge alone would let each row pass; null rejects."""
    found: Mask = rows.verdicts[:, j] if criterion == "solution" else rows.scores[:, j] >= least
    return found


def constant(values: Numbers, good: Mask, boolean: bool) -> str | None:
    """What a judge says to every row, where rows of both labels are among them; None where it varies."""
    if min(good.sum(), (~good).sum()) < FEW or len(np.unique(values)) != 1:
        return None
    return str(bool(values[0])) if boolean else f"{values[0]:g}"


def roc_area(values: Numbers, good: Mask) -> tuple[float | None, float | None, float | None]:
    """The area under the ROC curve and its 95 % interval (DeLong's variance); nothing with too few rows of either label."""
    n, m = int(good.sum()), int((~good).sum())
    if min(n, m) < LEAST:
        return None, None, None
    ranks = rankdata(values)
    above = (ranks[good] - rankdata(values[good])) / m
    below = 1 - (ranks[~good] - rankdata(values[~good])) / n
    area = float(above.mean())
    half = Z * sqrt(above.var(ddof=1) / n + below.var(ddof=1) / m)
    return area, max(0.0, area - half), min(1.0, area + half)


def pairs(rows: Judged, criterion: str, least: float) -> Iterator[Pair]:
    """Every two judges: by what they let pass and, of problems, by the very score; the way in which they are more alike."""
    good = right(rows, criterion)
    passes = [decisions(rows, j, criterion, least) for j in range(len(rows.judges))]
    said = {"pass or fail": np.array(passes, np.int64)}
    if criterion == "problem":
        said["score"] = np.round(np.nan_to_num(rows.scores.T, nan=-1) * 100).astype(np.int64)
    for a, b in combinations(range(len(rows.judges)), 2):
        wrong = passes[a] != good, passes[b] != good
        shared, errors = int((wrong[0] & wrong[1]).sum()), int((wrong[0] | wrong[1]).sum())
        found = []
        for by, answers in said.items():
            agree, by_label, excess = excess_of(answers[a], answers[b], good)
            alike = excess is not None and excess >= ALIKE and not by_accident(answers[a], answers[b], good)
            names = rows.judges[a], rows.judges[b]
            found.append(Pair(*names, criterion, by, len(good), agree, by_label, excess, shared, errors, alike))
        yield max(found, key=lambda pair: (pair.alike, -1 if pair.excess is None else pair.excess))


def excess_of(one: Answers, other: Answers, good: Mask) -> tuple[float, float, float | None]:
    """How often two agree, how often by their answers to right and to wrong rows, and the part of the rest; None: no rest."""
    agree, explained = float((one == other).mean()), 0.0
    for label in (good, ~good):
        for value in np.intersect1d(one[label], other[label]):
            explained += (one[label] == value).sum() * (other[label] == value).mean() / len(good)
    return agree, float(explained), (agree - explained) / (1 - explained) if explained < 1 - 1e-9 else None


def by_accident(one: Answers, other: Answers, good: Mask) -> bool:
    """Whether answers that are shuffled within the labels agree as often more than now and then."""
    agree, draw, often = int((one == other).sum()), np.random.default_rng(0), 0
    for _ in range(SHUFFLES):
        shuffled = other.copy()
        for label in (good, ~good):
            shuffled[label] = draw.permutation(other[label])
        often += int((one == shuffled).sum()) >= agree
    return (1 + often) / (1 + SHUFFLES) > CHANCE


def accused(judges: list[Alone], of_pairs: list[Pair]) -> Iterator[str]:
    """The judges that add nothing, or little beside another, a sentence each."""
    for one in judges:
        what = "problems" if one.criterion == "problem" else "solutions"
        if one.constant is not None:
            said = f"says {one.constant} to all {one.rows:,} {what}" + (" that it can be read of" if one.unread else "")
            yield f"{one.judge} {said}: it adds nothing"
        elif one.blind:
            yield (
                f"{one.judge} can hardly tell good {what} from bad: it lets {one.yes_to_good:.0%} of the good pass and "
                f"{one.yes_to_bad:.0%} of the bad (area {one.area:.2f}, {one.area_low:.2f}-{one.area_high:.2f}; 0.5 is a coin)"
            )
    for pair in of_pairs:
        if pair.alike:
            how = "give the same score to" if pair.by == "score" else "decide alike about"
            yield (
                f"{pair.a} and {pair.b} {how} {pair.agree:.1%} of {pair.rows:,} {pair.criterion}s, where judges of their "
                f"accuracies who err on their own would agree on {pair.expected:.1%} (beyond that {pair.excess:.2f}, of a copy 1); of "
                f"{pair.errors:,} errors they share {pair.shared_errors:,}. Either one copies the other, or the same rows are hard for both: "
                "labels cannot tell which, and the second adds little"
            )


def _mean(values: Mask) -> float | None:
    return float(values.mean()) if len(values) else None
