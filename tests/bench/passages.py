"""How fast documents are cut, beside the tokenizer's own `encode_batch_fast` over the same texts in the same process.

    rows -> MB/s of both, their ratio (the figure: at least 0.85), and how full passages are

    python -m tests.bench.passages [--rows sample] [--tokenizer NAME]

One thread, five rounds that alternate, the median of each; the first round of both is left out, so that neither
pays for filling its caches.
"""

import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # before the library starts its threads
os.environ["RAYON_NUM_THREADS"] = "1"

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from builders.commands import command, option, parse, say
from builders.cuts import cut
from builders.openwebmath import documents
from builders.text import mend
from builders.tokens import load_tokenizer

ROUNDS = 5


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: str = option("sample", "documents: a Hub id, a local file or folder, or sample")
    tokenizer: str | None = option(None, "a Hub id or a tokenizer.json (default: the one that the project ships)")
    passage_tokens: int = option(500, "tokens of a passage, at most")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.passages", "How fast documents are cut into passages.")
    tokenizer = load_tokenizer(recipe.tokenizer)
    texts = [mend(row["text"]) for row in documents(recipe.rows) if row["text"]]
    megabytes = sum(len(text.encode()) for text in texts) / 1e6
    for name, given in (("as they are", texts), ("joined to one", ["\n\n".join(texts)])):
        ours, peer = measured(
            lambda given=given: [cut(text, tokenizer, recipe.passage_tokens) for text in given],
            lambda: tokenizer.engine.encode_batch_fast(texts, add_special_tokens=False),
        )
        tokens = [number for text in given for _, _, number in cut(text, tokenizer, recipe.passage_tokens)]
        say(
            f"{len(texts)} documents, {name}: {megabytes / ours:.2f} MB/s, encode_batch_fast {megabytes / peer:.2f} MB/s, "
            f"ratio {peer / ours:.2f}; {len(tokens)} passages of {sum(tokens) / len(tokens):.0f} tokens on average, "
            f"{max(tokens)} at most"
        )


def figures() -> list[dict[str, Any]]:
    """The figure over the sample."""
    tokenizer = load_tokenizer(None)
    texts = [mend(row["text"]) for row in documents("sample") if row["text"]]
    ours, peer = measured(
        lambda: [cut(text, tokenizer, 500) for text in texts],
        lambda: tokenizer.engine.encode_batch_fast(texts, add_special_tokens=False),
    )
    speed = round(peer / ours, 2)
    return [
        {"figure": "passages", "goal": 0.85, "ours": speed, "peers": {"encode_batch_fast": 1}, "holds": speed >= 0.85}
    ]


def measured(ours: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float]:
    """The median seconds of both, in rounds that alternate."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS + 1):
        for seconds, act in zip(taken, (ours, peer), strict=True):
            start = time.perf_counter()
            act()
            seconds.append(time.perf_counter() - start)
    return median(taken[0][1:]), median(taken[1][1:])


if __name__ == "__main__":
    command(main)
