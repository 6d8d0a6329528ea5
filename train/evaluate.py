"""How good models are: GSM8K, MATH, MATH-500 and SVAMP as tasks of ours, any other by its lm-eval name.

    models (folders, Hub ids, endpoints), tasks -> a finished folder per model (items: replies, answers, right), a table of all

    python -m train.evaluate --models data/trained/sft --tasks gsm8k math500 --output data/scores
    python -m train.evaluate --models before=data/a after=http://127.0.0.1:8080 --tasks svamp=FILE --samples 8 --temperature 0.7 \\
        --output data/scores

Several models are compared on the same items, pair by pair with the first. Each reply is kept in NAME.replies.sqlite as soon as it
is there, and is not asked for again: the same command goes on after a kill, and with a task more. Numbers of a paper stand beside
ours as theirs: another harness gives other numbers.
"""

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from datasets import Features, List, Value

from builders import VERSION
from builders.commands import command, option, parse
from builders.errors import UserError, WorldError
from builders.folder import finished
from builders.place import check_output, check_plain_files
from builders.row import TEXT, Row
from builders.screen import say
from train.asking import Asking, is_endpoint, known, opened, replies, seed, served, theirs
from train.kept import keep
from train.score_table import printed, table
from train.scores import graded, scores_of
from train.tasks import Task, examples_of, items_of, tasks_of

FOLDER = Path(__file__).parent / "recipes"
FEATURES = Features(
    {"task": TEXT, "id": TEXT, "problem": TEXT, "answer": TEXT, "replies": List(TEXT), "answers": List(TEXT),
     "right": List(Value("bool")), "majority_right": Value("bool"), "score": Value("float64")}
)  # fmt: skip
NAME = re.compile(r"[^/.][^/]*")  # of a model, and of the folder with its replies
MAIN = ("exact_match", "acc_norm", "acc", "pass_at_1", "pass@1", "f1")  # of lm-eval's metrics the one that counts


@dataclass(frozen=True)
class Recipe(Asking):
    """What `python -m train.evaluate` is told."""

    models: list[str] = option([], "folders, Hub ids or URLs, each perhaps as NAME=PLACE", metavar="MODEL")
    tasks: list[Any] = option([], "gsm8k, math, math500, svamp (or NAME=PLACE), and names of lm-eval's", metavar="TASK")
    limit: int | None = option(None, "the first so many items of each task", metavar="N")
    unsafe: bool = option(False, "run code that a model wrote, as mbpp does")
    lacking: dict[str, str] = field(
        default_factory=dict, metadata={"flag": False, "help": "what the paper has and nobody here can ask"}
    )
    paper: dict[str, dict[str, float]] = field(
        default_factory=dict, metadata={"flag": False, "help": "the paper's numbers: model, then task"}
    )
    source: str = option("", "where the paper's numbers stand", flag=False)
    output: str = option("", "the folder that gets one per model", metavar="DIR")


def places(models: Sequence[str]) -> dict[str, str]:
    """NAME=PLACE, or a place that names itself -> name to place. UserError where two are called the same."""
    made: dict[str, str] = {}
    for each in models:
        name, said, place = each.partition("=")
        if not said or is_endpoint(each):
            place, name = each, re.sub(r"[^A-Za-z0-9_.-]+", "-", each.rstrip("/").split("://")[-1].split("/")[-1])
        if not NAME.fullmatch(name):
            raise UserError(
                f"the model {each} would be called {name!r}, which names no folder; call it otherwise, as NAME=PLACE"
            )
        if name in made:
            raise UserError(f"two models are called {name}; give each a name of its own, as NAME=PLACE")
        made[name] = place
    if not made:
        raise UserError("no --models are given; name folders, Hub ids or URLs")
    return made


def weights(place: str) -> list[Any]:
    """What changes when a model on this machine does; nothing for another."""
    files = sorted(Path(place).glob("*.safetensors"))
    return [place, *([file.name, file.stat().st_mtime_ns, file.stat().st_size] for file in files)]


