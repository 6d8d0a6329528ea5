"""The figures of measures.json, as PNG: what it says, and nothing else.

mind   measures-styles.png (each measure of each style, with its interval), measures-speakers.png
gsdp   measures-yield.png, measures-similarity.png (figures 5 to 8 of the paper), measures-distances.png (where eps comes from)
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from builders.markdown import clean

DARK, WARM, COOL, PALE, MIDDLE = "#22303c", "#d1603d", "#3f7d9e", "#aebac3", "#c9a227"
GAPS = {"none": COOL, "partial": MIDDLE, "large": WARM}  # colours of the knowledge gap
DPI = 110
LONG = 32  # characters of a name
PANELS = {
    "copy_rate": "copy rate", "similarity": "similarity to the passage (words)", "similarity_embedded": "similarity to the passage (embedded)",
    "length_ratio": "length / passage", "new_numbers": "new numbers a dialogue", "wrong_share": "dialogues with wrong arithmetic",
    "question_share": "turns that ask", "question_gap": "difference between speakers' questions", "steps_per_answer": "steps an answer",
}  # fmt: skip


def draw(made: Mapping[str, Any], folder: Path) -> None:
    """Draws what there is to draw, and takes away figures of earlier measures that there no longer is."""
    for name, drawn in FIGURES.items():
        figure = drawn(made) if name.partition(":")[0] == made["kind"] else None
        path = folder / f"measures-{name.partition(':')[2]}.png"
        path.unlink(missing_ok=True)
        if figure is not None:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Glyph .* missing from font")  # it is drawn as a box
                figure.savefig(path, metadata={"Software": None})


def draw_styles(made: Mapping[str, Any]) -> Figure | None:
    """Every measure of every style, those of the smallest knowledge gap first."""
    order = list(GAPS)
    styles = sorted(
        made["styles"].items(), key=lambda item: (order.index(item[1]["gap"]) if item[1]["gap"] in GAPS else 9, item[0])
    )
    styles = [(name, style) for name, style in styles if style["rows"]]
    panels = [name for name in PANELS if any(style[name]["value"] is not None for _, style in styles)]
    if not panels:
        return None
    rows = math.ceil(len(panels) / 3)
    figure = Figure(figsize=(13, rows * (0.9 + 0.34 * len(styles))), dpi=DPI, layout="constrained")
    axes = figure.subplots(rows, 3, sharey=True, squeeze=False).ravel().tolist()
    for place, name in zip(axes, panels, strict=False):
        for height, (_, style) in enumerate(styles):
            _interval(place, style[name], height, GAPS.get(style["gap"], DARK))
        place.set_title(PANELS[name], fontsize=10.5, color=DARK)
        place.set_yticks(range(len(styles)), [short(name.replace("_", " ")) for name, _ in styles], parse_math=False)
        place.set_ylim(len(styles) - 0.5, -0.5)
        place.margins(x=0.12)
        place.xaxis.set_major_locator(MaxNLocator(5))
        _plain(place)
    for place in axes[len(panels) :]:
        place.set_axis_off()
    for gap, colour in GAPS.items():
        axes[0].scatter([], [], color=colour, label=f"gap: {gap}")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return figure


def draw_speakers(made: Mapping[str, Any]) -> Figure | None:
    """The share of each speaker's turns that ask, style by style."""
    bars = [
        (name, speaker, asks) for name, style in made["styles"].items() for speaker, asks in style["speakers"].items()
    ]
    bars = [bar for bar in bars if bar[2]["value"] is not None]
    if not bars:
        return None
    figure = Figure(figsize=(9, 1.2 + 0.27 * len(bars)), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for height, (style, _, asks) in enumerate(bars):
        _interval(axes, asks, height, GAPS.get(made["styles"][style]["gap"], DARK))
        if height and bars[height - 1][0] != style:
            axes.axhline(height - 0.5, color=PALE, lw=0.8)
    axes.set_yticks(
        range(len(bars)),
        [f"{short(style.replace('_', ' '))}: {short(speaker)}" for style, speaker, _ in bars],
        parse_math=False,
    )
    axes.set(xlim=(-0.02, 1.02), ylim=(len(bars) - 0.5, -0.5), title="share of a speaker's turns that ask")
    _plain(axes)
    return figure


def draw_yield(made: Mapping[str, Any]) -> Figure | None:
    """How many of the problems drawn pass each stage."""
    stages = [
        (name, shares["of_all"]) for name, shares in made["stages"].items() if shares["of_all"]["value"] is not None
    ]
    if not stages:
        return None
    figure = Figure(figsize=(9, 1.2 + 0.5 * len(stages)), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    for height, (_, part) in enumerate(stages):
        axes.barh(height, part["value"], height=0.62, color=COOL, alpha=0.55)
        _interval(axes, part, height, DARK)
        axes.text(0.01, height, f"{part['value']:.0%}", va="center", color=DARK, fontweight="bold")
    axes.set_yticks(range(len(stages)), [name for name, _ in stages])
    axes.set(
        xlim=(0, 1.02),
        ylim=(len(stages) - 0.5, -0.5),
        title=f"share of the {stages[0][1]['of']:,} problems drawn that pass",
    )
    _plain(axes)
    return figure


def draw_similarity(made: Mapping[str, Any]) -> Figure | None:
    """How similar each set's rows are to their nearest seeds: a histogram, and the share below (figures 5 to 8)."""
    sets = [(name, of) for name, of in made["sets"].items() if of["histogram"]]
    figure, panels = _panels(len(sets))
    low = min((float(edge) for _, of in sets for edge, count in of["histogram"].items() if count), default=0.0)
    for axes, (name, of) in zip(panels, sets, strict=False):
        edges = [float(edge) for edge in of["histogram"]]
        counts = list(of["histogram"].values())
        axes.bar(edges, counts, width=0.05, align="edge", color=COOL, edgecolor="white", linewidth=0.6)
        axes.set(xlabel="similarity to the nearest seed", ylabel="rows")
        axes.set_title(
            f"{short(name)}: {of['sample']:,} rows, {of['seeds']:,} seeds", fontsize=11, color=DARK, parse_math=False
        )
        right = axes.twinx()
        right.plot([float(edge) for edge in of["cumulative"]], list(of["cumulative"].values()), color=WARM, lw=1.8)
        right.set(ylim=(0, 1.03), xlim=(max(0.0, low - 0.05), 1.0), ylabel="share of rows below")
        right.yaxis.label.set_color(WARM)
        right.axvline(of["novel_below"], color=DARK, lw=1, ls=":")
        right.spines["top"].set_visible(False)
        _plain(axes)
    return figure


def draw_distances(made: Mapping[str, Any]) -> Figure | None:
    """Each set's k-distances in ascending order, and eps at their knee."""
    sets = [(name, of) for name, of in made["sets"].items() if of["k_distances"]]
    figure, panels = _panels(len(sets))
    for axes, (name, of) in zip(panels, sets, strict=False):
        curve = of["k_distances"]
        places = [place * (of["sample"] - 1) / max(1, len(curve) - 1) for place in range(len(curve))]
        axes.plot(places, curve, color=COOL, lw=2)
        axes.axhline(
            of["eps"], color=WARM, lw=1.4, label=f"eps {of['eps']:.4f}: {of['clusters']['value']:,.0f} clusters"
        )
        axes.set(xlabel="rows in order", ylabel=f"distance within which {of['min_points']} rows lie")
        axes.set_title(f"{short(name)}: {of['sample']:,} rows", fontsize=11, color=DARK, parse_math=False)
        axes.legend(frameon=False)
        _plain(axes)
    return figure


def _panels(count: int) -> tuple[Figure | None, Sequence[Axes]]:
    """A figure with as many panels, two in a row."""
    if not count:
        return None, []
    columns = min(2, count)
    rows = math.ceil(count / columns)
    figure = Figure(figsize=(6.6 * columns, 3.9 * rows), dpi=DPI, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel().tolist()
    for place in axes[count:]:
        place.set_axis_off()
    return figure, axes


def _interval(axes: Axes, measure: Mapping[str, Any], height: float, colour: str) -> None:
    """A dot, and a line as long as the interval."""
    if measure["value"] is None:
        return
    if measure["low"] is not None:
        axes.plot([measure["low"], measure["high"]], [height, height], color=colour, lw=2.2, alpha=0.6)
    axes.scatter([measure["value"]], [height], s=30, color=colour, zorder=3)


def short(text: str) -> str:
    """A name that somebody gave, on one line and no longer than can be read."""
    name = " ".join(clean(text).split())
    return name if len(name) <= LONG else name[: LONG - 1] + "…"


def _plain(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x", color=PALE, alpha=0.35)
    axes.set_axisbelow(True)


FIGURES = {
    "mind:styles": draw_styles, "mind:speakers": draw_speakers, "gsdp:yield": draw_yield, "gsdp:similarity": draw_similarity,
    "gsdp:distances": draw_distances,
}  # fmt: skip
