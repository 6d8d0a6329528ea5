"""The vocabulary: spellings of knowledge points become one name per point, by a dual filter (GSDP, section 2.2 and D.1).

    seed id, knowledge_points -> knowledge_point, spelling, seed_ids, similarity, decision, reason; a row per spelling
    id, knowledge_points -> the same, with the names in place
    python -m generation.vocabulary --rows data/points --endpoints http://127.0.0.1:8080 --embeddings BAAI/bge-m3 --output data/vocabulary

A model drops what is vague, wrong or too detailed; embeddings find what lies near, a model says yes or no where that is
not enough, and chooses who stands for a group. Every decision is a row that one can read.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from datasets import Features, IterableDataset, List

from builders.commands import command, option, parse
from builders.errors import UserError
from builders.folder import Folder
from builders.row import TEXT, Row
from builders.screen import say
from builders.seen import Seen
from generation.ask import Ask
from generation.decisions import VOCABULARY
from generation.dual_filter import FILTER, Names, decided, filtering, renamed, rows_of, spellings
from generation.embeddings import ROLE, embedding, with_embedder
from generation.embeddings import STEP as EMBEDDING
from generation.merging import CHOICE, SYNONYMS
from generation.panels import roles_of
from generation.questions import each, reject
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.steps import Step, given, rejected, write_step
from graph.problems import sorted_out
from graph.similarity import LEAST, SURE

if TYPE_CHECKING:
    from generation.run import Run

__all__ = ["STEPS", "VOCABULARY", "Names", "Vocabulary", "decided", "renamed"]

STEP = "vocabulary"
STEPS = (FILTER, SYNONYMS, CHOICE)
HELD = Features({"id": TEXT, "knowledge_points": List(TEXT)})
SEED_IDS = Features({"seed_ids": List(TEXT)})


@dataclass(frozen=True)
class Vocabulary(Common):
    """What the dual filter can be told."""

    rows: str = option("data/points", "rows with id and knowledge_points: a Hub id, a local file or folder")
    embeddings: str | None = option(
        None,
        "URL of a text-embeddings-inference server, NAME for sentence-transformers, rehearsal, or none: only points that are "
        "equal after normalising merge (default: the embedder's own endpoints, or the rehearsal where that answers, else BAAI/bge-m3)",
        metavar="URL|NAME",
    )
    sure: float = option(SURE, "similarity from which two points agree by themselves (the paper's, for bge-m3)")
    near: float = option(LEAST, "similarity from which a model is asked whether they do")
    dual_filter: bool = option(
        True,
        "a model filters, compares and names points; without it what is at least `sure` merges, and all else stays",
    )
    curator: Role = field(
        default_factory=lambda: Role(sampling=Sampling(0.0, None, 512)),
        metadata={"flag": False, "help": "the model that filters points, compares them and names their groups"},
    )
    embedder: Role = field(
        default_factory=lambda: Role(paper_model="BAAI/bge-m3", dialect="embed"),
        metadata={"flag": False, "help": "the server of the embeddings, for its token and price"},
    )

    def check(self) -> None:
        """Refuses what no run could mean: thresholds that no cosine has."""
        super().check()
        if not 0 < self.near <= self.sure <= 1:
            raise UserError(f"near is {self.near} and sure is {self.sure}; it must be 0 < near <= sure <= 1")


def spelled(recipe: Vocabulary, blank: Counter[str] | None = None) -> IterableDataset:
    """The rows with their points as texts; those that have none, or stood there before, have their reason.

    `blank` counts the points without a text, which are left out.
    """
    blank = Counter() if blank is None else blank
    return each(given(recipe, ["id", "knowledge_points"]), partial(_spell, seen=Seen(), blank=blank), HELD)


def _spell(batch: list[Row], seen: Seen, blank: Counter[str]) -> None:
    for row in batch:
        made = sorted_out([row], seen)
        blank["points"] += made.blank
        for name, points in made.kept:
            row["id"], row["knowledge_points"] = name, points
        for wrong in made.rejected:
            row["id"], row["knowledge_points"] = wrong["id"], wrong["knowledge_points"]
            reject(row, STEP, "seed", wrong["reason"], wrong["detail"])


class _Naming:
    """The step over rows: all are read once for their spellings, and once more to be written with the names."""

    def __init__(self, recipe: Vocabulary) -> None:
        self.recipe, self.names, self.blank = recipe, Names({}, [], [], Counter(), {}), Counter[str]()

    def held(self) -> Iterator[tuple[str, list[str]]]:
        """The points of every row that is none of the rejected."""
        return ((row["id"], row["knowledge_points"]) for row in spelled(self.recipe) if not row["reason"])

    def points(self) -> IterableDataset:
        """What is asked about."""
        return rows_of(spellings(self.held()).points)

    def questions(self, run: "Run") -> list[Ask]:
        """What is asked about every point; how many pairs are a model's to decide is known when all have vectors."""
        embedded = [embedding(run.model(ROLE))] if ROLE in run.models else []
        return [*([filtering(run.model("curator"))] if self.recipe.dual_filter else []), *embedded]

    def make(self, run: "Run", rows: IterableDataset) -> IterableDataset:
        """Rows with names for points."""
        self.names = decided(self.held(), self.recipe, run)
        say(self.names.said())
        return each(rows, self.rename, Features({}))

    def rename(self, batch: list[Row]) -> None:
        for row in batch:
            if not row["reason"]:
                row["knowledge_points"] = renamed(row["knowledge_points"], self.names)

    def more(self, folder: Folder) -> Row:
        """Writes the decisions; what run.json says of them."""
        folder.write("vocabulary", self.names.decisions)
        folder.write("rejected", self.names.rejected)
        lost = Counter(row["reason"] for row in self.names.rejected)
        count = {"in": len(self.names.decisions), "kept": len(self.names.name), "rejected": rejected(lost)}
        if self.blank["points"]:
            say(f"{self.blank['points']:,} points without a text were left out")
        return {
            "points": count,
            "blank_points": self.blank["points"],
            "decisions": dict(self.names.counts),
            "similarity": dict(self.names.spread),
        }


def main(argv: Sequence[str]) -> None:
    recipe = parse(Vocabulary, argv, "generation.vocabulary", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    naming = _Naming(recipe)
    rows = spelled(recipe, naming.blank)
    with ExitStack() as stack:
        roles = with_embedder(roles_of(recipe), recipe, stack)
        step = Step(STEP, roles, {"curator": list(STEPS), ROLE: [EMBEDDING]}, {"vocabulary": VOCABULARY}, SEED_IDS)
        write_step(step, recipe, rows, naming.make, naming.questions, naming.more, naming.points)


if __name__ == "__main__":
    command(main)
