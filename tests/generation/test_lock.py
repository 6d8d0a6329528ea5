"""One run writes a ledger at a time, by whatever name it goes."""

import os
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
