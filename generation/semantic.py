"""The third layer of decontamination: items of benchmarks that lie near a problem, each confirmed by a model (ours).

    problem -> novel, and `contamination` where a model says that an item of a benchmark is the same problem
    item    -> vector (benchmarks and seeds are embedded once)

What is new is seen by the same vectors: a problem is novel if its nearest seed is less similar than the recipe says.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from datasets import Features, IterableDataset, List, Value

from builders.contamination import SEMANTIC, contaminated
from builders.errors import UserError
from builders.overlap import Item
from builders.row import TEXT, Row
from generation.ask import Ask, ask
from generation.embedded import EMBEDDED, Known, embedding, units
from generation.models import Model
from generation.questions import each, failed, question, reject
from generation.verdicts import read_same_problem
from graph.nearest import near, nearest
from graph.similarity import SLACK
from graph.similarity import Vectors as Units

if TYPE_CHECKING:
    from generation.run import Run

STEP, UNIT = "same_problem", "problem"
CANDIDATES = 3  # items that a model is asked about, the most similar
STEPS = tuple(f"{STEP}/{number}" for number in range(1, CANDIDATES + 1))
# Both ours. Problems about one thing have 0.8 and more with BGE, whatever their numbers; the paper's (figures 5 to 8) have
# 0.55 to 0.65 to their nearest seed, MathScale's 0.8 to 0.9.
ALIKE, NOVEL = 0.80, 0.70
SHOWN = 400  # characters of an item in the evidence
FOUND = Features(
    {
        "novel": Value("bool"),
        "alike": List(TEXT),
        "alike_items": List(Value("int64")),
        "similarity": List(Value("float64")),
    }
)


def check_similarity(recipe: Any, *names: str) -> None:
    """Refuses what no similarity could be."""
    for name in names:
        if not -1 <= getattr(recipe, name) <= 1:
            raise UserError(f"{name} is {getattr(recipe, name)}; it is a cosine, between -1 and 1")


def confirming(model: Model) -> list[Ask]:
    """The questions whether a problem is one with the items that look like it, the most similar first."""
    return [
        question(
            name, STEP, model, partial(_nested, name=name), Features({name: {"same": Value("bool"), "why": TEXT}}),
            {"number": number}, when=partial(_has, number=number),
        )
        for number, name in enumerate(STEPS)
    ]  # fmt: skip


def _nested(text: str, front: Any, name: str) -> Row:
    return {name: read_same_problem(text, front)}


def _has(row: Row, number: int) -> bool:
    return not row.get("reason") and len(row["alike"] or ()) > number


@dataclass(frozen=True, eq=False)
class Near:
    """What problems are compared with: items of benchmarks and seeds, and from where on."""

    run: "Run"
    embedder: Model
    curator: Model
    items: Known = Known()
    seeds: Known = Known()
    alike: float = ALIKE
    novel_below: float = NOVEL


def compared(rows: IterableDataset, of: Near) -> IterableDataset:
    """Rows with `novel`, and with a reason where a model finds an item of a benchmark in them; rejected rows ask nothing."""
    rows = each(ask(rows, embedding(of.embedder), run=of.run), partial(_look, of=of), FOUND)
    return each(ask(rows, *confirming(of.curator), run=of.run), partial(_settle, of=of), Features({}))


def _look(batch: list[Row], of: Near) -> None:
    for row in batch:
        if not row["reason"]:
            failed(row, EMBEDDED, UNIT)
    live = [row for row in batch if not row["reason"]]
    if not live:
        return
    points = units([row["vector"] for row in live])
    for row, novel in zip(live, _novel(points, of), strict=True):
        row.update(novel=novel, alike=[], alike_items=[], similarity=[])
    found = _near(points, of.items, of.alike, CANDIDATES)
    for which, item, similarity in zip(*(each_.tolist() for each_ in found), strict=True):
        live[which]["alike"].append(of.items.items[item].text)
        live[which]["alike_items"].append(item)
        live[which]["similarity"].append(similarity)
    for row in batch:
        row["vector"] = None  # it has done its work, and is by far the longest


def _near(points: Units, known: Known, least: float, most: int) -> Any:
    return near(points, known.vectors, least, most) if len(known.items) else (np.zeros(0),) * 3


def _novel(points: Units, of: Near) -> list[bool | None]:
    """Whether each problem's nearest seed is less similar than asked; null where that cannot be known."""
    if not len(of.seeds.items):
        return [None] * len(points)
    similarity = nearest(points, of.seeds.vectors)[1]
    close = np.abs(similarity - of.novel_below) < SLACK  # where the machine's last digits could decide
    sure = set(_near(points[close], of.seeds, of.novel_below, 1)[0].tolist())
    below = similarity < of.novel_below
    below[close] = [number not in sure for number in range(int(close.sum()))]
    return [(None if of.seeds.missing else True) if far else False for far in below.tolist()]


def _settle(batch: list[Row], of: Near) -> None:
    for row in batch:
        if row["reason"]:
            continue
        hits = [
            _hit(of.items.items[item], similarity, row[name]["why"])
            for name, item, similarity in zip(STEPS, row["alike_items"], row["similarity"], strict=False)
            if row[name] and row[name]["same"]
        ]
        if hits:
            row["contamination"] = hits
            reject(row, STEP, UNIT, "contaminated", contaminated(hits))
        failed(row, STEP, UNIT, STEPS[: len(row["alike"])])


def _hit(item: Item, similarity: float, why: str | None) -> dict[str, str]:
    text = " ".join(item.text.split())
    shown = text if len(text) <= SHOWN else f"{text[:SHOWN]} ..."
    said = f" ({why})" if why else ""
    return {
        "benchmark": item.benchmark,
        "id": item.id,
        "layer": SEMANTIC,
        "evidence": f"similarity {similarity:.3f}{said}: {shown}",
    }
