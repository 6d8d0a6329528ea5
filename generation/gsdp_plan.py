"""How often each question will be asked, before any is: from the seeds, the combinations and the expected yield.

recipe, run, seeds or combinations -> Planned, one for each question of sections 2.2, 2.4 and 2.5
"""

from typing import TYPE_CHECKING

from builders.row import Row
from generation.difficulty import LEVELS, rating
from generation.dual_filter import filtering
from generation.embedded import embedding as embedding_problems
from generation.embeddings import ROLE, embedding
from generation.gsdp_recipe import Gsdp
from generation.judge import Panel, scoring, vetting
from generation.merging import choosing, comparing
from generation.problems import writing
from generation.reckoning import Planned
from generation.semantic import confirming
from generation.shard_rows import parts_of
from generation.solutions import solving

if TYPE_CHECKING:
    from generation.run import Run

# Ours, for each seed: spellings of points, of which as many pairs lie near one another, and so many groups are named.
SPELLINGS, GROUPS = 3.0, 0.5
POINT = "Solving linear equations in one unknown"  # of a usual length
POINTS: Row = {
    "knowledge_point": POINT,
    "a": POINT,
    "b": POINT,
    "members": [POINT] * 3,
    "knowledge_points": [POINT] * 3,
}

ALIKE = 0.1  # of the problems that are kept so far, those that lie near an item of a benchmark (ours)


def foreseen(recipe: Gsdp, run: "Run", of: Panel, seeds: int) -> list[Planned]:
    """All that comes after the first step, before anything is asked; how many combinations there are nobody knows yet.

    A shard names no points.
    """
    curator, spellings = run.model("curator"), seeds * SPELLINGS
    plan = [Planned(filtering(curator), spellings)] if recipe.shard is None else []
    if ROLE in run.models and recipe.shard is None:
        plan.append(Planned(embedding(run.model(ROLE)), spellings))
        plan += [Planned(comparing(curator), spellings), Planned(choosing(curator), seeds * GROUPS)]
    if recipe.until is None and (recipe.target or recipe.quota):
        most = recipe.quota * len(recipe.hops) // parts_of(recipe.shard) if recipe.quota else 10**12
        plan += planned(recipe, run, of, most, exact=False)
    return plan


def planned(recipe: Gsdp, run: "Run", of: Panel, combinations: int, exact: bool = True) -> list[Planned]:
    """Half of what is not kept falls before it is solved."""
    share = recipe.expected_yield
    drawn = min(combinations, recipe.target / share) if recipe.target else combinations
    solved = drawn * (1 + share) / 2
    plan = [Planned(writing(run.model("writer")), drawn, exact and not recipe.target)]
    plan += [Planned(question, drawn) for question in (*scoring(of), rating(run.model("rater")))]
    solvers = {solver.name: len(solver.difficulty) / len(LEVELS) for solver in recipe.solvers}
    plan += [Planned(question, solved * solvers[question.model.role]) for question in solving(recipe, run)]
    plan += [Planned(question, solved) for question in vetting(of)]
    if ROLE in run.models:
        plan += [Planned(embedding_problems(run.model(ROLE)), drawn * share)]
        plan += [Planned(confirming(run.model("curator"))[0], drawn * share * ALIKE)]
    return plan
