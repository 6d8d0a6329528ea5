"""The tests of this folder for as long as one likes, with new draws: what they find becomes a case of a test.

    python -m tests.fuzz --seconds 3600 --seed 5
    seed 5, 6, 7, ... -> nothing, or the failing test, what it was given, and exit 1

`make test` draws a few, the same in every run.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from builders.commands import command, option, parse
from builders.errors import CheckFailed
from builders.screen import say


@dataclass(frozen=True)
class Fuzz:
    """What `python -m tests.fuzz` can be told."""

    seconds: int = option(600, "how long", metavar="SECONDS")
    seed: int | None = option(None, "of the first round; drawn and printed where none is given", metavar="N")
    only: str = option("", "tests whose names hold this, as pytest's -k takes it", metavar="WORDS")


def main(argv: Sequence[str]) -> None:
    asked = parse(Fuzz, argv, "tests.fuzz", __doc__.splitlines()[0])
    seed, until = Random().randrange(100_000) if asked.seed is None else asked.seed, time.monotonic() + asked.seconds
    while time.monotonic() < until:
        flags = [
            "--hypothesis-profile=long",
            f"--hypothesis-seed={seed}",
            "-x",
            *(["-k", asked.only] if asked.only else []),
        ]
        code = subprocess.run([sys.executable, "-m", "pytest", str(Path(__file__).parent), *flags]).returncode
        if code:
            raise CheckFailed(f"found something; again: python -m tests.fuzz --seed {seed} --seconds 1")
        say(f"seed {seed}: nothing")
        seed += 1


if __name__ == "__main__":
    command(main)
