"""How often each question behind the graph will be asked, before any is: from the combinations and the expected yield.

recipe, run, panel, how many combinations may be drawn -> Planned, one for each question of sections 2.4 and 2.5
"""

from typing import TYPE_CHECKING

from generation.difficulty import LEVELS, rating
from generation.embedded import embedding
from generation.embeddings import ROLE
from generation.gsdp_recipe import Gsdp
from generation.judge import Panel, scoring, vetting
from generation.problems import writing
from generation.reckoning import Planned
from generation.semantic import confirming
from generation.solutions import solving

if TYPE_CHECKING:
    from generation.run import Run


ALIKE = (
    0.1  # of the problems that are kept so far, those that lie near an item of a benchmark (ours, before there are any)
)


def planned(recipe: Gsdp, run: "Run", of: Panel, combinations: int) -> list[Planned]:
    """Half of what is not kept falls before it is solved."""
    share = recipe.expected_yield
    drawn = min(combinations, recipe.target / share) if recipe.target else combinations
    solved = drawn * (1 + share) / 2
    plan = [Planned(writing(run.model("writer")), drawn, not recipe.target)]
    plan += [Planned(question, drawn) for question in (*scoring(of), rating(run.model("rater")))]
    solvers = {solver.name: len(solver.difficulty) / len(LEVELS) for solver in recipe.solvers}
    plan += [Planned(question, solved * solvers[question.model.role]) for question in solving(recipe, run)]
    plan += [Planned(question, solved) for question in vetting(of)]
    if ROLE in run.models:
        plan += [Planned(embedding(run.model(ROLE)), drawn * share)]
        plan += [Planned(confirming(run.model("curator"))[0], drawn * share * ALIKE)]
    return plan
