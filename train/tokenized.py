"""Rows as a trainer takes them: tokens and labels, and why a row is left out.

    files -> id, input_ids, labels (-100 where nothing is to be learnt), tokens, rehearsal, reason (null where it is trained on)

All of it is ours, and not TRL's, for one reason: TRL cuts rows at `max_length`, and drops what is then masked, in silence.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset, Features, List, Value

from builders import rows
from builders.arrow import as_raised
from builders.errors import UserError
from builders.layout import front_matter
from builders.problems import ARE_TEXTS
from builders.row import Row, batches
from builders.sources import File, Source
from train.forms import rehearsed

CODE = 1  # of how rows become tokens: whoever changes that raises it, and no cached row comes back
AT_ONCE = 256  # rows that are tokenized together
MASKED = -100  # torch's label of a token that does not count
FEATURES = Features(
    {
        "id": Value("string"),
        "input_ids": List(Value("int32")),
        "labels": List(Value("int32")),
        "tokens": Value("int32"),
        "rehearsal": Value("bool"),
        "reason": Value("string"),
    }
)
REASONS = {
    "bad_row": "cannot be read",
    "empty": "neither text nor messages, or empty ones",
    "no_answer": "no answer to learn",
    "refused": "the chat template refuses them",
    "too_long": "longer than max_length; cut, they would end in the middle",
    "masked": "no token to learn from",
    "rehearsal": "made by the rehearsal",
}

Encoded = tuple[list[int], list[int]]  # tokens, labels


@dataclass(frozen=True)
class Encoder:
    """How rows become tokens: `encode` gives a row's, or the reason why there are none. `mark` changes when any of it does."""

    encode: Callable[[Sequence[Row]], Iterable[Encoded | str]]
    longest: int | None  # tokens; None: rows may be of any length
    allow_rehearsal: bool
    mark: str

    def __call__(self, files: list[File], limit: int | None = None) -> Iterator[Row]:
        """The rows of files, tokenized."""
        for batch in batches(numbered(files, limit), AT_ONCE):
            for (name, row), made in zip(batch, self.encode([row for _, row in batch]), strict=True):
                ids, labels = ([], []) if isinstance(made, str) else made
                made_up = rehearsed(row)
                reason = "rehearsal" if made_up and not self.allow_rehearsal else self.reason(made)
                told = {"id": name, "tokens": len(ids), "rehearsal": made_up, "reason": reason}
                yield {**told, "input_ids": ids, "labels": labels}

    def reason(self, made: Encoded | str) -> str | None:
        """Why a row is left out, or ends the run."""
        if isinstance(made, str):
            return made
        learnt = [at for at, label in enumerate(made[1]) if label != MASKED]
        if not learnt or (self.longest and learnt[0] >= self.longest):
            return "masked"  # cut or not
        return "too_long" if self.longest and len(made[0]) > self.longest else None


def numbered(files: Sequence[File], limit: int | None) -> Iterator[tuple[str, Row]]:
    """Rows with what they are called: their id, else their number."""
    number = 0
    for file in files:
        for row in rows.of_file(file, texts=(*ARE_TEXTS, "text")):
            if limit is not None and number >= limit:
                return
            number += 1
            yield rows.as_text(row.get("id")) or f"row {number}", row


def tokenized(source: Source, digest: str, encoder: Encoder, limit: int | None, processes: int | None) -> Dataset:
    """All rows of a source, from the cache of `datasets` where they are there: files are shared out among processes."""
    mark = json.dumps([CODE, str(FEATURES), digest, encoder.mark, encoder.longest, encoder.allow_rehearsal, limit])
    with as_raised():
        return Dataset.from_generator(
            encoder,
            features=FEATURES,
            gen_kwargs={"files": list(source.files)} | ({"limit": limit} if limit else {}),
            num_proc=min(processes, len(source.files)) if processes and not limit else None,
            fingerprint=hashlib.sha256(mark.encode()).hexdigest()[:16],
        )


def content(source: Source, config: str | None) -> str:
    """What stands for the rows of a source: what a finished folder declares, which a copy made anew has too; else its files."""
    readme = Path(source.name) / "README.md"
    configs = front_matter(readme).get("configs") if readme.is_file() else None
    for one in configs if isinstance(configs, list) else []:
        if one.get("config_name") == (config or "default") and str(one.get("description")).startswith("sha256 "):
            return str(one["description"])
    return source.digest


def counted(made: Dataset) -> Counter[str]:
    """Rows by reason; "" are those that are trained on."""
    return Counter(reason or "" for reason in made["reason"][:])


def some(made: Dataset, reason: str) -> list[str]:
    """Three rows that are left out for a reason."""
    found: list[str] = []
    for at, each in enumerate(made["reason"][:]):
        if each == reason:
            found.append(f"{made[at]['id']} ({made[at]['tokens']} tokens)")
            if len(found) == 3:
                break
    return found


def kept(made: Dataset, counts: Counter[str], longest: int | None) -> Dataset:
    """The rows that are trained on. UserError where none is, where one is the rehearsal's, or teaches nothing."""
    if counts["rehearsal"]:
        raise UserError(
            f"{counts['rehearsal']:,} of {counts.total():,} rows were made by the rehearsal, which plays a model; "
            "say allow_rehearsal: true where that is what you mean"
        )
    if counts["masked"]:
        raise UserError(
            f"{counts['masked']:,} of {counts.total():,} rows have no token to learn from within max_length {longest}: "
            f"{', '.join(some(made, 'masked'))}; raise max_length, or take these rows away"
        )
    if not counts[""]:
        said = ", ".join(f"{count:,} {REASONS[name]}" for name, count in counts.items())
        raise UserError(f"no row is left to train on: {said or 'there are no rows'}")
    at = [number for number, reason in enumerate(made["reason"][:]) if reason is None]
    return made if len(at) == len(made) else made.select(at)
