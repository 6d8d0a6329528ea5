"""SECURITY.md is what the tests try: each that it names is there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
LINES = [line.split(" | ") for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| who")]


def all_tests() -> set[str]:
    """The names of all tests."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("test_*.py")]
    return {node.name for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 40 and not named - all_tests()


def test_every_threat_names_what_stops_it_and_a_test() -> None:
    assert len(LINES) > 15
    for line in LINES:
        assert len(line) == 4 and len(line[2]) > 20 and "`test_" in line[3], line
