r"""MATH (Hendrycks et al., 2021): 12,500 problems of competitions, 7,500 to train on and 5,000 to test on, as a `datasets` builder.

    problem, solution ("... \boxed{2} ..."), level, type -> id, problem, solution, answer, subject, level (1 to 5), bad_row

    python -m builders.competition_math --rows EleutherAI/hendrycks_math --output data/math

Seeds are the original 7,500 (GSDP, section 2). Copies of MATH on the Hub are split in other ways: `differs` says so, for whoever
trains on a copy whose train split holds test problems cannot evaluate on MATH. The first repo, hendrycks/competition_math, was
taken off the Hub in January 2025. Local files: those columns, or the folder of the original archive, a JSON file a problem.
"""

from collections.abc import Sequence

import datasets

from builders import problem_sets
from builders.commands import command
from builders.errors import UserError
from builders.rows import Source

REPO = "EleutherAI/hendrycks_math"  # a config per subject; the original split; MIT
ROWS = {"train": 7_500, "test": 5_000}
GONE = ("hendrycks/competition_math", "lighteval/MATH", "lighteval/MATH-Hard")
OTHERS = {
    "nlile/hendrycks-MATH-benchmark": "its 12,000 to train on hold 4,500 of MATH's own 5,000 test problems (PRM800K's split)",
    "qwedsacf/competition_math": "its train split is all 12,500 problems, MATH's own 5,000 test problems among them",
    "HuggingFaceH4/MATH-500": "it is 500 of MATH's own test problems",
}


class CompetitionMath(problem_sets.Problems):
    """All seven subjects. DigitalLearningGmbH/MATH-lighteval has the same split in one config."""

    REPO = REPO

    def find(self, where: str, split: str | None) -> Source:
        """The files of a split."""
        try:
            return super().find(where, split)
        except UserError as problem:
            if where.partition("@")[0] in GONE:
                raise UserError(f"{where} was taken off the Hub; {REPO} has the same problems") from problem
            raise


def problems(
    where: str | None = None, *, split: str | None = None, limit: int | None = None
) -> datasets.IterableDataset:
    """The problems at `where` (the Hub's repo), the first `limit`, as a stream."""
    return problem_sets.stream(CompetitionMath, where, split, limit)[0]


def differs(source: Source, split: str | None, count: int | None) -> str | None:
    """What is other than in MATH's own split, in a repo on the Hub; `count`: the rows there, where it is known."""
    if source.commit is None:
        return None
    if (repo := source.name.removeprefix("hf://datasets/").partition("@")[0]) in OTHERS:
        return f"{source.name}: {OTHERS[repo]}"
    own = ROWS.get(split or "train")
    if count in (None, own) or own is None:
        return None
    return f"{source.name} has {count:,} problems in {split or 'train'}, where MATH's own split has {own:,}"


def main(argv: Sequence[str]) -> None:
    """Problems in, a finished folder of them out."""
    about = "MATH, or problems of your own, as a finished folder."
    problem_sets.write(CompetitionMath, argv, "builders.competition_math", about, differs)


if __name__ == "__main__":
    command(main)
