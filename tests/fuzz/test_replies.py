"""Whatever a model replies is read or unreadable, for a reason of the list, and the same the next time."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.answers import bare, boxed, taken
from builders.errors import Unreadable
from builders.reasons import GSDP, MIND
from generation.point_verdicts import read_choice, read_kind, read_same
from generation.points import read_points
from generation.prompts import load_prompt
from generation.reading import read_dialogue
from generation.verdicts import (
    read_difficulty,
    read_problem,
    read_same_problem,
    read_score,
    read_solution,
    read_solution_verdict,
)
from tests.fuzz.mangled import mangled
from tests.generation.test_reading import CASES

Read = Callable[[str, Any], Mapping[str, Any]]
REPLIES = [case.values[2] for case in CASES]
FORMS = [
    "<{0}>\n{2}\n</{0}>\n<{1}>\nBecause the terms are one.\n</{1}>",
    "{0}: {2}\n{1}: so it is.",
    "**{0}**\n\n{2}",
    "{2}",
]
SAID = [
    "1. The sum of a geometric series\n2. Partial fractions: how to split them\n3. $x^2 + 1$",
    "What remainder does $2a + 4b$ leave when it is divided by $7$?",
    "First $2 + 2 = 4$.\n\nSo the answer is $\\boxed{4}$, or $\\boxed{\\frac{8}{2}}$.",
    "0.85", "8.5/10", "True", "False, since step 2 is wrong", "medium", "yes", "vague",
]  # fmt: skip
READERS: dict[str, tuple[Read, str]] = {
    "knowledge_points": (read_points, "points"), "point_filter": (read_kind, "verdict"), "synonyms": (read_same, "same"),
    "representative": (read_choice, "choice"), "problem": (read_problem, "problem"), "difficulty": (read_difficulty, "difficulty"),
    "solution": (read_solution, "solution"), "judge_problem": (read_score, "score"), "judge_solution": (read_solution_verdict, "verdict"),
    "same_problem": (read_same_problem, "equal"),
}  # fmt: skip


def outcome(read: Read, text: str, front: Any) -> Any:
    """What was read, or the reason why not."""
    try:
        return dict(read(text, front))
    except Unreadable as problem:
        assert problem.reason in {**MIND, **GSDP} and problem.detail
        return problem.reason


@given(mangled(REPLIES), st.sampled_from(["two_students", "layman_knowall", "debate", "rephrase"]))
def test_a_dialogue(text: str, style: str) -> None:
    front = load_prompt(style).front
    made = outcome(read_dialogue, text, front)
    assert made == outcome(read_dialogue, text, front)
    if isinstance(made, dict):
        assert made["text"].strip() and all(set(turn) == {"speaker", "text"} for turn in made["turns"])


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_what_answers_a_question_of_gsdp(name: str, data: st.DataObject) -> None:
    read, mark = READERS[name]
    front = load_prompt(name).front
    marks = [*front.get("marks", [mark]), "reason"]
    text = data.draw(mangled([form.format(marks[0], marks[1], said) for form in FORMS for said in SAID]))
    made = outcome(read, text, front)
    assert made == outcome(read, text, front)
    if isinstance(made, dict) and "score" in made:
        assert 0 <= made["score"] <= 1
    if isinstance(made, dict) and "knowledge_points" in made:
        assert all(point.strip() for point in made["knowledge_points"])


@given(mangled(SAID))
def test_an_answer_is_taken_out_and_is_a_text(text: str) -> None:
    answer = taken(text)
    assert answer is None or (answer.strip() and isinstance(bare(answer), str))
    assert boxed(text) is None or answer == boxed(text)
