"""Targets: the first N that are kept, in drawing order, and little more than their yield makes necessary."""

import time
from pathlib import Path
from typing import Any

import pytest

from generation.gsdp_questions import Question
from generation.target import AHEAD, DRY, Held, Pace, best_share, recorded
from graph.drawing import Combination
from tests.generation.folders import digest
from tests.generation.gsdp_runs import Teacher, gsdp, reasons, rows
from tests.scripted import Call

LOW = "<score>\n0.2\n</score>\n<explanation>\nIt is unclear.\n</explanation>"


def settled(pace: Pace, kept: list[bool]) -> int:
    """Draws and settles rows in batches, as far ahead as the pace allows; the most that were on their way."""
    most, queue = 0, list(kept)
    while queue and not pace.over:
        while pace.needed() and pace.drawn < len(kept):
            assert pace.wait()
        most = max(most, pace.drawn - pace.settled)
        batch, queue = queue[:32], queue[32:]
        pace.settle(batch)
    return most


@pytest.mark.parametrize(("every", "target"), [(1, 10), (1, 500), (2, 100), (3, 500), (33, 500), (100, 30)])
def test_no_more_is_drawn_than_a_fifth_above_what_the_yield_makes_necessary(every: int, target: int) -> None:
    pace = Pace(target)
    settled(pace, [number % every == every - 1 for number in range(100_000)])
    assert pace.kept == target and pace.settled == target * every
    assert pace.drawn <= AHEAD * pace.settled + 32


def test_nothing_is_drawn_ahead_that_could_not_be_wanted() -> None:
    pace = Pace(1000)
    settled(pace, [False] * 10_000)
    assert pace.dry and pace.over and pace.settled == DRY and pace.drawn <= DRY + 32
    assert not pace.wait() and pace.drawn <= DRY + 32


def test_without_a_target_everything_is_drawn() -> None:
    pace = Pace()
    assert settled(pace, [False] * 5000) == 5000 and not pace.over


def test_what_comes_after_the_last_wanted_row_is_not_wanted() -> None:
    pace = Pace(2)
    assert pace.settle([True, False, True, True]) == 3
    assert pace.settle([True]) == 0 and (pace.settled, pace.kept, pace.over) == (3, 2, True)


def test_the_yield_is_believed_to_be_the_best_that_is_likely() -> None:
    assert best_share(0, 0) == 1 and best_share(10, 10) == 1
    assert best_share(0, 64) == pytest.approx(0.0566, abs=1e-3)
    assert best_share(300, 10_000) == pytest.approx(0.0335, abs=1e-3)


def combinations(*hops: str) -> list[Combination]:
    return [Combination(f"{hop}-{number}", hop, ["a", "b"], 1, 0, []) for number, hop in enumerate(hops)]


@pytest.mark.parametrize(
    ("asked", "there"), [((), ()), ((0,), (0,)), ((2,), (0, 2)), ((1, 4), (0, 1, 2, 4)), ((5,), (1, 3, 5))]
)
def test_in_a_replay_each_kind_ends_at_its_last_recorded_combination(
    asked: tuple[int, ...], there: tuple[int, ...]
) -> None:
    drawn = combinations("one_hop", "two_hop", "one_hop", "two_hop", "one_hop", "two_hop", "three_hop")
    looked: list[Combination] = []

    def look(some: Any) -> list[bool]:
        looked.extend(some)
        return [drawn.index(one) in asked for one in some]

    found = list(recorded(lambda: iter(drawn), Held(look, len(asked)))())
    assert found == [drawn[number] for number in there if asked] and (bool(looked) == bool(asked))


def judged_low(share: float) -> Any:
    """A judge who lets through a share of the problems."""

    def judge(asked: Question, call: Call) -> str | None:
        return None if sum(asked.problem.encode()) % 1000 < share * 1000 else LOW

    return judge


def test_a_target_is_the_first_so_many_that_are_kept_and_little_more_is_asked(tmp_path: Path) -> None:
    with Teacher({"judge_problem": judged_low(0.2)}) as server:
        gsdp(tmp_path, server.url, "--target", "30", limit=40, quota=None)
        asked = server.asked()["problem"]
        kept, lost = rows(tmp_path / "out"), reasons(tmp_path / "out")
        assert len(kept) == 30 and lost.total() + 30 <= asked <= 1.2 * (lost.total() + 30) + 32
        calls = len(server.calls)
        gsdp(tmp_path, server.url, "--target", "30", limit=40, quota=None, out="again")
        assert len(server.calls) == calls and digest(tmp_path / "again") == digest(tmp_path / "out")
        # One row more: the same rows, and at most what the ledger does not hold yet.
        gsdp(tmp_path, server.url, "--target", "31", limit=40, quota=None, out="more")
        ids = {row["id"] for row in rows(tmp_path / "more")}
        assert len(ids) == 31 and {row["id"] for row in kept} < ids
    gsdp(tmp_path, "", "--from-ledger", "--target", "30", limit=40, quota=None, out="replay")
    assert digest(tmp_path / "replay") == digest(tmp_path / "out")
    # The ledger holds more than these: what stands beyond the last of them is in no folder, run or replayed.
    gsdp(tmp_path, server.url, "--target", "20", limit=40, quota=None, out="fewer")
    gsdp(tmp_path, "", "--from-ledger", "--target", "20", limit=40, quota=None, out="fewer-replay")
    assert digest(tmp_path / "fewer") == digest(tmp_path / "fewer-replay")
    gsdp(tmp_path, "", "--from-ledger", "--target", "4000", limit=40, quota=None, out="half")
    assert len(rows(tmp_path / "half")) >= 31


def test_the_first_kept_are_the_same_however_slow_the_servers_are(tmp_path: Path) -> None:
    def slow(asked: Question, call: Call) -> None:
        time.sleep(0.001 * (call.number % 7))

    for name, says in (("one", {}), ("two", {"solution": slow, "judge_problem": slow})):
        (tmp_path / name).mkdir()
        with Teacher(says) as server:
            gsdp(tmp_path / name, server.url, "--target", "25", limit=12, quota=None)
    assert digest(tmp_path / "one" / "out") == digest(tmp_path / "two" / "out")


def test_a_target_beyond_all_combinations_keeps_what_there_is(tmp_path: Path) -> None:
    with Teacher() as server:
        said = gsdp(tmp_path, server.url, "--target", "500", code=1)
        assert "60 rows were kept of the 500 that were wanted, of all 60 combinations that may be drawn" in said
        assert len(rows(tmp_path / "out")) == 60
        before = len(server.calls)
        gsdp(tmp_path, server.url, "--target", "500", code=1)
        assert len(server.calls) == before


def test_without_any_kept_row_a_target_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.target.DRY", 100)
    with Teacher({"judge_problem": judged_low(0.0)}) as server:
        gsdp(tmp_path, server.url, "--target", "500", limit=40, quota=None, code=1)
        assert reasons(tmp_path / "out") == {"low_score": 100}
        assert server.asked()["problem"] <= 128 and not server.asked()["solution"]
        before = len(server.calls)
        gsdp(tmp_path, server.url, "--target", "500", limit=40, quota=None, code=1)
        assert len(server.calls) == before
    gsdp(tmp_path, "", "--target", "500", "--from-ledger", limit=40, quota=None, out="replay")
    assert digest(tmp_path / "replay") == digest(tmp_path / "out")
