"""What the rehearsal knows of knowledge points against what became of them.

    truth (what each point means) + a folder of GSDP (vocabulary, replies) -> tallies of points and of pairs of them

Bad points are to be dropped, each for its reason. Of those that are kept, spellings of one point are to have one name; two
different points that were near enough to be asked about are to stay two.
"""

from collections import Counter
from collections.abc import Iterable
from math import comb
from pathlib import Path

from builders.reasons import GSDP
from generation.dual_filter import FILTER
from generation.found import APART, KEPT, SAME, Tallies
from generation.knowledge_points import STEP as POINTS
from generation.merging import SYNONYMS
from generation.truth_folder import asked, read
from generation.truth_lines import BIASED, Planted

LOST = "lost"  # a point that was listed, and is in no vocabulary
POINT, PAIR = "point", "pair"


def compare_points(truth: dict[str, Planted], folder: Path, tallies: Tallies) -> None:
    """Adds the points and pairs of a folder; nothing where it has no vocabulary."""
    decisions = {row["spelling"]: row for row in read(folder, "vocabulary", ("spelling", "knowledge_point", "reason"))}
    if not decisions:
        return
    listed: dict[str, str] = {}
    for line in _lines(truth, folder, POINTS):
        listed |= line.points if not line.fault else {}
    verdicts = {point: line for line in _lines(truth, folder, FILTER) for point in line.points}
    names: dict[str, str] = {}  # spelling -> name, of those that are kept
    for point, meaning in listed.items():
        decision, verdict = decisions.get(point), verdicts.get(point)
        if decision is not None and verdict is None:
            continue  # it differs from another one in nothing that matters, and went the way of that
        reason = meaning if meaning in GSDP else None
        if verdict is not None and verdict.form not in BIASED and verdict.fault not in (None, reason):
            reason = verdict.fault  # a verdict that cannot be read
        given = LOST
        if decision is not None and decision["knowledge_point"] is not None:
            given, names[point] = KEPT, decision["knowledge_point"]
        elif decision is not None:
            given = decision["reason"].partition(":")[0]
        _count(tallies, reason or KEPT, given, verdict)
    good = [(meaning, names[point]) for point, meaning in listed.items() if point in names]
    tally, both = tallies[PAIR, SAME], _pairs(good)
    tally.planted += _pairs(meaning for meaning, _ in good)
    tally.given += _pairs(name for _, name in good)
    tally.found += both
    tally.right += both
    apart = tallies[PAIR, APART]
    for line in _lines(truth, folder, SYNONYMS):
        (first, one), (second, other) = line.points.items() if len(line.points) == 2 else (("", ""), ("", ""))
        if first in names and second in names:
            parted = names[first] != names[second]
            apart.planted += one != other
            apart.found += one != other and parted
            apart.given += parted
            apart.right += parted and one != other
            apart.mild += one != other and not parted and line.form == "mild"
            apart.strict += one == other and parted and line.form == "strict"


def _lines(truth: dict[str, Planted], folder: Path, step: str) -> list[Planted]:
    return [truth[row["key"]] for row in asked(folder, step) if row["key"] in truth]


def _count(tallies: Tallies, reason: str, given: str, verdict: Planted | None) -> None:
    form = verdict.form if verdict else None
    tally, other = tallies[POINT, reason], tallies[POINT, given] if given != LOST else None
    tally.planted += 1
    tally.found += given == reason
    if given != reason:
        tally.instead[given] += 1
        tally.mild += form == "mild"
    if other is not None:
        other.given += 1
        other.right += given == reason
        other.strict += given not in (reason, KEPT) and form == "strict"


def _pairs(values: Iterable[object]) -> int:
    """How many pairs of equal values there are."""
    return sum(comb(count, 2) for count in Counter(values).values())
