"""CONTRIBUTING.md: the files that it names are there, its recipes load, and its dialect asks and reads."""

import json
import re
from pathlib import Path

import pytest
import yaml

from builders.recipe import load
from generation import dialects
from generation.panels import Judge
from train.tasks import tasks_of

HOUSE = Path(__file__).parent.parent
TEXT = (HOUSE / "CONTRIBUTING.md").read_text(encoding="utf-8")
FILES = sorted(set(re.findall(r"`((?:generation|train|tests)/[\w/.-]+\.\w+)`", TEXT)) - {"generation/prompts/coach.md"})


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_named_is_there(name: str) -> None:
    assert (HOUSE / name).is_file()


def test_its_judge_and_its_task_are_such() -> None:
    judge, tasks = (yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL))
    assert load(Judge, judge[0], "CONTRIBUTING.md").weight == 0.3
    [task], theirs = tasks_of(tasks["tasks"], "CONTRIBUTING.md")
    assert (task.name, task.items, theirs) == ("mine", 200, [])


def test_its_dialect_asks_and_reads() -> None:
    [code] = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    known = dict(vars(dialects))
    exec(code, known)
    asked = dialects.Asked("m", [{"role": "user", "content": "Hm?"}], "", {"max_tokens": 9}, 1)
    assert json.loads(known["_complete"](asked)) == {"model": "m", "prompt": "Hm?", "max_tokens": 9, "seed": 1}
    reply = {"choices": [{"text": "x", "finish_reason": "length"}], "usage": {"completion_tokens": 9}}
    assert known["_read_complete"](reply) == dialects.Answer("x", None, "length", None, 9)
    assert known["_read_complete"]({"choices": []}) is known["_read_complete"]([1]) is None
