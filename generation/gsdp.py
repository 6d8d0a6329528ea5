"""GSDP: seed problems become knowledge points, the points a graph, walks over the graph new problems (GSDP, section 2).

    seeds -> knowledge points -> one name per point -> graph -> combinations -> problems -> judged solutions
    python -m generation.gsdp --config gsdp-quickstart
    python -m generation.gsdp --seeds EleutherAI/hendrycks_math --config gsdp-today --target 2000 --output data/gsdp

Without --config: the values of recipes/gsdp-paper.yaml. Only the graph waits for all before it: a problem goes on to its
judges and solvers while others are still being written.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from itertools import islice, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from datasets import Features, IterableDataset

from builders.commands import command, now, parse
from builders.contamination import Shared
from builders.errors import CheckFailed
from builders.folder import Folder, check_output, finished
from builders.overlap import Index
from builders.row import Row, batches
from builders.tokens import Tokens, load_tokenizer
from cards.card import write_card
from generation.ahead import BATCH
from generation.ask import ask
from generation.difficulty import rated, rating
from generation.embedded import Gathered
from generation.forecast import Counted, counted, forecast, is_local
from generation.gsdp_end import ended, told
from generation.gsdp_near import begin, embeddings, layers, near, take
from generation.gsdp_plan import POINTS, foreseen, planned
from generation.gsdp_recipe import Gsdp, roles_for, steps_for
from generation.gsdp_rows import CONFIGS, finish, of, rejected_seed
from generation.judge import Panel, panel, scored, scoring, vetted, vetting
from generation.knowledge_points import STEP as POINTS_STEP
from generation.knowledge_points import extracted, extraction, said, seeds
from generation.merging import barrier
from generation.problems import against, check_repetitions, index_over, written
from generation.questions import each, unanswered
from generation.recipes import FOLDER
from generation.reckoning import reckon
from generation.replay import recipe_text, run_text, write_replies
from generation.run import running
from generation.screen import bar, say
from generation.semantic import Near, compared
from generation.solutions import solving, voted
from generation.target import DRY, Pace, drawn, held_in, recorded
from generation.vocabulary import Names, decided, renamed
from generation.yields import Yields
from graph.drawing import Combination, draw
from graph.edges import edges
from graph.kinds import HOPS
from graph.kinds import counted as counted_of
from graph.kprg import Graph, build, core

if TYPE_CHECKING:
    from generation.run import Run

LANGUAGE = 5000  # characters of seeds by which their language is told
LOOKED = 2000  # combinations that the ledger is asked about before any server is


@dataclass(frozen=True)
class Work:
    """What the stages of one run share."""

    recipe: Gsdp
    run: "Run"
    folder: Folder
    yields: Yields
    tokens: Tokens
    typical: Row
    panel: Panel
    index: Index | None
    shared: Shared
    language: str
    seeds: Gathered = field(default_factory=Gathered)
    near: Near | None = None

    def write(self, config: str, row: Row) -> None:
        """A row of a config, with the config's columns."""
        self.folder.write(config, [of(row, CONFIGS[config])])


