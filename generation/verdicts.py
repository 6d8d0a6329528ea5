"""Reads what models say about problems: the problem itself, its difficulty, its solution, and what judges hold of both.

    the text of a reply + the prompt's front matter -> problem | difficulty | solution | score | verdict, or `Unreadable`

What cannot be read never counts as a good verdict: it has no value, and its reason says why. GSDP, sections 2.4 and 2.5,
prompts A.3 to A.6.
"""

import re
from collections.abc import Mapping
from typing import Any

from builders.errors import Unreadable
from generation.flaws import asks, no_boxed_answer
from generation.marked import block, nothing_found, read_verdict, reason_of, said
from generation.refusals import declines
from generation.scores import read_number
from generation.second_thoughts import taken_back

_LABEL = re.compile(
    r"^[ \t#>*_]{0,8}(?:(?:here is|here's|the|your|my|a|an)[ ]){0,3}"
    r"(?:(?:new|original|challenging|generated|constructed|proposed|math(?:ematics|ematical)?)[ ]){0,4}"
    r"(?:problem(?:[ ](?:statement|text))?|question|exercise)(?:[ ]?#?1)?[ \t]{0,2}"
    r"(?:[*_]{1,3}[ \t]?[:：.]?|[:：][ \t]?[*_]{0,3}|(?=\n))[ \t]*\n{0,3}",
    re.IGNORECASE | re.MULTILINE,
)
_PREAMBLE = re.compile(
    r"\A(?:sure|certainly|of course|okay|ok|absolutely|great|here (?:is|are)|here's|below is|i have|i've)\b[^\n]{0,300}[:!.][ \t]*\n+",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\b(?:here|sure|certainly|problem|points|concepts|combin\w+|incorporat\w+|let's|i)\b", re.IGNORECASE
)
_SECOND = re.compile(
    r"^[ \t#>*_]{0,8}(?:new |math )?(?:problem|question|exercise)[ ]?#?2\b[ \t]?[*_]{0,3}[:：.)]",
    re.IGNORECASE | re.MULTILINE,
)
_SOLUTION_LABEL = re.compile(
    r"\A[ \t#>*_]{0,8}(?:the |step-by-step |my )?solution[ \t]?(?:[*_]{1,3}[:：]?|[:：][ \t]?[*_]{0,3}|(?=\n))\s*",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?(?:solution|problem|answer)>", re.IGNORECASE)
_EDGE = re.compile(r"\A(?:[ \t]*(?:[-*_=]{3,}|```\w*)[ \t]*\n)+|(?:\n[ \t]*(?:[-*_=]{3,}|```)[ \t]*)+\Z")
_LEAST = 10  # characters of a problem; nothing can be asked in fewer
# A server without the model's end of text lets it play the user too: what follows is another problem's.
_RUNS_ON = re.compile(
    r"<\|(?:im_start|im_end|endoftext|eot_id|start_header_id|end_header_id|begin_of_text|end|user|assistant|system)\|>|\[/?INST\]|"
    r"^#{2,4} ?(?:instruction|user|human)\b|</solution>\s.{0,40}<(?:problem|points?)>|"
    r"^[ \t#>*_]{0,8}(?:user|human|assistant|next problem|new problem|problem|question)(?: ?#?\d{1,2})?[*_]{0,3}[ \t]?[:：](?=.*\\boxed)",
    re.IGNORECASE | re.MULTILINE | re.DOTALL,
)


def read_problem(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"problem": str}, without labels and talk around it; what follows its end mark is no part of it. Raises `Unreadable`."""
    reply = said(text)
    body = block(reply, front["marks"][0], front["marks"])
    if body is None:
        body = _PREAMBLE.sub("", _TAG.sub("", reply))
        label = _LABEL.search(body)
        if label is None and declines(reply, anything=True):
            raise nothing_found(reply, "problem")
        if label and _is_talk(body[: label.start()]):
            body = body[label.end() :]
        elif not asks(body):
            raise nothing_found(reply, "problem")
    body = _EDGE.sub("", body).strip()
    label = _LABEL.match(body)
    problem = body[label.end() :].strip() if label else body
    if second := _SECOND.search(problem):
        raise Unreadable("unreadable", f"more than one problem: {second[0].strip()!r}")
    if len(problem) < _LEAST or not re.search(r"[^\W\d_]{2}", problem):
        raise nothing_found(reply, "problem")
    return {"problem": problem}


def _is_talk(before: str) -> bool:
    """Whether what stands before a label speaks of the task; else it is the problem's own beginning ("...\\nQuestion: ...")."""
    return (
        len(before) < 400 and not re.search(r"[\d$\\?]", before) and (not before.strip() or bool(_TALK.search(before)))
    )


def read_difficulty(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"difficulty": low, medium or high (what the prompt's verdicts stand for)}; raises `Unreadable`."""
    return {"difficulty": read_verdict(text, front)[0]}


def read_solution(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"solution": str} with an answer in a box; raises `Unreadable`: `no_boxed_answer`, `refusal`, `prompt_leak`, `unreadable`."""
    reply = said(text)
    first = reply.find("\\boxed")
    if first >= 0 and (found := _RUNS_ON.search(reply, first)):
        raise Unreadable("prompt_leak", f"it goes on behind its answer: {found[0].strip()!r}")
    body = block(reply, front["marks"][0], front["marks"])
    if body is None or no_boxed_answer(body):
        body = _TAG.sub("", reply).strip()
    body = _SOLUTION_LABEL.sub("", _EDGE.sub("", body), count=1).strip()
    if detail := no_boxed_answer(body):
        if reason := declines(body, anything=True):
            raise Unreadable("refusal", f"no solution, but: {reason}")
        raise Unreadable("no_boxed_answer", detail)
    return {"solution": body}


def read_score(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"score": from 0 to 1, "explanation"} of a judge of problems; raises `Unreadable`."""
    reply = said(text)
    return {"score": read_number(reply, front["marks"]), "explanation": reason_of(reply, front)}


def read_solution_verdict(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"verdict": bool, "explanation"} of a judge of solutions; a True that is taken back is neither. Raises `Unreadable`."""
    verdict, explanation = read_verdict(text, front)
    if verdict and (found := taken_back(said(text))):
        raise Unreadable("unreadable", f"it says True and {found!r}")
    return {"verdict": verdict, "explanation": explanation}


def read_same_problem(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"same": bool, "why"}: whether two texts are one problem, whatever a yes says of their numbers. Raises `Unreadable`."""
    same, why = read_verdict(text, front)
    return {"same": same, "why": why}
