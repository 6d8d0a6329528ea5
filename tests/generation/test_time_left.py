"""The time left, against runs whose end is known."""

import random

import pytest

from generation.time_left import ENDING, PLACES, Left

ROWS = 20_000


def _run(paces: list[tuple[int, float]], end: float = 0.0) -> dict[int, tuple[float | None, float]]:
    """Per cent of the rows -> what was shown then, and how long it took in truth: rows that take seconds each, and an end."""
    draw, left, now, shown = random.Random(3), Left(), 50.0, {}
    left.begin(ROWS, now)
    rows, busy = 0, 0.0
    for count, seconds in paces:
        for _ in range(count // 50):
            now += sum(draw.lognormvariate(-0.32, 0.8) for _ in range(50)) * seconds  # its mean is 1
            rows, busy = rows + 50, busy + end / ENDING / ROWS * 50
            left.take(rows, busy, now)
            shown[rows * 100 // ROWS] = (left.seconds(now), now)
    return {percent: (said, now + end - at) for percent, (said, at) in shown.items()}


@pytest.mark.parametrize(
    ("paces", "end"),
    [
        ([(ROWS, 0.01)], 0.0),
        ([(ROWS, 10.0)], 300.0),
        ([(ROWS, 0.002)], 10.0),
        ([(4000, 0.0), (ROWS - 4000, 0.5)], 0.0),  # a fifth stood in the ledger
        ([(2000, 2.0), (ROWS - 2000, 1.0)], 5.0),  # slow at first
    ],
)
def test_the_time_left_is_honest_to_ten_per_cent(paces: list[tuple[int, float]], end: float) -> None:
    shown = _run(paces, end)
    for percent in (30, 60, 90):
        said, truth = shown[percent]
        assert said == pytest.approx(truth, rel=0.1), percent


def test_while_the_end_is_written_what_is_left_shrinks() -> None:
    left = Left()
    left.begin(10, 0.0)
    assert left.seconds(1.0) is None
    left.take(10, 8.0, 20.0)
    assert [left.seconds(now) for now in (20.0, 21.0, 99.0)] == pytest.approx([8 * ENDING, 8 * ENDING - 1, 0.0])


def test_rows_that_have_their_replies_take_only_their_reading() -> None:
    left = Left()
    left.begin(100, 0.0)
    left.take(60, 6.0, 60.0)  # one a second, a tenth of it ours
    end = ENDING * 6.0 * 100 / 60
    assert [left.seconds(60.0, ready) for ready in (0, 0.5, 2 / 3, 9)] == pytest.approx(
        [40 + end, 20 / 3 + 10 / 3 + end, 4 + end, 4 + end]  # of 40 rows, 20 / 3 are read while the last 10 are asked
    )


@pytest.mark.parametrize("waiting", [500, 3000, ROWS])
def test_where_servers_are_quicker_than_reading_what_waits_is_counted(waiting: int) -> None:
    left, busy, now, rows, shown = Left(), 0.0008, 0.0, 0, {}
    left.begin(ROWS, now)
    while rows < ROWS:  # 800 replies a second, `waiting` of them unread at most; then the rest is read
        answered = min(ROWS, int(now * 800))
        rows = max(rows, answered - waiting) if answered < ROWS else min(ROWS, rows + 1250)
        if rows:
            left.take(rows, busy * rows, now, answered / rows - 1)
            shown[rows * 100 // ROWS] = (left.seconds(now, answered / rows - 1), now)
        now += 1.0
    truth = now - 1 + ENDING * busy * ROWS
    for said, at in (next(shown[percent] for percent in sorted(shown) if percent >= least) for least in (30, 60, 90)):
        assert said == pytest.approx(truth - at, rel=0.1, abs=2.0)


def test_a_run_of_any_length_remembers_few_places() -> None:
    left = Left()
    left.begin(None, 0.0)
    for rows in range(1, 10_000):
        left.take(rows, 0.0, float(rows))
    assert len(left.places) <= PLACES and left.places[0] == (0.0, 0, 0) and left.places[-1] == (9999.0, 9999, 9999)
    assert left.seconds(9999.0) is None  # for nobody knows how many there are
