"""Before a dollar is spent: how many questions, how many of them the ledger answers, and what the rest will take.

rows + questions -> a table on the screen (exact for local input of up to 64 MiB, else "about")
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from datasets import Features, IterableDataset
from rich.table import Table

from builders.row import Row, batches, stream
from builders.screen import say, show
from builders.tokens import Tokens
from generation.ask import Ask
from generation.forecast_line import PACE, REPLY_TOKENS, Line, share, total, usual
from generation.money import hours_cost, tokens_cost

if TYPE_CHECKING:
    from generation.run import Run

EXACT = 64 * 2**20  # bytes of local rows that are counted to the end
ABOUT = 1000  # rows that a stream's forecast is made from


@dataclass
class Counted:
    """Rows that were looked at before the first question, in a file of the run; `exact` if they are all there are."""

    path: Path
    rows: int
    asked: int
    tokens: int
    exact: bool
    documents: int = 0  # that they are pieces of

    def in_all(self, source: int | None, pieces: bool) -> tuple[int, int] | None:
        """(rows, rows that are asked about) of a source of so many rows, as many of each as so far; None where nobody knows.

        `pieces`: a row of the source is a document, of which each row here is a piece.
        """
        if self.exact:
            return self.rows, self.asked
        of = self.documents if pieces else self.rows
        if source is None or not of:
            return None
        times = max(1.0, source / of)
        return round(times * self.rows), round(times * self.asked)

    def first(self) -> Iterator[Row]:
        """Those rows."""
        with pa.OSFile(str(self.path), "rb") as file:
            for batch in pa.ipc.open_stream(file):
                yield from batch.to_pylist()


class _Spool:
    """The rows that were counted, and those after them from where they came."""

    def __init__(self, known: Counted, rest: Iterator[Row]) -> None:
        self.known, self.rest = known, rest

    def __call__(self) -> Iterator[Row]:
        yield from self.known.first()
        yield from self.rest


def is_local(where: str) -> bool:
    """Whether rows lie on this machine, so that all of them can be counted beforehand."""
    return where == "sample" or Path(where).expanduser().exists()


def counted(rows: IterableDataset, scratch: Path, local: bool) -> tuple[IterableDataset, Counted]:
    """The same rows, and how many there are (or are in the first thousand of a stream)."""
    features: Features = rows.features
    size, count, asked, tokens, exact = 0, 0, 0, 0, False
    documents, last = 0, None
    path = scratch / "counted.arrow"
    rest = iter(rows)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, features.arrow_schema) as writer:
        for batch in batches(rest, 64):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=features.arrow_schema))
            count += len(batch)
            live = [row for row in batch if not row.get("reason")]
            asked += len(live)
            tokens += sum(row.get("tokens") or 0 for row in live)
            for row in batch:
                documents, last = documents + (row.get("document_id") != last), row.get("document_id")
            size += sum(len(row.get("text") or "") for row in batch)
            if size > EXACT or (not local and count >= ABOUT):
                break
        else:
            exact = True
    known = Counted(path, count, asked, tokens, exact, documents)
    return stream(_Spool(known, rest), features, typed=True), known


def forecast(run: "Run", questions: Sequence[Ask], tokens: Tokens, known: Counted) -> float:
    """Prints what is to be asked and what it will take; with --dry-run three rendered prompts as well.

    Returns the share of the questions that the ledger answers.
    """
    if run.options.from_ledger:
        held = sum(_held(run, questions, known).values())
        about = "" if known.exact else "of the first "
        total_asked = known.asked * sum(question.samples for question in questions)
        say(f"the ledger holds {held:,} replies {about}of {total_asked:,} questions; nothing is asked")
        return held / max(1, total_asked)
    found = lines(run, questions, tokens, known)
    table = Table(title=None, box=None, pad_edge=False)
    for name in ("step", "questions", "in the ledger", "to ask", "tokens in", "tokens out", "hours", "dollars"):
        table.add_column(name, justify="left" if name == "step" else "right")
    for line in [*found, total(found)] if len(found) > 1 else found:
        table.add_row(line.step, *_shown(line, run.purse.known))
    show(table)
    say(f"tokens are counted by {tokens.name}")
    for question, line in zip(questions, found, strict=True):
        other = None if line.held else run.ledger.sampling(question.name, question.model.name)
        if other not in (None, question.model.sampling):  # a recipe that names a role says all of it
            say(
                f"note: the ledger holds replies of {question.model.name} to {question.name} that were sampled by {json.dumps(other)}; "
                f"this recipe says {json.dumps(question.model.sampling)}, so that all is asked anew"
            )
    if any(not run.ledger.revisions(q.name, q.model.name) for q in questions):
        say(
            f"tokens out and hours assume {REPLY_TOKENS} tokens a reply and {PACE:.0f} tokens a second and slot until there are replies"
        )
    if run.engine is not None and total(found).to_ask:
        question = next(iter(questions))
        seconds = (
            run.options.deadline or 60 + 3 * question.model.sampling.get("max_tokens", 0) / run.engine.tally.pace()
        )
        say(f"deadline of a question, with all its attempts: {seconds:.0f} s")
    if run.options.dry_run:
        sample = _sample(known)
        rows = sample * len(questions) if len(sample) < len(questions) else sample
        for question, row in islice(zip(cycle(questions), rows, strict=False), 3):
            say(f"\n--- {question.prompt.label}, as it would be sent to {question.model.name}")
            say("\n".join(message["content"] for message in question.prompt.messages(row)))
    return share(found)


def lines(
    run: "Run", questions: Sequence[Ask], tokens: Tokens, known: Counted, speeds: Mapping[str, float] | None = None
) -> list[Line]:
    """What each question will take; `speeds`: tokens per second of a role's servers together, where they were measured."""
    held, sample = _held(run, questions, known), _sample(known)
    return [_line(run, question, tokens, known, sample, held[question.name], speeds or {}) for question in questions]


