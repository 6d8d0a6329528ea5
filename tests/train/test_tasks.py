"""Tasks: what a recipe may name, the sizes that sets must have, and how an item is asked."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from train.tasks import OURS, Task, examples_of, items_of, prompt_of, tasks_of


def written(place: Path, count: int, **more: Any) -> Path:
    lines = [{"question": f"How much is {at} and 1?", "answer": f"It is.\n#### {at + 1}"} | more for at in range(count)]
    place.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return place


def test_names_of_ours_and_of_others_are_told_apart(tmp_path: Path) -> None:
    ours, theirs = tasks_of(["gsm8k", "mmlu", {"name": "mine", "rows": "x"}, {"name": "math", "shots": 4}], "R")
    assert [task.name for task in ours] == ["gsm8k", "mine", "math"] and theirs == ["mmlu"]
    assert ours[2].shots == 4 and ours[2].items == 5000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "names no tasks"),
        (["gsm8k", "gsm8k"], "twice: gsm8k"),
        (["mmlu=here"], "no task of ours"),
        ([{"name": "mine"}], "without a name or rows"),
        ([{"name": "mine", "row": "x"}], "unknown key 'row'"),
        ([{"name": "mine", "rows": "a", "prompt": "{Problem}"}], "has no {problem} in it"),
    ],
)
def test_what_no_task_could_mean_is_refused(given: list[Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        tasks_of(given, "R")


@pytest.mark.parametrize("name", OURS)
def test_a_set_of_another_size_is_refused(name: str, tmp_path: Path) -> None:
    place = written(tmp_path / "few.jsonl", 30)
    [task], _ = tasks_of([f"{name}={place}"], "R")
    with pytest.raises(UserError, match=f"{name} has 30 items .* must have {OURS[name].items:,}"):
        items_of(task, 5)


def test_a_set_of_the_right_size_is_read_and_may_be_limited(tmp_path: Path) -> None:
    [task], _ = tasks_of([f"gsm8k={written(tmp_path / 'all.jsonl', 1319)}"], "R")
    items = items_of(task, 5)
    assert len(items) == 5 and items[3] == {"id": items[3]["id"], "problem": "How much is 3 and 1?", "answer": "4"}


def test_two_items_of_one_id_stay_two(tmp_path: Path) -> None:
    """As one they would count once where models are compared."""
    place = written(tmp_path / "twice.jsonl", 3, id="a")
    assert [row["id"] for row in items_of(Task("mine", str(place)), None)] == ["a", "a~2", "a~3"]


def test_an_item_without_an_answer_is_refused_and_not_counted_as_wrong(tmp_path: Path) -> None:
    place = written(tmp_path / "bad.jsonl", 3, answer="")
    with pytest.raises(UserError, match="without problem or answer"):
        items_of(Task("mine", str(place)), None)


def test_examples_stand_before_an_item_as_it_is_asked(tmp_path: Path) -> None:
    place = str(written(tmp_path / "shots.jsonl", 3))
    task = Task("mine", place, shots=2, examples=place)
    prompt = prompt_of(task, "What is {2}?", examples_of(task), chat=False)
    assert prompt.count("Problem:\n") == 3 and prompt.endswith("Problem:\nWhat is {2}?\n\nSolution:\n")
    assert "How much is 1 and 1?\n\nSolution:\nIt is.\n#### 2\n\n" in prompt
    boxed = Task("mine", place, prompt="{problem} Put it in \\boxed{}.")
    assert prompt_of(boxed, "What is \\frac{1}{2}?", [], chat=False) == "What is \\frac{1}{2}? Put it in \\boxed{}."
    with pytest.raises(UserError, match="wants 9 examples"):
        examples_of(Task("mine", place, shots=9, examples=place))
