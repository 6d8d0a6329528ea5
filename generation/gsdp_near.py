"""What the problems of a GSDP run are compared with by embedding once they are kept: seeds, and items of benchmarks.

seeds as they are read, an index of benchmarks -> Near; nobody waits for it: all is embedded while points are named
"""

from typing import TYPE_CHECKING

from builders.contamination import SEMANTIC, WORDS
from builders.overlap import Index, Item
from builders.row import Row, batches
from builders.screen import say
from generation.ask import Ask
from generation.embedded import EMBEDDED, PROMPT, Gathered, Known, embedded, embedding
from generation.embeddings import ROLE
from generation.gsdp_recipe import Gsdp
from generation.semantic import Near

if TYPE_CHECKING:
    from generation.run import Run

AT_ONCE = 1000  # items that are handed over together


def embeddings(run: "Run") -> list[Ask]:
    """What is asked about each seed beside its points: its vector, where there is an embedder."""
    return [embedding(run.model(ROLE))] if ROLE in run.models else []


def begin(run: "Run", index: Index | None) -> None:
    """Has the items of benchmarks embedded, and does not wait."""
    if ROLE not in run.models:
        say("without embeddings no problem is called novel, and benchmarks are looked for by words alone")
    elif index is not None:
        say(f"the {len(index.items):,} items of the benchmarks are embedded, each once")
        asking = run.asking(embedding(run.model(ROLE)))
        for batch in batches(index.items, AT_ONCE):
            run.submit([asking.question(PROMPT.messages({"problem": item.text}), 0) for item in batch])


def layers(run: "Run") -> tuple[str, ...]:
    """The layers of decontamination that a run has."""
    return (*WORDS, SEMANTIC) if ROLE in run.models else WORDS


def take(made: Gathered, row: Row) -> None:
    """A seed with its vector, whatever became of its points."""
    if row.get("vector") is not None or row.get(f"{EMBEDDED}_error"):
        made.take(Item("", row["id"], ""), row)


def near(recipe: Gsdp, run: "Run", index: Index | None, seeds: Gathered) -> Near | None:
    """What kept problems are compared with; None without embeddings. WorldError where a vector has no answer yet."""
    if ROLE not in run.models:
        return None
    model = run.model(ROLE)
    items = embedded(index.items, run, model) if index is not None else Known()
    known = seeds.known("embeddings of seeds", run)
    return Near(run, model, run.model("curator"), items, known, recipe.alike, recipe.novel_below)
