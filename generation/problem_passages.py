"""Passages that are problems: each kept problem of a GSDP folder, with its solution, is one passage that is never cut.

    id, problem, solution, answer, verified, seed_ids, ... -> the columns of passages, and LINEAGE
    python -m generation.mind --config combo --documents data/gsdp --endpoints http://127.0.0.1:8080 --output data/combo

Of a finished folder only what it kept is read; whatever of that is not verified is a row that says so.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from datasets import Features, IterableDataset, List

from builders.contamination import CONTAMINATION
from builders.errors import UserError
from builders.passages import COLUMNS, STEP
from builders.problems import with_solution
from builders.row import TEXT, WHY_UNIT_FIRST, Row, batches
from builders.rows import as_text, read
from builders.seen import Seen
from builders.text import mend
from builders.tokens import Tokens

NEEDS = ("id", "problem", "solution", "answer", "verified")
TEXTS = ("problem", "solution", "answer", "verified")
# `no` is a row whose answer a reference contradicts: nothing is to be told about it.
VERIFIED = ("yes", "undecided")
# What a dialogue keeps of its problem. `answer_told` is empty here: it is read in the dialogue (generation.agreeing).
LINEAGE = Features(
    {
        "answer": TEXT, "answer_told": TEXT, "seed_ids": List(TEXT), "contamination": CONTAMINATION,
        "problem_models": List(TEXT),
    }
)  # fmt: skip


def problem_passages(where: str, tokens: Tokens, verified: Sequence[str], limit: int | None = None) -> IterableDataset:
    """The problems at `where` (a finished folder of generation.gsdp, or its name on the Hub) as passages, a lazy stream.

    Kept are rows whose `verified` is among `verified`. UserError where there are no such rows to read, or `verified` says
    what no row can be taken for.
    """
    for word in verified:
        if word not in VERIFIED:
            raise UserError(f"verified names '{word}'; problems can be taken that are {' or '.join(VERIFIED)}")
    next(iter(read(where, needs=NEEDS)))  # a folder of another kind is said before anything else
    features = Features({**COLUMNS, **WHY_UNIT_FIRST, **LINEAGE})
    rows = IterableDataset.from_generator(_Problems(where, tokens, tuple(verified)), features=features)
    return rows if limit is None else rows.take(limit)


@dataclass(frozen=True)
class _Problems:
    where: str
    tokens: Tokens
    verified: tuple[str, ...]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __call__(self) -> Iterator[Row]:
        with Seen() as seen:
            for batch in batches(read(self.where, needs=NEEDS, texts=TEXTS), 64):
                rows = [_passage(row, self.verified, seen) for row in batch]
                live = [row for row in rows if not row["reason"]]
                counts = self.tokens.count([row["text"] for row in live])
                for row, count in zip(live, counts, strict=True):
                    row["tokens"] = count
                yield from rows


def _passage(row: Row, verified: Sequence[str], seen: Seen) -> Row:
    """A problem and its solution as the one passage of a document, or why it is none."""
    made: Row = dict.fromkeys((*COLUMNS, *WHY_UNIT_FIRST, *LINEAGE))
    lacking = next((name for name in ("problem", "solution", "answer") if not (row.get(name) or "").strip()), None)
    wrong = row["bad_row"] or (f"it has no {lacking}" if lacking else None)
    name = as_text(row.get("id")) or None
    if wrong:
        return made | {"id": name, "document_id": name} | _why("bad_row", wrong)
    text = mend(with_solution(row["problem"], row["solution"]))
    digest = hashlib.sha256(text.encode()).hexdigest()
    name, again = seen.settle(mend(name or digest[:16]), digest)
    made |= {"id": f"{name}/0", "document_id": name, "index": 0, "start": 0, "end": len(text), "text": text}
    made |= {"answer": mend(row["answer"]), "seed_ids": _texts(row.get("seed_ids")), **_history(row)}
    if row.get("reason"):
        return made | _why("not_verified", f"it was rejected where it was made: {row['reason']}")
    if row["verified"] not in verified:
        return made | _why("not_verified", f"verified is {row['verified'] or 'not said'}")
    return made | _why("duplicate", f"a problem {name} stood there before") if again else made


def _why(reason: str, detail: str) -> Row:
    return dict(zip(WHY_UNIT_FIRST, ("document", STEP, reason, detail), strict=True))


def _history(row: Row) -> Row:
    """The evidence of contamination that was found (and did not reject), and the models that had a part in the problem."""
    hits, replies = _objects(row.get("contamination")), _objects(row.get("replies"))
    names = CONTAMINATION.feature
    return {
        "contamination": None if hits is None else [{name: as_text(hit.get(name)) for name in names} for hit in hits],
        "problem_models": None
        if replies is None
        else sorted({str(said["model"]) for said in replies if said.get("model")}),
    }


def _objects(value: Any) -> list[Mapping[str, Any]] | None:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else None


def _texts(value: Any) -> list[str] | None:
    return [as_text(item) or "" for item in value] if isinstance(value, list) else None
