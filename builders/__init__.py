"""Rows in and out, and what can be said of them without a model."""

import os
import signal
import sys
from itertools import pairwise
from types import FrameType

VERSION = "0.1.0"  # of mathloom: setup.cfg and every run.json have it from here


def leave_quietly(package: str) -> None:
    """`python -m` imports for a second before a main can begin: a Ctrl-C there is one word and exit 130, as it is later."""
    ours = any(pair[0] == "-m" and pair[1].startswith(f"{package}.") for pair in pairwise(sys.orig_argv))
    if ours and sys.argv[:1] == ["-m"]:  # which is what stands there until the module is found
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    if number == signal.SIGINT and sys.stderr is not None:
        os.write(2, b"mathloom: interrupted\n")
    os._exit(130)


leave_quietly(__name__)
