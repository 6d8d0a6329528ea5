"""Which panel is chosen by the paper's rule and by ours, and the lines that a recipe takes."""

from random import Random

import pytest
import yaml

from builders.recipe import load
from generation.advice import best, cheapest, chosen, cost, held_out, most_retained, recipe_lines
from generation.confusion import Confusion
from generation.gsdp_recipe import Gsdp
from generation.subsets import Line
from tests.generation.judging import judged, row

LINES = [
    Line("joined", ("a",), 0.85, Confusion(90, 10, 0, 0)),  # 0.90
    Line("joined", ("a",), 0.95, Confusion(48, 2, 42, 8)),  # 0.96
    Line("joined", ("b",), 0.85, Confusion(60, 2, 30, 8)),  # 0.97
    Line("joined", ("a", "b"), 0.80, Confusion(80, 4, 10, 6)),  # 0.95
    Line("joined", ("a", "b"), 0.85, Confusion(80, 4, 10, 6)),
    Line("joined", ("a", "b"), 0.99, Confusion(0, 0, 90, 10)),  # keeps nothing
]
COSTS = {"a": 0.001, "b": 0.003}


def name(line: Line | None) -> tuple[tuple[str, ...], float | None] | None:
    return (line.panel, line.threshold) if line else None


# costs, precision -> the paper's choice, ours
CHOICES = [
    (COSTS, 0.94, (("a", "b"), 0.85), (("a",), 0.95)),
    ({}, 0.94, (("a", "b"), 0.85), (("b",), 0.85)),  # of panels of one judge the one that retains most
    ({"a": 0.003, "b": 0.001}, 0.94, (("a", "b"), 0.85), (("b",), 0.85)),
    (COSTS, 0.90, (("a",), 0.85), (("a",), 0.85)),
    (COSTS, 0.9655, (("b",), 0.85), (("b",), 0.85)),
    (COSTS, 0.98, None, None),
]


@pytest.mark.parametrize(("costs", "precision", "paper", "ours"), CHOICES)
def test_the_paper_retains_most_and_we_take_the_cheapest(costs, precision, paper, ours) -> None:  # type: ignore[no-untyped-def]
    assert name(chosen(LINES, most_retained(costs, 0.85), precision)) == paper
    assert name(chosen(LINES, cheapest(costs, 0.85), precision)) == ours


def test_of_thresholds_that_come_to_the_same_the_recipes_own_is_taken() -> None:
    assert name(chosen(LINES[3:5], cheapest({}, 0.85), 0.9)) == (("a", "b"), 0.85)
    assert name(chosen(LINES[3:5], cheapest({}, 0.8), 0.9)) == (("a", "b"), 0.8)


def test_where_none_is_precise_enough_the_best_is_the_most_precise() -> None:
    assert name(best(LINES, cheapest(COSTS, 0.85))) == (("b",), 0.85)
    assert best(LINES[5:], cheapest(COSTS, 0.85)) is None


def test_a_panel_costs_what_its_judges_cost() -> None:
    assert cost(("a", "b"), COSTS) == pytest.approx(0.004) and cost(("a", "b"), {}) == 0


def test_the_lines_are_a_recipes() -> None:
    roles = {"a": {"model": "org/a: b", "sampling": {"temperature": 0.0, "max_tokens": 512}}}
    text = recipe_lines(LINES[4], {"a": 49.6, "b": 31.9}, roles)
    said = load(Gsdp, yaml.safe_load(text), "the lines")
    assert said.least_score == 0.85
    assert [(judge.name, judge.weight, judge.model) for judge in said.judges] == [
        ("a", 49.6, "org/a: b"),
        ("b", 31.9, None),
    ]
    assert said.judges[0].sampling.max_tokens == 512


def test_the_best_of_many_coins_is_no_better_on_rows_it_was_not_chosen_on() -> None:
    draw = Random(1)
    names = [f"j{number}" for number in range(6)]
    rows = judged(
        [
            row(
                {one: round(draw.random(), 2) for one in names},
                {one: draw.random() < 0.5 for one in names},
                draw.random() < 0.7,
            )
            for _ in range(300)
        ]
    )
    weights, rule = dict.fromkeys(names, 1.0), most_retained({}, 0.85)
    other = held_out(rows, "joined", weights, 0.85, rule, 0.8)
    assert other is not None and other.precision is not None
    assert other.precision < 0.8
    assert held_out(rows, "joined", weights, 0.85, rule, 1.01) is None
