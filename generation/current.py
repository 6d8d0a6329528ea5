"""The run that is open: so that `ask(rows, question)` needs no third word."""

from typing import TYPE_CHECKING

from builders.errors import UserError

if TYPE_CHECKING:
    from generation.run import Run

opened: list["Run"] = []


def current() -> "Run":
    """The run that is open."""
    if not opened:
        raise UserError("no run is open; ask inside 'with running(...)' (generation/run.py)")
    return opened[-1]
