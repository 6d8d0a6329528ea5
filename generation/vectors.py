"""The rehearsal's embeddings: spellings of one point lie close together, points of one family not far, others apart.

a text -> 128 numbers of length 1, the same for ever

A known point is a sum of three directions at right angles: its family's, its own, its spelling's. Any other text is the
sum of its words' directions. Drawn from hashes, without numpy.
"""

import math
from functools import lru_cache
from hashlib import blake2b
from random import Random

from generation.lexicon import folded, is_far, known, plain

SIZE = 128
FAMILY = (0.80, 0.91)  # how much of a point is its family's; two points of one family agree by the product of theirs
SPELLING = 0.18  # how much of a spelling is its own
OTHER_WORDS = 0.50  # the same, where the point is said in other words
LONG = 4000  # words of a text that count

Vector = tuple[float, ...]


def direction(name: str) -> list[float]:
    """A direction drawn from a name."""
    draw = Random(int.from_bytes(blake2b(name.encode("utf-8", "replace"), digest_size=8).digest()))
    return _unit([draw.gauss(0.0, 1.0) for _ in range(SIZE)])


def _unit(vector: list[float]) -> list[float]:
    length = math.sqrt(sum(x * x for x in vector)) or 1.0
    return [x / length for x in vector]


def _upright(vector: list[float], others: list[list[float]]) -> list[float]:
    for other in others:
        along = sum(x * y for x, y in zip(vector, other, strict=True))
        vector = [x - along * y for x, y in zip(vector, other, strict=True)]
    return _unit(vector)


@lru_cache(maxsize=16384)
def embedding(text: str) -> Vector:
    """A text's vector."""
    point = known(text)
    if point is None:
        return _of_words(text)
    family = direction(f"family {point.family}")
    own = _upright(direction(f"point {point.name}"), [family])
    spelling = _upright(direction(f"spelling {folded(text)}"), [family, own])
    low, high = FAMILY
    share = low + (high - low) * (blake2b(point.name.encode(), digest_size=1).digest()[0] / 255)
    noise = OTHER_WORDS if is_far(text) else 0.0 if folded(text) == folded(point.name) else SPELLING
    parts = zip(family, own, spelling, strict=True)
    rest, kept = math.sqrt(1 - share * share), math.sqrt(1 - noise * noise)
    return tuple(round(kept * (share * f + rest * o) + noise * s, 6) for f, o, s in parts)


@lru_cache(maxsize=16384)
def _word(word: str) -> list[float]:
    return direction(f"word {word}")


def _of_words(text: str) -> Vector:
    counts: dict[str, int] = {}
    for word in plain(text).split()[:LONG] or text.split()[:LONG] or [text]:
        counts[word] = counts.get(word, 0) + 1
    total = [0.0] * SIZE
    for word, count in counts.items():
        weight = math.sqrt(count) * (0.3 if len(word) < 4 else 1.0)
        total = [x + weight * y for x, y in zip(total, _word(word), strict=True)]
    return tuple(round(x, 6) for x in _unit(total))
