"""The figures of a card: there, opaque, of what the folder counts, and gone when there is nothing to draw."""

from collections import Counter
from pathlib import Path
from typing import Any

import matplotlib.image
import pytest

from builders.errors import UserError
from cards.card import illustrate
from cards.facts import read_facts
from cards.pictures import _yield, draw
from cards.words import PICTURES
from tests.cards import gsdp_folders, test_card


@pytest.mark.parametrize("make", [test_card.a_folder, gsdp_folders.a_folder])
def test_the_card_shows_its_figures_on_paper_of_their_own(make: Any, tmp_path: Path) -> None:
    folder = make(tmp_path / "out")
    assert "card-" not in test_card.body_of(folder)
    illustrate(folder)
    card = test_card.body_of(folder)
    for name, what in PICTURES.items():
        assert f"![{what}]({name})".replace(",", ",") in card.replace("\\", "")
        pixels = matplotlib.image.imread(folder / name)
        height, width = pixels.shape[:2]
        assert width == 1500 and height > 150 and (pixels[..., 3] == 1).all()
        assert pixels[0, 0, :3].min() > 0.9  # light, behind ink that is dark:
        assert (pixels[..., :3].max(axis=2) < 0.35).mean() > 0.001


@pytest.mark.parametrize("make", [test_card.make, gsdp_folders.make])
def test_a_folder_without_a_kept_row_has_the_figures_that_it_can_have(make: Any, tmp_path: Path) -> None:
    folder = make(tmp_path / "out", [], [])
    (folder / "card-rows.png").write_bytes(b"of an earlier card")
    illustrate(folder)
    assert {path.name for path in folder.glob("card-*.png")} == {"card-way.png"}


def test_names_of_styles_and_reasons_do_nothing_in_a_figure(tmp_path: Path) -> None:
    name = "$\\frac{x$ \u202e漢字 " + "y" * 200
    folder = test_card.make(tmp_path / "out", [], [test_card.dialogue(1, reason="loop")])
    run = (folder / "run.json").read_text()
    (folder / "run.json").write_text(run.replace('"loop": 1', f'"{name}": 1'.replace("\\", "\\\\")))
    draw(read_facts(folder), folder)
    assert (folder / "card-yield.png").stat().st_size > 5000


def test_the_bars_are_as_long_as_the_counts(tmp_path: Path) -> None:
    facts = read_facts(gsdp_folders.a_folder(tmp_path / "out"))
    figure = _yield(facts)
    assert figure is not None
    left, right = figure.axes
    assert [round(bar.get_width(), 3) for bar in left.patches] == [0.667, 1.0]  # 2 of 3 one-hop, 1 of 1 community
    assert Counter(bar.get_width() for bar in right.patches) == {1: 1, 0: 1}


def test_a_folder_of_another_kind_has_a_card_and_no_figures_of_it(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no folder"):
        illustrate(tmp_path / "nothing")
