"""The card of a finished folder: its README.md, from run.json, recipe.yaml and the parquet files, and nothing else.

a finished folder -> README.md (front matter for the Hub and `load_dataset`, then what, how, counts, limits), card-*.png
python -m cards.card FOLDER

A run writes its card itself, without figures. What a person wrote into the card is kept (builders.by_hand).
"""

import argparse
import html
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from builders.by_hand import kept, signed
from builders.commands import called, command
from builders.configs import as_ours
from builders.disk import disk_errors
from builders.markdown import clean, code, fence, number, table, words
from builders.memory import LOOKING
from builders.plain import text_of
from builders.screen import say
from cards import gsdp, mind
from cards.asked import licences, models, prompt_texts, prompts, spent
from cards.facts import Facts, mapping, read_facts
from cards.front import front_matter, title
from cards.measured import markdown
from cards.overlap import looked_for_meaning, overlaps
from cards.personal import personal_section
from cards.quote import quoted
from cards.truth import tried
from cards.words import ALL, COLUMNS, CONFIGS, OTHER, PICTURES, SHAPES

TEMPLATES = Path(__file__).with_name("templates")
# kinds with a card of their own; any other has the one of plain rows
OWN = {"mind": mind.tables, "gsdp": gsdp.tables}


def write_card(folder: Path) -> None:
    """Writes README.md into a finished folder; its front matter declares the configs that it declared before.

    Raises UserError where `folder` is no finished folder, CheckFailed where its counts and its rows disagree.
    """
    facts = read_facts(folder)
    text = signed(f"---\n{front_matter(facts).to_yaml()}\n---\n\n{body(facts)}")
    text = kept(text_of(folder / "README.md", f"{folder / 'README.md'}", "replace"), text)
    beside = folder / ".README.unfinished.md"
    with disk_errors(folder):
        try:
            beside.unlink(missing_ok=True)  # of whoever made the folder: a link would be written through
            beside.write_text(text, encoding="utf-8", newline="\n")
            os.replace(beside, folder / "README.md")
        finally:
            beside.unlink(missing_ok=True)


def illustrate(folder: Path) -> None:
    """Draws the card's figures, and writes the card with them."""
    from cards.pictures import draw  # matplotlib is 40 MB that a run does not need

    facts = read_facts(folder)
    if facts.kind in OWN:
        OWN[facts.kind](facts)  # what is wrong with the folder is said before anything is drawn
    with disk_errors(folder):
        draw(facts, folder)
    write_card(folder)


def body(facts: Facts) -> str:
    """The card below the front matter."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        fence=fence, code=code, words=words, number=number, quoted=quoted, escaped=_escaped, picture=_picture
    )
    own = OWN.get(facts.kind)
    values = {
        "facts": facts, "run": facts.run, "recipe": facts.recipe, "title": title(facts), "rehearsal": facts.rehearsal,
        "license": facts.recipe.get("license"), "licences": licences(facts),
        "default": "default" in facts.configs, "configs": _config_table(facts), "columns": _column_table(facts),
        "read_as": facts.read_as, "module": _module(facts), "mapping": mapping, "rows": sum(config.rows for config in facts.main),
        "measured": markdown(facts.measures) if facts.measures else [], "own": own is not None,
        "overlaps": overlaps(facts), "by_meaning": looked_for_meaning(facts), "pictures": PICTURES, "shape": SHAPES.get(str(facts.run.get("of"))),
        "personal": personal_section(facts),
        "prompts": prompts(facts), "prompt_texts": prompt_texts(facts), "spent": spent(facts),
    }  # fmt: skip
    if own:
        values |= own(facts) | {"tried": tried(facts.kind)}
    else:
        values |= {"counts": table(["what", "count"], _flat(mapping(facts.run.get("counts")))), "models": models(facts)}
    text = environment.get_template(f"{facts.kind}.md" if own else "rows.md").render(values)
    return text.strip() + "\n"


def _escaped(text: str) -> str:
    """Words on one line within HTML."""
    return html.escape(" ".join(clean(text).split()))


def _picture(name: str, what: str) -> str:
    """A picture of the folder, with what a reader hears who does not see it."""
    return f"![{words(what)}]({name})"


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
    columns: dict[str, Any] = next((config.columns for config in [*facts.main, *facts.configs.values()]), {})
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
        r"python -m ((?:generation|builders|graph|cards|train)\.[a-z_]+)(?:\s|$)", str(facts.run.get("command", ""))
    )
    return found[1] if found else f"generation.{facts.kind}" if facts.kind in OWN else ""


def _flat(counts: dict[str, Any], before: str = "") -> list[list[Any]]:
    """Counts within counts as rows of a table."""
    rows: list[list[Any]] = []
    for name, value in counts.items():
        rows += _flat(value, f"{before}{name}, ") if isinstance(value, dict) else [[words(f"{before}{name}"), value]]
    return rows


def main(argv: Sequence[str]) -> None:
    about = "Writes the card of a finished folder, with figures. What you wrote into it by hand stays."
    parser = argparse.ArgumentParser(prog=called("cards.card"), description=about)
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a finished folder; its README.md is written anew")
    folder = parser.parse_args(argv).folder
    with as_ours(folder):
        illustrate(folder)
    say(f"{folder / 'README.md'} is written")


if __name__ == "__main__":
    command(main, memory=LOOKING)
