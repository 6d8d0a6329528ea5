"""Solutions: solved step by step by the model that its difficulty calls for, and put to the vote (GSDP, section 2.4, prompt A.3).

    problem, difficulty -> solution, answer, vote_answer, vote_share, verified; or a reason: no_boxed_answer, no_majority
    python -m generation.solutions --rows data/problems --samples 5 --endpoints http://127.0.0.1:8080 --output data/solutions

Answers are grouped by Math-Verify, not by their text; `solution` is the lowest sample of the largest group.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from datasets import Features, IterableDataset, Value

from builders.answers import Compare, bare, group_all, taken, vote
from builders.commands import command, option, parse
from builders.errors import UserError
from builders.row import TEXT, Row
from generation.ask import Ask, ask
from generation.comparing import remembering
from generation.difficulty import LEVELS, rated, rating
from generation.difficulty import STEP as DIFFICULTY
from generation.panels import Solver, roles_of
from generation.questions import each, nested, reject
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.steps import Step, given, write_step
from generation.verdicts import read_solution

if TYPE_CHECKING:
    from generation.run import Run

STEP, UNIT = "solution", "problem"
REFERENCE = "reference_answer"  # of rows that bring an answer of their own
SOLVED = Features(
    {"solution": TEXT, "answer": TEXT, "solution_key": TEXT, "vote_answer": TEXT, "vote_share": Value("float64"), "verified": TEXT}
)  # fmt: skip


@dataclass(frozen=True)
class Solutions(Common):
    """What `python -m generation.solutions` can be told."""

    sharded: ClassVar[bool] = True
    rows: str = option("data/problems", "rows with problem; difficulty is asked where there is none")
    samples: int = option(1, "solutions of each problem (the paper: 1)", metavar="K")
    least_share: float = option(0.5, "share of the samples whose answers agree from which a majority is one")
    vote_rejects: bool = option(False, "reject a problem whose samples have no such majority")
    rater: Role = field(
        default_factory=lambda: Role(sampling=Sampling(0.0, None, 256)),
        metadata={"flag": False, "help": "the model that rates how difficult a problem is"},
    )
    solvers: list[Solver] = option(
        [
            Solver(
                paper_model="deepseek-ai/deepseek-math-7b-rl", sampling=Sampling(0.7, 0.95, 2048), name="solver",
                difficulty=["low", "medium"],
            ),
            Solver(
                paper_model="meta-llama/Llama-3.1-70B-Instruct", sampling=Sampling(0.7, 0.95, 2048), name="strong_solver",
                difficulty=["high"],
            ),
        ],
        "who solves what: name, difficulty, and what every model has",
        flag=False,
    )  # fmt: skip

    def check(self) -> None:
        """Refuses what leaves a problem without its one solver, or a vote without meaning."""
        super().check()
        if self.samples < 1 or not 0 < self.least_share <= 1:
            raise UserError(
                f"samples is {self.samples} and least_share {self.least_share}; they must be at least 1, and above 0 and at most 1"
            )
        for level in LEVELS:
            names = [solver.name for solver in self.solvers if level in solver.difficulty]
            if len(names) != 1:
                raise UserError(
                    f"problems of {level} difficulty are solved by {', '.join(names) or 'nobody'}; each needs one solver"
                )
        unknown = [level for solver in self.solvers for level in solver.difficulty if level not in LEVELS]
        if unknown:
            raise UserError(f"a solver has the difficulty '{unknown[0]}'; there are {', '.join(LEVELS)}")


def solving(recipe: Solutions, run: "Run") -> list[Ask]:
    """The question to each solver, about the problems that are its."""
    return [
        nested(
            f"{STEP}/{solver.name}", STEP, run.model(solver.name), read_solution, Features({"solution": TEXT}),
            samples=recipe.samples, when=partial(_is_of, levels=tuple(solver.difficulty)),
        )
        for solver in recipe.solvers
    ]  # fmt: skip


def _is_of(row: Row, levels: Sequence[str]) -> bool:
    return not row["reason"] and row["difficulty"] in levels


def voted(rows: IterableDataset, recipe: Solutions, run: "Run") -> IterableDataset:
    """Rows that were asked `solving`, with the solution that counts, its answer and the vote."""
    compare = remembering(run)
    return each(rows, partial(_vote, recipe=recipe, compare=compare), SOLVED)


def _vote(batch: list[Row], recipe: Solutions, compare: Compare) -> None:
    # A row that brings a solution (generation.trial) keeps it.
    open_rows = [row for row in batch if not row["reason"] and not row.get("solution")]
    live = [(row, found) for row in open_rows if (found := samples(row, recipe))]
    answers = [[taken(sample["solution"]) for sample in found] for _, found in live]
    grouped = group_all(answers, compare) if recipe.samples > 1 else [[] for _ in live]
    for (row, found), said, groups in zip(live, answers, grouped, strict=True):
        errors = [(sample["error"], sample["detail"]) for sample in found if sample["error"]]
        missing = [error for error in errors if error[0] == "no_answer"]
        if missing or all(answer is None for answer in said):
            reason, detail = (missing or errors or [("no_boxed_answer", "no sample gives an answer")])[0]
            reject(row, STEP, UNIT, reason, detail)
            continue
        won = vote(groups, len(found)) if recipe.samples > 1 else None
        number = won.samples[0] if won else 0
        row.update(
            solution=found[number]["solution"],
            answer=said[number],
            solution_key=found[number]["key"],
            verified="undecided",
        )
        if won:
            row.update(vote_answer=won.answer, vote_share=round(won.share, 6))
            agreed = len(won.samples) > 1 and won.share >= recipe.least_share
            row["verified"] = "yes" if agreed else "undecided"
            if not agreed and recipe.vote_rejects:
                reject(row, STEP, UNIT, "no_majority", f"{len(won.samples)} of {len(found)} samples say {won.answer}")
    _look_up([row for row, _ in live if row.get("answer") and row.get(REFERENCE)], compare)


def _look_up(rows: Sequence[Row], compare: Compare) -> None:
    """Where a reference answer is known, it says what is verified: Math-Verify has a direction, and either yes counts."""
    pairs = [(bare(row[REFERENCE]), bare(row["answer"])) for row in rows]
    back = compare([(answer, reference) for reference, answer in pairs])
    for row, said in zip(rows, zip(compare(pairs), back, strict=True), strict=True):
        found = next(verdict for verdict in ("yes", "undecided", "no") if verdict in said)
        if found != "undecided":
            row["verified"] = found


def samples(row: Row, recipe: Solutions) -> list[dict[str, Any]]:
    """The samples of a row's solver: solution, key, error, detail; none, and a reason, where nobody solves it."""
    solver = next((solver for solver in recipe.solvers if row["difficulty"] in solver.difficulty), None)
    if solver is None:
        levels = ", ".join(LEVELS)
        reject(row, STEP, UNIT, "bad_row", f"its difficulty is {row['difficulty']!r}; there are {levels}")
        return []
    columns = [row[f"{STEP}/{solver.name}{end}"] for end in ("", "_key", "_error", "_detail")]
    made = zip(*columns, strict=True) if recipe.samples > 1 else [tuple(columns)]
    return [
        {"solution": (said or {}).get("solution"), "key": key, "error": error, "detail": detail}
        for said, key, error, detail in made
    ]


