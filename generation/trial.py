"""A trial of judges: a sample that none of them had a part in, every judge asked about all of it, and labels of a strong model.

    a finished folder of generation.gsdp -> problem_scores, solution_verdicts of every judge, problem_label, solution_label
    python -m generation.trial --config gsdp-today --rows data/gsdp --size 500 --output data/trial

As in the paper's test of its panel (GSDP, section 3.8) the sample is drawn before any judge, and the expert answers the judges'
two prompts. A run solves nothing that a score rejects, and asks nobody about its solution; here it is solved and judged, so
that panels which would have let it pass can be measured. What the ledger holds is not asked again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from datasets import Features, IterableDataset, List, Value

from builders.commands import command, option, parse
from builders.errors import UserError
from builders.row import TEXT, WHY, Row
from generation.ask import Ask, ask
from generation.drawn import sample_of
from generation.gsdp_recipe import Gsdp
from generation.judge import PROBLEM, SCORES, SOLUTION, UNIT, VERDICT, VERDICTS, Panel, panel, scoring, vetting
from generation.panels import Solver, roles_of
from generation.questions import each, failed, nested, unanswered
from generation.recipes import FOLDER, Role
from generation.solutions import STEP as SOLVED
from generation.solutions import solving, voted
from generation.steps import Step, write_step
from generation.verdicts import read_score, read_solution_verdict

if TYPE_CHECKING:
    from generation.run import Run

EXPERT = "expert"
GIVEN = Features(
    {**dict.fromkeys(("id", "problem", "solution", "answer"), TEXT), "knowledge_points": List(TEXT), "hop": TEXT, "difficulty": TEXT, "fate": TEXT}
)  # fmt: skip
LABELS = Features({"problem_label": Value("bool"), "solution_label": Value("bool")})


@dataclass(frozen=True)
class Trial(Gsdp):
    """What `python -m generation.trial` can be told: a run's recipe is one of a trial."""

    steps: ClassVar[tuple[str, ...]] = ()  # it has one
    sharded: ClassVar[bool] = False
    rows: str = option(
        "data/gsdp", "the finished folder of a run, whose judged rows the sample is drawn from", metavar="DIR"
    )
    limit: int | None = option(None, "", flag=False)  # of the seeds, in a run's recipe; --size says how many
    size: int = option(500, "how many rows are drawn", metavar="N")
    # Ours; the paper's is GPT-4, with the prompts of the judges.
    expert: Role | None = field(
        default_factory=lambda: Role(sampling=VERDICT),
        metadata={"flag": False, "help": "the model whose answers are the labels; null where people give them"},
    )


def drawn_rows(recipe: Trial) -> IterableDataset:
    """The sample. UserError where the rows are none of problems."""
    rows, dialogues = sample_of(recipe.rows, recipe.size, recipe.seed)
    if dialogues or "knowledge_points" not in rows[0]:
        raise UserError(f"{recipe.rows} holds no problems with knowledge points; name a folder of generation.gsdp")
    features = Features({**GIVEN, **WHY})
    return IterableDataset.from_generator(_Given(rows), features=features)


class _Given:
    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __call__(self) -> Iterator[Row]:
        for row in self.rows:
            fate = row.get("fate") or row.get("reason") or "kept"
            yield {**{name: row.get(name) for name in GIVEN}, "fate": fate, **dict.fromkeys(WHY)}


def judging(recipe: Trial, run: "Run", of: Panel) -> list[Ask]:
    """Both questions to every judge and to the expert."""
    asked = [*scoring(of), *vetting(of)]
    if recipe.expert is not None:
        adds: dict[str, Any] = {"explanation": TEXT}
        model = run.model(EXPERT)
        asked += [
            nested(
                f"{PROBLEM}/{EXPERT}", of.score_prompt, model, read_score, Features({"score": Value("float64"), **adds})
            ),
            nested(
                f"{SOLUTION}/{EXPERT}",
                of.verdict_prompt,
                model,
                read_solution_verdict,
                Features({"verdict": Value("bool"), **adds}),
            ),
        ]
    return asked


def check_panel(of: Panel, recipe: Trial, run: "Run") -> None:
    """Refuses judges that are one judge, and an expert that would be held against itself."""
    for name, others in of.alike.items():
        raise UserError(f"{', '.join(others)} is {name} again (one model, asked in one way); leave it out of the trial")
    if recipe.expert is not None:
        expert = run.model(EXPERT)
        for name, model, _ in of.judges:
            if (model.name, model.revision, model.sampling) == (expert.name, expert.revision, expert.sampling):
                raise UserError(
                    f"the expert is the judge {name} (one model, asked in one way): it would be held against itself"
                )


def told(batch: list[Row], of: Panel, least: float) -> None:
    """Scores, verdicts and labels into the rows of a batch. What could not be read is null; what has no reply yet rejects."""
    for row in batch:
        if row["reason"]:
            continue
        said = {name: (row[f"{PROBLEM}/{name}"] or {}, row[f"{SOLUTION}/{name}"] or {}) for name in of.names}
        row["problem_scores"] = [{"judge": name, "score": problem.get("score")} for name, (problem, _) in said.items()]
        row["solution_verdicts"] = [{"judge": name, "verdict": one.get("verdict")} for name, (_, one) in said.items()]
        if f"{PROBLEM}/{EXPERT}" in row:
            score = (row[f"{PROBLEM}/{EXPERT}"] or {}).get("score")
            row["problem_label"] = None if score is None else score >= least
            row["solution_label"] = (row[f"{SOLUTION}/{EXPERT}"] or {}).get("verdict")
        if unanswered(row):
            names = [
                name.removesuffix("_error")
                for name, value in row.items()
                if name.endswith("_error") and value == "no_answer"
            ]
            failed(row, PROBLEM, UNIT, names)


def main(argv: Sequence[str]) -> None:
    recipe = parse(Trial, argv, "generation.trial", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"})
    recipe.check()
    rows = drawn_rows(recipe)
    steps = {judge.name: [f"{PROBLEM}/{judge.name}", f"{SOLUTION}/{judge.name}"] for judge in recipe.judges}
    if recipe.expert is not None:
        steps[EXPERT] = [f"{PROBLEM}/{EXPERT}", f"{SOLUTION}/{EXPERT}"]
    roles = roles_of(recipe)
    steps |= {name: [f"{SOLVED}/{name}"] for name, role in roles.items() if isinstance(role, Solver)}

    def tried(run: "Run", rows: IterableDataset) -> IterableDataset:
        of = panel(recipe, run)
        check_panel(of, recipe, run)
        rows = voted(ask(rows, *solving(recipe, run)), recipe, run)
        rows = ask(rows, *judging(recipe, run, of))
        labels = LABELS if recipe.expert is not None else {}
        adds = Features({"problem_scores": SCORES["problem_scores"], **VERDICTS, **labels})
        return each(rows, partial(told, of=of, least=recipe.least_score), adds)

    def asked(run: "Run") -> list[Ask]:
        of = panel(recipe, run)
        check_panel(of, recipe, run)
        return judging(recipe, run, of)

    write_step(Step("trial", {name: roles[name] for name in steps}, steps), recipe, rows, tried, asked)


if __name__ == "__main__":
    command(main)
