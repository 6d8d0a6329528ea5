"""Documents cut into passages (MIND, section 2): at most 500 tokens, nothing lost, no formula in two.

    id, url, text, bad_row -> id, document_id, url, index, start, end, text, tokens

    python -m builders.passages --rows sample --output data/passages

`document[start:end]` is the passage, in code points, and the passages of a document join to the document again. A
document that has none (it cannot be read, holds no text, or stood there before) is one row that says why.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from datasets import Features, IterableDataset, Value

from builders import VERSION
from builders.commands import command, option, parse
from builders.cuts import cut, parts
from builders.errors import CheckFailed, UserError
from builders.row import WHY_UNIT_FIRST, Row, stream
from builders.screen import say
from builders.seen import Seen
from builders.text import mend
from builders.tokens import Tokens, load_tokenizer

__all__ = ["COLUMNS", "LIMIT", "cut", "passages"]

LIMIT = 500  # tokens of a passage (MIND, section 2)
STEP = "passages"
# A kept row holds these; `text` is exactly the document's text from `start` to `end`, in code points
COLUMNS = Features(
    {
        "id": Value("string"),
        "document_id": Value("string"),
        "url": Value("string"),
        "index": Value("int32"),
        "start": Value("int64"),
        "end": Value("int64"),
        "text": Value("string"),
        "tokens": Value("int32"),
    }
)


def passages(rows: Iterable[Row], tokenizer: Tokens, limit: int = LIMIT) -> IterableDataset:
    """Documents -> passages of at most `limit` tokens, a stream with `COLUMNS` and `WHY_UNIT_FIRST`; lazily, in flat memory.

    `rows` have a column `text`, and may have `id`, `url` and `bad_row`. A document without an id gets 16 hex digits of
    its text's hash; one whose id stood there with another text gets `<id>~<hash>`.
    """
    if limit < 1:
        raise UserError(f"a passage cannot have at most {limit} tokens; it must be 1 or more")
    known = getattr(rows, "features", None)
    if known is not None and "text" not in known:
        raise UserError(f"documents need the column text; these rows have {', '.join(sorted(known))}")
    return stream(_Passages(rows, tokenizer, limit), Features({**COLUMNS, **WHY_UNIT_FIRST}))


@dataclass(frozen=True)
class _Passages:
    """The passages of `rows`, from the first document on each time that they are asked for."""

    rows: Iterable[Row]
    tokenizer: Tokens
    limit: int

    def __call__(self) -> Iterator[Row]:
        with Seen() as seen:
            for row in self.rows:
                yield from self._of(row, seen)

    def _of(self, row: Row, seen: Seen) -> Iterator[Row]:
        """The passages of one document, or one row that says why it has none."""
        name, url, text = row.get("id"), row.get("url"), row.get("text")
        name = None if name in (None, "") else mend(str(name))
        wrong = row.get("bad_row") or _wrong(text)
        if wrong or not isinstance(text, str):
            yield _rejected(name, url, "bad_row", str(wrong))
            return
        text = mend(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        name, duplicate = seen.settle(name or digest[:16], digest)
        if duplicate:
            yield _rejected(name, url, "duplicate", f"a document {name} with this text stood there before")
            return
        for index, (start, end, tokens) in enumerate(parts(text, self.tokenizer, self.limit)):
            part = text[start:end]
            kept = dict(zip(COLUMNS, (f"{name}/{index}", name, url, index, start, end, part, tokens), strict=True))
            if part.isspace():  # a run of white space longer than a passage: nothing to ask about, and yet not lost
                yield kept | dict(zip(WHY_UNIT_FIRST, ("passage", STEP, "bad_row", "white space alone"), strict=True))
            else:
                yield kept | dict.fromkeys(WHY_UNIT_FIRST)


def _wrong(text: Any) -> str | None:
    """Why a document's text cannot be cut."""
    if text is None:
        return "no text"
    if not isinstance(text, str):
        return f"text is {type(text).__name__}, not a string"
    return None if text and not text.isspace() else "no text: white space alone" if text else "no text: it is empty"


def _rejected(name: str | None, url: str | None, reason: str, detail: str) -> Row:
    why = dict(zip(WHY_UNIT_FIRST, ("document", STEP, reason, detail), strict=True))
    return dict.fromkeys(COLUMNS) | {"id": name, "document_id": name, "url": url} | why


@dataclass(frozen=True)
class Recipe:
    """What `python -m builders.passages` is told."""

    output: str = option("data/passages", "the finished folder to write", metavar="DIR")
    rows: str = option("sample", "documents: a Hub id, a local file or folder, or sample", metavar="ROWS")
    passage_tokens: int = option(LIMIT, "tokens of a passage, at most", metavar="N")
    tokenizer: str | None = option(
        None, "what counts tokens: a Hub id or a tokenizer.json (default: the one that the project ships)"
    )
    limit: int | None = option(None, "the first so many documents", metavar="N")


def main(argv: Sequence[str]) -> None:
    """Documents in, a finished folder of passages out."""
    from builders.folder import finished
    from builders.openwebmath import documents

    recipe = parse(Recipe, argv, "builders.passages", "Documents, cut into passages that part no formula.")
    tokenizer = load_tokenizer(recipe.tokenizer)
    output, features = Path(recipe.output), {"default": COLUMNS, "rejected": Features({**COLUMNS, **WHY_UNIT_FIRST})}
    rows = passages(documents(recipe.rows, limit=recipe.limit), tokenizer, recipe.passage_tokens)
    reasons: Counter[str] = Counter()
    kept = tokens = 0
    with finished(output, features, [], "passages") as folder:
        for row in rows:
            if row["reason"] is None:
                kept, tokens = kept + 1, tokens + row["tokens"]
                folder.write("default", [{name: row[name] for name in COLUMNS}])
            else:
                reasons[row["reason"]] += 1
                folder.write("rejected", [row])
        counts = {"passages": {"kept": kept, "rejected": dict(reasons)}}
        said = {"mathloom": VERSION, "kind": "passages", "tokenizer": tokenizer.name, "counts": counts}
        folder.put("run.json", json.dumps(said, indent=2) + "\n")
        told = {"rows": recipe.rows, "passage_tokens": recipe.passage_tokens, "tokenizer": tokenizer.name}
        folder.put("recipe.yaml", yaml.safe_dump(told | {"limit": recipe.limit}, sort_keys=False))
    lost = ", ".join(f"{number} {reason}" for reason, number in sorted(reasons.items())) or "none"
    say(f"{kept} passages of {tokens / max(kept, 1):.0f} tokens on average by {tokenizer.name}; rejected: {lost}")
    if not kept:
        raise CheckFailed(f"no document of {recipe.rows} has a passage; {output} says why")
    say(f'load_dataset("{output}", split="train")')


if __name__ == "__main__":
    command(main)
