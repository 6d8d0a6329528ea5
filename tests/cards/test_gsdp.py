"""The card of a GSDP folder: its counts are the rows', its panel is who was asked, and what is not there is said."""

import json
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset
from huggingface_hub import DatasetCard

from builders.errors import CheckFailed
from builders.folder import finished
from builders.reasons import GSDP
from cards.card import write_card
from cards.gsdp import bars
from cards.way import STAGES
from cards.words import COLUMNS, ROLES
from generation.gsdp_rows import ROW
from generation.yields import STAGES as RUN_STAGES
from tests.cards.gsdp_folders import SMALL, a_folder, lost, make, row
from tests.cards.test_card import HOSTILE, body_of, rows_of, shape


def test_the_front_matter_is_the_hubs_and_every_config_loads_by_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "out")
    card = DatasetCard.load(folder / "README.md").data.to_dict()
    assert card["tags"] == ["synthetic", "mathloom", "gsdp", "mathematics"]
    assert (card["task_categories"], card["language"]) == (["text-generation"], ["en"])
    sizes = {info["config_name"]: info["splits"][0]["num_examples"] for info in card["dataset_info"]}
    assert sizes == {"default": 3, "one_hop": 2, "community": 1, "rejected": 2, "vocabulary": 1}
    for config, rows in sizes.items():
        assert load_dataset(str(folder), config, cache_dir=str(tmp_path / "cache"), split="train").num_rows == rows


def test_the_numbers_are_the_folders(tmp_path: Path) -> None:
    card = body_of(a_folder(tmp_path / "out"))
    assert "3 problems with solutions (34 tokens), made from 3 seed problems by language models" in card
    assert rows_of(card, "kind of combination") == [
        ["`one_hop`", "3", "2", "1", "67%", "23"],
        ["`two_hop`", "0", "0", "0", "–", "0"],
        ["`three_hop`", "0", "0", "0", "–", "0"],
        ["`community`", "1", "1", "0", "100%", "11"],
        ["all", "4", "3", "1", "75%", "34"],
    ]
    assert [[line[0], *line[2:]] for line in rows_of(card, "stage")] == [
        ["seeds", "3", "–", "–", ""],
        ["read", "2", "67%", "67%", "`cut` 1"],
        ["spellings", "3", "–", "–", ""],
        ["points", "3", "–", "–", ""],
        ["edges", "2", "–", "–", ""],
        ["drawn", "4", "–", "–", ""],
        ["vetted", "3", "75%", "75%", "`vetoed` 1"],
    ]
    assert [[line[0], *line[2:]] for line in rows_of(card, "reason")] == [
        ["`cut`", "1", "0", "0"],
        ["`vetoed`", "0", "0", "1"],
    ]
    assert "3 points, 2 edges" in card and "`merged` 1" in card
    assert "Difficulty of the kept rows: `low` 3. Verified: `undecided` 3." in card
    assert "1 kept rows for each seed" in card and "3.333 hundredths of a cent" in card


def test_the_first_line_says_when_rows_are_a_rehearsals(tmp_path: Path) -> None:
    first = "These rows come from a rehearsal: a scripted teacher, not a language model."
    assert body_of(a_folder(tmp_path / "out", rehearsal=True)).split("\n")[0] == first
    assert first not in body_of(a_folder(tmp_path / "real"))


def test_judges_that_are_one_model_are_a_panel_of_one(tmp_path: Path) -> None:
    card = body_of(a_folder(tmp_path / "out"))
    assert "The panel of 2 (judges" in card
    assert rows_of(card, "judge") == [["`a`", "`maker/a`", "0.25"], ["`b`", "`maker/b`", "0.75"]]
    same = [{"judge": "a", "also": ["b"], "model": "maker/one", "weight": 1.0}]
    card = body_of(a_folder(tmp_path / "one", panel=same))
    assert "A panel of 1 judge scored" in card and "The panel of 1 (judges that are one model" in card
    assert rows_of(card, "judge") == [["`a`, `b`", "`maker/one`", "1"]]


def test_a_run_that_ended_before_problems_tells_of_no_stage_of_theirs(tmp_path: Path) -> None:
    card = body_of(make(tmp_path / "out", [], [], until="knowledge_points"))
    assert [line[0] for line in rows_of(card, "stage")] == ["seeds", "read", "spellings", "points", "edges"]


