"""SVAMP (Patel et al., 2021): 1,000 word problems that vary others, 700 to train on and 300 to test on, as a `datasets` builder.

    Body, Question, Answer, Type, ID -> id, problem, solution (null), answer, subject (the type), level (null), bad_row

    python -m builders.svamp --rows ChilleD/SVAMP --split test --output data/svamp

Body and question are joined; an answer like 145.0 is the number 145. The equation is left out.
"""

from collections.abc import Sequence

import datasets

from builders import problem_sets
from builders.commands import command


class SVAMP(problem_sets.Problems):
    """Arithmetic in one step or two."""

    REPO = "ChilleD/SVAMP"  # MIT


def problems(
    where: str | None = None, *, split: str | None = None, limit: int | None = None
) -> datasets.IterableDataset:
    """The problems at `where` (the Hub's repo), the first `limit`, as a stream."""
    return problem_sets.stream(SVAMP, where, split, limit)[0]


def main(argv: Sequence[str]) -> None:
    """Problems in, a finished folder of them out."""
    problem_sets.write(SVAMP, argv, "builders.svamp", "SVAMP, or word problems of your own, as a finished folder.")


if __name__ == "__main__":
    command(main)
