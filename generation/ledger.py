"""The ledger: every reply that was paid for, kept one by one under what was asked, in one SQLite file.

    key -> step, prompt, model, revision, endpoint, request, text, reasoning, finish reason, tokens, seconds, time, run
    python -m generation.ledger costs --ledger data/ledger.sqlite

The first reply recorded under a key is the one that everybody gets (the third law). WAL and one transaction per batch:
a kill -9 leaves what was committed. One run at a time may write; whoever wants may read.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from builders.commands import now
from builders.errors import SAFE, UserError, WorldError
from builders.text import mend
from generation.keys import key
from generation.lock import check_beside, take_lock, warn_of_network
from generation.schema import COLUMNS, MIGRATIONS, foreign, mark_of, marks_of, migrate

PAGE = 4096  # bytes of a page, said so that a spoilt head can be mended; what every SQLite takes where nothing is said
CANNOT_WRITE = ("SQLITE_READONLY", "SQLITE_CANTOPEN")  # what SQLite calls a place where it may not make its log
BROKEN = (sqlite3.Error, UnicodeDecodeError)  # the second where what SQLite says of a spoilt schema quotes its bytes
# How a run ended that copied what others have paid for; its replies cost nothing here.
TAKEN_UP = "taken up"
PAID = f"run NOT IN (SELECT id FROM runs WHERE how = '{TAKEN_UP}')"


@dataclass(frozen=True)
class Reply:
    """One recorded reply. `reason` is what was wrong with it when it came (refused, cut, unreadable), for `forget`."""

    key: str
    step: str
    prompt: str
    model: str
    revision: str | None
    endpoint: str
    request: str  # JSON: messages, sampling, sample, try, dialect
    text: str | None
    reasoning: str | None
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float
    time: str
    run: int
    reason: str | None = None
    detail: str | None = None

    @property
    def mark(self) -> int:
        """A checksum of what was asked and replied, for SQLite has none: a disk that lies must not change data in silence."""
        return mark_of(self.key, self.request, self.text, self.reasoning, self.finish_reason)


class Ledger:
    """An open ledger. `writable` takes its lock, and a second writer is told who holds it."""

    def __init__(self, path: Path, *, writable: bool = False, wait: bool = False, command: str = "") -> None:
        self.path = path
        self.writable = writable
        self._lock: TextIO | None = None
        if writable:
            path.parent.mkdir(parents=True, exist_ok=True)
            warn_of_network(path)
            self._check_ours()
            self._lock = take_lock(path, wait, command)
        elif not path.exists():
            raise UserError(f"there is no ledger {path}")
        self._writes, self._reads = threading.RLock(), threading.Lock()
        self._db = self.connect()
        self._migrate()
        self._reader = self.connect()

    def _check_ours(self) -> None:
        """Raises UserError where a file of something else stands there, before a lock lies beside it or it gets a log."""
        check_beside(self.path)
        if not self.path.is_file() or not self.path.stat().st_size:
            return
        try:
            with contextlib.closing(_open_to_read(self.path)) as db:
                names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        except sqlite3.OperationalError:  # locked, by a run that the lock will name
            return
        except BROKEN as problem:
            raise self._damaged(problem) from problem
        if names and "replies" not in names:
            raise UserError(f"{self.path} is an SQLite file of something else; name another --ledger")

    def connect(self) -> sqlite3.Connection:
        """A connection; the reading threads have one of their own."""
        check_beside(self.path)
        try:
            if self.writable:
                db = sqlite3.connect(self.path.absolute(), timeout=30, check_same_thread=False, isolation_level=None)
                db.execute(f"PRAGMA page_size={PAGE}")
                db.execute("PRAGMA journal_mode=WAL")
                db.execute("PRAGMA synchronous=NORMAL")
            else:
                db = _open_to_read(self.path)
            db.execute("PRAGMA cache_size=-4096")
            return db
        except BROKEN as problem:
            raise self._damaged(problem) from problem

    def _damaged(self, problem: Exception) -> UserError | WorldError:
        text = one_line(problem)
        if "full" in text or "disk I/O" in text:
            return WorldError(f"the ledger {self.path} cannot be written: {text}; {SAFE}")
        return UserError(
            f"the ledger {self.path} cannot be read: {text}; "
            f"'python -m generation.ledger recover --ledger {self.path} --to NEW.sqlite' saves what can be read"
        )

    def _migrate(self) -> None:
        try:
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version > len(MIGRATIONS):
                raise UserError(
                    f"the ledger {self.path} was written by a newer mathloom (schema {version}); this one knows {len(MIGRATIONS)}"
                )
            names = {name for (name,) in self._db.execute("SELECT name FROM sqlite_master")}
            if version < 0 or (version == 0 and "replies" in names):
                raise self._damaged(ValueError(f"it says that its schema is number {version}"))
            if not self.writable and version == 0:
                raise UserError(f"{self.path} is not a ledger of mathloom")
            if names and "replies" not in names:
                raise UserError(f"{self.path} is an SQLite file of something else; name another --ledger")
            if version and (name := foreign(self._db)):
                raise UserError(
                    f"the ledger {self.path} is not used: {name!r} in it is not as mathloom makes it, and could lose replies; drop it by SQL, "
                    f"or save what replies there are by 'python -m generation.ledger recover --ledger {self.path} --to NEW.sqlite'"
                )
            if self.writable:
                migrate(self._db, version)
            self._mark, self._needs_mark = marks_of(self._db)
            self._db.execute("SELECT key FROM replies LIMIT 1").fetchone()
        except BROKEN as problem:
            raise self._damaged(problem) from problem

    def record(self, replies: Sequence[Reply]) -> None:
        """Writes replies in one transaction; of two under one key the first stays."""
        places = ",".join("?" * (len(COLUMNS) + 1))
        with self._writes:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                self._db.executemany(
                    f"INSERT INTO replies ({','.join(COLUMNS)},mark) VALUES ({places}) ON CONFLICT (key) DO NOTHING",
                    map(_written, replies),
                )
                self._db.execute("COMMIT")
            except BROKEN as problem:
                raise self._damaged(problem) from problem
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def held(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The replies that are there, by key."""
        found: dict[str, Reply] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            query = f"SELECT {','.join(COLUMNS)},{self._mark} FROM replies WHERE key IN ({','.join('?' * len(part))})"
            for *row, mark in self._select(query, part):
                found[row[0]] = reply = Reply(*row)
                if mark != reply.mark and (mark is not None or self._needs_mark):
                    raise self._damaged(ValueError(f"the reply {reply.key} is not what was written"))
        return found

    def which(self, keys: Sequence[str]) -> dict[str, Any]:
        """The keys of the replies that are there, without the replies."""
        found: dict[str, Any] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            rows = self._select(f"SELECT key FROM replies WHERE key IN ({','.join('?' * len(part))})", part)
            found.update(dict.fromkeys(key for (key,) in rows))
        return found

    def paid(self, keys: Sequence[str], but: int) -> list[tuple[int, int, int]]:
        """(prompt tokens, completion tokens, run) of the replies of all runs `but` one; estimated where no server counted."""
        found: list[tuple[int, int, int]] = []
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            sql = (
                "SELECT coalesce(prompt_tokens, length(request) / 4), coalesce(completion_tokens, length(text) / 4), run FROM replies "
                f"WHERE text IS NOT NULL AND {PAID} AND run <> ? AND key IN ({','.join('?' * len(part))})"
            )
            found += [(prompt, completion, run) for prompt, completion, run in self._select(sql, [but, *part])]
        return found

    def paid_for(self, model: str, steps: Sequence[str], by: str | None = None) -> tuple[tuple[int, int], list[int]]:
        """((prompt tokens, completion tokens), runs) of all replies of a model to some steps; `by`: of the runs of that name."""
        where = (
            f"FROM replies WHERE model = ? AND step IN ({','.join('?' * len(steps))}) AND text IS NOT NULL AND {PAID}"
            + (" AND run IN (SELECT id FROM runs WHERE recipe = ?)" if by else "")
        )
        values = [model, *steps, *([by] if by else [])]
        sums = f"sum(coalesce(prompt_tokens, length(request) / 4)), sum(coalesce(completion_tokens, length(text) / 4)) {where}"
        [(prompt, completion)] = self._select(f"SELECT {sums}", values)
        return (prompt or 0, completion or 0), [run for (run,) in self._select(f"SELECT DISTINCT run {where}", values)]

    def lasted(self, run: int) -> float:
        """Seconds that a run took; one that was killed wrote no end, and lasted at least to its last reply, if the clock is right."""
        [(seconds,)] = self._select(
            "SELECT coalesce(max(seconds), (SELECT 86400 * (julianday(max(time)) - julianday((SELECT started FROM runs WHERE id = ?1))) "
            "FROM replies WHERE run = ?1)) FROM runs WHERE id = ?1", [run],
        )  # fmt: skip
        return max(0.0, float(seconds or 0))

    def _select(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        try:
            with self._reads:
                return self._reader.execute(sql, values).fetchall()
        except BROKEN as problem:
            raise self._damaged(problem) from problem

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a question in SQL, small ones."""
        return self._select(sql, values)

    def revisions(self, step: str, model: str) -> dict[str | None, int]:
        """How many replies of a step the ledger holds from a model, by revision."""
        return dict(
            self.query("SELECT revision, count(*) FROM replies WHERE step=? AND model=? GROUP BY revision", step, model)
        )

    def sampling(self, step: str, model: str) -> Any:
        """How one of a model's replies to a step was sampled; None where there is none."""
        found = self.query("SELECT request FROM replies WHERE step=? AND model=? LIMIT 1", step, model)
        try:
            return json.loads(found[0][0])["sampling"] if found else None
        except (ValueError, LookupError, TypeError, RecursionError):  # the replay says what is wrong with it
            return None

    def take_no_room(self) -> None:
        """Copies nothing from the WAL into the file any more: what room is left on the disk is for replies."""
        self.write("PRAGMA wal_autocheckpoint=0")

    def remember(self, address: str, said: dict[str, Any]) -> None:
        """What a server said of itself, for the day it is switched off."""
        self.write("INSERT OR REPLACE INTO servers VALUES (?,?,?)", address, json.dumps(said), now())

    def remembered(self, address: str) -> dict[str, Any] | None:
        """What the server at an address last said."""
        rows = self.query("SELECT said FROM servers WHERE address=?", address)
        try:
            return dict(json.loads(rows[0][0])) if rows else None
        except (ValueError, TypeError):  # a disk that lies; it is asked again
            return None

    def begin(self, command: str, recipe: str, version: str) -> int:
        """A new row of `runs`; its number."""
        return self.write(
            "INSERT INTO runs (command, recipe, version, started) VALUES (?,?,?,?)", command, recipe, version, now()
        )

    def end(self, run: int, how: str, seconds: float) -> None:
        """How a run ended."""
        self.write("UPDATE runs SET ended=?, how=?, seconds=? WHERE id=?", now(), how, seconds, run)

    def write(self, sql: str, *values: Any) -> int:
        """One statement; the number of the row it made."""
        try:
            with self._writes:
                return self._db.execute(sql, values).lastrowid or 0
        except BROKEN as problem:
            raise self._damaged(problem) from problem

    def close(self) -> None:
        """Closes the file and gives the lock back; SQLite dies where it is closed under another thread's question."""
        with self._reads:
            self._reader.close()
        with self._writes:
            self._db.close()
        if self._lock:
            self._lock.close()


def one_line(problem: Exception) -> str:
    """What SQLite says, which may quote a schema of many lines."""
    return " ".join(str(problem).split())


def tries_before(reply: Reply) -> list[str]:
    """The keys of the tries that came to nothing before this one."""
    asked = json.loads(reply.request)
    words = (asked["messages"], asked["sampling"], asked["sample"])
    return [key(reply.model, reply.revision, *words, number, asked["dialect"]) for number in range(asked["try"])]


def _written(reply: Reply) -> list[Any]:
    """A reply's row. SQLite takes no lone surrogates; the few that rows and servers bring become U+FFFD."""
    values: list[Any] = [mend(value) if isinstance(value, str) else value for value in vars(reply).values()]
    return [*values, Reply(*values).mark]


def _open_to_read(path: Path) -> sqlite3.Connection:
    try:
        db = sqlite3.connect(
            f"file:{_quoted(path)}?mode=rw", uri=True, timeout=30, check_same_thread=False, isolation_level=None
        )
        db.execute("PRAGMA query_only=1")
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        return db
    except sqlite3.OperationalError as problem:
        if not problem.sqlite_errorname.startswith(CANNOT_WRITE):
            raise  # a disk that is full, or broken
        beside = path.with_name(path.name + "-wal")
        if beside.exists() and beside.stat().st_size:
            raise UserError(
                f"the ledger {path} was not closed, and {beside.name} holds its last replies, which can only be read where it can "
                "be written; copy both files to such a place"
            ) from None
        uri = f"file:{_quoted(path)}?immutable=1"
        return sqlite3.connect(uri, uri=True, check_same_thread=False, isolation_level=None)


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


if __name__ == "__main__":
    from builders.commands import command
    from generation.accounts import main

    command(main)
