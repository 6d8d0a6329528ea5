"""The figures of a card, as PNG: what the folder counts and holds, and nothing else.

card-way.png (the stages that a row comes through), card-yield.png (kept and rejected, and why), card-rows.png (what the rows measure)

Each stands on paper of its own, so that it reads on a light page and on a dark one.
"""

import os
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import FancyBboxPatch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from cards.columns import numbers, tally
from cards.facts import Facts, mapping, styles, whole
from cards.figures import COOL, DARK, GAPS, MIDDLE, PALE, WARM, short
from cards.gsdp import HOPS
from cards.way import Stage, dialogue_stages, listed, problem_stages

PAPER, INK, RUST = "#fbfbf9", "#5b6873", "#b04a28"
WIDE, DPI = 10.0, 150  # inches, points
REASONS = (WARM, MIDDLE, "#7a5c99", "#5f9e6e", "#b0567e", "#8a6d4b")  # the most frequent ones; all others are pale
ENDS = (5, 25, 50, 75, 95)  # percentiles of a box
LEVELS = {"low": "#a8c8d8", "medium": COOL, "high": "#24506a"}


def draw(facts: Facts, folder: Path) -> None:
    """Draws what there is to draw, and takes away what there no longer is."""
    drawn = {"card-way.png": _way, "card-yield.png": _yield, "card-rows.png": _rows}
    for name, make in drawn.items():
        figure = make(facts) if facts.kind in ("mind", "gsdp") else None
        beside = folder / f".{name}.unfinished.png"
        try:
            if figure is None:
                (folder / name).unlink(missing_ok=True)
                continue
            beside.unlink(missing_ok=True)  # of whoever made the folder: a link would be written through
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "Glyph .* missing from font")  # it is drawn as a box
                figure.savefig(beside, facecolor=PAPER, metadata={"Software": None})
            os.replace(beside, folder / name)
        finally:
            beside.unlink(missing_ok=True)


def _way(facts: Facts) -> Figure | None:
    """A box for each stage, and beside the arrow to it what was done and what was lost."""
    stages = dialogue_stages(facts, styles(facts)) if facts.kind == "mind" else problem_stages(facts)
    if not stages:
        return None
    figure = Figure(figsize=(WIDE, 0.3 + 0.78 * len(stages)), dpi=DPI)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDE), ylim=(0.3 + 0.78 * len(stages), 0))
    axes.set_axis_off()
    for number, stage in enumerate(stages):
        _stage(axes, stage, stages[number - 1] if number else None, 0.2 + 0.78 * number, number == len(stages) - 1)
    return figure


def _stage(axes: Axes, stage: Stage, before: Stage | None, top: float, last: bool) -> None:
    shape = FancyBboxPatch(
        (0.3, top), 2.3, 0.5, boxstyle="round,pad=0,rounding_size=0.1", facecolor=COOL if last else "#e3edf2", edgecolor=COOL, lw=1
    )  # fmt: skip
    axes.add_patch(shape)
    ink = "white" if last else DARK
    axes.text(1.4, top + 0.26, f"{stage.count:,}", ha="right", va="center", color=ink, fontsize=14, fontweight="bold")
    name = "kept" if last and stage.name == "distinct" else short(stage.noun)
    axes.text(1.52, top + 0.265, name, ha="left", va="center", color=ink, fontsize=11, parse_math=False)
    if before is None:
        return
    axes.annotate(
        "", (1.45, top - 0.015), (1.45, top - 0.265), arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.2}
    )
    said = top + (0.13 if stage.lost else 0.26)
    axes.text(2.9, said, stage.how, va="center", color=DARK, fontsize=9.2, parse_math=False)
    if stage.lost:
        axes.text(2.9, top + 0.38, _few(stage.lost), va="center", color=RUST, fontsize=8.6, parse_math=False)
    if stage.part and before.count:
        share = stage.count / before.count
        for width, colour in ((0.75, "#edc9bb"), (0.75 * share, COOL)):
            axes.barh(said, width, height=0.12, left=8.6, color=colour)
        axes.text(9.45, said + 0.005, f"{share:.0%}", va="center", color=DARK, fontsize=9.2)


def _few(lost: Mapping[str, int]) -> str:
    """The most frequent reasons on a line."""
    said = listed(lost, str).split(", ")
    return f"lost: {', '.join(said[:6])}{f', and {len(said) - 6} more' if len(said) > 6 else ''}"


def _yield(facts: Facts) -> Figure | None:
    """By style or kind of combination: the share that was kept, and the reasons of the others."""
    parts = _parts(facts)
    if not parts:
        return None
    figure = Figure(
        figsize=(WIDE, 1.3 + 0.36 * len(parts)), dpi=DPI, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    )
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(2, 3))
    shares = [kept / (kept + sum(lost.values())) for _, kept, lost in parts]
    left.barh(range(len(parts)), shares, color=COOL, height=0.66)
    for height, share in enumerate(shares):
        inside = share > 0.2
        left.text(share - 0.02 if inside else share + 0.02, height, f"{share:.0%}", ha="right" if inside else "left", va="center",
                  color="white" if inside else DARK, fontsize=9.5, fontweight="bold")  # fmt: skip
    left.set(xlim=(0, 1), title="kept, of all")
    left.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    left.set_yticks(range(len(parts)), [short(name.replace("_", " ")) for name, _, _ in parts], parse_math=False)
    left.set_ylim(len(parts) - 0.5, -0.5)
    some = _stack(right, parts)
    right.set(title="rejected, by reason")
    right.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    for axes in (left, right):
        _plain(axes)
    if not some:
        right.text(0.5, 0.5, "none", ha="center", va="center", color=INK, transform=right.transAxes)
        right.set_xticks([])
    else:
        figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=7, frameon=False, fontsize=8.8,
                      handlelength=1, columnspacing=1.2, labelcolor=DARK)  # fmt: skip
    return figure


def _stack(axes: Axes, parts: Sequence[tuple[str, int, dict[str, int]]]) -> bool:
    """Bars of what was rejected, the most frequent reasons beside one another and the others as one; whether there are any."""
    frequent = [
        reason for reason, _ in sum((Counter(lost) for _, _, lost in parts), Counter[str]()).most_common(len(REASONS))
    ]
    starts = np.zeros(len(parts))
    for reason, colour in [*zip(frequent, REASONS, strict=False), (None, PALE)]:
        counts = np.array([
            lost.get(reason, 0) if reason else sum(count for name, count in lost.items() if name not in frequent)
            for _, _, lost in parts
        ])  # fmt: skip
        if counts.any():
            axes.barh(
                range(len(parts)),
                counts,
                left=starts,
                color=colour,
                height=0.66,
                label=_label(reason or "other reasons"),
            )
            starts = starts + counts
    return bool(starts.any())


def _parts(facts: Facts) -> list[tuple[str, int, dict[str, int]]]:
    """(style or kind, kept, rejected by reason), of those that were asked for."""
    if facts.kind == "mind":
        made = [(style.name, style.kept, style.rejected) for style in styles(facts)]
    else:
        hops = mapping(mapping(facts.run.get("counts")).get("hops"))
        order = sorted(hops, key=lambda name: HOPS.index(name) if name in HOPS else len(HOPS))
        made = [
            (name, int(mapping(hops[name]).get("kept") or 0), whole(mapping(hops[name]).get("rejected")))
            for name in order
        ]
    return [(name, kept, lost) for name, kept, lost in made if kept or lost]


def _rows(facts: Facts) -> Figure | None:
    """What the kept rows of each style or kind measure."""
    names = [name for name, kept, _ in _parts(facts) if kept and name in facts.configs]
    if not names:
        return None
    mind = facts.kind == "mind"
    figure = Figure(
        figsize=(WIDE, 1.1 + 0.36 * len(names)), dpi=DPI, layout=ConstrainedLayoutEngine(w_pad=0.1, h_pad=0.1)
    )
    panels = figure.subplots(1, 3, sharey=True)
    gaps = {style.name: style.gap for style in styles(facts)} if mind else {}
    colours = [GAPS.get(str(gaps.get(name)), COOL) for name in names]
    _boxes(panels[0], facts, names, "text_tokens", "tokens of a row", colours)
    if mind:
        _boxes(panels[1], facts, names, "copy_rate", "share copied from the passage", colours)
        _boxes(panels[2], facts, names, "question_share", "share of turns that ask", colours)
        for gap in dict.fromkeys(str(gaps.get(name)) for name in names):
            panels[0].scatter([], [], marker="s", color=GAPS.get(gap, COOL), label=_label(f"knowledge gap: {gap}"))
    else:
        _boxes(panels[1], facts, names, "problem_score", "score of the panel", colours)
        _levels(panels[2], facts, names)
    panels[0].set_yticks(range(len(names)), [short(name.replace("_", " ")) for name in names], parse_math=False)
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    labelled = panels[0] if mind else panels[2]
    figure.legend(
        *labelled.get_legend_handles_labels(),
        loc="outside lower right",
        ncols=4,
        frameon=False,
        fontsize=8.8,
        labelcolor=DARK,
    )
    return figure


def _boxes(axes: Axes, facts: Facts, names: Sequence[str], column: str, title: str, colours: Sequence[str]) -> None:
    """For each part its median, the middle half and the middle nine tenths of its rows."""
    for height, (name, colour) in enumerate(zip(names, colours, strict=True)):
        values = numbers(facts.configs[name], column)
        if values.size:
            low, lower, middle, upper, high = np.percentile(values, ENDS)
            axes.plot([low, high], [height, height], color=colour, lw=1.4, solid_capstyle="butt")
            axes.barh(height, upper - lower, left=lower, height=0.5, color=colour, alpha=0.55)
            axes.plot([middle, middle], [height - 0.25, height + 0.25], color=DARK, lw=1.8, solid_capstyle="butt")
    axes.set_title(title)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.margins(x=0.08)
    _plain(axes)


def _levels(axes: Axes, facts: Facts, names: Sequence[str]) -> None:
    """How difficult the problems of each kind are, as they were rated."""
    counts: list[Mapping[str, int]] = [
        {str(level): count for (level,), count in tally(facts.configs[name], ["difficulty"]).items()} for name in names
    ]
    starts = np.zeros(len(names))
    for level, colour in LEVELS.items():
        shares = np.array([of.get(level, 0) / (sum(of.values()) or 1) for of in counts])
        axes.barh(range(len(names)), shares, left=starts, color=colour, height=0.66, label=level)
        starts = starts + shares
    axes.set_title("rated difficulty")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}"))
    axes.set_xlim(0, 1)
    _plain(axes)


def _label(text: str) -> str:
    """A name in a legend, which takes `$` for mathematics, and a name that begins with `_` for none."""
    return short(text).replace("$", r"\$").lstrip("_")


def _plain(axes: Axes) -> None:
    axes.set_facecolor(PAPER)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(PALE)
    axes.tick_params(colors=DARK, labelsize=9.5, length=3)
    axes.title.set(color=DARK, fontsize=10.5)
    axes.grid(axis="x", color=PALE, alpha=0.35)
    axes.set_axisbelow(True)
