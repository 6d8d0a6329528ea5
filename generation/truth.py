"""What the rehearsal planted against what the filters found: recall and precision per reason.

    FILE (key, step, fault) + a finished folder (reply, reason, flags) -> a table of reasons
    python -m generation.truth --truth truth.jsonl --folder data/mind

A planted fault is found where its reason rejects the row or stands in its flags. Where a row has several reasons, the
first of builders.reasons is the one that it was given: precision is the share of these that was planted.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as parquet
from rich.box import SIMPLE
from rich.table import Table

from builders.commands import command, option, parse
from builders.errors import UserError
from builders.reasons import MIND
from generation.screen import say, show

Z = 1.96  # of a 95 % interval
ORDER = {reason: number for number, reason in enumerate(MIND)}
KEPT = "kept"


@dataclass(frozen=True)
class Compare:
    """What `python -m generation.truth` can be told."""

    truth: str = option("truth.jsonl", "what a rehearsal wrote with --truth", metavar="FILE")
    folder: str = option("data/mind", "the finished folder of a run against that rehearsal", metavar="DIR")


@dataclass(frozen=True)
class Planted:
    """One line of the truth."""

    fault: str | None
    group: str | None


@dataclass
class Tally:
    """Counts of one reason. `instead`: what planted rows were given that were not found."""

    planted: int = 0
    found: int = 0
    given: int = 0
    right: int = 0
    instead: Counter[str] = field(default_factory=Counter)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The Wilson interval (95 %) of a share; of nothing it is 0 to 1."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return max(0.0, middle - half), min(1.0, middle + half)


def read_truth(path: Path) -> dict[str, Planted]:
    """The lines of a truth file by key; of several lines of a key the last counts."""
    planted = {}
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    said = json.loads(line)
                    planted[str(said["key"])] = Planted(said["fault"], said.get("group"))
                except (ValueError, KeyError, TypeError) as problem:
                    raise UserError(f"{path}, line {number}, is no line of a truth file: {line[:60]!r}") from problem
    except OSError as problem:
        raise UserError(f"the truth file {path} cannot be read: {problem.strerror}") from problem
    if not planted:
        raise UserError(f"the truth file {path} is empty; a rehearsal with --truth fills it while it is asked")
    return planted


def read_folder(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Key and reasons (in the order of the list) of each row that has a reply."""
    files = sorted((folder / "data").glob("*/*.parquet"))
    if not files:
        raise UserError(f"{folder} is no finished folder: there is no data/CONFIG/*.parquet in it")
    for file in files:
        if file.parent.name == "replies":
            continue
        opened = parquet.ParquetFile(file)
        if "reply" not in opened.schema_arrow.names:
            raise UserError(f"{file} has no column reply; the truth is compared with a folder of generation.mind")
        columns = [name for name in ("reply", "reason", "flags") if name in opened.schema_arrow.names]
        for batch in opened.iter_batches(columns=columns):
            for row in batch.to_pylist():
                if row["reply"] is not None:
                    reasons = {*(row.get("flags") or ()), *filter(None, [row.get("reason")])}
                    yield row["reply"], sorted(reasons, key=lambda reason: ORDER.get(reason, len(ORDER)))


def compare(truth: dict[str, Planted], rows: Iterable[tuple[str, list[str]]]) -> tuple[dict[str, Tally], int]:
    """A tally per reason, and one for the good replies under `kept`; how many rows the truth knows nothing of."""
    tallies = {reason: Tally() for reason in (*MIND, KEPT)}
    firsts: set[str] = set()  # a stock reply's first occurrence is no duplicate of anything
    unknown = 0
    for key, reasons in rows:
        planted = truth.get(key)
        if planted is None:
            unknown += 1
            continue
        fault, given = planted.fault or KEPT, reasons[0] if reasons else KEPT
        if planted.group and fault not in reasons and planted.group not in firsts:
            firsts.add(planted.group)
            if reasons:
                continue
            fault = KEPT
        tally = tallies[fault]
        tally.planted += 1
        if fault in reasons or fault == given:
            tally.found += 1
        else:
            tally.instead[given] += 1
        tallies[given].given += 1
        tallies[given].right += given == fault
    return tallies, unknown


def table(tallies: dict[str, Tally]) -> Table:
    """Recall and precision with their intervals, a line per reason that was planted or given."""
    made = Table(box=SIMPLE, pad_edge=False)
    for name in ("reason", "found", "recall", "95 %", "right", "precision", "95 %"):
        made.add_column(name, justify="left" if name == "reason" else "right", no_wrap=True)
    for reason, tally in tallies.items():
        if tally.planted or tally.given:
            found, right = _share(tally.found, tally.planted), _share(tally.right, tally.given)
            made.add_row(reason, f"{tally.found}/{tally.planted}", *found, f"{tally.right}/{tally.given}", *right)
    return made


def missed(tallies: dict[str, Tally]) -> Iterator[str]:
    """What planted rows were given instead, a sentence per reason that was not always found."""
    for reason, tally in tallies.items():
        if tally.instead:
            yield f"{reason}, but given " + ", ".join(
                f"{other} {count}" for other, count in tally.instead.most_common()
            )


def _share(hits: int, of: int) -> tuple[str, str]:
    if not of:
        return "-", "-"
    low, high = wilson(hits, of)
    return f"{hits / of:.3f}", f"{low:.2f}-{high:.2f}"


def main(argv: Sequence[str]) -> None:
    settings = parse(Compare, argv, "generation.truth", __doc__.splitlines()[0])
    truth = read_truth(Path(settings.truth))
    tallies, unknown = compare(truth, read_folder(Path(settings.folder)))
    say("found: of the planted; right: of the rows that were given the reason")
    show(table(tallies))
    for sentence in missed(tallies):
        say(f"  {sentence}")
    seen = sum(tally.planted for tally in tallies.values())
    say(f"{len(truth)} replies in {settings.truth}, {seen} of them read in {settings.folder}")
    if unknown:
        say(f"{unknown} rows of the folder have a reply that the truth does not know (another rehearsal's, or none's)")


if __name__ == "__main__":
    command(main)
