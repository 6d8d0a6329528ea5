"""Points that mean the same, grouped: by their texts, then by how near their embeddings are (GSDP, appendix D.1).

    texts, pairs (graph.similarity), {("Sine", "Sine function"): True, ...} -> [[0, 3], [1], [2]]

Two points agree at 0.90 and above, and below that if a model says so. Groups merge in descending similarity, ties by
text, and only where all pairs of the merged group agree: never by chain.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from graph.similarity import SURE, Pairs

FORMULA = re.compile(r"(\$[^$]*\$|\\\(.*?\\\)|\\[A-Za-z]+)")
WORD = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*){2,}")
SAME = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"'})


def normal(text: str) -> str:
    """A text without what makes no difference: white space, case, kinds of dashes and quotes, a point at its end.

    Formulas and single letters keep their case: `$\\Gamma$` is not `$\\gamma$`, and `A` not `a`.
    """
    parts = FORMULA.split(unicodedata.normalize("NFC", text).translate(SAME))
    parts[::2] = [WORD.sub(lambda word: word[0].casefold(), part) for part in parts[::2]]
    folded = unicodedata.normalize("NFC", "".join(parts))  # again: casefold takes some letters apart
    spaced = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in folded)
    return " ".join(spaced.split()).rstrip(" .,;:")


def same(texts: Sequence[str]) -> dict[str, list[int]]:
    """Normal form -> the numbers of the texts that have it, in order of appearance; texts of no form are left out."""
    found: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        if form := normal(text):
            found.setdefault(form, []).append(number)
    return found


def groups(
    texts: Sequence[str], pairs: Pairs, verdicts: Mapping[tuple[str, str], bool], sure: float = SURE
) -> list[list[int]]:
    """Groups of texts, by number, of which all pairs agree; sorted by text, within and among each other.

    `verdicts`: what a model says of the two texts of a pair, the first by its text first; it counts only below `sure`,
    and a pair without a verdict does not agree. Texts that are equal must come once.
    """
    if len(set(texts)) < len(texts):
        raise ValueError("a text stands twice among the points; equal ones are one point before they are grouped")
    ends = list(_agreeing(texts, pairs, verdicts, sure))
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


def _agreeing(
    texts: Sequence[str], pairs: Pairs, verdicts: Mapping[tuple[str, str], bool], sure: float
) -> Iterator[tuple[int, int]]:
    """The pairs that agree, in their order."""
    for a, b, similarity in zip(pairs.a.tolist(), pairs.b.tolist(), pairs.similarity.tolist(), strict=True):
        if similarity >= sure or verdicts.get((texts[a], texts[b])) is True:
            yield a, b
