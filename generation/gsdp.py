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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from datasets import Features, IterableDataset

from builders.commands import command, option, parse
from builders.errors import CheckFailed, UserError, WorldError
from builders.folder import Folder, check_output, finished
from builders.overlap import Index
from builders.tokens import load_tokenizer
from cards.card import write_card
from generation import vocabulary
from generation.ask import ask
from generation.difficulty import STEP as DIFFICULTY
from generation.difficulty import rated, rating
from generation.embeddings import NONE, embedder
from generation.embeddings import STEP as EMBEDDING
from generation.forecast import counted, forecast, is_local
from generation.gsdp_rows import EDGES, REJECTED, ROW, edges, finish, of, rejected_seed
from generation.judge import PROBLEM, SOLUTION, Judges, Panel, check_judges, panel, scored, scoring, vetted, vetting
from generation.knowledge_points import STEP as POINTS
from generation.knowledge_points import KnowledgePoints, extracted, extraction, seeds
from generation.ledger import batches
from generation.lock import now
from generation.panels import Judge, Solver, roles_of
from generation.problems import STEP as WRITTEN
from generation.problems import Problems, index_over, writing, written
from generation.questions import each
from generation.recipes import FOLDER, Role
from generation.replay import REPLIES, recipe_text, run_text, write_replies
from generation.roles import REHEARSAL
from generation.run import running
from generation.screen import bar, say, show
from generation.solutions import STEP as SOLVED
from generation.solutions import Solutions, check_solvers, solving, voted
from generation.target import Pace, drawn, recorded, row_of
from generation.vocabulary import VOCABULARY, Names, Vocabulary, decided, renamed
from generation.yields import Yields, costs
from graph.drawing import Combination, draw
from graph.kinds import GRIP, GSDP, HOPS, Rules
from graph.kinds import counted as counted_of
from graph.kprg import Graph, build, core

if TYPE_CHECKING:
    from generation.run import Run

RULES = {"gsdp": GSDP, "grip": GRIP}
CONFIGS = {
    **dict.fromkeys(HOPS, ROW),
    "rejected": REJECTED,
    "vocabulary": VOCABULARY,
    "edges": EDGES,
    "replies": REPLIES,
}


@dataclass(frozen=True)
class Gsdp(KnowledgePoints, Vocabulary, Problems, Solutions, Judges):
    """What `python -m generation.gsdp` can be told."""

    steps = ("knowledge_points", "vocabulary", "graph")
    rows: str = option(
        "EleutherAI/hendrycks_math",
        "where seed problems come from: a Hub id, a local file or folder, or sample",
        metavar="SEEDS",
    )
    hops: list[str] = option(list(HOPS), f"kinds of combinations, of {', '.join(HOPS)}", metavar="HOP")
    quota: int | None = option(None, "combinations of each kind at the most (default: all)", metavar="N")
    rules: str = option("gsdp", "what counts as a combination: gsdp or grip")
    core_share: float = option(GSDP.core_share, "the share of points, those of highest degree, that are core")
    target: int | None = option(None, "draw combinations until so many rows are kept", metavar="N")
    expected_yield: float = option(0.5, "share of drawn combinations that are kept, before there is one to go by")

    def check(self) -> None:
        """Refuses what no run could mean."""
        super().check()
        unknown = [hop for hop in self.hops if hop not in HOPS]
        if unknown or not self.hops:
            raise UserError(f"there is no kind of combination '{', '.join(unknown)}'; there are {', '.join(HOPS)}")
        if self.rules not in RULES:
            raise UserError(f"there are no rules '{self.rules}'; there are {', '.join(RULES)}")
        for name in ("quota", "target"):
            if getattr(self, name) is not None and getattr(self, name) < 1:
                raise UserError(f"{name} is {getattr(self, name)}; it must be at least 1")
        if not 0 < self.expected_yield <= 1:
            raise UserError(f"expected_yield is {self.expected_yield}; it must be above 0 and at most 1")
        check_solvers(self)
        check_judges(self.judges)


