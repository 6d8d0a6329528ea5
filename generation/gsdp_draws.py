"""The combinations of a GSDP run in drawing order, and what becomes of each: all there are, or the first so many that are kept.

graph -> combinations -> the chain of section 2.4 and 2.5 -> rows of the folder
"""

from collections.abc import Callable, Iterator
from itertools import islice, takewhile

from datasets import IterableDataset

from builders.errors import CheckFailed
from builders.row import batches
from builders.screen import say
from generation.ahead import BATCH
from generation.bar import bar
from generation.gsdp_plan import planned
from generation.gsdp_rows import finish
from generation.gsdp_work import Work
from generation.problems import check_repetitions
from generation.questions import unanswered
from generation.reckoning import reckon
from generation.shard_rows import parts_of
from generation.target import DRY, Pace, drawn, held_in, recorded
from graph.drawing import Combination, draw
from graph.kinds import HOPS, count_of
from graph.kprg import Graph, core

LOOKED = 2000  # combinations that the ledger is asked about before any server is

Draws = Callable[[], Iterator[Combination]]
Chain = Callable[[IterableDataset, Work], IterableDataset]


def combinations(graph: Graph, work: Work) -> Draws:
    """All combinations in drawing order; counted exactly, and said, before any is asked about."""
    recipe, rules, cores = work.recipe, work.recipe.ruled, core(graph, work.recipe.core_share)
    cut = f", {int(cores.sum()):,} core (degree {int(graph.degree[cores].min()):,} and more)" if cores.any() else ""
    say(f"the graph: {len(graph.points):,} knowledge points{cut}, {len(graph.a):,} edges")
    quotas: dict[str, int | None] = {}
    for hop in HOPS:
        if hop in recipe.hops:
            number, repeated = count_of(graph, hop, rules)
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
        parts = parts_of(recipe.shard)
        of = {hop: (count or 0) // parts for hop, count in quotas.items()}
        plan = planned(recipe, work.run, work.panel, sum(of.values()), parts == 1)
        reckon(work.run, plan, typical, work.tokens, of, written)
    return lambda: draw(graph, quotas, rules, recipe.seed)


def until_recorded(draws: Draws, work: Work, chained: Chain) -> Draws:
    """Where the ledger holds all that reaches the target: the combinations up to there, about which nothing is asked.

    How far ahead a run draws depends on how fast the servers are; a run that is repeated must not pay for that.
    """
    run, target, read = work.run, work.recipe.target, work.run.read
    if target is None or held_in(run).replies < min(target, DRY):
        return draws
    say("looking whether the ledger holds it all")
    run.silent, pace = True, Pace(target)
    try:
        for batch in batches(chained(drawn(draws, pace), work), BATCH):
            settled = list(takewhile(lambda row: not unanswered(row), batch))
            pace.settle([not row["reason"] for row in settled])
            if pace.over or len(settled) < len(batch):
                break
    finally:
        reached, run.silent, run.read = pace.over, pace.over, read
        pace.end()
    return (lambda: islice(draws(), pace.settled)) if reached else draws


def problems(draws: Draws, work: Work, chained: Chain) -> None:
    """Draws, asks, and writes what comes out: all there is, or the first so many that are kept."""
    recipe, run, yields, pace = work.recipe, work.run, work.yields, Pace(work.recipe.target)
    run.ahead = True  # what is asked about rows that nobody wants in the end is in the ledger, and in no folder
    draws = recorded(draws, held_in(run)) if recipe.from_ledger else until_recorded(draws, work, chained)
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
