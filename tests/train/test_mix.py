"""train.mix as people run it: tables, shares, seeds, and what it refuses."""

import hashlib
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import load_dataset

from builders.errors import CheckFailed, UserError
from builders.recipe import load, read_recipe
from cards.card import write_card
from tests.hub import Hub
from tests.train.folders import gsdp, mind
from train.mix import FOLDER, Mix, main

LONG = "A farmer has seven red hens and three brown ones in a yard behind the old mill by the river"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mix")
    mind(folder / "mind", passages=60)
    gsdp(folder / "gsdp", problems=300, seed=LONG)
    mind(folder / "rehearsed", model="mathloom/rehearsal/generator")
    (folder / "test.jsonl").write_text(
        json.dumps({"problem": "Nobody asks for this one, nor has it ever been asked of anybody."})
    )
    (folder / "meets.jsonl").write_text(
        json.dumps({"id": "t1", "problem": f"{LONG}. How many hens are there?", "solution": "Ten."})
    )
    return folder


def mix(folders: Path, tmp_path: Path, parts: list[dict[str, Any]], *flags: str, **recipe: Any) -> Path:
    """Runs the command over parts, whose rows are names in `folders`."""
    named = [{**part, "rows": str(folders / part["rows"])} for part in parts]
    output = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
    config = tmp_path / "mix.yaml"
    config.write_text(yaml.safe_dump({"evaluation": [str(folders / "test.jsonl")], **recipe, "parts": named}))
    main(["--config", str(config), "--output", str(output), *flags])
    return output


def rows(output: Path) -> list[dict[str, Any]]:
    return list(load_dataset(str(output), split="train"))


def digest(output: Path) -> str:
    return hashlib.sha256(
        b"".join(file.read_bytes() for file in sorted((output / "data").rglob("*.parquet")))
    ).hexdigest()


TWO = [{"rows": "mind", "view": "combination", "weight": 3}, {"rows": "gsdp", "weight": 1}]


