"""Reads what models say of knowledge points: of which kind one is, whether two mean the same, who stands for a group.

    the text of a reply + the prompt's front matter -> kind | same | choice; each with its reason

GSDP, section D.1, prompt A.2.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from builders.errors import Unreadable
from generation.marked import REASONS, block, nothing_found, one_of, read_verdict, reason_of, said
from generation.points import LONGEST_NAME, NO_POINT, name_of, same_name

_DIFFERENT = re.compile(
    r"\b(?:not|never) (?:truly |really |quite |exactly )?(?:the same|synonym\w*|identical|equivalent|interchangeable)|"
    r"n['’]t (?:truly |really |quite |exactly )?(?:the same|synonym\w*|identical|equivalent|interchangeable)|"
    r"\bdifferent (?:concepts?|things?|meanings?|ideas?)\b",
    re.IGNORECASE,
)
_CHOICE = re.compile(
    r"^[ \t#>*_\d.)-]{0,10}(?:(?:the|my|a|new|best|chosen|selected|most|final)[ ]){0,4}"
    r"(?:(?:math(?:ematical)?|knowledge|representative)[ ]){0,3}"
    r"(?:points?|choice|chosen|selected|best|representative|answer|name|entry|term)(?: is)?[ \t*_]{0,4}[:：][ \t*_]{0,4}\n?"
    rf"(?!{REASONS})([^\n]*\w[^\n]*)",
    re.IGNORECASE | re.MULTILINE,
)
# A sentence about the choice is not the name that was chosen.
_TALK = re.compile(r"\b(?:I|I'd|best|choose|choice|chosen|select(?:ed)?|option|suitable|entry|list)\b")


def read_kind(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"kind": keep, vague, wrong or detailed (what the prompt's verdicts stand for), "why"}; raises `Unreadable`."""
    kind, why = read_verdict(text, front)
    return {"kind": kind, "why": why}


def read_same(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"same": bool, "why"}; a yes whose reason says that they differ is no yes. Raises `Unreadable`."""
    same, why = read_verdict(text, front)
    if same and why and (found := _DIFFERENT.search(why)):
        raise Unreadable("unreadable", f"it says yes and {found[0]!r}")
    return {"same": same, "why": why}


def read_choice(text: str, front: Mapping[str, Any]) -> dict[str, Any]:
    """{"choice": str, "why", "stated"} of who stands for a group, as the model wrote it; `chosen` finds the member.

    `stated`: whether it stands where a choice belongs. A line that is there by itself may be a member, and makes no new name
    of whatever a model says instead. Raises `Unreadable`.
    """
    reply = said(text)
    body, stated = block(reply, front["marks"][0], front["marks"]), True
    if body is None:
        labelled = [name_of(match[1]) for match in _CHOICE.finditer(reply)]
        lines = [line for line in reply.split("\n") if line.strip()]
        stated = bool(labelled)
        body = one_of(labelled) if labelled else lines[0] if len(lines) == 1 and not _TALK.search(reply) else ""
    else:
        body = _CHOICE.sub(r"\1", body.split("\n", 1)[0])
    choice = name_of(body)
    if not re.search(r"\w", choice) or len(choice) > LONGEST_NAME or NO_POINT.fullmatch(choice):
        raise nothing_found(reply, "choice")
    return {"choice": choice, "why": reason_of(reply, front), "stated": stated}


def chosen(choice: str, members: Sequence[str]) -> tuple[str, bool]:
    """(the member that was chosen, False), or (the model's own name, True) where the choice is no member of the group.

    Members are numbered from 1 in the prompt, so that a number alone is one, unless a member is called so.
    """
    wanted = same_name(choice)
    for member in members:
        if same_name(member) == wanted:
            return member, False
    number = re.fullmatch(r"\W*(?:(?:number|no|entry|option|point|#)\.?\s*)?(\d{1,6})\W*", choice, re.IGNORECASE)
    if number and 1 <= int(number[1]) <= len(members):
        return members[int(number[1]) - 1], False
    return choice, True
