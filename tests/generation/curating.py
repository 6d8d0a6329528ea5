"""What the tests of the dual filter share: a server that filters, compares, names and embeds as a test tells it."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from generation.dual_filter import Names
from generation.embeddings import with_embedder
from generation.panels import roles_of
from generation.run import Run, running
from generation.vocabulary import STEPS, Vocabulary, decided
from tests.scripted import Call, Scripted, reply

Answer = web.StreamResponse | None
Seeds = list[tuple[str, list[str]]]
Vector = list[float]
_POINT = re.compile(r"<point>\n(.*?)\n</point>", re.DOTALL)
_MEMBER = re.compile(r"^\d+\. (.*)$", re.MULTILINE)


def first_of(members: list[str]) -> str:
    return members[0]


@dataclass
class Curator:
    """Vectors by text, kinds of the points that are dropped, pairs that mean the same, and how a group is named."""

    vectors: dict[str, Sequence[float]]
    kinds: dict[str, str] = field(default_factory=dict)
    same: set[frozenset[str]] = field(default_factory=set)
    choose: Callable[[list[str]], str] = first_of
    instead: Callable[[str, str], Answer] = lambda step, text: None  # an answer of another kind
    asked: Counter[str] = field(default_factory=Counter)
    texts: dict[str, list[str]] = field(default_factory=dict)

    def __call__(self, call: Call) -> web.StreamResponse:
        step, said = self.question(call)
        self.asked[step] += 1
        about = " | ".join(said)
        self.texts.setdefault(step, []).append(about)
        other = self.instead(step, about)
        if other is not None:
            return other
        if step == "embedding":
            return web.json_response([list(self.vectors[said[0]])])
        if step == "point_filter":
            return reply(f"<kind>\n{self.kinds.get(said[0], 'keep')}\n</kind>\n<reason>\nso it is\n</reason>")
        if step == "synonyms":
            word = "yes" if frozenset(said) in self.same else "no"
            return reply(f"<same>\n{word}\n</same>\n<reason>\nthe words say so\n</reason>")
        return reply(f"<choice>\n{self.choose(said)}\n</choice>\n<reason>\nit is usual\n</reason>")

    @staticmethod
    def question(call: Call) -> tuple[str, list[str]]:
        """The step of a question and the points that it is about."""
        if call.path == "/embed":
            return "embedding", [call.body["inputs"]]
        if "<points>\n" in call.text:
            return "representative", _MEMBER.findall(call.text.rpartition("<points>\n")[2])
        points = _POINT.findall(call.text)
        return ("point_filter" if len(points) == 1 else "synonyms"), points


@contextmanager
def open_run(folder: Path, url: str | None, **options: Any) -> Iterator[tuple[Vocabulary, Run]]:
    """A run over one server that does all, with a ledger in `folder`."""
    given: dict[str, Any] = {"endpoints": [url] if url else [], "embeddings": url} | options
    recipe = Vocabulary(ledger=str(folder / "ledger.sqlite"), output=str(folder / "out"), **given)
    with ExitStack() as stack:
        roles = with_embedder(roles_of(recipe), recipe, stack)
        steps = {"curator": list(STEPS), "embedder": ["embedding"]}
        yield recipe, stack.enter_context(running(roles, recipe, steps, "tests"))


def filtered(folder: Path, curator: Curator, seeds: Iterable[tuple[str, Sequence[str]]], **options: Any) -> Names:
    """What the dual filter makes of seeds."""
    with Scripted(curator) as server, open_run(folder, server.url, **options) as (recipe, run):
        return decided(seeds, recipe, run)


def one_each(points: Iterable[str]) -> list[tuple[str, list[str]]]:
    """A seed for each point."""
    return [(f"seed {number}", [point]) for number, point in enumerate(points)]


def unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return [x / length for x in vector]


def at(cosine: float, axis: int, size: int = 6) -> Vector:
    """A vector with this cosine to the first axis, the rest of it along another."""
    made = [0.0] * size
    made[0], made[axis] = cosine, math.sqrt(1 - cosine * cosine)
    return made


def alone(axis: int, size: int = 6) -> Vector:
    return at(0.0, axis, size)


def by_spelling(names: Names) -> dict[str, tuple[str | None, str]]:
    return {row["spelling"]: (row["knowledge_point"], row["decision"]) for row in names.decisions}


def planted(number: int) -> tuple[Seeds, Curator]:
    """Forty points of which each has spellings near it, some families whose points are near each other, and chains."""
    draw, vectors, same = Random(number), {}, set()
    families = [unit([draw.gauss(0, 1) for _ in range(8)]) for _ in range(6)]
    for point in range(40):
        centre = unit([x + draw.gauss(0, 0.25) for x in draw.choice(families)])
        for spelling in range(draw.randint(1, 4)):
            noise = draw.choice((0.02, 0.1, 0.2))
            vectors[f"point {point} said {'so' * spelling}!"] = unit([x + draw.gauss(0, noise) for x in centre])
    for a, b in combinations(vectors, 2):
        if draw.random() < (0.8 if a.split()[1] == b.split()[1] else 0.2):
            same.add(frozenset((a, b)))
    kinds = {text: draw.choice(("vague", "wrong", "detailed")) for text in vectors if draw.random() < 0.1}
    written = [*vectors, *(text.upper() for text in draw.sample(list(vectors), 10))]
    seeds = [(f"seed {n}", draw.sample(written, draw.randint(1, 9))) for n in range(60)]
    # Of two spellings that are one the first is asked about only where it is the more frequent: both have a vector.
    curator = Curator(vectors | {text.upper(): vectors[text] for text in vectors}, kinds, same)
    return seeds, curator
