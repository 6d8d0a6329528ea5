"""Counts and costs of a GSDP run; the paper's arithmetic, digit by digit."""

import io
from typing import Any

import pytest
from rich.console import Console

from builders.errors import CheckFailed
from generation.money import hours_cost, tokens_cost
from generation.recipes import Price
from generation.yields import PAPER, Yields, costs, expansion_ratio, listed, per_row, without_kept

ROWS = 1_910_000  # of GSDP-MATH (section 3.4)
SEEDS = 7_500


def test_the_papers_own_rows_cost_235_dollars_and_123_ten_thousandths_of_a_cent_times_a_hundred() -> None:
    dollars = hours_cost([Price(gpu_hour=0.35, gpus=8)], 84 * 3600)
    assert dollars == pytest.approx(235.2)
    assert round(per_row(dollars, ROWS), 2) == 1.23
    assert round(per_row(dollars, ROWS) * 2_000_000 / 10_000) == 246  # dollars for two million rows


@pytest.mark.parametrize(
    ("price", "a_row", "two_million", "hundredths"),
    [(Price(input=10.0, output=30.0), 0.022, 44_000, 220), (Price(input=1.5, output=2.0), 0.0023, 4_600, 23)],
)
def test_rows_of_closed_models_cost_what_table_2_says(
    price: Price, a_row: float, two_million: int, hundredths: int
) -> None:
    dollars = tokens_cost(price, 1000, 400)
    assert dollars == pytest.approx(a_row) and dollars * 2_000_000 == pytest.approx(two_million)
    assert per_row(dollars, 1) == pytest.approx(hundredths)


def test_the_expansion_ratio_is_255() -> None:
    assert round(expansion_ratio(ROWS, SEEDS)) == 255


def test_table_2_stands_beside_ours() -> None:
    assert PAPER == (
        ("MetaMath", 26, 23.0), ("MathScale", 100, 23.0), ("WizardMath", 6.4, 220.0), ("MathCoder", 5.3, 220.0), ("GSDP", 255, 1.23),
    )  # fmt: skip
    said = shown(costs(ROWS, SEEDS, 235.2))
    assert said[-1].split() == ["this", "run", "255", "1.23"] and said[-2].split() == ["GSDP", "255", "1.23"]
    assert shown(costs(0, SEEDS, 5.0))[-1].split() == ["this", "run", "0", "no", "row"]
    assert shown(costs(10, SEEDS, None))[-1].split() == ["this", "run", "0.00133", "no", "price"]
    assert shown(costs(0, 0, None))[-1].split() == ["this", "run", "no", "price"]


def shown(table: Any) -> list[str]:
    text = io.StringIO()
    Console(file=text, width=100).print(table)
    return [line for line in text.getvalue().splitlines() if line.strip()]


def row(hop: str, step: str | None = None, reason: str | None = None) -> dict[str, Any]:
    return {"hop": hop, "step": step, "reason": reason}


def counted() -> Yields:
    yields = Yields()
    for unit, reason in (("seed", None), ("seed", "cut"), ("point", None), ("point", "vague_point")):
        yields.take(unit, reason)
    for one in (
        row("one_hop"), row("one_hop"), row("two_hop", "problem", "unreadable"), row("two_hop", "decontaminate", "contaminated"),
        row("two_hop", "judge_problem", "low_score"), row("one_hop", "difficulty", "cut"), row("one_hop", "solution", "no_majority"),
        row("one_hop", "judge_solution", "vetoed"),
    ):  # fmt: skip
        yields.take_problem(one)
    return yields


def test_each_stage_has_what_came_through_those_before() -> None:
    yields = counted()
    assert yields.stages() == [
        ("drawn", 8),
        ("written", 7),
        ("clean", 6),
        ("scored", 4),
        ("solved", 3),
        ("vetted", 2),
        ("distinct", 2),
    ]
    assert yields.stages()[-1][1] == yields.kept == 2
    kinds, stages = yields.tables(["one_hop", "two_hop", "community"])
    assert shown(kinds)[1].split()[:4] == ["one_hop", "5", "2", "3"] and "low_score 1" in shown(kinds)[2]
    assert shown(stages)[4].split() == ["scored", "4", "67%", "50%"]


def test_in_every_unit_rows_in_are_kept_and_rejected() -> None:
    said = counted().said()
    for unit in said["units"].values():
        assert unit["in"] == unit["kept"] + sum(unit["rejected"].values())
    assert sum(hop["drawn"] for hop in said["hops"].values()) == said["units"]["problem"]["in"]


@pytest.mark.parametrize("config", ["rejected", "one_hop", "two_hop"])
@pytest.mark.parametrize("off", [-1, 1])
def test_a_row_that_was_lost_or_doubled_on_the_way_fails_the_command(config: str, off: int) -> None:
    written = {"one_hop": 2, "two_hop": 0, "rejected": 8}
    counted().check(written, ["one_hop", "two_hop"])
    with pytest.raises(CheckFailed, match="a mistake of ours"):
        counted().check({**written, config: written[config] + off}, ["one_hop", "two_hop"])


def test_reasons_are_listed_the_most_frequent_first() -> None:
    yields = counted()
    assert listed(without_kept(yields.units["problem"])).startswith("contaminated 1, cut 1")
    assert listed({"cut": 2, "vetoed": 3000}) == "vetoed 3,000, cut 2"
