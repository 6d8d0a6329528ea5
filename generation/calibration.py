"""What the judge lab computes: every panel, every judge, every pair, and the panel that either rule chooses.

Recipe -> judged rows, labels, what is known of the judges -> Calibration
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from builders.commands import option
from builders.configs import as_ours
from builders.errors import UserError
from generation.advice import Rule, cheapest, chosen, held_out, most_retained
from generation.alike import Alone, Pair, alone, pairs
from generation.confusion import Confusion
from generation.judge import LEAST_SCORE
from generation.judged import Judged, judged_rows, left_out, read_judged
from generation.known_judges import Known, known_of
from generation.labels import PROBLEMS, Labels, read_labels
from generation.panels import Judge
from generation.subsets import CRITERIA, Line, lines

FEW = 100  # labelled rows under which an interval is wider than most differences between panels


@dataclass(frozen=True)
class Recipe:
    """What `python -m generation.calibrate` can be told."""

    rows: str = option("", "judged rows: a Hub id, a local file or folder (of a finished one, the rejected rows too)")
    labels: str | None = option(
        None, "labels by id, in a file of its own; they win over those of the rows", metavar="FILE"
    )
    precision: float = option(0.94, "the share of what a panel keeps that must be right (the paper's panel: 0.94)")
    least_score: float = option(LEAST_SCORE, "the threshold of the tables; all others are in the folder")
    output: str | None = option(None, "the finished folder to write; an earlier one of ours is replaced", metavar="DIR")
    judges: list[Judge] = option(
        [], "name, weight and price of each judge (else those of the folder's recipe)", flag=False
    )

    def check(self) -> None:
        """Refuses what could not be meant."""
        if not self.rows:
            raise UserError("no --rows is given; name rows with problem_scores and solution_verdicts")
        for name in ("precision", "least_score"):
            if not 0 <= getattr(self, name) <= 1:
                raise UserError(f"{name} is {getattr(self, name)}; it must be between 0 and 1")


@dataclass(frozen=True)
class Choice:
    """The line that a rule chooses. `other`: what is chosen on one half of the rows, measured on the other; None: too few."""

    rule: str
    line: Line
    other: Confusion | None


@dataclass(frozen=True)
class Calibration:
    """All that was computed. `criterion`: the one that panels are chosen by, joined where rows have both labels."""

    recipe: Recipe
    rows: Judged
    labels: Labels | None
    known: Known
    lines: dict[str, list[Line]]
    judges: list[Alone]
    pairs: list[Pair]
    criterion: str
    choices: list[Choice]


def calibrated(recipe: Recipe) -> Calibration:
    """Everything. UserError where no row has a label and was judged."""
    labels = read_labels(Path(recipe.labels), PROBLEMS) if recipe.labels else None
    rows = read_judged(judged_rows(recipe.rows), labels)
    with as_ours(Path(recipe.rows)):
        known, least = known_of(rows.judges, recipe.judges, recipe.rows), recipe.least_score
    found = {name: of for name in CRITERIA if (of := list(lines(rows, name, known.weights, least)))}
    if not found:
        raise UserError(f"no row of {recipe.rows} has a label and was judged; {next(left_out(rows), 'it holds none')}")
    usable = {name: rows.of(rows.usable[name]) for name in ("problem", "solution") if name in found}
    judges = [one for name, used in usable.items() for one in alone(used, known.weights, name, least)]
    of_pairs = [one for name, used in usable.items() for one in pairs(used, name, least)]
    criterion = next(iter(found))
    choices = list(chosen_by_both(recipe, rows, known, criterion, found[criterion]))
    return Calibration(recipe, rows, labels, known, found, judges, of_pairs, criterion, choices)


def chosen_by_both(recipe: Recipe, rows: Judged, known: Known, criterion: str, able: list[Line]) -> Iterator[Choice]:
    """The paper's choice and ours; nothing where no panel is precise enough."""
    rules: dict[str, Rule] = {
        "retained": most_retained(known.costs, recipe.least_score),
        "cheapest": cheapest(known.costs, recipe.least_score),
    }
    for name, rule in rules.items():
        line = chosen(able, rule, recipe.precision)
        if line is not None:
            enough = line.confusion.rows >= FEW
            other = (
                held_out(rows, criterion, known.weights, recipe.least_score, rule, recipe.precision) if enough else None
            )
            yield Choice(name, line, other)
