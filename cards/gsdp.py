"""What the card of a GSDP folder counts: kinds, stages, reasons, the panel, what the recipe asks, and one row to look at.

Facts -> the tables of templates/gsdp.md, as Markdown
"""

from collections import Counter
from typing import Any

from builders.errors import CheckFailed
from builders.reasons import GSDP
from cards.asked import listed, models, prompts, sampling
from cards.facts import Facts, first_row, mapping, nulls, tally, total, whole
from cards.markdown import clean, code, number, table, words
from cards.words import ABSENT, ROLES

SHOWN = {"problem": 1500, "solution": 2500}  # characters of the example's texts
HOPS = ("one_hop", "two_hop", "three_hop", "community")
UNITS = ("seed", "point", "problem")
STAGES = {
    "drawn": "combinations that were drawn",
    "written": "a problem could be read, and is sound at first sight",
    "clean": "it shares no run of words with a benchmark",
    "scored": "the panel's score is high enough, and its difficulty is rated",
    "solved": "a solution gives its answer in a box, and the vote (where it counts) has a majority",
    "vetted": "no judge calls the solution wrong",
    "distinct": "no model finds a benchmark's problem in it, as far as embeddings lead there",
}
# What a recipe decides: its key, what it means, and the paper's value (None: the paper gives none).
SETTINGS: tuple[tuple[str, str, Any], ...] = (
    ("most_points", "knowledge points of a seed at the most", 10),
    ("sure", "similarity from which two points are one", 0.9),
    ("near", "similarity from which a model decides whether they are", 0.7),
    ("rules", "what counts as a combination", "gsdp"),
    ("core_share", "share of the points, those of highest degree, that are core", None),
    ("quota", "combinations of each kind at the most", "all"),
    ("target", "rows that were wanted", "all"),
    ("least_score", "weighted mean of the judges' scores at least", 0.85),
    ("samples", "solutions of each problem", 1),
    ("least_share", "share of the samples that makes a majority", None),
    ("vote_rejects", "whether a problem without a majority is rejected", None),
)
BAR = 40  # characters of the longest bar


