"""What the screen shows of measures.json: MIND's styles beside one another; GSDP's stages, solutions and sets (table 6).

measures.json -> tables
"""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table

from generation.intervals import Number

MEASURES = {
    "copy_rate": "copy rate", "similarity": "similarity (words)", "similarity_embedded": "similarity (embedded)",
    "length_ratio": "length ratio", "new_numbers": "new numbers", "wrong_share": "with wrong arithmetic",
    "wrong_calculations": "wrong calculations", "question_share": "turns that ask", "question_gap": "speakers differ by",
    "steps_per_answer": "steps an answer",
}  # fmt: skip


def shown(measure: Number, percent: bool = False) -> str:
    """`0.41 (0.38–0.44)`; a dash where nothing was measured."""
    if measure["value"] is None:
        return "–"
    value, low, high = (
        None if measure[end] is None else _digits(measure[end], percent) for end in ("value", "low", "high")
    )
    return f"{value} ({low}–{high})" if low is not None else f"{value}"


def _digits(value: float, percent: bool) -> str:
    return (
        f"{value:.1%}" if percent else f"{value:,.0f}" if value == int(value) and abs(value) >= 10 else f"{value:.3g}"
    )


def tables(made: Mapping[str, Any]) -> list[Table]:
    """The tables of a folder."""
    return list(_mind(made["styles"]) if made["kind"] == "mind" else _gsdp(made))


def _mind(styles: Mapping[str, Mapping[str, Any]]) -> Iterator[Table]:
    """A row for each measure, a column for each style."""
    table = _table("before filtering", *(name.replace("_", " ") for name in styles))
    table.add_row("knowledge gap", *(style["gap"] or "–" for style in styles.values()))
    table.add_row("dialogues", *(f"{style['rows']:,}" for style in styles.values()))
    for name, words in MEASURES.items():
        if any(style[name]["value"] is not None for style in styles.values()):
            table.add_row(words, *(shown(style[name]).replace(" (", "\n(") for style in styles.values()))
    yield table
    speakers = _table("style", "speaker", "turns that ask")
    for name, style in styles.items():
        for speaker, asks in style["speakers"].items():
            speakers.add_row(name, speaker, shown(asks))
    if speakers.row_count:
        yield speakers


def _gsdp(made: Mapping[str, Any]) -> Iterator[Table]:
    stages = _table("stage", "of those before", "of all")
    for name, shares in made["stages"].items():
        stages.add_row(name, shown(shares["of_those_before"], True), shown(shares["of_all"], True))
    if stages.row_count:
        yield stages
    rows = _table("measure", "", "of")
    for words, measure, percent in (
        ("rows for each seed", made["expansion"], False), ("0.01 cents a row", made["cost"], False),
        ("solutions with wrong arithmetic", made["wrong_share"], True), ("wrong calculations", made["wrong_calculations"], True),
        ("points found again", made["reverse"]["points"], True), ("rows with all points found again", made["reverse"]["whole"], True),
    ):  # fmt: skip
        rows.add_row(words, shown(measure, percent), f"{measure['of']:,}")
    yield rows
    sets = _table("set", "rows", "sample", "seeds", "nearest seed", "novel", "clusters", "noise", "eps")
    for name, of in made["sets"].items():
        eps = "–" if of["eps"] is None else f"{of['eps']:.4f}"
        sets.add_row(
            name, f"{of['rows']:,}", f"{of['sample']:,}", f"{of['seeds']:,}", shown(of["nearest"]), shown(of["novel"], True),
            shown(of["clusters"]), shown(of["noise"], True), eps,
        )  # fmt: skip
    yield sets


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, name in enumerate(names):
        table.add_column(name, justify="left" if place == 0 else "right")
    return table
