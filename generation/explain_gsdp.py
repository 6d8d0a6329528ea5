"""The way of a problem, told from a finished folder: seeds, points, their names, the path between them, every question.

a row of a kind of combination, or of `rejected` -> Story
"""

from collections.abc import Mapping
from typing import Any

from builders.answers import taken as answer_in
from builders.errors import Unreadable
from builders.reasons import GSDP
from builders.row import Row
from cards.facts import mapping
from cards.story import Facts, Note, Part, Section, Story, Table, Text
from generation.exchanges import Source, exchange, replies, taken
from generation.explain_points import vocabulary
from generation.explain_way import origins_of, path_of
from generation.judge import PROBLEM, SOLUTION
from generation.prompts import load_prompt
from generation.prompts import names as prompts
from generation.solutions import STEP as SOLVED
from generation.verdicts import read_score, read_solution, read_solution_verdict

STEPS = ("problem", PROBLEM, "difficulty", SOLVED, SOLUTION)  # those that have a section of their own


def verdict(row: Row, meanings: Mapping[str, str], config: str) -> str:
    """What became of a row, in a sentence."""
    if not row.get("reason"):
        return f"Kept, in {config}."
    meaning = f" ({meanings[row['reason']]})" if row["reason"] in meanings else ""
    return f"Rejected at {row['step']}: {row['reason']}{meaning}. {row['detail'] or ''}".strip()


def seed_story(source: Source, row: Row, config: str) -> Story:
    """A seed that gave no points."""
    told = replies(source, [reply["key"] for reply in row["replies"] or []])
    texts = [Text(name, row[name]) for name in ("problem", "solution", "answer") if row[name]]
    asked = [exchange(source, reply, "what one has to know to solve it") for reply in told]
    sections = [Section("The seed", texts or [Note("The folder holds no text of it.")])]
    if asked:
        sections.append(Section("Its knowledge points", asked))
    return Story(f"Seed {row['id']}", verdict(row, GSDP, config), [*sections, taken(source, [("about it", told)])])


def problem_story(source: Source, row: Row, config: str) -> Story:
    """A problem, from the seeds whose points it joins to the last verdict."""
    names = vocabulary(source)
    path, way = path_of(source, names, row)
    origins, shared = origins_of(source, names, row, path)
    own = {step: told for step, told in _by_step(source, row).items() if told}
    lost = {reply["key"] for reply in row.get("replies") or []} - {
        reply["key"] for told in own.values() for reply in told
    }
    short: list[Part] = [_short(row)]
    if lost:
        short.append(Note(f"Of its replies the folder does not hold {', '.join(sorted(lost))}."))
    sections = [Section("In short", short), Section("The combination", way), *origins]
    made = (_problem, _scores, _difficulty, _solutions, _verdicts)
    sections += [section for section in (part(source, row, own) for part in made) if section is not None]
    others = [reply for step, told in own.items() if step.partition("/")[0] not in STEPS for reply in told]
    if others:
        asked = [exchange(source, reply, str(reply["step"])) for reply in others]
        sections.append(Section("What else was asked about it", asked))
    if row.get("text"):
        sections.append(Section("The row as it is trained on", [Text("text", row["text"]), _rest(row)]))
    groups = [
        ("about this row", [reply for told in own.values() for reply in told]),
        ("of its seeds and points", shared),
    ]
    return Story(str(row["id"]), verdict(row, GSDP, config), [*sections, taken(source, groups)])


def _short(row: Row) -> Facts:
    """What came of each stage, a line each."""
    scores = ", ".join(f"{one['judge']} {one['score']}" for one in row["problem_scores"] or [])
    verdicts = ", ".join(f"{one['judge']} {one['verdict']}" for one in row["solution_verdicts"] or [])
    vote = f"{row['vote_answer']}, {row['vote_share']:.0%} of the samples" if row["vote_share"] is not None else None
    known = [
        ("points", "; ".join(row["knowledge_points"] or [])), ("score", f"{row['problem_score']} ({scores})" if scores else None),
        ("difficulty", row["difficulty"]), ("answer", row["answer"]), ("vote", vote), ("verdicts", verdicts or None),
    ]  # fmt: skip
    return Facts([(name, str(value)) for name, value in known if value is not None])


def _by_step(source: Source, row: Row) -> dict[str, list[Row]]:
    """The replies about a row by the step for which it has them; the ledger may know them under another's."""
    listed = row.get("replies") or []
    return {
        step: [told | {"step": step} for told in replies(source, [one["key"] for one in listed if one["step"] == step])]
        for step in dict.fromkeys(one["step"] for one in listed)
    }


def _ended(row: Row, *steps: str) -> list[Part]:
    """Where a row ended, at the end of that step."""
    ended = row.get("reason") and str(row["step"]).partition("/")[0] in steps
    return [Note(f"Here it ended: {row['reason']}. {row['detail'] or ''}".strip())] if ended else []


