"""Measures in the card: only what measures.json says, harmless, and none where there is none."""

import json
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest

from builders.errors import UserError
from cards.card import write_card
from cards.figures import draw
from cards.measured import MEASURES, read_measures, shown
from tests.cards.gsdp_folders import a_folder
from tests.cards.test_card import HOSTILE, body_of, rows_of, shape

NAME = " ".join(HOSTILE)
PART = {"value": 0.25, "low": 0.1, "high": 0.5, "of": 8}
NONE = {"value": None, "low": None, "high": None, "of": 0}
BARE = {"histogram": None, "cumulative": None, "k_distances": None, "eps": None, "min_points": 5, "novel_below": None}
HISTOGRAM = {f"{n / 20:.2f}": n for n in range(20)}


def a_set(**more: Any) -> dict[str, Any]:
    empty = {**dict.fromkeys(("nearest", "novel", "clusters", "noise"), NONE), **BARE}
    return {"rows": 9, "sample": 8, "seeds": 3, **empty, **more}


def gsdp(**sets: Any) -> dict[str, Any]:
    return {
        "mathloom": "0", "kind": "gsdp", "embeddings": None, "stages": {"drawn": {"of_those_before": PART, "of_all": PART}},
        "expansion": {**PART, "value": 2.0}, "cost": NONE, "wrong_share": PART, "wrong_calculations": NONE,
        "reverse": {"points": PART, "whole": NONE}, "sets": {"ours": a_set(), **sets},
    }  # fmt: skip


def mind(**more: Any) -> dict[str, Any]:
    style = {
        "gap": "none",
        "rows": 4,
        **dict.fromkeys(MEASURES, PART),
        "speakers": {"Ann": PART, NAME: PART},
        **more,
    }
    return {"mathloom": "0", "kind": "mind", "embeddings": None, "styles": {"debate": style}}


def carded(folder: Path, made: dict[str, Any]) -> str:
    (folder / "measures.json").write_text(json.dumps(made))
    draw(made, folder)
    write_card(folder)
    return body_of(folder)


@pytest.mark.parametrize(
    ("measure", "percent", "said"),
    [
        (PART, False, "0.25 (0.10–0.50)"), (PART, True, "25.0% (10.0%–50.0%)"), (NONE, False, "–"),
        ({**PART, "low": None, "high": None}, False, "0.25"),
        ({"value": 541.0, "low": None, "high": None, "of": 80_000}, False, "541"),
        ({"value": 0.0123, "low": 0, "high": 1, "of": 9}, False, "0.012 (0–1)"),
    ],
)  # fmt: skip
def test_a_measure_in_few_characters(measure: dict[str, Any], percent: bool, said: str) -> None:
    assert shown(measure, percent) == said


def test_the_card_has_the_measures_and_their_figures_where_they_are_there(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    assert "Measures, with intervals" not in body_of(folder)
    card = carded(folder, gsdp(other=a_set(nearest=PART, histogram=HISTOGRAM, cumulative=HISTOGRAM, novel_below=0.7)))
    assert ["other", "9", "8", "3", "0.25 (0.10–0.50)", "–", "–", "–", "–"] in rows_of(card, "set")
    assert "![similarity](measures-similarity.png)" in card and "![yield](measures-yield.png)" in card
    assert "measures-distances" not in card
    (folder / "measures.json").unlink()
    write_card(folder)
    assert "Measures, with intervals" not in body_of(folder)


def test_names_that_others_gave_do_nothing_in_the_card_or_its_figures(tmp_path: Path) -> None:
    sets = [
        {name: a_set(histogram=HISTOGRAM, cumulative=HISTOGRAM, novel_below=0.7, nearest=PART)}
        for name in ("plain", NAME)
    ]
    plain, hostile = (shape(carded(a_folder(tmp_path / f"{n}"), gsdp(**of))) for n, of in enumerate(sets))
    assert hostile == plain
    draw(mind(), tmp_path)


@pytest.mark.parametrize(
    ("made", "names"), [(gsdp(), ["yield"]), (mind(), ["speakers", "styles"]), (mind(rows=0, speakers={}), [])]
)
def test_a_figure_is_a_picture_and_one_without_anything_in_it_is_none(
    made: dict[str, Any], names: list[str], tmp_path: Path
) -> None:
    (tmp_path / "measures-styles.png").write_bytes(b"of an earlier measure")
    draw(made, tmp_path)
    assert sorted(file.name for file in tmp_path.glob("*.png") if made["kind"] in ("mind", "gsdp")) == [
        f"measures-{name}.png" for name in names
    ]
    for name in names:
        height, width, _ = matplotlib.image.imread(tmp_path / f"measures-{name}.png").shape
        assert 100 < height < 3000 and 500 < width < 3000


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"kind": "gsdp"}', '{"kind": "mind", "styles": {"debate": 3}}'])
def test_measures_that_are_not_ours_are_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "measures.json").write_text(text)
    with pytest.raises(UserError, match="write it again with python -m generation.measure"):
        read_measures(tmp_path)
