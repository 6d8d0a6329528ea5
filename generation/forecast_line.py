"""What a step will take, as far as replies to it, or a measured server, say.

a question -> Line: questions, those that the ledger answers, tokens, seconds, dollars
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generation.ask import Ask

if TYPE_CHECKING:
    from generation.run import Run

REPLY_TOKENS = 700  # per reply, before there is one (ours: a dialogue about 500 tokens is somewhat longer than they)
PACE = 30.0  # completion tokens per second and slot, before there is a reply (ours)


@dataclass(frozen=True)
class Line:
    """What a step will take: questions, those of them that the ledger answers, tokens of the others, seconds, dollars."""

    step: str
    questions: float
    held: float
    prompt: float
    completion: float
    seconds: float
    dollars: float
    exact: bool

    @property
    def to_ask(self) -> float:
        return max(0.0, self.questions - self.held)


def share(found: Sequence[Line]) -> float:
    """The share of all questions that the ledger answers."""
    return sum(line.held for line in found) / max(1, sum(line.questions for line in found))


def total(found: Sequence[Line]) -> Line:
    """All steps together."""
    questions, held, prompt, completion, seconds, dollars = (
        sum(getattr(line, name) for line in found)
        for name in ("questions", "held", "prompt", "completion", "seconds", "dollars")
    )
    exact = all(line.exact for line in found)
    return Line("all", questions, held, prompt, completion, seconds, dollars, exact)


def usual(run: "Run", question: Ask, slots: int, speeds: Mapping[str, float]) -> tuple[float, float]:
    """(tokens of a reply, tokens per second of all slots), as far as replies or a measurement say."""
    [(mean, pace)] = run.ledger.query(
        "SELECT avg(completion_tokens), sum(completion_tokens) / sum(seconds) FROM replies WHERE step=? AND model=? AND text IS NOT NULL",
        question.name, question.model.name,
    )  # fmt: skip
    return mean or REPLY_TOKENS, speeds.get(question.model.role) or max(pace or PACE, 1e-6) * max(1, slots)
