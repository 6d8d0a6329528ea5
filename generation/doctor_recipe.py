"""What the doctor can be told: the recipes and flags of both methods, and which of them is meant.

what a recipe and the flags say -> the recipes of one method or of both, their roles, the questions of each role
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from builders.commands import option
from builders.errors import UserError
from builders.recipe import load
from generation.dialogues import load_styles
from generation.embeddings import NONE
from generation.findings import Finding, of_error
from generation.gsdp_recipe import Gsdp, roles_for, steps_for
from generation.mind import Mind
from generation.recipes import Role, check_role

UNUSED = {"json", "from_ledger", "dry_run"}  # what no recipe of a run that is only looked at needs


@dataclass(frozen=True)
class OfMind(Mind):
    """A recipe of MIND of which no folder is made."""

    writes: ClassVar[bool] = False


@dataclass(frozen=True)
class OfGsdp(Gsdp):
    """A recipe of GSDP of which no folder is made."""

    writes: ClassVar[bool] = False


@dataclass(frozen=True)
class Doctor(OfGsdp, OfMind):
    """What `python -m generation.doctor` can be told: all that either method can."""

    rows: str = option("", "documents or seeds, where only one of them is meant", metavar="ROWS")
    documents: str = option(
        "", "where documents come from: a Hub id, a local file or folder, or sample", metavar="ROWS"
    )
    seeds: str = option(
        "", "where seed problems come from: a Hub id, a local file or folder, or sample", metavar="ROWS"
    )
    benchmarks: list[str] = option([], "what no passage and no problem may share its words with", metavar="B")
    from_ledger: bool = option(False, "", flag=False)
    dry_run: bool = option(False, "", flag=False)
    json: bool = option(False, "one object for machines instead of the screen")


def recipes_of(values: Mapping[str, Any], where: str) -> list[OfMind | OfGsdp]:
    """The recipes of the methods that are meant: where what is said belongs to one alone, that one, else both."""
    # An unknown key, or a wrong type, is said once.
    load(Doctor, {name: value for name, value in values.items() if value is not None}, where)
    mind, gsdp = {one.name for one in fields(Mind)} | {"documents"}, {one.name for one in fields(Gsdp)} | {"seeds"}
    given = set(values) - UNUSED
    of_mind, of_gsdp = given - gsdp, given - mind
    made: list[OfMind | OfGsdp] = []
    if of_mind or not of_gsdp:
        made.append(load(OfMind, _mine(values, given & mind), where))
    if of_gsdp or not of_mind:
        made.append(load(OfGsdp, _mine(values, given & gsdp), where))
    for recipe in made:
        recipe.check()
    return made


def _mine(values: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    last = sorted(names, key=lambda name: name == "rows")  # which is the flag, where a recipe says documents or seeds
    return {"rows" if name in ("documents", "seeds") else name: values[name] for name in last}


def roles_of(
    recipes: Sequence[OfMind | OfGsdp], stack: ExitStack
) -> tuple[dict[str, Role], dict[str, list[str]], list[Finding]]:
    """All roles of all recipes, and the questions of each; an embedder that is not to be had is left out, and told of."""
    roles: dict[str, Role] = {}
    found: list[Finding] = []
    steps: dict[str, list[str]] = {}
    for recipe in recipes:
        if isinstance(recipe, OfMind):
            roles["generator"] = recipe.generator
            steps["generator"] = [style.name for style in load_styles(recipe)]
        else:
            try:
                named = roles_for(recipe, stack)
            except UserError as problem:
                found.append(of_error(problem))
                named = roles_for(replace(recipe, embeddings=NONE), stack)
            roles, steps = {**roles, **named}, {**steps, **steps_for(named)}
    for name, role in roles.items():
        check_role(name, role)
    return {name: roles[name] for name in steps if name in roles}, steps, found
