"""Every decision on a spelling as a row that one can read.

spellings, what their points were judged to be, what became of them -> rows of `vocabulary` and of `rejected`
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasets import Features, List, Value

from builders.row import TEXT, Row
from generation.merging import Fate

VOCABULARY = Features(
    {"knowledge_point": TEXT, "spelling": TEXT, "seed_ids": List(TEXT), "similarity": Value("float64"), "decision": TEXT, "reason": TEXT}
)  # fmt: skip


@dataclass(frozen=True)
class Spelling:
    """A spelling, whose rows hold it, and the head of those that differ from it in nothing that matters (None: no word)."""

    text: str
    seed_ids: Sequence[str]
    head: str | None


def decision(of: Spelling, fates: Mapping[str, Fate], dropped: Mapping[str, Row]) -> Row:
    """A row of VOCABULARY; `dropped` holds step, reason and detail of the points that are not kept."""
    made: Row = {"spelling": of.text, "seed_ids": sorted(set(of.seed_ids)), "similarity": None}
    if of.head is None or of.head in dropped:
        why = _why(of, dropped)
        reason = f"{why['reason']}: {why['detail']}" if why["detail"] else why["reason"]
        return made | {"knowledge_point": None, "decision": "dropped", "reason": reason}
    fate = fates[of.head]
    made |= {"knowledge_point": fate.name}
    if of.text != of.head:
        reason = f"the same as {of.head} but for how it is written"
        return made | {
            "decision": "merged",
            "reason": reason,
            "similarity": 1.0 if of.head == fate.name else fate.similarity,
        }
    return made | {"decision": fate.decision, "reason": fate.reason, "similarity": fate.similarity}


def rejection(of: Spelling, dropped: Mapping[str, Row]) -> Row:
    """The same spelling as a row of `rejected`."""
    return {
        "knowledge_points": [of.text], "seed_ids": sorted(set(of.seed_ids)), "unit": "point", **_why(of, dropped),
    }  # fmt: skip


def _why(of: Spelling, dropped: Mapping[str, Row]) -> Row:
    if of.head is None:
        return {"step": "vocabulary", "reason": "unreadable", "detail": "it holds no word"}
    return dropped[of.head]
