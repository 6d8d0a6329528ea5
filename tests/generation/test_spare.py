"""A disk that fills up while replies are under way, in a file system of its own."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders.errors import WorldError
from generation.ledger import Ledger
from generation.spare import SIZE, Spare
from tests.generation.asking import answers, asking
from tests.scripted import Scripted, reply


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 MiB, where one can be mounted."""
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(tmp_path)], capture_output=True
    ).returncode:
        pytest.skip("no file system can be mounted here")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


def test_what_is_under_way_when_the_disk_fills_is_still_written(small: Path) -> None:
    with Scripted(lambda call: reply(call.text + "x" * 8000), slots=16) as server:
        with pytest.raises(WorldError, match="cannot be written"), asking(small, server.url) as run:
            answers(run, 3000)
        paid = len(server.calls)
        assert 300 < paid < 2900
        held = Ledger(small / "ledger.sqlite").query("SELECT count(*) FROM replies")
        assert held == [(paid,)]


def test_a_disk_without_room_is_named_before_anything_is_asked(small: Path) -> None:
    (small / "fill").write_bytes(b"x" * (25 * 2**20 - SIZE))
    with pytest.raises(WorldError, match="no room"):
        Spare(small / "ledger.sqlite")
    assert not list(small.glob("*.spare")) and shutil.disk_usage(small).free > 0
