"""Runs that are disturbed at random moments, and must end as if nothing had been.

    python -m tests.faults [--method mind] [--scene kills] [--seed 17] [--moments 10]
    scene, method, seed -> a line on the screen that says what was seen; exit 1 and the command to repeat it where it is wrong

A seed decides what is planted, what fails and when a run is disturbed; how far a run has come by then is the machine's.
`kills` goes on with the next seed until there were as many kills as `--moments` says; the others are disturbed so often.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from builders.commands import command, option, parse
from builders.errors import CheckFailed, MathloomError, UserError
from builders.screen import say
from tests.faults.runs import METHODS, Wrong, case
from tests.faults.scenes import SCENES

MANY = 100_000  # seeds that are drawn from where none is given


@dataclass(frozen=True)
class Faults:
    """What `python -m tests.faults` can be told."""

    method: list[str] = option(list(METHODS), "mind, gsdp, or both", metavar="NAME")
    scene: list[str] = option(list(SCENES), f"what happens: {', '.join(SCENES)}", metavar="NAME")
    seed: int | None = option(None, "of the first run; drawn and printed where none is given", metavar="N")
    moments: int | None = option(None, "disturbances of each scene (default: 10 kills, 2 of the others)", metavar="N")


def main(argv: Sequence[str]) -> None:
    asked = parse(Faults, argv, "tests.faults", __doc__.splitlines()[0])
    for name, known in (("method", METHODS), ("scene", SCENES)):
        for one in getattr(asked, name):
            if one not in known:
                raise UserError(f"there is no {name} '{one}'; there are {', '.join(known)}")
    seed = Random().randrange(MANY) if asked.seed is None else asked.seed
    wrong = [
        again
        for scene in asked.scene
        for method in asked.method
        for again in played(scene, method, seed, asked.moments or (10 if scene == "kills" else 2))
    ]
    if wrong:
        raise CheckFailed("\n".join([f"{len(wrong)} runs did not end as they should; each is one command:", *wrong]))


def played(scene: str, method: str, seed: int, moments: int) -> list[str]:
    """Plays a scene, `kills` with as many seeds as it takes; the commands that repeat what was wrong."""
    wrong, left, last = [], moments, seed + 3 * moments
    while left > 0 and seed < last:
        again, began = (
            f"python -m tests.faults --scene {scene} --method {method} --seed {seed} --moments {left}",
            time.monotonic(),
        )
        try:
            with case(method, seed) as made:
                said = SCENES[scene](made, left, Random(f"{scene} {method} {seed}"))
                done = made.done
        except (Wrong, MathloomError, OSError) as problem:  # whatever it was, the scenes after it are played
            said, done = f"WRONG: {problem}", 1
            wrong.append(again)
        say(f"{scene} {method} seed {seed}: {said} ({time.monotonic() - began:.0f} s)")
        left = left - done if scene == "kills" else 0
        seed += 1
    return wrong


if __name__ == "__main__":
    command(main)