def run_all(recipe: Gsdp) -> None:
    """The whole run: from seeds to a finished folder."""
    tokens, output, started, yields = load_tokenizer(recipe.tokenizer), Path(recipe.output or "."), now(), Yields()
    if recipe.output:
        check_output(output)
    index = index_over(recipe.benchmarks)
    with ExitStack() as stack:
        roles = _roles(recipe, stack)
        run = stack.enter_context(running(roles, recipe, _steps(recipe, roles), "generation.gsdp"))
        rows, known = counted(seeds(recipe), run.scratch, is_local(recipe.rows))
        forecast(run, [extraction(recipe, run.model("extractor"))], tokens, known)
        if recipe.dry_run:
            return
        with finished(output, CONFIGS, list(HOPS), "gsdp") as folder:
            # 2.2: what one has to know to solve each seed, then one name for each point that is worth keeping.
            points = _points(rows, recipe, run, folder, yields)
            names = _vocabulary(points, recipe, run, folder, yields)
            # 2.3: points that occur in one problem are joined by an edge.
            graph = build([(name, renamed(of, names)) for name, of in points])
            for part in edges(graph):
                folder.write("edges", part)
            combinations = _combinations(graph, recipe)
            # 2.4 and 2.5: a problem for each combination, judged, solved, and judged again.
            if recipe.until is None:
                _problems(combinations, recipe, run, folder, yields, index)
            yields.check(folder.counts, HOPS)
            write_replies(run, folder)
            folder.put("recipe.yaml", recipe_text(recipe, tokens.name))
            told = {"graph": {"points": len(graph.points), "edges": len(graph.a)}, "similarity": dict(names.spread)}
            folder.put("run.json", run_text(run, "gsdp", tokens.name, started, now(), counts=yields.said(), **told))
            folder.close()
            write_card(folder.path)
        _end(recipe, run, yields, output)


def _roles(recipe: Gsdp, stack: ExitStack) -> dict[str, Role]:
    """The roles of a run; the embedder's server is started where it is a model on this machine."""
    roles = roles_of(recipe)
    where = recipe.embeddings or (REHEARSAL if REHEARSAL in recipe.endpoints else "BAAI/bge-m3")
    found = None if recipe.from_ledger and where != NONE else embedder(roles["embedder"], where, stack)
    if found is None and where != NONE:
        found = replace(roles["embedder"], dialect="embed", endpoints=[REHEARSAL] if where == REHEARSAL else [])
    if found is None:
        roles.pop("embedder")
        say("embeddings: none; only points that are equal but for how they are written merge")
    else:
        roles["embedder"] = found
    return roles


def _steps(recipe: Gsdp, roles: dict[str, Role]) -> dict[str, list[str]]:
    """The questions of each role."""
    steps = {
        "extractor": [POINTS],
        "curator": list(vocabulary.STEPS),
        "embedder": [EMBEDDING],
        "writer": [WRITTEN],
        "rater": [DIFFICULTY],
    }
    for name, role in roles.items():
        if isinstance(role, Judge):
            steps[name] = [f"{PROBLEM}/{name}", f"{SOLUTION}/{name}"]
        if isinstance(role, Solver):
            steps[name] = [f"{SOLVED}/{name}"]
    return steps


def _points(
    rows: IterableDataset, recipe: Gsdp, run: "Run", folder: Folder, yields: Yields
) -> list[tuple[str, list[str]]]:
    """The seeds with their points as spelled; those without are rejected. The graph waits for every seed."""
    found, missing = [], 0
    for row in extracted(rows, recipe, run.model("extractor")):
        yields.take("seed", row["reason"])
        if row["reason"]:
            missing += row["reason"] == "no_answer"
            folder.write("rejected", [rejected_seed(row)])
        else:
            found.append((row["id"], row["knowledge_points"]))
    if missing and not recipe.keep_going and not recipe.from_ledger:
        raise WorldError(
            f"{missing} seeds have no answer yet, and the graph waits for all; all that was paid for is safe, the same command asks "
            "them again, and --keep-going goes on without them"
        )
    return found


def _vocabulary(points: list[tuple[str, list[str]]], recipe: Gsdp, run: "Run", folder: Folder, yields: Yields) -> Names:
    """One name per point, every decision a row."""
    if recipe.until == POINTS:
        return Names({}, [], [], Counter(), {})
    names = decided(points, recipe, run)
    yields.units["point"][""] = sum(row["knowledge_point"] is not None for row in names.decisions)
    for row in names.rejected:
        yields.take("point", row["reason"])
    folder.write("vocabulary", names.decisions)
    folder.write("rejected", names.rejected)
    said = ", ".join(f"{count:,} {decision}" for decision, count in sorted(names.counts.items()))
    say(f"{len(names.decisions):,} spellings of {len(set(names.name.values())):,} knowledge points: {said or 'none'}")
    return names


