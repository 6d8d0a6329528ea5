"""Points that mean the same, grouped: by their texts, then by how near their embeddings are (GSDP, appendix D.1).

texts, vectors -> pairs at 0.70 and above -> (a model decides between 0.70 and 0.90) -> groups

Two points agree at 0.90 and above, and between 0.70 and 0.90 if a model says so. Groups merge in descending similarity,
ties by text, and only where all pairs of the merged group agree: never by chain. Pairs are found in blocks, so that
60,000 points need little more memory than their vectors, and little more time than their products.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from builders.errors import UserError

# The thresholds of the paper, for BGE; they belong to a model, and a recipe may name others.
SURE, LEAST = 0.90, 0.70
SIDE = 1024  # rows and columns of a block of products (4 MB)
MOST = 1 << 25  # pairs that are kept, of 16 bytes; 60,000 points would have 500 each
DIGITS = 6  # to which a similarity is rounded: in double precision all machines agree on them
SLACK = 0.003  # by which a product may be too low: lengths of 0.999, single precision
SAMPLED = 2000  # points that a histogram compares with all

FORMULA = re.compile(r"(\$[^$]*\$|\\\(.*?\\\)|\\[A-Za-z]+)")
WORD = re.compile(r"[^\W\d_]{2,}")
SAME = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"'})

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Pairs:
    """m pairs of points, by number, in the order in which they merge: most similar first, ties by text.

    The text of `a` comes before that of `b`; `similarity` is their cosine.
    """

    a: Numbers
    b: Numbers
    similarity: NDArray[np.float64]

    def undecided(self, sure: float = SURE) -> NDArray[np.int64]:
        """Which pairs a model has to decide: those that are near, but not so near that it is sure."""
        return np.flatnonzero(self.similarity < sure)


def normal(text: str) -> str:
    """A text without what makes no difference: white space, case, kinds of dashes and quotes, a point at its end.

    Formulas and single letters keep their case: `$\\Gamma$` is not `$\\gamma$`, and `A` not `a`.
    """
    parts = FORMULA.split(unicodedata.normalize("NFC", text).translate(SAME))
    parts[::2] = [WORD.sub(lambda word: word[0].casefold(), part) for part in parts[::2]]
    spaced = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in "".join(parts))
    return " ".join(spaced.split()).rstrip(" .,;:")


def same(texts: Sequence[str]) -> dict[str, list[int]]:
    """Normal form -> the numbers of the texts that have it, in order of appearance; texts of no form are left out."""
    found: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        if form := normal(text):
            found.setdefault(form, []).append(number)
    return found


def close_pairs(texts: Sequence[str], vectors: NDArray[np.floating], least: float = LEAST) -> Pairs:
    """All pairs of n texts whose vectors (n x d, of any length) have a cosine of `least` or more.

    UserError where a vector is missing, zero or not finite, and where more than `MOST` pairs are that near.
    """
    units = unit(texts, vectors)
    found, held = [np.zeros((2, 0), np.int32)], 0
    for low in range(0, len(units), SIDE):
        rows = units[low : low + SIDE]
        for start in range(low, len(units), SIDE):
            products = rows @ units[start : start + SIDE].T
            hits = np.flatnonzero(products >= least - SLACK)
            a, b = np.divmod(hits, products.shape[1])
            later = a + low < b + start
            found.append(np.stack([a[later] + low, b[later] + start]).astype(np.int32))
            held += found[-1].shape[1]
            if held > MOST:
                raise UserError(
                    f"more than {MOST:,} pairs of {len(units):,} points are at {least} or above: for these embeddings "
                    "that is not near; look at the histogram and name another threshold"
                )
    a, b = np.concatenate(found, axis=1)
    return _in_order(texts, a, b, cosines(vectors, a, b), least)


def unit(texts: Sequence[str], vectors: NDArray[np.floating]) -> Vectors:
    """The vectors at length 1 (to a thousandth), in single precision, without a copy where they are that already.

    UserError where one is missing, zero or not finite.
    """
    if vectors.ndim != 2 or len(vectors) != len(texts):
        raise UserError(f"{len(texts)} points have embeddings of shape {vectors.shape}; each needs one vector")
    single: Vectors = vectors.astype(np.float32, copy=False)
    lengths = np.linalg.norm(single, axis=1)
    bad = np.flatnonzero(~np.isfinite(lengths) | (lengths == 0))
    if len(bad):
        raise UserError(
            f"the embedding of {texts[bad[0]][:80]!r} is zero or not finite; {len(bad)} of {len(texts)} are"
        )
    return single if (np.abs(lengths - 1) < 1e-3).all() else single / lengths[:, None]


def cosines(vectors: NDArray[np.floating], a: NDArray[np.integer], b: NDArray[np.integer]) -> NDArray[np.float64]:
    """The cosine of each pair (m) of vectors as they were given, in double precision and rounded.

    The last digits of a product of matrices differ from machine to machine; what is decided by them must not.
    """
    found = np.zeros(len(a))
    for start in range(0, len(a), 4 * SIDE):
        part = slice(start, start + 4 * SIDE)
        left, right = vectors[a[part]].astype(np.float64), vectors[b[part]].astype(np.float64)
        lengths = np.einsum("ij,ij->i", left, left) * np.einsum("ij,ij->i", right, right)
        found[part] = np.einsum("ij,ij->i", left, right) / np.sqrt(lengths)
    return found.round(DIGITS)


def _in_order(texts: Sequence[str], a: Numbers, b: Numbers, similarity: NDArray[np.float64], least: float) -> Pairs:
    place = np.empty(len(texts), np.int32)
    place[sorted(range(len(texts)), key=texts.__getitem__)] = np.arange(len(texts))
    swap = place[a] > place[b]
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    near = np.flatnonzero(similarity >= least)
    order = near[np.lexsort((place[b[near]], place[a[near]], -similarity[near]))]
    return Pairs(a[order], b[order], similarity[order])


def groups(texts: Sequence[str], pairs: Pairs, yes: NDArray[np.bool_], sure: float = SURE) -> list[list[int]]:
    """Groups of texts, by number, of which all pairs agree; sorted by text, within and among each other.

    `yes` (m): what a model says of each pair; it counts only below `sure`. Texts that are equal must come once.
    """
    if len(yes) != len(pairs.a):
        raise ValueError(f"{len(yes)} decisions about {len(pairs.a)} pairs; there must be one of each")
    agreeing = np.flatnonzero((pairs.similarity >= sure) | yes)
    ends = list(zip(pairs.a[agreeing].tolist(), pairs.b[agreeing].tolist(), strict=True))
    # Of every group its members, and the points that agree with each of them.
    members = {number: {number} for number in range(len(texts))}
    common: dict[int, set[int]] = {number: set() for number in range(len(texts))}
    for a, b in ends:
        common[a].add(b)
        common[b].add(a)
    group_of = list(range(len(texts)))
    for a, b in ends:
        one, other = group_of[a], group_of[b]
        if one == other or not members[other] <= common[one]:
            continue
        if len(members[one]) < len(members[other]):
            one, other = other, one
        for number in members[other]:
            group_of[number] = one
        members[one] |= members.pop(other)
        common[one] &= common.pop(other)
    made = [sorted(group, key=texts.__getitem__) for group in members.values()]
    return sorted(made, key=lambda group: texts[group[0]])


def histogram(texts: Sequence[str], vectors: NDArray[np.floating], step: float = 0.05) -> dict[str, dict[str, int]]:
    """How similar points are: of all `pairs`, and of each to its `nearest`: "0.70" -> how many from there on.

    Of more than `SAMPLED` points as many, taken evenly, are compared with all others; then `pairs` counts those.
    """
    units = unit(texts, vectors)
    chosen = np.unique(np.linspace(0, len(units) - 1, min(SAMPLED, len(units))).round().astype(np.int64))
    if len(units) < 2:
        return {"pairs": {}, "nearest": {}}
    counts = {"pairs": np.zeros(round(2 / step) + 1, np.int64), "nearest": np.zeros(round(2 / step) + 1, np.int64)}
    for start in range(0, len(chosen), 64):
        of = chosen[start : start + 64]
        products = units[of] @ units.T
        products[np.arange(len(of)), of] = -2
        for name, values in (("pairs", products[products > -2]), ("nearest", products.max(axis=1))):
            bins = np.floor((values + 1 + 1e-6) / step).clip(0, len(counts[name]) - 1).astype(np.int64)
            counts[name] += np.bincount(bins, minlength=len(counts[name]))
    if len(chosen) == len(units):
        counts["pairs"] //= 2
    return {
        name: {f"{number * step - 1:.2f}": count for number, count in enumerate(values.tolist()) if count}
        for name, values in counts.items()
    }
