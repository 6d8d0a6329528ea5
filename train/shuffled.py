"""The rows of many files in an order that a seed gives, in bounded memory.

files, seed -> several files at once, a row of each in turn, through a pool from which rows are drawn
"""

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from builders.row import Row

OPEN = 8  # files that are read at once
POOL_ROWS, POOL_BYTES = 10_000, 32 << 20  # of rows that wait to be drawn


def shuffled(files: Sequence[Callable[[], Iterator[Row]]], seed: str) -> Iterator[Row]:
    """Every row once; a file is what gives its rows. As in any stream, a row comes near those that are read with it."""
    draw = random.Random(seed)
    order = list(files)
    draw.shuffle(order)
    pool: list[Row] = []
    held = 0
    for row in in_turn(order):
        pool.append(row)
        held += size(row)
        while len(pool) > POOL_ROWS or held > POOL_BYTES:
            drawn = take(pool, draw)
            held -= size(drawn)
            yield drawn
    while pool:
        yield take(pool, draw)


def in_turn(files: Sequence[Callable[[], Iterator[Row]]]) -> Iterator[Row]:
    """A row of each of the open files in turn; where one ends, the next is opened."""
    waiting = iter(files)
    going = [file() for file in islice(waiting, OPEN)]
    while going:
        for at, rows in reversed(list(enumerate(going))):
            row = next(rows, None)
            if row is not None:
                yield row
            elif (file := next(waiting, None)) is not None:
                going[at] = file()
            else:
                del going[at]


def take(pool: list[Row], draw: random.Random) -> Row:
    """A row drawn from the pool; the last one takes its place."""
    at = draw.randrange(len(pool))
    pool[at], pool[-1] = pool[-1], pool[at]
    return pool.pop()


def size(row: Row) -> int:
    """Bytes of a row, about: what its lists and objects hold too, and a text that stands in it twice once."""
    held, waiting, texts = 200, list(row.values()), dict[int, int]()
    while waiting:
        value = waiting.pop()
        held += 50
        if isinstance(value, str):
            texts[id(value)] = len(value)
        if isinstance(value, list) and value[:1] and isinstance(value[0], (int, float)):
            held += 8 * len(value)  # a vector
        else:
            waiting += value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else []
    return held + sum(texts.values())
