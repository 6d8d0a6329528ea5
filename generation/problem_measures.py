"""What a GSDP folder says of itself without a model: yield per stage, expansion, cost of a row, arithmetic of its solutions.

run.json and the kept rows -> {measure: {value, low, high, of}}
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from builders.groups import rows_in
from builders.row import Row
from cards.facts import Facts, mapping
from generation.arithmetic import statements
from generation.dialogue_measures import SHOWN
from generation.intervals import Number, Ratio, group, nothing, number, share, wilson
from generation.yields import expansion_ratio, per_row

COLUMNS = ("id", "problem", "solution", "knowledge_points", "hop")


def problems(facts: Facts) -> Iterator[Row]:
    """The kept rows, with the columns that are looked at; a column that is not there is null."""
    files = facts.configs["default"].files if "default" in facts.configs else list[Path]()
    for row in rows_in(files, COLUMNS):
        yield {**dict.fromkeys(COLUMNS), **row}


def spellings(facts: Facts) -> Iterator[tuple[str, str]]:
    """(spelling, name) of every spelling that got a name in the folder."""
    files = facts.configs["vocabulary"].files if "vocabulary" in facts.configs else []
    for row in rows_in(files, ["spelling", "knowledge_point"]):
        if row["knowledge_point"] is not None:
            yield row["spelling"], row["knowledge_point"]


def yields(facts: Facts) -> dict[str, Any]:
    """`stages` (of those before, and of all drawn), `expansion` (rows kept for each seed) and `cost` (of a row, in 0.01 cents)."""
    counts = mapping(facts.run.get("counts"))
    units = mapping(counts.get("units"))
    drawn, kept = (int(mapping(units.get("problem")).get(name, 0)) for name in ("in", "kept"))
    seeds, cost = int(mapping(units.get("seed")).get("in", 0)), facts.run.get("cost")
    stages: dict[str, dict[str, Number]] = {}
    said: dict[str, int] = mapping(counts.get("stages"))
    before = all_ = next(iter(said.values()), 0)
    for name, count in said.items():
        stages[name] = {"of_those_before": share(count, before), "of_all": share(count, all_)}
        before = count
    expansion = share(kept, drawn, expansion_ratio(drawn, seeds)) if seeds and drawn else nothing(seeds)
    paid = _paid(cost, kept, drawn) if isinstance(cost, int | float) and kept else nothing(kept)
    return {"stages": stages, "expansion": {**expansion, "of": seeds}, "cost": paid}


def _paid(dollars: float, kept: int, drawn: int) -> Number:
    """What a kept row costs. What was paid is counted and does not vary; how many of the drawn are kept does."""
    low, high = wilson(kept, drawn)
    return number(per_row(dollars, kept), per_row(dollars, drawn * high), per_row(dollars, drawn * low), kept)


def arithmetic(rows: Iterable[Row], seed: int) -> dict[str, Any]:
    """`wrong_arithmetic` (statements of a solution), `wrong_share` (of the rows), `wrong_calculations` (of all that is stated)."""
    mean, with_wrong, right, wrong, shown = Ratio(), 0, 0, 0, list[dict[str, str]]()
    for row in rows:
        results, mistakes = statements(row["solution"] or "")
        mean.take(group(row["id"]), len(mistakes))
        with_wrong, right, wrong = with_wrong + bool(mistakes), right + len(results) // 2, wrong + len(mistakes)
        shown += [{"id": row["id"], "statement": text} for text in mistakes[: SHOWN - len(shown)]]
    return {
        "wrong_arithmetic": mean.number(seed),
        "wrong_share": share(with_wrong, mean.rows),
        "wrong_calculations": share(wrong, right + wrong),
        "wrong": shown,
    }
