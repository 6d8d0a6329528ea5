"""The recipes that ship, each by being there: it loads, its dry run works without network, and the paper's are the defaults."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from builders.commands import parse
from builders.recipe import read_recipe
from generation.gsdp_recipe import RULES, Gsdp
from generation.mind import Mind
from generation.panels import roles_of
from generation.recipes import FOLDER, Role, check_role
from tests.generation.test_mind import run

NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))
METHODS: dict[str, type[Any]] = {"mind": Mind, "gsdp": Gsdp}
INPUT = {"mind": "documents", "gsdp": "seeds"}


def method_of(name: str) -> str:
    """Which command a recipe is for: the beginning of its name says it, and `combo` is MIND about problems."""
    return name.partition("-")[0].replace("combo", "mind")


def loaded(name: str, *words: str) -> Any:
    """A recipe by its name, as its method reads it; without a name the values that stand in the code."""
    method = method_of(name)
    config = ["--config", name] if name in NAMES else []
    return parse(METHODS[method], [*config, "--output", "x", *words], method, "", FOLDER, {INPUT[method]: "rows"})


@pytest.mark.parametrize("name", NAMES)
def test_a_recipe_loads_and_a_run_could_mean_it(name: str) -> None:
    recipe = loaded(name)
    recipe.check()
    for role, said in roles_of(recipe).items():
        check_role(role, said)


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_against_the_rehearsal_needs_no_network_and_asks_nothing(tmp_path: Path, name: str) -> None:
    method, rows = method_of(name), "sample"
    if name == "combo":
        rows = str(tmp_path / "problems.jsonl")
        Path(rows).write_text(
            '{"id": "a", "problem": "What is $1 + 1$?", "solution": "2", "answer": "2", "verified": "yes"}\n'
        )
    flags = ["--config", name, f"--{INPUT[method]}", rows, "--limit", "3", "--endpoints", "rehearsal", "--dry-run"]
    made = run(*flags, "--ledger", str(tmp_path / "l"), "--output", str(tmp_path / "out"), module=method)
    assert "to ask" in made.stdout and "as it would be sent to mathloom/rehearsal/" in made.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("method", METHODS)
def test_the_papers_recipe_is_what_stands_without_a_recipe(method: str) -> None:
    paper, default = loaded(f"{method}-paper"), loaded(method)
    for field in fields(paper):
        assert getattr(paper, field.name) == getattr(default, field.name), field.name
    said = set(read_recipe(f"{method}-paper", FOLDER)) | {"rows"}
    common = {"limit", "seed", "tries", "license", "source_license", "tokenizer", "target", "expected_yield"}
    settings = {field.name for field in fields(paper)} - {field.name for field in fields(Role)}
    run_only = {
        "output",
        "ledger",
        "replies",
        "deadline",
        "patience",
        "budget",
        "dry_run",
        "from_ledger",
        "keep_going",
        "wait",
        "shard",
        "until",
    }
    assert settings - said <= common | run_only, "a value of the paper's run that its recipe does not show"


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-paper")])
def test_the_papers_recipe_names_its_models_for_the_card_alone(name: str) -> None:
    roles = roles_of(loaded(name)).values()
    assert not any(role.model for role in roles) and any(role.paper_model for role in roles)


@pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("-today")])
def test_todays_recipe_names_a_model_per_role_a_licence_and_what_rejects(name: str) -> None:
    recipe = loaded(name)
    assert all(role.model for key, role in roles_of(recipe).items() if key != "embedder")
    assert "license" in read_recipe(name, FOLDER)
    if isinstance(recipe, Gsdp):
        assert recipe.samples == 5 and recipe.vote_rejects and recipe.benchmarks
        assert len({judge.model for judge in recipe.judges}) == len(recipe.judges) >= 3
    else:
        assert recipe.flagged == []


def test_grip_takes_fewer_points_and_goes_through_hubs() -> None:
    recipe = loaded("gsdp-grip")
    assert (recipe.most_points, recipe.points_prompt) == (5, "knowledge_points_atomic")
    assert RULES[recipe.rules].through and RULES[recipe.rules].sizes == (3, 4)
    assert [judge.name for judge in recipe.judges] == ["judge_a", "judge_b", "judge_c"]
