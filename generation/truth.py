"""What the rehearsal planted against what the filters found: recall and precision per unit and reason.

    FILE (key, step, fault) + a finished folder (reply or replies, reason, flags) -> a table of reasons
    python -m generation.truth --truth truth.jsonl --folder data/mind   # or data/gsdp

A planted fault is found where its reason rejects the row or stands in its flags, and it is looked for where no earlier step
had rightly ended the row. A reason that was given is right where anything that was planted calls for it. What met a verdict
that is biased on purpose (a judge's, the curator's) is counted apart.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.commands import command, option, parse
from builders.screen import say, show
from generation.found import BIASED, KEPT, Tallies, missed, table
from generation.truth_folder import Given, least_share, read_folder
from generation.truth_lines import DUPLICATE, ORDER, Planted, due, read_truth, unit_of
from generation.truth_points import compare_points

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Compare:
    """What `python -m generation.truth` can be told."""

    truth: str = option("truth.jsonl", "what a rehearsal wrote with --truth", metavar="FILE")
    folder: str = option("data/mind", "the finished folder of a run against that rehearsal", metavar="DIR")


def compare(
    truth: dict[str, Planted], rows: Iterable[Given], share: float | None = None
) -> tuple[Tallies, Counter[str]]:
    """A tally per unit and reason, and one for what is good under `kept`; how many rows the truth does not know."""
    tallies, firsts, counts = Tallies(), set[str](), Counter[str]()
    for row in rows:
        known = [truth[key] for key in row.keys if key in truth]
        if not known:
            counts[UNKNOWN] += 1
            continue
        biased = any(line.biased for line in known)
        right = due(known, share)
        group = next((line.group for line in known if line.group), None)
        if group and DUPLICATE not in row.reasons and group not in firsts:
            firsts.add(group)  # a stock reply's first occurrence is no duplicate of anything
            right.pop(DUPLICATE)
            if row.reasons and not right:
                continue
        _count(tallies, row, right, unit_of(known[0].step), biased)
    return tallies, counts


def _count(tallies: Tallies, row: Given, right: dict[str, str], unit: str, biased: bool) -> None:
    """One row: what it was given, and each fault that was there to be found."""
    given = row.reasons[0] if row.reasons else KEPT
    step, end = right.get(given, row.step or ""), BIASED if biased else ""
    other = tallies[(unit if given == KEPT else unit_of(step)) + end, given]
    other.given += 1
    other.right += given in right or (given == KEPT and not right)
    for reason, at in right.items() or {KEPT: ""}.items():
        # Where a row has ended rightly, nobody looks for what else is wrong with it from there on.
        if reason not in row.reasons and given in right and ORDER.get(at, -1) >= ORDER.get(right[given], -1):
            continue
        tally = tallies[(unit if reason == KEPT else unit_of(at)) + end, reason]
        tally.planted += 1
        if reason in row.reasons or reason == given:
            tally.found += 1
        else:
            tally.instead[given] += 1


def compared(truth: dict[str, Planted], folder: Path) -> tuple[Tallies, Counter[str]]:
    """All units of a folder."""
    tallies, counts = compare(truth, read_folder(folder), least_share(folder))
    compare_points(truth, folder, tallies)
    return tallies, counts


def main(argv: Sequence[str]) -> None:
    settings = parse(Compare, argv, "generation.truth", __doc__.splitlines()[0])
    truth = read_truth(Path(settings.truth))
    tallies, counts = compared(truth, Path(settings.folder))
    say("found: of the planted; right: of what was given the reason")
    show(table(tallies))
    for sentence in missed(tallies):
        say(f"  {sentence}")
    say(f"{len(truth)} replies in {settings.truth}, compared with {settings.folder}")
    if counts[UNKNOWN]:
        say(
            f"{counts[UNKNOWN]} rows of the folder have a reply that the truth does not know (another rehearsal's, or none's)"
        )


if __name__ == "__main__":
    command(main)
