"""The table of an evaluation: our numbers with their intervals, the paper's beside them, and each model against the first.

model -> task -> metric -> number, folders, the paper's numbers -> Markdown lines
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from builders import rows
from builders.sources import find
from train.scores import Number, paired

Scores = Mapping[str, Mapping[str, Mapping[str, Number]]]


def table(
    scores: Scores,
    folders: Mapping[str, Path],
    paper: Mapping[str, Mapping[str, float]],
    source: str,
    lacking: Mapping[str, str],
) -> list[str]:
    """Lines of Markdown: tasks down, models across."""
    tasks = list(dict.fromkeys(task for found in scores.values() for task in found))
    papers = [name for name, given in paper.items() if any(task in tasks for task in given)]
    lines = grid(
        ["task", "metric", *scores, *(f"{name} (theirs)" for name in papers)], body(tasks, scores, paper, papers)
    )
    if papers:
        lines += [
            "",
            f"Theirs: {source}, by another harness and with other prompts; the difference to ours is no result.",
        ]
    if lacking:
        lines += ["", "Not asked here:", *(f"- {name}: {why}" for name, why in lacking.items())]
    if len(scores) > 1:
        lines += ["", *compared(tasks, folders)]
    return lines


def body(
    tasks: Sequence[str], scores: Scores, paper: Mapping[str, Mapping[str, float]], papers: Sequence[str]
) -> list[list[str]]:
    """The cells. The paper's percentages stand as such on the first line of a task."""
    made = []
    for task in tasks:
        metrics = list(dict.fromkeys(metric for found in scores.values() for metric in found.get(task, {})))
        for at, metric in enumerate(metrics):
            ours = [shown(found.get(task, {}).get(metric)) for found in scores.values()]
            said = [f"{paper[name][task]:.1f} %" if not at and task in paper[name] else "" for name in papers]
            made.append([task, metric, *ours, *said])
    return made


def compared(tasks: Sequence[str], folders: Mapping[str, Path]) -> list[str]:
    """Every model against the first, on the same items."""
    first, *others = folders
    mine = items(folders[first])
    made = []
    for other in others:
        its = items(folders[other])
        for task in tasks:
            if task in mine and task in its:
                found = paired(mine[task], its[task])
                alone = f"{found['only_second']} / {found['only_first']}"
                made.append([task, f"{other} - {first}", shown(found, sign=True), alone])
    return grid(["task", "the same items", "difference", "better on / worse on"], made) if made else []


def items(folder: Path) -> dict[str, dict[str, float]]:
    """task -> item -> score, as a folder has them."""
    made: dict[str, dict[str, float]] = {}
    for row in rows.read(find(str(folder), config="items"), ["task", "id", "score"]):
        made.setdefault(row["task"], {})[row["id"]] = row["score"]
    return made


def shown(given: Number | None, sign: bool = False) -> str:
    """0.412 [0.38, 0.44]."""
    if given is None or given["value"] is None:
        return "-"
    ends = "" if given["low"] is None else f" [{given['low']:.2f}, {given['high']:.2f}]"
    return f"{given['value']:{'+' if sign else ''}.3f}{ends}"


def grid(head: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *cells]
    return [f"| {' | '.join(line)} |" for line in lines]


def printed(lines: Sequence[str]) -> list[str]:
    """The lines as a screen shows them: columns under each other."""
    made: list[str] = []
    block: list[list[str]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            block.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        if block:
            kept = [block[0], *block[2:]]
            widths = [max(len(cells[at]) for cells in kept) for at in range(len(kept[0]))]
            made += [
                "  ".join(f"{cell:{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
                for cells in kept
            ]
            block = []
        made.append(line)
    return made[:-1]
