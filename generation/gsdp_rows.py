"""The rows of a GSDP folder: columns, and how a row that came through the chain is written.

id, problem, solution, answer, knowledge_points, hop, ..., text, messages, replies; rejected: step, unit, reason, detail
"""

from collections.abc import Iterator, Sequence
from typing import Any

from datasets import Features, List, Value

from builders.contamination import CONTAMINATION
from builders.problems import with_solution
from builders.row import TEXT, WHY, Row
from builders.tokens import Tokens
from generation.embedded import EMBEDDED
from generation.judge import PROBLEM, SOLUTION, Panel
from generation.knowledge_points import STEP as POINTS
from generation.replay import REPLIES
from generation.semantic import STEPS as SAME
from generation.solutions import STEP as SOLVED
from generation.vocabulary import VOCABULARY
from graph.edges import EDGES
from graph.kinds import HOPS

ROW = Features(
    {
        **dict.fromkeys(("id", "problem", "solution", "answer"), TEXT), "knowledge_points": List(TEXT), "hop": TEXT,
        "weight": Value("int64"), "repetition": Value("int64"), "difficulty": TEXT,
        "problem_scores": List({"judge": TEXT, "score": Value("float64")}), "problem_score": Value("float64"),
        "solution_verdicts": List({"judge": TEXT, "verdict": Value("bool")}), "vote_answer": TEXT, "vote_share": Value("float64"),
        "verified": TEXT, "contamination": CONTAMINATION, "seed_ids": List(TEXT), "novel": Value("bool"), "text": TEXT,
        "text_tokens": Value("int64"), "messages": List({"role": TEXT, "content": TEXT}),
        "replies": List({"step": TEXT, "key": TEXT, "model": TEXT}),
    }
)  # fmt: skip
REJECTED = Features({**ROW, **WHY})
CONFIGS = {
    **dict.fromkeys(HOPS, ROW),
    "rejected": REJECTED,
    "vocabulary": VOCABULARY,
    "edges": EDGES,
    "replies": REPLIES,
}


def finish(rows: Sequence[Row], tokens: Tokens, panel: Panel, models: dict[str, str]) -> None:
    """Writes text, messages, tokens and the keys of all replies into rows that came through the chain."""
    whole = [row for row in rows if row["solution"] is not None]
    for row in whole:
        row["text"] = with_solution(row["problem"], row["solution"])
        row["messages"] = [
            {"role": "user", "content": row["problem"]},
            {"role": "assistant", "content": row["solution"]},
        ]
    for row, count in zip(whole, tokens.count([row["text"] for row in whole]), strict=True):
        row["text_tokens"] = count
    for row in rows:
        row["replies"] = list(_replies(row, panel, models))


def _replies(row: Row, panel: Panel, models: dict[str, str]) -> Iterator[Row]:
    """Every reply about a row, in the order of the steps."""
    steps = ["problem", *(f"{PROBLEM}/{name}" for name in panel.names), "difficulty"]
    steps += [f"{SOLVED}/{name}" for name in models if f"{SOLVED}/{name}_key" in row]
    roles = {"problem": "writer", "difficulty": "rater", EMBEDDED: "embedder", **dict.fromkeys(SAME, "curator")}
    for step in [*steps, *(f"{SOLUTION}/{name}" for name in panel.names), EMBEDDED, *SAME]:
        keys: Any = row.get(f"{step}_key")
        role = roles.get(step, step.partition("/")[2])
        for key in keys if isinstance(keys, list) else [keys]:
            if key is not None:
                yield {"step": step, "key": key, "model": models[role]}


def rejected_seed(row: Row, model: str) -> Row:
    """A seed that gave no points, as a row of `rejected`, with the reply in which there were none."""
    key = row[f"{POINTS}_key"]
    replies = [{"step": POINTS, "key": key, "model": model}] if key is not None else []
    return {**{name: row[name] for name in ("id", "problem", "solution", "answer", *WHY)}, "replies": replies}


def of(row: Row, features: Features) -> Row:
    """A row with the columns of a config."""
    return {name: row.get(name) for name in features}
