"""Which of many hashes may be among some that are known, before they are looked up: most are not, and are seen not to be.

hashes (numpy) -> Sieve;  Sieve.likely(others) -> where those stand that may be among them
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

SPARSE = 16  # places in a table per hash
LARGEST = 26  # bits of the number of places: 8 MB

Numbers = NDArray[np.uint64]
Places = NDArray[np.int64]


class Sieve(NamedTuple):
    """Two tables of bits, by the first bits of a hash and by later ones: small enough to stay in the processor's cache."""

    first: NDArray[np.uint8]
    later: NDArray[np.uint8]

    def likely(self, hashes: Numbers) -> Places:
        """Where those of some hashes stand that may be among ours."""
        bits = self.first.size.bit_length() + 2
        some = np.flatnonzero(marked(self.first, hashes >> np.uint64(64 - bits)))
        return some[marked(self.later, hashes[some] << np.uint64(bits) >> np.uint64(64 - bits))]


def marked(table: NDArray[np.uint8], places: Numbers) -> NDArray[np.bool_]:
    """Whether the bits at places of a table are set."""
    found = table[(places >> np.uint64(3)).view(np.int64)]
    found >>= (places & np.uint64(7)).astype(np.uint8)
    found &= np.uint8(1)
    return found.view(np.bool_)


def sieved(hashes: Numbers) -> Sieve:
    """The sieve of some hashes."""
    bits = min(max(10, (SPARSE * len(hashes)).bit_length()), LARGEST)
    tables = []
    for places in (hashes >> np.uint64(64 - bits), hashes << np.uint64(bits) >> np.uint64(64 - bits)):
        table = np.zeros(1 << bits, np.bool_)
        table[places.view(np.int64)] = True
        tables.append(np.packbits(table, bitorder="little"))
    return Sieve(*tables)
