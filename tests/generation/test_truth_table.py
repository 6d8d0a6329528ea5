"""One seed of the table of truth, and what is said where reasons were planted too seldom."""

import json
from pathlib import Path

import pytest

from builders.errors import UserError
from builders.reasons import GSDP, MIND
from generation.found import KEPT, REASONS, Tallies, Tally, missed, table
from generation.truth_table import FAULTS, LEAST, NOT_PLANTED, main, planted, seldom, text_of


def test_a_seed_gives_every_unit_and_finds_what_is_planted(tmp_path: Path) -> None:
    tallies = planted(7, 3, tmp_path, limit=12)
    assert {unit.rstrip("*") for unit, _ in tallies} == {"dialogue", "seed", "point", "pair", "problem", "solution"}
    for (unit, _), tally in tallies.items():
        if not unit.endswith("*"):
            assert tally.found >= tally.planted - 3 and tally.right >= tally.given - 3
    assert sum(tally.planted for (unit, reason), tally in tallies.items() if unit == "dialogue" and reason != KEPT) > 30
    said = json.loads(text_of(tallies, [7]))
    assert (said["seeds"], said["faults"], len(said["rows"])) == ([7], FAULTS, len(tallies.listed()))


def test_counts_are_pooled_and_listed_in_the_order_of_units_and_reasons() -> None:
    one = Tallies(
        {("problem", "cut"): Tally(4, 3, 3, 3), ("dialogue", KEPT): Tally(2, 2, 2, 2), ("point*", "cut"): Tally(1)}
    )
    one["problem", "cut"].instead["kept"] = 1
    both = Tallies().pool([one, one])
    assert [key for key, _ in both.listed()] == [("dialogue", KEPT), ("problem", "cut"), ("point*", "cut")]
    assert (both["problem", "cut"].planted, both["problem", "cut"].found) == (8, 6)
    assert next(missed(both)) == "problem: cut, but given kept 2"
    assert table(both).row_count == 3


def test_what_was_planted_too_seldom_is_named_by_method() -> None:
    full = Tallies(
        {
            (unit, reason): Tally(LEAST)
            for unit, reasons in (("dialogue", MIND), ("problem", GSDP))
            for reason in reasons
        }
    )
    assert seldom(full) == {}
    full["problem", "cut"].planted = LEAST - 1
    assert seldom(full) == {"cut (GSDP)": LEAST - 1}
    full["seed", "cut"].planted = 1
    assert seldom(full) == {}
    assert len(seldom(Tallies())) == len(MIND) + len(GSDP) - sum(map(len, NOT_PLANTED.values()))
    assert set(REASONS) > {*MIND, *GSDP}


@pytest.mark.parametrize(
    ("flags", "said"), [(["--seeds", "0"], "at least 1"), (["--output", "/nowhere/at/all.json"], "no folder")]
)
def test_what_cannot_be_is_said_before_anything_runs(flags: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        main(flags)
