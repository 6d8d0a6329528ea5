"""Full-text search without a server: which rows hold a word, as sorted lists of which a page reads only those it needs.

    the texts of rows, one after the other -> pieces `words`: word, [first row, steps to the next ones]

A word is a run of letters, digits and `_`, in lower case: `\\frac{1}{2}` is frac, 1 and 2. What is typed is looked for as
the beginning of words, so that the page finds while one is typing.
"""

import re
from array import array
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

from cards.page_files import Pieces, order

WORD = re.compile(r"\w+")
LONGEST = 40  # characters of a word that count: a key or a run of digits is found by its beginning


class Words:
    """The rows that hold each word; rows come in ascending order."""

    def __init__(self) -> None:
        self.rows: dict[str, array[int]] = {}

    def take(self, row: int, texts: Iterable[str]) -> None:
        """The words of a row."""
        for word in {word[:LONGEST] for text in texts for word in WORD.findall(text.lower())}:
            held = self.rows.get(word)
            if held is None:
                self.rows[word] = array("I", (row,))
            else:
                held.append(row)

    def write(self, folder: Path) -> list[int | str]:
        """Writes the lists, sorted by word; gives the words with which the files begin."""
        pieces = Pieces(folder, "words")
        for word in sorted(self.rows, key=order):
            held = self.rows[word]
            pieces.add(word, [held[0], *(after - before for before, after in pairwise(held))])
        return pieces.end()
