"""A figure: what was measured, round by round, what it must reach, and the same of others in the same run.

    measures -> {figure, goal, ours, peers, holds, command}; such rows -> a table on the screen, the README's, a plot

`ours` and `peers` give of each measure its median, its least and its greatest, of three significant digits; a figure holds
where every median lies within its bound.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.table import Table

Figure = dict[str, Any]
Values = Mapping[str, Sequence[float]]
COLUMNS = ("what", "goal", "ours", "beside it", "holds", "`python -m tests.bench`")


@dataclass(frozen=True)
class Measure:
    """One measure of a figure: a value per round, and the bound of their median."""

    name: str
    values: Sequence[float]
    least: float | None = None
    most: float | None = None

    @property
    def goal(self) -> str:
        return f"at least {self.least:,}" if self.least is not None else f"at most {self.most:,}"

    @property
    def holds(self) -> bool:
        found = median(self.values)
        return found >= self.least if self.least is not None else found <= (self.most or 0)


def figure(name: str, measures: Sequence[Measure], peers: Values | None = None) -> Figure:
    """A row of the results; who calls it adds the command."""
    return {
        "figure": name,
        "goal": {measure.name: measure.goal for measure in measures},
        "ours": {measure.name: summed(measure.values) for measure in measures},
        "peers": {peer: summed(values) for peer, values in (peers or {}).items()},
        "holds": all(measure.holds for measure in measures),
    }


def summed(values: Sequence[float]) -> dict[str, Any]:
    """Median, least and greatest."""
    return {"median": short(median(values)), "range": [short(min(values)), short(max(values))]}


def short(value: float) -> float:
    """Three significant digits; whole numbers stay whole."""
    return round(value) if abs(value) >= 100 or value == int(value) else float(f"{value:.3g}")


def shown(found: Mapping[str, Any]) -> str:
    """Median and range, or the one value where there was one."""
    low, high = found["range"]
    return f"{found['median']:,}" + (f" ({low:,} to {high:,})" if low != high else "")


def cells(row: Figure) -> list[str]:
    """A row as people read it, a line per measure."""
    goals = [f"{name}: {goal}" for name, goal in row["goal"].items()]
    beside = [f"{name}: {shown(found)}" for name, found in row["peers"].items()]
    lines = ("\n".join(each) for each in (goals, map(shown, row["ours"].values()), beside))
    return [row["figure"], *lines, "yes" if row["holds"] else "no", row["command"].partition("tests.bench ")[2]]


def table(rows: Sequence[Figure]) -> Table:
    """The results on the screen."""
    made = Table(*(name.strip("`") for name in COLUMNS), show_lines=True)
    for row in rows:
        made.add_row(*cells(row))
    return made


def markdown(rows: Sequence[Figure]) -> list[str]:
    """The lines of the README's table."""
    lines = [f"| {' | '.join(COLUMNS)} |", "|" + "---|" * len(COLUMNS)]
    for row in rows:
        *text, command = (cell.replace("\n", "<br>") for cell in cells(row))
        lines.append(f"| {' | '.join(text)} | `{command}` |")
    return lines


def plot(rows: Sequence[Figure], path: Path) -> None:
    """Every measure as a share of its bound: a dot the median, a line the range; right of 1 it is better than it must be."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names, points = [], []
    for row in rows:
        for name, found in row["ours"].items():
            least, bound = row["goal"][name].startswith("at least"), row["goal"][name].split()[-1].replace(",", "")
            shares = [share(value, float(bound), least) for value in (found["median"], *found["range"])]
            names.append(row["figure"] if len(row["ours"]) == 1 else f"{row['figure']}: {name}")
            points.append(shares)
    figure, axes = pyplot.subplots(figsize=(9, 0.32 * len(names) + 1))
    for place, (middle, one, other) in enumerate(points):
        axes.plot([one, other], [place, place], color="0.6", linewidth=2)
        axes.plot(middle, place, "o", color="tab:blue" if middle >= 1 else "tab:red")
    axes.axvline(1, color="0.3", linewidth=1)
    axes.set(xscale="log", yticks=range(len(names)), yticklabels=names, xlabel="times as good as it must be")
    axes.invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120, bbox_inches="tight")
    pyplot.close(figure)


def share(value: float, bound: float, least: bool) -> float:
    """How many times as good as its bound a value is, within a hundredth and a hundred."""
    of, by = (value, bound) if least else (bound, value)
    return min(100.0, max(0.01, of / by)) if by else (1.0 if of == 0 else 100.0)
