"""Rows in and out, and what can be said of them without a model."""

import os
import signal
import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType

VERSION = "0.1.0"  # of mathloom: setup.cfg and every run.json have it from here


def begin(package: str) -> None:
    """What is settled while `python -m` or `mathloom` imports, which takes a second, before a main can begin.

    A Ctrl-C is one word and exit 130, as it is later. Arrow allocates by malloc: its own allocator reserves a GiB, keeps what
    was freed, 20 MB of the 265 of a run, and learns of another only here.
    """
    module = any(pair[0] == "-m" and pair[1].startswith(f"{package}.") for pair in pairwise(sys.orig_argv))
    console = package == __name__ and [Path(word).stem for word in sys.argv[:1]] == ["mathloom"]
    if console or (module and sys.argv[:1] == ["-m"]):  # which is what stands there until the module is found
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    if number == signal.SIGINT and sys.stderr is not None:
        os.write(2, b"mathloom: interrupted\n")
    os._exit(130)


begin(__name__)
