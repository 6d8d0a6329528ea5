"""Passages that are there already: a folder of builders.passages, or anybody's rows with a column text.

id, document_id, url, text, tokens (whatever of it is there) -> the passages of a run, one row each
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from datasets import Features, IterableDataset

from builders.passages import COLUMNS
from builders.row import WHY_UNIT_FIRST, Row, batches, stream
from builders.rows import read
from builders.seen import Seen
from builders.text import mend
from builders.tokens import Tokens


class _Given:
    def __init__(self, where: str, tokens: Tokens, limit: int | None) -> None:
        self.where, self.tokens, self.limit = where, tokens, limit

    def __call__(self) -> Iterator[Row]:
        with Seen() as seen:
            for batch in batches(read(self.where, needs=["text"], texts=["text"]), 64):
                rows = [_passage(row, seen) for row in batch]
                live = [row for row in rows if not row["reason"]]
                counts = self.tokens.count([row["text"] for row in live])
                for row, count in zip(live, counts, strict=True):
                    row["tokens"] = count
                yield from rows


def given(where: str, tokens: Tokens, limit: int | None) -> IterableDataset:
    """The passages at `where` as a stream; what is no passage is a row with its reason."""
    next(iter(read(where, needs=["text"])))  # a file that is not there is said before anything else
    rows = stream(_Given(where, tokens, limit), Features({**COLUMNS, **WHY_UNIT_FIRST}))
    return rows if limit is None else rows.take(limit)


def _passage(row: dict[str, Any], seen: Seen) -> Row:
    text = row.get("text")
    made: Row = dict.fromkeys((*COLUMNS, *WHY_UNIT_FIRST))
    wrong = row["bad_row"] or (None if isinstance(text, str) and text.strip() else "no text")
    text = mend(text) if isinstance(text, str) else ""
    digest = hashlib.sha256(text.encode()).hexdigest()
    name = str(row.get("id") or digest[:16])
    made |= {"id": name, "document_id": str(row.get("document_id") or name), "url": row.get("url"), "text": text}
    made |= {"index": row.get("index") or 0, "start": row.get("start") or 0, "end": row.get("end") or len(text)}
    if wrong:
        return made | {"unit": "passage", "step": "passages", "reason": "bad_row", "detail": str(wrong)}
    made["id"], duplicate = seen.settle(name, digest)
    if duplicate:
        return made | {
            "unit": "passage",
            "step": "passages",
            "reason": "duplicate",
            "detail": f"a passage {name} stood there before",
        }
    return made
