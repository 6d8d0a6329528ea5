"""What the rehearsal planted, written down as it replies.

    a reply -> a line {"key", "step", "fault", "group"} of FILE; key: the one our own client records the reply under

`fault` is the reason that a filter should give, null for a good reply. `group` is there for stock replies: of those
with the same group, all but one are duplicates. `form` says which way of failing it is, where a reason has several; of a
judge or a filter it is `mild` or `strict` where its verdict is not the honest one, and `fault` is what should come of
the row that it was asked about. `answer` is what a solution says in its box; `points` what each point means that is
listed or asked about. A reply that was asked for twice has two lines.
"""

import hashlib
import json
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from builders.errors import UserError
from generation.faults import Reply
from generation.keys import canonical, key_of_json, seed_of
from generation.tgi_requests import Request

SAMPLES, TRIES = 512, 4  # of our own client's questions that a seed is looked for among; a pair of points has many
PROMPTS = Path(__file__).parent / "prompts"


class TruthFile:
    """The open file; a line is on disk when its reply is sent."""

    def __init__(self, path: Path) -> None:
        try:
            self.file: TextIO = path.open("a", encoding="utf-8", buffering=1)
        except OSError as problem:
            raise UserError(f"the truth cannot be written to {path}: {problem.strerror}") from problem
        self.steps = {_first_line(path.read_text(encoding="utf-8")): path.stem for path in sorted(PROMPTS.glob("*.md"))}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def write(self, request: Request, reply: Reply, model: str, revision: str | None, fault: str | None) -> None:
        """One line for one reply."""
        line: dict[str, Any] = {
            "key": asked_key(request, model, revision),
            "step": self.steps.get(request.text.partition("\n")[0], reply.kind),
            "fault": fault,
        }
        if fault == "duplicate":
            line["group"] = hashlib.sha256(reply.text.encode("utf-8", "replace")).hexdigest()[:16]
        if reply.form is not None:
            line["form"] = reply.form
        if reply.answer is not None and fault != "cut":
            line["answer"] = reply.answer
        if reply.points is not None:
            line["points"] = dict(reply.points)
        self.file.write(json.dumps(line) + "\n")


def _first_line(prompt: str) -> str:
    return prompt.partition("\n---\n")[2].strip("\n").partition("\n")[0]


def asked_key(request: Request, model: str, revision: str | None) -> str:
    """The key that our own client gives a request: its seed tells the sample and the try, else they are the first."""
    messages, sampling = canonical(request.messages), canonical(request.sampling)

    def made(sample: int, again: int) -> str:
        return key_of_json(model, revision, messages, sampling, sample, again, request.dialect)

    if request.seed is not None:
        for again in range(TRIES):
            for sample in range(SAMPLES):
                found = made(sample, again)
                if seed_of(found) == request.seed:
                    return found
    return made(0, 0)
