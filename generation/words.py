"""Words and runs of words, as filters and measures count them; what was just counted is kept for the next row.

text -> words (lower case; LaTeX commands count as words, punctuation does not), grams (the set of runs of N words)
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

N = 5  # words of a run: shorter ones are shared by all English, longer ones miss a copy with a word changed here and there
KEPT = 32  # texts that are remembered: seven dialogues, their passage and their prompts
_ASCII = bytes(range(128))
_SPACES = bytes(code if code > 127 or chr(code).isalnum() or chr(code) == "_" else 32 for code in range(256))


@lru_cache(maxsize=KEPT)
def words(text: str) -> list[str]:
    """The words of a text in order; the list is shared, so nobody changes it."""
    low = lowered(text)
    for sign in set(beyond_ascii(low)):
        if not sign.isalnum():
            low = low.replace(sign, " ")
    return low.encode("utf-8", "replace").translate(_SPACES).decode().split()  # three times as fast as a pattern


@lru_cache(maxsize=KEPT)
def lowered(text: str) -> str:
    """A text in lower case, which takes time where there is more than ASCII."""
    return text.lower()


@lru_cache(maxsize=KEPT)
def beyond_ascii(text: str) -> str:
    """The characters of a text that are not ASCII, in order: mostly none, or a few that tell what else to look for."""
    return "" if text.isascii() else text.encode("utf-8", "replace").translate(None, _ASCII).decode()


@lru_cache(maxsize=KEPT)
def word_set(text: str) -> frozenset[str]:
    """The different words."""
    return frozenset(words(text))


@lru_cache(maxsize=KEPT)
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
