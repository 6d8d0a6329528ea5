"""The forms of a row, whatever set it comes from."""

from typing import Any

import pytest

from train.forms import messages_of, rehearsed, text_of

ASKED, TOLD = {"role": "user", "content": "2+2?"}, {"role": "assistant", "content": "4"}
TEXT = "Problem:\n2+2?\n\nSolution:\n4"


@pytest.mark.parametrize(
    ("row", "text", "messages"),
    [
        ({"text": "as it is"}, "as it is", None),
        ({"text": "  "}, None, None),
        ({"problem": "2+2?", "solution": "4"}, TEXT, [ASKED, TOLD]),
        ({"question": "2+2?", "answer": "4"}, TEXT, [ASKED, TOLD]),
        ({"Body": "2", "Question": "+2?", "Answer": 4}, "Problem:\n2 +2?\n\nSolution:\n4", None),
        ({"messages": [ASKED, TOLD]}, None, [ASKED, TOLD]),
        ({"prompt": "2+2?", "completion": "4"}, None, [ASKED, TOLD]),
        ({"prompt": [ASKED], "completion": [TOLD]}, None, [ASKED, TOLD]),
        ({"problem": "2+2?", "solution": None}, None, [ASKED, {**TOLD, "content": ""}]),
        ({"messages": "no list"}, None, None),
        ({"messages": ["no turns"]}, None, None),
        ({"messages": []}, None, None),
        ({}, None, None),
    ],
)
def test_a_row_has_the_form_of_its_columns(row: dict[str, Any], text: str | None, messages: Any) -> None:
    assert text_of(row) == text
    if "Body" not in row:
        assert messages_of(row) == messages


@pytest.mark.parametrize(
    ("row", "made"),
    [
        ({"model": "mathloom/rehearsal/generator"}, True),
        ({"replies": [{"step": "problem", "model": "mathloom/rehearsal/writer"}]}, True),
        ({"models": ["a/b", "mathloom/rehearsal/solver"]}, True),
        ({"model": "a/b", "replies": [{"model": "c/d"}], "models": ["e/f"]}, False),
        ({"model": None, "replies": None, "text": "mathloom/rehearsal/writer"}, False),
    ],
)
def test_what_the_rehearsal_has_made_is_known_by_its_models(row: dict[str, Any], made: bool) -> None:
    assert rehearsed(row) is made
