"""A calibration as a finished folder: all panels at all thresholds, the judges, the pairs, and two figures.

Calibration -> configs joined, problem, solution, judges, pairs; run.json with what was chosen; precision.png, agreement.png
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml
from datasets import Features, List, Value

from builders import VERSION
from builders.commands import now
from builders.folder import finished
from builders.row import TEXT, Row
from builders.screen import say
from cards.card import write_card
from generation.advice import cost, recipe_lines
from generation.calibration import Calibration
from generation.calibration_pictures import draw_agreement, draw_precision
from generation.confusion import MEASURES, Confusion
from generation.replay import shown_path
from generation.subsets import CRITERIA, Line

WHOLE, NUMBER = Value("int64"), Value("float64")
COUNTS = ("tp", "fp", "fn", "tn")
PANELS = Features(
    {
        "panel": List(TEXT), "threshold": NUMBER, **dict.fromkeys(COUNTS, WHOLE),
        **{f"{name}{end}": NUMBER for name in MEASURES for end in ("", "_low", "_high")}, "cost": NUMBER,
    }
)  # fmt: skip
JUDGES = Features(
    {
        "judge": TEXT, "criterion": TEXT, "rows": WHOLE, "unread": WHOLE, "yes": WHOLE, "yes_to_good": NUMBER, "yes_to_bad": NUMBER,
        "area": NUMBER, "area_low": NUMBER, "area_high": NUMBER, "changes": WHOLE, "constant": TEXT,
    }
)  # fmt: skip
PAIRS = Features(
    {
        "a": TEXT, "b": TEXT, "criterion": TEXT, "by": TEXT, "rows": WHOLE, "agree": NUMBER, "expected": NUMBER, "excess": NUMBER,
        "shared_errors": WHOLE, "errors": WHOLE, "alike": Value("bool"),
    }
)  # fmt: skip
CONFIGS = {**dict.fromkeys(CRITERIA, PANELS), "judges": JUDGES, "pairs": PAIRS}


def write(found: Calibration) -> None:
    """Writes the folder."""
    recipe, place = found.recipe, Path(found.recipe.output or ".")
    with finished(place, CONFIGS, [], "calibration") as folder:
        for criterion, lines in found.lines.items():
            folder.write(criterion, [panel_row(line, found) for line in lines])
        folder.write("judges", [asdict(one) for one in found.judges])
        folder.write("pairs", [asdict(one) for one in found.pairs])
        draw_precision(found, folder.path / "precision.png")
        if found.pairs:
            draw_agreement(found, folder.path / "agreement.png")
        folder.put("run.json", json.dumps(run(found), indent=2, ensure_ascii=False) + "\n")
        folder.put("recipe.yaml", yaml.safe_dump(_recipe(recipe), sort_keys=False, allow_unicode=True))
        folder.close()
        write_card(folder.path)
    say(f'\nload_dataset("{place}", "{found.criterion}", split="train")')


def panel_row(line: Line, found: Calibration) -> Row:
    """A line as a row; `cost`: dollars a row, null where it is not known."""
    costs = found.known.costs
    of = line.confusion
    row: Row = {"panel": list(line.panel), "threshold": line.threshold, **_counts(of)}
    for name, measure in of.measures().items():
        row |= {name: measure.value, f"{name}_low": measure.low, f"{name}_high": measure.high}
    return {**row, "cost": cost(line.panel, costs) if costs else None}


def run(found: Calibration) -> dict[str, Any]:
    """run.json."""
    return {
        "mathloom": VERSION, "kind": "calibration", "ended": now(),
        "counts": {"rows": len(found.rows.ids), **{name: int(mask.sum()) for name, mask in found.rows.usable.items()}},
        "weights": dict(found.known.weights), "costs": dict(found.known.costs) or None,
        "precision": found.recipe.precision, "criterion": found.criterion, "chosen": dict(_chosen(found)),
    }  # fmt: skip


def _chosen(found: Calibration) -> Iterator[tuple[str, Any]]:
    for choice in found.choices:
        lines = recipe_lines(choice.line, found.known.weights, found.known.roles)
        other = choice.other and {**_counts(choice.other), "precision": choice.other.precision}
        yield choice.rule, {**panel_row(choice.line, found), "on_the_other_half": other, "recipe": lines}


def _counts(of: Confusion) -> dict[str, int]:
    return {name: getattr(of, name) for name in COUNTS}


def _recipe(recipe: Any) -> dict[str, Any]:
    """The recipe without where things lie."""
    labels = recipe.labels and shown_path(recipe.labels)
    return {
        "rows": shown_path(recipe.rows), "labels": labels, "precision": recipe.precision, "least_score": recipe.least_score,
    }  # fmt: skip
