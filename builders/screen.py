"""The screen of a command, which may be closed before or while it runs; that ends nothing."""

import contextlib
import os
import sys
from typing import Any


def say(text: str = "", *, error: bool = False) -> None:
    """A line for the person at the screen; a screen that was closed ends no run."""
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
