"""Two figures of a calibration: what each panel retains at which precision, and how far judges agree beyond their accuracies.

Calibration -> precision.png, agreement.png
"""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from generation.calibration import Calibration
from generation.subsets import Line

DPI = 110
LEAST = 10  # kept rows without which a point of a curve is noise
TOLD = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0)  # thresholds that are written beside a curve
LONG = 24  # letters of a judge's name
CURVES = 8  # panels that can be told apart by colour; the others are grey
COLORS = ("#3f7d9e", "#d1603d", "#5b8c5a", "#8b6aa8", "#c8963e", "#5f6b7a", "#b4567a", "#3c9d9b")
DARK, PALE = "#22303c", "#aebac3"


def draw_precision(found: Calibration, path: Path) -> None:
    """Precision against retention: a curve per panel over its thresholds, a ring at the recipe's, a star at what is chosen."""
    figure = Figure(figsize=(11, 6.8), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    able, least = found.lines[found.criterion], found.recipe.least_score
    curves: dict[tuple[str, ...], list[Line]] = {}
    for line in able:
        curves.setdefault(line.panel, []).append(line)
    panels = list(curves)
    shown = notable(found, panels)
    for panel in sorted(panels, key=lambda panel: panel in shown):
        curve = [line for line in curves[panel] if line.confusion.kept]
        color = COLORS[shown.index(panel)] if panel in shown else PALE
        _curve(axes, curve, color, " + ".join(map(_name, panel)) if panel in shown else None, least)
    placed: list[tuple[float, float]] = []
    for (rules, line), mark in zip(chosen(found).items(), "*D", strict=False):
        of = line.confusion
        at = (of.kept / of.rows, of.precision or 0.0)
        size = {"*": 260, "D": 90}[mark]
        axes.scatter(*at, marker=mark, s=size, color=DARK, edgecolors="white", zorder=5, label=f"chosen: {rules}")
        _thresholds(axes, curves[line.panel], COLORS[shown.index(line.panel)], placed)
    wanted = found.recipe.precision
    axes.axhline(wanted, color=DARK, lw=1, ls="--")
    axes.annotate(
        f"{wanted:g}",
        (1.0, wanted),
        xycoords=("axes fraction", "data"),
        xytext=(4, -3),
        textcoords="offset points",
        color=DARK,
    )
    at_least = "" if found.criterion == "solution" else f" at the threshold {least:g}"
    what = {"joined": "problem and solution", "problem": "problem", "solution": "solution"}[found.criterion]
    axes.set(
        xlabel="retention: the share of all rows that is kept", ylabel="precision: the share of kept rows that is right", xlim=(0, 1.02),
        title=f"{len(panels):,} panels against {able[0].confusion.rows:,} labels ({what}); bars: 95 %{at_least}",
    )  # fmt: skip
    _plain(axes)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.savefig(path, metadata={"Software": None})


def chosen(found: Calibration) -> dict[str, Line]:
    """What is written beside a chosen line -> the line; one where both rules agree."""
    said = {"retained": "most retained (the paper's rule)", "cheapest": "the cheapest (ours)"}
    by_rule = {choice.rule: choice.line for choice in found.choices}
    if len(set(by_rule.values())) == 1:
        return {"by the paper's rule and by ours": next(iter(by_rule.values()))}
    return {said[rule]: line for rule, line in by_rule.items()}


def _thresholds(axes: Axes, curve: list[Line], color: str, placed: list[tuple[float, float]]) -> None:
    """Some thresholds beside their points, none upon another."""
    for line in curve:
        of = line.confusion
        if line.threshold in TOLD and of.kept >= LEAST:
            x, y = of.kept / of.rows, of.precision or 0.0
            if all(abs(x - other[0]) > 0.035 or abs(y - other[1]) > 0.025 for other in placed):
                axes.annotate(
                    f"{line.threshold:g}",
                    (x, y),
                    xytext=(7, 5),
                    textcoords="offset points",
                    fontsize=9,
                    color=color,
                    zorder=6,
                )
                placed.append((x, y))


def notable(found: Calibration, panels: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The panels that get a colour: the chosen ones, all judges together, each judge alone, then the smallest."""
    first = [choice.line.panel for choice in found.choices]
    whole = [panel for panel in panels if len(panel) == len(found.rows.judges)]
    return list(dict.fromkeys([*first, *whole, *panels]))[:CURVES]


def _curve(axes: Axes, curve: list[Line], color: str, name: str | None, least: float) -> None:
    """A panel over its thresholds, and its interval at the recipe's."""
    points = [line.confusion for line in curve if line.confusion.kept >= LEAST]
    at = [(of.kept / of.rows, of.precision or 0.0) for of in points]
    strong = name is not None
    if at:
        axes.plot(
            *zip(*at, strict=True),
            color=color,
            lw=1.8 if strong else 0.8,
            marker=".",
            ms=4 if strong else 2,
            label=name,
        )
    for line in curve:
        if strong and line.threshold in (None, least):
            of = line.confusion.measures()
            x, y, low, high = (
                of["retention"].value or 0.0,
                of["precision"].value or 0.0,
                of["precision"].low,
                of["precision"].high,
            )
            axes.errorbar(
                x,
                y,
                yerr=[[max(0.0, y - low)], [max(0.0, high - y)]],
                color=color,
                fmt="o",
                ms=8,
                mfc="white",
                capsize=3,
            )


def draw_agreement(found: Calibration, path: Path) -> None:
    """The excess of each pair of judges, a square per criterion; framed where one is as good as the other."""
    names = found.rows.judges
    criteria = list(dict.fromkeys(pair.criterion for pair in found.pairs))
    size = 2.2 + 0.7 * len(names)
    figure = Figure(figsize=(max(5.0, size) * len(criteria), size), dpi=DPI, layout="constrained")
    for axes, criterion in zip(np.atleast_1d(figure.subplots(1, len(criteria))), criteria, strict=True):
        excess = np.full((len(names), len(names)), np.nan)
        for pair in (pair for pair in found.pairs if pair.criterion == criterion):
            at = names.index(pair.a), names.index(pair.b)
            for x, y in (at, at[::-1]):
                excess[y, x] = np.nan if pair.excess is None else pair.excess
                said = (
                    "none to\nexplain" if pair.excess is None else f"{pair.excess + 0.0:.2f}".replace("-0.00", "0.00")
                )
                axes.text(
                    x, y, said, ha="center", va="center", color="white" if excess[y, x] > 0.55 else DARK, fontsize=9
                )
                if pair.alike:
                    axes.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, fill=False, ec=COLORS[1], lw=3))
        axes.imshow(np.maximum(excess, 0), cmap="Blues", vmin=0, vmax=1)
        axes.set_title(f"{criterion}s", color=DARK)
        axes.set_xticks(range(len(names)), [_name(name) for name in names], rotation=30, ha="right")
        axes.set_yticks(range(len(names)), [_name(name) for name in names])
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
    figure.suptitle(
        "agreement beyond what accuracies explain\n0: each errs alone, 1: as a copy would (framed: much)",
        fontsize=11,
        color=DARK,
    )
    figure.savefig(path, metadata={"Software": None})


def _name(text: str) -> str:
    """A judge's name as matplotlib writes it: a dollar sign begins no formula, and no name is hidden for its underscore."""
    short = text if len(text) <= LONG else text[: LONG - 1] + "…"
    return (" " if short.startswith("_") else "") + short.replace("$", r"\$")


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=PALE, alpha=0.35)
