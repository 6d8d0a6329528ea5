"""The sample: drawn by hash, the same whatever the judges said, each row as likely as any other."""

from collections import Counter
from pathlib import Path

import pytest

from builders.errors import UserError
from generation.drawn import drawn, sample_of
from tests.generation.judging import written

ROWS = [{"id": f"r{number}", "bad_row": None, "fate": "kept" if number % 4 else "low_score"} for number in range(2000)]


def ids(size: int, seed: int = 0, rows: list[dict[str, str | None]] = ROWS, by: str | None = None) -> list[str]:
    return [row["id"] for row in drawn(rows, size, seed, by)]


def test_a_larger_sample_begins_with_the_smaller_one() -> None:
    assert ids(500)[:100] == ids(100) and len(set(ids(500))) == 500


def test_the_order_of_the_rows_and_the_rows_beside_them_change_nothing() -> None:
    assert ids(100) == ids(100, rows=ROWS[::-1])
    few = set(ids(100))
    assert ids(100, rows=[row for row in ROWS if row["id"] in few or row["fate"] == "kept"]) == ids(100)


def test_another_seed_draws_others() -> None:
    assert len({*ids(100), *ids(100, 1)}) > 180


def test_what_became_of_a_row_has_no_part_in_it() -> None:
    drawn_fates = Counter(row["fate"] for seed in range(10) for row in drawn(ROWS, 200, seed))
    assert abs(drawn_fates["low_score"] / 2000 - 0.25) < 0.04


def test_dialogues_are_drawn_in_turns_of_their_styles() -> None:
    sizes = {"debate": 90, "interview": 6, "x": 40}
    names = [(style, f"{style}/{number}") for style, size in sizes.items() for number in range(size)]
    rows: list[dict[str, str | None]] = [{"id": name, "bad_row": None, "style": style} for style, name in names]
    found = Counter(name.split("/")[0] for name in ids(30, rows=rows, by="style"))
    assert found == {"debate": 12, "interview": 6, "x": 12}
    assert [name.split("/")[0] for name in ids(6, rows=rows, by="style")] == ["debate", "interview", "x"] * 2


def test_rows_that_cannot_be_read_are_not_drawn() -> None:
    assert ids(5, rows=[{"id": None, "bad_row": "line 1"}, *ROWS[:2]]) == ids(2, rows=ROWS[:2])


def test_rows_of_neither_kind_and_a_sample_of_nothing_are_refused(tmp_path: Path) -> None:
    file = written(tmp_path / "r.jsonl", [{"text": "x"}])
    with pytest.raises(UserError, match="neither problems nor dialogues; it has id, text"):
        sample_of(file, 5, 0)
    with pytest.raises(UserError, match="size is 0"):
        ids(0)
