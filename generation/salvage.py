"""What can be read of a damaged ledger, saved into a new one.

python -m generation.ledger recover --ledger data/ledger.sqlite --to data/saved.sqlite
"""

import contextlib
import shutil
import sqlite3
import struct
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from builders.errors import UserError
from builders.row import batches
from builders.screen import say
from generation.ledger import BROKEN, PAGE, Ledger, Reply, one_line
from generation.schema import COLUMNS, MARKED, foreign, marks_of

HEAD = 100  # bytes of an SQLite file's own head
AT_ONCE = 500  # replies in one transaction
ROWS = 1_000_000  # that are looked for wherever a ledger says that its last row is
SMALLEST = 64  # bytes of a reply
MOST = 2**40  # bytes that a ledger may say it had; above it the number is what is spoilt


def recover(path: Path, to: Path) -> None:
    """Reads row by row what a damaged file still holds, in a copy whose head is mended. UserError where that is nothing."""
    if not path.exists():
        raise UserError(f"there is no ledger {path}")
    if to.exists():
        raise UserError(f"{to} is there already; name another --to")
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=to.parent) as scratch:
        copy, new = Path(scratch, "copy.sqlite"), Path(scratch, "saved.sqlite")
        shutil.copyfile(path, copy)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(path.with_name(path.name + "-wal"), copy.with_name(copy.name + "-wal"))
        try:
            _mend_head(copy)
            _mend_schema(copy)
            with contextlib.closing(Ledger(new, writable=True, command="recover")) as target:
                for some in batches(_whole(copy), AT_ONCE):
                    target.record(some)
                [(saved,)] = target.query("SELECT count(*) FROM replies")
                target.write("PRAGMA wal_checkpoint(FULL)")  # the file alone is kept
        except BROKEN as problem:
            raise UserError(f"nothing can be read of {path}: {one_line(problem)}") from problem
        if not saved:
            raise UserError(f"nothing can be read of {path}: no reply in it is whole")
        new.rename(to)  # a recovery that was ended in its middle leaves no ledger that looks like one
    say(
        f"{saved} replies saved into {to}; what else there was could not be read, and is asked again; go on with --ledger {to}"
    )


def _whole(copy: Path) -> Iterator[Reply]:
    """The replies that can be read and are what was written."""
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        column, needs_mark = marks_of(db)
        query = f"SELECT {','.join(COLUMNS)},{column} FROM replies NOT INDEXED WHERE rowid=?"
        for number in _numbers(db, copy.stat().st_size):
            try:
                row = db.execute(query, (number,)).fetchone()
            except BROKEN:
                continue
            if row is None or not isinstance(row[0], str) or len(row[0]) != 64 or not row[6]:
                continue
            *values, mark = row
            reply = Reply(*values)
            if mark == reply.mark or (mark is None and not needs_mark):
                yield reply


def _mend_head(copy: Path) -> None:
    """Writes the file's head anew, for all that it says is known of a ledger but its length and its schema's number.

    A file that has fewer pages than its head says is filled up with zeros; a head that says what cannot be is not believed.
    """
    with copy.open("r+b") as file:
        said, head = file.read(HEAD).ljust(HEAD, b"\0"), bytearray(_new(copy)[:HEAD])
        there = file.seek(0, 2)
        pages, schema = struct.unpack(">I", said[28:32])[0], said[60:64]
        if there < pages * PAGE <= MOST:
            file.truncate(pages * PAGE)
        else:
            pages = there // PAGE
        head[28:32] = struct.pack(">I", pages)
        if int.from_bytes(schema, "big") in range(1, MARKED):
            head[60:64] = schema
        file.seek(0)
        file.write(head)


def _mend_schema(copy: Path) -> None:
    """The first page says which tables there are. That is known: a page that says anything else is taken from a new ledger."""
    try:
        with contextlib.closing(sqlite3.connect(copy)) as db:
            spoilt = foreign(db) is not None
    except BROKEN:
        spoilt = True
    if spoilt:
        with copy.open("r+b") as file:
            file.seek(HEAD)
            file.write(_new(copy)[HEAD:PAGE])


def _new(copy: Path) -> bytes:
    """A ledger without replies."""
    new = copy.with_name(f"{copy.name}.new")
    Ledger(new, writable=True, command="recover").close()
    return new.read_bytes()


def _numbers(db: sqlite3.Connection, size: int) -> Iterator[int]:
    """The numbers of the rows that can be seen; where they break off, all that there could be."""
    most = max(ROWS, size // SMALLEST)  # a spoilt tree may have no end
    try:
        yield from (number for (number,) in islice(db.execute("SELECT rowid FROM replies NOT INDEXED"), most))
    except BROKEN:
        yield from range(1, min(_last_row(db, size), most) + 1)


def _last_row(db: sqlite3.Connection, size: int) -> int:
    """The highest row number that can be seen; where even that cannot, as many as the file could hold, a million at most."""
    for query in ("SELECT max(rowid) FROM replies", "SELECT max(rowid) FROM (SELECT rowid FROM replies NOT INDEXED)"):
        try:
            return db.execute(query).fetchone()[0] or 0
        except BROKEN:
            continue
    return min(ROWS, max(1000, size // SMALLEST))
