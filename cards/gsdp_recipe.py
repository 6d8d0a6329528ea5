"""What the card of a GSDP folder says of its recipe: the panel, who did what, what was set, and the paper's values beside it.

Facts -> tables, as Markdown
"""

from typing import Any

from builders.markdown import code, table, words
from cards.facts import Facts, mapping
from cards.words import ROLES

# What a recipe decides: its key, what it means, and the paper's value (None: the paper gives none).
SETTINGS: tuple[tuple[str, str, Any], ...] = (
    ("most_points", "knowledge points of a seed at the most", 10),
    ("dual_filter", "whether a model filters, compares and names points, beside the embeddings", "true"),
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


def _named(facts: Facts, key: str) -> list[dict[str, Any]]:
    given = facts.recipe.get(key)
    return [mapping(role) for role in given] if isinstance(given, list) else []


def panel(facts: Facts) -> tuple[str, int]:
    """The judges with their weights, and how many different ones they are: one model asked in one way is one judge."""
    said = [mapping(judge) for judge in facts.run.get("panel") or []]
    rows = [
        [", ".join(code(name) for name in (judge.get("judge"), *(judge.get("also") or []))), code(judge.get("model")), judge.get("weight")]
        for judge in said
    ]  # fmt: skip
    return (table(["judge", "model", "weight"], rows) if rows else ""), len(rows)


def parts(facts: Facts) -> dict[str, str]:
    """What each role of the recipe does."""
    solvers = {
        str(role.get("name")): f"solves problems of {' and '.join(map(str, role.get('difficulty') or []))} difficulty"
        for role in _named(facts, "solvers")
    }
    judges = {str(role.get("name")): "scores problems, decides on solutions" for role in _named(facts, "judges")}
    return {**ROLES, **solvers, **judges}


def paper_models(facts: Facts) -> list[tuple[str, str]]:
    """(role, the paper's model), where the recipe names one."""
    single = [(name, mapping(facts.recipe.get(name))) for name in ROLES]
    several = [(str(role.get("name")), role) for key in ("solvers", "judges") for role in _named(facts, key)]
    return [(name, str(role["paper_model"])) for name, role in [*single, *several] if role.get("paper_model")]


def settings(facts: Facts) -> str:
    """The recipe's settings beside the paper's, as a table; nothing where it has none of them."""
    rows = []
    for key, meaning, paper in SETTINGS:
        if key in facts.recipe:
            here = facts.recipe[key]
            shown = "all" if here is None else str(here).lower() if isinstance(here, bool) else here
            rows.append([code(key), words(meaning), code(shown), code(paper) if paper is not None else "not said"])
    return table(["setting", "what it means", "here", "the paper"], rows) if rows else ""


def benchmarks(facts: Facts) -> list[str]:
    """What the problems were compared with."""
    return [str(name) for name in facts.run.get("benchmarks") or []]
