"""The story of a row of any other folder, of a seed, and of a point: what its columns say, and what was asked about it.

a row of a step's folder -> Story, its replies found by their questions;  a seed's id, a point -> what became of it
"""

from collections.abc import Sequence
from typing import Any

from builders.lookup import picked
from builders.reasons import GSDP
from builders.row import Row
from cards.story import Facts, Note, Part, Section, Story, Text
from generation.exchanges import Source, exchange, holders, question, replies, taken
from generation.explain_gsdp import verdict
from generation.explain_mind import fates
from generation.explain_points import Vocabulary, decisions, extractions, judged, point_section, seed_section
from generation.gsdp_questions import question_of

LISTED = 100  # rows that are listed of those that came of a seed or a point
LONG = 80  # characters from which a value is a text of its own


def row_story(source: Source, row: Row, config: str) -> Story:
    """A row of a step's folder, which keeps no keys: its replies are those whose questions hold its texts."""
    told = replies(source, [reply["key"] for reply in _about(source, row)])
    asked: list[Part] = [exchange(source, reply, str(reply["step"])) for reply in told]
    none = Note("No reply was found whose question holds this row's texts.")
    values = [(name, value) for name, value in row.items() if value is not None and name != "config"]
    facts = Facts([(name, _short(value)) for name, value in values if not _is_long(value)])
    texts = [Text(name, value) for name, value in values if _is_long(value)]
    sections = [Section("The row", [facts, *texts])]
    if "replies" in source.facts.configs:
        sections += [Section("What was asked about it", asked or [none]), taken(source, [("this row", told)])]
    return Story(str(row.get("id")), verdict(row, GSDP, config), sections)


def _is_long(value: Any) -> bool:
    return isinstance(value, str) and (len(value) > LONG or "\n" in value)


def _short(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _about(source: Source, row: Row) -> list[Row]:
    """The replies whose questions are about the texts of a row."""
    problem, solution = (str(row.get(name) or "").strip("\n") for name in ("problem", "solution"))
    points = [str(point).strip() for point in row.get("knowledge_points") or []]

    def is_about(message: str, sample: int) -> bool:
        asked = question_of(message)
        if asked is None:
            return False
        if asked.kind == "problem":
            return list(asked.points) == points and sample == (row.get("repetition") or 0)
        return bool(problem) and asked.problem == problem and asked.solution in ("", solution)

    def pick(messages: Any, samples: Any) -> list[int]:
        given = zip(messages.to_pylist(), samples.to_pylist(), strict=True)
        return [place for place, (said, sample) in enumerate(given) if is_about(question(said), sample)]

    return list(picked(source.files("replies"), ["messages", "sample"], pick))


def seed_story(source: Source, names: Vocabulary, seed: str) -> Story:
    """A seed: the question about it, the points as spelled and as named, and the rows that it witnesses."""
    section, told = seed_section(source, names, seed, extractions(source, names, [seed]).get(seed, []))
    rows = holders(source, "seed_ids", seed)
    kept = sum(not row.get("reason") for row in rows)
    said = f"{len(names.by_seed[seed])} points; it witnesses {len(rows)} rows, of which {kept} are kept."
    return Story(f"Seed {seed}", said, [section, _rows(rows), taken(source, [("about its points", told)])])


def point_story(source: Source, names: Vocabulary, point: str) -> Story:
    """A point, by a spelling or by its name: what was asked and decided about it, and the rows that need it."""
    row = names.by_spelling.get(point)
    name = point if point in names.by_name else (row or {}).get("knowledge_point")
    used = [point] if row else [one["spelling"] for one in names.by_name[point]]
    section, told = point_section(source, names, name or point, used, judged(source, names, used))
    if row and name != point:
        section = Section(f"The spelling {point!r}", [decisions([row]), *section.parts[1 if name is None else 0 :]])
    rows = holders(source, "knowledge_points", name) if name else []
    seeds = sorted(
        {seed for one in ([row] if row and name is None else names.by_name[name or point]) for seed in one["seed_ids"]}
    )
    said = f"Called {name!r}" if name else "Dropped"
    where = Section("The seeds in which it occurs", [Facts([(str(len(seeds)), ", ".join(seeds))])])
    return Story(
        f"Point {point!r}",
        f"{said}; {len(rows)} rows need it.",
        [section, where, _rows(rows), taken(source, [("about it", told)])],
    )


def _rows(rows: Sequence[Row]) -> Section:
    parts: list[Part] = [fates(rows[:LISTED])] if rows else [Note("No row came of it.")]
    if len(rows) > LISTED:
        parts.append(Note(f"These are {LISTED} of {len(rows):,}."))
    return Section("What became of it", parts)
