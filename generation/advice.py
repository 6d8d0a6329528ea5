"""Which panel to take: the paper's rule and ours, at a precision that the kept rows must have (GSDP, section 3.8).

    lines + a precision + what each judge costs -> the chosen line by either rule, or None where no panel reaches it

The paper's: of the panels that reach the precision the one that retains most. Ours: the cheapest of them, and of its
thresholds the one that retains most. Ties go to fewer judges, then to the threshold nearest to the recipe's. Both look at the
precision that was measured, as the paper does; where its interval reaches below what is wanted, that is said beside the choice, with
the cheapest panel of which it does not.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import yaml

from generation.confusion import Confusion
from generation.intervals import wilson
from generation.judged import Judged
from generation.subsets import Line, lines

Rule = Callable[[Line], tuple[Any, ...]]


def most_retained(costs: Mapping[str, float], least: float) -> Rule:
    """The paper's rule, as what is sorted by."""
    return lambda line: (-line.confusion.kept, len(line.panel), cost(line.panel, costs), _far(line, least), line.panel)


def cheapest(costs: Mapping[str, float], least: float) -> Rule:
    """Ours."""
    return lambda line: (cost(line.panel, costs), len(line.panel), -line.confusion.kept, _far(line, least), line.panel)


def cost(panel: Sequence[str], costs: Mapping[str, float]) -> float:
    """Dollars of asking a panel about a problem and its solution; 0 where prices or tokens are not known."""
    return round(sum(costs[name] for name in panel), 12) if costs else 0.0


def chosen(of: Iterable[Line], rule: Rule, precision: float, surely: bool = False) -> Line | None:
    """The best line by a rule among those that reach the precision; `surely`: with the lower end of its interval."""
    able = [line for line in of if (line.confusion.precision or 0.0) >= precision and line.confusion.kept]
    if surely:
        able = [line for line in able if wilson(line.confusion.tp, line.confusion.kept)[0] >= precision]
    return min(able, key=rule, default=None)


def best(of: Iterable[Line], rule: Rule) -> Line | None:
    """The line of highest precision, for where none reaches what is wanted."""
    able = [line for line in of if line.confusion.kept]
    return min(able, key=lambda line: (-(line.confusion.precision or 0.0), *rule(line)), default=None)


def held_out(
    rows: Judged, criterion: str, weights: Mapping[str, float], least: float, rule: Rule, precision: float
) -> Confusion | None:
    """What a rule chooses on one half of the rows, measured on the other, and the reverse; None where it finds nothing.

    The best of many panels looks better on the rows it was chosen on than it is.
    """
    half = np.random.default_rng(0).permutation(len(rows.ids)) % 2 == 0
    total = Confusion(0, 0, 0, 0)
    for mine in (half, ~half):
        line = chosen(lines(rows.of(mine), criterion, weights, least), rule, precision)
        others = lines(rows.of(~mine), criterion, weights, least, [line.panel]) if line else ()
        found = next((other.confusion for other in others if line and other.threshold == line.threshold), None)
        if found is None:
            return None
        total = Confusion(*(a + b for a, b in zip(counts(total), counts(found), strict=True)))
    return total


def counts(of: Confusion) -> tuple[int, int, int, int]:
    """True and false positives, false and true negatives."""
    return of.tp, of.fp, of.fn, of.tn


def recipe_lines(line: Line, weights: Mapping[str, float], roles: Mapping[str, Mapping[str, Any]]) -> str:
    """What to paste into a recipe, which makes the weights add up to 1; `roles`: what else is known of each judge."""
    judges = [{"name": name, "weight": weights[name], **roles.get(name, {})} for name in line.panel]
    text = "" if line.threshold is None else yaml.safe_dump({"least_score": line.threshold})
    shown = [yaml.safe_dump(judge, sort_keys=False, default_flow_style=True, width=10**6).strip() for judge in judges]
    return text + "judges:\n" + "".join(f"  - {one}\n" for one in shown)


def _far(line: Line, least: float) -> tuple[float, float]:
    at = least if line.threshold is None else line.threshold
    return round(abs(at - least), 6), -at
