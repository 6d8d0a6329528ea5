"""The same run on a Ray cluster: a task for each shard, their ledgers merged, and the folder that one machine would have made.

    a method with its flags, N -> N ledgers beside --ledger, filled by tasks -> merged into it -> the folder, which asks nothing
    python -m generation.shards mind --shards 64 --config mind-today --ledger /shared/ledger.sqlite --output data/mind

It needs `.[ray]`, and runs on the cluster that RAY_ADDRESS names or that `ray start` has started here; where there is none, on
this machine alone. A worker that is lost is tried again by Ray, and goes on with its shard's ledger: that has to lie on a disk
that all machines see, and so do the code, the recipe and local rows. Of what was under way alone something is asked twice.
"""

import argparse
import contextlib
import os
import re
import socket
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from builders.commands import NO_THREAD, called, command, parse, typed
from builders.errors import SAFE, BudgetSpent, CheckFailed, Interrupted, MathloomError, UserError, WorldError
from builders.memory import bound
from builders.screen import say
from generation.accounts import merge
from generation.cluster import cluster
from generation.dialogues import Dialogues, load_styles
from generation.embeddings import ROLE
from generation.gsdp_recipe import Gsdp, steps_for
from generation.knowledge_points import STEP as POINTS
from generation.ledger import Ledger
from generation.lock import take_lock
from generation.mind import Mind
from generation.panels import roles_of
from generation.recipes import FOLDER
from generation.run import running

METHODS: dict[str, tuple[type[Mind] | type[Gsdp], str]] = {"mind": (Mind, "documents"), "gsdp": (Gsdp, "seeds")}
CORES = 0.5  # of a shard: at 250 questions a second it takes less (tests/bench, client CPU)
AGAIN = 3  # times that Ray tries a lost worker's shard again
GRACE = 60  # seconds that shards have for what is under way when they are interrupted
OWN = re.compile(r"(.+)-[0-9]+-of-[0-9]+")
ENDS = {error.code: error for error in (CheckFailed, UserError, WorldError, BudgetSpent, Interrupted)}


@dataclass(frozen=True)
class Job:
    """A run that is shared out: its method, recipe and flags, and among how many."""

    method: str
    recipe: Mind | Gsdp
    words: tuple[str, ...]
    shards: int

    @property
    def ledger(self) -> Path:
        return Path(self.recipe.ledger).absolute()

    def own(self, number: int) -> Path:
        """The ledger of a shard, beside that of the run."""
        return self.ledger.with_name(f"{self.ledger.stem}-{number}-of-{self.shards}{self.ledger.suffix}")

    def flags(self, number: int, *more: str) -> list[str]:
        """What a shard is told: a flag that comes again counts."""
        return [*self.words, "--shard", f"{number}/{self.shards}", "--ledger", str(self.own(number)), *more]


def run_all(job: Job) -> None:
    """Both methods: the shards, and the folder. In GSDP one run settles the names of points between two rounds of shards."""
    main, until = import_module(f"generation.{job.method}").main, job.recipe.until
    if not job.recipe.dry_run and not job.recipe.from_ledger:
        with cluster() as ray:
            if job.method == "gsdp":
                round_of_shards(job, ray, "--until", POINTS)
                if until is None:
                    main([*job.words, "--until", "graph"])
            if until is None:
                round_of_shards(job, ray)
    main(job.words)


def round_of_shards(job: Job, ray: Any, *more: str) -> None:
    """Fills a ledger for each shard, and merges them, however they ended. The first bad end is raised."""
    gather(job)  # what an earlier attempt has paid for
    if job.recipe.budget is not None:
        more = (*more, "--budget", str(unspent(job) / job.shards))
    for number in range(1, job.shards + 1):
        _begin(job, job.own(number))
    task = ray.remote(num_cpus=CORES, max_retries=AGAIN, max_calls=1, scheduling_strategy="SPREAD")(_shard)
    named = {}
    for number in range(1, job.shards + 1):
        one = task.options(name=f"shard {number}/{job.shards}")
        flags = job.flags(number, *more)
        named[one.remote(f"generation.{job.method}", flags, str(job.own(number)), os.getcwd())] = number
    try:
        ends = dict(_ends(ray, named, job.shards))
    except KeyboardInterrupt:
        for each in named:
            ray.cancel(each)  # as Ctrl-C does: what is under way is kept
        ray.wait(list(named), num_returns=len(named), timeout=GRACE)
        raise Interrupted(f"interrupted; {SAFE}: {typed()}") from None
    gather(job)
    bad = {number: end for number, end in sorted(ends.items()) if end[0]}
    if bad:
        number, (code, words) = next(iter(bad.items()))
        raise ENDS.get(code, WorldError)(
            f"{len(bad)} of {job.shards} shards did not come to their end; {number}/{job.shards}: {words}"
        )


