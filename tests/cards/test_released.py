"""The released shape: the papers' columns and configs, the same rows, and the card with the folder."""

from pathlib import Path

import pytest
from datasets import load_dataset

from builders.errors import CheckFailed, UserError
from cards.card import write_card
from cards.released import main, write_released
from tests.cards import gsdp_folders, test_card
from tests.cards.test_card import body_of, dialogue


def load(folder: Path, config: str, cache: Path) -> list[dict[str, str]]:
    return list(load_dataset(str(folder), config, split="train", cache_dir=str(cache)))


def test_dialogues_have_the_columns_and_configs_of_nemotron_mind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = test_card.a_folder(tmp_path / "mind", rehearsal=True)
    main([str(folder), "--output", str(tmp_path / "out")])
    assert 'load_dataset("' in capsys.readouterr().out
    rows = load(tmp_path / "out", "DEBATE", tmp_path / "cache")
    assert rows == [{"Text": test_card.ENGLISH, "Document ID": "d", "Conversational Style": "DEBATE"}] * 2
    assert len(load(tmp_path / "out", "default", tmp_path / "cache")) == 3
    card = body_of(tmp_path / "out")
    assert card.startswith("These rows come from a rehearsal") and "nvidia/Nemotron-MIND" in card.replace("\\", "")
    assert "The whole recipe" in card
    before = (tmp_path / "out" / "README.md").read_bytes()
    write_card(tmp_path / "out")
    assert (tmp_path / "out" / "README.md").read_bytes() == before


def test_problems_have_problem_and_solution(tmp_path: Path) -> None:
    folder = gsdp_folders.a_folder(tmp_path / "gsdp")
    assert write_released(folder, tmp_path / "out") == {"default": 3}
    rows = load(tmp_path / "out", "default", tmp_path / "cache")
    assert [list(row) for row in rows] == [["problem", "solution"]] * 3
    assert rows[0]["solution"] == "It is $\\boxed{3}$."


def test_what_has_no_released_shape_is_refused(tmp_path: Path) -> None:
    folder = test_card.a_folder(tmp_path / "mind")
    with pytest.raises(UserError, match="is the folder that is read"):
        write_released(folder, folder)
    write_released(folder, tmp_path / "out")
    with pytest.raises(UserError, match="is of kind released; only folders of mind and gsdp"):
        write_released(tmp_path / "out", tmp_path / "again")
    with pytest.raises(CheckFailed, match="no row that was kept"):
        write_released(test_card.make(tmp_path / "none", [], [dialogue(1, reason="loop")]), tmp_path / "again")
    assert not (tmp_path / "again").exists()
