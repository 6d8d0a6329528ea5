"""What answers are worth: pass@1, maj@k, and one model beside another on the same items, with intervals.

replies of an item -> answers -> right or not (builders.answers) -> {"value": 0.41, "low": 0.38, "high": 0.44, "of": 1319}

An interval (95 %) is of items drawn again, a thousand times; it says how another draw of items might come out, and nothing of
another seed, prompt or harness.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from builders.answers import bare, compare, majority, taken
from builders.row import Row

DRAWS, ENDS, SEED = 1000, (2.5, 97.5), 0  # draws, percent
Z = 1.96  # of a normal distribution, for 95 %
SAID = re.compile(r"answer\s*(?:is|:)\s*:?\s*([^\n]*)", re.IGNORECASE)
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")

Number = dict[str, Any]


def final(reply: str) -> str | None:
    """The answer of a reply: in its last box or behind `####`, else what it says its answer is, else its last number."""
    found = taken(reply)
    if found is None and (said := SAID.findall(reply)):
        found = said[-1].split("nswer is ")[-1].strip().rstrip(".")
    if found is None and (numbers := NUMBER.findall(reply)):
        found = numbers[-1].replace(",", "")
    return bare(found) if found else None


def graded(items: Sequence[Row], replies: Sequence[Sequence[str]]) -> list[Row]:
    """Items with `answers`, `right` (a bool for each sample) and `majority_right`; undecided counts as wrong."""
    answers = [[final(text) for text in each] for each in replies]
    pairs = [(bare(row["answer"]), said) for row, each in zip(items, answers, strict=True) for said in each if said]
    verdicts = iter(compare(pairs))
    rights = [[said is not None and next(verdicts) == "yes" for said in each] for each in answers]
    made = []
    for row, said, texts, right in zip(items, answers, replies, rights, strict=True):
        vote = majority(said) if len(said) > 1 else None
        most = right[vote.samples[0]] if vote else right[0] if len(said) == 1 else False
        made.append({**row, "replies": list(texts), "answers": said, "right": right, "majority_right": most})
    return made


def pass_at_1(rows: Sequence[Row]) -> list[float]:
    """Of each item the share of its samples that are right."""
    return [sum(row["right"]) / len(row["right"]) for row in rows]


def scores_of(rows: Sequence[Row]) -> dict[str, Number]:
    """The numbers of a task of ours."""
    made = {"pass@1": number(pass_at_1(rows))}
    samples = len(rows[0]["right"])
    return made | ({f"maj@{samples}": number([float(row["majority_right"]) for row in rows])} if samples > 1 else {})


def number(values: Sequence[float]) -> Number:
    """A mean over items with its interval."""
    low, high = interval(values)
    return {"value": round(float(np.mean(values)), 6), "low": low, "high": high, "of": len(values)}


def interval(values: Sequence[float], draws: int = DRAWS) -> tuple[float | None, float | None]:
    """The ends of a mean's interval; of one value alone nobody knows them."""
    if len(values) < 2:
        return None, None
    given = np.asarray(values, float)
    drawn = np.random.default_rng(SEED).integers(0, len(given), (draws, len(given)))
    low, high = np.percentile(given[drawn].mean(axis=1), ENDS)
    if (given == given[0]).all() and given[0] in (0, 1):
        low, high = alike(given[0], len(given))
    return round(float(low), 6), round(float(high), 6)


def alike(value: float, count: int) -> tuple[float, float]:
    """The ends where all of `count` items came out 1, or all 0: there is nothing to draw, and they are Wilson's."""
    room = Z**2 / (count + Z**2)
    return (1 - room, 1.0) if value else (0.0, room)


def paired(first: Mapping[str, float], second: Mapping[str, float]) -> Number:
    """How far the second is above the first on the items that both have, by the differences of each item."""
    both = sorted(first.keys() & second.keys())
    differences = [second[name] - first[name] for name in both]
    low, high = interval(differences) if any(differences) else (None, None)
    more = sum(each > 0 for each in differences)
    less = sum(each < 0 for each in differences)
    value = round(float(np.mean(differences)), 6) if both else None
    return {"value": value, "low": low, "high": high, "of": len(both), "only_second": more, "only_first": less}
