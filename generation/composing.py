"""The rehearsal's problems as it thinks of them: a number for each point, claims about them, and what is asked for.

points, a draw -> Problem -> the value of each of its letters, its answer, whether it is sound

Whatever a problem claims can be computed: that is how the rehearsal's judges know a logical error when they read one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from generation.lexicon import known
from generation.tasks import MOST, TASKS, Numbers, drawn, put, value_of

LETTERS = "abcuvwzABCDEF"  # none of them stands in a task's words
FACTORS = (1, 1, 1, 2, 2, 3, 4, 5)
MODULI = (0, 0, 0, 7, 9, 11, 13, 17, 100)  # 0: the number itself is asked for
LINKS = ("plus", "plus", "minus", "times")


@dataclass(frozen=True)
class Part:
    """A number of a problem: its letter, task and numbers; `link`: added to, less or times an earlier letter."""

    letter: str
    task: str
    numbers: Numbers
    words: str
    link: tuple[str, str] | None = None


@dataclass(frozen=True)
class Claim:
    """What a problem says of a number: it is `even`, `odd`, `greater than`, `less than`, `a multiple of`."""

    letter: str
    kind: str
    than: int = 0


@dataclass(frozen=True)
class Problem:
    """`factors`: how often each letter counts in what is asked for (none: nothing is asked); `modulus`: or 0."""

    parts: tuple[Part, ...]
    claims: tuple[Claim, ...] = ()
    factors: tuple[tuple[str, int], ...] = ()
    modulus: int = 0


def values_of(problem: Problem) -> dict[str, int | None]:
    """The value of each letter in order; None where it does not exist, or rests on a letter that comes later."""
    made: dict[str, int | None] = {}
    for part in problem.parts:
        value = value_of(part.task, part.numbers)
        if part.link and value is not None:
            other = made.get(part.link[1])
            value = None if other is None else linked(part.link[0], value, other)
        made[part.letter] = value
    return made


def linked(kind: str, value: int, other: int) -> int:
    """A value tied to another one."""
    return {"plus": value + other, "minus": value - other, "times": value * other}[kind]


def holds(claim: Claim, value: int) -> bool:
    """Whether a claim is true of a value."""
    return {
        "even": value % 2 == 0, "odd": value % 2 == 1, "greater than": value > claim.than,
        "less than": value < claim.than, "a multiple of": bool(claim.than) and value % claim.than == 0,
    }[claim.kind]  # fmt: skip


def answer_of(problem: Problem) -> int | None:
    """What a problem comes to; None where it asks for nothing definite."""
    values, total = values_of(problem), 0
    for letter, factor in problem.factors:
        value = values.get(letter)
        if value is None:
            return None
        total += factor * value
    return (total % problem.modulus if problem.modulus else total) if problem.factors else None


def is_sound(problem: Problem) -> bool:
    """Whether every number exists and every claim is true."""
    values = values_of(problem)
    if None in values.values():
        return False
    told = [(claim, values.get(claim.letter)) for claim in problem.claims]
    return all(value is not None and holds(claim, value) for claim, value in told)


def composed(points: Sequence[str], draw: Random) -> Problem:
    """A sound problem with a number for each point, and at least two."""
    parts: list[Part] = []
    for number, letter in enumerate(LETTERS[: max(2, len(points))]):
        point = known(points[number]) if number < len(points) else None
        used = {part.task for part in parts}
        fresh = [task for task in (point.tasks if point else TASKS) if task not in used]
        parts.append(_part(letter, draw.choice(fresh or [task for task in TASKS if task not in used]), parts, draw))
    factors = tuple((part.letter, draw.choice(FACTORS)) for part in parts)
    bare = Problem(tuple(parts), (), factors, draw.choice(MODULI))
    values = [(letter, value) for letter, value in values_of(bare).items() if value is not None]
    claims = [_claim(*pair, draw) for pair in draw.sample(values, draw.choice((0, 1, 1, 2)))]
    return replace(bare, claims=tuple(claims))


def _part(letter: str, task: str, before: list[Part], draw: Random) -> Part:
    numbers = drawn(task, draw)
    assert numbers is not None, task
    bare = Part(letter, task, numbers, put(draw.choice(TASKS[task].words), numbers))
    if not before or draw.random() < 0.35:
        return bare
    tied = replace(bare, link=(draw.choice(LINKS), draw.choice(before).letter))
    value = values_of(Problem((*before, tied)))[letter]
    return tied if value is not None and abs(value) < MOST else bare


def _claim(letter: str, value: int, draw: Random) -> Claim:
    kinds = [Claim(letter, "odd" if value % 2 else "even"), Claim(letter, "greater than", value - draw.randint(1, 20))]
    kinds.append(Claim(letter, "less than", value + draw.randint(1, 20)))
    kinds += [Claim(letter, "a multiple of", factor) for factor in (3, 5, 7) if value % factor == 0]
    return draw.choice(kinds)


def falsified(problem: Problem, draw: Random) -> Problem:
    """The same problem with a logical error: a number that does not exist, a circle, or a false claim."""
    parts, form = problem.parts, draw.randrange(3)
    at = draw.randrange(len(parts))
    if form == 0:
        numbers = drawn(parts[at].task, draw, sound=False)
        if numbers is not None:
            words = put(draw.choice(TASKS[parts[at].task].words), numbers)
            return replace(
                problem, parts=(*parts[:at], replace(parts[at], numbers=numbers, words=words), *parts[at + 1 :])
            )
    if form == 1:
        circle = replace(parts[0], link=("plus", parts[-1].letter))
        return replace(problem, parts=(circle, *parts[1:]))
    letter, value = draw.choice([(letter, value) for letter, value in values_of(problem).items() if value is not None])
    wrong = draw.choice(
        (
            Claim(letter, "even" if value % 2 else "odd"),
            Claim(letter, "greater than", value + draw.randint(3, 40)),
            Claim(letter, "less than", value - draw.randint(3, 40)),
        )
    )
    return replace(problem, claims=(*problem.claims, wrong))
