"""The two forms in which a row is trained on: a text, or messages of which the last is the answer.

a row of a finished folder, of MATH, GSM8K, SVAMP, or of anybody's -> "Problem:\\n...\\n\\nSolution:\\n..."  (GSDP, section 3.1)
                                                                  -> [{role, content}, ...]
"""

from collections.abc import Iterator
from typing import Any

from builders.problems import READ, problem_of, with_solution
from builders.row import Row

Turn = dict[str, str]  # role, content

REHEARSAL = "mathloom/rehearsal/"


def text_of(row: Row) -> str | None:
    """What is trained on as it stands; None where the row has no text."""
    if isinstance(text := row.get("text"), str) and text.strip():
        return text
    problem, solution = asked(row)
    return with_solution(problem, solution) if problem and solution else None


def messages_of(row: Row) -> list[Turn] | None:
    """A conversation that ends in its answer; None where the row has none to give."""
    found: Any = row.get("messages")
    if not found and row.get("prompt") and row.get("completion"):
        found = [*turns("user", row["prompt"]), *turns("assistant", row["completion"])]
    if not found:
        problem, solution = asked(row)
        found = [*turns("user", problem), *turns("assistant", solution)] if problem else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        return None
    made = [{"role": str(each.get("role")), "content": str(each.get("content") or "")} for each in found]
    return made or None


def lacks(spoken: list[Turn] | None) -> str | None:
    """What a conversation lacks that an answer could be learnt from: it is `empty`, or there is `no_answer`."""
    if not spoken:
        return "empty"
    *before, last = spoken
    if last["role"] != "assistant" or not last["content"].strip():
        return "no_answer"
    return None if any(turn["role"] == "user" and turn["content"].strip() for turn in before) else "empty"


def turns(role: str, said: Any) -> list[Row]:
    """One turn, or those that stand there."""
    return list(said) if isinstance(said, list) else [{"role": role, "content": said}]


def asked(row: Row) -> tuple[str | None, str | None]:
    """The problem and its solution, whatever the set calls them."""
    made = problem_of({**dict.fromkeys(READ), **row, "bad_row": row.get("bad_row")})
    return made["problem"], made["solution"] or (made["answer"] if row.get("problem") is None else None)


def models_of(row: Row) -> Iterator[str]:
    """The models that have a part in a row."""
    if isinstance(row.get("model"), str):
        yield row["model"]
    for found in (row.get(name) for name in ("models", "replies")):
        for each in found if isinstance(found, list) else ():
            name_of = each.get("model") if isinstance(each, dict) else each
            if name_of:
                yield str(name_of)


def rehearsed(row: Row) -> bool:
    """Whether the rehearsal has made a row, or a part of it."""
    return any(name.startswith(REHEARSAL) for name in models_of(row))
