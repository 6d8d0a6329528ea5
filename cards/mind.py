"""What the card of a MIND folder counts: styles, reasons, measures, prompts, models, and one row to look at.

Facts -> the tables of templates/mind.md, as Markdown
"""

from collections import Counter
from typing import Any

from builders.errors import CheckFailed
from builders.markdown import code, table, words
from builders.reasons import MIND
from cards.asked import models
from cards.columns import Config, a_row
from cards.facts import Facts, Style, mapping, styles, whole
from cards.quote import shortened
from cards.way import dialogue_stages, stage_table
from cards.words import COLUMNS

# How much of the example's texts is shown, in characters
SHOWN = {"passage": 900, "text": 2200}


def tables(facts: Facts) -> dict[str, Any]:
    """What the template of a MIND folder's card is filled with."""
    found = styles(facts)
    names, verified = [style.name for style in found], facts.recipe.get("verified")
    documents = {"in": 0, "passages": 0, **mapping(mapping(facts.run.get("counts")).get("documents"))}
    unread = whole(documents.get("rejected"))
    rejected, flags = Counter(unread), Counter[str]()
    for style in found:
        rejected.update(style.rejected)
        flags.update(style.flags)
    stored = facts.configs["rejected"].rows if "rejected" in facts.configs else 0
    if rejected.total() != stored:
        raise CheckFailed(
            f"run.json counts {rejected.total()} rejected rows, and the folder holds {stored}; make it again"
        )
    reasons = [
        reason for reason in [*MIND, *sorted({*rejected, *flags} - set(MIND))] if rejected[reason] or flags[reason]
    ]
    kept = [style for style in found if style.kept]
    problem_models = [str(name) for name in facts.run.get("problem_models") or []]
    of_problems = _rehearsed(problem_models)
    of_dialogues = _rehearsed([mapping(said).get("model") for said in facts.run.get("models") or []])
    return {
        "about_problems": isinstance(verified, list) and bool(verified), "problem_models": problem_models,
        "rehearsed_problems": of_problems,
        "rehearsed_dialogues": bool(facts.run.get("rehearsal")) and (of_dialogues or not of_problems),
        "styles": found, "documents": documents, "lost": sum(unread.values()),
        "kept": sum(style.kept for style in found), "tokens": sum(style.tokens for style in found),
        "asked": sum(style.asked for style in found), "style_table": _style_table(found), "models": models(facts),
        "reasons": table(
            ["reason", "what it means", "documents", "dialogues", "only flagged"],
            ([code(r), words(MIND.get(r, "")), unread.get(r, 0), rejected[r] - unread.get(r, 0), flags[r]] for r in reasons),
        ),
        "any_reason": bool(reasons),
        "reason_table": _by_style(names, [(r, [style.rejected.get(r, 0) for style in found]) for r in reasons if rejected[r] > unread.get(r, 0)]),
        "flag_table": _by_style(names, [(r, [style.flags.get(r, 0) for style in found]) for r in reasons if flags[r]]),
        **_measures(found), "stages": stage_table(dialogue_stages(facts, found)), "example": _example(facts.configs[kept[0].name]) if kept else None,
    }  # fmt: skip


def _rehearsed(models: list[Any]) -> bool:
    return any(str(model).startswith("mathloom/rehearsal/") for model in models)


def _style_table(found: list[Style]) -> str:
    rows: list[list[Any]] = []
    for style in found:
        rejected = sum(style.rejected.values())
        rows.append([code(style.name), code(style.gap), style.asked, style.kept, rejected, style.tokens])
    rows.append(["all", "", *(sum(row[column] for row in rows) for column in range(2, 6))])
    for row in rows:
        row.insert(5, f"{row[3] / row[2]:.0%}" if row[2] else "–")
    return table(["style", "knowledge gap", "asked", "kept", "rejected", "kept of asked", "tokens kept"], rows)


def _heading(style: str) -> str:
    """A style's name as words, so that the head of a table with seven of them can be broken."""
    return words(style.replace("_", " "))


def _by_style(names: list[str], rows: list[tuple[str, list[int]]]) -> str:
    return (
        table(["reason", *map(_heading, names)], ([code(reason), *counts] for reason, counts in rows)) if rows else ""
    )


def _measures(found: list[Style]) -> dict[str, Any]:
    names = list(dict.fromkeys(name for style in found for name in style.measures))
    known = COLUMNS["mind"]
    rows = [[code(name), *(style.measures.get(name) for style in found)] for name in names]
    return {
        "measures": table(["mean of", *(_heading(style.name) for style in found)], rows) if rows else "",
        "measure_words": [(name, known[name]) for name in names if name in known],
    }


def _example(config: Config) -> dict[str, Any]:
    """A row that can be shown whole, if one of the first can: its passage, and its turns."""
    row = a_row(
        config,
        ["id", "style", "passage", "text", "turns"],
        lambda row: all(len(row.get(name) or "") <= SHOWN[name] for name in SHOWN),
    )
    row["passage"], row["passage_cut"] = shortened(row["passage"] or "", SHOWN["passage"])
    turns = [mapping(turn) for turn in row["turns"] or [{"text": row["text"]}]]
    row["turns"], row["turns_in_all"], row["cut"], room = [], len(turns), False, SHOWN["text"]
    for turn in turns:
        text, row["cut"] = shortened(turn.get("text") or "", room)
        row["turns"].append((turn.get("speaker") or "", text))
        room -= len(text)
        if row["cut"] or room < 1:
            break
    return row