def run_all(recipe: Gsdp) -> None:
    """The whole run: from seeds to a finished folder."""
    tokens, output, started, yields = load_tokenizer(recipe.tokenizer), Path(recipe.output or "."), now(), Yields()
    if recipe.output:
        check_output(output)
    index, benchmarks = (None, {}) if recipe.dry_run else index_over(against(recipe.benchmarks, recipe.rows))
    with ExitStack() as stack:
        roles = roles_for(recipe, stack)
        run = stack.enter_context(running(roles, recipe, steps_for(recipe, roles), "generation.gsdp"))
        rows, known = counted(seeds(recipe), run.scratch, is_local(recipe.rows))
        held = forecast(run, [extraction(recipe, run.model("extractor")), *embeddings(run)], tokens, known)
        typical, of_run = {**_typical(known), **POINTS}, panel(recipe, run)
        if not recipe.from_ledger and recipe.until != POINTS_STEP:
            say("after that, as far as can be said before the points are known:")
            reckon(run, foreseen(recipe, run, of_run, known.asked), typical, tokens, {}, held)
        if recipe.dry_run:
            return
        with finished(output, CONFIGS, list(HOPS), "gsdp") as folder:
            shared = Shared(benchmarks, layers(run))
            work = Work(recipe, run, folder, yields, tokens, typical, of_run, index, shared, _language(known))
            begin(run, index)
            # 2.2: what one has to know to solve each seed, then one name for each point that is worth keeping.
            points = _points(rows, work)
            names = _vocabulary(points, work)
            # 2.3: points that occur in one problem are joined by an edge.
            graph = build([(name, renamed(of_seed, names)) for name, of_seed in points])
            for part in edges(graph):
                folder.write("edges", part)
            # 2.4 and 2.5: a problem for each combination, judged, solved, and judged again.
            if recipe.until != POINTS_STEP:
                combinations = _combinations(graph, work)
                if recipe.until is None:
                    _problems(combinations, replace(work, near=near(recipe, run, index, work.seeds)))
            yields.check(folder.counts, HOPS)
            write_replies(run, folder)
            folder.put("recipe.yaml", recipe_text(recipe, tokens.name))
            more = told(recipe, graph, names, work.panel, yields, work.shared)
            folder.put("run.json", run_text(run, "gsdp", tokens.name, started, now(), **more))
            folder.close()
            write_card(folder.path)
        ended(recipe, run, work.panel, yields, work.shared, output)


def _typical(known: Counted) -> Row:
    """A seed's problem and solution: as long as those to come, as far as anybody knows beforehand."""
    row = next((row for row in known.first() if not row["reason"]), {})
    problem = row.get("problem") or ""
    return {"problem": problem, "solution": row.get("solution") or "", "alike": [problem]}


def _language(known: Counted) -> str:
    """The beginning of the seeds, as a text in their language."""
    text = ""
    for row in known.first():
        text += "" if row["reason"] else f"{row['problem']}\n{row.get('solution') or ''}\n"
        if len(text) >= LANGUAGE:
            break
    return text[:LANGUAGE]


def _points(rows: IterableDataset, work: Work) -> list[tuple[str, list[str]]]:
    """The seeds with their points as spelled; those without are rejected. The graph waits for every seed."""
    recipe, model, found, counts = work.recipe, work.run.model("extractor"), [], Counter[str]()
    for row in extracted(rows, recipe, model, counts, embeddings(work.run)):
        take(work.seeds, row)
        work.yields.take("seed", row["reason"])
        if row["reason"]:
            work.write("rejected", rejected_seed(row, model.name))
        else:
            found.append((row["id"], row["knowledge_points"]))
    say(said(counts, recipe.most_points))
    barrier(work.yields.units["seed"].elements(), "seeds", work.run)
    return found


def _vocabulary(points: list[tuple[str, list[str]]], work: Work) -> Names:
    """One name per point, every decision a row."""
    if work.recipe.until == POINTS_STEP:
        return Names({}, [], [], Counter(), {})
    names = decided(points, work.recipe, work.run)
    work.yields.units["point"][""] = sum(row["knowledge_point"] is not None for row in names.decisions)
    for row in names.rejected:
        work.yields.take("point", row["reason"])
    work.folder.write("vocabulary", names.decisions)
    work.folder.write("rejected", names.rejected)
    say(names.said())
    return names


def _combinations(graph: Graph, work: Work) -> Callable[[], Iterator[Combination]]:
    """All combinations in drawing order; counted exactly, and said, before any is asked about."""
    recipe, rules, cores = work.recipe, work.recipe.ruled, core(graph, work.recipe.core_share)
    cut = f", {int(cores.sum()):,} core (degree {int(graph.degree[cores].min()):,} and more)" if cores.any() else ""
    say(f"the graph: {len(graph.points):,} knowledge points{cut}, {len(graph.a):,} edges")
    quotas: dict[str, int | None] = {}
    for hop in HOPS:
        if hop in recipe.hops:
            number, repeated = counted_of(graph, hop, rules)
            quotas[hop] = repeated if recipe.quota is None else min(recipe.quota, repeated)
            more = f" ({repeated:,} as often as they weigh)" if repeated > number else ""
            say(f"  {hop:10} {number:>12,}{more}, of which {quotas[hop]:,} may be drawn")
            if repeated > number and recipe.until is None and not recipe.from_ledger:
                check_repetitions(work.run.model("writer"))
    if work.run.progress is not None:
        work.run.progress.expect(recipe.target or sum(count or 0 for count in quotas.values()))
    first = list(islice(draw(graph, quotas, rules, recipe.seed), LOOKED))
    if first and recipe.until is None and not recipe.from_ledger:
        typical = {**work.typical, "knowledge_points": first[0].knowledge_points}
        written = sum(held_in(work.run).look(first)) / len(first)
        plan = planned(recipe, work.run, work.panel, sum(count or 0 for count in quotas.values()))
        reckon(work.run, plan, typical, work.tokens, quotas, written)
    return lambda: draw(graph, quotas, rules, recipe.seed)


