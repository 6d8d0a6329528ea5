"""The ledger: one file that outlives kills, torn ends and full disks, and the commands over it."""

import contextlib
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from builders.errors import UserError, WorldError
from generation.accounts import export, forget, main, merge, recover
from generation.ledger import Ledger, Reply
from generation.schema import COLUMNS
from generation.spare import Spare


def _reply(number: int, text: str | None = None, reason: str | None = None, run: int = 1) -> Reply:
    words = text if text is not None else f"reply {number} " * 50
    request = json.dumps(
        {"messages": [{"role": "user", "content": f"question {number}"}], "sampling": {}, "sample": 0, "try": 0}
    )
    return Reply(
        f"{number:064x}",
        "hint",
        "hint@0",
        "m",
        "r",
        "http://127.0.0.1",
        request,
        words,
        None,
        "stop",
        10,
        5,
        0.1,
        "",
        run,
        reason,
        None,
    )


def _ledger(path: Path, count: int = 100) -> Path:
    ledger = Ledger(path, writable=True)
    ledger.begin("test", "test", "0")
    ledger.record([_reply(i) for i in range(count)])
    ledger.close()
    return path


def test_the_first_reply_under_a_key_is_the_one(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite", writable=True)
    ledger.record([_reply(1, "first")])
    ledger.record([_reply(1, "second")])
    assert ledger.held([_reply(1).key])[_reply(1).key].text == "first"


def test_lone_surrogates_and_nuls_are_kept_as_far_as_they_can_be(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite", writable=True)
    ledger.record([_reply(1, "a\ud800b\x00c é 🙂")])
    assert ledger.held([_reply(1).key])[_reply(1).key].text == "a\ufffdb\x00c é 🙂"


def test_a_ledger_cut_in_the_middle_is_named_and_what_can_be_read_is_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _ledger(tmp_path / "l.sqlite", 2000)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(UserError, match="cannot be read.*recover"):
        ledger = Ledger(path, writable=True)
        ledger.held([_reply(i).key for i in range(2000)])
    recover(path, tmp_path / "saved.sqlite")
    saved = Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies")[0][0]
    assert saved > 500 and f"{saved} replies saved" in capsys.readouterr().out
    key = _reply(3).key
    assert Ledger(tmp_path / "saved.sqlite").held([key])[key] == _reply(3)


def test_a_reply_that_the_disk_has_changed_is_named_and_not_handed_out(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    ledger = Ledger(path, writable=True)
    ledger.record([_reply(1, "a sum of two"), _reply(2, "another")])
    ledger.close()
    path.write_bytes(path.read_bytes().replace(b"a sum of two", b"a sum of ten"))
    reading = Ledger(path)
    assert reading.held([f"{2:064}"])
    with pytest.raises(UserError, match="is not what was written.*recover"):
        reading.held([f"{1:064}"])
    reading.close()
    recover(path, tmp_path / "saved.sqlite")
    assert list(Ledger(tmp_path / "saved.sqlite").held([f"{1:064}", f"{2:064}"])) == [f"{2:064}"]


@pytest.mark.parametrize("spoilt", [b'detail "EXT', b'detail "\x80XT'])
def test_a_spoilt_schema_is_one_sentence_and_costs_no_reply(tmp_path: Path, spoilt: bytes) -> None:
    path = _ledger(tmp_path / "l.sqlite", 300)
    path.write_bytes(path.read_bytes().replace(b"detail TEXT", spoilt))
    for reading in (lambda: Ledger(path), lambda: Ledger(path, writable=True)):
        with pytest.raises(UserError, match="^the ledger .* cannot be read: .*recover.*$"):
            reading()
    recover(path, tmp_path / "more" / "saved.sqlite")
    assert len(Ledger(tmp_path / "more" / "saved.sqlite").held([_reply(i).key for i in range(300)])) == 300
    assert not list((tmp_path / "more").glob("tmp*")), "the copy is left there"


@pytest.mark.parametrize("pages", [2**32 - 1, 2**24, 3])
def test_a_head_that_says_another_length_costs_no_reply(tmp_path: Path, pages: int) -> None:
    path = _ledger(tmp_path / "l.sqlite", 300)
    data = path.read_bytes()
    path.write_bytes(data[:28] + pages.to_bytes(4, "big") + data[32:])
    recover(path, tmp_path / "saved.sqlite")
    assert Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies") == [(300,)]


@pytest.mark.parametrize("content", [b"", b"dear diary" * 5000])
def test_what_is_no_ledger_gives_no_replies_and_leaves_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "l.sqlite").write_bytes(content)
    with pytest.raises(UserError, match="nothing can be read of"):
        recover(tmp_path / "l.sqlite", tmp_path / "saved.sqlite")
    assert [file.name for file in tmp_path.iterdir()] == ["l.sqlite"]


HEADS = {
    "no magic": (0, b"a diary of mine "), "page size 512": (16, b"\x02\0"), "page size 65536": (16, b"\0\1"), "page size 7": (16, b"\0\7"),
    "file format 9": (18, b"\t\t"), "reserved bytes": (20, b"\xff"), "schema format 9": (44, b"\0\0\0\t"), "UTF-16": (56, b"\0\0\0\2"),
    "zeros": (0, bytes(100)), "first page": (0, bytes(4096)), "freelist": (32, b"\0\0\0\7\0\0\0\7"),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", HEADS)
def test_a_spoilt_head_costs_no_reply(tmp_path: Path, spoilt: str) -> None:
    path, (at, what) = _ledger(tmp_path / "l.sqlite", 300), HEADS[spoilt]
    data = path.read_bytes()
    path.write_bytes(data[:at] + what + data[at + len(what) :])
    recover(path, tmp_path / "saved.sqlite")
    assert Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies") == [(300,)]


def test_a_reply_without_a_mark_is_an_earlier_ones_and_gets_it_or_is_spoilt(tmp_path: Path) -> None:
    path = _ledger(tmp_path / "l.sqlite", 2)

    def spoil(version: int) -> None:
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.executescript(f"UPDATE replies SET mark = NULL; PRAGMA user_version = {version}")

    spoil(2)
    for writable in (False, True, False):
        with contextlib.closing(Ledger(path, writable=writable)) as ledger:
            assert ledger.held([_reply(1).key]) == {_reply(1).key: _reply(1)}
    spoil(3)
    with contextlib.closing(Ledger(path)) as ledger, pytest.raises(UserError, match="is not what was written"):
        ledger.held([_reply(1).key])
    with pytest.raises(UserError, match="no reply in it is whole"):
        recover(path, tmp_path / "saved.sqlite")
    assert not list(tmp_path.glob("saved*"))


@pytest.mark.parametrize("column", COLUMNS)
def test_a_reply_with_a_value_of_another_kind_is_not_handed_out(tmp_path: Path, column: str) -> None:
    path = _ledger(tmp_path / "l.sqlite", 3)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE replies SET {column} = ? WHERE key = ?", (b"\xff", _reply(1).key))
        db.commit()
    with contextlib.closing(Ledger(path)) as ledger:
        keys = [key for (key,) in ledger.query("SELECT key FROM replies")]
        with pytest.raises(UserError, match="is not what was written.*recover"):
            ledger.held(keys)
    recover(path, tmp_path / "saved.sqlite")
    assert Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies") == [(2,)]


@pytest.mark.parametrize("version", [0, 1, 2, 2**31 + 3])
def test_a_spoilt_number_of_the_schema_hands_out_no_changed_reply(tmp_path: Path, version: int) -> None:
    path = _ledger(tmp_path / "l.sqlite", 3)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE replies SET text = 'changed' WHERE key = ?", (_reply(1).key,))
        db.commit()
    data = path.read_bytes()
    path.write_bytes(data[:60] + version.to_bytes(4, "big") + data[64:])
    for writable in (False, True):
        with pytest.raises(
            UserError, match="cannot be read: (it says that its schema is number|the reply|duplicate column)"
        ):
            Ledger(path, writable=writable).held([_reply(1).key])
    recover(path, tmp_path / "saved.sqlite")
    assert set(Ledger(tmp_path / "saved.sqlite").held([_reply(i).key for i in range(3)])) == {
        _reply(0).key,
        _reply(2).key,
    }


def test_a_full_disk_is_the_worlds_fault_and_not_the_ledgers(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    ledger = Ledger(tmp_path / "l.sqlite", writable=True)
    ledger.record([_reply(1)])
    for name in ("l.sqlite", "l.sqlite-wal"):
        shutil.copy(tmp_path / name, tmp_path / "killed" / name)
    ledger.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, hard))
    try:
        with pytest.raises(WorldError, match="cannot be written.*is safe"):
            Ledger(tmp_path / "killed" / "l.sqlite", writable=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert Ledger(tmp_path / "killed" / "l.sqlite", writable=True).held([_reply(1).key])


def test_a_number_that_no_ledger_can_hold_costs_no_other_reply(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite", writable=True)
    with pytest.raises(OverflowError):
        ledger.record([replace(_reply(1, "one"), prompt_tokens=10**30)])
    ledger.record([_reply(2, "two")])
    assert list(ledger.held([f"{1:064}", f"{2:064}"])) == [f"{2:064}"]


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "l.sqlite"
    path.write_bytes(b"not a database, a diary" * 100)
    with pytest.raises(UserError, match="cannot be read"):
        Ledger(path, writable=True)
    assert path.read_bytes().startswith(b"not a database")
    assert [file.name for file in tmp_path.iterdir()] == ["l.sqlite"], "a lock or a log was made beside it"


@pytest.mark.parametrize("version", [0, 1, 2])
def test_an_sqlite_file_of_something_else_is_refused_and_left_alone(tmp_path: Path, version: int) -> None:
    path = tmp_path / "cookies.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(f"CREATE TABLE cookies (name TEXT); PRAGMA user_version={version}")
    before = path.read_bytes()
    with pytest.raises(UserError, match="of something else"):
        Ledger(path, writable=True)
    assert path.read_bytes() == before, "it was given a log of writes"
    assert [file.name for file in tmp_path.iterdir()] == ["cookies.sqlite"]


NO_PAGE = (
    "CREATE TRIGGER gone AFTER INSERT ON replies BEGIN DELETE FROM replies WHERE rowid = new.rowid; END; "
    "PRAGMA writable_schema=1; UPDATE sqlite_master SET rootpage = 2 WHERE name = 'gone'"
)


@pytest.mark.parametrize(
    "script",
    [
        "ALTER TABLE replies ADD COLUMN more AS (hex(zeroblob(9)))",
        "ALTER TABLE runs ADD COLUMN more AS (hex(zeroblob(9)))",
        "CREATE VIEW another AS SELECT 1",
        "CREATE TRIGGER gone AFTER INSERT ON replies BEGIN DELETE FROM replies WHERE rowid = new.rowid; END",
        "CREATE TRIGGER ours AFTER UPDATE ON replies BEGIN SELECT 1; END; PRAGMA user_version=2",
        NO_PAGE,
        "CREATE UNIQUE INDEX one ON replies(run)",
        "PRAGMA writable_schema=1; UPDATE sqlite_master SET sql = replace(sql, 'run INTEGER', 'run INTEGER CHECK (run < 0)')",
        "DROP TABLE servers",
    ],
)
def test_a_ledger_that_is_not_as_mathloom_makes_it_is_refused_and_its_replies_can_be_saved(
    tmp_path: Path, script: str
) -> None:
    path = _ledger(tmp_path / "l.sqlite", 1)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(script)
        db.commit()
    for writable in (False, True):
        with pytest.raises(UserError, match="is not as mathloom makes it.*recover"):
            Ledger(path, writable=writable)
    recover(path, tmp_path / "saved.sqlite")
    with contextlib.closing(Ledger(tmp_path / "saved.sqlite", writable=True)) as saved:
        saved.record([_reply(n) for n in range(3)])
        assert len(saved.held([_reply(n).key for n in range(3)])) == 3


def test_what_sqlite_itself_adds_is_ours(tmp_path: Path) -> None:
    path = _ledger(tmp_path / "l.sqlite", 3)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("ANALYZE; VACUUM; REINDEX")
    for writable in (False, True):
        with contextlib.closing(Ledger(path, writable=writable)) as ledger:
            assert len(ledger.held([_reply(n).key for n in range(3)])) == 3
    recover(path, tmp_path / "saved.sqlite")
    assert Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies") == [(3,)]


def test_replies_that_are_computed_are_not_believed(tmp_path: Path) -> None:
    path = _ledger(tmp_path / "l.sqlite", 3)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript("ALTER TABLE replies RENAME TO others; CREATE VIEW replies AS SELECT * FROM others")
    with pytest.raises(UserError, match="of something else|not as mathloom makes it"):
        Ledger(path, writable=True)
    recover(path, tmp_path / "saved.sqlite")
    assert Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies") == [(3,)], "the table below the view"


def test_a_row_number_without_end_is_not_counted_up_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generation.salvage.ROWS", 1000)
    path = _ledger(tmp_path / "l.sqlite", 3)
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE replies SET rowid = ? WHERE rowid = 3", (2**62,))
        db.commit()
    recover(path, tmp_path / "saved.sqlite")
    assert Ledger(tmp_path / "saved.sqlite").query("SELECT count(*) FROM replies") == [(3,)]


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("linked", [os.symlink, os.link])
def test_nothing_is_written_through_a_lock_that_is_a_link(
    tmp_path: Path, linked: Callable[[Path, Path], None], there: bool
) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("dear diary")
    linked(mine, tmp_path / "l.sqlite.lock")
    if not there:
        mine.unlink()
    if there or linked is os.symlink:
        with pytest.raises(UserError, match=r"l\.sqlite\.lock is no file of its own; remove it"):
            Ledger(tmp_path / "l.sqlite", writable=True)
    assert mine.exists() == there and (not there or mine.read_text() == "dear diary")


@pytest.mark.parametrize("end", ["-journal", "-wal", "-shm"])
@pytest.mark.parametrize("made", [os.mkfifo, lambda path: os.link(path.with_name("mine.txt"), path)])
def test_files_of_sqlite_that_are_none_of_its_own_are_refused(
    tmp_path: Path, end: str, made: Callable[[Path], None]
) -> None:
    path = _ledger(tmp_path / "l.sqlite", 1)
    (tmp_path / "mine.txt").write_text("dear diary")
    made(tmp_path / f"l.sqlite{end}")
    for writable in (False, True):
        with pytest.raises(UserError, match=f"l.sqlite{end} is (no file of its own|one file under several names)"):
            Ledger(path, writable=writable)
    assert (tmp_path / "mine.txt").read_text() == "dear diary"


def test_nothing_is_written_through_room_that_is_a_link(tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("dear diary")
    (tmp_path / "l.sqlite.spare").symlink_to(mine)
    Spare(tmp_path / "l.sqlite").release()
    assert mine.read_text() == "dear diary" and not (tmp_path / "l.sqlite.spare").exists()


def test_a_ledger_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no ledger"):
        Ledger(tmp_path / "l.sqlite")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_the_worlds_fault_and_leaves_the_ledger_readable(tmp_path: Path) -> None:
    path = _ledger(tmp_path / "l.sqlite", 10)
    limited = (
        "import resource, sys; from pathlib import Path; from generation.ledger import Ledger; from tests.generation.test_ledger import _reply\n"
        "ledger = Ledger(Path(sys.argv[1]), writable=True)\n"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try:\n"
        "    for i in range(100, 5000): ledger.record([_reply(i)])\n"
        "except Exception as problem: print(type(problem).__name__, problem)\n"
    )
    made = subprocess.run([sys.executable, "-c", limited, str(path)], capture_output=True, text=True, check=True)
    assert made.stdout.startswith(WorldError.__name__), made.stdout + made.stderr
    [(count,)] = Ledger(path).query("SELECT count(*) FROM replies")
    assert count >= 10


def test_a_disk_that_is_full_in_the_middle_of_a_recovery_leaves_no_ledger_and_the_same_command_goes_on(
    tmp_path: Path,
) -> None:
    path, to = _ledger(tmp_path / "l.sqlite", 2000), tmp_path / "saved.sqlite"
    size = path.stat().st_size
    limited = (
        "import resource, signal, sys; from pathlib import Path; from generation.salvage import recover\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))\n"
        "try: recover(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "except Exception as problem: print(type(problem).__name__, problem)"
    )
    for room in range(size // 2, 2 * size, size // 4):
        words = [sys.executable, "-c", limited, str(path), str(to), str(room)]
        made = subprocess.run(words, capture_output=True, text=True, check=True)
        if to.exists():
            break
        assert made.stdout.startswith(("WorldError", "OSError")), made.stdout + made.stderr
        assert [file.name for file in tmp_path.iterdir() if not file.name.startswith("l.")] == []
    if not to.exists():
        recover(path, to)
    assert Ledger(to).query("SELECT count(*) FROM replies") == [(2000,)]


def test_forget_frees_what_was_wrong_or_what_a_run_paid_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _ledger(tmp_path / "l.sqlite", 5)
    ledger = Ledger(path, writable=True)
    ledger.record([_reply(10, reason="cut"), _reply(11, reason="unreadable"), _reply(12, reason="cut", run=2)])
    ledger.close()
    forget(path, "cut", None)
    assert "2 replies are free" in capsys.readouterr().out
    with pytest.raises(UserError, match="no reply .* has the reason 'loop'; there are unreadable"):
        forget(path, "loop", None)
    with pytest.raises(UserError, match="knows no run 7; it knows 1"):
        forget(path, None, 7)
    forget(path, None, 1)
    assert Ledger(path).query("SELECT count(*) FROM replies") == [(0,)]


def test_a_run_that_was_killed_by_a_clock_that_went_back_took_no_time_and_gives_no_money_back(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "l.sqlite", writable=True)
    run = ledger.begin("test", "test", "0")
    ledger.record([replace(_reply(1, run=run), time="1999-01-01T00:00:00+00:00")])
    assert ledger.lasted(run) == 0


def test_merging_takes_what_is_not_there_and_the_first_ledger_wins(tmp_path: Path) -> None:
    one, two = _ledger(tmp_path / "one.sqlite", 5), tmp_path / "two.sqlite"
    ledger = Ledger(two, writable=True)
    ledger.record([_reply(i, "other") for i in range(3, 8)])
    ledger.remember("http://a", {"model": "m", "revision": "r", "concurrent": None, "offers": []})
    ledger.close()
    merge(one, [two])
    merged = Ledger(one)
    assert {i: merged.held([_reply(i).key])[_reply(i).key].text == "other" for i in range(8)} == {
        i: i >= 5 for i in range(8)
    }
    assert merged.remembered("http://a")


def test_what_a_ledger_says_of_servers_in_no_json_is_not_merged(tmp_path: Path) -> None:
    one, two = _ledger(tmp_path / "one.sqlite", 1), _ledger(tmp_path / "two.sqlite", 2)
    with contextlib.closing(sqlite3.connect(two)) as db:
        db.execute("INSERT INTO servers VALUES ('http://a', '{no', '')")
        db.commit()
    merge(one, [two])
    assert Ledger(one).query("SELECT count(*) FROM replies") == [(2,)] and Ledger(one).remembered("http://a") is None


def test_an_export_holds_every_reply_sorted_by_key(tmp_path: Path) -> None:
    path = _ledger(tmp_path / "l.sqlite", 1200)
    export(Ledger(path), tmp_path / "out.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["key"] for line in lines] == [_reply(i).key for i in range(1200)]


def test_costs_and_runs_are_tables_that_name_what_they_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _ledger(tmp_path / "l.sqlite", 1000)
    recipe = tmp_path / "r.yaml"
    recipe.write_text("generator: {price: {input: 1.0, output: 2.0}}\n")
    main(["costs", "--ledger", str(path), "--config", str(recipe)])
    main(["runs", "--ledger", str(path)])
    printed = capsys.readouterr().out
    assert "1,000" in printed and "$0.0200" in printed and "was killed" in printed


def test_a_ledger_is_not_closed_under_another_threads_question(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite", writable=True)
    closing = threading.Thread(target=ledger.close)
    with ledger._reads:
        closing.start()
        closing.join(0.2)
        assert closing.is_alive()
    closing.join(10)
    assert not closing.is_alive()


def test_a_ledger_of_which_a_page_is_gone_is_named_whatever_is_asked_of_it(tmp_path: Path) -> None:
    path = _ledger(tmp_path / "l.sqlite", 200)
    data = bytearray(path.read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(UserError, match="cannot be read.*recover"):
        Ledger(path).paid_for("m", ["hint"])
