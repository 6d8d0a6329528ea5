"""The replies to GSDP's questions that the rehearsal spoils on purpose: one kind of fault for each reason.

    what was asked, a kind, a draw -> Reply (status, text, finish reason, the reason that should be found)

A kind is the reason that a row should be given; `form` says which way of failing it is.
"""

import json
from collections.abc import Sequence
from random import Random

from generation import fault_words as said
from generation.composing import answer_of, composed, falsified
from generation.faults import Reply
from generation.gsdp_questions import LISTED, Question
from generation.gsdp_teacher import flaw_of, honest, meaning_of, named, numbered, replied, score_of
from generation.material import BOOKS, FORMULA, balanced
from generation.phrases import ENGLISH
from generation.problem_text import written
from generation.problem_words import ASKS_NOTHING
from generation.solving import WRONG, mistake, solved

BAD_POINTS = {"vague_point": said.VAGUE, "wrong_point": said.WRONG, "detailed_point": said.DETAILED}
POINTS = (*BAD_POINTS, "unreadable", "cut", "refused")
PROBLEMS = (
    "low_score", "answer_inside", "prompt_leak", "contaminated", "mathematics", "language", "duplicate", "refusal",
    "unreadable", "cut", "refused",
)  # fmt: skip
SOLUTIONS = ("vetoed", "no_boxed_answer", "no_majority", "refusal", "cut", "refused")
BROKEN = ("cut", "refused", "refusal", "unreadable")  # replies from which nothing can be taken
BIASED = "biased"  # a judge that is too mild with what is wrong, and too strict with what is not
OPPOSITES = {
    "True": "False", "False": "True", "yes": "no", "no": "yes", "keep": "vague", "low": "medium", "medium": "high",
    "high": "medium",
}  # fmt: skip
VERDICTS = (BIASED, "unreadable", "cut", "refused")
AGREE = 0.15  # of the samples of a problem on which solvers disagree, those that are right all the same
SPAN = 14  # words that are taken over at least where a text is not given back whole


def points(asked: Question, kind: str, draw: Random) -> Reply:
    """A list of points with a bad one among them; the reason is given to the point, not to this reply."""
    good = named(asked, draw)[: max(1, asked.most - 1)]
    bad = draw.choice(BAD_POINTS[kind])
    if kind == "detailed_point":
        found = [f.group() for f in FORMULA.finditer(asked.problem) if len(f.group()) < 50 and "\n" not in f.group()]
        telling = [formula for formula in found if any(sign.isdigit() for sign in formula)]
        bad = bad.replace("{f}", draw.choice(telling or [f"${draw.randrange(2, 60)} + {draw.randrange(2, 60)}$"]))
    good.insert(draw.randrange(len(good) + 1), bad)
    return Reply(replied(asked, (numbered(good),), draw), form=kind)


def problem(asked: Question, kind: str, draw: Random, borrowed: Sequence[str]) -> Reply | None:
    """A new problem with a fault; None where there is nothing to borrow."""
    made = composed(asked.points, draw)
    form, text = "", written(made, asked.points, draw)
    if kind == "low_score":
        form = draw.choice(("logic", "missing", "unclear"))
        text = _low(asked, form, draw)
    elif kind == "answer_inside":
        answer = draw.choice(said.ANSWERS).replace("{n}", str(answer_of(made)))
        text = draw.choice((f"{text} {answer}", f"{text}\n\n{answer}"))
    elif kind == "prompt_leak":
        leak = (
            draw.choice(said.PROBLEM_LEAKS)
            .replace("{p}", ", ".join(asked.points))
            .replace("{rule}", _rule(asked, draw))
        )
        text = draw.choice((f"{leak} {text}", f"{text} {leak}", f"{text}\n\n{leak}"))
    elif kind == "mathematics":
        places = [place for place, sign in enumerate(text) if sign in "$}"]
        lost = [text[:place] + text[place + 1 :] for place in draw.sample(places, min(4, len(places)))]
        text = next((part for part in lost if not balanced(part)), f"{text} {draw.choice(said.BROKEN)}")
    elif kind == "contaminated":
        if not borrowed:
            return None
        form, text = _borrowed(draw.choice(borrowed), text, draw)
    elif kind == "language":
        book = draw.choice([book for book in BOOKS if book is not ENGLISH])
        ask = draw.choice(book.asks).replace("{t}", f"${draw.randrange(2, 90)}x + {draw.randrange(2, 90)}$")
        text = " ".join([*draw.sample(book.fills, 4), ask])
    elif kind == "duplicate":  # the model's stock problem, whatever the points
        text = written(composed((), Random(0)), (), Random(0))
    return Reply(replied(asked, (text,), draw, "plain"), form=form or None)