def tables(facts: Facts) -> dict[str, Any]:
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
    panel, judges = _panel(facts)
    return {
        "kept": kept, "tokens": total(default, "text_tokens"), "units": units, "hops": hops, "seeds": seeds,
        "kinds": _kinds(facts, hops), "stages": _stages(mapping(counts.get("stages"))), "reasons": _reasons(units),
        "panel": panel, "judges": judges, "models": models(facts, _parts(facts)), "prompts": prompts(facts),
        "paper_models": _paper_models(facts), "settings": _settings(facts), "absent": _absent(facts),
        "samples": samples if isinstance(samples, int) else 1,
        "embedded": any(model.get("role") == "embedder" for model in listed(facts)),
        "spellings": _tally(facts, "vocabulary", "decision"), "graph": mapping(facts.run.get("graph")),
        "difficulty": _tally(facts, "default", "difficulty"), "verified": _tally(facts, "default", "verified"),
        "bars": bars(whole(facts.run.get("similarity"))), "expansion": kept / seeds if seeds else None,
        "row_cost": cost / kept * 10_000 if isinstance(cost, int | float) and kept else None,
        "example": _example(facts) if kept else None, "benchmarks": _benchmarks(facts),
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


def _stages(counts: dict[str, Any]) -> str:
    rows, before, first = [], 0, 0
    for name, count in counts.items():
        first, before = first or count, before or count
        shares = [f"{count / before:.0%}" if before else "–", f"{count / first:.0%}" if first else "–"]
        rows.append([words(name), words(STAGES.get(name, "")), count, *shares])
        before = count
    head = ["stage", "what it means", "problems", "of those before", "of all"]
    return table(head, rows) if first else ""


def _reasons(units: dict[str, dict[str, Any]]) -> str:
    found = {unit: whole(said.get("rejected")) for unit, said in units.items()}
    seen = {reason for reasons in found.values() for reason in reasons}
    names = [*(reason for reason in GSDP if reason in seen), *sorted(seen - set(GSDP))]
    rows = [[code(name), words(GSDP.get(name, "")), *(found[unit].get(name, 0) for unit in UNITS)] for name in names]
    return table(["reason", "what it means", "seeds", "points", "problems"], rows) if rows else ""


def _named(facts: Facts, key: str) -> list[dict[str, Any]]:
    given = facts.recipe.get(key)
    return [mapping(role) for role in given] if isinstance(given, list) else []


def _panel(facts: Facts) -> tuple[str, int]:
    """The judges with their weights, and how many different ones they are: one model asked in one way is one judge."""
    asked = {str(model.get("role")): model for model in listed(facts)}
    judges = _named(facts, "judges")
    weights = [judge["weight"] if isinstance(judge.get("weight"), int | float) else 1.0 for judge in judges]
    rows, different = [], set()
    for judge, weight in zip(judges, weights, strict=True):
        model = asked.get(str(judge.get("name")), {})
        way = (model.get("model"), model.get("revision"), sampling(model), str(judge.get("dialect")))
        different.add(way if model else str(judge.get("name")))
        rows.append([code(judge.get("name")), code(model.get("model")), f"{weight / (sum(weights) or 1):.3g}"])
    return (table(["judge", "model", "weight"], rows) if rows else ""), len(different)


def _parts(facts: Facts) -> dict[str, str]:
    """What each role of the recipe does."""
    solvers = {
        str(role.get("name")): f"solves problems of {' and '.join(map(str, role.get('difficulty') or []))} difficulty"
        for role in _named(facts, "solvers")
    }
    judges = {str(role.get("name")): "scores problems, decides on solutions" for role in _named(facts, "judges")}
    return {**ROLES, **solvers, **judges}


def _paper_models(facts: Facts) -> list[tuple[str, str]]:
    """(role, the paper's model), where the recipe names one."""
    single = [(name, mapping(facts.recipe.get(name))) for name in ROLES]
    several = [(str(role.get("name")), role) for key in ("solvers", "judges") for role in _named(facts, key)]
    return [(name, str(role["paper_model"])) for name, role in [*single, *several] if role.get("paper_model")]


def _settings(facts: Facts) -> str:
    rows = []
    for key, meaning, paper in SETTINGS:
        if key in facts.recipe:
            here = facts.recipe[key]
            shown = "all" if here is None else str(here).lower() if isinstance(here, bool) else here
            rows.append([code(key), words(meaning), code(shown), code(paper) if paper is not None else "not said"])
    return table(["setting", "what it means", "here", "the paper"], rows) if rows else ""


def _absent(facts: Facts) -> list[tuple[str, str]]:
    """(column, why) of those that are null in every kept row."""
    default = facts.configs.get("default")
    empty = [name for name in default.columns if nulls(default, name) == default.rows] if default else []
    return [(name, ABSENT.get(name, "what makes it had no part in this run")) for name in empty]


def _benchmarks(facts: Facts) -> list[str]:
    """What the problems were held against: what the recipe names, or where nothing is said and they were, the seeds' place."""
    given, default = facts.recipe.get("benchmarks"), facts.configs.get("default")
    if isinstance(given, list):
        return [str(name) for name in given]
    compared = (
        default is not None and "contamination" in default.columns and nulls(default, "contamination") < default.rows
    )
    return [str(facts.recipe.get("rows"))] if compared else []


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
    names = ["id", "knowledge_points", "hop", "answer", "difficulty", "problem_score", "seed_ids", *SHOWN]
    row = {**dict.fromkeys(names), **(first_row(facts.configs["default"], names) or {})}
    for column, limit in SHOWN.items():
        text = clean(row[column] or "")
        row[column] = text[:limit]
        row[f"{column}_cut"] = len(text) if len(text) > limit else None
    return row
