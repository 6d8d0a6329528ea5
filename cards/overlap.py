"""What a card says of benchmarks: how many rows share something with each, by layer and by the length of the run of words.

run.json's {layers, compared, runs, benchmarks} -> a table, as Markdown
"""

from typing import Any

from builders.markdown import code, number, table, words
from cards.facts import Facts, mapping


def overlap(said: Any) -> str:
    """The table; empty where nothing was compared."""
    told = mapping(said)
    benchmarks = {name: mapping(one) for name, one in mapping(told.get("benchmarks")).items()}
    layers = [str(layer) for layer in told["layers"]] if isinstance(told.get("layers"), list) else []
    lengths, of = mapping(told.get("runs")), told.get("compared")
    rows: list[list[Any]] = []
    for name, one in benchmarks.items():
        runs = mapping(one.get("runs"))
        shares = [_share(runs.get(length), of) for length in lengths]
        rows.append([code(name), one.get("items"), *(one.get(layer) for layer in layers), *shares])
    head = [
        "benchmark",
        "items",
        *(f"rows: {words(layer)}" for layer in layers),
        *(f"{words(length)} words" for length in lengths),
    ]
    return table(head, rows) if rows else ""


def _share(count: Any, of: Any) -> str:
    share = f" ({count / of:.2%})" if isinstance(count, int) and isinstance(of, int) and of else ""
    return f"{number(count)}{share}"


def overlaps(facts: Facts) -> dict[str, str]:
    """The tables of a folder by what was compared: rows, or passages and dialogues."""
    said = mapping(facts.run.get("contamination"))
    parts = {name: said.get(name) for name in ("passages", "dialogues")} if "passages" in said else {"rows": said}
    if not said:
        parts = {"rows": facts.run}  # of generation.decontaminate, which does nothing else
    return {name: made for name, part in parts.items() if (made := overlap(part))}


def looked_for_meaning(facts: Facts) -> bool:
    """Whether nearest neighbours by embedding were looked for, too."""
    said = mapping(facts.run.get("contamination")) or facts.run
    return "semantic" in (said.get("layers") or [])
