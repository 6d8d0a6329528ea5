"""What the rehearsal knows of knowledge points against what became of them.

    truth (what each point means) + a folder of GSDP (vocabulary, replies) -> tallies of points and of pairs of them

Bad points are to be dropped, each for its reason. Of those that are kept, spellings of one point are to have one name; two
different points that were near enough to be asked about are to stay two.
"""

from itertools import combinations
from pathlib import Path

from builders.reasons import GSDP
from generation.dual_filter import FILTER
from generation.found import APART, BIASED, KEPT, SAME, Tallies
from generation.knowledge_points import STEP as POINTS
from generation.merging import SYNONYMS
from generation.truth_folder import asked, read
from generation.truth_lines import Planted

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
        if verdict is not None and not verdict.biased and verdict.fault not in (None, reason):
            reason = verdict.fault  # a verdict that cannot be read
        given = LOST
        if decision is not None and decision["knowledge_point"] is not None:
            given, names[point] = KEPT, decision["knowledge_point"]
        elif decision is not None:
            given = decision["reason"].partition(":")[0]
        _count(tallies, reason or KEPT, given, POINT + (BIASED if verdict and verdict.biased else ""))
    _compare_pairs(
        {point: (meaning, names[point]) for point, meaning in listed.items() if point in names},
        _lines(truth, folder, SYNONYMS),
        tallies,
    )


def _compare_pairs(kept: dict[str, tuple[str, str]], asked_: list[Planted], tallies: Tallies) -> None:
    """`kept`: what each point means, and its name. A verdict tells of two points only, and each pair has its own."""
    for line in asked_:
        found = [kept[point] for point in line.points if point in kept]
        if len(found) == 2:
            (one, first), (other, second) = found
            unit = PAIR + (BIASED if line.biased else "")
            _count(tallies, SAME if one == other else APART, SAME if first == second else APART, unit)
    # Pairs about which nobody was asked: they lie closer than that, or are all of those that lie further apart.
    told = {frozenset(line.points) for line in asked_}
    for (point, (one, first)), (near, (other, second)) in combinations(kept.items(), 2):
        if (one == other or first == second) and frozenset((point, near)) not in told:
            _count(tallies, SAME if one == other else APART, SAME if first == second else APART, PAIR)


def _lines(truth: dict[str, Planted], folder: Path, step: str) -> list[Planted]:
    return [truth[row["key"]] for row in asked(folder, step) if row["key"] in truth]


def _count(tallies: Tallies, reason: str, given: str, unit: str) -> None:
    tally = tallies[unit, reason]
    tally.planted += 1
    tally.found += given == reason
    if given != reason:
        tally.instead[given] += 1
    if given != LOST:
        other = tallies[unit, given]
        other.given += 1
        other.right += given == reason
