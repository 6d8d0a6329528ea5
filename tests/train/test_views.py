"""MIND's views of a folder of dialogues."""

from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from tests.train.folders import dialogue, gsdp, mind
from train.views import Viewed, of_view


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mind(tmp_path_factory.mktemp("views") / "mind")


def rows(folder: Path, view: str | None) -> list[dict[str, Any]]:
    source = of_view(str(folder), view)
    viewed = Viewed(source, view)
    made = [row for file in source.files for row in viewed(file)]
    viewed.close()
    return made


def test_a_style_is_its_config(folder: Path) -> None:
    assert {row["style"] for row in rows(folder, "debate")} == {"debate"}
    assert {row["style"] for row in rows(folder, "rephrase")} == {"rephrase"}


def test_a_combination_is_every_style_and_no_control(folder: Path) -> None:
    made = rows(folder, "combination")
    assert len(made) == 40 and {row["style"] for row in made} == {"debate", "interview"}


def test_the_longest_is_one_dialogue_of_each_passage(folder: Path) -> None:
    made = {row["passage_id"]: row for row in rows(folder, "longest")}
    assert len(made) == len(rows(folder, "longest")) == 20
    assert all(made[f"p{at}"]["style"] == ("interview" if at % 2 else "debate") for at in range(20))


def test_raw_is_each_passage_once(folder: Path) -> None:
    made = rows(folder, "raw")
    assert sorted(row["text"] for row in made) == sorted(f"What passage {at} says." for at in range(20))
    assert all(row["model"] is None for row in made)


def test_concat_is_the_passage_and_then_its_longest_dialogue(folder: Path) -> None:
    made = {row["id"]: row["text"] for row in rows(folder, "concat")}
    assert len(made) == 20
    assert made["p3/interview"] == f"What passage 3 says.\n\n{dialogue(3, 'interview')['text']}"


@pytest.mark.parametrize("view", ["longest", "raw", "concat", "combination"])
def test_what_has_no_dialogues_has_no_views(tmp_path: Path, view: str) -> None:
    with pytest.raises(UserError, match="has no column"):
        rows(gsdp(tmp_path / "gsdp"), view)


def test_a_style_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(UserError, match=r"no config socratic; it has .*debate"):
        rows(folder, "socratic")
