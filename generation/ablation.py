"""Embedding-only against dual filter: of the problems that either vocabulary gives, how many pass (GSDP, appendix D.1: 26 % against 45 %).

    seeds -> points, asked once -> two vocabularies, two graphs -> as many combinations of each kind -> problems, judged -> shares
    python -m generation.ablation --config gsdp-today --draws 200 --json ablation.json

A problem passes that can be read, is sound at first sight, shares nothing that counts with a benchmark, and that the panel
scores high enough. It reads a recipe of generation.gsdp as it is; nobody solves anything, and no folder is written.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from builders.benchmarks import index_of
from builders.commands import command, option, parse
from builders.disk import disk_errors
from builders.errors import CheckFailed, UserError
from builders.overlap import Index
from builders.row import Row
from builders.screen import say, show
from builders.tokens import Tokens, load_tokenizer
from generation.ablation_table import Arm, table, told
from generation.ask import ask
from generation.bar import bar
from generation.embeddings import NONE
from generation.forecast import counted, forecast, is_local
from generation.gsdp_recipe import Gsdp, roles_for, steps_for
from generation.judge import panel, scored, scoring
from generation.knowledge_points import extracted, extraction, seeds
from generation.merging import barrier
from generation.panels import Solver
from generation.problems import writing, written
from generation.recipes import FOLDER
from generation.reckoning import Planned, reckon
from generation.run import running
from generation.target import Pace, drawn
from generation.vocabulary import decided, renamed
from graph.drawing import draw
from graph.kinds import HOPS, count_of
from graph.kprg import build

if TYPE_CHECKING:
    from generation.run import Run

ARMS = {"embedding only": False, "dual filter": True}  # the vocabularies, and whether a model has a part in them
Points = list[tuple[str, list[str]]]


def unused(default: Any) -> Any:
    """A key that a recipe of GSDP may have, and that is without effect here."""
    return option(default, "", flag=False)


@dataclass(frozen=True)
class Ablation(Gsdp):
    """What `python -m generation.ablation` can be told."""

    steps: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[bool] = False
    sharded: ClassVar[bool] = False
    draws: int = option(100, "combinations of each kind, drawn from either vocabulary", metavar="N")
    json: str | None = option(None, "also write the numbers to this file", metavar="FILE")
    output: str | None = unused(None)
    quota: int | None = unused(None)
    target: int | None = unused(None)
    dual_filter: bool = unused(True)
    samples: int = unused(1)
    least_share: float = unused(0.5)
    vote_rejects: bool = unused(False)

    def check(self) -> None:
        """Refuses what no run could mean."""
        super().check()
        if self.draws < 1:
            raise UserError(f"draws is {self.draws}; it must be at least 1")
        if self.embeddings == NONE:
            raise UserError("embeddings is none; without them there is no vocabulary that embeddings alone have made")
        if self.json and not Path(self.json).absolute().parent.is_dir():
            raise UserError(f"there is no folder {Path(self.json).parent} to write {Path(self.json).name} into")


def run_all(recipe: Ablation) -> dict[str, Arm] | None:
    """Both vocabularies and the problems that they give; None where only a forecast was wanted."""
    tokens = load_tokenizer(recipe.tokenizer)
    benchmarks = [recipe.rows] if recipe.benchmarks is None else recipe.benchmarks
    index = index_of(benchmarks)[0] if benchmarks and not recipe.dry_run else None
    with ExitStack() as stack:
        roles = {
            name: role
            for name, role in roles_for(recipe, stack).items()
            if not isinstance(role, Solver) and name != "rater"
        }
        run = stack.enter_context(running(roles, recipe, steps_for(roles), "generation.ablation"))
        rows, known = counted(seeds(recipe), run.scratch, is_local(recipe.rows))
        forecast(run, [extraction(recipe, run.model("extractor"))], tokens, known)
        if recipe.dry_run:
            return None
        made = list(extracted(rows, recipe, run.model("extractor")))
        barrier((row["reason"] for row in made), "seeds", run)
        points = [(row["id"], row["knowledge_points"]) for row in made if not row["reason"]]
        arms = {name: _arm(points, replace(recipe, dual_filter=dual), run) for name, dual in ARMS.items()}
        quotas = _quotas(list(arms.values()), recipe)
        if not recipe.from_ledger:
            _forecast(made, quotas, recipe, run, tokens)
        for arm in arms.values():
            _judge(arm, quotas, recipe, run, index)
        return arms


def _arm(points: Points, recipe: Ablation, run: "Run") -> Arm:
    say(f"\n{'dual filter' if recipe.dual_filter else 'embedding only'}:")
    names = decided(points, recipe, run)
    graph = build([(name, renamed(of_seed, names)) for name, of_seed in points])
    say(f"{names.said()}; {len(graph.a):,} edges")
    return Arm(names, graph, {hop: Counter() for hop in recipe.hops})


def _forecast(made: Sequence[Row], quotas: Mapping[str, int], recipe: Ablation, run: "Run", tokens: Tokens) -> None:
    """What is still to be asked; a problem that nobody has seen is as long as a seed's."""
    typical: Row = next((row for row in made if not row["reason"]), {"problem": "", "knowledge_points": []})
    both = {hop: count * len(ARMS) for hop, count in quotas.items()}
    questions = [writing(run.model("writer")), *scoring(panel(recipe, run))]
    reckon(run, [Planned(question, sum(both.values())) for question in questions], typical, tokens, both, 0.0)