def test_what_is_null_in_every_row_is_said_with_its_why(tmp_path: Path) -> None:
    card = body_of(a_folder(tmp_path / "out"))
    for name, why in {
        "novel": "nearest seeds",
        "vote_share": "as `vote_answer`",
        "contamination": "names no benchmark",
    }.items():
        assert any(line.startswith(f"- `{name}`: ") and why in line for line in card.split("\n"))
    assert "They were compared with no benchmark" in card
    lost_all = make(tmp_path / "seeds", [], [lost("problem", "contaminated")], benchmarks=["me/seeds"])
    assert "with `me/seeds` was" in body_of(lost_all) and "Nothing was compared" not in body_of(lost_all)
    voted = [row(1, vote_answer="3", vote_share=1.0, contamination=[])]
    card = body_of(make(tmp_path / "more", voted, [], recipe={"samples": 5}, benchmarks=["openai/gsm8k"]))
    assert "- `novel`" in card and "- `vote_share`" not in card and "- `contamination`" not in card
    assert "with `openai/gsm8k` was rejected" in card and "of 5 solutions the answers were compared" in card


def test_settings_stand_beside_the_papers(tmp_path: Path) -> None:
    card = body_of(a_folder(tmp_path / "out"))
    settings = {line[0]: line[2:] for line in rows_of(card, "setting")}
    assert settings["`least_score`"] == ["`0.85`", "`0.85`"]
    assert settings["`core_share`"] == ["`0.01`", "not said"] and settings["`quota`"] == ["`all`", "`all`"]
    assert "The paper's models: `solver` `old/solver`." in card


@pytest.mark.parametrize("hops", [{}, None])
def test_a_run_that_ended_before_problems_has_a_card(tmp_path: Path, hops: Any) -> None:
    units = {"seed": {"in": 2, "kept": 2}, "point": {"in": 3, "kept": 3}}
    folder = make(
        tmp_path / "out", [], [], counts={"units": units, "hops": hops}, graph={}, similarity={}, until="graph"
    )
    assert "**This run ended before problems were written.**" in body_of(folder)
    assert "A model wrote a problem" not in body_of(folder) and "The panel of" not in body_of(folder)
    assert "points = load_dataset" in body_of(folder)


def test_a_run_that_kept_nothing_has_a_card(tmp_path: Path) -> None:
    card = body_of(make(tmp_path / "out", [], [lost("problem", "low_score")]))
    assert "**No problem was kept.**" in card and ["`one_hop`", "1", "0", "1", "0%", "0"] in rows_of(
        card, "kind of combination"
    )
    assert "## A row" not in card and "## Columns" not in card


def test_a_run_json_that_says_little_is_enough(tmp_path: Path) -> None:
    with finished(tmp_path / "out", {"one_hop": SMALL}, ["one_hop"], "gsdp") as folder:
        folder.write("one_hop", [row(1)])
        folder.put("run.json", json.dumps({"mathloom": "0.1", "kind": "gsdp"}))
        folder.close()
        write_card(folder.path)
    assert body_of(tmp_path / "out").startswith("# ")


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_rows_and_recipes_does_nothing_in_the_card(tmp_path: Path, text: str) -> None:
    plain = make(tmp_path / "plain", [row(1)], [], recipe={"license": "x"}, benchmarks=["b"])
    rows = [row(1, id=text, problem=text, solution=text, answer=text, knowledge_points=[text, text], seed_ids=[text])]
    folder = make(
        tmp_path / "out", rows, [], recipe={"rows": text, "license": text}, benchmarks=[text],
        panel=[{"judge": text, "also": [], "model": text, "weight": 0.25}, {"judge": "b", "also": [], "model": "m", "weight": "?"}],
    )  # fmt: skip
    assert shape(body_of(folder)) == shape(body_of(plain))


@pytest.mark.parametrize(
    "counts",
    [
        {"units": {"seed": {"in": 5, "kept": 2}}},
        {"units": {"problem": {"in": 3, "kept": 3}}, "hops": {"one_hop": {"kept": 2}}},
        {"units": {"problem": {"in": 5, "kept": 3, "rejected": {"cut": 2}}}, "hops": {"one_hop": {"kept": 9}}},
    ],
)
def test_counts_that_are_not_the_rows_are_refused(tmp_path: Path, counts: dict[str, Any]) -> None:
    with pytest.raises(CheckFailed, match=r"run\.json counts"):
        a_folder(tmp_path / "out", counts=counts)
    assert list(tmp_path.iterdir()) == []


def test_every_column_reason_and_stage_of_a_run_is_explained() -> None:
    assert set(ROW) <= set(COLUMNS["gsdp"])
    assert {
        "vague_point",
        "wrong_point",
        "detailed_point",
        "low_score",
        "vetoed",
        "no_majority",
        "answer_inside",
    } <= set(GSDP)
    assert [(name, steps) for name, steps in RUN_STAGES] == [(name, steps) for name, (_, steps) in STAGES.items()][1:]
    assert {"extractor", "curator", "embedder", "writer", "rater"} == set(ROLES)


def test_a_histogram_has_a_mark_for_whatever_is_there() -> None:
    assert bars({"0.90": 400, "0.70": 1}) == " 0.70 █ 1\n 0.90 " + "█" * 40 + " 400"
    assert bars({}) == ""
