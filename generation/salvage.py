"""What can be read of a damaged ledger, saved into a new one.

python -m generation.ledger recover --ledger data/ledger.sqlite --to data/saved.sqlite
"""

import shutil
import sqlite3
import struct
from pathlib import Path

from builders.errors import UserError
from builders.screen import say
from generation.ledger import COLUMNS, Ledger, Reply


def recover(path: Path, to: Path) -> None:
    """Reads row by row what a damaged file still holds. A file cut short is filled up with zeros first, in a copy."""
    if not path.exists():
        raise UserError(f"there is no ledger {path}")
    if to.exists():
        raise UserError(f"{to} is there already; name another --to")
    copy = to.with_name(to.name + ".copy")
    shutil.copyfile(path, copy)
    for tail in ("-wal",):
        if path.with_name(path.name + tail).exists():
            shutil.copyfile(path.with_name(path.name + tail), copy.with_name(copy.name + tail))
    _fill_up(copy)
    target = Ledger(to, writable=True, command="recover")
    saved = 0
    db = sqlite3.connect(copy, isolation_level=None)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        mark = "mark" if version > 1 else "NULL"
        for number in range(1, _last_row(db, copy.stat().st_size) + 1):
            try:
                row = db.execute(
                    f"SELECT {','.join(COLUMNS)},{mark} FROM replies NOT INDEXED WHERE rowid=?", (number,)
                ).fetchone()
            except sqlite3.DatabaseError:
                continue
            if row is None or not isinstance(row[0], str) or len(row[0]) != 64 or not row[6]:
                continue
            reply = Reply(*row[:-1])
            if row[-1] in (None, reply.mark):
                target.record([reply])
                saved += 1
    except sqlite3.DatabaseError as problem:
        raise UserError(f"nothing can be read of {path}: {problem}") from problem
    finally:
        db.close()
        target.close()
        for leftover in copy.parent.glob(copy.name + "*"):
            leftover.unlink()
    say(
        f"{saved} replies saved into {to}; what else there was could not be read, and is asked again; go on with --ledger {to}"
    )


def _fill_up(copy: Path) -> None:
    with copy.open("r+b") as file:
        head = file.read(100)
        if len(head) < 100 or not head.startswith(b"SQLite format 3\0"):
            raise UserError(
                f"{copy.name.removesuffix('.copy')}: the file does not begin as an SQLite file does; nothing can be read of it"
            )
        size = struct.unpack(">H", head[16:18])[0]
        pages = struct.unpack(">I", head[28:32])[0]
        file.seek(0, 2)
        wanted = pages * (65536 if size == 1 else size)
        if file.tell() < wanted:
            file.truncate(wanted)


def _last_row(db: sqlite3.Connection, size: int) -> int:
    """The highest row number that can be seen; where even that cannot, as many as the file could hold, a million at most."""
    for query in ("SELECT max(rowid) FROM replies", "SELECT max(rowid) FROM (SELECT rowid FROM replies NOT INDEXED)"):
        try:
            return db.execute(query).fetchone()[0] or 0
        except sqlite3.DatabaseError:
            continue
    return min(1_000_000, max(1000, size // 64))
