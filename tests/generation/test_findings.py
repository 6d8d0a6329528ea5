"""What all findings together come to."""

import pytest

from builders.errors import BudgetSpent, CheckFailed, MathloomError, UserError, WorldError
from generation.findings import CHECK, NOTE, USER, WORLD, Finding, exit_code, of_error

CODES = {(): 0, (NOTE,): 0, (NOTE, CHECK): 1, (CHECK, WORLD): 3, (WORLD, USER, CHECK, NOTE): 2}


@pytest.mark.parametrize("kinds", CODES)
def test_what_the_user_can_mend_comes_first_and_a_note_is_nothing_wrong(kinds: tuple[str, ...]) -> None:
    assert exit_code([Finding(kind, "it is so") for kind in kinds]) == CODES[kinds]


@pytest.mark.parametrize(
    ("problem", "kind"),
    [(UserError("x"), USER), (WorldError("x"), WORLD), (CheckFailed("x"), CHECK), (BudgetSpent("x"), CHECK)],
    ids=lambda value: type(value).__name__,
)
def test_what_would_have_ended_a_run_is_whose_it_was(problem: MathloomError, kind: str) -> None:
    assert of_error(problem) == Finding(kind, "x")
