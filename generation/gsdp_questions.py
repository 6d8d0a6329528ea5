"""What the rehearsal understands of a question of GSDP: its kind, by the form of reply that it asks for, and its texts.

the last message's text -> Question, or None
"""

import re
from dataclasses import dataclass

KINDS = {  # the first mark of the reply's form -> the kind of question
    "points": "knowledge_points", "kind": "point_filter", "same": "synonyms", "choice": "representative",
    "problem": "problem", "score": "judge_problem", "difficulty": "difficulty", "verdict": "judge_solution",
    "equal": "same_problem",
}  # fmt: skip
FORM = re.compile(r"(?:^<(\w+)>\n(?:(?:\d+\. )?\.\.\.\n)+</\1>\n*)+", re.MULTILINE)
MARK = re.compile(r"<(\w+)>")
MOST = re.compile(r"\b(?:most|than|to) (\d{1,3}) ")
LISTED = re.compile(r"^\d+\. (.*(?:\n(?!\d+\. ).*)*)", re.MULTILINE)
POINT = re.compile(r"<point>\n(.*?)\n?</point>(?=\n<point>|\s*$)", re.DOTALL)
PAIR = "\n</problem>\n<problem>\n"
BOTH = re.compile(r"\n?</problem>\n+<solution>\n")
PASSAGE = "<passage>\n"


@dataclass(frozen=True)
class Question:
    """A question's parts; `marks`: of the reply's form, none where free text is asked for; `rules`: all before them."""

    kind: str
    marks: tuple[str, ...]
    rules: str
    points: tuple[str, ...] = ()
    problem: str = ""
    solution: str = ""
    most: int = 10


def question_of(message: str) -> Question | None:
    """What a message asks; None where it is no question of GSDP."""
    form = FORM.search(message)
    if form is None or "\n<problem>\n" in message[: form.start()]:
        head, found, tail = message.partition("\n<problem>\n")
        if not found or "\\boxed" not in head or PASSAGE in head:
            return None
        return Question("solution", (), head, problem=_closed(tail, "problem"))
    marks, rules = tuple(MARK.findall(form.group())), message[: form.start()]
    kind = KINDS.get(marks[0])
    if kind is None or PASSAGE in rules:
        return None
    tail = message[form.end() :]
    if kind in ("point_filter", "synonyms"):
        return Question(kind, marks, rules, tuple(POINT.findall(tail)))
    if kind == "same_problem":
        one, _, other = tail.removeprefix("<problem>\n").partition(PAIR)
        return Question(kind, marks, rules, (one, _closed(other, "problem")))
    listed, problem, solution = "", "", ""
    if tail.startswith("<points>\n"):
        listed, _, tail = tail.removeprefix("<points>\n").partition("\n</points>")
        tail = tail.lstrip("\n")
    if tail.startswith("<problem>\n"):
        problem = tail.removeprefix("<problem>\n")
        parts = BOTH.split(problem, maxsplit=1)
        if len(parts) == 2:
            problem, solution = parts[0].strip("\n"), _closed(parts[1], "solution")
        else:
            problem = _closed(problem, "problem")
    most = MOST.search(rules)
    points = tuple(point.strip() for point in LISTED.findall(listed))
    return Question(kind, marks, rules, points, problem, solution, int(most[1]) if most else 10)


def _closed(text: str, mark: str) -> str:
    end = text.rfind(f"</{mark}>")
    return (text[:end] if end >= 0 else text).strip("\n")
