"""How a reply becomes columns: its reader, and what no reader is asked about.

the text of a reply + how it ended -> the columns of a question, or `<step>_error` and `<step>_detail`
"""

from collections.abc import Callable
from typing import Any

from builders.errors import Unreadable

Reader = Callable[[str], dict[str, Any]]
AGAIN = ("cut", "unreadable")  # what another try may mend (`tries` of a recipe)


def read_with(read: Reader, step: str, text: str, finish_reason: str | None, max_tokens: int) -> dict[str, Any]:
    """The columns that a reader makes of a text, or why there are none. Pure, as readers are."""
    if finish_reason == "length":
        return {f"{step}_error": "cut", f"{step}_detail": f"ended at {max_tokens} tokens"}
    try:
        return read(text)
    except Unreadable as problem:
        return {f"{step}_error": problem.reason, f"{step}_detail": problem.detail}