def main(argv: Sequence[str]) -> None:
    recipe = parse(Solutions, argv, "generation.solutions", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    rows = given(recipe, ["problem"], ["problem"])
    known = DIFFICULTY in rows.features
    # What a seed brings is what ours is measured by, and no column of ours.
    for name in ("solution", "answer"):
        if name in rows.features and f"reference_{name}" in rows.features:
            raise UserError(
                f"{recipe.rows} has {name} and reference_{name}; what it brings is called reference_{name} beside ours: drop one"
            )
    rows = rows.rename_columns({name: f"reference_{name}" for name in ("solution", "answer") if name in rows.features})
    roles = roles_of(recipe)
    if known:
        roles.pop("rater")
    steps = {name: [f"{STEP}/{name}"] for name in roles} | {"rater": [DIFFICULTY]}

    def solved(run: "Run", rows: IterableDataset) -> IterableDataset:
        if not known:
            rows = each(ask(rows, rating(run.model("rater"))), rated, Features({}))
        return voted(ask(rows, *solving(recipe, run)), recipe, run)

    def asked(run: "Run") -> list[Ask]:
        return solving(recipe, run) if known else [rating(run.model("rater"))]

    write_step(Step("solutions", roles, steps, hides=["solution_key"]), recipe, rows, solved, asked)


if __name__ == "__main__":
    command(main)
