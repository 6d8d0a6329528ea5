"""MIND: web mathematics becomes dialogues between speakers who differ in what they know (arXiv 2410.12881).

    documents -> passages of at most 500 tokens -> a dialogue per passage and style -> what the filters keep
    python -m generation.mind --config mind-quickstart
    python -m generation.mind --documents open-web-math/open-web-math --limit 1000 --endpoints http://127.0.0.1:8080 --output data/mind
    python -m generation.mind --config combo --documents data/gsdp --endpoints http://127.0.0.1:8080 --output data/combo

With --config combo documents are the verified problems of a GSDP folder, and a dialogue has to come to their answers.
Without --config: the values of recipes/mind-paper.yaml.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from datasets import Features, IterableDataset

from builders.commands import command, option, parse
from builders.openwebmath import documents
from builders.passages import passages
from builders.tokens import Tokens, load_tokenizer
from generation.dialogue_rows import NO_LINEAGE
from generation.dialogues import Dialogues, make
from generation.forecast import is_local
from generation.problem_passages import LINEAGE, problem_passages
from generation.recipes import FOLDER


@dataclass(frozen=True)
class Mind(Dialogues):
    """What `python -m generation.mind` can be told."""

    rows: str = option(
        "open-web-math/open-web-math",
        "where documents come from: a Hub id, a local file or folder, or sample",
        metavar="DOCUMENTS",
    )
    passage_tokens: int = option(500, "tokens of a passage at the most; a problem is never cut", metavar="N")
    verified: list[str] = option(
        [],
        "the documents are problems of a finished folder of generation.gsdp: those of which this is `verified` (yes, undecided)",
        metavar="WORD",
    )


def passages_of(recipe: Mind, tokens: Tokens) -> tuple[IterableDataset, Features]:
    """What is told anew, and the columns that it brings beside its own."""
    if recipe.verified:
        return problem_passages(recipe.rows, tokens, recipe.verified, recipe.limit), LINEAGE
    # Section 2: raw documents, split into passages of 500 tokens ...
    return passages(documents(recipe.rows, limit=recipe.limit), tokens, recipe.passage_tokens), NO_LINEAGE


def main(argv: Sequence[str]) -> None:
    recipe = parse(Mind, argv, "generation.mind", __doc__.splitlines()[0], FOLDER, alias={"documents": "rows"})
    recipe.check()
    rows, lineage = passages_of(recipe, load_tokenizer(recipe.tokenizer))
    # ... each told anew as a conversation in seven styles, and filtered by heuristics.
    make(recipe, "generation.mind", rows, is_local(recipe.rows), lineage, pieces=not recipe.verified)


if __name__ == "__main__":
    command(main)
