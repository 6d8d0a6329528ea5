"""How fast problems are held against benchmarks, beside a plain loop over a set with the same normalising and the same n.

    200,000 problems, 12,500 items of benchmarks -> texts/s of both on one core, their ratio, the recall of planted spans

    python -m tests.bench.overlap [--rows R] [--benchmarks B ...] [--problems 200000]

Rounds that alternate, the median of each, CPU time. Ours also looks for items of under ten words and counts runs of 8, 13 and
15 words, which the loop does not. The last line is JSON. Without --rows, problems are the sample's with every third word
drawn anew.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median
from typing import Any

from builders.benchmarks import opened
from builders.commands import command, option, parse, say
from builders.errors import CheckFailed
from builders.normal import words
from builders.overlap import DECIDES, Index, Item

ROUNDS = 3
PLANTED = 2_000
GOAL = 3.0


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: str = option("", "problems: a Hub id, a local file or folder (default: the sample's, with words drawn anew)")
    benchmarks: list[str] = option([], "benchmarks of one's own")
    problems: int = option(200_000, "problems; what there is comes again until there are so many")
    items: int = option(12_500, "items of the benchmarks, where they are ours")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.overlap", "How fast n-grams are held against benchmarks.")
    say(json.dumps({**figures(recipe)[0], "command": "python -m tests.bench.overlap"}))


def figures(recipe: Recipe | None = None) -> list[dict[str, Any]]:
    """The figure over what a recipe names; the sample's problems by default."""
    recipe = recipe or Recipe()
    draw = random.Random(0)
    items = [text for name in recipe.benchmarks for text in texts_of(name)] or drawn(recipe.items, draw)
    texts = texts_of(recipe.rows) if recipe.rows else drawn(recipe.problems, draw)
    texts = list(islice(cycle(texts), recipe.problems))
    index = Index.of(Item("bench", str(number), text) for number, text in enumerate(items))
    grams = {gram for text in items for gram in runs(text)}
    seconds = measured(lambda: index.look(texts), lambda: flagged(texts, grams))
    ours, peer = (len(texts) / each for each in seconds)
    found = [any(len(hit["evidence"].split()) >= DECIDES for hit in look.hits) for look in index.look(texts)]
    if found != flagged(texts, grams):
        raise CheckFailed("the two do not find the same texts; this is a mistake of ours")
    share = recall(index, items, texts, draw)
    say(f"{len(texts):,} problems against {len(items):,}: {sum(found):,} share {DECIDES} words with one")
    say(f"ours {ours:,.0f} texts/s, set loop {peer:,.0f} texts/s; recall of {PLANTED:,} planted spans {share:.4f}")
    said = {"ratio": round(ours / peer, 2), "texts_per_s": round(ours), "recall": share}
    peers = {"plain Python set loop, texts_per_s": round(peer)}
    holds = said["ratio"] >= GOAL and share == 1.0
    goal = f"{GOAL} x a plain Python set loop, recall 1.0"
    return [{"figure": "n-gram decontamination", "goal": goal, "ours": said, "peers": peers, "holds": holds}]


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


def measured(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """The median seconds of both, in rounds that alternate."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for seconds, act in zip(taken, (ours, peer), strict=True):
            start = time.process_time()
            act()
            seconds.append(time.process_time() - start)
    return median(taken[0]), median(taken[1])


if __name__ == "__main__":
    command(main)
