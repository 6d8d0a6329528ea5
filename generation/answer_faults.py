"""What the rehearsal does with a passage that is a problem and its solution: its dialogue says the answer, or fails to on purpose.

what was asked, the turns of a dialogue, a draw -> turns that say the answer | Reply: answer_differs, answer_missing
"""

import re
from dataclasses import replace
from random import Random

from generation import fault_words as said
from generation.faults import ROWS, Fault, Reply, duplicate
from generation.teacher import Asked, Turns, dialogue, rephrase, written

PARTS = re.compile(r"Problem:\n(.*?)\n\nSolution:\n(.*)", re.DOTALL)
LAST_BOX = re.compile(r".*\\boxed\{(-?\d+)\}", re.DOTALL)
LINES = re.compile(r"(?<=[.!?])\s+|\n+")


def answer_in(passage: str) -> str | None:
    """The number that the solution of a passage ends with; None where a passage is no problem with such a solution."""
    parts = PARTS.fullmatch(passage.strip())
    found = LAST_BOX.match(parts[2]) if parts else None
    return found[1] if found else None


def concluded(turns: Turns, answer: str, draw: Random) -> Turns:
    """The turns, with the answer in the last of them where no turn has said it."""
    box = f"\\boxed{{{answer}}}"
    if any(box in text for _, text in turns):
        return turns
    name, text = turns[-1]
    return [*turns[:-1], (name, f"{draw.choice(said.ENDS).replace('{n}', answer)} {text}".strip())]


def answer_differs(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """The dialogue ends with another number: the last step and the answer, or a new statement of it at the end."""
    answer = answer_in(asked.passage)
    if answer is None:
        return None
    other = str(int(answer) + draw.choice((-10, -3, -2, -1, 1, 2, 3, 5, 10, 100)))
    made = [(name, _other(text, answer, other)) for name, text in turns]
    if draw.random() < 0.5:  # the last line loses its box, and other words follow
        made = [(name, text.replace(f"\\boxed{{{other}}}", other)) for name, text in made]
    return Reply(written(concluded(made, other, draw), draw, "plain"))


def _other(text: str, answer: str, other: str) -> str:
    text = text.replace(f"\\boxed{{{answer}}}", f"\\boxed{{{other}}}")
    return re.sub(rf"= {re.escape(answer)}\$", f"= {other}$", text)


def answer_missing(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """The dialogue stops before the answer, leaves it to somebody, or is the model's stock reply about nothing."""
    answer = answer_in(asked.passage)
    if answer is None:
        return None
    form = draw.randrange(5)
    if form == 0 and (stock := duplicate(asked, turns, draw)) is not None:
        return stock
    parts = PARTS.fullmatch(asked.passage.strip())
    assert parts is not None
    named = re.compile(rf"(?<![\w.-]){re.escape(answer)}(?![\w])(?!\.\d)")
    steps = [line for line in LINES.split(parts[2]) if not named.search(line)]
    less = replace(asked, passage=f"{parts[1]}\n\n{' '.join(steps)}")
    made = dialogue(less, draw) if asked.speakers else rephrase(less, draw)
    if form < 3:
        name, text = made[-1]
        made[-1] = (name, f"{text} {draw.choice(said.LEFT_OPEN)}")
    return Reply(written(made, draw, "plain"))


# A stock reply about a problem never says its answer, so it is no duplicate first.
SOLVED_ROWS: dict[str, Fault] = {
    **{name: fault for name, fault in ROWS.items() if name != "duplicate"},
    "answer_missing": answer_missing, "answer_differs": answer_differs,
}  # fmt: skip
