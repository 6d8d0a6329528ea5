"""What a style's file must hold, so that one Markdown file is a new style and no Python is needed.

front matter + body -> nothing, or one sentence that says what is wrong;  front matter -> gap (none, partial, large)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from builders.configs import CONFIG_NAME
from builders.errors import UserError
from builders.row import WHY_UNIT_FIRST
from generation.bodies import compiled, written

KNOWS = ("nothing", "some", "most", "all")
FRONT = ("description", "speakers")
_PROBE = "The probe that stands for a passage."
# A passage's columns, what a body may use beside the front matter's own keys; and values as they have them.
COLUMNS = {
    "id": "d/0", "document_id": "d", "url": None, "index": 0, "start": 0, "end": len(_PROBE), "text": _PROBE, "tokens": 9,
}  # fmt: skip


def gap(front: Mapping[str, Any]) -> str | None:
    """How far apart the speakers are in what they know: none, partial or large; None where nobody speaks (rephrase).

    Large is for one who knows nothing beside one who knows most or all, as in the paper's layman and expert.
    """
    levels = sorted(KNOWS.index(speaker["knows"]) for speaker in front.get("speakers") or [])
    if not levels:
        return None
    if levels[0] == levels[-1]:
        return "none"
    return "large" if levels[0] == 0 and levels[-1] >= 2 else "partial"


def check_style(name: str, front: Mapping[str, Any], body: str) -> None:
    """Raises `UserError` with one sentence if the prompt `name` is no style (or, without speakers, no control like rephrase)."""
    for key in front:
        if key not in FRONT:
            raise UserError(
                f"the style {name} has an unknown key '{key}' in its front matter; known are {' and '.join(FRONT)}"
            )
    tag = "dialogue"
    if "speakers" in front:
        _check_speakers(name, front["speakers"])
    elif "<text>" in body:
        tag = "text"
    else:
        raise UserError(
            f"the style {name} names no speakers; its front matter needs 'speakers:', a list like '- {{name: Teacher, knows: all}}' "
            "(a control without speakers asks for its reply between <text> and </text> instead)"
        )
    _check_body(name, front, body, tag)


def check_names(names: Sequence[str]) -> None:
    """Each style is a config of the folder and gives columns to the rows: a `UserError` names one whose name is taken."""
    taken = {"default", "rejected", "replies", *COLUMNS, *WHY_UNIT_FIRST}
    for name in names:
        made = {name, *(f"{name}_{end}" for end in ("key", "error", "detail"))}
        if made & taken or not CONFIG_NAME.fullmatch(name):
            why = f"'{min(made & taken)}' is there already" if made & taken else "letters, digits, _, - and . are all"
            raise UserError(f"the style '{name}' cannot have this name ({why}); give its file another one")
        taken |= made


def _check_speakers(name: str, speakers: Any) -> None:
    form = f"like '- {{name: Teacher, knows: all}}' (knows: {', '.join(KNOWS)})"
    if not isinstance(speakers, list) or len(speakers) < 2:
        raise UserError(
            f"the style {name} has speakers: {speakers!r}; a dialogue needs a list of at least two, each {form}"
        )
    for speaker in speakers:
        if not isinstance(speaker, dict) or set(speaker) != {"name", "knows"}:
            raise UserError(f"the style {name} has the speaker {speaker!r}; each has a name and what it knows, {form}")
        if (
            not isinstance(speaker["name"], str)
            or not speaker["name"].strip()
            or any(mark in speaker["name"] for mark in ":\n")
        ):
            raise UserError(
                f"the style {name} has a speaker named {speaker['name']!r}; a name is a few words without a colon"
            )
        if speaker["knows"] not in KNOWS:
            raise UserError(
                f"the style {name} says that {speaker['name']} knows {speaker['knows']!r}; the words for it are {', '.join(KNOWS)}"
            )
    names = [speaker["name"] for speaker in speakers]
    if len(set(names)) < len(names):
        raise UserError(f"the style {name} has two speakers of one name: {', '.join(names)}")


def _check_body(name: str, front: Mapping[str, Any], body: str, tag: str) -> None:
    template, used = compiled(name, body)
    unknown = sorted(used - set(COLUMNS) - set(front))
    if unknown:
        raise UserError(
            f"the style {name} uses {{{{ {unknown[0]} }}}}, which is nowhere; a body may use {', '.join([*COLUMNS, *front])}"
        )
    for url in ("http://127.0.0.1/", None):  # a passage has none where its document has none
        try:
            said = written(template, COLUMNS | {"url": url} | dict(front))
        except ValueError as problem:
            raise UserError(f"the style {name} has a mistake in its body: {problem}") from problem
        _check_said(name, front, said, tag)


def _check_said(name: str, front: Mapping[str, Any], said: str, tag: str) -> None:
    lines = said.rstrip().split("\n")
    if lines[-3:] != ["<passage>", _PROBE, "</passage>"]:
        raise UserError(
            f"the style {name} does not end with its passage; its last three lines must be '<passage>', '{{{{ text }}}}' and '</passage>'"
        )
    if said.count("<passage>") > 1 or said.count("</passage>") > 1:
        raise UserError(f"the style {name} has <passage> more than once; it marks the passage and nothing else")
    if f"<{tag}>" not in lines or f"</{tag}>" not in lines:
        raise UserError(
            f"the style {name} does not show the form of a reply; it needs a line '<{tag}>' and a line '</{tag}>'"
        )
    for speaker in front.get("speakers", []):
        if "Speakers:" not in lines or not any(
            line.startswith(f"- {speaker['name']}: ") for line in lines[lines.index("Speakers:") :]
        ):
            raise UserError(
                f"the style {name} does not introduce {speaker['name']}; below 'Speakers:' it needs '- {speaker['name']}: what they know and do'"
            )
