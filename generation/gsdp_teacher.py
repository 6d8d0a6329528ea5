"""The rehearsal's honest replies to GSDP's questions.

Question, a draw, a role -> the parts of a reply, one for each mark that was asked for -> its text

The role only flavours: a strict judge gives a little less than a mild one.
"""

import re
from difflib import SequenceMatcher
from hashlib import blake2b
from random import Random

from generation import fault_words as bad
from generation import gsdp_words as said
from generation.composing import answer_of, composed, is_sound, values_of
from generation.gsdp_questions import Question
from generation.lexicon import Point, folded, found_in, known, plain
from generation.problem_text import beside, parsed, written
from generation.solving import mistake, solved
from generation.tasks import TASKS

USUAL, NEAR, FAR = 0.74, 0.90, 0.95  # how a point is spelt: by its name, nearly so, in other words, else in capitals
MOST_POINTS = 8  # that the teacher names, whatever is allowed
SHAPES = (("plain", 0.9), ("preamble", 0.03), ("remark", 0.02), ("think", 0.04), ("no_end", 0.01))
SIGN = re.compile(r"\\?[A-Za-z]+|\d+|[^\s\w$]")
NAME = re.compile(r"[A-Z][a-z]+")
PIECE, SHARED, LONG = 3, 0.8, 600  # signs of a piece; share of the shorter that is in pieces; signs that are looked at
LEAKED = (
    "knowledge point", "given points", "of the points", "these points", "prompt", "instruct", "as requested", "i was asked",
    "students", "the rules", "logical", "whoever reads it", "sufficiently", "own invention", "latex",
)  # fmt: skip


def spelt(point: Point, draw: Random) -> str:
    """A point as a model may spell it."""
    number = draw.random()
    if USUAL <= number < NEAR and point.near:
        return draw.choice(point.near)
    if NEAR <= number < FAR and point.far:
        return draw.choice(point.far)
    return point.name[0].upper() + point.name[1:] if number >= FAR else point.name


def named(asked: Question, draw: Random) -> list[str]:
    """The points of a problem and its solution, two at least and now and then one fewer than there are."""
    found = found_in(f"{asked.problem}\n{asked.solution}")[: min(asked.most, MOST_POINTS)]
    return [spelt(point, draw) for number, point in enumerate(found) if number < 2 or draw.random() > 0.1]


def kind_of(point: str) -> str:
    """What the point filter should say of a point."""
    if known(point) is not None:
        return "keep"
    text = folded(point)
    if text in _folded(bad.VAGUE):
        return "vague"
    if text in _folded(bad.WRONG):
        return "wrong"
    return "detailed" if any(sign.isdigit() for sign in text) and ("$" in text or "=" in text) else "keep"


def is_good(point: str) -> bool:
    """Whether a point is worth building a problem on."""
    return kind_of(point) == "keep"


def meaning_of(point: str) -> str:
    """The name of the point that a spelling means, or the reason for which it should go."""
    kind, found = kind_of(point), known(point)
    return f"{kind}_point" if kind != "keep" else found.name if found else " ".join(sorted(plain(point).split()))


def _folded(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(folded, texts))


def same(a: str, b: str) -> bool:
    """Whether two points truly mean the same."""
    first, second = known(a), known(b)
    if first is not None or second is not None:
        return first is second
    return sorted(plain(a).split()) == sorted(plain(b).split())


def one_problem(a: str, b: str) -> bool:
    """Whether two problems ask the same: what the shorter says, numbers and names aside, the longer says in long pieces."""
    few, many = sorted((_signs(a), _signs(b)), key=len)
    pieces = SequenceMatcher(None, few, many, autojunk=False).get_matching_blocks()
    return len(few) > PIECE and sum(piece.size for piece in pieces if piece.size >= PIECE) >= SHARED * len(few)


def _signs(text: str) -> list[str]:
    """Words, commands and signs of a text, each number and each name as any other."""
    return [
        "0" if sign.isdigit() else "N" if NAME.fullmatch(sign) else sign.lower() for sign in SIGN.findall(text)[:LONG]
    ]


def chosen(members: tuple[str, ...]) -> str:
    """Who stands for a group: the member with the usual name, else the shortest; a new one where none suits."""
    point = next((found for found in map(known, members) if found), None)
    if point is None:
        return min(members, key=lambda text: (len(text), text), default="")
    good = {folded(point.name): 0} | {folded(near): 1 for near in point.near}
    ranked = [(good[folded(m)], len(m), m) for m in members if folded(m) in good]
    return min(ranked)[2] if ranked else point.name


