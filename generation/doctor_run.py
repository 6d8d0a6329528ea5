"""The doctor's run: a sample question for each step, and what the whole would take at the speeds that were measured.

recipes + the roles that can be asked -> Tried: samples, lines of a forecast, and what was wrong
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from builders.errors import Interrupted, MathloomError
from builders.row import Row
from builders.tokens import Tokens
from generation import doctor_steps
from generation.dialogues import load_styles, questions
from generation.doctor_recipe import OfGsdp, OfMind
from generation.doctor_steps import Sampled
from generation.findings import CHECK, NOTE, USER, WORLD, Finding, of_error
from generation.forecast import Counted, counted, is_local, lines
from generation.forecast_line import Line, share
from generation.gsdp_near import embeddings
from generation.gsdp_plan import POINTS, foreseen
from generation.gsdp_work import typical_of
from generation.judge import panel
from generation.knowledge_points import STEP, extraction, seeds
from generation.mind import passages_of
from generation.mind_clean import clean, clean_of
from generation.recipes import Role
from generation.reckoning import reckoned
from generation.run import running

if TYPE_CHECKING:
    from generation.run import Run

DEADLINE = 300.0  # seconds for a sample question, where the recipe says no other
SAMPLE = "sample"


@dataclass
class Tried:
    """What the doctor's run came to."""

    samples: list[Sampled] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    priced: bool = False
    dollars: float = 0.0
    found: list[Finding] = field(default_factory=list)


def tried(
    recipes: Sequence[OfMind | OfGsdp],
    roles: Mapping[str, Role],
    lacking: Sequence[str],
    steps: dict[str, list[str]],
    tokens: Tokens,
    speeds: Mapping[str, float],
    made: Tried,
) -> None:
    """Asks the sample questions in a run of their own; what would have ended a run is something found."""
    first = recipes[0]
    options = replace(
        first, endpoints=[], output=None, patience=min(first.patience, 30.0), deadline=first.deadline or DEADLINE
    )
    try:
        with running(dict(roles), options, steps, "generation.doctor") as run:
            for recipe in recipes:
                _of_recipe(recipe, run, lacking, tokens, speeds, made)
            made.dollars = run.purse.cost()
    except Interrupted:
        raise
    except MathloomError as problem:
        made.found.append(of_error(problem))
    made.found += [_said(one) for one in made.samples if one.reason]


def _said(one: Sampled) -> Finding:
    kind = WORLD if one.reason == "no_answer" else CHECK
    return Finding(kind, f"{one.step}: no reply of {doctor_steps.ROWS} could be used; the last is {one.answer}")


def _of_recipe(
    recipe: OfMind | OfGsdp,
    run: "Run",
    lacking: Sequence[str],
    tokens: Tokens,
    speeds: Mapping[str, float],
    made: Tried,
) -> None:
    place = run.scratch / type(recipe).__name__
    place.mkdir()
    try:
        known = _counted(recipe, tokens, place)
    except MathloomError as problem:
        made.found.append(of_error(problem))
        made.found.append(
            Finding(NOTE, "the sample that ships stood in for these rows, and nothing can be said of the whole")
        )
        known = None
    there = known or _counted(_of_sample(recipe), tokens, place)
    rows = [row for row in there.first() if not row["reason"]][: doctor_steps.ROWS]
    if not rows:
        made.found.append(Finding(USER, f"{recipe.rows} holds no row that can be asked about"))
        return
    if isinstance(recipe, OfGsdp):
        made.samples += doctor_steps.of_gsdp(recipe, run, rows)
    elif "generator" in run.models:
        made.samples += doctor_steps.of_mind(recipe, run, rows)
    if known is not None and not lacking:
        made.lines += _lines(recipe, run, tokens, known, speeds)


def _of_sample(recipe: OfMind | OfGsdp) -> OfMind | OfGsdp:
    return replace(recipe, rows=SAMPLE, verified=[]) if isinstance(recipe, OfMind) else replace(recipe, rows=SAMPLE)


def _counted(recipe: OfMind | OfGsdp, tokens: Tokens, place: Path) -> Counted:
    if isinstance(recipe, OfMind):
        rows = clean(passages_of(recipe, tokens)[0], clean_of(recipe.benchmarks))
        return counted(rows, place, is_local(recipe.rows))[1]
    return counted(seeds(recipe), place, is_local(recipe.rows))[1]


def _lines(
    recipe: OfMind | OfGsdp, run: "Run", tokens: Tokens, known: Counted, speeds: Mapping[str, float]
) -> list[Line]:
    """As `--dry-run` counts them."""
    if isinstance(recipe, OfMind):
        return lines(run, questions(load_styles(recipe), run.model("generator")), tokens, known, speeds)
    made = lines(run, [extraction(recipe, run.model("extractor")), *embeddings(run)], tokens, known, speeds)
    if recipe.until == STEP:
        return made
    typical: Row = {**typical_of(known), **POINTS}
    plan = foreseen(recipe, run, panel(recipe, run), known.asked)
    return made + reckoned(run, plan, typical, tokens, share(made), speeds)
