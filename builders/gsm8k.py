"""GSM8K (Cobbe et al., 2021): 7,473 word problems to train on and 1,319 to test on, as a `datasets` builder.

    question, answer ("... #### 18") -> id, problem, solution, answer, subject (null), level (null), bad_row

    python -m builders.gsm8k --rows openai/gsm8k --split test --output data/gsm8k

A solution stays as it is, with its calculations between << and >> and its last line.
"""

from collections.abc import Sequence

import datasets

from builders import problem_sets
from builders.commands import command


class GSM8K(problem_sets.Problems):
    """Its config `main`; `socratic` says the same with questions in between."""

    REPO = "openai/gsm8k"  # main/train-00000-of-00001.parquet, main/test-...; MIT


def problems(
    where: str | None = None, *, split: str | None = None, limit: int | None = None
) -> datasets.IterableDataset:
    """The problems at `where` (the Hub's repo), the first `limit`, as a stream."""
    return problem_sets.stream(GSM8K, where, split, limit)[0]


def main(argv: Sequence[str]) -> None:
    """Problems in, a finished folder of them out."""
    problem_sets.write(GSM8K, argv, "builders.gsm8k", "GSM8K, or word problems of your own, as a finished folder.")


if __name__ == "__main__":
    command(main)
