"""Rows of several parts, interleaved so that at every place each part has its share of the tokens so far.

parts of rows with their tokens, what each is to have -> (part, row), ... ; Short where one has not enough
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

LEAST = 0.005  # of what it should have, that a part may lack at its end
AHEAD, NEAR = (
    64,
    8,
)  # rows among which a part's last ones are chosen, and how many of the longest are still to come then


class Short(Exception):
    """A part has fewer tokens than it was to give."""

    def __init__(self, part: int, tokens: int) -> None:
        super().__init__(part, tokens)
        self.part = part
        self.tokens = tokens


def interleaved(
    parts: Sequence[Iterator[T]], tokens: Callable[[T], int], weights: Sequence[float], targets: Sequence[int] | None
) -> Iterator[tuple[int, T]]:
    """The next row is of the part that lacks most of its share. Without `targets` all end with the first part that does."""
    given = [0] * len(parts)
    reading = [part if targets is None else ending(at, part, tokens, targets[at]) for at, part in enumerate(parts)]
    going = set(range(len(parts)))
    while going:
        part = max(going, key=lambda at: (weights[at] * (sum(given) + 1) - given[at], -at))
        row = next(reading[part], None)
        if row is not None:
            given[part] += tokens(row)
            yield part, row
        elif targets is None:
            return
        else:
            going.remove(part)


def ending(part: int, rows: Iterator[T], tokens: Callable[[T], int], target: int) -> Iterator[T]:
    """Rows of a part until it has its tokens; the last ones are chosen so that it ends where it should."""
    given = longest = 0
    for row in rows:
        longest = max(longest, tokens(row))
        if target - given <= NEAR * longest:
            ahead = [row, *islice(rows, AHEAD)]
            if len(ahead) <= AHEAD:
                check(part, given + sum(map(tokens, ahead)), target)
            yield from fitting(ahead, tokens, target - given)
            return
        given += tokens(row)
        yield row
    check(part, given, target)


def check(part: int, tokens: int, target: int) -> None:
    """Raises `Short` where all that a part has is too little."""
    if target - tokens > LEAST * target:
        raise Short(part, tokens)


def fitting(rows: Sequence[T], tokens: Callable[[T], int], room: int) -> Iterator[T]:
    """Of the rows those that together come nearest to the room, in their order."""
    sums = [1]  # bit n of sums[i]: some of the first i rows have n tokens
    for row in rows:
        sums.append(sums[-1] | sums[-1] << tokens(row))
    left = next(at for away in range(room + 1) for at in (room - away, room + away) if sums[-1] >> at & 1)
    taken = []
    for at in range(len(rows), 0, -1):
        if not sums[at - 1] >> left & 1:
            left -= tokens(rows[at - 1])
            taken.append(rows[at - 1])
    yield from reversed(taken)
