"""GSDP in miniature: points that can be applied to a number, problems that chain one, two or three of them, some pairs never taught.

    a draw -> Chain(start, points) -> "Problem:\\nTake 34: double, then swap. ...", and its solution, a step for each point

A hop is a point here, where the paper's is an edge between two: `one_hop` applies one point, `two_hop` two, `three_hop` three.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations
from random import Random

from builders.problems import with_solution

MODULUS = 100
POINTS: dict[str, Callable[[int], int]] = {
    "double": lambda n: 2 * n % MODULUS,
    "triple": lambda n: 3 * n % MODULUS,
    "halve": lambda n: n // 2,
    "swap": lambda n: n % 10 * 10 + n // 10,
    "flip": lambda n: MODULUS - 1 - n,
    "raise": lambda n: (n + 7) % MODULUS,
    "lower": lambda n: (n - 9) % MODULUS,
    "shift": lambda n: (n + 30) % MODULUS,
}
HOPS = {"one_hop": 1, "two_hop": 2, "three_hop": 3}
HELD_PAIRS = 12  # of the 56 ordered pairs of points: never one after the other in what is trained on

Pair = tuple[str, str]


@dataclass(frozen=True)
class Chain:
    """Points applied one after the other to a number of 0 to 99."""

    start: int
    points: tuple[str, ...]

    @property
    def values(self) -> tuple[int, ...]:
        """What each point comes to."""
        values, now = [], self.start
        for name in self.points:
            now = POINTS[name](now)
            values.append(now)
        return tuple(values)

    @property
    def problem(self) -> str:
        """What is asked."""
        return f"Take {self.start}: {', then '.join(self.points)}."

    @property
    def solution(self) -> str:
        """A step for each point, and the answer behind `####`."""
        before = (self.start, *self.values)
        steps = [f"{name} {was} is {now}." for name, was, now in zip(self.points, before, self.values, strict=False)]
        return f"{' '.join(steps)}\n#### {self.values[-1]}"

    @property
    def prompt(self) -> str:
        """The text up to where its solution begins."""
        return with_solution(self.problem, "")


def held_pairs(seed: int) -> frozenset[Pair]:
    """The pairs that only the items ask for."""
    every = list(permutations(POINTS, 2))
    return frozenset(Random(f"pairs {seed}").sample(every, HELD_PAIRS))


def walks(hops: int, held: frozenset[Pair], wanted: bool) -> list[tuple[str, ...]]:
    """All chains of `hops` different points that hold one of the held pairs, or (`wanted` false) none."""
    return [walk for walk in permutations(POINTS, hops) if any(pair in held for pair in pairwise(walk)) is wanted]


def chains(walks: Sequence[tuple[str, ...]], draw: Random, most: int) -> list[Chain]:
    """At most `most` different chains along the walks, in a drawn order."""
    every = [Chain(start, walk) for walk in walks for start in range(MODULUS)]
    return draw.sample(every, min(most, len(every)))
