"""What the rehearsal planted against what the filters found: recall and precision per reason.

    FILE (key, step, fault) + a finished folder (reply or replies, reason, flags) -> a table of reasons
    python -m generation.truth --truth truth.jsonl --folder data/mind   # or data/gsdp

A planted fault is found where its reason rejects the row or stands in its flags. Where a row has several reasons, the
first of builders.reasons is the one that it was given: precision is the share of these that was planted.
"""

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
from generation.truth_lines import Planted, of_row, read_truth

Z = 1.96  # of a 95 % interval
ORDER = {reason: number for number, reason in enumerate(MIND)}
KEPT = "kept"
UNKNOWN = "unknown"
BIASED = ("mild", "strict")  # verdicts that are the opposite of an honest one
REPLIES = ("reply", "replies")  # a row's column of keys: MIND's, GSDP's
ASIDE = ("replies", "vocabulary", "edges")  # configs whose rows are no rows of either method


@dataclass(frozen=True)
class Compare:
    """What `python -m generation.truth` can be told."""

    truth: str = option("truth.jsonl", "what a rehearsal wrote with --truth", metavar="FILE")
    folder: str = option("data/mind", "the finished folder of a run against that rehearsal", metavar="DIR")


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


def read_folder(folder: Path) -> Iterator[tuple[list[str], list[str]]]:
    """Keys of the replies and reasons (in the order of the list) of each row that has a reply."""
    files = sorted((folder / "data").glob("*/*.parquet"))
    if not files:
        raise UserError(f"{folder} is no finished folder: there is no data/CONFIG/*.parquet in it")
    for file in files:
        if file.parent.name in ASIDE:
            continue
        opened = parquet.ParquetFile(file)
        found = next((name for name in REPLIES if name in opened.schema_arrow.names), None)
        if found is None:
            raise UserError(
                f"{file} has no column reply or replies; the truth is compared with a folder of generation.mind or generation.gsdp"
            )
        columns = [name for name in (found, "reason", "flags") if name in opened.schema_arrow.names]
        for batch in opened.iter_batches(columns=columns):
            for row in batch.to_pylist():
                keys = [row["reply"]] if found == "reply" else [said["key"] for said in row["replies"] or ()]
                if any(keys):
                    reasons = {*(row.get("flags") or ()), *filter(None, [row.get("reason")])}
                    yield list(filter(None, keys)), sorted(reasons, key=lambda reason: ORDER.get(reason, len(ORDER)))


def compare(
    truth: dict[str, Planted], rows: Iterable[tuple[list[str], list[str]]]
) -> tuple[dict[str, Tally], Counter[str]]:
    """A tally per reason, and one for the good replies under `kept`; rows that the truth does not know, or that were biased."""
    tallies: dict[str, Tally] = {reason: Tally() for reason in MIND}
    firsts: set[str] = set()  # a stock reply's first occurrence is no duplicate of anything
    counts: Counter[str] = Counter()
    for keys, reasons in rows:
        known = [truth[key] for key in keys if key in truth]
        if not known:
            counts[UNKNOWN] += 1
            continue
        planted = of_row(known)
        counts.update({line.form for line in known if line.form in BIASED})
        fault, given = planted.fault or KEPT, reasons[0] if reasons else KEPT
        if planted.group and fault not in reasons and planted.group not in firsts:
            firsts.add(planted.group)
            if reasons:
                continue
            fault = KEPT
        tally, other = (tallies.setdefault(reason, Tally()) for reason in (fault, given))
        tally.planted += 1
        if fault in reasons or fault == given:
            tally.found += 1
        else:
            tally.instead[given] += 1
        other.given += 1
        other.right += given == fault
    tallies[KEPT] = tallies.pop(KEPT, Tally())
    return tallies, counts


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
    tallies, counts = compare(truth, read_folder(Path(settings.folder)))
    say("found: of the planted; right: of the rows that were given the reason")
    show(table(tallies))
    for sentence in missed(tallies):
        say(f"  {sentence}")
    seen = sum(tally.planted for tally in tallies.values())
    say(f"{len(truth)} replies in {settings.truth}, {seen} of them read in {settings.folder}")
    for form in BIASED:
        if counts[form]:
            say(f"{counts[form]} rows met a verdict that is {form} on purpose")
    if counts[UNKNOWN]:
        say(
            f"{counts[UNKNOWN]} rows of the folder have a reply that the truth does not know (another rehearsal's, or none's)"
        )


if __name__ == "__main__":
    command(main)
