"""What is known of judges: the command's recipe before the folder's, merged weights, and costs only where all are known."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from datasets import Dataset

from builders.errors import UserError
from generation.known_judges import known_of
from generation.panels import Judge
from generation.recipes import Price, Sampling

JUDGES = [Judge(name="a", weight=3, price=Price(1.0, 2.0)), Judge(name="b", weight=1, price=Price(10.0, 10.0))]


def folder(place: Path, judges: list[dict[str, Any]], **run: Any) -> str:
    (place / "data" / "replies").mkdir(parents=True)
    (place / "recipe.yaml").write_text(yaml.safe_dump({"judges": judges}))
    (place / "run.json").write_text(json.dumps({"mathloom": "0", **run}))
    tokens = [
        ("judge_problem/a", 900, 10),
        ("judge_problem/a", 1100, 30),
        ("judge_solution/a", 2000, 40),
        ("judge_problem/b", 100, 0),
        ("problem", 9, 9),
    ]
    replies = [
        {"step": step, "prompt_tokens": prompt, "completion_tokens": completion} for step, prompt, completion in tokens
    ]
    Dataset.from_list(
        [*replies, {"step": "judge_problem/a", "prompt_tokens": None, "completion_tokens": 5}]
    ).to_parquet(str(place / "data" / "replies" / "train-0.parquet"))
    return str(place)


def test_a_judge_costs_its_price_times_the_tokens_of_its_replies(tmp_path: Path) -> None:
    found = known_of(("a", "b"), JUDGES, folder(tmp_path, []))
    # a: 1,000 in and 20 out about a problem, 2,000 and 40 about a solution; b was asked about problems only.
    assert found.costs == pytest.approx({"a": (1000 + 2 * 20 + 2000 + 2 * 40) / 1e6, "b": 100 * 10 / 1e6})


@pytest.mark.parametrize(
    "other", [Judge(name="b"), Judge(name="b", price=Price(gpu_hour=4.0)), Judge(name="c", price=Price(1.0, 1.0))]
)
def test_where_the_cost_of_one_is_not_known_none_is(tmp_path: Path, other: Judge) -> None:
    assert known_of(("a", other.name), [JUDGES[0], other], folder(tmp_path, [])).costs == {}


def test_judges_that_cost_nothing_are_compared_by_their_number(tmp_path: Path) -> None:
    free = [Judge(name=name, price=Price(0.0, 0.0)) for name in "ab"]
    assert known_of(("a", "b"), free, folder(tmp_path, [])).costs == {}


def test_judges_that_were_one_model_have_the_weights_of_all(tmp_path: Path) -> None:
    named = [{"name": "a", "weight": 5}, {"name": "b", "weight": 3}, {"name": "c", "weight": 2}]
    of = [{"judge": "a", "model": "m", "weight": 0.7}, {"judge": "b", "model": "n", "weight": 0.3}]
    assert known_of(("a", "b"), [], folder(tmp_path, named, panel=of)).weights == {"a": 0.7, "b": 0.3}


def test_the_commands_own_recipe_is_believed_before_the_folders(tmp_path: Path) -> None:
    where = folder(tmp_path, [{"name": "a", "weight": 9}, {"name": "b", "weight": 9}])
    assert known_of(("a", "b"), JUDGES, where).weights == {"a": 3, "b": 1}
    assert known_of(("a", "b"), [], where).weights == {"a": 9, "b": 9}


def test_without_any_recipe_all_weigh_the_same_and_it_is_said(tmp_path: Path) -> None:
    found = known_of(("a", "b"), [], str(tmp_path / "rows.jsonl"))
    assert found.weights == {"a": 1, "b": 1} and "all weigh the same" in found.said


def test_what_a_recipe_leaves_as_it_is_is_not_printed(tmp_path: Path) -> None:
    judges = [Judge(name="a", model="org/a", sampling=Sampling(0.0, None, 512), price=Price(1.0, 2.0))]
    assert known_of(("a",), judges, str(tmp_path)).roles == {
        "a": {
            "model": "org/a",
            "sampling": {"temperature": 0.0, "max_tokens": 512},
            "price": {"input": 1.0, "output": 2.0},
        }
    }


@pytest.mark.parametrize(
    "panel", [7, "a", ["a"], [{"judge": "a"}], [{"judge": "a", "weight": "x"}], [{"judge": "a", "weight": None}]]
)
def test_a_panel_that_somebody_else_wrote_is_one_sentence(tmp_path: Path, panel: Any) -> None:
    with pytest.raises(UserError, match="run.json: panel is no list of judges with their weights"):
        known_of(["a"], [], folder(tmp_path, [], panel=panel))


@pytest.mark.parametrize(("file", "text"), [("run.json", "[" * 100_000), ("recipe.yaml", "[" * 100_000)])
def test_a_file_of_brackets_is_one_sentence(tmp_path: Path, file: str, text: str) -> None:
    where = folder(tmp_path, [])
    (tmp_path / file).write_text(text)
    with pytest.raises(UserError, match=f"{file} cannot be read"):
        known_of(["a"], [], where)