def flaw_of(asked: Question) -> str | None:
    """What is wrong with a problem: `unclear`, `logic`, `missing`, `answer`, `leak`; None where nothing is."""
    problem, words = parsed(asked.problem), asked.problem.casefold()
    rest = beside(asked.problem)
    if problem is not None:
        values = values_of(problem)
        if not problem.factors or any(letter not in values for letter, _ in problem.factors):
            return "unclear"
        if not is_sound(problem):
            return "logic"
        if (
            str(answer_of(problem))
            in rest.replace("$", " ").replace("{", " ").replace("}", " ").replace(".", " ").split()
        ):
            return "answer"
    rest = rest.casefold()
    for point in asked.points:
        rest = rest.replace(point.casefold(), " ")
    if any(sign in rest for sign in LEAKED):
        return "leak"
    return "missing" if any(point.casefold() not in words for point in asked.points) else None


LOW = {"logic": (0.0, 0.1), "unclear": (0.1, 0.4), "missing": (0.35, 0.65), "answer": (0.3, 0.6), "leak": (0.3, 0.6)}


def score_of(flaw: str | None, draw: Random, role: str) -> float:
    """A judge's score: high where nothing is wrong, lower for a strict judge."""
    strict = blake2b(role.encode(), digest_size=1).digest()[0] / 255 * 0.04
    low, high = LOW.get(flaw or "", (0.92, 1.0))
    return round(max(0.0, draw.uniform(low, high) - strict), 2)


def difficulty_of(text: str) -> str:
    """How hard a problem is: by its tasks and what ties them, or by its length where it is not one of ours."""
    problem = parsed(text)
    if problem is None:
        weight = 2.0 + min(len(text), 900) / 180
    else:
        weight = sum(TASKS[part.task].hard + (part.link is not None) for part in problem.parts) + 0.0
    return "low" if weight <= 3 else "medium" if weight <= 6 else "high"


def honest(asked: Question, draw: Random, role: str) -> tuple[str, ...]:
    """The parts of the best reply that the rehearsal knows, one for each mark; free text has one part."""
    if asked.kind == "knowledge_points":
        return (numbered(named(asked, draw)),)
    if asked.kind == "point_filter":
        kind = kind_of(asked.points[0] if asked.points else "")
        return kind, draw.choice(said.FILTER[kind])
    if asked.kind == "synonyms":
        yes = len(asked.points) == 2 and same(*asked.points)
        return "yes" if yes else "no", draw.choice(said.SAME[yes])
    if asked.kind == "same_problem":
        yes = len(asked.points) == 2 and one_problem(*asked.points)
        return "yes" if yes else "no", draw.choice(said.SAME_PROBLEM[yes])
    if asked.kind == "representative":
        return chosen(asked.points), draw.choice(said.CHOICE)
    if asked.kind == "problem":
        return (written(composed(asked.points, draw), asked.points, draw),)
    if asked.kind == "difficulty":
        return (difficulty_of(asked.problem),)
    if asked.kind == "solution":
        return (solved(asked.problem, draw),)
    if asked.kind == "judge_problem":
        flaw = flaw_of(asked)
        return f"{score_of(flaw, draw, role):g}", draw.choice(said.FLAWS[flaw] if flaw else said.GOOD)
    wrong = mistake(asked.problem, asked.solution)
    return "False" if wrong else "True", draw.choice(said.MISTAKES[wrong] if wrong else said.RIGHT)


def numbered(points: list[str]) -> str:
    """A numbered list."""
    return "\n".join(f"{number}. {point}" for number, point in enumerate(points, 1))


def replied(asked: Question, parts: tuple[str, ...], draw: Random, shape: str | None = None) -> str:
    """A reply's text: mostly as it was asked for."""
    if not asked.marks:
        return parts[0]
    body = "\n".join(f"<{mark}>\n{part}\n</{mark}>" for mark, part in zip(asked.marks, parts, strict=False))
    if shape is None:
        shape = draw.choices([name for name, _ in SHAPES], [share for _, share in SHAPES])[0]
    if shape == "preamble":
        return f"{draw.choice(said.PREAMBLES)}\n\n{body}"
    if shape == "remark":
        return f"{body}\n\n{draw.choice(said.REMARKS)}"
    if shape == "think":
        return f"<think>\n{draw.choice(said.THOUGHTS)}\n</think>\n\n{body}"
    return body[: body.rindex("</")].rstrip("\n") if shape == "no_end" else body
