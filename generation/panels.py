"""Roles that come in lists: the judges of a panel, and the solvers among whom difficulty decides.

a recipe -> all its roles by name
"""

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from builders.errors import UserError
from generation.recipes import Role


@dataclass(frozen=True)
class Judge(Role):
    """A model of a panel; `weight` is its part of a problem's score (the panel's are made to add up to 1)."""

    name: str = "judge"
    weight: float = 1.0


@dataclass(frozen=True)
class Solver(Role):
    """A model that solves the problems of some difficulties."""

    name: str = "solver"
    difficulty: list[str] = field(default_factory=list)


def roles_of(recipe: Any) -> dict[str, Role]:
    """Every role of a recipe by its name; those in lists by the names that they say. UserError where one stands twice."""
    found: dict[str, Role] = {}
    for one in dataclasses.fields(recipe):
        value = getattr(recipe, one.name)
        named = [(one.name, value)] if isinstance(value, Role) else []
        if isinstance(value, list):
            named = [(role.name, role) for role in value if isinstance(role, Judge | Solver)]
        for name, role in named:
            if name in found:
                raise UserError(f"two roles are called '{name}'; each needs a name of its own")
            found[name] = role
    return found
