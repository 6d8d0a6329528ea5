"""Replies that others have paid for, taken up into one's own ledger, so that only what is new is asked.

    user/name@v1.0, or a finished folder -> its config `replies`, each row checked -> the ledger

A reply is believed where its key is what was asked (recomputed: the second law), and its digest what was replied. What does
not agree is named, and not used. Of two replies under one key the ledger's own stays.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from builders import rows
from builders.commands import now
from builders.row import Row
from builders.screen import say
from builders.sources import find
from generation.keys import canonical, key
from generation.ledger import TAKEN_UP, Ledger, Reply
from generation.schema import NEVER_NULL

CONFIG = "replies"
ASKED = ("model", "revision", "messages", "sampling", "sample", "try", "dialect")
REPLIED = (
    "step",
    "prompt",
    "text",
    "reasoning",
    "finish_reason",
    "prompt_tokens",
    "completion_tokens",
    "reason",
    "detail",
)
NUMBERS = ("sample", "try", "prompt_tokens", "completion_tokens")  # of 63 bits, as SQLite keeps them; all else is text
AT_ONCE = 500
SHOWN = 20  # keys of changed replies that a sentence names


@dataclass(frozen=True)
class Taken:
    """What came of one source: replies that are new in the ledger, that it held already, and that were not believed."""

    source: str
    commit: str | None
    new: int
    held: int
    changed: int


def digest_of(row: Row) -> str:
    """The digest of what was replied under a key."""
    replied = {name: row.get(name) for name in ("key", *REPLIED)}
    return hashlib.sha256(canonical(replied).encode("utf-8", "surrogatepass")).hexdigest()


def take_up(path: Path, sources: Sequence[str], wait: bool, command: str) -> list[Taken]:
    """Copies the replies of finished folders into a ledger, which is made where there is none.

    Raises UserError where a source is none, or has no replies of ours; WorldError where the Hub does not answer.
    """
    given = [find(source, config=CONFIG) for source in sources]
    for source in given:
        rows.check(source, ("key", *ASKED, *REPLIED, "digest"))
    ledger = Ledger(path, writable=True, wait=wait, command=command)
    try:
        return [_take(ledger, source) for source in given]
    finally:
        ledger.close()


def _take(ledger: Ledger, source: rows.Source) -> Taken:
    run = ledger.begin(f"replies of {source.name}", "", "")
    ledger.end(run, TAKEN_UP, 0.0)  # now, for what a kill leaves behind was not paid for either
    new, held, changed = 0, 0, list[str]()
    given = rows.read(source)
    while batch := list(islice(given, AT_ONCE)):
        believed = list(_believed(batch, source.name, run, changed))
        there = ledger.which([reply.key for reply in believed])
        fresh = [reply for reply in believed if reply.key not in there]
        ledger.record(fresh)
        new, held = new + len(fresh), held + len(believed) - len(fresh)
    say(f"{source.name}: {new:,} replies taken up, {held:,} in the ledger already", error=True)
    if changed:
        more = ", ..." if len(changed) > SHOWN else ""
        say(
            f"{source.name}: {len(changed):,} of {new + held + len(changed):,} replies are not what their keys or digests say, and are not used: "
            f"{', '.join(changed[:SHOWN])}{more}", error=True,
        )  # fmt: skip
    return Taken(source.name, source.commit, new, held, len(changed))


def _believed(batch: list[Row], source: str, run: int, changed: list[str]) -> Iterator[Reply]:
    """The replies of a batch that are what they say they are; the others are named in `changed`."""
    for row in batch:
        made = _reply(row, source, run)
        if made is None:
            changed.append(ascii(str(row.get("key"))[:64])[1:-1])  # a terminal obeys what stands in some texts
        else:
            yield made


def _reply(row: Row, source: str, run: int) -> Reply | None:
    """A row of `replies` as the ledger keeps it; None where it was changed."""
    try:
        asked: dict[str, Any] = {name: row[name] for name in ASKED}
        asked["sampling"] = json.loads(asked["sampling"])
        model, revision, messages, sampling, sample, again, dialect = asked.values()
        if (
            not _fits(row)
            or not isinstance(sampling, dict)
            or key(model, revision, messages, sampling, sample, again, dialect) != row["key"]
            or digest_of(row) != row["digest"]
        ):
            return None
    except (KeyError, TypeError, ValueError, RecursionError):  # no row of ours
        return None
    if not isinstance(row["text"], str) and not row["reason"]:
        return None
    request = canonical(
        {"dialect": dialect, "messages": messages, "sample": sample, "sampling": sampling, "try": again}
    )
    replied = {name: row[name] for name in REPLIED}
    return Reply(
        key=row["key"],
        model=model,
        revision=revision,
        endpoint=source,
        request=request,
        seconds=0.0,
        time=now(),
        run=run,
        **replied,
    )


def _fits(row: Row) -> bool:
    """Whether the ledger can keep every value: what a digest was made for may be of any type."""
    if any(row[name] is None for name in (*ASKED, *REPLIED) if name in NEVER_NULL):
        return False
    given = [(name, row[name]) for name in (*ASKED, *REPLIED) if name != "messages" and row[name] is not None]
    return all(
        type(value) is int and 0 <= value < 2**63 if name in NUMBERS else isinstance(value, str)
        for name, value in given
    )
