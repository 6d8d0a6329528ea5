"""What measures.json says, in tables: of MIND's styles beside one another, of GSDP's stages, solutions and sets (table 6).

measures.json -> (head, rows), for the screen and for the card
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from builders.errors import UserError
from builders.markdown import table, words
from builders.plain import text_of

FILE = "measures.json"
# what each measure of a dialogue is, where the first is its name in the table
MEASURES = {
    "copy_rate": ("copy rate", "share of the dialogue's runs of five words that stand in the passage"),
    "similarity": ("similarity (words)", "shared words / geometric mean of both sets of words"),
    "similarity_embedded": ("similarity (embedded)", "cosine of dialogue and passage"),
    "length_ratio": ("length ratio", "tokens of the dialogue / tokens of its passage"),
    "new_numbers": ("new numbers", "numbers that the passage does not hold and that nothing right computes"),
    "wrong_share": ("wrong arithmetic", "share of the dialogues that state something wrong, such as 3 * 4 = 13"),
    "wrong_calculations": ("wrong calculations", "share of all calculations that are stated"),
    "question_share": ("turns that ask", "share of the turns"),
    "question_gap": ("speakers differ by", "between the speakers, in the share of their turns that ask"),
    "steps_per_answer": ("steps an answer", "marks of a step in a turn that follows a question"),
}
FIGURES = re.compile(r"[-\d.,%–() ]+")
Rows = list[list[str]]


def read_measures(folder: Path) -> dict[str, Any]:
    """What measures.json says; empty where there is none. UserError where it is not ours."""
    path = folder / FILE
    if not path.is_file():
        return {}
    try:
        made = json.loads(text_of(path, str(path)))
        tables(made)
    except (OSError, ArithmeticError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
        raise UserError(
            f"{path} cannot be read ({problem}); take it away, or write it again with python -m generation.measure {folder}"
        ) from problem
    return dict(made)


def markdown(made: Mapping[str, Any]) -> list[str]:
    """The tables as Markdown; a name that somebody gave does nothing there."""
    return [
        table(
            [words(name) for name in head],
            [[cell if FIGURES.fullmatch(cell) else words(cell) for cell in row] for row in rows],
        )
        for head, rows in tables(made)
    ]


def tables(made: Mapping[str, Any]) -> list[tuple[list[str], Rows]]:
    """The tables of a folder."""
    return list(_mind(made["styles"]) if made["kind"] == "mind" else _gsdp(made))


def shown(measure: Mapping[str, Any], percent: bool = False) -> str:
    """`0.41 (0.38–0.44)`; a dash where nothing was measured."""
    if measure["value"] is None:
        return "–"
    value, low, high = (
        None if measure[end] is None else _digits(measure[end], percent) for end in ("value", "low", "high")
    )
    return f"{value} ({low}–{high})" if low is not None else f"{value}"


def _digits(value: float, percent: bool) -> str:
    return (
        f"{value:.1%}"
        if percent
        else f"{value:,.0f}"
        if value == int(value)
        else f"{value:.2f}"
        if abs(value) >= 0.1
        else f"{value:.2g}"
    )


def _mind(styles: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[list[str], Rows]]:
    """A row for each measure, a column for each style; then who asks."""
    rows = [["knowledge gap", *(style["gap"] or "–" for style in styles.values())]]
    rows.append(["dialogues", *(f"{style['rows']:,}" for style in styles.values())])
    for name, (title, _) in MEASURES.items():
        if any(style[name]["value"] is not None for style in styles.values()):
            rows.append([title, *(shown(style[name], name.startswith("wrong")) for style in styles.values())])
    yield ["before filtering", *(name.replace("_", " ") for name in styles)], rows
    asks = [
        [name, speaker, shown(part)] for name, style in styles.items() for speaker, part in style["speakers"].items()
    ]
    if asks:
        yield ["style", "speaker", "turns that ask"], asks


def _gsdp(made: Mapping[str, Any]) -> Iterator[tuple[list[str], Rows]]:
    stages = [
        [name, shown(of["of_those_before"], True), shown(of["of_all"], True)] for name, of in made["stages"].items()
    ]
    if stages:
        yield ["stage", "of those before", "of all"], stages
    measures = (
        ("rows for each seed", made["expansion"], False), ("hundredths of a cent a row", made["cost"], False),
        ("solutions with wrong arithmetic", made["wrong_share"], True), ("wrong calculations", made["wrong_calculations"], True),
        ("points that are named again", made["reverse"]["points"], True), ("rows with all points named again", made["reverse"]["whole"], True),
    )  # fmt: skip
    yield (
        ["measure", "value", "of"],
        [[words_, shown(of, percent), f"{of['of']:,}"] for words_, of, percent in measures],
    )
    sets = []
    for name, of in made["sets"].items():
        eps = "–" if of["eps"] is None else f"{of['eps']:.4f}"
        counts = [f"{of[count]:,}" for count in ("rows", "sample", "seeds")]
        sets.append(
            [
                name,
                *counts,
                shown(of["nearest"]),
                shown(of["novel"], True),
                shown(of["clusters"]),
                shown(of["noise"], True),
                eps,
            ]
        )
    yield ["set", "rows", "sample", "seeds", "nearest seed", "novel", "clusters", "noise", "eps"], sets
