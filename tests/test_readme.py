"""The README: its commands are there, its Python is Python, its recipes load, and its table names every command."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from builders.recipe import load
from generation.gsdp_recipe import Gsdp
from generation.recipes import FOLDER
from tests.generation.test_mind import run
from train.mix import FOLDER as RECIPES
from train.mix import Mix

HOUSE = Path(__file__).parent.parent
TEXT = (HOUSE / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"python -m (generation\.[a-z_]+)", TEXT)))
BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
INNER = {"generation.embedder"}  # serves others of ours, and nobody types it


def table() -> set[str]:
    """The modules in the first column of the table of commands."""
    found = set()
    for line in TEXT.partition("| `python -m` | from | to |")[2].partition("\n\n")[0].split("\n"):
        folder = ""
        for name in re.findall(r"`([a-z0-9_.]+)`", line.split("|")[1]) if line.count("|") > 3 else ():
            folder, name = name.split(".") if "." in name else (folder, name)
            found.add(f"{folder}.{name}")
    return found


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_there(command: str) -> None:
    assert "--" in run("--help", module=command.partition(".")[2]).stdout


def test_the_mix_of_the_readme_is_one() -> None:
    [block] = re.findall(r"```yaml\n(parts:.*?)```", TEXT, re.DOTALL)
    assert load(Mix, {**yaml.safe_load(block), "output": "x"}, "the README").check()


@pytest.mark.parametrize("block", BLOCKS)
def test_python_of_the_readme_is_python(block: str) -> None:
    ast.parse(block)


def test_the_table_names_every_command_and_no_other() -> None:
    typed = {
        f"{file.parent.name}.{file.stem}"
        for folder in ("builders", "generation", "graph", "cards", "train")
        for file in (HOUSE / folder).glob("*.py")
        if "\n    command(main" in file.read_text(encoding="utf-8")
    }
    assert typed - INNER == table()


def test_the_recipe_of_the_readme_is_one() -> None:
    [block] = re.findall(r"```yaml\n(seeds:.*?)```", TEXT, re.DOTALL)
    said = yaml.safe_load(block)
    seeds = said.pop("seeds")
    load(Gsdp, {**said, "rows": seeds, "output": "x"}, "the README").check()


def test_every_recipe_that_ships_is_named() -> None:
    ours = [*FOLDER.glob("*.yaml"), *RECIPES.glob("*.yaml")]
    assert [path.stem for path in ours if not re.search(rf"\b{path.stem}(`|\.yaml)", TEXT)] == []
