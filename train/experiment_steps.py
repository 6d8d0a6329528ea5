"""The steps of an experiment as commands: each has its recipe in a file, runs as a process, and is known to be done by what it leaves.

Experiment, Run -> Step(what is typed, what is there when it is done, the recipe's file)
"""

import fcntl
import json
import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from builders.errors import CheckFailed, UserError, WorldError
from builders.recipe import read_recipe
from builders.screen import say
from train.experiment_plan import FOLDER, Arm, Experiment, Run


@dataclass(frozen=True)
class Step:
    """A command; `leaves` holds a line of it when it is done."""

    typed: str
    leaves: tuple[Path, ...]
    config: Path | None = None
    said: dict[str, Any] | None = None
    threads: int | None = None


def preparing(recipe: Experiment) -> list[Step]:
    """The commands of `make`: each says where it writes by --output. A folder that was not made here is taken as it is."""
    made = []
    for typed in recipe.make:
        words = shlex.split(typed)
        if "--output" not in words[:-1]:
            raise UserError(f"a command of `make` must say where it writes by --output: {typed}")
        left = Path(words[words.index("--output") + 1], "run.json")
        config = recipe.home / "recipes" / f"make-{left.parent.name}.yaml"
        ours = config.is_file() or not left.is_file()
        made.append(Step(typed, (left,), config if ours else None, {"command": typed}))
    return made


def mixing(recipe: Experiment, name: str, arm: Arm) -> Step:
    """The mix of an arm."""
    output = recipe.home / "mixes" / name
    return step(recipe, "python -m train.mix", {**recipe.mix, **arm.mix, "output": str(output)}, output, f"mix-{name}")


def training(recipe: Experiment, run: Run) -> Step:
    """A run."""
    output = recipe.home / "runs" / run.name
    mine = {**recipe.train, **recipe.arms[run.arm].train}
    start = read_recipe(str(mine["recipe"]), FOLDER) if "recipe" in mine else {}
    said = {**start, **mine, "seed": run.seed, "output_dir": str(output)}
    said["dataset_name"] = str(recipe.home / "mixes" / run.arm)
    if run.rate is not None:
        said["learning_rate"] = run.rate
    said.pop("recipe", None)
    return step(recipe, f"{recipe.launch} {recipe.command}", said, output, f"train-{run.name}")


def evaluation(recipe: Experiment, name: str, arm: Arm, runs: Sequence[Run], which: str) -> Step:
    """All models of an arm, asked in one process; each is known to be done by its own folder."""
    output = Path(recipe.output, "scores", which)
    models = {run.name: str(recipe.home / "runs" / run.name) for run in runs if run.arm == name}
    if arm.model:
        models = {name: arm.model}
    said = {**recipe.asked, "models": [f"{each}={place}" for each, place in models.items()], "output": str(output)}
    said["tasks"] = getattr(arm, which) or getattr(recipe, which) or said["tasks"]
    config = Path(recipe.output, "recipes", f"evaluate-{which}-{name}.yaml")
    leaves = tuple(output / each / "run.json" for each in models)
    return Step(f"python -m train.evaluate --config {shlex.quote(str(config))}", leaves, config, said)


def step(recipe: Experiment, typed: str, said: dict[str, Any], output: Path, name: str) -> Step:
    """A command with its recipe."""
    config = recipe.home / "recipes" / f"{name}.yaml"
    return Step(f"{typed} --config {shlex.quote(str(config))}", (output / "run.json",), config, said, recipe.threads)


def done(step: Step) -> bool:
    """Whether a step was done with this recipe. UserError where it was done with another."""
    if not all(path.is_file() for path in step.leaves):
        return False
    if step.config is not None and (not step.config.is_file() or text(step) != step.config.read_text(encoding="utf-8")):
        raise UserError(
            f"{step.leaves[0].parent} was made by another recipe than {step.config.name} is now; name another --output, or remove it"
        )
    return True


def text(step: Step) -> str:
    """A step's recipe as its file has it."""
    return yaml.safe_dump(json.loads(json.dumps(step.said)), sort_keys=False, allow_unicode=True)


@contextmanager
def alone(output: Path) -> Iterator[int]:
    """A lock on the experiment's folder, which its commands hold, too: after a kill -9 they may still be at work."""
    output.mkdir(parents=True, exist_ok=True)
    with (output / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise UserError(
                f"an experiment is at work in {output}, or a command that it began; wait for its end"
            ) from problem
        yield file.fileno()


def perform(steps: Sequence[Step], output: Path, parallel: int, lock: int) -> None:
    """Does what is not done yet, so many at once; where one fails, or is interrupted, none is begun any more.

    Raises CheckFailed, or what the command's exit code means, with the end of what it said.
    """
    left = [each for each in steps if not done(each)]
    if len(steps) > len(left):
        say(f"{len(steps) - len(left)} of {len(steps)} steps are done already")
    failed = threading.Event()

    def one(step: Step) -> None:
        if failed.is_set():
            return
        try:
            run(step, output, lock)
        except BaseException:
            failed.set()
            raise

    with ThreadPoolExecutor(max(1, parallel)) as pool:
        try:
            for each in [pool.submit(one, step) for step in left]:
                each.result()
        except BaseException:  # Ctrl-C comes here, and the pool would go on to its end
            failed.set()
            raise


def run(step: Step, output: Path, lock: int) -> None:
    """One command, as a process."""
    if step.config is not None:
        step.config.parent.mkdir(parents=True, exist_ok=True)
        step.config.write_text(text(step), encoding="utf-8")
    log = output / "logs" / (f"{step.config.stem}.log" if step.config else f"{step.leaves[0].parent.name}.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    words = shlex.split(step.typed)
    if words[0] == "python":
        words[0] = sys.executable
    elif Path(sys.executable).with_name(words[0]).is_file():  # accelerate, torchrun: of this environment
        words[0] = str(Path(sys.executable).with_name(words[0]))
    threads = {"OMP_NUM_THREADS": str(step.threads)} if step.threads else {}
    started = time.monotonic()
    with log.open("a", encoding="utf-8") as stream:
        try:
            environment = {**os.environ, **threads}
            code = subprocess.run(
                words, stdout=stream, stderr=subprocess.STDOUT, env=environment, pass_fds=[lock]
            ).returncode
        except FileNotFoundError as problem:
            raise UserError(f"there is no command {words[0]}, which the recipe starts its training with") from problem
    if code:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:])
        kind = {2: UserError, 3: WorldError}.get(code, CheckFailed)
        raise kind(f"{step.typed} ended with exit code {code}; {log} ends so:\n{tail}")
    say(f"{time.monotonic() - started:6.0f} s  {step.typed}")
