"""The card of a finished folder: its README.md, from run.json, recipe.yaml and the parquet files, and nothing else.

a finished folder -> README.md (front matter for the Hub and `load_dataset`, then what, how, counts, limits)
python -m cards.card FOLDER
"""

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import DatasetInfo, SplitInfo
from datasets.info import DatasetInfosDict
from datasets.splits import SplitDict
from huggingface_hub import DatasetCardData
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builders.commands import command, say
from builders.disk import disk_errors
from cards import gsdp, mind
from cards.asked import models
from cards.facts import Config, Facts, english, mapping, read_facts
from cards.markdown import code, fence, number, table, words
from cards.measured import markdown
from cards.overlap import looked_for_meaning, overlaps
from cards.truth import tried
from cards.words import ALL, COLUMNS, CONFIGS, OTHER, TITLES

TEMPLATES = Path(__file__).with_name("templates")
# kinds with a card of their own; any other has the one of plain rows
OWN = {"mind": mind.tables, "gsdp": gsdp.tables}

NOT_KEPT = ("rejected", "replies", "vocabulary", "edges")

# identifiers of the Hub that data is given under (hub docs, repositories-licenses); others are `other` + license_name
LICENSES = {
    "apache-2.0", "mit", "odc-by", "odbl", "pddl", "cc0-1.0", "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0",
    "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-nc-nd-4.0", "cdla-permissive-1.0", "cdla-permissive-2.0",
    "cdla-sharing-1.0", "c-uda", "gfdl", "openmdw-1.0", "llama2", "llama3", "llama3.1", "llama3.2", "llama3.3", "llama4", "gemma",
    "other", "unknown",
}  # fmt: skip


def write_card(folder: Path) -> None:
    """Writes README.md into a finished folder; its front matter declares the configs that it declared before.

    Raises UserError where `folder` is no finished folder, CheckFailed where its counts and its rows disagree.
    """
    facts = read_facts(folder)
    text = f"---\n{front_matter(facts).to_yaml()}\n---\n\n{body(facts)}"
    beside = folder / ".README.unfinished.md"
    with disk_errors(folder):
        try:
            beside.write_text(text, encoding="utf-8", newline="\n")
            os.replace(beside, folder / "README.md")
        finally:
            beside.unlink(missing_ok=True)


def front_matter(facts: Facts) -> DatasetCardData:
    """What the Hub and `load_dataset` read."""
    licence = str(facts.recipe.get("license") or "unknown").strip().lower()
    reads, looked = _english(facts)
    card = DatasetCardData(
        license=licence if licence in LICENSES else "other",
        language=["en"] if looked and reads >= 0.95 * looked else None,
        pretty_name=_title(facts),
        tags=_tags(facts),
        task_categories=["text-generation"] if facts.kind in OWN else None,
        size_categories=[size_category(sum(config.rows for config in _main(facts)))],
    )
    if licence not in LICENSES:
        card["license_name"] = re.sub(r"[^a-z0-9.+]+", "-", licence).strip("-") or "unnamed"
    card["configs"] = facts.declared
    infos = DatasetInfosDict({name: _info(config) for name, config in facts.configs.items()})
    if infos:
        infos.to_dataset_card_data(card)
    return card


def body(facts: Facts) -> str:
    """The card below the front matter."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(fence=fence, code=code, words=words, number=number)
    recipe_license = facts.recipe.get("license")
    values = {
        "facts": facts, "run": facts.run, "recipe": facts.recipe, "title": _title(facts), "rehearsal": bool(facts.run.get("rehearsal")),
        "license": recipe_license, "default": "default" in facts.configs, "configs": _config_table(facts), "columns": _column_table(facts),
        "english": _english(facts), "module": _module(facts), "mapping": mapping, "rows": sum(config.rows for config in _main(facts)),
        "measured": markdown(facts.measures) if facts.measures else [],
        "overlaps": overlaps(facts), "by_meaning": looked_for_meaning(facts),
    }  # fmt: skip
    if facts.kind in OWN:
        values |= OWN[facts.kind](facts) | {"tried": tried(facts.kind)}
    else:
        values |= {"counts": table(["what", "count"], _flat(mapping(facts.run.get("counts")))), "models": models(facts)}
    text = environment.get_template(f"{facts.kind}.md" if facts.kind in OWN else "rows.md").render(values)
    return text.strip() + "\n"


def size_category(rows: int) -> str:
    """The Hub's word for a number of rows: n<1K, 1K<n<10K, ..., n>1T."""
    steps = ["1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T"]
    power = next((step for step in range(len(steps)) if rows < 1000 * 10**step), len(steps))
    if power == 0:
        return "n<1K"
    return f"{steps[power - 1]}<n<{steps[power]}" if power < len(steps) else "n>1T"