def chained(rows: IterableDataset, work: Work) -> IterableDataset:
    """Sections 2.4 and 2.5 as one lazy chain: each stage asks about what the one before lets through."""
    recipe, run, of_run = work.recipe, work.run, work.panel
    rows = written(rows, run.model("writer"), work.index, work.language)
    rows = scored(ask(rows, *scoring(of_run), rating(run.model("rater"))), of_run, recipe.least_score)
    rows = each(rows, rated, Features({}))
    rows = voted(ask(rows, *solving(recipe, run)), recipe, run)
    rows = vetted(ask(rows, *vetting(of_run)), of_run)
    # Ours: what is kept so far is compared with seeds and benchmarks by its meaning.
    return compared(rows, work.near) if work.near else rows


def _until_recorded(
    combinations: Callable[[], Iterator[Combination]], work: Work
) -> Callable[[], Iterator[Combination]]:
    """Where the ledger holds all that reaches the target: the combinations up to there, about which nothing is asked.

    How far ahead a run draws depends on how fast the servers are; a run that is repeated must not pay for that.
    """
    run, target, read = work.run, work.recipe.target, work.run.read
    if target is None or held_in(run).replies < min(target, DRY):
        return combinations
    say("looking whether the ledger holds it all")
    run.silent, pace = True, Pace(target)
    try:
        for batch in batches(chained(drawn(combinations, pace), work), BATCH):
            settled = list(takewhile(lambda row: not unanswered(row), batch))
            pace.settle([not row["reason"] for row in settled])
            if pace.over or len(settled) < len(batch):
                break
    finally:
        reached, run.silent, run.read = pace.over, pace.over, read
        pace.end()
    return (lambda: islice(combinations(), pace.settled)) if reached else combinations


def _problems(combinations: Callable[[], Iterator[Combination]], work: Work) -> None:
    """Draws, asks, and writes what comes out: all there is, or the first so many that are kept."""
    recipe, run, yields, pace = work.recipe, work.run, work.yields, Pace(work.recipe.target)
    run.ahead = True  # what is asked about rows that nobody wants in the end is in the ledger, and in no folder
    draws = recorded(combinations, held_in(run)) if recipe.from_ledger else _until_recorded(combinations, work)
    models = {name: model.name for name, model in run.models.items()}
    try:
        with bar(run, recipe.target) as shown:
            for batch in batches(chained(drawn(draws, pace), work), BATCH):
                wanted = batch[: pace.settle([not row["reason"] for row in batch])]
                finish(wanted, work.tokens, work.panel, models)
                run.use([reply["key"] for row in wanted for reply in row["replies"]])
                if work.index is not None:
                    looks = work.index.look([row["problem"] or "" for row in wanted])
                    for row, look in zip(wanted, looks, strict=True):
                        work.shared.take(row["contamination"] or [], look)
                for row in wanted:
                    yields.take_problem(row)
                    work.write("rejected" if row["reason"] else row["hop"], row)
                done = yields.kept if recipe.target else pace.settled
                shown.update(done, yields.kept, pace.settled - yields.kept, wanted)
                if pace.over:
                    break
        run.enough()
    finally:
        pace.end()
    yields.barren = pace.barren if pace.dry else 0
    if recipe.target is None and pace.drawn != pace.settled:
        raise CheckFailed(f"{pace.drawn} were drawn and {pace.settled} came out; this is a mistake of ours")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Gsdp, argv, "generation.gsdp", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"})
    recipe.check()
    run_all(recipe)


if __name__ == "__main__":
    command(main)
