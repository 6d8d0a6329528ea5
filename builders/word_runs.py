"""Runs of words as numbers: every run of n words of many texts, hashed at the cost of a subtraction and a multiplication.

    texts -> Words;  Words.runs(10) -> a 64-bit number for each run of ten words (numpy)

The words (builders.normal) of a batch are one string of bytes. With P[i] the sum of its first i bytes, each times a power of M,
a run from a to b is (P[b] - P[a]) / M^a modulo 2^64, wherever it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from builders.normal import END, folded, plain

BATCH = 1 << 17  # characters that are hashed at once: more fall out of the processor's cache
BASE = 0x9E3779B97F4A7C15  # M: any odd number whose powers do not come back soon
SPARSE = 16  # places in a table per run
LARGEST = 26  # bits of the number of places: 8 MB
INVERSE = pow(BASE, -1, 1 << 64)

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]

NONE = np.zeros(0, np.uint64)


@dataclass(frozen=True)
class Words:
    """The words of many texts, each with a space behind it, and `END` behind each text."""

    data: bytes
    begins: Places  # of each word, and where the data ends
    ends: Places  # the words that are END, by their number
    hashes: tuple[Numbers, Numbers, Numbers]  # P at each word's begin and behind it, and 1 / M^begin

    def runs(self, length: int, among: Places | None = None) -> Numbers:
        """The hash of each run of so many words, by the number of its first word, or of those `among` them."""
        before, behind, scale = self.hashes
        if among is not None:
            return (behind[among + (length - 1)] - before[among]) * scale[among]
        count = max(0, len(before) - length + 1)
        return (behind[len(behind) - count :] - before[:count]) * scale[:count]

    def text(self, first: int, length: int) -> bytes:
        """So many words from the `first` on."""
        return self.data[self.begins[first] : self.begins[first + length]]

    def span(self, text: int) -> tuple[int, int]:
        """The first word of a text, and how many it has."""
        first = int(self.ends[text - 1]) + 1 if text else 0
        return first, int(self.ends[text]) - first

    def within(self, length: int) -> Places:
        """The runs of so many words that hold no END."""
        first = np.arange(len(self.hashes[0]))
        return np.flatnonzero(self.ends[np.searchsorted(self.ends, first)] - first >= length)


def words_of(texts: Sequence[str]) -> Words:
    """The words of texts, hashed."""
    signs = np.frombuffer(plain(b"\t" + b"".join([folded(text) + b"\t\0\t" for text in texts])), np.uint8)
    kept = signs != 32
    kept[1:] |= kept[:-1]  # one space, and no more, behind each word
    signs = signs[kept]
    powers, inverses = scales(1 << len(signs).bit_length())
    sums = np.zeros(len(signs) + 1, np.uint64)
    np.cumsum(signs * powers[: len(signs)], out=sums[1:])
    begins = np.concatenate(([0], np.flatnonzero(signs == 32) + 1))
    ends = np.flatnonzero(signs[begins[:-1]] == END[0])
    at_begins = sums[begins]
    return Words(signs.tobytes(), begins, ends, (at_begins[:-1], at_begins[1:], inverses[begins[:-1]]))


@lru_cache(maxsize=2)
def scales(size: int) -> tuple[Numbers, Numbers]:
    """M^0, M^1, ... and 1 / M^0, 1 / M^1, ... modulo 2^64."""
    made = []
    for base in (BASE, INVERSE):
        powers = np.full(size, base, np.uint64)
        powers[0] = 1
        made.append(np.multiply.accumulate(powers))
    return made[0], made[1]


class Runs(NamedTuple):
    """Runs of words of one length: their hashes, sorted, the first word of each, and a table in which most others are not."""

    hashes: Numbers
    firsts: Places
    table: NDArray[np.uint8]  # bits, by the first bits of a hash: small enough to stay in the processor's cache

    def likely(self, hashes: Numbers) -> Places:
        """Where those of some hashes stand that may be among ours."""
        place = hashes >> np.uint64(62 - len(self.table).bit_length())
        bits = self.table[(place >> np.uint64(3)).view(np.int64)]
        mask = np.uint8(1) << (place & np.uint64(7)).astype(np.uint8)
        return np.flatnonzero((bits & mask) != 0)

    def among(self, hashes: Numbers) -> NDArray[np.bool_]:
        """Which hashes are ours."""
        if not len(self.hashes):
            return np.zeros(len(hashes), np.bool_)
        at = np.searchsorted(self.hashes, hashes)
        return np.equal(self.hashes[np.minimum(at, len(self.hashes) - 1)], hashes)

    def where(self, hashes: Numbers) -> tuple[Places, Places]:
        """Of each hash, which runs have it: the first of them, and the first that has not."""
        return np.searchsorted(self.hashes, hashes), np.searchsorted(self.hashes, hashes, "right")


def tabled(hashes: Numbers) -> NDArray[np.uint8]:
    """The table of some hashes."""
    bits = min(max(10, (SPARSE * len(hashes)).bit_length()), LARGEST)
    table = np.zeros(1 << bits, np.bool_)
    table[(hashes >> np.uint64(64 - bits)).view(np.int64)] = True
    return np.packbits(table, bitorder="little")


def gathered(words: Sequence[Words], length: int, which: Sequence[Places]) -> Runs:
    """Runs of several batches, sorted by their hash."""
    offsets = np.cumsum([0, *(len(each.hashes[0]) for each in words)])
    hashes = np.concatenate([each.runs(length, among) for each, among in zip(words, which, strict=True)] or [NONE])
    firsts = np.concatenate([among + offset for among, offset in zip(which, offsets, strict=False)] or [NONE])
    order = np.argsort(hashes, kind="stable")
    return Runs(hashes[order], firsts[order].astype(np.int64), tabled(hashes))


def of_length(words: Words, length: int) -> Places:
    """The first words of the texts that have so many."""
    firsts = np.concatenate(([0], words.ends[:-1] + 1))
    return np.asarray(firsts[words.ends - firsts == length])


def joined(words: Sequence[Words]) -> Words:
    """Batches as one, without their hashes."""
    data = b"".join(each.data for each in words)
    signs = np.frombuffer(data, np.uint8)
    begins = np.concatenate(([0], np.flatnonzero(signs == 32) + 1))
    return Words(data, begins, np.flatnonzero(signs[begins[:-1]] == END[0]), (NONE, NONE, NONE))


def batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """Texts in lists of some `BATCH` characters."""
    batch: list[str] = []
    held = 0
    for text in texts:
        batch.append(text)
        held += len(text)
        if held >= BATCH:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch
