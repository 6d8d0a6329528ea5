"""Runs of words as numbers: every run of n words of many texts, hashed at the cost of a subtraction and a multiplication.

    texts -> Words;  Words.runs(10) -> a 64-bit number for each run of ten words (numpy)

The words (builders.normal) of a batch are one string of bytes without spaces, so that a whole text is the same number however
it is spaced. With P[i] the sum of its first i bytes, each times a power of M, a run from a to b is (P[b] - P[a]) / M^a modulo
2^64, wherever it stands.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from builders.normal import END, folded, plain
from builders.sieve import Numbers, Places, Sieve, sieved

BATCH = 1 << 17  # characters that are hashed at once: more fall out of the processor's cache
BASE = 0x9E3779B97F4A7C15  # M: any odd number whose powers do not come back soon
REPEATS = 3  # a text of one word a thousand times has a run of ten in a thousand places: the first few will do
INVERSE = pow(BASE, -1, 1 << 64)

NONE = np.zeros(0, np.uint64)
ZERO, A = np.uint8(ord("0")), np.uint8(ord("a"))


@dataclass(frozen=True)
class Words:
    """The words of many texts, one behind the other, and `END` behind each text."""

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
        found = behind[len(behind) - count :] - before[:count]
        found *= scale[:count]
        return found

    def wholes(self) -> Numbers:
        """The hash of each text; 0 where it has no word."""
        before, _, scale = self.hashes
        firsts = np.concatenate(([0], self.ends[:-1] + 1))[: len(self.ends)]
        return (before[self.ends] - before[firsts]) * scale[firsts]

    def text(self, first: int, length: int) -> bytes:
        """So many words from the `first` on, with spaces between them."""
        bounds = self.begins[first : first + length + 1].tolist()
        return b" ".join([self.data[low:high] for low, high in pairwise(bounds)])

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
    spaced = np.frombuffer(plain(b"\t" + b"".join([folded(text) + b"\t\0\t" for text in texts])), np.uint8)
    at = np.flatnonzero(spaced != 32)
    signs = spaced[at]
    fresh = np.ones(len(signs), np.bool_)
    np.greater(at[1:] - at[:-1], 1, out=fresh[1:])
    fresh[1:] |= (signs[:-1] - ZERO < 10) & (signs[1:] - A < 26)
    begins = np.append(np.flatnonzero(fresh), len(signs))
    powers, inverses = scales(1 << len(signs).bit_length())
    sums = np.zeros(len(signs) + 1, np.uint64)
    sums[1:] = signs
    sums[1:] *= powers[: len(signs)]
    np.cumsum(sums, out=sums)
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
    """Runs of words of one length: their hashes, sorted, the first word of each, and a sieve in which most others are not."""

    hashes: Numbers
    firsts: Places
    sieve: Sieve

    def among(self, hashes: Numbers) -> NDArray[np.bool_]:
        """Which hashes are ours."""
        if not len(self.hashes):
            return np.zeros(len(hashes), np.bool_)
        at = np.searchsorted(self.hashes, hashes)
        return np.equal(self.hashes[np.minimum(at, len(self.hashes) - 1)], hashes)

    def where(self, hashes: Numbers) -> tuple[Places, Places]:
        """Of each hash, which runs have it: the first of them, and the first that has not."""
        return np.searchsorted(self.hashes, hashes), np.searchsorted(self.hashes, hashes, "right")


def gathered(words: Sequence[Words], length: int, which: Sequence[Places]) -> Runs:
    """Runs of several batches, sorted by their hash; what a text repeats, `REPEATS` times."""
    offsets = np.cumsum([0, *(len(each.hashes[0]) for each in words)])
    hashes = np.concatenate([each.runs(length, among) for each, among in zip(words, which, strict=True)] or [NONE])
    firsts = np.concatenate([among + offset for among, offset in zip(which, offsets, strict=False)] or [NONE])
    ends = np.concatenate([each.ends + offset for each, offset in zip(words, offsets, strict=False)] or [NONE])
    order = np.argsort(hashes, kind="stable")
    hashes, firsts = hashes[order], firsts[order].astype(np.int64)
    texts = np.searchsorted(ends, firsts)
    fresh = np.ones(len(hashes), np.bool_)
    fresh[1:] = (hashes[1:] != hashes[:-1]) | (texts[1:] != texts[:-1])
    begins = np.flatnonzero(fresh)
    kept = np.arange(len(hashes)) - np.repeat(begins, np.diff(np.append(begins, len(hashes)))) < REPEATS
    return Runs(hashes[kept], firsts[kept], sieved(hashes))


def whole_texts(words: Sequence[Words]) -> Runs:
    """The texts of several batches that have words, sorted by the hash of all of them; each with its number."""
    hashes = np.concatenate([each.wholes() for each in words] or [NONE])
    order = np.argsort(hashes, kind="stable")
    order = order[hashes[order] != 0]
    return Runs(hashes[order], order, sieved(hashes))


def of_length(words: Words, length: int) -> Places:
    """The first words of the texts that have so many."""
    firsts = np.concatenate(([0], words.ends[:-1] + 1))
    return np.asarray(firsts[words.ends - firsts == length])


def joined(words: Sequence[Words]) -> Words:
    """Batches as one, without their hashes."""
    data = b"".join(each.data for each in words)
    sizes = np.cumsum([0, *(len(each.data) for each in words)])
    counts = np.cumsum([0, *(len(each.begins) - 1 for each in words)])
    begins = np.concatenate([each.begins[:-1] + size for each, size in zip(words, sizes, strict=False)] + [sizes[-1:]])
    ends = [each.ends + count for each, count in zip(words, counts, strict=False)]
    return Words(data, begins, np.concatenate([np.zeros(0, np.int64), *ends]), (NONE, NONE, NONE))


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
