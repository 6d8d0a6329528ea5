"""What came out of an experiment as a picture: a panel per task, each arm's mean with its interval, every seed as a tick.

results.json -> plot.png
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

BLUE, ORANGE, GREY = "#335577", "#cc6633", "#888888"
MARKS = 4  # in the legend


def plot(said: Mapping[str, Any], tasks: Sequence[str], place: Path) -> None:
    """Writes it. The dashed line is the control's mean, the dotted one what the most frequent answer alone would score."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    arms, control = said["arms"], said["arms"][said["control"]]["tasks"]
    columns = min(MARKS, 2 * len(tasks))  # of the legend, so that it is no wider than the panels
    below = 0.25 * -(-MARKS // columns)  # inches
    figure, panels = pyplot.subplots(
        1, len(tasks), figsize=(2 + 3.2 * len(tasks), 1.5 + below + 0.4 * len(arms)), squeeze=False, sharey=True
    )
    lines: dict[str, Any] = {}
    for panel, task in zip(panels[0], tasks, strict=True):
        if task in control:
            name = f"mean of {said['control']}"
            lines[name] = panel.axvline(control[task]["mean"]["value"], color=BLUE, linestyle="--", linewidth=0.8)
        if task in said["guess"]:
            lines["most frequent answer"] = panel.axvline(said["guess"][task], color=GREY, linestyle=":", linewidth=1.2)
        for at, found in enumerate(arms.values()):
            if (mine := found["tasks"].get(task)) is None:
                continue
            number, seeds = mine["mean"], mine["seeds"]
            ends = [[number["value"] - number["low"]], [number["high"] - number["value"]]]
            lines["mean, 95 %"] = panel.errorbar(
                number["value"], at, xerr=ends, fmt="o", markersize=5, color=BLUE, linewidth=2, capsize=3
            )
            (lines["a seed"],) = panel.plot(
                seeds, [at - 0.22] * len(seeds), "|", color=ORANGE, markersize=8, markeredgewidth=1.5
            )
        panel.set_title(task, fontsize=10)
        panel.set_xlim(-0.02, 1.02)
        panel.set_ylim(len(arms) - 0.5, -0.5)
        panel.set_xlabel("share of items right", fontsize=9)
        panel.grid(axis="x", alpha=0.3)
    panels[0][0].set_yticks(range(len(arms)), list(arms))
    figure.suptitle(said["title"], fontsize=11)
    figure.legend(lines.values(), lines.keys(), loc="lower center", ncols=columns, fontsize=8, frameon=False)
    figure.tight_layout(rect=(0, below / figure.get_figheight(), 1, 1))
    figure.savefig(place, dpi=150, metadata={"Software": None})
    pyplot.close(figure)