def _main(facts: Facts) -> list[Config]:
    """The configs that hold what was kept: those of `default`, else all that are neither rejected rows nor replies."""
    if "default" in facts.configs:
        return [facts.configs["default"]]
    return [config for name, config in facts.configs.items() if name not in NOT_KEPT]


def _title(facts: Facts) -> str:
    return TITLES.get(facts.kind, f"Rows of kind {facts.kind}")


def _tags(facts: Facts) -> list[str]:
    # what a model had a part in; other kinds are cut from what there was
    made = ["synthetic"] if facts.kind in OWN or facts.run.get("models") else []
    kind = re.sub(r"[^a-z0-9-]+", "-", facts.kind.lower()).strip("-")
    return [
        *made,
        "mathloom",
        *([kind] if kind else []),
        "mathematics",
        *(["rehearsal"] if facts.run.get("rehearsal") else []),
    ]


def _english(facts: Facts) -> tuple[int, int]:
    """(rows that read as English, rows looked at) of all configs that hold what was kept."""
    found = [english(config) for name, config in facts.configs.items() if name not in (*NOT_KEPT, "default")]
    found = found or [english(config) for config in _main(facts)]
    return sum(reads for reads, _ in found), sum(looked for _, looked in found)


def _info(config: Config) -> DatasetInfo:
    """Rows and sizes, by which `load_dataset` checks what it read. The columns stand in every parquet file already."""
    split = SplitInfo("train", num_bytes=config.raw_bytes, num_examples=config.rows)
    return DatasetInfo(splits=SplitDict({"train": split}), download_size=config.bytes, dataset_size=config.raw_bytes)


def _config_table(facts: Facts) -> str:
    """Every config with its rows; a style or kind without a kept row is listed with 0, although it is not declared."""
    counts = mapping(facts.run.get("counts"))
    counted = mapping(counts.get("styles" if facts.kind == "mind" else "hops")) if facts.kind in OWN else {}
    names = list(dict.fromkeys([*(["default"] if counted else []), *counted, *facts.configs]))
    rows = []
    for name in names:
        config = facts.configs.get(name)
        what = ALL.get(facts.kind, "") if name == "default" else ""
        what = what or CONFIGS.get(name, "one style" if name in counted else "")
        if config:
            rows.append([code(name), config.rows, _size(config.bytes), what])
        else:
            rows.append([code(name), 0, "–", f"{what}; without a row, so not declared"])
    return table(["config", "rows", "on the disk", "what it holds"], rows)


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count >= 1e6 else f"{count / 1e3:,.1f} kB"


def _column_table(facts: Facts) -> str:
    """The columns of what was kept, with their types, and what is said of them."""
    columns: dict[str, Any] = next((config.columns for config in [*_main(facts), *facts.configs.values()]), {})
    known = COLUMNS.get(facts.kind, OTHER)
    rows = [[code(name), code(_type(feature)), known.get(name, "")] for name, feature in columns.items()]
    return table(["column", "type", "what it is"], rows)


def _type(feature: Any) -> str:
    """A feature in a few letters: `string`, `list of {speaker: string, text: string}`."""
    if isinstance(feature, dict):
        return "{" + ", ".join(f"{name}: {_type(inner)}" for name, inner in feature.items()) + "}"
    inner = getattr(feature, "feature", None)
    return f"list of {_type(inner)}" if inner is not None else str(getattr(feature, "dtype", feature))


def _module(facts: Facts) -> str:
    """The command that made the folder, without its flags, which may name places on one machine."""
    found = re.match(
        r"python -m ((?:generation|builders|graph|train)\.[a-z_]+)(?:\s|$)", str(facts.run.get("command", ""))
    )
    return found[1] if found else f"generation.{facts.kind}" if facts.kind in OWN else ""


def _flat(counts: dict[str, Any], before: str = "") -> list[list[Any]]:
    """Counts within counts as rows of a table."""
    rows: list[list[Any]] = []
    for name, value in counts.items():
        rows += _flat(value, f"{before}{name}, ") if isinstance(value, dict) else [[words(f"{before}{name}"), value]]
    return rows


def main(argv: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m cards.card", description="Writes the card of a finished folder.")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a finished folder; its README.md is written anew")
    folder = parser.parse_args(argv).folder
    write_card(folder)
    say(f"{folder / 'README.md'} is written")


if __name__ == "__main__":
    command(main)