def mark(place: str, recipe: Recipe, ours: Sequence[tuple[Task, list[Row]]], names: Sequence[str]) -> str:
    """What changes when a model would have to be asked again."""
    sampling = {name: value for name, value in asdict(recipe).items() if name in asdict(Asking())}
    tasks = [[asdict(task), rows, examples_of(task)] for task, rows in ours]
    said = [VERSION, weights(place), sampling, recipe.limit, tasks, list(names)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def evaluated(
    place: str, recipe: Recipe, ours: Sequence[tuple[Task, list[Row]]], names: Sequence[str], file: Path
) -> tuple[list[Row], dict[str, Any], str | None]:
    """A model's rows, its numbers (task -> metric -> number), and what an endpoint serves; its replies are kept in a file."""
    lm = opened(place, recipe)
    serves = lm.model if is_endpoint(place) else None
    try:
        with closing(keep(lm, file, [weights(place), serves, recipe.dtype])):
            rows, scores = measured(lm, recipe, ours, names)
    except sqlite3.OperationalError as problem:  # locked, or the disk
        raise WorldError(f"{file}: {problem}; what was said is kept there, and the same command goes on") from problem
    except sqlite3.DatabaseError as problem:
        raise UserError(f"{file} is broken, or none of ours ({problem}); put it aside") from problem
    return rows, scores, serves


def measured(
    lm: Any, recipe: Recipe, ours: Sequence[tuple[Task, list[Row]]], names: Sequence[str]
) -> tuple[list[Row], dict[str, Any]]:
    """The rows and the numbers of a model that is open."""
    rows: list[Row] = []
    scores: dict[str, Any] = {}
    for task, items in ours:
        found = graded(items, replies(lm, task, items, recipe))
        scores[task.name] = scores_of(found)
        rows += [
            {**dict.fromkeys(FEATURES), **row, "task": task.name, "score": sum(row["right"]) / len(row["right"])}
            for row in found
        ]
        say(f"{task.name}: {scores[task.name]['pass@1']['value']:.3f} of {len(found):,}")
    seed(lm, recipe.seed)
    said = theirs(lm, names, recipe.limit, recipe.unsafe)
    results = {**said.get("results", {}), **said.get("groups", {})}
    scores |= {name: theirs_of(name, results[name], said) for name in names if name in results}
    for name, samples in said.get("samples", {}).items():
        metric = next((each for each in MAIN if samples and each in samples[0]), None)
        rows += [
            {**dict.fromkeys(FEATURES), "task": name, "id": str(each["doc_id"]), "score": float(each[metric])}
            for each in samples
            if metric
        ]
    return rows, scores


def theirs_of(name: str, given: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The numbers of one of lm-eval's tasks or groups, with its own standard errors as intervals."""
    made = {}
    of = said.get("n-samples", {}).get(name, {}).get("effective")
    for key, value in given.items():
        metric, _, form = key.partition(",")
        if not form or metric.endswith("_stderr") or not isinstance(value, (int, float)):
            continue
        error = given.get(f"{metric}_stderr,{form}")
        spread = 1.96 * error if isinstance(error, (int, float)) else None
        low, high = (None, None) if spread is None else (value - spread, value + spread)
        made[metric] = {"value": value, "low": low, "high": high, "of": of}
    return made


def earlier(folder: Path, marked: str, place: str, asking: Asking) -> dict[str, Any] | None:
    """The numbers of a model that was evaluated so before; of an endpoint, where it does not serve another model by now."""
    try:
        said = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("mark") != marked or not _are_scores(said.get("scores")):
        return None
    if is_endpoint(place):
        try:
            if served(place, asking) != said.get("serves"):
                return None
        except WorldError:  # it is switched off, and its numbers stand
            pass
    return dict(said["scores"])


def _are_scores(given: Any) -> bool:
    """Whether it is task -> metric -> {value, low, high, of}: a run.json may be anybody's."""
    return isinstance(given, dict) and all(
        isinstance(metrics, dict)
        and all(
            isinstance(number, dict)
            and name.isprintable()
            and all(isinstance(number.get(part, ""), int | float | None) for part in ("value", "low", "high"))
            for name, number in metrics.items()
        )
        for metrics in given.values()
    )


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "train.evaluate", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    if recipe.limit is not None and recipe.limit < 1:
        raise UserError(f"limit is {recipe.limit}; it must be 1 or more")
    if not recipe.output:
        raise UserError("no --output is given; name a folder")
    models = places(recipe.models)
    check_plain_files(Path(recipe.output, name) for name in models)
    ours, names = tasks_of(recipe.tasks, "the recipe")
    known(names)
    items = [(task, items_of(task, recipe.limit)) for task in ours]
    scores: dict[str, Any] = {}
    for name, place in models.items():
        output = Path(recipe.output, name)
        check_output(output)
        marked = mark(place, recipe, items, names)
        found = earlier(output, marked, place, recipe)
        if found is None:
            say(f"{name}: {place}")
            rows, found, serves = evaluated(place, recipe, items, names, output.with_name(f"{name}.replies.sqlite"))
            with finished(output, {"items": FEATURES}, [], "evaluation") as folder:
                folder.write("items", rows)
                said = {"mathloom": VERSION, "kind": "evaluation", "model": name, "serves": serves}
                folder.put("run.json", json.dumps({**said, "mark": marked, "scores": found}, indent=2) + "\n")
                told = {**asdict(recipe), "models": [], "output": ""}
                folder.put("recipe.yaml", yaml.safe_dump(told, sort_keys=False, allow_unicode=True))
        scores[name] = found
    lines = table(
        scores, {name: Path(recipe.output, name) for name in models}, recipe.paper, recipe.source, recipe.lacking
    )
    beside = Path(recipe.output, ".table.md")
    beside.unlink(missing_ok=True)  # a link would be written through
    beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
    os.replace(beside, Path(recipe.output, "table.md"))
    say("\n".join(printed(lines)))
    say(f"{recipe.output}/table.md")


if __name__ == "__main__":
    command(main, memory=None)
