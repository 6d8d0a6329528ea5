"""A view of a finished folder in the columns of what the papers' authors released, for whoever's loader expects them.

mind: id, text, document_id, style, ... -> Text, Document ID, Conversational Style, a config per style in upper case (nvidia/Nemotron-MIND)
gsdp: id, problem, solution, ...        -> problem, solution
python -m cards.released FOLDER --output DIR
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Features, Value

from builders import VERSION
from builders.commands import called, command
from builders.errors import CheckFailed, UserError
from builders.folder import finished
from builders.groups import record_batches
from builders.screen import say
from cards.card import write_card
from cards.columns import Config
from cards.facts import NOT_KEPT, Facts, read_facts
from cards.front import RELEASED

# by kind: the column there, and ours
COLUMNS = {
    "mind": {"Text": "text", "Document ID": "document_id", "Conversational Style": "style"},
    "gsdp": {"problem": "problem", "solution": "solution"},
}


def write_released(folder: Path, output: Path) -> dict[str, int]:
    """Writes the view, itself a finished folder with a card; config -> rows. Raises UserError, CheckFailed."""
    if folder.resolve() == output.resolve():
        raise UserError(f"{output} is the folder that is read; name another --output")
    facts = read_facts(folder)
    if facts.kind not in COLUMNS:
        raise UserError(
            f"{folder} is of kind {facts.kind}; only folders of {' and '.join(COLUMNS)} have a released shape"
        )
    columns, configs = COLUMNS[facts.kind], _configs(facts)
    features = Features(dict.fromkeys(columns, Value("string")))
    parts = [] if "default" in configs else list(configs)
    with finished(output, dict.fromkeys(configs, features), parts, RELEASED) as made:
        for name, config in configs.items():
            if missing := set(columns.values()) - set(config.columns):
                raise UserError(f"{folder}: {name} has no column {', '.join(sorted(missing))}; make the folder again")
            for batch in record_batches(config.files, list(columns.values())):
                made.write(name, [_row(row, columns) for row in batch.to_pylist()])
        made.put("run.json", json.dumps(_run(facts, made.counts), indent=2, ensure_ascii=False) + "\n")
        if facts.recipe_text is not None:
            made.put("recipe.yaml", facts.recipe_text)
        made.close()
        write_card(made.path)
        return made.counts


def _configs(facts: Facts) -> dict[str, Config]:
    """The released names of the configs that hold what was kept."""
    kept = {name: config for name, config in facts.configs.items() if name not in NOT_KEPT}
    if facts.kind == "gsdp":
        kept = {name: config for name, config in kept.items() if name == "default"}
    else:
        kept.pop("default", None)
    if not kept:
        raise CheckFailed("the folder holds no row that was kept, so there is nothing to show")
    named = {name.upper() if facts.kind == "mind" else name: config for name, config in kept.items()}
    if len(named) < len(kept):
        raise UserError(
            f"some of the styles {', '.join(kept)} are the same in upper case; rename one, and make the folder again"
        )
    return named


def _row(row: dict[str, Any], columns: dict[str, str]) -> dict[str, Any]:
    made = {name: row[ours] for name, ours in columns.items()}
    if "Conversational Style" in made:
        made["Conversational Style"] = str(made["Conversational Style"]).upper()
    return made


def _run(facts: Facts, counts: dict[str, int]) -> dict[str, Any]:
    """Who made the rows stands with them, wherever they go."""
    names = ("rehearsal", "models", "problem_models", "tokenizer")
    same: dict[str, Any] = {name: facts.run[name] for name in names if name in facts.run}
    made = {"mathloom": VERSION, "kind": RELEASED, "of": facts.kind, "command": "python -m cards.released"}
    return {**made, **same, "counts": counts}


def main(argv: Sequence[str]) -> None:
    about = "Writes a finished folder anew, in the columns of what the papers' authors released."
    parser = argparse.ArgumentParser(prog=called("cards.released"), description=about)
    parser.add_argument(
        "folder", type=Path, metavar="FOLDER", help="a finished folder of generation.mind or generation.gsdp"
    )
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the folder to write; an earlier one of ours is replaced",
    )
    said = parser.parse_args(argv)
    counts = write_released(said.folder, said.output)
    for name, rows in counts.items():
        say(f"{name:20} {rows:,}")
    config = next(iter(counts))
    say(f'\nfrom datasets import load_dataset\nrows = load_dataset("{said.output}", "{config}")["train"]')


if __name__ == "__main__":
    command(main)
