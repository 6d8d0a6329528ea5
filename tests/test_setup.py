"""What setup.cfg declares is what the tree holds: files beside the code, and packages that the code imports."""

import ast
import re
import sys
from configparser import ConfigParser
from graphlib import TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
FOLDERS = [name.strip() for name in SETUP["options"]["packages"].split(",")]
LEFT_OUT = {"__pycache__", ".mypy_cache", ".ruff_cache"}


def packaged(folder: str) -> set[Path]:
    """The files that package_data names."""
    patterns = SETUP["options.package_data"].get(folder, "").split(",")
    return {path for pattern in patterns if pattern.strip() for path in (ROOT / folder).glob(pattern.strip())}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_beside_the_code_is_package_data(folder: str) -> None:
    there = {path for path in (ROOT / folder).rglob("*") if path.is_file() and not LEFT_OUT & set(path.parts)}
    assert {path for path in there if path.suffix != ".py"} == packaged(folder)


def test_every_folder_with_code_is_a_package() -> None:
    assert sorted(FOLDERS) == sorted(
        path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"
    )


def imported(path: Path) -> set[str]:
    """The top names that a file imports, wherever in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names}


IMPORTED = {name for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") for name in imported(path)}
OURS = {*sys.stdlib_module_names, *FOLDERS}


# What each folder may use besides itself; nothing else, wherever in a file it is imported.
BELOW = {
    "builders": set[str](),
    "graph": {"builders"},
    "cards": {"builders"},
    "generation": {"builders", "graph", "cards"},
    "train": {"builders"},
}


@pytest.mark.parametrize("folder", FOLDERS)
def test_imports_go_down_only(folder: str) -> None:
    used = {name for path in (ROOT / folder).glob("*.py") for name in imported(path)} & set(FOLDERS)
    assert used - {folder} <= BELOW[folder]


def of_ours(path: Path) -> set[str]:
    """The files of ours that a file imports when it is imported itself, as folder.file."""
    nodes = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.ImportFrom)]
    made = {node.module or "" for node in nodes}
    made |= {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return {name for name in made if (ROOT / f"{name.replace('.', '/')}.py").is_file()}


def test_imports_make_no_circle() -> None:
    files = {f"{folder}.{path.stem}": path for folder in FOLDERS for path in (ROOT / folder).glob("*.py")}
    order = TopologicalSorter({name: of_ours(path) for name, path in files.items()})
    assert len(list(order.static_order())) == len(files) > 200  # a circle is a CycleError that names it


def plain(package: str) -> str:
    """A package's name as package indexes compare it, without versions and markers."""
    return re.split(r"[\[<>=; ]", package)[0].lower().replace("_", "-")


def declared(lines: str) -> set[str]:
    return {plain(line) for line in lines.splitlines() if line.strip() and not line.startswith("#")}


def test_every_package_that_is_imported_is_declared_and_what_the_base_declares_is_imported() -> None:
    base, extras = SETUP["options"]["install_requires"], SETUP["options.extras_require"].values()
    known = packages_distributions()
    needed = {name: {plain(package) for package in known.get(name, [name])} for name in IMPORTED - OURS}
    assert not {name for name, packages in needed.items() if not packages & declared("\n".join([base, *extras]))}
    assert declared(base) <= set().union(*needed.values())
