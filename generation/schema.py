"""The schema of a ledger, how it grew, and whether a file has it: one that somebody else has made could lose replies in silence.

an SQLite file -> what in it is not as mathloom makes it, or None
"""

import contextlib
import functools
import sqlite3
from zlib import crc32

MIGRATIONS = (  # a schema that grows: each entry is applied once, in order; user_version counts them
    """
    CREATE TABLE replies (
        key TEXT PRIMARY KEY, step TEXT, prompt TEXT, model TEXT, revision TEXT, endpoint TEXT, request TEXT,
        text TEXT, reasoning TEXT, finish_reason TEXT, prompt_tokens INTEGER, completion_tokens INTEGER,
        seconds REAL, time TEXT, run INTEGER, reason TEXT, detail TEXT
    );
    CREATE INDEX replies_by_step ON replies (step, model, revision);
    CREATE TABLE runs (
        id INTEGER PRIMARY KEY, command TEXT, recipe TEXT, version TEXT, started TEXT, ended TEXT, seconds REAL, how TEXT
    );
    CREATE TABLE servers (address TEXT PRIMARY KEY, said TEXT, time TEXT);
    """,
    "ALTER TABLE replies ADD COLUMN mark INTEGER",
    "UPDATE replies SET mark = mark_of(key, request, text, reasoning, finish_reason) WHERE mark IS NULL",
)
MARKED = 3  # the schema from which on every reply has its mark
COLUMNS = (
    "key", "step", "prompt", "model", "revision", "endpoint", "request", "text", "reasoning", "finish_reason",
    "prompt_tokens", "completion_tokens", "seconds", "time", "run", "reason", "detail",
)  # fmt: skip
KINDS = dict.fromkeys(COLUMNS, "text") | {
    "prompt_tokens": "integer",
    "completion_tokens": "integer",
    "seconds": "real",
    "run": "integer",
}
ANALYZED = {  # what SQLite's own ANALYZE adds
    ("sqlite_stat1", "CREATETABLEsqlite_stat1(tbl,idx,stat)"),
    ("sqlite_stat4", "CREATETABLEsqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)"),
}
NEVER_NULL = {"key", "step", "prompt", "model", "endpoint", "request", "seconds", "time", "run"}


def mark_of(*words: str | None) -> int:
    """The checksum of a reply's key, request, text, reasoning and finish reason."""
    return crc32("\n".join(map(str, words)).encode())


def marks_of(db: sqlite3.Connection) -> tuple[str, bool]:
    """What to select for a reply's mark (-1, which is none, where its values are of other kinds), and whether each must have one.

    A disk that lies may have changed the schema's number.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    columns = {name for _, name, *_ in db.execute("PRAGMA table_info(replies)")}
    mark = "mark" if "mark" in columns else "NULL"
    return f"CASE WHEN {_typed()} THEN {mark} ELSE -1 END", version not in range(1, MARKED)


def _typed() -> str:
    """Whether a reply's values are of the kinds that mathloom writes: SQLite takes any value into any column."""
    kinds = {name: [repr(kind), *([] if name in NEVER_NULL else ["'null'"])] for name, kind in KINDS.items()}
    return " AND ".join(f"typeof({name}) IN ({','.join(known)})" for name, known in kinds.items())


def migrate(db: sqlite3.Connection, version: int) -> None:
    """Brings a ledger of schema number `version` to the newest."""
    db.create_function("mark_of", 5, mark_of, deterministic=True)
    for number, script in enumerate(MIGRATIONS[version:], version + 1):
        db.executescript(f"BEGIN; {script}; PRAGMA user_version={number}; COMMIT;")


def foreign(db: sqlite3.Connection) -> str | None:
    """The name of something in a ledger that is not as mathloom makes it: a trigger, a view, a constraint, a computed column, a lack."""
    there = _said(db)
    if there in _ours():
        return None
    return min((name for name, _ in {*there} ^ {*_ours()[-1]}), default="replies")


def _said(db: sqlite3.Connection) -> list[tuple[str, str]]:
    rows = db.execute("SELECT name, coalesce(sql, '') FROM sqlite_master").fetchall()
    said = ((str(name), "".join(str(sql).split())) for name, sql in rows)  # versions of SQLite set spaces otherwise
    return sorted(each for each in said if each not in ANALYZED)


@functools.cache
def _ours() -> list[list[tuple[str, str]]]:
    """What the schema says of itself after each migration."""
    found = []
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.create_function("mark_of", 5, mark_of, deterministic=True)
        for script in MIGRATIONS:
            db.executescript(script)
            found.append(_said(db))
    return found
