"""What the filters found of faults planted on purpose, as generation.truth_table measured it and this package ships it.

truth.json (rows of unit, biased, reason, recall, precision) -> Found: the counts of a unit; the sentence of a card
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "truth.json"
KEPT = "kept"  # the row of what is good; "pair" has none
UNITS = {"mind": ("dialogue",), "gsdp": ("seed", "point", "problem", "solution")}


@dataclass(frozen=True)
class Found:
    """Counts over the reasons of some units: spoilt and found for the right reason, rejected and rightly so; good and kept."""

    planted: int
    found: int
    given: int
    right: int
    good: int
    kept: int


@cache
def truth() -> dict[str, Any]:
    """The file."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def found(units: Iterable[str], biased: bool = False, reasons: Iterable[str] | None = None) -> Found:
    """The counts of some units, those where a verdict was biased or all others; of some reasons, or of all."""
    wanted = {*units}
    rows = [row for row in truth()["rows"] if row["unit"] in wanted and row["biased"] == biased]
    bad = [row for row in rows if row["reason"] != KEPT and (reasons is None or row["reason"] in {*reasons})]
    good = [row["recall"] for row in rows if row["reason"] == KEPT]
    recall, precision = ([row[share] for row in bad] for share in ("recall", "precision"))
    pairs = [(_sum(shares, "of"), _sum(shares, "hits")) for shares in (recall, precision, good)]
    return Found(*pairs[0], *pairs[1], *pairs[2])


def _sum(shares: list[dict[str, int]], name: str) -> int:
    return sum(share[name] for share in shares)


def tried(kind: str) -> str:
    """What a card says of the filters of its method."""
    all_, seeds = found(UNITS[kind]), len(truth()["seeds"])
    said = (
        f"The filters were tried on planted faults (`python -m generation.truth_table`: a scripted teacher, {seeds} seeds that no "
        f"test uses). Of {all_.planted:,} spoilt replies {all_.found:,} were rejected for the right reason, and of {all_.good:,} good "
        f"ones {all_.good - all_.kept:,}."
    )
    if kind == "gsdp":
        lied = found(("problem", "solution"), biased=True)
        judged = found(("problem", "solution"), biased=True, reasons=("low_score", "vetoed"))
        said += (
            f" That holds where verdicts are honest: where at least one of three judges said the opposite, {judged.found:,} of "
            f"{judged.planted:,} bad problems and solutions were rejected all the same, and {lied.good - lied.kept:,} of "
            f"{lied.good:,} good ones as well."
        )
    return f"{said} A fault that nobody thought of planting was not tried."
