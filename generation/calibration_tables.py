"""What the judge lab shows on the screen: tables of panels and of judges, and what a choice is worth.

Calibration -> rich tables and sentences
"""

from collections.abc import Iterator

from rich.table import Table

from generation.advice import cost
from generation.alike import Alone
from generation.calibration import FEW, Calibration, Choice
from generation.confusion import Share
from generation.judged import Judged
from generation.subsets import Line

SHOWN = 31  # panels of a table on the screen: all of five judges


def heading(found: Calibration, criterion: str) -> str:
    """What a table is of."""
    of = found.lines[criterion][0].confusion
    what = {"joined": "problem and solution", "problem": "the problem alone", "solution": "the solution alone"}[
        criterion
    ]
    at = "" if criterion == "solution" else f", scores of at least {found.recipe.least_score:g}"
    few = "; so few rows tell little, see the intervals" if of.rows < FEW else ""
    return f"{what}{at}: {of.rows:,} rows, {(of.tp + of.fn) / of.rows:.1%} of them right{few}"


def unread(rows: Judged) -> Iterator[str]:
    """How often each judge said nothing that could be read."""
    for j, name in enumerate(rows.judges):
        scores, verdicts = (
            int((rows.unread[:, j, 0] & rows.scored).sum()),
            int((rows.unread[:, j, 1] & rows.vetted).sum()),
        )
        if scores or verdicts:
            yield f"{name}: {scores:,} scores and {verdicts:,} verdicts are null or not there; they reject, as in a run"


def table(found: Calibration, criterion: str) -> Table:
    """Each panel at the recipe's threshold, those of highest precision first where they are too many."""
    made, recipe = Table(box=None, pad_edge=False), found.recipe
    columns = ["panel", "accuracy", "precision", "95 %", "recall", "95 %", "F1", "95 %", "retention"]
    if found.known.costs:
        columns.append("$ per 1,000")
    for name in columns:
        made.add_column(name, justify="left" if name == "panel" else "right", no_wrap=name != "panel")
    at = [line for line in found.lines[criterion] if line.threshold in (None, recipe.least_score)]
    if len(at) > SHOWN:
        at = sorted(at, key=lambda line: -(line.confusion.precision or 0.0))[:SHOWN]
    for line in at:
        of = line.confusion.measures()
        cells = [_value(of["accuracy"])]
        for name in ("precision", "recall", "f1"):
            cells += [_value(of[name]), _interval(of[name])]
        costs = [f"{1000 * cost(line.panel, found.known.costs):.3f}"] if found.known.costs else []
        made.add_row(" + ".join(line.panel), *cells, _value(of["retention"]), *costs)
    return made


def judges_table(judges: list[Alone]) -> Table:
    """Each judge by itself."""
    made = Table(box=None, pad_edge=False)
    for name in ("judge", "of", "rows", "passes", "of the good", "of the bad", "area", "95 %", "alone decides"):
        made.add_column(name, justify="left" if name in ("judge", "of") else "right", no_wrap=name != "judge")
    for one in judges:
        area = ["-", "-"] if one.area is None else [f"{one.area:.3f}", f"{one.area_low:.2f}-{one.area_high:.2f}"]
        shares = [_percent(one.yes / one.rows), _percent(one.yes_to_good), _percent(one.yes_to_bad)]
        made.add_row(one.judge, f"{one.criterion}s", f"{one.rows:,}", *shares, *area, f"{one.changes:,}")
    return made


def doubts(choice: Choice, precision: float) -> Iterator[str]:
    """What the precision of a chosen panel is worth."""
    of = choice.line.confusion
    if (low := of.measures()["precision"].low) < precision:
        yield f"of {of.kept:,} kept rows {of.tp:,} are right: it may as well be {low:.3f}, and more labels would tell"
    if choice.other and choice.other.precision is not None:
        shown = _interval(choice.other.measures()["precision"])
        yield f"chosen on one half of the rows and measured on the other, both ways: precision {choice.other.precision:.3f} ({shown})"


def told(line: Line) -> str:
    """A panel in a line: who judges, from which score on, and what comes of it."""
    at = "" if line.threshold is None else f", scores of at least {line.threshold:g}"
    of = line.confusion.measures()
    shown = [f"{name} {_value(of[name])} ({_interval(of[name])})" for name in ("precision", "recall", "retention")]
    return f"{' + '.join(line.panel)}{at}: " + ", ".join(shown)


def _value(of: Share) -> str:
    return "-" if of.value is None else f"{of.value:.3f}"


def _interval(of: Share) -> str:
    return "-" if of.value is None else f"{of.low:.2f}-{of.high:.2f}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}"
