"""The drawing order: a combination's place is a hash of the seed and its points, never an index into a listing.

    graph, "two_hop", rules, seed -> blocks of that kind's combinations, from the lowest place to the highest

So a place does not move when points, problems or combinations come and go elsewhere. (Tried: one seed problem more
among 7,600; of 20,000 combinations drawn, 19,997 were drawn again.)
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.hops import Block, Numbers
from graph.kinds import Rules, listed
from graph.kprg import Graph

Hashes = NDArray[np.uint64]
WINDOW = 1 << 22  # combinations that are put in order at once: some 400 MB at the most
PARTS = 256  # files, by the highest bits of the place; at most as many as `np.uint8` has numbers


class Drawn(NamedTuple):
    """A block in drawing order; `repetition` (r) is 0 but for one-hop pairs that are drawn again."""

    points: Numbers
    weight: Numbers
    repetition: Numbers


Placed = tuple[Hashes, Drawn]


def ordered(
    graph: Graph, hop: str, rules: Rules, seed: int, *, repeated: bool = False, window: int = WINDOW
) -> Iterator[Drawn]:
    """All combinations of a kind in drawing order, some `window` at a time; `repeated`: one-hop pairs as they weigh.

    Where there are more than a window holds, all are listed anew for each further window: whoever takes a few thousand
    of a hundred million never gets there. `spilled` is for whoever takes all.
    """
    after: np.uint64 | None = None
    while True:
        places, found, more = _first(_placed(graph, hop, rules, seed, repeated), after, window)
        if len(places):
            yield found
        if not more:
            return
        after = places[-1]


def spilled(graph: Graph, hop: str, rules: Rules, seed: int, folder: Path) -> Iterator[Drawn]:
    """The same as `ordered`, listed once: meanwhile files in `folder` hold some 20 bytes for each combination."""
    wide = max(rules.sizes, default=3) if hop == "community" else 2
    paths = [folder / f"{hop}-{part:03d}" for part in range(PARTS)]
    with ExitStack() as stack:
        files = [stack.enter_context(path.open("wb")) for path in paths]
        for place, block in _placed(graph, hop, rules, seed, False):
            table = np.column_stack([place.view(np.int32).reshape(-1, 2), _padded(block.points, wide), block.weight])
            part = (place // (np.uint64(2**64 // PARTS))).astype(np.uint8)
            ends = np.cumsum(np.bincount(part, minlength=PARTS))[:-1]
            for file, rows in zip(files, np.split(table[np.argsort(part, kind="stable")], ends), strict=True):
                rows.tofile(file)
    for path in paths:
        table = np.fromfile(path, np.int32).reshape(-1, wide + 3)
        path.unlink()
        place, points, weight = np.ascontiguousarray(table[:, :2]).view(np.uint64).ravel(), table[:, 2:-1], table[:, -1]
        _, found = _sorted(place, Drawn(points, weight, np.zeros(len(weight), np.int32)))
        if len(weight):
            yield found


def _placed(graph: Graph, hop: str, rules: Rules, seed: int, repeated: bool) -> Iterator[Placed]:
    """The combinations of a kind as they are listed, with their places."""
    for block in listed(graph, hop, rules):
        again = repeated and hop == "one_hop"
        drawn = _repeated(block) if again else Drawn(*block, np.zeros(len(block.weight), np.int32))
        place = hashes(graph, drawn.points, f"seed {seed}")
        later = np.flatnonzero(drawn.repetition)  # a repetition has a place of its own
        place[later] = _mixed(place[later] ^ _mixed(drawn.repetition[later].astype(np.uint64)))
        yield place, drawn


def _repeated(block: Block) -> Drawn:
    of = np.repeat(np.arange(len(block.weight)), block.weight)
    first = np.cumsum(block.weight) - block.weight
    return Drawn(block.points[of], block.weight[of], (np.arange(len(of)) - first[of]).astype(np.int32))


def _first(blocks: Iterable[Placed], after: np.uint64 | None, window: int) -> tuple[Hashes, Drawn, bool]:
    """The `window` first combinations behind the place `after`, in order; whether there are more."""
    kept: list[Placed] = []
    held, last, more = 0, None, False
    for place, block in blocks:
        wanted = np.ones(len(place), bool) if after is None else place > after
        if last is not None:
            wanted &= place <= last
        at = np.flatnonzero(wanted)
        kept.append((place[at], _part(block, at)))
        held += len(at)
        if held > 2 * window:
            kept, more = [_cut(kept, window)], True
            held, last = len(kept[0][0]), kept[0][0].max()
    if held > window:
        kept, more = [_cut(kept, window)], True
    return *_sorted(*_joined(kept)), more


def _cut(kept: list[Placed], window: int) -> Placed:
    """The first `window` by their places, and what ties with the last."""
    place, found = _joined(kept)
    first = np.flatnonzero(place <= np.partition(place, window - 1)[window - 1])
    return place[first], _part(found, first)


def _sorted(place: Hashes, found: Drawn) -> Placed:
    order = np.argsort(place)
    if (np.diff(place[order]) == 0).any():  # what ties stays as listed; the faster sort knows no such order
        order = np.argsort(place, kind="stable")
    return place[order], _part(found, order)


def _joined(kept: list[Placed]) -> Placed:
    wide = max((block.points.shape[1] for _, block in kept), default=2)
    nothing = Drawn(np.zeros((0, wide), np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32))
    blocks = [nothing, *(block._replace(points=_padded(block.points, wide)) for _, block in kept)]
    places = [np.zeros(0, np.uint64), *(place for place, _ in kept)]
    return np.concatenate(places), Drawn(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


def _padded(points: Numbers, wide: int) -> Numbers:
    missing = wide - points.shape[1]
    return np.pad(points, ((0, 0), (0, missing)), constant_values=-1) if missing else points


def _part(block: Drawn, rows: NDArray[np.int64]) -> Drawn:
    return Drawn(*(column.take(rows, axis=0) for column in block))


def ids(graph: Graph, hop: str, points: Numbers) -> list[str]:
    """`<hop>-<hash of points>` for each row of points (r x k): the same in every graph that holds them."""
    return [f"{hop}-{mark:016x}" for mark in hashes(graph, points, "points").tolist()]


def hashes(graph: Graph, points: Numbers, key: str) -> Hashes:
    """64 bits of `key` and the texts of the points of each row (r), the same whatever else is in the graph."""
    start = np.frombuffer(hashlib.sha256(key.encode()).digest()[:8], ">u8").astype(np.uint64)
    made = np.repeat(start, len(points))
    for numbers in points.T:
        mixed = _mixed(made ^ graph.hashes[numbers])
        made = np.where(numbers >= 0, mixed, made) if numbers.min(initial=0) < 0 else mixed
    return made


def _mixed(values: Hashes) -> Hashes:
    """splitmix64's last step (Steele, Lea and Flood, 2014): each bit of a value changes half of those that come out."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
