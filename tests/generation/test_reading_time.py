"""What answers a question of GSDP is read in time in proportion to its length, whatever it repeats."""

import time

import pytest

from builders.errors import Unreadable
from tests.generation import test_points, test_verdicts

PIECES = [
    "\n", " ", "!", "9", ". ", "- ", "**", "the ", "1. a\n", "1 2. ", "Point 1: ", "Best: ", "Reason: ", "yes. ", "True", "True. ",
    "Score: 0.9\n", "score of 1 ", "Problem: ", "\\boxed{", "<points>", "<score>", "I cannot ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_reading_takes_time_in_proportion_to_the_text(piece: str) -> None:
    text = piece * (60_000 // len(piece))
    start = time.process_time()
    for read, front in test_points.READERS + test_verdicts.READERS:
        try:
            read(text, front)
        except Unreadable:
            continue
    assert time.process_time() - start < 6
