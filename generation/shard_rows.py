"""A shard of a run: the rows that fall to one of several machines, asked about into a ledger of its own, and no folder.

    rows + "3/64" -> those of which a hash of the text that is asked about says the third of 64
    python -m generation.mind --config mind-today --shard 3/64 --ledger data/ledger-3.sqlite

Rows that ask the same fall to the same shard, so that nothing is asked by two. `python -m generation.ledger merge` puts the
ledgers together, and the command without --shard makes the folder of that: the bytes that one machine would have made.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from datasets import IterableDataset

from builders.errors import UserError
from builders.row import Row, batches, stream
from builders.screen import say
from generation.bar import bar
from generation.keys import canonical

if TYPE_CHECKING:
    from generation.ask import Ask
    from generation.run import Run

WRITTEN = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True)
class Shard:
    """The `number`th (from 1) of `of` parts."""

    number: int
    of: int

    def holds(self, row: Row, names: Sequence[str]) -> bool:
        """Whether a row falls to it, by what stands in these columns alone."""
        said = canonical([row.get(name) for name in names]).encode("utf-8", "surrogatepass")
        return int.from_bytes(sha256(said).digest()[:8], "big") % self.of == self.number - 1


def shard_of(text: str) -> Shard:
    """What `--shard K/N` says. UserError where it is no part of anything."""
    found = WRITTEN.fullmatch(text)
    shard = Shard(*map(int, found.groups())) if found else Shard(0, 0)
    if not 1 <= shard.number <= shard.of:
        raise UserError(f"shard is '{text}'; it must be K/N, the Kth of N shards, with K from 1 to N (3/64)")
    return shard


def parts_of(shard: str | None) -> int:
    """Among how many the rows are shared out."""
    return shard_of(shard).of if shard else 1


def mine(rows: IterableDataset, shard: str | None, questions: Sequence["Ask"]) -> IterableDataset:
    """The rows of a shard, in their order; all of them without one. Rejected rows, about which nothing is asked, are nobody's.

    What all questions have in common decides: rows that differ elsewhere may ask the same.
    """
    if shard is None:
        return rows
    names = sorted(frozenset.intersection(*(question.prompt.needs for question in questions)))
    return stream(_Mine(rows, shard_of(shard), names), rows.features, typed=True)


@dataclass(frozen=True)
class _Mine:
    rows: IterableDataset
    shard: Shard
    names: Sequence[str]

    def __call__(self) -> Iterator[Row]:
        return (row for row in self.rows if not row.get("reason") and self.shard.holds(row, self.names))


def fill(run: "Run", rows: IterableDataset | Iterator[Row], what: str, total: int | None = None) -> int:
    """Asks about all rows and writes none; says how many have no answer yet, and returns that."""
    done = kept = missing = 0
    with bar(run, total) as shown:
        for batch in batches(rows, 64):
            done, kept = done + len(batch), kept + sum(not row["reason"] for row in batch)
            missing += sum(row["reason"] == "no_answer" for row in batch)
            shown.update(done, kept, done - kept, batch)
    run.settled()
    left = f"; {missing:,} have no answer yet, and the same command asks them again" if missing else ""
    say(f"shard {run.options.shard}: {done:,} {what}, of which {kept:,} would be kept, are in {run.ledger.path}{left}")
    return missing
