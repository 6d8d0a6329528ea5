"""The dual filter: a model drops what is no good point, embeddings and a model put the rest under one name (GSDP, D.1).

    (id, points) of every row + thresholds -> Names: spelling -> name, and a decision for every spelling

Points that differ only in how they are written are one before anything is asked: of their spellings the most frequent
is asked about, and stands for the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from datasets import Features, IterableDataset
from numpy.typing import NDArray

from builders.errors import UserError
from builders.row import TEXT, Row
from generation.ask import Ask, ask
from generation.decisions import Spelling, decision, rejection
from generation.embeddings import ROLE, Vectors, embedding
from generation.embeddings import STEP as EMBEDDING
from generation.merging import Fate, Terms, barrier, merged
from generation.models import Model
from generation.point_verdicts import read_kind
from generation.questions import question
from graph.grouping import normal, same

if TYPE_CHECKING:
    from generation.run import Run
    from generation.vocabulary import Vocabulary

FILTER, KEEP = "point_filter", "keep"
KINDS = {"vague": "vague_point", "wrong": "wrong_point", "detailed": "detailed_point"}
POINT = Features({"knowledge_point": TEXT})


@dataclass(frozen=True)
class Names:
    """What became of the spellings: `name` of each that is kept, the decisions (VOCABULARY), and the points rejected."""

    name: Mapping[str, str]
    decisions: list[Row]
    rejected: list[Row]
    counts: Counter[str]
    spread: Mapping[str, int]  # how similar each point is to its nearest

    def said(self) -> str:
        """The counts in words."""
        counts = ", ".join(f"{count:,} {decision}" for decision, count in sorted(self.counts.items()))
        return f"{len(self.decisions):,} spellings of {len(set(self.name.values())):,} knowledge points: {counts or 'none'}"


@dataclass(frozen=True)
class Spellings:
    """All spellings of some rows: which rows hold each, and who stands for those that differ in nothing that matters."""

    holders: Mapping[str, list[str]]
    heads: Mapping[str, str]  # normal form -> its most frequent spelling, ties by text

    @property
    def points(self) -> list[str]:
        """What is asked about."""
        return sorted(self.heads.values())

    def each(self) -> list[Spelling]:
        """The spellings in order."""
        return [Spelling(text, of, self.heads.get(normal(text))) for text, of in sorted(self.holders.items())]


def spellings(seeds: Iterable[tuple[str, Sequence[str]]]) -> Spellings:
    """The spellings of (id, points)."""
    holders: dict[str, list[str]] = {}
    for name, points in seeds:
        for point in dict.fromkeys(points):
            holders.setdefault(point, []).append(name)
    texts = sorted(holders)
    heads = {
        form: min((texts[n] for n in of), key=lambda text: (-len(holders[text]), text))
        for form, of in same(texts).items()
    }
    return Spellings(holders, heads)


def decided(seeds: Iterable[tuple[str, Sequence[str]]], recipe: "Vocabulary", run: "Run") -> Names:
    """One name for each point of the seeds. WorldError where a question has no answer yet: all after it depends on it.

    Without the dual filter (the paper's comparison in D.1) only embeddings decide, by one threshold.
    """
    found, dual = spellings(seeds), recipe.dual_filter
    kept, dropped, vectors = _judged(found.points, run, dual)
    spread: Mapping[str, int] = {}
    if vectors is None:
        fates = {text: Fate(text, "kept") for text in kept}
    else:
        frequency = {point: len(found.holders[point]) for point in kept}
        taken = {normal(point): f"of a point that was dropped as {row['reason']}" for point, row in dropped.items()}
        fates, spread = merged(
            kept, vectors, Terms(recipe.sure, recipe.near if dual else recipe.sure, frequency, taken, dual), run
        )
    all_ = found.each()
    decisions = [decision(spelling, fates, dropped) for spelling in all_]
    names = {row["spelling"]: row["knowledge_point"] for row in decisions if row["knowledge_point"] is not None}
    rejected = [rejection(spelling, dropped) for spelling in all_ if spelling.text not in names]
    return Names(names, decisions, rejected, Counter(row["decision"] for row in decisions), spread)


def filtering(model: Model) -> Ask:
    """The question whether a point is worth keeping. UserError where the prompt names a kind that has no reason here."""
    asked = question(FILTER, FILTER, model, read_kind, Features({"kind": TEXT, "why": TEXT}))
    if unknown := set(asked.prompt.front["verdicts"].values()) - {KEEP, *KINDS}:
        raise UserError(f"the prompt {FILTER} has the verdict '{min(unknown)}'; there are {', '.join([KEEP, *KINDS])}")
    return asked


def rows_of(points: Sequence[str]) -> IterableDataset:
    """Points as rows to be asked about; a stream, so that one is embedded while another is judged."""
    return IterableDataset.from_generator(_Points(tuple(points)), features=POINT)


@dataclass(frozen=True)
class _Points:
    points: tuple[str, ...]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a generator to name it

    def __call__(self) -> Iterator[Row]:
        for point in self.points:
            yield {"knowledge_point": point}


def _judged(
    points: Sequence[str], run: "Run", dual: bool
) -> tuple[list[str], dict[str, Row], NDArray[np.float32] | None]:
    """The points that are kept, why others are dropped, and the vectors of the first (None without an embedder)."""
    asked, steps, vectors = rows_of(points), [FILTER] if dual else [], None
    if dual:
        asked = ask(asked, filtering(run.model("curator")), run=run)
    if ROLE in run.models:
        vector = embedding(run.model(ROLE))
        asked = ask(asked, replace(vector, when=_good) if dual else vector, run=run)
        steps, vectors = [*steps, EMBEDDING], Vectors(len(points))
    kept: list[str] = []
    dropped: dict[str, Row] = {}
    for row in asked:
        why = _why(row, steps)
        if why is not None:
            dropped[row["knowledge_point"]] = why
            continue
        kept.append(row["knowledge_point"])
        if vectors is not None:
            vectors.add(row["vector"])
    barrier([*(row["reason"] for row in dropped.values()), *(None for _ in kept)], "points", run)
    return kept, dropped, None if vectors is None or not kept else vectors.array()


def _good(row: Row) -> bool:
    return bool(row["kind"] == KEEP)


def _why(row: Row, steps: Sequence[str]) -> Row | None:
    """Step, reason and detail of a point that is dropped."""
    for step in steps:
        if row[f"{step}_error"]:
            return {"step": step, "reason": row[f"{step}_error"], "detail": row[f"{step}_detail"]}
        if step == FILTER and row["kind"] in KINDS:
            return {"step": FILTER, "reason": KINDS[row["kind"]], "detail": row["why"]}
    return None


def renamed(points: Sequence[str], names: Names) -> list[str]:
    """A seed's points by their names, sorted, each once; those dropped are left out."""
    return sorted({names.name[point] for point in points if point in names.name})
