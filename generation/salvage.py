"""What can be read of a damaged ledger, saved into a new one.

python -m generation.ledger recover --ledger data/ledger.sqlite --to data/saved.sqlite
"""

import contextlib
import shutil
import sqlite3
import struct
import tempfile
from pathlib import Path

from builders.errors import UserError
from builders.screen import say
from generation.ledger import BROKEN, COLUMNS, Ledger, Reply, marks_of, one_line

HEAD, PAGE = 100, 4096  # bytes of an SQLite file's own head, and of a page
MOST = 2**40  # bytes that a ledger may say it had; above it the number is what is spoilt


def recover(path: Path, to: Path) -> None:
    """Reads row by row what a damaged file still holds. A file cut short is filled up with zeros first, in a copy."""
    if not path.exists():
        raise UserError(f"there is no ledger {path}")
    if to.exists():
        raise UserError(f"{to} is there already; name another --to")
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryDirectory(dir=to.parent) as scratch:
            copy = Path(scratch, path.name)
            shutil.copyfile(path, copy)
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + "-wal"), copy.with_name(copy.name + "-wal"))
            _fill_up(copy)
            _mend_schema(copy)
            with contextlib.closing(Ledger(to, writable=True, command="recover")) as target:
                saved = _save(copy, target)
    except BROKEN as problem:
        raise UserError(f"nothing can be read of {path}: {one_line(problem)}") from problem
    say(
        f"{saved} replies saved into {to}; what else there was could not be read, and is asked again; go on with --ledger {to}"
    )


def _save(copy: Path, target: Ledger) -> int:
    """How many replies could be read, and are in the new ledger now."""
    saved = 0
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None)) as db:
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        column, needs_mark = marks_of(db)
        query = f"SELECT {','.join(COLUMNS)},{column} FROM replies NOT INDEXED WHERE rowid=?"
        for number in range(1, _last_row(db, copy.stat().st_size) + 1):
            try:
                row = db.execute(query, (number,)).fetchone()
            except BROKEN:
                continue
            if row is None or not isinstance(row[0], str) or len(row[0]) != 64 or not row[6]:
                continue
            *values, mark = row
            reply = Reply(*values)
            if mark == reply.mark or (mark is None and not needs_mark):
                target.record([reply])
                saved += 1
    return saved


def _fill_up(copy: Path) -> None:
    """Gives a file the pages that its head says it has, or, where it has more or the head says what cannot be, a head that says so."""
    with copy.open("r+b") as file:
        head = file.read(HEAD)
        if len(head) < HEAD or not head.startswith(b"SQLite format 3\0"):
            raise UserError(f"{copy.name}: the file does not begin as an SQLite file does; nothing can be read of it")
        said = struct.unpack(">H", head[16:18])[0]
        page = 65536 if said == 1 else max(said, 512)
        pages = struct.unpack(">I", head[28:32])[0]
        there = file.seek(0, 2)
        if there < pages * page <= MOST:
            file.truncate(pages * page)
        else:
            file.seek(28)
            file.write(struct.pack(">I", there // page))


def _mend_schema(copy: Path) -> None:
    """The first page says which tables there are. That is known: a page that cannot be read is taken from a new ledger."""
    try:
        with contextlib.closing(sqlite3.connect(copy)) as db:
            db.execute("SELECT key FROM replies LIMIT 0")
    except BROKEN:
        new = copy.with_name(f"{copy.name}.new")
        Ledger(new, writable=True, command="recover").close()
        with copy.open("r+b") as file:
            file.seek(HEAD)
            file.write(new.read_bytes()[HEAD:PAGE])


def _last_row(db: sqlite3.Connection, size: int) -> int:
    """The highest row number that can be seen; where even that cannot, as many as the file could hold, a million at most."""
    for query in ("SELECT max(rowid) FROM replies", "SELECT max(rowid) FROM (SELECT rowid FROM replies NOT INDEXED)"):
        try:
            return db.execute(query).fetchone()[0] or 0
        except BROKEN:
            continue
    return min(1_000_000, max(1000, size // 64))