def _quotas(arms: Sequence[Arm], recipe: Ablation) -> dict[str, int]:
    """As many of each kind as either graph has, at most `draws`. CheckFailed where that is none at all."""
    quotas = {
        hop: min(recipe.draws, *(count_of(arm.graph, hop, recipe.ruled)[1] for arm in arms))
        for hop in HOPS
        if hop in recipe.hops
    }
    if not any(quotas.values()):
        raise CheckFailed("one of the graphs has no combination, so there is nothing to compare; more seeds give more")
    return quotas


def _judge(arm: Arm, quotas: Mapping[str, int], recipe: Ablation, run: "Run", index: Index | None) -> None:
    """Has a problem written and scored for each combination, and counts what became of it."""
    of = panel(recipe, run)
    rows = drawn(lambda: draw(arm.graph, quotas, recipe.ruled, recipe.seed), Pace())
    rows = written(rows, run.model("writer"), index)
    with bar(run, sum(quotas.values())) as shown:
        done = passed = 0
        for row in scored(ask(rows, *scoring(of)), of, recipe.least_score):
            arm.reasons[row["hop"]][row["reason"] or ""] += 1
            done, passed = done + 1, passed + (not row["reason"])
            shown.update(done, passed, done - passed)


def ended(arms: Mapping[str, Arm], recipe: Ablation) -> None:
    """The table, why problems do not pass, and the file where one is wanted."""
    hops = [hop for hop in HOPS if hop in recipe.hops]
    numbers = told(arms, hops)
    say()
    show(table(arms, hops))
    for name, said in numbers["arms"].items():
        why = ", ".join(f"{reason} {count}" for reason, count in said["rejected"].items())
        say(f"{name}: {said['points']:,} points, {said['edges']:,} edges; not passed: {why or 'none'}")
    say("95 % intervals; the difference is in points. The paper says neither kinds nor how many it looked at.")
    if recipe.json:
        path = Path(recipe.json)
        with disk_errors(path):
            path.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")
        say(f"{path} holds the numbers")
    if not all(arm.share(hops)[1] for arm in arms.values()):
        raise CheckFailed("no problem of one of the vocabularies was answered, so there is nothing to compare")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Ablation, argv, "generation.ablation", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"})
    recipe.check()
    arms = run_all(recipe)
    if arms is not None:
        ended(arms, recipe)


if __name__ == "__main__":
    command(main)
