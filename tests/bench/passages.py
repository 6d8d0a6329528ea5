"""How fast documents are cut, beside the tokenizer's own `encode_batch_fast` over the same texts in the same process.

    rows -> MB/s of both, their ratio (the figure: at least 0.85), and how full passages are

    python -m tests.bench.passages [--rows sample] [--tokenizer NAME]

One thread, rounds that alternate; the first of both is left out, so that neither
pays for filling its caches.
"""

import os

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # before the library starts its threads
os.environ["RAYON_NUM_THREADS"] = "1"

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from builders.commands import command, option, parse
from builders.cuts import cut
from builders.openwebmath import documents
from builders.screen import say
from builders.text import mend
from builders.tokens import load_tokenizer
from tests.bench.figures import Figure, Measure, figure

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
        taken = measured(
            lambda given=given: [cut(text, tokenizer, recipe.passage_tokens) for text in given],
            lambda: tokenizer.engine.encode_batch_fast(texts, add_special_tokens=False),
        )
        ours, peer = (median(each) for each in zip(*taken, strict=True))
        tokens = [number for text in given for _, _, number in cut(text, tokenizer, recipe.passage_tokens)]
        say(
            f"{len(texts)} documents, {name}: {megabytes / ours:.2f} MB/s, encode_batch_fast {megabytes / peer:.2f} MB/s, "
            f"ratio {peer / ours:.2f}; {len(tokens)} passages of {sum(tokens) / len(tokens):.0f} tokens on average, "
            f"{max(tokens)} at most"
        )


def figures(quick: bool) -> list[Figure]:
    """The figure over the sample; how full passages are is said of its documents joined to one, for most are short."""
    tokenizer, limit = load_tokenizer(None), Recipe().passage_tokens
    texts = [mend(row["text"]) for row in documents("sample") if row["text"]]
    taken = measured(
        lambda: [cut(text, tokenizer, limit) for text in texts],
        lambda: tokenizer.engine.encode_batch_fast(texts, add_special_tokens=False),
        1 if quick else ROUNDS,
    )
    whole = "\n\n".join(texts)
    tokens = [number for _, _, number in cut(whole, tokenizer, limit)]
    lossless = float("".join(whole[start:end] for start, end, _ in cut(whole, tokenizer, limit)) == whole)
    measures = [
        Measure("of encode_batch_fast's speed", [its / mine for mine, its in taken], least=0.85),
        Measure("tokens of a passage, on average", [sum(tokens) / len(tokens)], least=410),
        Measure("tokens of the longest", [max(tokens)], most=limit),
        Measure("lossless", [lossless], least=1),
    ]
    return [figure("passages", measures, {"encode_batch_fast, s": [its for _, its in taken]})]


def measured(ours: Callable[[], object], peer: Callable[[], object], rounds: int = ROUNDS) -> list[tuple[float, float]]:
    """The seconds of both in each round."""
    taken = []
    for _ in range(rounds + 1):
        both = []
        for act in (ours, peer):
            start = time.perf_counter()
            act()
            both.append(time.perf_counter() - start)
        taken.append((both[0], both[1]))
    return taken[1:]


if __name__ == "__main__":
    command(main)
