"""What the tests of the dual filter share: a server that filters, compares, names and embeds as a test tells it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web

from generation.dual_filter import Names
from generation.embeddings import with_embedder
from generation.panels import roles_of
from generation.run import Run, running
from generation.vocabulary import STEPS, Vocabulary, decided
from tests.scripted import Call, Scripted, reply

Answer = web.StreamResponse | None
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
