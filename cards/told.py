"""What a run.json may say where a card reckons with it: whoever made the folder may have written anything.

a folder, what its run.json holds -> nothing, or one sentence that names the place
"""

from pathlib import Path
from typing import Any

from builders.errors import UserError
from builders.objects import kind_of

COUNTED = ("counts", "graph")  # mappings, down to whole numbers
LISTED = ("models", "panel", "benchmarks", "problem_models", "taken_up")
DEEPEST = 8  # mappings within one another


def check_told(folder: Path, run: dict[str, Any]) -> None:
    """Raises UserError where a count of a method's run.json is no whole number, or a list no list."""
    for name in LISTED:
        if not isinstance(run.get(name), list | None):
            raise _odd(folder, name, run[name], "a list")
    for judge in run.get("panel") or []:
        if isinstance(judge, dict) and not isinstance(judge.get("also"), list | None):
            raise _odd(folder, "panel: also", judge["also"], "a list")
    said = run.get("contamination")
    if isinstance(said, dict) and not isinstance(said.get("layers"), list | None):
        raise _odd(folder, "contamination: layers", said["layers"], "a list")
    waiting: list[tuple[str, Any, int]] = [(name, run[name], 0) for name in COUNTED if run.get(name) is not None]
    while waiting:
        place, value, depth = waiting.pop()
        if value is None and depth == 1:  # a run that ended before its problems counts no hops
            continue
        if isinstance(value, dict) and depth < DEEPEST:
            waiting += [(f"{place}: {ascii(name)[1:-1][:80]}", inner, depth + 1) for name, inner in value.items()]
        elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63 or not depth:
            raise _odd(folder, place, value, "a whole number" if depth else "a mapping of names to counts")


def _odd(folder: Path, place: str, value: Any, wanted: str) -> UserError:
    return UserError(
        f"{folder / 'run.json'}: {place} holds {kind_of(value)}; it must be {wanted}: make the folder again"
    )
