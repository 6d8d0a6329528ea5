"""The replies of a folder for its page: each found by its key, and those about seeds and points by what stands in them.

    replies, sorted by key -> pieces `replies`: key, the question and the reply;  a seed, a spelling -> the keys about it

A row names its replies. Seeds and points do not: a folder keeps no list of seeds, so that a seed's reply is known by the
points that were read from it, and a question about a point by a line that holds the point and nothing else.
"""

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from builders.errors import CheckFailed
from builders.groups import rows_in
from builders.row import Row
from cards.page_files import Pieces

POINTS = "knowledge_points"  # the step in which a model names the points of a seed
MARK = re.compile(r"\d+[.)]|[-*•](?=\s|$)")  # before a line of a list
SAME = ("model", "revision", "sampling", "sample", "dialect", "messages")  # what two tries of one question share


Asked: TypeAlias = tuple[str, str]  # a reply's key and step


@dataclass
class About:
    """The replies about seeds and points; `spellings` of each seed say which reply is its own."""

    spellings: Mapping[str, frozenset[str]]
    points: frozenset[str]
    of_point: dict[str, list[Asked]] = field(default_factory=lambda: defaultdict(list))
    of_seed: dict[str, list[Asked]] = field(default_factory=dict)
    _over: dict[str, int] = field(default_factory=dict)

    def take(self, reply: Row) -> None:
        """A reply that no row names; a vector tells nothing."""
        if reply.get("dialect") == "embed":
            return
        if reply.get("step") == POINTS:
            named = frozenset(_lines(reply.get("text")))
            for seed in self._seeds(named):
                over = len(named - self.spellings[seed])
                if over < self._over.get(seed, over + 1):
                    self._over[seed], self.of_seed[seed] = over, []
                if over == self._over[seed]:
                    self.of_seed[seed].append((reply["key"], POINTS))
            return
        asked = reply.get("messages") or [{}]
        for point in self.points.intersection(_lines(asked[-1].get("content"))):
            self.of_point[point].append((reply["key"], str(reply.get("step"))))

    def _seeds(self, named: frozenset[str]) -> Iterator[str]:
        """The seeds all of whose points a reply names."""
        for point in named:
            for seed in self._by_first.get(point, ()):
                if self.spellings[seed] <= named:
                    yield seed

    def __post_init__(self) -> None:
        self._by_first: dict[str, list[str]] = defaultdict(list)
        for seed, of in self.spellings.items():
            if of:
                self._by_first[min(of)].append(seed)


def _lines(text: str | None) -> list[str]:
    """The lines of a text, without what makes them items of a list."""
    lines = (line.strip() for line in (text or "").split("\n"))
    return [found for line in lines if (found := line[mark.end() :].strip() if (mark := MARK.match(line)) else line)]


def write_replies(files: Sequence[Path], folder: Path, tell: Callable[[Row], None]) -> list[int | str]:
    """Writes all replies, and gives the keys with which the files begin; `tell` sees each.

    Raises CheckFailed where they are not sorted by key, as a finished folder's are.
    """
    pieces, last, before = Pieces(folder, "replies"), "", _tries(files)
    for reply in rows_in(files):
        key = str(reply.pop("key"))
        if key <= last:
            raise CheckFailed(
                f"the replies are not sorted by key ({key[:16]} after {last[:16]}); make the folder again"
            )
        last = key
        tell({**reply, "key": key})
        said = {name: value for name, value in reply.items() if value is not None and (name, value) != ("sample", 0)}
        if reply.get("dialect") == "embed":
            said["text"] = f"[a vector, {len(reply.get('text') or ''):,} characters of base64]"
        pieces.add(key, {**said, **({"before": before[key]} if before.get(key) else {})})
    return pieces.end()


def _tries(files: Sequence[Path]) -> dict[str, list[str]]:
    """The keys of the tries before each reply that is a further one."""
    further = any(number for row in rows_in(files, ["try"]) for number in [row.get("try")])
    groups: dict[bytes, list[tuple[int, str]]] = defaultdict(list)
    for row in rows_in(files, ["key", "try", *SAME]) if further else ():
        same = json.dumps([row.get(name) for name in SAME], sort_keys=True).encode()
        groups[hashlib.sha256(same).digest()[:16]].append((row.get("try") or 0, row["key"]))
    return {
        key: [earlier for before, earlier in sorted(tries) if before < number]
        for tries in groups.values()
        if len(tries) > 1
        for number, key in tries
    }
