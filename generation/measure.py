"""What a finished folder is worth in numbers, each with its interval: measures.json, figures, and a table on the screen.

    FOLDER (mind, gsdp) -> FOLDER/measures.json, FOLDER/measures-*.png

    python -m generation.measure data/quickstart/mind
    python -m generation.measure data/quickstart/gsdp --endpoints rehearsal
    python -m generation.measure data/gsdp --embeddings http://127.0.0.1:8081 \\
        --compare meta-math/MetaMathQA:query=openai/gsm8k+EleutherAI/hendrycks_math

measures.json: {mathloom, kind, rehearsal, seed, embeddings} and

    mind   styles: {style: {gap, rows, copy_rate, similarity (by words), similarity_embedded, new_numbers, wrong_arithmetic,
           length_ratio, question_share, question_gap, steps_per_answer, wrong_share, wrong_calculations, speakers: {name}}}, wrong
    gsdp   stages: {stage: {of_those_before, of_all}}, expansion, cost (0.01 cents), wrong_arithmetic, wrong_share,
           wrong_calculations, wrong, reverse: {rows, answered, by, points, whole, hops}, sets: {ours or NAME: {rows, sample, seeds,
           nearest, novel, novel_below, histogram, cumulative, clusters, noise, eps, min_points, k_distances}}

Each measure is {value, low, high, of}: 95 % (generation.intervals), `of` rows. What needs a model that is not there is null.
"""

import json
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from builders import VERSION
from builders.commands import command, parse
from builders.configs import as_ours
from builders.disk import disk_errors
from builders.errors import UserError
from builders.screen import say, show
from builders.tokens import load_tokenizer
from cards.facts import Facts, mapping, read_facts
from cards.figures import draw
from cards.measured import FILE, tables
from generation import diversity
from generation.dialogue_measures import dialogues, embedded, measured
from generation.dialogue_rows import ROW as DIALOGUE
from generation.diversity import Set
from generation.embedded import EMBEDDED
from generation.embeddings import ROLE
from generation.embeddings import STEP as EMBEDDING
from generation.forecast import counted, forecast
from generation.gsdp_rows import ROW as PROBLEM
from generation.intervals import group, nothing
from generation.knowledge_points import STEP as POINTS
from generation.knowledge_points import KnowledgePoints, extraction
from generation.measure_recipe import Recipe, roles_for
from generation.measure_sets import equal, sets_of
from generation.problem_measures import arithmetic, problems, spellings, yields
from generation.prompts import names
from generation.recipes import FOLDER
from generation.reverse import Points, asked, reversed_, unasked
from generation.run import running
from generation.semantic import NOVEL
from generation.vocabulary import VOCABULARY
from graph.grouping import normal

if TYPE_CHECKING:
    from generation.run import Run

KINDS = ("mind", "gsdp")


def check_columns(facts: Facts, folder: Path) -> None:
    """UserError where a column that is looked at holds other values than we write there: a folder may be anybody's."""
    known = {**VOCABULARY, **PROBLEM} if facts.kind == "gsdp" else DIALOGUE
    names = ("default", "vocabulary") if facts.kind == "gsdp" else [name for name in facts.configs if name != "replies"]
    for name in names:
        columns = facts.configs[name].columns if name in facts.configs else {}
        for column, kind in columns.items():
            if column in known and kind != known[column]:
                raise UserError(
                    f"{folder}: in {name} the column {column} is {kind}, where mathloom writes {known[column]}; make the folder again"
                )


def of_mind(recipe: Recipe, facts: Facts, run: "Run | None") -> dict[str, Any]:
    """What measures.json says of a MIND folder."""
    folder = Path(recipe.folder)
    with as_ours(folder):
        made = measured(dialogues(folder), mapping(mapping(facts.run.get("counts")).get("styles")), recipe.seed)
    near = {}
    if run is not None and ROLE in run.models:
        near = embedded(dialogues(folder), recipe.sample, run, run.model(ROLE), recipe.seed)
    for name, style in made["styles"].items():
        style["similarity_embedded"] = near.get(name, nothing())
    return made


def of_gsdp(recipe: Recipe, facts: Facts, sets: Sequence[Set], run: "Run | None") -> dict[str, Any]:
    """What measures.json says of a GSDP folder, and of the sets beside it."""
    embedder = run.model(ROLE) if run is not None and ROLE in run.models else None
    reverse, size = unasked(), equal(recipe, sets)
    with as_ours(Path(recipe.folder)):
        below = float(facts.recipe.get("novel_below") or NOVEL)
        own = {**yields(facts), **arithmetic(problems(facts), recipe.seed)}
        points = Points({normal(spelling): normal(name) for spelling, name in spellings(facts)})
    if run is not None and "extractor" in run.models:
        reverse = reversed_(sampled(recipe, facts), extracting(facts), points, run, embedder)
    lie = {
        each.name: diversity.unmeasured(each)
        if run is None or embedder is None
        else diversity.measured(each, run, embedder, size, below, recipe.seed)
        for each in sets
    }
    return {**own, "reverse": reverse, "sets": lie}