def _problem(source: Source, row: Row, own: Mapping[str, list[Row]]) -> Section:
    parts: list[Part] = [
        exchange(source, reply, "a problem that needs all of the points") for reply in own.get("problem", ())
    ]
    parts = parts or [Note("No reply to it is recorded.")]
    if row["problem"]:
        parts.append(Text("the problem, as it was read", row["problem"]))
    if row["contamination"]:
        hits = [[hit[name] for name in ("benchmark", "id", "layer", "evidence")] for hit in row["contamination"]]
        parts.append(Table(["shared with", "item", "layer", "evidence"], hits))
    elif row["contamination"] is not None:
        parts.append(Note("It shares nothing that counts with the benchmarks."))
    return Section("The problem", [*parts, *_ended(row, "problem", "decontaminate")])


def _scores(source: Source, row: Row, own: Mapping[str, list[Row]]) -> Section | None:
    asked = {step: told for step, told in own.items() if step.startswith(PROBLEM)}
    if not asked:
        return None
    panel = source.facts.run.get("panel")
    weights = (
        {str(mapping(one).get("judge")): mapping(one).get("weight") for one in panel if panel}
        if isinstance(panel, list)
        else {}
    )
    scores = {one["judge"]: one["score"] for one in row["problem_scores"] or []}
    rows = []
    for step, told in asked.items():
        name = step.partition("/")[2]
        rows.append([name, weights.get(name), scores.get(name), _read(told[-1], read_score).get("explanation")])
    parts: list[Part] = [Table(["judge", "weight", "score", "in its words"], rows)]
    if row["problem_score"] is not None:
        least = source.facts.recipe.get("least_score", "what the recipe asks for")
        parts.append(Note(f"The weighted mean is {row['problem_score']:.3f}; at least {least} is kept."))
    parts += [exchange(source, reply, step) for step, told in asked.items() for reply in told]
    return Section("The judges of the problem", [*parts, *_ended(row, PROBLEM)])


def _difficulty(source: Source, row: Row, own: Mapping[str, list[Row]]) -> Section | None:
    if "difficulty" not in own:
        return None
    asked = [exchange(source, reply, "how difficult is it?") for reply in own["difficulty"]]
    said = (
        f"Rated {row['difficulty']}, which decides who solves it." if row["difficulty"] else "No rating could be read."
    )
    return Section("The difficulty", [Note(said), *asked, *_ended(row, "difficulty")])


def _solutions(source: Source, row: Row, own: Mapping[str, list[Row]]) -> Section | None:
    asked = [reply for step, told in own.items() if step.partition("/")[0] == SOLVED for reply in told]
    if not asked:
        return None
    last = {reply["sample"]: _read(reply, read_solution).get("solution") for reply in asked}
    rows = [
        [str(number), answer_in(text), "the row's solution" if text and text == row["solution"] else None]
        for number, text in sorted(last.items())
    ]
    parts: list[Part] = [Table(["sample", "answer", ""], rows)]
    if row["vote_share"] is not None:
        parts.append(
            Note(f"{row['vote_share']:.0%} of the samples come to {row['vote_answer']}; verified: {row['verified']}.")
        )
    parts += [exchange(source, reply, f"{reply['step']}, sample {reply['sample']}") for reply in asked]
    return Section("The solutions", [*parts, *_ended(row, SOLVED)])


def _verdicts(source: Source, row: Row, own: Mapping[str, list[Row]]) -> Section | None:
    asked = {step: told for step, told in own.items() if step.startswith(SOLUTION)}
    if not asked:
        return None
    said = {one["judge"]: one["verdict"] for one in row["solution_verdicts"] or []}
    rows = []
    for step, told in asked.items():
        name = step.partition("/")[2]
        shown = str(said[name]) if said.get(name) is not None else "could not be read"
        rows.append([name, shown, _read(told[-1], read_solution_verdict).get("explanation")])
    parts: list[Part] = [Table(["judge", "verdict", "in its words"], rows)]
    parts += [exchange(source, reply, step) for step, told in asked.items() for reply in told]
    return Section("The judges of the solution", [*parts, *_ended(row, SOLUTION, "text")])


def _read(reply: Row, read: Any) -> Row:
    """What a reply says, as its reader reads it today; nothing where it cannot."""
    name = str(reply["prompt"]).partition("@")[0]
    if name not in prompts() or reply["text"] is None:
        return {}
    try:
        return dict(read(reply["text"], load_prompt(name).front))
    except Unreadable:
        return {}


def _rest(row: Row) -> Facts:
    values = [(name, row.get(name)) for name in ("answer", "text_tokens", "verified", "novel")]
    return Facts([(name.replace("_", " "), str(value)) for name, value in values if value is not None])
