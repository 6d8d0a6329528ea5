"""GSDP: seed problems become knowledge points, the points a graph, walks over the graph new problems (GSDP, section 2).

    seeds -> knowledge points -> one name per point -> graph -> combinations -> problems -> judged solutions
    python -m generation.gsdp --config gsdp-quickstart
    python -m generation.gsdp --seeds EleutherAI/hendrycks_math --config gsdp-today --target 2000 --output data/gsdp

Without --config: the values of recipes/gsdp-paper.yaml. Only the graph waits for all before it: a problem goes on to its
judges and solvers while others are still being written.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from datasets import Features, IterableDataset

from builders.commands import command, now, parse
from builders.contamination import Shared
from builders.errors import Unsettled
from builders.folder import finished
from builders.place import check_output
from builders.screen import say
from builders.tokens import load_tokenizer
from cards.card import write_card
from generation.ask import ask
from generation.difficulty import rated, rating
from generation.forecast import counted, forecast, is_local
from generation.gsdp_draws import combinations, problems
from generation.gsdp_end import ended, told
from generation.gsdp_near import begin, embeddings, layers, near, take
from generation.gsdp_plan import POINTS, foreseen
from generation.gsdp_recipe import Gsdp, roles_for, steps_for
from generation.gsdp_rows import CONFIGS, rejected_seed
from generation.gsdp_work import Work, language_of, typical_of
from generation.judge import panel, scored, scoring, vetted, vetting
from generation.knowledge_points import STEP as POINTS_STEP
from generation.knowledge_points import extracted, extraction, said, seeds
from generation.merging import barrier
from generation.problems import against, index_over, writing, written
from generation.questions import each
from generation.recipes import FOLDER
from generation.reckoning import reckon
from generation.replay import recipe_text, run_text, write_replies
from generation.run import running
from generation.semantic import Near, compared
from generation.shard_rows import fill, mine
from generation.solutions import solving, voted
from generation.target import Pace, drawn
from generation.vocabulary import Names, decided, renamed
from generation.yields import Yields
from graph.edges import edges
from graph.kinds import HOPS
from graph.kprg import Graph, build


def run_all(recipe: Gsdp) -> None:
    """The whole run: from seeds to a finished folder."""
    tokens, output, started, yields = load_tokenizer(recipe.tokenizer), Path(recipe.output or "."), now(), Yields()
    if recipe.output and recipe.names_folder:
        check_output(output)
    index, benchmarks = (None, {}) if recipe.dry_run else index_over(against(recipe.benchmarks, recipe.rows))
    with ExitStack() as stack:
        roles = roles_for(recipe, stack)
        run = stack.enter_context(running(roles, recipe, steps_for(roles), "generation.gsdp"))
        asked = extraction(recipe, run.model("extractor"))
        rows, known = counted(mine(seeds(recipe), recipe.shard, [asked]), run.scratch, is_local(recipe.rows))
        held = forecast(run, [asked, *embeddings(run)], tokens, known)
        typical, of_run = {**typical_of(known), **POINTS}, panel(recipe, run)
        if not recipe.from_ledger and recipe.until != POINTS_STEP:
            say("after that, as far as can be said before the points are known:")
            reckon(run, foreseen(recipe, run, of_run, known.asked), typical, tokens, {}, held)
        if recipe.dry_run:
            return
        shared = Shared(benchmarks, layers(run))
        language = language_of(seeds(recipe) if recipe.shard else known.first())  # of all of them, in every shard
        work = Work(recipe, run, None, yields, tokens, typical, of_run, index, shared, language)
        if recipe.shard:
            fill_shard(rows, work)
            return
        with finished(output, CONFIGS, list(HOPS), "gsdp") as folder:
            work = replace(work, folder=folder)
            begin(run, index)
            # 2.2: what one has to know to solve each seed, then one name for each point that is worth keeping.
            points = _points(rows, work)
            names = _vocabulary(points, work)
            # 2.3: points that occur in one problem are joined by an edge.
            graph = _graph(points, names)
            for part in edges(graph):
                folder.write("edges", part)
            # 2.4 and 2.5: a problem for each combination, judged, solved, and judged again.
            if recipe.until != POINTS_STEP:
                draws = combinations(graph, work)
                work = replace(work, near=near(recipe, run, index, work.seeds))
                if recipe.until is None:
                    problems(draws, work, chained)
            yields.check(folder.counts, HOPS)
            write_replies(run, folder)
            folder.put("recipe.yaml", recipe_text(recipe, tokens.name))
            more = told(recipe, graph, names, work.panel, yields, work.shared)
            folder.put("run.json", run_text(run, "gsdp", tokens.name, started, now(), **more))
            folder.close()
            write_card(folder.path)
        ended(recipe, run, work.panel, yields, work.shared, output)


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
    work.write("vocabulary", *names.decisions)
    work.write("rejected", *names.rejected)
    say(names.said())
    return names


def _graph(points: list[tuple[str, list[str]]], names: Names) -> Graph:
    return build([(name, renamed(of_seed, names)) for name, of_seed in points])


def fill_shard(rows: IterableDataset, work: Work) -> None:
    """What a shard asks: the points of its seeds; where the graph stands in its ledger, all about its combinations too."""
    recipe, run = work.recipe, work.run
    missing = fill(run, extracted(rows, recipe, run.model("extractor"), None, embeddings(run)), "seeds")
    barrier(["no_answer"] * missing, "seeds", run)
    standing = _standing(work) if recipe.until is None else None
    if standing is None:
        say(
            "the graph needs the points of all shards: merge their ledgers (generation.ledger merge), run this over the merged one with "
            "--until graph and without --shard, and then each shard again, over a copy of that ledger"
        )
        return
    graph, known = standing
    draws = mine(drawn(combinations(graph, work), Pace()), recipe.shard, [writing(run.model("writer"))])
    fill(run, chained(draws, replace(work, near=known)), "problems")


def _standing(work: Work) -> tuple[Graph, Near | None] | None:
    """The graph, and what problems are compared with, where the ledger holds all that they are made of; nothing is asked."""
    recipe, run = work.recipe, work.run
    try:
        with run.silence():
            points = _points(seeds(recipe), work)
            return _graph(points, _vocabulary(points, work)), near(recipe, run, work.index, work.seeds)
    except Unsettled:
        return None


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


def main(argv: Sequence[str]) -> None:
    recipe = parse(Gsdp, argv, "generation.gsdp", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"})
    recipe.check()
    run_all(recipe)


if __name__ == "__main__":
    command(main)
