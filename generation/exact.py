"""Exact arithmetic of small integers, and the shape of a task of the rehearsal's problems.

numbers -> an integer, or None where there is none
"""

import math
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Task:
    """`words`: ways to put it, #0, #1, ... for its numbers; `ranges`: of each; `how`: the calculation in LaTeX."""

    words: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]
    value: Callable[..., int | None]
    how: str
    hard: int = 1


def root(square: int) -> int | None:
    """The integer whose square it is."""
    found = math.isqrt(square) if square >= 0 else -1
    return found if found >= 0 and found * found == square else None


def quotient(top: int, bottom: int) -> int | None:
    """A quotient that is an integer."""
    return top // bottom if top % bottom == 0 else None


def primes_of(number: int) -> list[int]:
    """The prime factors of a positive integer, in order, each as often as it occurs."""
    made, divisor = [], 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            made.append(divisor)
            number //= divisor
        divisor += 1
    return made + [number] * (number > 1)


def divisors_of(number: int) -> int:
    """How many positive divisors a positive integer has."""
    found = primes_of(number)
    return math.prod(found.count(prime) + 1 for prime in set(found))


def digits_of(number: int, base: int) -> list[int]:
    """The digits of a positive integer, the last one first."""
    made = []
    while number:
        number, digit = divmod(number, base)
        made.append(digit)
    return made


def logarithm(number: int, base: int) -> int | None:
    """The positive exponent of a base that gives a number."""
    exponent = 0
    while base > 1 and number > 1 and number % base == 0:
        number, exponent = number // base, exponent + 1
    return exponent if number == 1 and exponent else None


def larger_root(total: int, product: int) -> int | None:
    """The larger root of x^2 - total x + product, where it is an integer."""
    found = root(total * total - 4 * product)
    return None if found is None else quotient(total + found, 2)


def where(holds: bool, value: int) -> int | None:
    """A value that exists only where something holds."""
    return value if holds else None
