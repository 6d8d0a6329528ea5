"""What the chain behind the graph will take, before its first question: per step, and per kind of combination.

steps with how often each will be asked + a typical row -> questions, tokens, hours and dollars
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table

from builders.row import Row
from builders.screen import say, show
from builders.tokens import Tokens
from generation.ask import Ask
from generation.forecast_line import Line, usual
from generation.money import hours_cost, tokens_cost

if TYPE_CHECKING:
    from generation.run import Run

LOOKED = 200  # replies of a step that are looked at for how they were asked


@dataclass(frozen=True)
class Planned:
    """A question, and of how many rows it will be asked; `exact` where that is known and not reckoned."""

    ask: Ask
    rows: float
    exact: bool = False


def reckon(
    run: "Run",
    planned: Sequence[Planned],
    typical: Row,
    tokens: Tokens,
    drawn: Mapping[str, int | None],
    written: float,
) -> None:
    """Prints what each step and each kind will take.

    `drawn`: combinations of each kind; `written`: the share of them whose problems the ledger holds.
    """
    steps = _table("step", "questions", "in the ledger", "tokens in", "tokens out", "hours", "dollars")
    found = reckoned(run, planned, typical, tokens, written)
    for line in found:
        about = "" if line.exact else "about "
        steps.add_row(
            line.step, f"{about}{line.questions:,.0f}", f"{'about ' if line.held else ''}{line.held:,.0f}",
            f"{line.prompt:,.0f}", f"{line.completion:,.0f}", f"{line.seconds / 3600:.2f}",
            _dollars(run, line.dollars),
        )  # fmt: skip
    total = sum(line.dollars for line in found)
    show(steps)
    kinds = _table("combination", "drawn", "dollars")
    counts = {hop: count or 0 for hop, count in drawn.items()}
    for hop, count in counts.items():
        kinds.add_row(hop, f"{count:,}", _dollars(run, total * count / max(1, sum(counts.values()))))
    if counts:
        show(kinds)
    say("'about' is reckoned from usual numbers, the recipe's expected_yield, and what replies took so far")


def reckoned(
    run: "Run",
    planned: Sequence[Planned],
    typical: Row,
    tokens: Tokens,
    written: float,
    speeds: Mapping[str, float] | None = None,
) -> list[Line]:
    """What each step will take; `speeds`: tokens per second of a role's servers together, where they were measured."""
    return [_line(run, each, typical, tokens, written, speeds or {}) for each in planned]


def _held(run: "Run", each: Planned, written: float) -> float:
    """How many of these questions the ledger is likely to answer: none about a problem that is still to be written.

    Replies to another prompt, of another revision or with other sampling answer none of them.
    """
    question, model = each.ask, each.ask.model
    replies = run.ledger.query(
        "SELECT request FROM replies WHERE step=? AND model=? AND revision IS ? AND prompt=? ORDER BY time DESC LIMIT ?",
        question.name, model.name, model.revision, question.prompt.label, LOOKED,
    )  # fmt: skip
    alike = any(json.loads(request)["sampling"] == model.sampling for (request,) in replies)
    return each.rows * question.samples * written if alike else 0.0


def _line(run: "Run", each: Planned, typical: Row, tokens: Tokens, written: float, speeds: Mapping[str, float]) -> Line:
    question, model = each.ask, each.ask.model
    questions = each.rows * question.samples
    held = _held(run, each, written)
    words = "\n".join(message["content"] for message in question.prompt.messages(typical))
    left = max(0.0, questions - held)
    prompt = left * tokens.count([words])[0]
    mean, pace = usual(run, question, run.engine.slots_of(model.role) if run.engine is not None else 1, speeds)
    completion = 0.0 if model.dialect == "embed" else left * mean
    seconds = completion / pace
    dollars = tokens_cost(model.price, prompt, completion) + hours_cost([model.price], seconds)
    return Line(question.name, questions, held, prompt, completion, seconds, dollars, each.exact)


def _dollars(run: "Run", dollars: float) -> str:
    return f"${dollars:,.2f}" if run.purse.known else "no price"


def _table(*names: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for number, name in enumerate(names):
        table.add_column(name, justify="left" if number == 0 else "right")
    return table
