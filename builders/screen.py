"""The screen of a command, which may be closed before or while it runs; that ends nothing."""

import contextlib
import io
import os
import re
import shutil
import sys
from typing import Any

from rich.console import Console

from builders.markdown import UNSEEN

COLOURS = re.compile(r"(\x1b\[[0-9;]*m)")  # rich's own; what else a terminal would act on was not meant for it


def say(text: str = "", *, error: bool = False) -> None:
    """A line for the person at the screen; a screen that was closed ends no run.

    What servers, rows and recipes say is shown, and steers no terminal.
    """
    _print(UNSEEN.sub("\ufffd", text), error)


def _print(text: str, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except (OSError, ValueError):
        mute(stream)


def mute(stream: Any) -> None:
    """Lets a stream lead nowhere: what is still in its buffer would fail again when the interpreter ends."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_streams() -> None:
    """A stream that the caller closed leads nowhere: else the next file to be opened would have its number."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "r" if name == "stdin" else "w"))


def show(*things: Any) -> None:
    """Prints tables and texts; a screen that was closed ends no run."""
    width = max(20, min(shutil.get_terminal_size((120, 24)).columns, 1000))
    for thing in things:
        text = io.StringIO()
        # What stands in brackets or between colons is a name that somebody gave, and neither markup nor an emoji.
        console = Console(
            file=text, width=width, force_terminal=is_terminal(sys.stdout), highlight=False, markup=False, emoji=False
        )
        console.print(thing)
        parts = COLOURS.split(text.getvalue().rstrip("\n"))
        _print("".join(part if at % 2 else UNSEEN.sub("\ufffd", part) for at, part in enumerate(parts)))


def is_terminal(stream: Any) -> bool:
    """Whether a person looks at a stream."""
    return stream is not None and not stream.closed and stream.isatty()
