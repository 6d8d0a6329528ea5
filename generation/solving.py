"""The rehearsal's solutions: step by step and true, or wrong on purpose; and how its judges check one.

a problem's text, a draw -> the text of a solution; problem, solution -> what is wrong with it, or nothing
"""

import re
from hashlib import blake2b
from random import Random

from generation import problem_words as said
from generation.composing import LETTERS, Problem, answer_of, is_sound, linked, values_of
from generation.problem_text import expression, parsed
from generation.tasks import TASKS, put, value_of

SIGNS = {"plus": "+", "minus": "-", "times": "\\cdot"}
WRONG = ("slip", "other_step", "incomplete", "last_line")  # ways of being wrong
EQUATION = re.compile(rf"\$([{LETTERS}]) = [^$]*?(-?\d+)\$")
BOXED = re.compile(r"\\boxed\{(-?\d+)\}")


def solved(text: str, draw: Random, wrong: str | None = None, off: int = 0, boxed: bool = True) -> str:
    """A solution of a problem; `wrong`: one of WRONG, `off`: by how much a number is wrong then."""
    problem = parsed(text)
    if problem is None:
        return _of_another(text, draw, off, boxed)
    at = draw.randrange(len(problem.parts))
    values: dict[str, int] = {}
    head = draw.choice(said.HEADS)
    lines: list[str] = []
    for number, part in enumerate(problem.parts):
        value = value_of(part.task, part.numbers)
        value = 1 if value is None else value
        how = put(TASKS[part.task].how, part.numbers)
        slip = off if number == at and wrong in ("slip", "other_step") else 0
        shown = f"{how} = {value + slip}"
        kept = value + (slip if wrong == "slip" else 0)
        if part.link:
            kind, other = part.link[0], values.get(part.link[1], 0)
            total, kept = linked(kind, value + slip, other), linked(kind, kept, other)
            shown += f", \\quad {part.letter} = {value + slip} {SIGNS[kind]} ({other}) = {total}"
        values[part.letter] = kept
        if wrong == "incomplete" and number == at:
            continue
        step = draw.choice(said.STEPS).replace("{w}", part.words.rstrip(","))
        lines.append(f"{head.replace('{n}', str(len(lines) + 1))}{step} ${part.letter} = {shown}$.")
    total = sum(factor * values.get(letter, 0) for letter, factor in problem.factors)
    answer = total % problem.modulus if problem.modulus else total
    answer += off if wrong == "last_line" else 0
    lines.append(_sum(problem, values, total, head.replace("{n}", str(len(lines) + 1))))
    box = f"\\boxed{{{answer}}}" if boxed else str(answer)
    lines.append(draw.choice(said.LAST).replace("{b}", box))
    return ("\n\n" if head else draw.choice((" ", "\n"))).join(filter(None, [draw.choice(said.FIRST), *lines]))


def _sum(problem: Problem, values: dict[str, int], total: int, head: str) -> str:
    if not problem.factors:
        return f"{head}This is all that can be said."
    terms = " + ".join(f"{factor} \\cdot ({values.get(letter, 0)})" for letter, factor in problem.factors)
    line = f"{head}Together, ${expression(problem)} = {terms} = {total}$"
    if problem.modulus:
        line += f", and ${total} \\bmod {problem.modulus} = {total % problem.modulus}$"
    return line + "."


def _of_another(text: str, draw: Random, off: int, boxed: bool) -> str:
    answer = own_answer(text) + off
    box = f"\\boxed{{{answer}}}" if boxed else str(answer)
    first = " ".join(text.split())[:80].replace("$", "")
    return (
        f"We are asked about this: {first}... Reading what is given once more, everything that is needed stands there. "
        f"Working it through from the first line to the last leaves a single number. {draw.choice(said.LAST)}"
    ).replace("{b}", box)


def own_answer(text: str) -> int:
    """What the rehearsal says to a problem that it cannot read, always the same."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=2).digest()) % 97


def mistake(text: str, solution: str) -> str | None:
    """What is wrong with a solution: `problem`, `answer`, `calculation` or `completeness`; None where nothing is."""
    boxes, problem = BOXED.findall(solution), parsed(text)
    if not boxes:
        return "completeness"
    if problem is None:
        return None if int(boxes[-1]) == own_answer(text) else "answer"
    answer, values = answer_of(problem), values_of(problem)
    if answer is None or not is_sound(problem):
        return "problem"
    found = {letter: int(value) for letter, value in EQUATION.findall(solution)}
    if any(found.get(letter) != values[letter] for letter in found):
        return "calculation"
    if any(letter not in found for letter, _ in problem.factors):
        return "completeness"
    return None if int(boxes[-1]) == answer else "answer"
