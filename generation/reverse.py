"""Does a problem need its points? A model that sees only problem and solution names points, and we look for the row's own among them.

    rows (problem, solution, knowledge_points) -> found_points of each row; share of the own points that are found

The question is that of `generation.knowledge_points`. A point is found where the model's has the same name: by its spelling, by the
folder's vocabulary, or, with embeddings, by a similarity at which two points are one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets import Features, IterableDataset

from builders.row import TEXT, Row
from generation.ask import ask
from generation.dual_filter import rows_of
from generation.embeddings import STEP as EMBEDDING
from generation.embeddings import Vectors, embedding
from generation.intervals import Number, Ratio, group, nothing, share
from generation.knowledge_points import STEP, KnowledgePoints, extraction
from generation.merging import barrier
from generation.models import Model
from graph.grouping import normal
from graph.similarity import SURE, close_pairs

if TYPE_CHECKING:
    from generation.run import Run

ASKED = Features({"problem": TEXT, "solution": TEXT})


@dataclass(frozen=True)
class Points:
    """What a folder calls its points: normal form of a spelling -> name."""

    names: Mapping[str, str]

    def name(self, point: str) -> str:
        """A point's name, or its own normal form where the folder has none for it."""
        return self.names.get(normal(point), normal(point))


@dataclass(frozen=True)
class _Asked:
    rows: Sequence[Row]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a generator to name it

    def __call__(self) -> Iterator[Row]:
        for row in self.rows:
            yield {"problem": row["problem"], "solution": row["solution"]}


def asked(rows: Sequence[Row]) -> IterableDataset:
    """What is shown of rows: not their points."""
    return IterableDataset.from_generator(_Asked(rows), features=ASKED)


def reversed_(
    rows: Sequence[Row], recipe: KnowledgePoints, points: Points, run: "Run", embedder: Model | None
) -> dict[str, Any]:
    """`points`: share of the rows' points that are found again; `whole`: share of rows all of whose points are."""
    found: list[list[str]] = []
    lost: list[Row] = []
    for row in ask(asked(rows), extraction(recipe, run.model("extractor")), run=run):
        lost.append({"reason": row[f"{STEP}_error"]})
        found.append(row["knowledge_points"] or [])
    barrier((row["reason"] for row in lost), "rows", run)
    pairs = [(row, named) for row, named, why in zip(rows, found, lost, strict=True) if not why["reason"]]
    own = [[points.name(point) for point in row["knowledge_points"] or []] for row, _ in pairs]
    again = [[points.name(point) for point in named] for _, named in pairs]
    alike = _alike({point for names in (*own, *again) for point in names}, run, embedder)
    hits = [
        sum(any((point, other) in alike or point == other for other in there) for point in names)
        for names, there in zip(own, again, strict=True)
    ]
    return _said([row for row, _ in pairs], own, hits, len(rows), embedder)


def unasked() -> dict[str, Any]:
    """The same where no model was asked."""
    return {"rows": 0, "answered": 0, "by": None, "points": nothing(), "whole": nothing(), "hops": {}}


def _said(
    rows: Sequence[Row], own: Sequence[Sequence[str]], hits: Sequence[int], total: int, embedder: Model | None
) -> dict[str, Any]:
    part: dict[str, Ratio] = defaultdict(Ratio)
    whole: dict[str, list[bool]] = defaultdict(list)
    for row, names, found in zip(rows, own, hits, strict=True):
        for kind in ("", row["hop"]):
            if names:
                part[kind].take(group(row["id"]), found, len(names))
                whole[kind].append(found == len(names))
    kinds: dict[str, dict[str, Number]] = {
        kind: {"points": part[kind].number(0), "whole": share(sum(whole[kind]), len(whole[kind]))}
        for kind in sorted(part)
    }
    all_ = kinds.pop("", {"points": nothing(), "whole": nothing()})
    by = f"names and {embedder.name}" if embedder else "names"
    return {"rows": total, "answered": len(rows), "by": by, **all_, "hops": kinds}


def _alike(names: Iterable[str], run: "Run", embedder: Model | None) -> set[tuple[str, str]]:
    """The pairs of names whose embeddings say that they are one, both ways round."""
    points = sorted(names)
    if embedder is None or not points:
        return set()
    held, kept, lost = Vectors(len(points)), list[str](), list[Row]()
    for row in ask(rows_of(points), embedding(embedder), run=run):
        lost.append({"reason": row[f"{EMBEDDING}_error"]})
        if row["vector"] is not None:
            kept.append(row["knowledge_point"])
            held.add(row["vector"])
    barrier((row["reason"] for row in lost), "points", run)
    if not kept:
        return set()
    close = close_pairs(kept, held.array(), SURE)
    found = [(kept[a], kept[b]) for a, b in zip(close.a.tolist(), close.b.tolist(), strict=True)]
    return {*found, *((b, a) for a, b in found)}
