"""One run writes a ledger at a time, by whatever name it goes."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from builders.errors import UserError
from generation.ledger import Ledger


def test_a_ledger_behind_a_link_has_the_same_lock(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "real" / "l.sqlite")
    (tmp_path / "folder").symlink_to(tmp_path / "real")
    first = Ledger(tmp_path / "real" / "l.sqlite", writable=True, command="the first")
    for other in ("link.sqlite", "folder/l.sqlite"):
        with pytest.raises(UserError, match=r"in use by .* \(the first\)"):
            Ledger(tmp_path / other, writable=True)
    first.close()
    Ledger(tmp_path / "link.sqlite", writable=True).close()


def test_a_ledger_of_two_names_is_refused_and_can_be_read(tmp_path: Path) -> None:
    Ledger(tmp_path / "l.sqlite", writable=True).close()
    os.link(tmp_path / "l.sqlite", tmp_path / "other.sqlite")
    for name in ("l.sqlite", "other.sqlite"):
        with pytest.raises(UserError, match="one file under 2 names"):
            Ledger(tmp_path / name, writable=True)
    assert Ledger(tmp_path / "other.sqlite").query("SELECT count(*) FROM replies") == [(0,)]


def test_a_log_of_a_ledger_under_two_names_is_not_closed_over_what_came_since(tmp_path: Path) -> None:
    """As `cp -al` leaves it while a run goes on: what the copy's name alone opens would be written back."""
    first, copy = tmp_path / "first.sqlite", tmp_path / "copy.sqlite"
    with closing(sqlite3.connect(first)) as db:
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("CREATE TABLE replies (key TEXT)")
        db.commit()
        copy.hardlink_to(first)
        Path(f"{copy}-wal").write_bytes(Path(f"{first}-wal").read_bytes())
        db.executemany("INSERT INTO replies VALUES (?)", [(str(number),) for number in range(500)])
        db.commit()
    before = first.read_bytes()
    for writable in (False, True):
        with pytest.raises(UserError, match="one file under several names .* copy both, and name the copy"):
            Ledger(copy, writable=writable)
    assert first.read_bytes() == before
