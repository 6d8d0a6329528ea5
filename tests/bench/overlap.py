"""How fast problems are held against benchmarks, beside a plain loop over a set with the same normalising and the same n.

    200,000 problems, 12,500 items of benchmarks -> texts/s of both on one core, their ratio, the recall of planted spans

    python -m tests.bench.overlap [--rows R] [--benchmarks B ...] [--problems 200000]

Rounds that alternate, CPU time. Ours also looks for items of under ten words and counts runs of 8, 13 and
15 words, which the loop does not. Without --rows, problems are the sample's with every third word
drawn anew.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from builders.benchmarks import opened
from builders.commands import command, option, parse
from builders.normal import words
from builders.overlap import DECIDES, Index, Item
from builders.screen import say
from tests.bench.figures import Figure, Measure, figure

ROUNDS = 3
PLANTED = 2_000


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: str = option("", "problems: a Hub id, a local file or folder (default: the sample's, with words drawn anew)")
    benchmarks: list[str] = option([], "benchmarks of one's own")
    problems: int = option(200_000, "problems; what there is comes again until there are so many")
    items: int = option(12_500, "items of the benchmarks, where they are ours")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.overlap", "How fast n-grams are held against benchmarks.")
    say(json.dumps(found(recipe), indent=1))


def figures(quick: bool) -> list[Figure]:
    """The figure over the sample's problems."""
    return [found(Recipe(problems=20_000) if quick else Recipe())]


def found(recipe: Recipe) -> Figure:
    """At least three times as fast as the set loop, the same texts, and every planted span."""
    draw = random.Random(0)
    items = [text for name in recipe.benchmarks for text in texts_of(name)] or drawn(recipe.items, draw)
    texts = texts_of(recipe.rows) if recipe.rows else drawn(recipe.problems, draw)
    texts = list(islice(cycle(texts), recipe.problems))
    index = Index.of(Item("bench", str(number), text) for number, text in enumerate(items))
    grams = {gram for text in items for gram in runs(text)}
    taken = measured(lambda: index.look(texts), lambda: flagged(texts, grams))
    long = [any(len(hit["evidence"].split()) >= DECIDES for hit in look.hits) for look in index.look(texts)]
    measures = [
        Measure("times as fast", [its / mine for mine, its in taken], least=3),
        Measure("equal results", [float(long == flagged(texts, grams))], least=1),
        Measure(f"recall of {PLANTED:,} planted spans", [recall(index, items, texts, draw)], least=1),
    ]
    speeds = {"ours, texts/s": [len(texts) / mine for mine, _ in taken]}
    speeds["set loop, texts/s"] = [len(texts) / its for _, its in taken]
    return figure("n-gram decontamination", measures, speeds)


def texts_of(where: str) -> list[str]:
    """The texts at a place."""
    return [item.text for item in opened(where, True).items() if item]


def drawn(count: int, draw: random.Random) -> list[str]:
    """Problems like the sample's."""
    sample = [text.split(" ") for text in texts_of("sample")]
    known = [word for text in sample for word in text]
    return [
        " ".join(
            draw.choice(known) if at % 3 == number % 3 else word for at, word in enumerate(sample[number % len(sample)])
        )
        for number in range(count)
    ]


def runs(text: str) -> list[str]:
    """The runs of ten words of a text."""
    found = words(text)
    return [" ".join(found[at : at + DECIDES]) for at in range(len(found) - DECIDES + 1)]


def flagged(texts: Sequence[str], grams: set[str]) -> list[bool]:
    """The plain loop: which texts hold a run that is in the set."""
    made = []
    for text in texts:
        found = words(text)
        made.append(any(" ".join(found[at : at + DECIDES]) in grams for at in range(len(found) - DECIDES + 1)))
    return made


def recall(index: Index, items: Sequence[str], texts: Sequence[str], draw: random.Random) -> float:
    """The share of spans of items, put into texts, that are found with the item that they come from."""
    long = [number for number, text in enumerate(items) if len(words(text)) >= DECIDES]
    planted = []
    for _ in range(PLANTED):
        number, host = draw.choice(long), draw.choice(texts).split(" ")
        span = items[number].split()
        first = draw.randrange(len(span))
        part = span[first:]
        while len(words(" ".join(part))) > DECIDES and len(words(" ".join(part[:-1]))) >= DECIDES:
            part = part[:-1]
        if len(words(" ".join(part))) < DECIDES:
            part = span
        at = draw.randrange(len(host) + 1)
        planted.append((number, " ".join([*host[:at], *part, *host[at:]])))
    looks = index.look([text for _, text in planted])
    met = [str(number) in {hit["id"] for hit in look.hits} for (number, _), look in zip(planted, looks, strict=True)]
    return sum(met) / len(met)


def measured(ours: Callable[[], object], peer: Callable[[], object]) -> list[tuple[float, float]]:
    """The CPU seconds of both in each round."""
    taken = []
    for _ in range(ROUNDS):
        both = []
        for act in (ours, peer):
            start = time.process_time()
            act()
            both.append(time.process_time() - start)
        taken.append((both[0], both[1]))
    return taken


if __name__ == "__main__":
    command(main)
