"""What the card of a GSDP folder counts: kinds, stages, reasons, the panel, what the recipe asks, and one row to look at.

Facts -> the tables of templates/gsdp.md, as Markdown
"""

from collections import Counter
from typing import Any

from builders.errors import CheckFailed
from builders.markdown import code, number, table, words
from builders.reasons import GSDP
from cards import gsdp_recipe as recipe
from cards.asked import listed, models
from cards.columns import a_row, nulls, tally, total
from cards.facts import Facts, mapping, whole
from cards.quote import shortened
from cards.way import problem_stages, stage_table
from cards.words import ABSENT

SHOWN = {"problem": 1500, "solution": 2500}  # characters of the example's texts
HOPS = ("one_hop", "two_hop", "three_hop", "community")
UNITS = ("seed", "point", "problem")
BAR = 40  # characters of the longest bar


def tables(facts: Facts) -> dict[str, Any]:
    """What the template of a GSDP folder's card is filled with."""
    counts = mapping(facts.run.get("counts"))
    units = {name: mapping(mapping(counts.get("units")).get(name)) for name in UNITS}
    drawn = mapping(counts.get("hops"))
    hops = {
        name: mapping(drawn[name]) for name in [*(hop for hop in HOPS if hop in drawn), *sorted(set(drawn) - set(HOPS))]
    }
    _check(facts, units, hops)
    default = facts.configs.get("default")
    kept = default.rows if default else 0
    seeds, cost = int(units["seed"].get("in", 0)), facts.run.get("cost")
    samples = facts.recipe.get("samples")
    panel, judges = recipe.panel(facts)
    return {
        "kept": kept, "tokens": total(default, "text_tokens"), "units": units, "hops": hops, "seeds": seeds,
        "kinds": _kinds(facts, hops), "stages": stage_table(problem_stages(facts)), "reasons": _reasons(units),
        "panel": panel, "judges": judges, "models": models(facts, recipe.parts(facts)),
        "paper_models": recipe.paper_models(facts), "settings": recipe.settings(facts), "absent": _absent(facts),
        "until": facts.run.get("until"),
        "samples": samples if isinstance(samples, int) else 1,
        "embedded": any(model.get("role") == "embedder" for model in listed(facts)),
        "spellings": _tally(facts, "vocabulary", "decision"), "graph": mapping(facts.run.get("graph")),
        "difficulty": _tally(facts, "default", "difficulty"), "verified": _tally(facts, "default", "verified"),
        "bars": bars(whole(facts.run.get("similarity"))), "expansion": kept / seeds if seeds else None,
        "row_cost": cost / kept * 10_000 if isinstance(cost, int | float) and kept else None,
        "example": _example(facts) if kept else None, "benchmarks": recipe.benchmarks(facts),
        "math": "hendrycks_math" in str(facts.recipe.get("rows")) or "MATH-lighteval" in str(facts.recipe.get("rows")),
    }  # fmt: skip


def _check(facts: Facts, units: dict[str, dict[str, Any]], hops: dict[str, dict[str, Any]]) -> None:
    """Raises CheckFailed where the counts and the rows disagree: a card must not say what the folder does not hold."""
    for unit, said in units.items():
        lost = sum(whole(said.get("rejected")).values())
        if said.get("in", 0) != said.get("kept", 0) + lost:
            raise CheckFailed(
                f"run.json counts {said.get('in')} {unit}s, {said.get('kept')} kept and {lost} rejected; make the folder again"
            )
    stored = facts.configs["rejected"].rows if "rejected" in facts.configs else 0
    lost = sum(sum(whole(said.get("rejected")).values()) for said in units.values())
    if lost != stored:
        raise CheckFailed(f"run.json counts {lost} rejected rows, and the folder holds {stored}; make it again")
    for hop, said in hops.items():
        rows = facts.configs[hop].rows if hop in facts.configs else 0
        if said.get("kept", 0) != rows:
            raise CheckFailed(
                f"run.json counts {said.get('kept', 0)} kept of {hop}, and the folder holds {rows} rows of it; make the folder again"
            )


def _kinds(facts: Facts, hops: dict[str, dict[str, Any]]) -> str:
    rows: list[list[Any]] = []
    for hop, said in hops.items():
        drawn, kept = int(said.get("drawn", 0)), int(said.get("kept", 0))
        rows.append([code(hop), drawn, kept, drawn - kept, total(facts.configs.get(hop), "text_tokens")])
    rows.append(["all", *(sum(row[column] for row in rows) for column in range(1, 5))])
    for row in rows:
        row.insert(4, f"{row[2] / row[1]:.0%}" if row[1] else "–")
    head = ["kind of combination", "drawn", "kept", "rejected", "kept of drawn", "tokens kept"]
    return table(head, rows) if hops else ""


def _reasons(units: dict[str, dict[str, Any]]) -> str:
    found = {unit: whole(said.get("rejected")) for unit, said in units.items()}
    seen = {reason for reasons in found.values() for reason in reasons}
    names = [*(reason for reason in GSDP if reason in seen), *sorted(seen - set(GSDP))]
    rows = [[code(name), words(GSDP.get(name, "")), *(found[unit].get(name, 0) for unit in UNITS)] for name in names]
    return table(["reason", "what it means", "seeds", "points", "problems"], rows) if rows else ""


def _absent(facts: Facts) -> list[tuple[str, str]]:
    """(column, why) of those that are null in every kept row."""
    default = facts.configs.get("default")
    empty = [name for name in default.columns if nulls(default, name) == default.rows] if default else []
    return [(name, ABSENT.get(name, "what makes it had no part in this run")) for name in empty]


def _tally(facts: Facts, config: str, column: str) -> str:
    """`kept` 98, `merged` 81, ...: how often each value of a column occurs."""
    if config not in facts.configs:
        return ""
    found: Counter[str] = Counter()
    for (value,), count in tally(facts.configs[config], [column]).items():
        found[code(value)] += count
    return ", ".join(f"{value} {number(count)}" for value, count in sorted(found.items()))


def bars(counts: dict[str, int]) -> str:
    """A histogram in characters."""
    most = max(counts.values(), default=0)
    lines = (f"{name:>5} {'█' * max(1, round(count / most * BAR))} {count:,}" for name, count in sorted(counts.items()))
    return "\n".join(lines)


def _example(facts: Facts) -> dict[str, Any]:
    """A row that can be shown whole, if one of the first can."""
    names = ["id", "knowledge_points", "hop", "answer", "difficulty", "problem_score", "problem_scores", "solution_verdicts", "vote_share",
             "seed_ids", *SHOWN]  # fmt: skip
    row = a_row(
        facts.configs["default"], names, lambda row: all(len(row.get(name) or "") <= SHOWN[name] for name in SHOWN)
    )
    for column, limit in SHOWN.items():
        row[column], row[f"{column}_cut"] = shortened(row[column] or "", limit)
    for column, said in (("problem_scores", "score"), ("solution_verdicts", "verdict")):
        judged = [mapping(one) for one in row[column] or []]
        row[column] = ", ".join(f"{code(one.get('judge'))} {words(one.get(said))}" for one in judged)
    return row
