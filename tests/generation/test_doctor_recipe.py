"""Which method's recipe the doctor takes what is said for."""

from contextlib import ExitStack
from typing import Any

import pytest

from builders.errors import UserError
from builders.recipe import read_recipe
from generation.doctor_recipe import OfGsdp, OfMind, recipes_of, roles_of
from generation.recipes import FOLDER

SAID: list[tuple[dict[str, Any], list[type]]] = [
    ({}, [OfMind, OfGsdp]),
    ({"limit": 3, "endpoints": ["rehearsal"], "json": True, "dry_run": True}, [OfMind, OfGsdp]),
    ({"documents": "sample"}, [OfMind]),
    ({"styles": ["debate"], "rows": "sample"}, [OfMind]),
    ({"seeds": "sample"}, [OfGsdp]),
    ({"judges": [{"name": "Ada"}], "benchmarks": None}, [OfGsdp]),
    ({"documents": "sample", "seeds": "sample"}, [OfMind, OfGsdp]),
]


@pytest.mark.parametrize(("values", "kinds"), SAID)
def test_what_belongs_to_one_method_means_that_one(values: dict[str, Any], kinds: list[type]) -> None:
    assert [type(recipe) for recipe in recipes_of(values, "here")] == kinds


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yaml")))
def test_a_recipe_that_ships_is_of_the_method_that_its_name_says(name: str) -> None:
    [recipe] = recipes_of(read_recipe(name, FOLDER), name)
    assert isinstance(recipe, OfGsdp if name.startswith("gsdp") else OfMind)


def test_rows_of_a_flag_win_over_those_of_a_recipe() -> None:
    [recipe] = recipes_of({"seeds": "theirs", "rows": "mine"}, "here")
    assert isinstance(recipe, OfGsdp) and recipe.rows == "mine"


def test_a_key_that_neither_method_knows_is_named_with_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"unknown key 'judgs'; known are .*documents.*judges.*seeds"):
        recipes_of({"judgs": []}, "here")


def test_an_embedder_that_is_not_to_be_had_is_left_out_and_told_of() -> None:
    with ExitStack() as stack:
        roles, steps, found = roles_of(recipes_of({"seeds": "sample", "embeddings": "127.0.0.1:80"}, "here"), stack)
    assert "looks like an address" in found[0].says and found[0].kind == "user"
    assert "embedder" not in roles and list(roles)[:2] == ["extractor", "curator"] and "embedder" in steps
