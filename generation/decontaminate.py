"""Rows that share their words, or what they ask, with a benchmark are set apart, with the evidence (GSDP, section 2; the layers are ours).

    rows + benchmarks -> the same rows with `contamination`: `default` the clean ones, `rejected` the others

    python -m generation.decontaminate --rows data/gsdp --benchmarks HuggingFaceH4/MATH-500 gsm8k_test.jsonl --output data/clean
    python -m generation.decontaminate --rows data/gsdp --benchmarks cais/mmlu --endpoints http://127.0.0.1:8080 \\
        --embeddings http://127.0.0.1:8081 --output data/clean

The text is in `problem`, `question`, `text`, or `Body` and `Question` joined (SVAMP), with its choices where it has some (MMLU),
or in the column that FILE:column names. Of a benchmark every split is read. What counts without a model is in
builders.overlap: equal after normalising, or a run of ten words. With --endpoints and embeddings, what lies near an item is
shown to a model as well (generation.semantic).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from datasets import Features

from builders import columns
from builders.benchmarks import index_of, opened
from builders.commands import command, option, parse
from builders.contamination import CONTAMINATION, SEMANTIC, WORDS, Shared
from builders.errors import CheckFailed, UserError
from builders.place import check_output
from builders.screen import say, show
from generation.decontaminating import Work, with_models, without_models
from generation.embeddings import NONE
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.semantic import ALIKE, check_similarity


@dataclass(frozen=True)
class Recipe(Common):
    """What `python -m generation.decontaminate` is told."""

    rows: str = option("", "the rows: a Hub id, a local file or folder, sample, or any of them as FILE:column")
    benchmarks: list[str] = option(
        [], "what they must not hold: Hub ids, files or folders, with all their splits, or FILE:column", metavar="B"
    )
    embeddings: str | None = option(
        None,
        "URL of a text-embeddings-inference server, NAME for sentence-transformers, rehearsal, or none: no nearest neighbours "
        "(default: the rehearsal where that answers, else BAAI/bge-m3)",
        metavar="URL|NAME",
    )
    alike: float = option(ALIKE, "similarity to an item from which a model says whether both are one problem")
    curator: Role = field(
        default_factory=lambda: Role(sampling=Sampling(0.0, None, 512)),
        metadata={"flag": False, "help": "the model that says whether two texts are one problem"},
    )
    embedder: Role = field(
        default_factory=lambda: Role(dialect="embed"),
        metadata={"flag": False, "help": "the model that embeds"},
    )

    @property
    def asks(self) -> bool:
        """Whether a model has a part in it."""
        return self.embeddings != NONE and bool(self.endpoints or self.curator.endpoints or self.from_ledger)


def end(work: Work, output: Path) -> None:
    """What the screen says."""
    shared, reasons = work.shared, work.reasons
    show(shared.table())
    for sentence in shared.unread():
        say(sentence)
    total, kept = reasons.total(), reasons[""]
    refused = ", ".join(f"{count:,} {name}" for name, count in sorted(reasons.items()) if name)
    say(f"{total:,} rows: {kept:,} kept; rejected: {refused or 'none'}")
    if not kept:
        raise CheckFailed(f"no row is clean; {output} says what each shares")
    say(f'load_dataset("{output}", split="train")')


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "generation.decontaminate", __doc__.splitlines()[0], FOLDER)
    if not recipe.rows:
        raise UserError("no --rows is given; name rows to look through")
    recipe.check()
    check_similarity(recipe, "alike")
    output = Path(recipe.output or ".")
    if recipe.output:
        check_output(output)
    given = opened(recipe.rows, False)
    features = columns.features_of(given.source)
    index, benchmarks = index_of(recipe.benchmarks)
    layers = (*WORDS, SEMANTIC) if recipe.asks else WORDS
    kept = Features({**features, "contamination": CONTAMINATION})
    work = Work(recipe, given, index, kept, Shared(benchmarks, layers), Counter())
    if recipe.asks:
        with_models(work, output)
    else:
        why = "without embeddings" if recipe.embeddings == NONE and recipe.endpoints else "without a model"
        say(f"exact and n-gram layers alone: {why}, nearest neighbours are not looked for")
        if recipe.dry_run:
            return
        without_models(work, output)
    if not recipe.dry_run:
        end(work, output)


if __name__ == "__main__":
    command(main)
