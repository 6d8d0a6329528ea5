"""Which texts share their words with a benchmark: equal after normalising, or a run of ten words; kept as evidence.

    (benchmark, id, text), ... -> Index;  Index.hits(text) -> [{benchmark, id, layer, evidence}, ...], empty where clean

`layer` is `exact` (the whole text, as builders.normal has it and however it is spaced: xy is x y) or `n-gram` (a run of 10 words
and more, or all the words of an item that has fewer); `evidence` is the longest run that text and item share. What hashes find
is compared as text before it counts.

Runs are looked up by their hashes (builders.word_runs), many texts at once.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from builders.sieve import Places, Sieve, sieved
from builders.word_runs import Runs, Words, batches, gathered, joined, of_length, whole_texts, words_of

__all__ = ["DECIDES", "REPORTED", "Index", "Item", "Look"]

REPORTED = (8, 10, 13, 15)  # words of a run; GRIP (arXiv 2412.08864, v4) reports its overlap with MATH for each
DECIDES = 10
SPACE = re.compile(rb" (?:(?<![0-9] )|(?![0-9]))")

Hit = dict[str, str]


class Item(NamedTuple):
    """A text of a benchmark."""

    benchmark: str
    id: str
    text: str


class Look(NamedTuple):
    """What was found in a text: the hits that decide, and for each benchmark the longest run of `REPORTED` that both have."""

    hits: tuple[Hit, ...] = ()
    runs: Mapping[str, int] = MappingProxyType({})


CLEAN = Look()  # one for all: most texts are


@dataclass(frozen=True)
class Index:
    """The texts of benchmarks, made to be looked up in; `Index.of` makes it."""

    items: tuple[Item, ...]
    labels: tuple[str, ...]  # of the benchmarks
    owners: Places  # of each item the benchmark, by number
    words: Words
    ends: list[int]  # the words behind each item
    runs: dict[int, Runs]  # of the lengths in REPORTED, within any item
    wholes: dict[int, Runs]  # of less than DECIDES words: those that are an item
    heads: dict[int, Sieve]  # of the first 1, 2 or 4 words of those
    texts: Runs  # whole items, by their number

    @classmethod
    def of(cls, items: Iterable[Item]) -> "Index":
        """An index over items; one without any word is never met."""
        known = list(items)
        words = [words_of(batch) for batch in batches([item.text for item in known])]
        runs, wholes = {}, {}
        for length in REPORTED:
            runs[length] = gathered(words, length, [each.within(length) for each in words])
        for length in range(1, DECIDES):
            wholes[length] = gathered(words, length, [of_length(each, length) for each in words])
        wholes = {length: each for length, each in wholes.items() if len(each.hashes)}
        heads = {
            first: sieved(
                np.concatenate(
                    [
                        each.runs(first, of_length(each, length))
                        for length in wholes
                        if head(length) == first
                        for each in words
                    ]
                )
            )
            for first in {head(length) for length in wholes}
        }
        whole = joined(words)
        labels = tuple(dict.fromkeys(item.benchmark for item in known))
        numbers = {label: number for number, label in enumerate(labels)}
        owners = np.array([numbers[item.benchmark] for item in known], np.int64)
        return cls(tuple(known), labels, owners, whole, whole.ends.tolist(), runs, wholes, heads, whole_texts(words))

    def hits(self, text: str) -> list[Hit]:
        """What a text shares with the benchmarks; nothing where it is clean."""
        return list(self.look([text])[0].hits)

    def look(self, texts: Sequence[str]) -> list[Look]:
        """`hits` of many texts, several times as fast, and how long their runs are."""
        return [look for batch in batches(texts) for look in self._look(words_of(batch))]

    def _look(self, words: Words) -> list[Look]:
        least = REPORTED[0]
        met = {least: self._meet(words, least, self.runs[least])}
        for length in REPORTED[1:]:
            met[length] = self._meet(words, length, self.runs[length], met[least])
        runs = self._longest(words, met)
        shared: dict[int, list[Shared]] = defaultdict(list)
        begun = {first: sieve.likely(words.runs(first)) for first, sieve in self.heads.items() if first < least}
        for length, whole in self.wholes.items():
            found = self._meet(words, length, whole, begun.get(head(length), met[least]))
            self._share(words, length, whole, found, shared)
        self._share(words, DECIDES, self.runs[DECIDES], met[DECIDES], shared)
        same = self._same(words)
        looks = [CLEAN] * len(words.ends)
        for text in runs.keys() - shared.keys() - same.keys():
            looks[text] = Look((), runs[text])
        for text in {*shared, *same}:
            looks[text] = Look(self._told(words, text, shared.get(text, ()), same.get(text, ())), runs.get(text, {}))
        return looks

    def _same(self, words: Words) -> dict[int, list[int]]:
        """Of each text the items that are the same but for spaces, as far as their hashes say."""
        hashes = words.wholes()
        texts = self.texts.sieve.likely(hashes)
        texts = texts[self.texts.among(hashes[texts])]
        first, behind = self.texts.where(hashes[texts])
        spans = zip(texts.tolist(), first.tolist(), behind.tolist(), strict=True)
        return {text: self.texts.firsts[low:high].tolist() for text, low, high in spans}

    def _longest(self, words: Words, met: Mapping[int, Places]) -> dict[int, dict[str, int]]:
        """Of each text the longest run that it shares with each benchmark, by what was met of each length."""
        made: dict[int, dict[str, int]] = defaultdict(dict)
        for length, found in met.items():
            if not len(found):
                break  # nor is there a longer one
            texts, owners = np.searchsorted(words.ends, found), np.zeros(1, np.int64)
            if len(self.labels) > 1:
                runs = self.runs[length]
                first, behind = runs.where(words.runs(length, found))
                counts = behind - first
                places = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
                texts = np.repeat(texts, counts)
                owners = self.owners[np.searchsorted(self.words.ends, runs.firsts[places])]
            for each in np.unique(texts * len(self.labels) + owners).tolist():
                text, owner = divmod(each, len(self.labels))
                made[text][self.labels[owner]] = length
        return made

    def _meet(self, words: Words, length: int, runs: Runs, among: Places | None = None) -> Places:
        """The words at which one of the runs begins; `among`: no other can be."""
        if among is None:
            among = runs.sieve.likely(words.runs(length))
        among = among[among + length < len(words.begins)]
        return among[runs.among(words.runs(length, among))]

    def _share(self, words: Words, length: int, runs: Runs, found: Places, shared: dict[int, list["Shared"]]) -> None:
        """Adds to each text what it shares with items: runs that begin at the words `found`, in order, grown together."""
        if not len(found):
            return
        first, behind = runs.where(words.runs(length, found))
        going: dict[int, Shared] = {}
        of = np.searchsorted(words.ends, found).tolist()
        for text, here, low, high in zip(of, found.tolist(), first.tolist(), behind.tolist(), strict=True):
            for there in runs.firsts[low:high].tolist():
                before = going.get(there - here)
                if before is not None and before.here + before.length == here + length - 1:
                    before.length += 1
                    continue
                going[there - here] = new = Shared(here, there, length)
                shared[text].append(new)

    def _told(self, words: Words, text: int, shared: Sequence["Shared"], same: Sequence[int]) -> tuple[Hit, ...]:
        """The hits of a text: for each item the longest run, if it is one and no chance of hashing."""
        best: dict[int, tuple[int, str, str]] = {}
        first, count = words.span(text)
        for item in same:
            evidence = words.text(first, count)
            if squeezed(evidence) == squeezed(self.words.text(*self.words.span(item))):
                best[item] = count, "exact", evidence.decode()
        for each in shared:
            item = bisect_left(self.ends, each.there)
            if item in best and (best[item][1] == "exact" or best[item][0] >= each.length):
                continue
            evidence = words.text(each.here, each.length)
            if evidence == self.words.text(each.there, each.length):
                best[item] = each.length, "n-gram", evidence.decode()
        told = sorted(best.items(), key=lambda one: (one[1][1], -one[1][0], one[0]))
        return tuple(
            {"benchmark": self.items[item].benchmark, "id": self.items[item].id, "layer": layer, "evidence": evidence}
            for item, (_, layer, evidence) in told
        )


def head(length: int) -> int:
    """By how many of its first words an item of so many is looked for before the others are looked at."""
    return 1 << (length.bit_length() - 1)


def squeezed(words: bytes) -> bytes:
    """Words without spaces but between digits, where one would make another number."""
    return SPACE.sub(b"", words)


@dataclass
class Shared:
    """A run that a text (from its word `here`) shares with an item (from the index's word `there`)."""

    here: int
    there: int
    length: int
