"""Figures hold or not by what was measured, and the README says what the results say."""

import json
import re
from pathlib import Path

import pytest

from tests.bench.__main__ import FIGURES, PLOT, README, RESULTS
from tests.bench.figures import Measure, figure, markdown, plot, short

HOUSE = Path(__file__).parents[2]
PAGES = "".join((HOUSE / name).read_text(encoding="utf-8") for name in ("README.md", "SCALE.md", "CONTRIBUTING.md"))
ROWS = json.loads(RESULTS.read_text())
NAMES = """slots kept busy
client CPU
a fast server kept busy
two models in a chain
asked again after a kill -9 at half of 2,000
rows lost at 2 % faults
a server's limit found
one question in 500 never answered
paper-size graph (our estimate; the paper gives none)
ten times that
60,000 points compared pairwise
DBSCAN, 80,000 x 1,024
nearest seed
n-gram decontamination
passages
first dataset on a new machine"""


@pytest.mark.parametrize(
    ("values", "bound", "holds"),
    [
        ([1, 2, 3], {"least": 2}, True),
        ([1, 2, 3], {"least": 2.1}, False),
        ([1, 2, 3], {"most": 2}, True),
        ([1, 2, 3], {"most": 1.9}, False),
        ([0], {"most": 0}, True),
        ([1], {"most": 0}, False),
    ],
)
def test_a_figure_holds_where_its_median_lies_within_its_bound(
    values: list[float], bound: dict[str, float], holds: bool
) -> None:
    row = figure("x", [Measure("right", [1], least=1), Measure("tried", values, **bound)])
    assert row["holds"] is holds
    assert row["ours"]["tried"] == {"median": sorted(values)[len(values) // 2], "range": [min(values), max(values)]}


def test_all_figures_are_there_and_no_other() -> None:
    assert [row["figure"] for row in ROWS] == NAMES.splitlines()
    assert [*dict.fromkeys(row["command"].split()[-1] for row in ROWS)] == list(FIGURES)
    assert {tuple(row) for row in ROWS} == {("figure", "goal", "ours", "peers", "holds", "command")}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["figure"])
def test_what_is_said_to_hold_does(row: dict[str, object]) -> None:
    assert row["holds"] is all(
        found["median"] >= bound if least else found["median"] <= bound
        for found, least, bound in (
            (row["ours"][name], "least" in goal, float(goal.split()[-1].replace(",", "")))
            for name, goal in row["goal"].items()
        )
    )


def test_the_readme_says_what_the_results_say() -> None:
    assert "\n".join(["", *markdown(ROWS), ""]) in (HOUSE / README).read_text(encoding="utf-8")


def test_a_bench_that_a_page_names_is_there() -> None:
    named = re.findall(r"python -m tests\.bench(?:\.(\w+)| (--only \w+))?", PAGES)
    modules, flags = ({pair[at] for pair in named} - {""} for at in (0, 1))
    assert modules and all((Path(__file__).parent / f"{name}.py").is_file() for name in modules)
    assert flags and flags <= {f"--only {name}" for name in FIGURES}
    assert not re.findall(r"tests\.bench [a-z]\w+", PAGES), "a figure is named by --only"


def test_the_plot_is_drawn_of_any_results(tmp_path: Path) -> None:
    plot(ROWS, tmp_path / "new" / PLOT.name)
    assert (tmp_path / "new" / PLOT.name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(("value", "said"), [(0.12345, 0.123), (265616.4, 265616), (3.0, 3), (41, 41), (2.0004, 2.0)])
def test_three_digits_are_said(value: float, said: float) -> None:
    assert short(value) == said
