"""The way between the points of a combination, made anew from a folder's vocabulary, and the seeds and names that it rests on.

a row's points and kind -> the points on its first path, and for each edge the seeds in which both its ends occur
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from builders.errors import UserError
from builders.row import Row
from cards.story import Cell, Facts, Note, Part, Section, Table
from generation.exchanges import Source
from generation.explain_points import Vocabulary, extractions, judged, point_section, seed_section
from generation.gsdp_recipe import RULES
from graph.kinds import GSDP
from graph.kprg import build
from graph.paths import first_path, inner, witnesses

SHOWN = 8  # seeds of an edge that are named


def path_of(source: Source, names: Vocabulary, row: Row) -> tuple[list[str], list[Part]]:
    """The points on the first path between those of a row, and what is known of each of its edges."""
    points, hop = list(row["knowledge_points"] or []), str(row["hop"])
    facts = Facts(
        [
            ("points", "; ".join(points)),
            ("kind", hop),
            ("weight", str(row["weight"])),
            ("repetition", str(row["repetition"])),
        ]
    )
    if not names.by_seed:
        return points, [facts, Note("The folder holds no vocabulary, so not the graph that the path goes through.")]
    recipe = source.facts.recipe
    rules, share = RULES.get(str(recipe.get("rules")), GSDP), recipe.get("core_share")
    rules = replace(rules, core_share=share) if isinstance(share, float) else rules
    graph = build(names.seeds())
    try:
        ends, between = sorted(graph.number(point) for point in points), inner(graph, rules)
        numbers = ends if hop == "community" else first_path(graph, hop, ends[0], ends[-1], rules, between)
        seeds = witnesses(graph, hop, ends, rules, between)
    except UserError as problem:
        return points, [facts, Note(f"The path cannot be told: {problem}.")]
    path = [graph.points[number] for number in numbers]
    edges = list(combinations(path, 2) if hop == "community" else pairwise(path))
    rows: list[list[Cell]] = [[a, b, *_held(names.both(a, b)), seed] for (a, b), seed in zip(edges, seeds, strict=True)]
    table = Table(["from", "to", "seeds with both", "which", "the witness"], rows)
    apart = seeds != list(row["seed_ids"] or [])
    note = [Note(f"The row names other witnesses: {', '.join(row['seed_ids'] or [])}.")] if apart else []
    return path, [facts, table, *note]


def _held(seeds: Sequence[str]) -> tuple[int, str]:
    return len(seeds), ", ".join(seeds[:SHOWN]) + (", ..." if len(seeds) > SHOWN else "")


def origins_of(source: Source, names: Vocabulary, row: Row, path: Sequence[str]) -> tuple[list[Section], list[Row]]:
    """The seeds that witness the path, and how the points on it got their names."""
    sections: list[Section] = []
    shared: list[Row] = []
    seeds = list(dict.fromkeys(row["seed_ids"] or []))
    found = extractions(source, names, seeds)
    for seed in seeds:
        section, told = seed_section(source, names, seed, found.get(seed, []))
        sections.append(section)
        shared += told
    used = {name: _used(names, name, seeds) for name in path}
    among = judged(source, names, set().union(*used.values()))
    for name in (name for name in path if used[name]):
        section, told = point_section(source, names, name, used[name], among)
        sections.append(section)
        shared += told
    return sections, shared


def _used(names: Vocabulary, name: str, seeds: Sequence[str]) -> set[str]:
    """The spellings of a point in some seeds."""
    return {row["spelling"] for row in names.by_name.get(name, ()) if set(seeds) & set(row["seed_ids"])}
