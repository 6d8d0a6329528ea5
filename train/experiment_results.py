"""What came out of an experiment: a table and a plot, with intervals that say what they leave out.

scores of every run that counts -> results.json, table.md, plot.png

The interval of an arm draws seeds again, and items within each: both vary. With three seeds it is still too narrow, and says so.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from builders.commands import say
from train.experiment_plan import Experiment, Run
from train.score_table import grid, items, printed, shown
from train.scores import DRAWS, ENDS, SEED, Number

FEW = 10  # seeds below which an interval over seeds is too narrow to be taken at its word

Cells = Mapping[str, Mapping[str, np.ndarray]]  # arm -> task -> seeds x items


def report(
    recipe: Experiment, output: Path, runs: Sequence[Run], sweep: Sequence[Run], rates: Mapping[str, float] | None
) -> None:
    """Writes and prints it."""
    cells = {
        name: scores(output, [name] if arm.model else [run.name for run in runs if run.arm == name])
        for name, arm in recipe.arms.items()
    }
    tasks = list(dict.fromkeys(task for found in cells.values() for task in found))
    control = recipe.control or next(iter(recipe.arms))
    results = {
        name: {
            "note": recipe.arms[name].note,
            "rate": rates.get(name) if rates else next((run.rate for run in runs if run.arm == name), None),
            "runs": [told(recipe.home, run) for run in runs if run.arm == name],
            "tasks": {task: of_task(found[task], cells[control].get(task)) for task in tasks if task in found},
        }
        for name, found in cells.items()
    }
    said = {
        "title": recipe.title,
        "control": control,
        "seeds": recipe.seeds,
        "tried": swept(output, sweep),
        "arms": results,
    }
    (output / "results.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    lines = table(recipe, results, tasks, control)
    (output / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plot(recipe, results, tasks, output / "plot.png")
    say("\n".join(printed(lines)))
    say(f"{output}: table.md, plot.png, results.json, commands.sh")


def scores(output: Path, names: Sequence[str]) -> dict[str, np.ndarray]:
    """task -> the score of each item (columns) under each seed (rows)."""
    found = [items(output / "scores" / "tasks" / name) for name in names]
    return {task: np.array([[each[task][name] for name in sorted(each[task])] for each in found]) for task in found[0]}


def of_task(found: np.ndarray, control: np.ndarray | None) -> dict[str, Any]:
    """An arm's numbers on a task, and how far it is above the control."""
    made: dict[str, Any] = {"seeds": [round(float(each), 4) for each in found.mean(axis=1)], "mean": mean(found)}
    if control is not None and control is not found and control.shape[1] == found.shape[1]:
        made["over_control"] = mean(
            found - control if len(control) in (1, len(found)) else found - control.mean(axis=0)
        )
    return made


def mean(values: np.ndarray) -> Number:
    """The mean of seeds x items, with seeds drawn again and, within, items; the same items for every seed."""
    draw = np.random.default_rng(SEED)
    seeds, count = values.shape
    drawn = [values[draw.integers(0, seeds, seeds)][:, draw.integers(0, count, count)].mean() for _ in range(DRAWS)]
    low, high = np.percentile(drawn, ENDS)
    return {
        "value": round(float(values.mean()), 4),
        "low": round(float(low), 4),
        "high": round(float(high), 4),
        "of": values.size,
    }


def told(home: Path, run: Run) -> dict[str, Any]:
    """A run: steps, tokens that it saw, seconds."""
    folder = home / "runs" / run.name
    said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    return {"name": run.name, "seed": run.seed, "rate": run.rate, "steps": said.get("steps"), "tokens": said.get("tokens"),
            "seconds": said.get("seconds"), "parameters": said.get("parameters"), "device": said.get("device")}  # fmt: skip


def swept(output: Path, sweep: Sequence[Run]) -> dict[str, dict[str, float]]:
    """arm -> learning rate -> what it scored on the items to choose by."""
    from train.experiment_plan import value

    made: dict[str, dict[str, float]] = {}
    for run in sweep:
        made.setdefault(run.arm, {})[f"{run.rate:g}"] = round(value(output / "scores" / "choose" / run.name), 4)
    return made


def table(recipe: Experiment, results: Mapping[str, Any], tasks: Sequence[str], control: str) -> list[str]:
    """Lines of Markdown."""
    head = ["arm", "steps", "tokens seen", "learning rate"]
    for task in tasks:
        head += [task, "each seed", f"above {control}"]
    cells = []
    for name, found in results.items():
        first = found["runs"][0] if found["runs"] else {"steps": None}
        tokens = [run["tokens"] for run in found["runs"] if run["tokens"]]
        line = [
            f"{name}: {found['note']}" if found["note"] else name,
            f"{first['steps']:,}" if first["steps"] else "-",
            f"{round(sum(tokens) / len(tokens)):,}" if tokens else "-",
            f"{found['rate']:g}" if found["rate"] else "the recipe's" if found["runs"] else "as it is",
        ]
        for task in tasks:
            mine = found["tasks"].get(task)
            each = " ".join(f"{value:.3f}" for value in mine["seeds"]) if mine else "-"
            line += [shown(mine and mine["mean"]), each, shown(mine and mine.get("over_control"), sign=True)]
        cells.append(line)
    lines = [f"**{recipe.title}** {recipe.about}".strip(), "", *grid(head, cells), ""]
    few = f" With {len(recipe.seeds)} seeds they are too narrow still." if len(recipe.seeds) < FEW else ""
    lines.append(
        f"Intervals (95 %) draw seeds and items again; they leave out other data, other wordings and the choice of the learning rate.{few}"
    )
    return lines


def plot(recipe: Experiment, results: Mapping[str, Any], tasks: Sequence[str], place: Path) -> None:
    """A panel per task: each arm's mean with its interval, and every seed as a dot."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(
        1, len(tasks), figsize=(1.5 + 3.5 * len(tasks), 0.8 + 0.4 * len(results)), squeeze=False, sharey=True
    )
    for panel, task in zip(panels[0], tasks, strict=True):
        for at, found in enumerate(results.values()):
            mine = found["tasks"].get(task)
            if mine is None:
                continue
            number = mine["mean"]
            panel.plot([number["low"], number["high"]], [at, at], color="#335577", linewidth=2)
            panel.plot([number["value"]], [at], "o", color="#335577")
            panel.plot(mine["seeds"], [at] * len(mine["seeds"]), "|", color="#cc6633", markersize=10)
        panel.set_title(task, fontsize=10)
        panel.set_xlim(0, 1)
        panel.grid(axis="x", alpha=0.3)
    panels[0][0].set_yticks(range(len(results)), list(results))
    panels[0][0].invert_yaxis()
    figure.suptitle(recipe.title, fontsize=11)
    figure.tight_layout()
    figure.savefig(place, dpi=150, metadata={"Software": None})
    pyplot.close(figure)
