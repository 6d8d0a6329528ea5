"""What was found wrong: whose it is to mend, one sentence, and the exit code that all of it together comes to.

findings -> 0 all is well, 1 something needs attention, 2 the user's, 3 the world's
"""

from collections.abc import Iterable
from dataclasses import dataclass

from builders.errors import MathloomError, UserError, WorldError

NOTE, CHECK, USER, WORLD = "note", "check", "user", "world"  # a note is worth knowing, and nothing is wrong
# What the user can mend comes first: a run would say it first, and before it asks anything.
CODES = ((USER, UserError.code), (WORLD, WorldError.code), (CHECK, 1))


@dataclass(frozen=True)
class Finding:
    """One thing that was found: `kind` says whose it is."""

    kind: str
    says: str


def of_error(problem: MathloomError) -> Finding:
    """What would have ended a run, as something that was found."""
    kind = USER if isinstance(problem, UserError) else WORLD if isinstance(problem, WorldError) else CHECK
    return Finding(kind, str(problem))


def exit_code(found: Iterable[Finding]) -> int:
    """The exit code for all of it."""
    kinds = {finding.kind for finding in found}
    return next((code for kind, code in CODES if kind in kinds), 0)
