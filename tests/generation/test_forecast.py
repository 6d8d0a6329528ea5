"""How many rows there will be, where only the first of them were counted before the run."""

from pathlib import Path

import pytest
from datasets import Features, IterableDataset, Value

from generation import forecast
from generation.forecast import Counted, counted

COLUMNS = Features(dict.fromkeys(("document_id", "text", "reason"), Value("string")))
# Every document is three passages, and every fourth document none.
ROWS = [
    {"document_id": f"d{n}", "text": f"passage {at}", "reason": None if n % 4 else "too_short"}
    for n in range(800)
    for at in range(3 if n % 4 else 1)
]


@pytest.mark.parametrize(
    ("exact", "source", "pieces", "found"),
    [
        (True, None, False, (100, 80)),
        (True, 10**6, True, (100, 80)),
        (False, None, False, None),
        (False, 1000, False, (1000, 800)),
        (False, 1000, True, (4000, 3200)),
        (False, 20, False, (100, 80)),  # what is there already is never less
    ],
)
def test_as_many_rows_come_of_the_rest_as_of_those_that_were_counted(
    exact: bool, source: int | None, pieces: bool, found: tuple[int, int] | None
) -> None:
    assert Counted(Path("x"), 100, 80, 9, exact, documents=25).in_all(source, pieces) == found


def test_rows_beyond_what_is_counted_are_foreseen_by_their_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forecast, "EXACT", 2000)
    rows, known = counted(IterableDataset.from_generator(lambda: iter(ROWS), features=COLUMNS), tmp_path, True)
    assert not known.exact and known.rows < len(ROWS) / 4
    foreseen = known.in_all(800, True)
    assert foreseen is not None and foreseen[0] == pytest.approx(len(ROWS), rel=0.1)
    assert foreseen[1] == pytest.approx(sum(not row["reason"] for row in ROWS), rel=0.1)
    assert [*rows] == ROWS
