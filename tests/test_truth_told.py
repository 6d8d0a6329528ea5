"""The table of truth that ships: every reason is in it, often enough, on seeds of its own; README and cards say what it says."""

import json
import re
from pathlib import Path

import pytest

from builders.reasons import GSDP, MIND
from cards.truth import FILE, KEPT, UNITS, found, tried, truth
from generation.found import APART, SAME
from generation.found import UNITS as ALL
from generation.intervals import wilson
from generation.truth_table import FAULTS, FIRST, LEAST, NOT_PLANTED

HOUSE = Path(__file__).parent.parent
TEXT = (HOUSE / "README.md").read_text(encoding="utf-8")
LINES = [(unit, False) for unit in ALL] + [(unit, True) for unit in ("point", "pair", "problem", "solution")]


def line(unit: str, biased: bool) -> str:
    """A line of the README's table."""
    of = found([unit], biased)
    cells = [f"{unit}, a verdict biased" if biased else unit]
    for hits, all_ in ((of.found, of.planted), (of.right, of.given)):
        low, high = wilson(hits, all_)
        cells += [f"{all_:,}", f"{hits:,}", f"{low:.3f} to {high:.3f}"]
    cells += [f"{of.good:,}", f"{of.good - of.kept:,}"] if of.good else ["", ""]
    return f"| {' | '.join(cells)} |"


@pytest.mark.parametrize(("unit", "biased"), LINES)
def test_the_readme_says_what_the_table_says(unit: str, biased: bool) -> None:
    assert line(unit, biased) in TEXT.splitlines()


@pytest.mark.parametrize(("method", "reasons"), [("mind", MIND), ("gsdp", GSDP)])
def test_every_reason_was_planted_or_is_said_not_to_be(method: str, reasons: dict[str, str]) -> None:
    there = {reason: found(UNITS[method], reasons=[reason]).planted for reason in reasons}
    assert (
        {reason for reason, count in there.items() if count < LEAST}
        == NOT_PLANTED[method].keys()
        == truth()["not_planted"][method].keys()
    )
    assert min(found(["pair"], reasons=[reason]).planted for reason in (SAME, APART)) >= LEAST


def test_the_table_adds_up() -> None:
    for row in truth()["rows"]:
        for share in (row["recall"], row["precision"]):
            assert (share["low"], share["high"]) == pytest.approx(wilson(share["hits"], share["of"]), abs=1e-4)
            assert share["share"] == (round(share["hits"] / share["of"], 4) if share["of"] else None)
        assert row["recall"]["of"] - row["recall"]["hits"] == sum(row["instead"].values())
    assert truth()["faults"] == FAULTS and json.loads(FILE.read_text()) == truth()


def test_its_seeds_are_those_that_no_test_and_no_recipe_uses() -> None:
    assert min(truth()["seeds"]) == FIRST
    files = [*(HOUSE / "tests").rglob("*.py"), *(HOUSE / "generation" / "recipes").glob("*.yaml")]
    used = {int(seed) for file in files for seed in re.findall(r"\bseed['\"]?\s*[=:]\s*(\d+)", file.read_text())}
    assert used and max(used) < FIRST


@pytest.mark.parametrize("kind", UNITS)
def test_a_card_says_what_the_table_says(kind: str) -> None:
    said, of = tried(kind), found(UNITS[kind])
    assert f"Of {of.planted:,} spoilt replies {of.found:,}" in said and f"of {of.good:,} good" in said
    assert of.kept <= of.good and KEPT not in said
