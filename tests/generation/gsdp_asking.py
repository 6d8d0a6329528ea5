"""What the tests of the rehearsal of GSDP share: a question as our prompts put it, and what stands in its reply."""

import functools
import json
import re
from pathlib import Path
from random import Random
from typing import Any

from generation.borrowed import read_borrowed
from generation.faults import Reply
from generation.lexicon import points
from generation.prompts import Prompt, load_prompt
from generation.scripted import Script, fault_rates, reply_to

SEEDS = [
    json.loads(line)
    for line in (Path(__file__).parents[2] / "builders" / "sample" / "problems.jsonl").read_text().splitlines()
]
NAMES = list(points())


@functools.cache
def prompt(name: str) -> Prompt:
    return load_prompt(name)


def message(name: str, **row: Any) -> str:
    return prompt(name).messages(row)[0]["content"]


@functools.cache
def script(faults: str) -> Script:
    return Script(fault_rates(faults), 0, read_borrowed(None))


def ask(name: str, faults: str = "0", number: int = 0, role: str = "generator", **row: Any) -> Reply:
    text = message(name, **row)
    return reply_to(text, script(faults), Random(f"{number} {role} {text}"), role)


def part(text: str, mark: str) -> str:
    found = re.search(rf"<{mark}>\n(.*?)(?:\n</{mark}>|\Z)", text, re.DOTALL)
    assert found, text
    return found[1]


def some_points(number: int) -> list[str]:
    draw = Random(number)
    return sorted(draw.sample(NAMES, draw.choice((2, 2, 3, 4))))


def problem(number: int, faults: str = "0") -> tuple[list[str], str, Reply]:
    chosen = some_points(number)
    reply = ask("problem", faults, number, knowledge_points=chosen)
    return chosen, part(reply.text, "problem"), reply


def score(chosen: list[str], text: str, role: str = "judge_a") -> float:
    return float(part(ask("judge_problem", role=role, knowledge_points=chosen, problem=text).text, "score"))


def verdict(text: str, solution: str, role: str = "judge_a") -> str:
    return part(ask("judge_solution", role=role, problem=text, solution=solution).text, "verdict")