def _ends(ray: Any, named: dict[Any, int], count: int) -> Iterator[tuple[int, tuple[int, str]]]:
    """(shard, (exit code, why)) as they end."""
    waiting = list(named)
    while waiting:
        [done], waiting = ray.wait(waiting)
        try:
            end = ray.get(done)
        except ray.exceptions.RayTaskError:
            raise  # a mistake of ours
        except ray.exceptions.RayError as problem:
            lines = str(problem).strip().splitlines()
            end = WorldError.code, f"it was lost {AGAIN + 1} times ({lines[0] if lines else type(problem).__name__})"
        say(f"shard {named[done]}/{count} has ended{f' ({end[1]})' if end[0] else ''}; {len(waiting)} are under way")
        yield named[done], end


def _shard(module: str, words: list[str], ledger: str, place: str) -> tuple[int, str]:
    """One shard, in a process of its own on some machine: its exit code, and what went wrong."""
    if not Path(place).is_dir() or not Path(ledger).is_file():
        there = f"{socket.gethostname()} does not see {place if not Path(place).is_dir() else ledger}"
        return UserError.code, f"{there}; work in a folder, and with a --ledger, that all machines of the cluster share"
    bound()
    os.chdir(place)
    sys.path.insert(0, place)
    sys.argv = ["-m", module, *words]  # as the ledger notes it
    try:
        import_module(module).main(words)
    except MathloomError as problem:
        return problem.code, str(problem)
    except (OSError, MemoryError, sqlite3.Error, RuntimeError) as problem:
        if isinstance(problem, RuntimeError) and NO_THREAD not in str(problem):
            raise
        return WorldError.code, str(problem) or "it has no memory left"
    return 0, ""


def gather(job: Job) -> None:
    """Merges the ledgers of shards into the run's, and removes them: what stays would not know what is asked later."""
    for path in sorted(job.ledger.parent.glob("*-of-*")):
        found = OWN.fullmatch(path.stem)
        if found and (found[1], path.suffix) == (job.ledger.stem, job.ledger.suffix):
            with take_lock(path, job.recipe.wait, "generation.shards"):
                merge(job.ledger, [path])
                for ending in ("", "-wal", "-shm", ".spare", ".lock"):
                    path.with_name(path.name + ending).unlink(missing_ok=True)


def _begin(job: Job, own: Path) -> None:
    """A shard's ledger: a copy of the run's, or an empty one."""
    new = own.with_name(own.name + ".new")
    new.unlink(missing_ok=True)
    if job.ledger.exists():
        with (
            contextlib.closing(sqlite3.connect(job.ledger)) as source,
            contextlib.closing(sqlite3.connect(new)) as target,
        ):
            source.backup(target)
        new.replace(own)
    else:
        Ledger(own, writable=True, command="generation.shards").close()


def _holds_any(path: Path) -> bool:
    with contextlib.closing(Ledger(path)) as ledger:
        return bool(ledger.query("SELECT 1 FROM replies LIMIT 1"))


def unspent(job: Job) -> float:
    """Dollars of the budget that no run has spent so far."""
    recipe, spent = job.recipe, 0.0
    assert recipe.budget is not None
    if job.ledger.exists() and _holds_any(job.ledger):
        roles = {name: role for name, role in roles_of(recipe).items() if name != ROLE}
        steps = steps_for(roles) if isinstance(recipe, Gsdp) else _steps(recipe)
        with running(roles, replace(recipe, from_ledger=True, output=None), steps, "generation.shards") as run:
            spent = run.purse.recorded
    if spent >= recipe.budget:
        raise BudgetSpent(
            f"the budget of ${recipe.budget:.10g} is spent: ${spent:.4f} so far; {SAFE} with a larger --budget"
        )
    return recipe.budget - spent


def _steps(recipe: Dialogues) -> dict[str, list[str]]:
    return {"generator": [style.name for style in load_styles(recipe)]}


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(
        prog=called("generation.shards"), description=__doc__.splitlines()[0], allow_abbrev=False
    )
    parser.add_argument("method", choices=METHODS, help="generation.mind or generation.gsdp, whose flags all go behind")
    parser.add_argument("--shards", type=int, required=True, metavar="N", help="among how many the rows are shared out")
    said, words = parser.parse_known_args(argv)
    kind, alias = METHODS[said.method]
    recipe = parse(kind, words, f"generation.{said.method}", __doc__.splitlines()[0], FOLDER, alias={alias: "rows"})
    if said.shards < 1:
        raise UserError(f"shards is {said.shards}; it must be at least 1")
    if recipe.shard is not None:
        raise UserError("--shard is one part of a run, and generation.shards runs them all; leave it out")
    recipe.check()
    if not recipe.from_ledger and recipe.until in (None, POINTS):
        replace(recipe, shard=f"1/{said.shards}").check()
    run_all(Job(said.method, recipe, tuple(words), said.shards))


if __name__ == "__main__":
    command(main)
