"""The small tasks that the rehearsal's problems are made of.

    a task, a draw -> numbers; a task with numbers -> its value; words with numbers in them -> (task, numbers) again

Every value is an integer. Where the numbers admit no value (a right triangle with an irrational hypotenuse that is
said to be an integer), it is None.
"""

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import product
from random import Random

from generation.tasks_algebra import ALGEBRA
from generation.tasks_numbers import NUMBERS
from generation.tasks_shapes import SHAPES

TASKS = {**NUMBERS, **ALGEBRA, **SHAPES}
Numbers = tuple[int, ...]
MOST = 10**7  # a value beyond it counts as none
PLACE = re.compile(r"#(\d)")
HEAD = 6  # first characters of the words, by which a task is looked for
TRIES = 300


@lru_cache(maxsize=65536)
def value_of(name: str, numbers: Numbers) -> int | None:
    """What a task comes to with numbers; None where it comes to nothing definite."""
    try:
        value = TASKS[name].value(*numbers)
    except (ZeroDivisionError, ValueError, OverflowError):
        return None
    return value if value is not None and abs(value) <= MOST else None


def drawn(name: str, draw: Random, sound: bool = True) -> Numbers | None:
    """Numbers with a value, or (`sound` false) without one; None where there are none such to be found."""
    for _ in range(TRIES):
        numbers = tuple(draw.randint(low, high) for low, high in TASKS[name].ranges)
        if (value_of(name, numbers) is not None) is sound:
            return numbers
    every = product(*(range(low, high + 1) for low, high in TASKS[name].ranges)) if sound else ()
    return next((numbers for numbers in every if value_of(name, numbers) is not None), None)


def put(words: str, numbers: Numbers) -> str:
    """Words with their numbers in place of #0, #1, ..."""
    return PLACE.sub(lambda place: str(numbers[int(place[1])]), words)


def pattern(words: str) -> re.Pattern[str]:
    """What words look like with any numbers; a number that occurs twice is the same both times."""
    parts, seen = [], set[str]()
    for number, part in enumerate(PLACE.split(words)):
        if number % 2 == 0:
            parts.append(re.escape(part))
        else:
            parts.append(f"(?P=n{part})" if part in seen else rf"(?P<n{part}>-?\d{{1,9}})")
            seen.add(part)
    return re.compile("".join(parts))


@cache
def _patterns() -> dict[str, list[tuple[Callable[[str], re.Match[str] | None], str]]]:
    made: dict[str, list[tuple[Callable[[str], re.Match[str] | None], str]]] = {}
    for name, task in TASKS.items():
        for words in task.words:
            made.setdefault(words[:HEAD], []).append((pattern(words).fullmatch, name))
    return made


@lru_cache(maxsize=65536)
def read(words: str) -> tuple[str, Numbers] | None:
    """Which task with which numbers stands behind words; None where it is none of ours."""
    for match, name in _patterns().get(words[:HEAD], ()):
        found = match(words)
        if found:
            return name, tuple(int(found[f"n{place}"]) for place in range(len(TASKS[name].ranges)))
    return None
