"""GSDP folders for the tests of their card: rows, a run.json that counts them, and a recipe."""

import json
from pathlib import Path
from typing import Any

import yaml
from datasets import Features, List, Value

from builders.folder import finished
from builders.row import WHY
from cards.card import write_card
from generation.gsdp_rows import CONFIGS, ROW
from graph.kinds import HOPS

SMALL = Features(
    {
        **{name: ROW[name] for name in ("id", "problem", "solution", "answer", "hop", "difficulty", "verified", "text")},
        **{name: ROW[name] for name in ("vote_answer", "vote_share", "contamination", "novel", "text_tokens", "seed_ids")},
        "knowledge_points": List(Value("string")), "problem_score": Value("float64"),
    }
)  # fmt: skip
RECIPE = {
    "rows": "sample", "samples": 1, "least_score": 0.85, "benchmarks": [], "core_share": 0.01, "quota": None,
    "solvers": [{"name": "solver", "difficulty": ["low", "medium", "high"], "paper_model": "old/solver"}],
    "judges": [{"name": "a", "weight": 1.0, "dialect": "chat"}, {"name": "b", "weight": 3.0, "dialect": "chat"}],
}  # fmt: skip

STEPS = {"vetoed": "judge_solution", "contaminated": "decontaminate"}
PANEL = [
    {"judge": name, "also": [], "model": f"maker/{name}", "weight": weight}
    for name, weight in (("a", 0.25), ("b", 0.75))
]


def row(number: int, hop: str = "one_hop", **more: Any) -> dict[str, Any]:
    text = "Find the sum of $1$ and $2$, and show that this is the answer to it."
    made = {
        "id": f"{hop}-{number}/0", "problem": text, "solution": "It is $\\boxed{3}$.", "answer": "3", "hop": hop,
        "difficulty": "low", "verified": "undecided", "text": f"Problem:\n{text}", "text_tokens": 10 + number,
        "knowledge_points": ["sums", "whole numbers"], "seed_ids": ["s1"], "problem_score": 0.9,
    }  # fmt: skip
    return {**dict.fromkeys(SMALL), **made, **more}


def lost(unit: str, reason: str) -> dict[str, Any]:
    return {**dict.fromkeys([*SMALL, *WHY]), "id": "x", "unit": unit, "reason": reason, "step": STEPS.get(reason)}


def told(rows: list[dict[str, Any]], rejected: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """run.json as a run writes it over these rows, of which two were seeds and three spellings."""
    reasons = {unit: [r["reason"] for r in rejected if r["unit"] == unit] for unit in ("seed", "point", "problem")}
    kept = {"seed": 2, "point": 3, "problem": len(rows)}
    units = {
        unit: {"in": kept[unit] + len(found), "kept": kept[unit], "rejected": {r: found.count(r) for r in found}}
        for unit, found in reasons.items()
    }
    hops: dict[str, dict[str, Any]] = {
        hop: {"drawn": sum(r["hop"] == hop for r in rows), "kept": sum(r["hop"] == hop for r in rows)} for hop in HOPS
    }
    lost_ones = {reason: reasons["problem"].count(reason) for reason in reasons["problem"]}
    hops["one_hop"] |= {"drawn": hops["one_hop"]["drawn"] + len(reasons["problem"]), "rejected": lost_ones}
    drawn = len(rows) + len(reasons["problem"])
    models = [
        {"role": role, "model": f"maker/{role}", "revision": "r1", "sampling": {"temperature": 0.0}}
        for role in ("extractor", "curator", "embedder", "writer", "rater", "solver", "a", "b")
    ]
    return {
        "mathloom": "0.1.0", "kind": "gsdp", "command": "python -m generation.gsdp --limit 3", "models": models, "cost": 0.001,
        "rehearsal": False, "panel": PANEL, "until": None, "benchmarks": [],
        "counts": {"units": units, "hops": hops, "stages": {"drawn": drawn, "vetted": len(rows)}},
        "graph": {"points": 3, "edges": 2}, "similarity": {"0.70": 1, "0.90": 2}, "tokens": {"prompt": 5, "completion": 6}, **more,
    }  # fmt: skip


def make(output: Path, rows: list[dict[str, Any]], rejected: list[dict[str, Any]], **more: Any) -> Path:
    """A GSDP folder with its card; `recipe` and whatever else is said replaces what usually stands there."""
    recipe = {**RECIPE, **more.pop("recipe", {})}
    spelled = [
        {
            "knowledge_point": "sums",
            "spelling": "Sums",
            "seed_ids": ["s1"],
            "similarity": 1.0,
            "decision": "merged",
            "reason": None,
        }
    ]
    configs = {
        **dict.fromkeys(HOPS, SMALL),
        "rejected": Features({**SMALL, **WHY}),
        "vocabulary": CONFIGS["vocabulary"],
    }
    with finished(output, configs, list(HOPS), "gsdp") as folder:
        for each in rows:
            folder.write(each["hop"], [each])
        folder.write("rejected", rejected)
        folder.write("vocabulary", spelled)
        folder.put("recipe.yaml", yaml.safe_dump(recipe))
        folder.put("run.json", json.dumps(told(rows, rejected, **more)))
        folder.close()
        write_card(folder.path)
    return output


def a_folder(output: Path, **more: Any) -> Path:
    return make(output, [row(1), row(2), row(1, "community")], [lost("problem", "vetoed"), lost("seed", "cut")], **more)