def _sample(known: Counted) -> list[Row]:
    return [row for _, row in zip(range(3), (r for r in known.first() if not r.get("reason")), strict=False)]


def _held(run: "Run", questions: Sequence[Ask], known: Counted) -> dict[str, int]:
    """How many questions of each step the ledger answers already."""
    held = dict.fromkeys((q.name for q in questions), 0)
    live = [(q, run.asking(q)) for q in questions if run.ledger.revisions(q.name, q.model.name)]
    for batch in batches(known.first(), 64) if live else ():
        for question, asking in live:
            keys = [
                asking.question(question.prompt.messages(row), question.number(row) + sample).key
                for row in batch
                if question.when(row)
                for sample in range(question.samples)
            ]
            held[question.name] += len(run.ledger.which(keys))
    return held


def _line(
    run: "Run",
    question: Ask,
    tokens: Tokens,
    known: Counted,
    sample: list[Row],
    held: int,
    speeds: Mapping[str, float],
) -> Line:
    questions = known.asked * question.samples
    to_ask = max(0, questions - held)
    texts = ["\n".join(m["content"] for m in question.prompt.messages(row)) for row in sample]
    around = (
        sum(tokens.count(texts)) / len(texts) - sum(row.get("tokens") or 0 for row in sample) / len(sample)
        if texts
        else 0
    )
    prompt = to_ask * (around + known.tokens / max(1, known.asked))
    mean, pace = usual(run, question, run.engine.slots if run.engine is not None else 1, speeds)
    completion = 0.0 if question.model.dialect == "embed" else to_ask * mean
    seconds, price = completion / pace, question.model.price
    dollars = tokens_cost(price, prompt, completion) + hours_cost([price], seconds)
    return Line(question.name, questions, held, prompt, completion, seconds, dollars, known.exact)


def _shown(line: Line, priced: bool) -> list[str]:
    about = "" if line.exact else "about "
    return [
        f"{about}{line.questions:,.0f}",
        f"{line.held:,.0f}",
        f"{about}{line.to_ask:,.0f}",
        f"{line.prompt:,.0f}",
        f"{line.completion:,.0f}",
        f"{line.seconds / 3600:.2f}",
        f"${line.dollars:.2f}" if priced else "no price",
    ]
