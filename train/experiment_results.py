"""What came out of an experiment: a table, with intervals that say what they leave out, and every learning rate that was tried.

scores of every run -> results.json, table.md, plot.png

The interval of an arm draws seeds again, and items within each: both vary. That of a difference draws each arm's seeds by themselves and
the same items for both. With three seeds they are still too narrow, and say so.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from builders import rows
from builders.screen import say
from builders.sources import find
from train.experiment_plan import Experiment, Run, value
from train.experiment_plot import plot
from train.score_table import grid, items, printed, shown
from train.scores import DRAWS, ENDS, SEED, Number, alike

FEW = 10  # seeds below which an interval over seeds is too narrow to be taken at its word

Cells = Mapping[str, Mapping[str, np.ndarray]]  # arm -> task -> seeds x items


def report(
    recipe: Experiment, output: Path, runs: Sequence[Run], sweep: Sequence[Run], rates: Mapping[str, float] | None
) -> None:
    """Writes and prints it."""
    named = {
        name: [name] if arm.model else [run.name for run in runs if run.arm == name]
        for name, arm in recipe.arms.items()
    }
    cells = {name: scores(output, each) for name, each in named.items()}
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
        "guess": guessed(output / "scores" / "tasks" / named[control][0]),
        "arms": results,
    }
    (output / "results.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    lines = table(recipe, said, tasks)
    (output / "table.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plot(said, tasks, output / "plot.png")
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
        made["over_control"] = mean(found, control)
    return made


def mean(values: np.ndarray, control: np.ndarray | None = None) -> Number:
    """The mean of seeds x items, or how far it is above a control's, with seeds drawn again and, within, items.

    Items are the same for every seed and for the control. The control's seeds are drawn by themselves: that two runs have a seed
    in common makes their luck no more alike, and three pairs that happen to go together would make the interval too narrow.
    """
    draw = np.random.default_rng(SEED)
    seeds, count = values.shape
    drawn = []
    for _ in range(DRAWS):
        mine, chosen = draw.integers(0, seeds, seeds), draw.integers(0, count, count)
        drawn.append(values[mine][:, chosen].mean())
        if control is not None:
            drawn[-1] -= control[draw.integers(0, len(control), len(control))][:, chosen].mean()
    low, high = np.percentile(drawn, ENDS)
    if control is None and low == high and values.flat[0] in (0, 1):
        low, high = alike(values.flat[0], count)
    return {
        "value": round(float(values.mean() - (0 if control is None else control.mean())), 4),
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
    made: dict[str, dict[str, float]] = {}
    for run in sweep:
        made.setdefault(run.arm, {})[f"{run.rate:g}"] = round(value(output / "scores" / "choose" / run.name), 4)
    return made


def guessed(folder: Path) -> dict[str, float]:
    """task -> the share of its items that have the most frequent answer: what is scored by saying that one alone."""
    answers: dict[str, Counter[str]] = {}
    for row in rows.read(find(str(folder), config="items"), ["task", "answer"]):
        if row["answer"] is not None:
            answers.setdefault(row["task"], Counter())[row["answer"]] += 1
    return {task: round(max(each.values()) / each.total(), 4) for task, each in answers.items()}


def table(recipe: Experiment, said: Mapping[str, Any], tasks: Sequence[str]) -> list[str]:
    """Lines of Markdown."""
    head = ["arm", "steps", "tokens seen", "learning rate"]
    for task in tasks:
        head += [task, "each seed", f"above {said['control']}"]
    cells = []
    for name, found in said["arms"].items():
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
            each = " ".join(f"{one:.3f}" for one in mine["seeds"]) if mine else "-"
            line += [shown(mine and mine["mean"]), each, shown(mine and mine.get("over_control"), sign=True)]
        cells.append(line)
    lines = [f"**{recipe.title}** {recipe.about}".strip(), "", *grid(head, cells), ""]
    seeds = "one seed" if len(recipe.seeds) == 1 else f"{len(recipe.seeds)} seeds"
    few = f" With {seeds} they are too narrow still." if len(recipe.seeds) < FEW else ""
    lines.append(
        f"Intervals (95 %) draw seeds and items again; they leave out other data, other wordings and the choice of the learning rate.{few}"
    )
    if said["guess"]:
        share = ", ".join(f"{value:.3f} ({task})" for task, value in said["guess"].items())
        lines.append(f"Whoever always says the most frequent answer scores {share}.")
    return lines + (tried(recipe, said["tried"]) if said["tried"] else [])


def tried(recipe: Experiment, scored: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Lines of Markdown: what each learning rate scored. One at an end of what was tried may not be an arm's best."""
    rates = [f"{rate:g}" for rate in recipe.rates]
    cells = [[name, *(f"{mine[rate]:.3f}" for rate in rates)] for name, mine in scored.items()]
    about = f"Learning rates tried for each arm, with seed {recipe.sweep_seed} on items that do not count:"
    return ["", about, "", *grid(["arm", *rates], cells)]