def test_parts_have_their_shares_of_the_tokens(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = rows(mix(folders, tmp_path, TWO, tokens=20_000))
    tokens = Counter[str]()
    for row in made:
        tokens[row["part"]] += row["tokens"]
    assert abs(tokens["mind/combination"] - 15_000) <= 75 and abs(tokens["gsdp"] - 5_000) <= 25
    said = capsys.readouterr().out
    assert "75.0" in said and "test.jsonl" in said


def test_two_mixes_are_token_matched_whatever_is_in_them(folders: Path, tmp_path: Path) -> None:
    views = ("debate", "longest", "concat")
    totals = [
        sum(row["tokens"] for row in rows(mix(folders, tmp_path, [{"rows": "mind", "view": view}], tokens=4_000)))
        for view in views
    ]
    assert max(totals) - min(totals) <= 20


def test_a_seed_gives_bytes(folders: Path, tmp_path: Path) -> None:
    made = [digest(mix(folders, tmp_path, TWO, tokens=9_000, seed=seed)) for seed in (0, 0, 1)]
    assert made[0] == made[1] != made[2]


def test_parts_with_tokens_of_their_own_have_them(folders: Path, tmp_path: Path) -> None:
    made = rows(
        mix(folders, tmp_path, [{"rows": "mind", "view": "debate", "tokens": 3_000}, {"rows": "gsdp", "tokens": 1_000}])
    )
    assert abs(sum(row["tokens"] for row in made if row["part"] == "gsdp") - 1_000) <= 5


def test_rows_come_again_where_they_may(folders: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"mind/raw has \d+ tokens, and the mix wants 1,500 of it.*passes: 4"):
        mix(folders, tmp_path, [{"rows": "mind", "view": "raw"}], tokens=1_500)
    made = rows(mix(folders, tmp_path, [{"rows": "mind", "view": "raw", "passes": 4}], tokens=1_500))
    assert max(Counter(row["id"] for row in made).values()) in (3, 4)


def test_for_fine_tuning_rows_are_messages(folders: Path, tmp_path: Path) -> None:
    made = rows(mix(folders, tmp_path, [{"rows": "gsdp"}], form="messages"))
    assert len(made) == 300 and [turn["role"] for turn in made[0]["messages"]] == ["user", "assistant"]
    with pytest.raises(CheckFailed, match="no row is in the mix"):
        mix(folders, tmp_path, [{"rows": "mind"}], form="messages")


def test_rows_without_an_answer_are_left_out_and_counted(folders: Path, tmp_path: Path) -> None:
    turns = [{"role": "user", "content": "1+1?"}, {"role": "assistant", "content": "2"}]
    rows_of = [
        {"messages": turns},
        {"messages": turns[:1]},
        {"problem": "1+2?", "solution": " "},
        {"text": "no messages"},
        {"problem": 17, "solution": 4},
    ]
    (tmp_path / "odd.jsonl").write_text("\n".join([*map(json.dumps, rows_of), "no JSON"]))
    made = mix(tmp_path, tmp_path, [{"rows": "odd.jsonl"}], evaluation=["none"], form="messages")
    assert [row["messages"] for row in rows(made)] == [turns]
    left = json.loads((made / "run.json").read_text())["counts"]["odd.jsonl"]["left out"]
    assert left == {"no_answer": 2, "empty": 1, "bad_row": 2}


def test_what_the_rehearsal_made_is_mixed_only_where_that_is_said(folders: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="allow_rehearsal: true"):
        mix(folders, tmp_path, [{"rows": "rehearsed"}])
    made = mix(folders, tmp_path, [{"rows": "rehearsed"}], "--allow-rehearsal")
    assert rows(made)[0]["models"] == ["mathloom/rehearsal/generator"]
    write_card(made)
    assert "come from a rehearsal" in (made / "README.md").read_text()


def test_a_mix_whose_seeds_meet_an_evaluation_set_is_refused(
    folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sets = [str(folders / "meets.jsonl")]
    with pytest.raises(UserError, match="meets the sets that it will be evaluated on: 1 of the seeds of gsdp"):
        mix(folders, tmp_path, [{"rows": "gsdp"}], evaluation=sets)
    assert "a farmer has seven red hens" in capsys.readouterr().out
    made = mix(folders, tmp_path, [{"rows": "gsdp"}], "--allow-contaminated", evaluation=sets)
    assert json.loads((made / "run.json").read_text())["met"] == {"the seeds of gsdp": 1}


def test_an_evaluation_set_in_the_mix_is_refused(folders: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="1 of meets.jsonl"):
        mix(
            folders,
            tmp_path,
            [{"rows": "meets.jsonl"}, {"rows": "gsdp"}],
            evaluation=[str(folders / "meets.jsonl")],
            form="messages",
        )
    (tmp_path / "solved.jsonl").write_text(json.dumps({"problem": f"{LONG}. How many?", "solution": "10"}))
    with pytest.raises(UserError, match="1 of solved.jsonl"):
        mix(tmp_path, tmp_path, [{"rows": "solved.jsonl"}], evaluation=[str(folders / "meets.jsonl")])
    assert not any(path.name.startswith("out") for path in tmp_path.iterdir())


def test_from_the_hub_a_mix_is_pinned_and_held_against_test_splits(folders: Path, tmp_path: Path) -> None:
    row = json.dumps({"question": f"{LONG}. How many?", "answer": "#### 10"}).encode()
    other = json.dumps(
        {"question": "Nobody has asked for this one before, whoever he was.", "answer": "#### 1"}
    ).encode()
    with Hub() as hub:
        first = hub.put("me/problems", {"data/train.jsonl": row})
        hub.put("me/clean", {"data/train.jsonl": row, "data/test.jsonl": other})
        hub.put("me/meets", {"data/train.jsonl": other, "data/test.jsonl": row})
        flags = ["--rows", "me/problems", "--output", str(tmp_path / "out"), "--evaluation"]

        def made(name: str) -> "subprocess.CompletedProcess[str]":
            command = [sys.executable, "-m", "train.mix", *flags, name]
            return subprocess.run(
                command, env=hub.environment(tmp_path / "home"), capture_output=True, text=True, timeout=120
            )

        assert made("me/clean").returncode == 0
        assert (
            yaml.safe_load((tmp_path / "out" / "recipe.yaml").read_text())["parts"][0]["rows"] == f"me/problems@{first}"
        )
        refused = made("me/meets")
        assert refused.returncode == 2 and "1 of me/problems" in refused.stderr


@pytest.mark.parametrize(
    ("recipe", "said"),
    [
        ({"parts": []}, "name one part by --rows"),
        ({"parts": [{"rows": "gsdp", "weight": 0}]}, "above 0"),
        ({"parts": [{"rows": "gsdp", "tokens": 5}, {"rows": "mind"}]}, "either each part says its tokens"),
        ({"parts": [{"rows": "gsdp"}], "form": "html"}, "form is html"),
        ({"parts": [{"rows": "gsdp"}], "tokens": 0}, "tokens is 0"),
        ({"parts": [{"rows": "gsdp"}], "evaluation": ["nowhere.jsonl"]}, "--evaluation names other sets"),
        ({"parts": [{"rows": "nowhere"}]}, "there is no file or folder"),
        ({"parts": [{"rows": "gsdp", "where": {"hopp": "one_hop"}}]}, "has no column hopp; it has id, problem"),
        ({"parts": [{"rows": "gsdp", "wieght": 1}]}, "unknown key 'wieght'; known are .*weight"),
    ],
)
def test_what_no_mix_could_mean_is_said(folders: Path, tmp_path: Path, recipe: dict[str, Any], said: str) -> None:
    parts = recipe.pop("parts")
    with pytest.raises(UserError, match=said):
        mix(folders, tmp_path, parts, **recipe)


@pytest.mark.parametrize("name", [path.stem for path in FOLDER.glob("mix-*.yaml")])
def test_the_recipes_that_ship_are_mixes(name: str) -> None:
    assert load(Mix, read_recipe(name, FOLDER), name).check()


def test_a_part_may_be_the_rows_of_one_value(folders: Path, tmp_path: Path) -> None:
    output = mix(folders, tmp_path, [{"rows": "gsdp", "where": {"id": "one_hop-7/0"}}])
    assert [row["id"] for row in rows(output)] == ["one_hop-7/0"]
    counts = json.loads((output / "run.json").read_text())["counts"]["gsdp"]
    assert counts["rows"] == 1 and list(counts["left out"]) == ["unwanted"]
