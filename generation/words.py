"""Words and runs of words, as filters and measures count them; what was just counted is kept for the next row.

text -> words (lower case; LaTeX commands count as words, punctuation does not), grams (the set of runs of N words)
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

N = 5  # words of a run: shorter ones are shared by all English, longer ones miss a copy with a word changed here and there
_WORD = re.compile(r"\w+")
_SPACES = {code: " " for code in range(128) if not (chr(code).isalnum() or chr(code) == "_")}


@lru_cache(maxsize=16)
def words(text: str) -> list[str]:
    """The words of a text in order; the list is shared, so nobody changes it."""
    low = text.lower()
    # The same words, three times as fast where there is only ASCII.
    return low.translate(_SPACES).split() if low.isascii() else _WORD.findall(low)


@lru_cache(maxsize=16)
def word_set(text: str) -> frozenset[str]:
    """The different words."""
    return frozenset(words(text))


@lru_cache(maxsize=16)
def grams(text: str) -> frozenset[int]:
    """The different runs of N words, as hashes: their sets meet four times as fast as those of the words themselves."""
    return frozenset(map(hash, runs(words(text))))


def runs(found: list[str]) -> Iterator[tuple[str, ...]]:
    """All runs of N words, in order."""
    return zip(*(found[i:] for i in range(N)), strict=False)


def covered(text: str, other: str) -> float:
    """The share of a text's words that stand in runs of N words which the other text has too."""
    found, held, end, count = words(text), grams(other), 0, 0
    for start, run in enumerate(runs(found)):
        if hash(run) in held:
            count += start + N - max(start, end)
            end = start + N
    return count / len(found) if found else 0.0


def spoken(row: Mapping[str, Any]) -> str:
    """What is said in a row, without the speakers' names; its text where nobody speaks."""
    return "\n\n".join([turn["text"] for turn in row["turns"]]) if row["turns"] else str(row["text"])


def sentences(text: str) -> list[str]:
    """A text cut after each end of a sentence and each line, roughly: `e.g. this` is cut too."""
    for mark in ("! ", "? ", "\n", "。", "！", "？"):
        if mark in text:
            text = text.replace(mark, ". ")
    return [said for said in text.split(". ") if said]
