"""From a passage and its replies to rows: a dialogue per style, measured and put to the filters, kept or with its reason.

passages with answers -> the columns of ROW; rejected: step, unit, reason, detail as well
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from datasets import Features, IterableDataset, List, Value

from builders.answers import Compare
from builders.contamination import CONTAMINATION, STEP, contaminated
from builders.row import Row
from builders.seen import Seen
from builders.tokens import Tokens
from generation.agreeing import agree
from generation.counts import Counts
from generation.filters import judge_dialogue
from generation.measures import MEASURES, measure_dialogue
from generation.mind_clean import Clean, looked
from generation.models import Model
from generation.prompts import Prompt
from generation.questions import reject
from generation.reading import gap

TEXT, WHOLE = Value("string"), Value("int64")
TURNS = List({"speaker": TEXT, "text": TEXT})
ROW = Features(
    {
        **dict.fromkeys(("id", "text"), TEXT), "turns": TURNS,
        **dict.fromkeys(("style", "gap", "passage", "passage_id", "document_id", "url"), TEXT),
        **dict.fromkeys(("passage_tokens", "text_tokens"), WHOLE),
        **MEASURES, "flags": List(TEXT), "contamination": CONTAMINATION, **dict.fromkeys(("reply", "model", "prompt"), TEXT),
    }
)  # fmt: skip
WHY_NOT = dict.fromkeys(("step", "unit", "reason", "detail"), TEXT)
REJECTED = Features({**ROW, **WHY_NOT})
NO_LINEAGE = Features({})


def told(
    rows: IterableDataset,
    styles: Sequence[Prompt],
    model: Model,
    tokens: Tokens,
    flagged: Sequence[str],
    counts: Counts,
    of: Clean,
    lineage: Sequence[str] = (),
    compare: Compare | None = None,
) -> Iterator[Row]:
    """Passages with their answers -> a row per passage and style, kept or with its reason; rejected documents as they are.

    `lineage`: further columns that a row keeps of its passage. `compare`: what compares the answer of a problem that the
    passage is with the one that is said in the dialogue.
    """
    asked = {style.name: {"front": style.front, "instructions": style.body} for style in styles}
    with Seen() as seen:
        for batch in rows.iter(32):
            made: list[Row] = []
            for values in zip(*batch.values(), strict=True):
                row = dict(zip(batch, values, strict=True))
                counts.take_passage(row)
                of_row = [_document(row)] if row["reason"] else [_dialogue(row, style, model) for style in styles]
                made += [{**{name: row[name] for name in lineage}, **one} for one in of_row]
            texts = [row for row in made if row.get("text") is not None]
            for row, count in zip(texts, tokens.count([row["text"] for row in texts]), strict=True):
                row["text_tokens"] = count
            dialogues = [row for row in made if row["unit"] == "dialogue"]
            written = [row for row in dialogues if row["text"] is not None]
            for row, hits in looked(written, of, of.dialogues):
                row["contamination"] = row.get("contamination") if hits is None else hits
            for row in dialogues:
                _judge(row, asked[row["style"]], flagged, counts)
            if compare is not None:
                agree(dialogues, compare)
            for row in made:
                if row["unit"] == "dialogue":
                    _settle(row, seen, counts)
                yield row


def _document(row: Row) -> Row:
    """A document that gave no passage, or a passage that is not asked about, as a row of `rejected`."""
    passage = row["id"] if row["reason"] == "contaminated" else None
    return {
        "id": passage or row["document_id"], "document_id": row["document_id"], "url": row["url"], "passage": row["text"] or None,
        "passage_id": passage, "passage_tokens": row["tokens"] if passage else None, "contamination": row["contamination"],
        **{name: row[name] for name in ("unit", "step", "reason", "detail")},
    }  # fmt: skip


def _dialogue(row: Row, style: Prompt, model: Model) -> Row:
    answer = row[style.name] or {}
    return {
        "id": f"{row['id']}/{style.name}", "text": answer.get("text"), "turns": answer.get("turns"), "style": style.name,
        "gap": gap(style.front), "passage": row["text"], "passage_id": row["id"], "document_id": row["document_id"], "url": row["url"],
        "passage_tokens": row["tokens"], "text_tokens": None, "flags": [], "reply": row[f"{style.name}_key"],
        "model": model.name, "prompt": style.label, "unit": "dialogue", "step": style.name,
        "reason": row[f"{style.name}_error"], "detail": row[f"{style.name}_detail"],
    }  # fmt: skip


def _judge(row: Row, asked: dict[str, Any], flagged: Sequence[str], counts: Counts) -> None:
    """Measures a dialogue, and puts it to the filters: the first reason counts, and what is only flagged does not reject."""
    if row["text"] is None and row["reason"] in flagged:  # nothing but a refusal: there is no dialogue to keep
        row["flags"], row["reason"] = [row["reason"]], "unreadable"
    if row["text"] is not None:
        row.update(measure_dialogue(row))
        counts.take_measures(row, ("text_tokens", *MEASURES))
        found = judge_dialogue({**row, **asked})
        row["flags"] = [reason for reason, _ in found if reason in flagged]
        for reason, detail in found:
            if reason not in flagged and not row["reason"]:
                row["reason"], row["detail"] = reason, detail
        if hits := row.get("contamination"):
            reject(row, STEP, "dialogue", "contaminated", contaminated(hits))


def _settle(row: Row, seen: Seen, counts: Counts) -> None:
    """Keeps a dialogue against which nothing speaks, unless its text stood there before."""
    if not row["reason"]:
        earlier = seen.add(hashlib.sha256(row["text"].encode("utf-8", "replace")).hexdigest(), row["id"])
        if earlier is not None:
            row["reason"], row["detail"] = "duplicate", f"the same text as {earlier}"
    counts.take(row)
