"""What a model said while it was evaluated: an evaluation that is killed, or asks for more, pays for nothing twice.

what is asked of which model, by which seed -> what it said, in a file, as soon as it is said; and from there ever after

lm-eval's own CachingLM keeps nothing that is drawn (`--samples 8 --temperature 0.7`), which is what costs most.
"""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from builders.errors import UserError
from builders.place import check_plain_files
from builders.screen import say

KINDS = ("generate_until", "loglikelihood", "loglikelihood_rolling")  # all that lm-eval asks of a model

TABLE = "CREATE TABLE said (key TEXT, number INT, said TEXT, PRIMARY KEY (key, number))"
WAIT = 30.0  # seconds for another evaluation that is writing


class Kept:
    """What was said, by what was asked; of equal questions the n-th gets what was said n-th. lm-eval calls it a cache hook."""

    def __init__(self, file: Path, model: Sequence[Any]) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file, self.model, self.seed = file, model, 0
        self._rows = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=WAIT)
        for line in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL"):
            self._rows.execute(line)
        there = self._rows.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
        if not there:
            self._rows.execute(TABLE)
        elif there != [(TABLE,)]:  # a trigger would swallow what is kept, or never end
            raise self.broken("other tables, views or triggers than ours")

    def key(self, kind: str, asked: Sequence[Any]) -> str:
        """What stands for a question."""
        said = [*self.model, self.seed, kind, *asked]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

    def add_partial(self, kind: str, asked: Sequence[Any], said: Any) -> None:
        """lm-eval says so as soon as a model has replied."""
        key = self.key(kind, asked)
        self._rows.execute(
            "INSERT INTO said SELECT ?, count(*), ? FROM said WHERE key = ?", (key, json.dumps(said), key)
        )

    def of(self, key: str, number: int) -> Any:
        """What was said n-th under a key; None where nothing was."""
        row = self._rows.execute("SELECT said FROM said WHERE key = ? AND number = ?", (key, number)).fetchone()
        try:
            found = json.loads(row[0]) if row else None
        except (ValueError, TypeError, RecursionError) as problem:
            raise self.broken(problem) from problem
        return tuple(found) if isinstance(found, list) else found

    def broken(self, problem: object) -> UserError:
        """The sentence for what cannot be ours."""
        return UserError(f"{self.file} holds what no evaluation puts there ({problem}); put the file aside")

    def close(self) -> None:
        self._rows.close()


def keep(lm: Any, file: Path, model: Sequence[Any]) -> Kept:
    """From here on a model of lm-eval's is asked for what the file does not hold. `model` says whose replies those are."""
    check_plain_files(Path(f"{file}{end}") for end in ("", "-journal", "-wal", "-shm"))
    made = Kept(file, model)
    lm.set_cache_hook(made)
    for kind in KINDS:
        setattr(lm, kind, partial(asked, made, kind, getattr(lm, kind)))
    return made


def asked(kept: Kept, kind: str, ask: Callable[..., list[Any]], requests: Sequence[Any], **more: Any) -> list[Any]:
    """What a model says to requests, in order."""
    counts: Counter[str] = Counter()
    found = []
    for request in requests:
        key = kept.key(kind, request.args)
        said = kept.of(key, counts[key])
        if said is not None and isinstance(said, str) != (kind == "generate_until"):
            raise kept.broken(f"a {type(said).__name__} for what {kind} gives")
        found.append(said)
        counts[key] += 1
    left = [request for request, said in zip(requests, found, strict=True) if said is None]
    if len(left) < len(found):
        say(f"{len(found) - len(left):,} of {len(found):,} replies were there already")
    new = iter(ask(left, **more) if left else [])
    return [next(new) if said is None else said for said in found]
