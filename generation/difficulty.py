"""Difficulty: a model rates a problem low, medium or high, which decides who solves it (GSDP, section 2.4).

problem -> difficulty
"""

from datasets import Features

from builders.row import TEXT, Row
from generation.ask import Ask
from generation.models import Model
from generation.questions import failed, question
from generation.verdicts import read_difficulty

STEP, UNIT = "difficulty", "problem"
LEVELS = ("low", "medium", "high")


def rating(model: Model) -> Ask:
    """The question for a rating."""
    return question(STEP, STEP, model, read_difficulty, Features({"difficulty": TEXT}))


def rated(batch: list[Row]) -> None:
    """Rejects what has no rating."""
    for row in batch:
        if not row["reason"]:
            failed(row, STEP, UNIT)
