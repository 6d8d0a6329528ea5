"""The way of a dialogue, told from a finished folder: document, passage and its place, the question, the reply, what was seen.

a row of a style, or of `rejected` -> Story;  a document's or a passage's id -> what became of it
"""

from collections.abc import Sequence

from builders.reasons import MIND
from builders.row import Row
from cards.facts import mapping
from cards.story import Facts, Note, Part, Section, Story, Table, Text
from generation.exchanges import Source, exchange, holders, replies, taken
from generation.explain_gsdp import verdict
from generation.measures import MEASURES

NOT_KNOWN = "the folder does not hold all that stands before it in the document"


def dialogue_story(source: Source, row: Row, config: str) -> Story:
    """A dialogue, or a document that gave none."""
    if not row["style"]:
        parts = [Text("what the folder holds of it", row["passage"])] if row["passage"] else []
        return Story(
            f"Document {row['id']}",
            verdict(row, MIND, config),
            [_document(source, row), Section("Its text", parts)][: 1 + len(parts)],
        )
    told = replies(source, [row["reply"]] if row["reply"] else [])
    asked: list[Part] = [exchange(source, reply, f"the style {row['style']}") for reply in told]
    sections = [
        _document(source, row),
        _passage(source, row),
        Section("The question and its reply", asked or [Note(_without(row))]),
        Section("The dialogue", _dialogue(row)),
    ]
    others = [other for other in holders(source, "passage_id", row["passage_id"]) if other["id"] != row["id"]]
    if others:
        sections.append(Section("The other rows of this passage", [fates(others)]))
    return Story(str(row["id"]), verdict(row, MIND, config), [*sections, taken(source, [("this row", told)])])


def _without(row: Row) -> str:
    return f"The folder does not hold its reply, {row['reply']}." if row["reply"] else "No reply to it is recorded."


def passage_story(source: Source, rows: Sequence[Row]) -> Story:
    """A passage, and what became of it."""
    sections = [_document(source, rows[0]), _passage(source, rows[0]), Section("What became of it", [fates(rows)])]
    return Story(f"Passage {rows[0]['passage_id']}", _kept(rows), sections)


def document_story(source: Source, rows: Sequence[Row]) -> Story:
    """A document, its passages, and what became of them."""
    sections = [_document(source, rows[0]), Section("What became of it", [fates(rows)])]
    return Story(f"Document {rows[0]['document_id']}", _kept(rows), sections)


def fates(rows: Sequence[Row]) -> Table:
    """Rows with what became of each."""
    told = sorted(rows, key=lambda row: (str(row["id"]), str(row["config"])))
    shown = [[row["id"], row["config"], row.get("reason"), row.get("detail")] for row in told]
    return Table(["row", "config", "rejected as", "because"], shown)


def _kept(rows: Sequence[Row]) -> str:
    return f"{sum(not row.get('reason') for row in rows)} of its {len(rows)} rows are kept."


def _document(source: Source, row: Row) -> Section:
    known = [
        ("id", row["document_id"]),
        ("url", row["url"] or "none"),
        ("read from", str(source.facts.recipe.get("rows", "not said"))),
    ]
    if "problem_models" not in row:
        return Section("The document", [Facts([(name, str(value)) for name, value in known])])
    hits = ", ".join(f"{hit['benchmark']} {hit['id']} ({hit['layer']})" for hit in row.get("contamination") or [])
    known += [
        ("seeds", ", ".join(row["seed_ids"] or []) or "not said"),
        ("made by", ", ".join(row["problem_models"] or []) or "not said"),
        ("shares with benchmarks", hits or ("not compared" if row.get("contamination") is None else "nothing")),
        ("verified answer", row["answer"] or "not said"),
        ("the dialogue's answer", row["answer_told"] or "none that was read"),
    ]
    way = f"It is a problem of a GSDP folder. How it came to be: python -m generation.explain {row['document_id']} --folder THAT-FOLDER"
    return Section("The document", [Facts([(name, str(value)) for name, value in known]), Note(way)])


def _passage(source: Source, row: Row) -> Section:
    place = offsets(source, row)
    where = f"characters {place[0]:,} to {place[1]:,} of the document" if place else NOT_KNOWN
    facts = [
        ("id", row["passage_id"]),
        ("where", where),
        ("tokens", f"{row['passage_tokens']:,}" if row["passage_tokens"] else "unknown"),
    ]
    return Section(
        "The passage", [Facts([(name, str(value)) for name, value in facts]), Text("passage", row["passage"] or "")]
    )


def offsets(source: Source, row: Row) -> tuple[int, int] | None:
    """Where a passage stands in its document, in code points, where the folder holds all passages before it.

    The passages of a document join to the document again (builders.passages), so the lengths of those before add up.
    """
    document, _, number = str(row["passage_id"]).rpartition("/")
    if document != row["document_id"] or not number.isdecimal():
        return None
    lengths = {
        each["passage_id"]: len(each["passage"] or "") for each in holders(source, "document_id", row["document_id"])
    }
    before = (
        [lengths.get(f"{document}/{index}") for index in range(int(number))] if int(number) < len(lengths) else [None]
    )
    known = [length for length in before if length is not None]
    start = sum(known)
    return (start, start + len(row["passage"] or "")) if len(known) == len(before) else None


def _dialogue(row: Row) -> list[Part]:
    """What was read of the reply, what was measured, and what the filters saw."""
    if row["text"] is None:
        return [Note(f"None could be read: {row['reason']}. {row['detail'] or ''}")]
    parts: list[Part] = [Facts([("gap", f"{row['gap']}, by what the style's speakers know"), *_measured(row)])]
    parts += [Text(turn["speaker"], turn["text"]) for turn in row["turns"] or []]
    flags = [f"{name} ({MIND.get(name, '')})" for name in row["flags"] or []]
    parts.append(
        Note(f"Seen, and not applied: {'; '.join(flags)}." if flags else "No filter saw anything that it only flags.")
    )
    if row.get("reason"):
        parts.append(Note(f"Here it ended: {row['reason']}. {row['detail'] or ''}".strip()))
    return parts


def _measured(row: Row) -> list[tuple[str, str]]:
    """The measures that are numbers."""
    values = [(name, row.get(name)) for name in ("text_tokens", *MEASURES)]
    return [
        (name.replace("_", " "), f"{value:.3g}" if isinstance(value, float) else str(value))
        for name, value in values
        if value is not None and not isinstance(value, list) and not mapping(value)
    ]