def _combinations(graph: Graph, recipe: Gsdp) -> Callable[[], Iterator[Combination]]:
    """All combinations in drawing order; counted exactly, and said, before any is asked about."""
    rules: Rules = replace(RULES[recipe.rules], core_share=recipe.core_share)
    cores = core(graph, recipe.core_share)
    cut = (
        f", {int(cores.sum()):,} of them core (degree {int(graph.degree[cores].min()):,} and more)"
        if cores.any()
        else ""
    )
    say(f"the graph: {len(graph.points):,} knowledge points{cut}, {len(graph.a):,} edges")
    quotas: dict[str, int | None] = {}
    for hop in HOPS:
        if hop in recipe.hops:
            number, repeated = counted_of(graph, hop, rules)
            quotas[hop] = repeated if recipe.quota is None else min(recipe.quota, repeated)
            more = f" ({repeated:,} as often as they weigh)" if repeated > number else ""
            say(f"  {hop:10} {number:>12,}{more}, of which {quotas[hop]:,} may be drawn")
    return lambda: draw(graph, quotas, rules, recipe.seed)


def chained(rows: IterableDataset, recipe: Gsdp, run: "Run", of: Panel, index: Index | None) -> IterableDataset:
    """Sections 2.4 and 2.5 as one lazy chain: each stage asks about what the one before lets through."""
    rows = written(rows, run.model("writer"), index)
    rows = scored(ask(rows, *scoring(of), rating(run.model("rater"))), of, recipe.least_score)
    rows = each(rows, rated, Features({}))
    rows = voted(ask(rows, *solving(recipe, run)), recipe, run)
    return vetted(ask(rows, *vetting(of)), of)


def _problems(
    combinations: Callable[[], Iterator[Combination]],
    recipe: Gsdp,
    run: "Run",
    folder: Folder,
    yields: Yields,
    index: Index | None,
) -> None:
    """Draws, asks, and writes what comes out: all there is, or as many rows as are wanted."""
    tokens, of_run, pace = (
        load_tokenizer(recipe.tokenizer),
        panel(recipe, run),
        Pace(recipe.target, recipe.expected_yield),
    )
    draws = recorded(combinations, lambda some: _held(some, run)) if recipe.from_ledger else combinations
    models = {name: model.name for name, model in run.models.items()}
    over = False
    try:
        with bar(run, recipe.target) as shown:
            for batch in batches(chained(drawn(draws, pace), recipe, run, of_run, index), 32):
                finish(batch, tokens, of_run, models)
                for row in batch:
                    if over:
                        break
                    yields.take_problem(row)
                    config = "rejected" if row["reason"] else row["hop"]
                    folder.write(config, [of(row, CONFIGS[config])])
                    over = pace.settle(not row["reason"])
                shown.update(yields.kept if recipe.target else pace.settled, yields.kept, pace.settled - yields.kept)
                if over:
                    break
    finally:
        pace.end()


def _held(some: list[Combination], run: "Run") -> list[bool]:
    """Which combinations the ledger holds a problem for, whatever became of it."""
    question = writing(run.model("writer"))
    asking = run.asking(question)
    rows = [row_of(combination) for combination in some]
    keys = [asking.question(question.prompt.messages(row), question.number(row)).key for row in rows]
    held = run.ledger.which(keys)
    return [key in held for key in keys]


def _end(recipe: Gsdp, run: "Run", yields: Yields, output: Path) -> None:
    """The tables, and the line that loads the result; what was not reached is an error."""
    show(*yields.tables(recipe.hops))
    dollars = run.purse.held + run.purse.cost() if run.purse.known else None
    show(costs(yields.kept, yields.units["seed"].total(), dollars))
    if recipe.until is not None:
        say(f"ended after {recipe.until}, as --until says; {output} holds what there is")
        return
    if not yields.kept and not recipe.from_ledger:
        raise CheckFailed(f"nothing was kept; {output} holds the rejected rows with their reasons")
    best = next((hop for hop in HOPS if yields.hops[hop][""]), None)
    if best:
        say(f'\nfrom datasets import load_dataset\nrows = load_dataset("{output}", "{best}")["train"]')
    if recipe.target and yields.kept < recipe.target and not recipe.from_ledger:
        raise CheckFailed(f"{yields.kept} rows were kept of the {recipe.target} that were wanted; {output} holds them")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Gsdp, argv, "generation.gsdp", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"})
    recipe.check()
    run_all(recipe)


if __name__ == "__main__":
    command(main)