def _low(asked: Question, form: str, draw: Random) -> str:
    if form == "logic":
        return written(falsified(composed(asked.points, draw), draw), asked.points, draw)
    if form == "unclear" or len(asked.points) < 2:
        return written(composed(asked.points, draw), asked.points, draw, asking=draw.choice(ASKS_NOTHING))
    gone = draw.randrange(len(asked.points))
    left = [*asked.points[:gone], *asked.points[gone + 1 :]]
    return written(composed(left, draw), left, draw)


def _rule(asked: Question, draw: Random) -> str:
    rules = [line.removeprefix("- ") for line in asked.rules.splitlines() if 60 <= len(line) <= 320]
    return draw.choice(rules or ["Write one that cannot be solved without every one of these points."])


def _borrowed(text: str, own: str, draw: Random) -> tuple[str, str]:
    words = text.split()
    form = draw.choice(("whole", "whole", "framed", "spliced")) if len(words) > SPAN else "whole"
    if form == "framed":
        return form, f"{own.split('.')[0]}. {text}"
    if form == "spliced":
        start = draw.randrange(len(words) - SPAN)
        return form, f"{own} Besides, consider this: {' '.join(words[start : start + SPAN + len(words) // 3])} ..."
    return form, text


def solution(asked: Question, kind: str, draw: Random) -> Reply:
    """A wrong solution, one without a box, or one of samples that all differ."""
    if kind == "no_boxed_answer":
        return Reply(solved(asked.problem, draw, boxed=False))
    if kind == "no_majority" and draw.random() < AGREE:
        return Reply(solved(asked.problem, draw), form="right")
    off = draw.randrange(20, 900) if kind == "no_majority" else draw.choice((-10, -3, -2, -1, 1, 2, 3, 4, 10))
    ways = ["last_line"] if kind == "no_majority" else draw.sample(WRONG, len(WRONG))
    for way in ways:
        text = solved(asked.problem, draw, way, off)
        if mistake(asked.problem, text):
            return Reply(text, form=way)
    return Reply(solved(asked.problem, draw, "last_line", off), form="last_line")


def biased(asked: Question, draw: Random, role: str) -> Reply:
    """The opposite of an honest verdict, well argued."""
    if asked.kind == "judge_problem":
        wrong = flaw_of(asked) is not None
        parts = (f"{score_of(None if wrong else 'unclear', draw, role):g}", "This is my opinion of it.")
        return Reply(replied(asked, parts, draw), form="mild" if wrong else "strict")
    first, *rest = honest(asked, draw, role)
    other = max(asked.points, key=len, default="") if asked.kind == "representative" else OPPOSITES.get(first, "keep")
    return Reply(replied(asked, (other, *rest), draw), form="strict" if first in ("True", "yes", "keep") else "mild")


def broken(asked: Question, kind: str, draw: Random, role: str) -> Reply:
    """What any question can meet: nothing readable, half a reply, a refusal, a server that will not take it."""
    if kind == "refused":
        status, error = draw.choice(said.REFUSED)
        return Reply(error.format(n=5000 + draw.randrange(4000)), status=status)
    if kind == "refusal":
        return Reply(draw.choice(said.REFUSALS))
    if kind == "cut":
        text = replied(asked, honest(asked, draw, role), draw, "plain")
        body = text[: text.rindex("</")] if asked.marks else text[: max(1, text.find("\\boxed"))]
        return Reply(body[: max(12, round(len(body) * draw.uniform(0.2, 0.9)))].rstrip(" ."), "length")
    form = draw.randrange(4)
    if form == 0:
        return Reply(" ".join(draw.choice(said.NOISE) for _ in range(60)))
    if form == 1:
        return Reply("\n".join(f"<{mark}>\n\n</{mark}>" for mark in asked.marks))
    if asked.kind in ("knowledge_points", "problem"):
        sorry = json.dumps({"status": "ok", "items": []}, indent=2)
        return Reply(sorry if form == 2 else draw.choice(said.NO_PROBLEM))
    return Reply(draw.choice(said.UNDECIDED))


def meanings(asked: Question, text: str) -> dict[str, str] | None:
    """What each point of a list, or each point that is asked about, means; None where a question is about none."""
    points = asked.points
    if asked.kind == "knowledge_points":
        listed = text.rpartition(f"<{asked.marks[0]}>\n")[2].partition("\n</")[0]
        points = tuple(point.strip() for point in LISTED.findall(listed))
    elif asked.kind not in ("point_filter", "synonyms"):
        return None
    return {point: meaning_of(point) for point in points}


def expected(asked: Question) -> str | None:
    """The reason that a row should be given by what a judge or a filter is asked about, whatever they reply."""
    if asked.kind == "judge_problem":
        return "low_score" if flaw_of(asked) else None
    if asked.kind == "judge_solution":
        return "vetoed" if mistake(asked.problem, asked.solution) else None
    if asked.kind == "point_filter":
        kind = honest(asked, Random(0), "")[0]
        return None if kind == "keep" else f"{kind}_point"
    return None