def sampled(recipe: Recipe, facts: Facts) -> list[dict[str, Any]]:
    """The rows whose points are asked for again, drawn by hash."""
    able = (row for row in problems(facts) if row["problem"] and row["solution"] and row["knowledge_points"])
    return nsmallest(recipe.reverse, able, key=lambda row: (group(f"{recipe.seed} {row['id']}"), row["id"]))


def extracting(facts: Facts) -> KnowledgePoints:
    """How the folder's points were asked for, as far as it says."""
    prompt, most = facts.recipe.get("points_prompt"), facts.recipe.get("most_points")
    default = KnowledgePoints()
    return KnowledgePoints(
        points_prompt=prompt if prompt in names() else default.points_prompt,
        most_points=most if isinstance(most, int) and most > 0 else default.most_points,
    )


def told(recipe: Recipe, facts: Facts, sets: Sequence[Set], run: "Run | None") -> None:
    """Says what is to be asked, or what is off; with --dry-run prompts as well."""
    models = run.models if run is not None else {}
    if run is not None and "extractor" in models:
        tokens = load_tokenizer(recipe.tokenizer)
        _, known = counted(asked(sampled(recipe, facts)), run.scratch, True)
        forecast(run, [extraction(extracting(facts), models["extractor"])], tokens, known)
    elif facts.kind == "gsdp":
        say("no model is asked whether problems need their points: no --endpoints are given")
    if ROLE not in models:
        more = "; who is near a seed, and what is alike, is not measured" if facts.kind == "gsdp" else ""
        say(f"nothing is embedded: {'--embeddings none' if recipe.embeddings else 'no --embeddings are given'}{more}")
    elif facts.kind == "gsdp":
        size = equal(recipe, sets)
        seeds = sum(len(set(each.seeds)) for each in sets)
        say(
            f"{size:,} problems of each of {len(sets)} sets are embedded, and {seeds:,} seeds"
            if sets[1:]
            else f"{size:,} problems are embedded, and {seeds:,} seeds"
        )
    else:
        say(f"at most {recipe.sample:,} dialogues are embedded, and their passages")


def write(folder: Path, made: dict[str, Any]) -> None:
    """measures.json, whole or not at all, and its figures."""
    beside = folder / ".measures.unfinished.json"
    with disk_errors(folder):
        try:
            beside.unlink(missing_ok=True)  # of whoever made the folder: a link would be written through
            beside.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
            os.replace(beside, folder / FILE)
        finally:
            beside.unlink(missing_ok=True)
        draw(made, folder)


def _table(head: list[str], rows: list[list[str]]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(head):
        table.add_column(name, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*(cell.replace(" (", "\n(") if len(head) > 6 else cell for cell in row))
    return table


def main(argv: Sequence[str]) -> None:
    first = ["--folder"] if argv and not argv[0].startswith("-") else []
    recipe = parse(Recipe, [*first, *argv], "generation.measure", __doc__.splitlines()[0], FOLDER)
    if not recipe.folder:
        raise UserError(
            "no folder is named; say python -m generation.measure FOLDER, a finished folder of mind or gsdp"
        )
    recipe = replace(recipe, output=recipe.folder)
    recipe.check()
    facts, folder = read_facts(Path(recipe.folder)), Path(recipe.folder)
    if facts.kind not in KINDS:
        raise UserError(
            f"{folder} is a folder of kind {facts.kind}; what is measured are folders of {' and '.join(KINDS)}"
        )
    if recipe.compare and facts.kind != "gsdp":
        raise UserError(f"compare is for folders of gsdp, and {folder} is one of {facts.kind}; leave it out")
    check_columns(facts, folder)
    sets = list(sets_of(recipe, facts)) if facts.kind == "gsdp" else []
    with ExitStack() as stack:
        roles, run = roles_for(recipe, facts.kind, stack), None
        if roles:
            steps = {"extractor": [POINTS], ROLE: [EMBEDDED, EMBEDDING]}
            run = stack.enter_context(running(roles, recipe, steps, "generation.measure"))
        told(recipe, facts, sets, run)
        if recipe.dry_run:
            return
        found = of_mind(recipe, facts, run) if facts.kind == "mind" else of_gsdp(recipe, facts, sets, run)
        by = run.model(ROLE).name if run is not None and ROLE in run.models else None
    said = {"mathloom": VERSION, "kind": facts.kind, "rehearsal": bool(facts.run.get("rehearsal")), "seed": recipe.seed}
    made = {**said, "embeddings": by, **found}
    write(folder, made)
    for head, rows in tables(made):
        show(_table(head, rows))
    say(f"\n{folder / FILE} is written; 'python -m cards.card {folder}' puts it into the card")


if __name__ == "__main__":
    command(main)
