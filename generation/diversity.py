"""How a set of problems lies to its seeds and in itself: nearest seed, novelty, clusters (GSDP, appendix E; table 6, figures 5 to 8).

    problems, seeds -> vectors -> similarity of each problem to its nearest seed; DBSCAN's clusters

Sets are compared by samples of one size, drawn by hash, so that neither their order nor another set's size changes who is drawn
first. eps is the knee of each set's own k-distances, and noise is no cluster. That k is 5 is ours: the paper gives none.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from builders.benchmarks import label, opened
from builders.errors import UserError
from builders.overlap import Item
from builders.row import Row
from generation.ask import ask
from generation.embedded import EMBEDDED, embedding, texts
from generation.embeddings import Vectors
from generation.intervals import Ratio, group, halves, nothing, share, spread
from generation.merging import barrier
from generation.models import Model
from graph.clusters import NOISE, dbscan
from graph.knee import Knee, k_distances, knee
from graph.nearest import nearest
from graph.similarity import unit

if TYPE_CHECKING:
    from generation.run import Run

MIN_POINTS = 5
BINS = 20  # of the histogram, each 0.05 wide, from 0 to 1; a cosine below 0 counts as 0
CURVE = 400  # places of the k-distance curve that are kept for its figure
SLACK = 1e-9  # a similarity of 0.55 that is 0.5499999999 in floating point belongs to 0.55

Units = NDArray[np.float32]


@dataclass(frozen=True)
class Set:
    """A set of problems: how many rows it has, the sample's texts in drawing order, the texts of its seeds."""

    name: str
    rows: int
    texts: Sequence[str]
    seeds: Sequence[str] = ()


@dataclass(frozen=True)
class Compared:
    """What `NAME:column=SEEDS` says: what another set is called, where it is, and where its seeds are."""

    name: str
    where: str
    seeds: list[str] = field(default_factory=list)


def compared(words: str, among: Sequence[str] = ()) -> Compared:
    """What a word of --compare means, and what tells it from the others. UserError where it names no seeds."""
    where, equals, seeds = words.rpartition("=")
    if not equals or not where or not seeds:
        raise UserError(
            f"compare holds '{words}'; say NAME:column=SEEDS, as in meta-math/MetaMathQA:query=openai/gsm8k+EleutherAI/hendrycks_math"
        )
    others = [each.rpartition("=")[0] for each in among]
    return Compared(label(where, others or [where]), where, [seeds] if Path(seeds).exists() else seeds.split("+"))


def drawn(all_: Iterable[str], most: int, seed: int) -> tuple[int, list[str]]:
    """(how many texts there are, at most so many of them in the order of their hashes)."""
    count = 0

    def hashed() -> Iterator[tuple[bytes, str]]:
        nonlocal count
        for text in all_:
            if text.strip():
                count += 1
                yield blake2b(f"{seed} {text}".encode("utf-8", "replace"), digest_size=16).digest(), text

    found = heapq.nsmallest(most, hashed())
    return count, [text for _, text in found]


def texts_of(where: str) -> Iterator[str]:
    """The texts of FILE or FILE:column, or of a Hub repo."""
    return (item.text for item in opened(where, False).items() if item is not None)


def vectors(of: Sequence[str], run: "Run", model: Model, what: str) -> tuple[list[int], Units]:
    """The vectors of texts at length 1 (n x d) and which texts have them; asked and kept like any other reply."""
    held, kept, lost = Vectors(len(of)), list[int](), list[Row]()
    for place, row in enumerate(ask(texts([Item(what, "", text) for text in of]), embedding(model), run=run)):
        if row["vector"] is None:
            lost.append({"reason": row[f"{EMBEDDED}_error"]})
        else:
            kept.append(place)
            held.add(row["vector"])
    barrier([*(row["reason"] for row in lost), *[None] * held.count], what, run)
    found = held.array()
    return kept, unit([of[place] for place in kept], found) if len(found) else found


def measured(of: Set, run: "Run", model: Model, size: int, below: float, seed: int) -> dict[str, Any]:
    """What measures.json says of a set; `below`: a problem is novel where its nearest seed is less similar."""
    _, points = vectors(of.texts[:size], run, model, f"problems of {of.name}")
    _, among = vectors(list(dict.fromkeys(of.seeds)), run, model, f"seeds of {of.name}")
    return {
        "rows": of.rows, "sample": len(points), "seeds": len(among),
        **_similarity(points, among, below, seed), **clusters(points, seed),
    }  # fmt: skip


def unmeasured(of: Set) -> dict[str, Any]:
    """The same where there are no embeddings: what is known without, and the rest null."""
    empty = {"nearest": nothing(), "novel": nothing(), "novel_below": None, "histogram": None, "cumulative": None}
    return {
        "rows": of.rows,
        "sample": 0,
        "seeds": len(set(of.seeds)),
        **empty,
        **clusters(np.zeros((0, 0), np.float32), 0),
    }


def _similarity(points: Units, among: Units, below: float, seed: int) -> dict[str, Any]:
    """`nearest` (the mean), `novel` (the share), and how the similarities are distributed."""
    if not len(points) or not len(among):
        return {"nearest": nothing(), "novel": nothing(), "novel_below": below, "histogram": None, "cumulative": None}
    found = nearest(points, among)[1]
    mean = Ratio()
    for number_, similarity in enumerate(found.tolist()):
        mean.take(group(f"{number_}"), similarity)
    bins = np.floor((found + SLACK) * BINS).clip(0, BINS - 1).astype(np.int64)
    counts = np.bincount(bins, minlength=BINS)
    edges = [round(edge / BINS, 2) for edge in range(BINS + 1)]
    return {
        "nearest": mean.number(seed), "novel": share(int((found < below).sum()), len(found)), "novel_below": below,
        "histogram": {f"{edge:.2f}": count for edge, count in zip(edges, counts.tolist(), strict=False)},
        "cumulative": {f"{edge:.2f}": round(part, 6) for edge, part in zip(edges[1:], (counts.cumsum() / len(found)).tolist(), strict=True)},
    }  # fmt: skip


def clusters(points: Units, seed: int) -> dict[str, Any]:
    """`clusters`, `noise`, and what they depend on. Each half of the sample has its own knee, as another sample would.

    How sure the share of noise is, is said for this eps.
    """
    if len(points) <= MIN_POINTS:
        return {"clusters": nothing(), "noise": nothing(), "eps": None, "min_points": MIN_POINTS, "k_distances": None}
    turn, labels = _labels(points)
    places = np.linspace(0, len(turn.distances) - 1, min(CURVE, len(turn.distances))).round().astype(np.int64)
    parts = [points[half] for half in halves(len(points), seed)] if len(points) > 2 * MIN_POINTS else []
    count = _count(labels)
    return {
        "clusters": spread(count, [_count(_labels(part)[1]) for part in parts] or [0], len(points)),
        "noise": share(int((labels == NOISE).sum()), len(points)),
        "eps": turn.eps, "min_points": MIN_POINTS, "k_distances": turn.distances[places].tolist(),
    }  # fmt: skip


def _labels(points: Units) -> tuple[Knee, NDArray[np.int32]]:
    """The knee of points, and the cluster of each."""
    turn = knee(k_distances(points, MIN_POINTS))
    return turn, dbscan(points, turn.eps, MIN_POINTS)


def _count(labels: NDArray[np.int32]) -> int:
    return int(labels.max(initial=NOISE)) + 1
