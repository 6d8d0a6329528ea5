"""Words and runs of words, as filters and measures count them; what was just counted is kept for the next row.

text -> words (lower case; LaTeX commands count as words, punctuation does not), grams (the set of runs of N words)
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

N = 5  # words of a run: shorter ones are shared by all English, longer ones miss a copy with a word changed here and there
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=16)
def words(text: str) -> list[str]:
    """The words of a text in order; the list is shared, so nobody changes it."""
    return _WORD.findall(text.lower())


@lru_cache(maxsize=16)
def grams(text: str) -> frozenset[tuple[str, ...]]:
    """The different runs of N words."""
    found = words(text)
    return frozenset(zip(*(found[i:] for i in range(N)), strict=False))


def spoken(row: Mapping[str, Any]) -> str:
    """What is said in a row, without the speakers' names; its text where nobody speaks."""
    return "\n\n".join([turn["text"] for turn in row["turns"]]) if row["turns"] else str(row["text"])
