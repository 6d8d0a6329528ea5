"""One of our commands by a clock that jumps: to and fro by years, whenever somebody looks at it.

python -m tests.faults.jumping SEED generation.mind --config mind-quickstart ...
"""

import random
import runpy
import sys
import time
from datetime import datetime, timedelta, tzinfo

import builders.commands
import generation.transport

YEARS = 20


class Jumping(datetime):
    """A wall clock that nobody should compute anything from."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Jumping":
        return cls.fromtimestamp(time.time(), tz)


if __name__ == "__main__":
    draw, real = random.Random(int(sys.argv[1])), time.time
    time.time = lambda: real() + timedelta(days=draw.uniform(-365 * YEARS, 365 * YEARS)).total_seconds()
    for module in (builders.commands, generation.transport):
        module.datetime = Jumping  # type: ignore[attr-defined]
    sys.argv = sys.argv[2:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
