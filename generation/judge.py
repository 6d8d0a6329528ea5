"""Judges: a panel scores problems and decides on solutions, and one veto is enough (GSDP, section 2.5, prompts A.5 and A.6).

    knowledge_points, problem, solution -> problem_scores, problem_score, solution_verdicts; or a reason: low_score, vetoed
    python -m generation.judge --rows data/solutions --endpoints http://127.0.0.1:8080 --output data/judged

All judges answer the same two files. Those that put the same words to the same model are one judge. What a judge says
that cannot be read never counts as a good verdict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from datasets import Features, IterableDataset, List, Value

from builders.commands import command, option, parse
from builders.errors import UserError
from builders.row import TEXT, Row
from builders.screen import say
from generation.ask import Ask, ask
from generation.models import Model
from generation.panels import Judge, roles_of
from generation.prompts import load_prompt
from generation.questions import each, failed, nested, reject
from generation.recipes import FOLDER, Common, Sampling
from generation.steps import Step, given, write_step
from generation.verdicts import read_score, read_solution_verdict

if TYPE_CHECKING:
    from generation.run import Run

PROBLEM, SOLUTION, UNIT = "judge_problem", "judge_solution", "problem"
LEAST_SCORE = 0.85  # section 2.5
VERDICT = Sampling(0.0, None, 1024)  # ours
SCORES = Features(
    {"problem_scores": List({"judge": TEXT, "score": Value("float64")}), "problem_score": Value("float64")}
)
VERDICTS = Features({"solution_verdicts": List({"judge": TEXT, "verdict": Value("bool")})})


@dataclass(frozen=True)
class Judges(Common):
    """What `python -m generation.judge` can be told."""

    sharded: ClassVar[bool] = True
    rows: str = option("data/solutions", "rows with knowledge_points and problem, and with solution where there is one")
    least_score: float = option(LEAST_SCORE, "the weighted mean of the scores that a problem must reach (the paper's)")
    score_prompt: str = option(
        PROBLEM, "what judges hold against a problem: judge_problem, or a file of your own", metavar="PROMPT"
    )
    verdict_prompt: str = option(
        SOLUTION, "what judges hold against a solution: judge_solution, or a file of your own", metavar="PROMPT"
    )
    # The paper's panel; its weights are "by mathematical proficiency", without numbers: ours are what the makers report on MATH.
    judges: list[Judge] = option(
        [
            Judge(paper_model="Qwen/Qwen2-7B-Instruct", sampling=VERDICT, name="judge_a", weight=49.6),
            Judge(paper_model="internlm/internlm2-chat-20b", sampling=VERDICT, name="judge_b", weight=31.9),
            Judge(paper_model="meta-llama/Llama-3.1-8B-Instruct", sampling=VERDICT, name="judge_c", weight=51.9),
        ],
        "the panel: name, weight, and what every model has",
        flag=False,
    )

    def check(self) -> None:
        """Refuses a panel that could decide nothing."""
        super().check()
        if not 0 <= self.least_score <= 1:
            raise UserError(f"least_score is {self.least_score}; it must be between 0 and 1")
        if not self.judges:
            raise UserError("no judges are named; a panel is a list of models, each with a name")
        for judge in self.judges:
            if not 0 < judge.weight < float("inf"):
                raise UserError(f"the judge {judge.name} has the weight {judge.weight}; it must be above 0")
        for name, ours, needs in ((self.score_prompt, PROBLEM, "marks"), (self.verdict_prompt, SOLUTION, "verdicts")):
            if needs not in load_prompt(name, (ours,)).front:
                raise UserError(
                    f"the prompt {name} has no '{needs}' in its front matter; begin with a copy of {ours}.md"
                )


@dataclass(frozen=True)
class Panel:
    """The different judges of a run, each with the weight of its score (the weights add up to 1), and whom it stands for.

    All of them answer `score_prompt` and `verdict_prompt`.
    """

    judges: tuple[tuple[str, Model, float], ...]
    alike: Mapping[str, list[str]]
    score_prompt: str = PROBLEM
    verdict_prompt: str = SOLUTION

    @property
    def names(self) -> list[str]:
        return [name for name, _, _ in self.judges]


def panel(recipe: Judges, run: "Run") -> Panel:
    """The panel; of judges that are one model asked in one way the first counts, with the weights of all."""
    total = sum(judge.weight for judge in recipe.judges)
    same: dict[tuple[str, str | None, str], list[tuple[str, Model, float]]] = {}
    for judge in recipe.judges:
        model = run.model(judge.name)
        alike = (model.name, model.revision, repr(sorted(model.sampling.items())) + model.dialect)
        same.setdefault(alike, []).append((judge.name, model, judge.weight / total))
    found = tuple((group[0][0], group[0][1], sum(weight for _, _, weight in group)) for group in same.values())
    alike_to = {group[0][0]: [name for name, _, _ in group[1:]] for group in same.values() if len(group) > 1}
    return Panel(found, alike_to, recipe.score_prompt, recipe.verdict_prompt)


def scoring(of: Panel) -> list[Ask]:
    """The question about a problem, to each judge."""
    adds = Features({"score": Value("float64"), "explanation": TEXT})
    return [nested(f"{PROBLEM}/{name}", of.score_prompt, model, read_score, adds) for name, model, _ in of.judges]


def scored(rows: IterableDataset, of: Panel, least: float) -> IterableDataset:
    """Rows that were asked `scoring`, with their scores; below `least`, or without all scores, they have their reason."""
    return each(rows, partial(_score, of=of, least=least), SCORES)


def _score(batch: list[Row], of: Panel, least: float) -> None:
    for row in batch:
        if row["reason"]:
            continue
        said: dict[str, float | None] = {name: (row[f"{PROBLEM}/{name}"] or {}).get("score") for name in of.names}
        row["problem_scores"] = [{"judge": name, "score": score} for name, score in said.items()]
        failed(row, PROBLEM, UNIT, [f"{PROBLEM}/{name}" for name in of.names])
        scores = {name: score for name, score in said.items() if score is not None}
        if len(scores) < len(said):
            continue
        row["problem_score"] = round(sum(scores[name] * weight for name, _, weight in of.judges), 6)
        if row["problem_score"] < least:
            reject(row, PROBLEM, UNIT, "low_score", f"{row['problem_score']:.3f}, below {least}: {_said(row, of)}")


def _said(row: Row, of: Panel) -> str:
    parts = ((name, row[f"{PROBLEM}/{name}"]) for name in of.names)
    return "; ".join(
        f"{name} {said['score']}" + (f" ({said['explanation']})" if said["explanation"] else "") for name, said in parts
    )


def vetting(of: Panel) -> list[Ask]:
    """The question about a solution, to each judge."""
    adds = Features({"verdict": Value("bool"), "explanation": TEXT})
    return [
        nested(f"{SOLUTION}/{name}", of.verdict_prompt, model, read_solution_verdict, adds)
        for name, model, _ in of.judges
    ]


def vetted(rows: IterableDataset, of: Panel) -> IterableDataset:
    """Rows that were asked `vetting`, with the verdicts; one that is not True gives a reason."""
    return each(rows, partial(_vet, of=of), VERDICTS)


def _vet(batch: list[Row], of: Panel) -> None:
    for row in batch:
        if row["reason"]:
            continue
        said = {name: row[f"{SOLUTION}/{name}"] or {} for name in of.names}
        row["solution_verdicts"] = [{"judge": name, "verdict": each.get("verdict")} for name, each in said.items()]
        against = [
            f"{name}: {each.get('explanation') or 'False'}"
            for name, each in said.items()
            if each.get("verdict") is False
        ]
        if against:
            reject(row, SOLUTION, UNIT, "vetoed", "; ".join(against))
        failed(row, SOLUTION, UNIT, [f"{SOLUTION}/{name}" for name in of.names])


def main(argv: Sequence[str]) -> None:
    recipe = parse(Judges, argv, "generation.judge", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    rows = given(recipe, ["knowledge_points", "problem"], ["knowledge_points", "problem", "solution"])
    solved = "solution" in rows.features
    if again := [name for name in (*SCORES, *VERDICTS) if name in rows.features]:
        say(f"{', '.join(again)} of the rows give way to what this panel says")
    roles = roles_of(recipe)
    steps = {name: [f"{PROBLEM}/{name}", f"{SOLUTION}/{name}"] for name in roles}

    def judged(run: "Run", rows: IterableDataset) -> IterableDataset:
        of = panel(recipe, run)
        rows = scored(ask(rows, *scoring(of)), of, recipe.least_score)
        return vetted(ask(rows, *vetting(of)), of) if solved else rows

    def asked(run: "Run") -> list[Ask]:
        of = panel(recipe, run)
        return [*scoring(of), *(vetting(of) if solved else ())]

    write_step(Step("judge", roles, steps), recipe, rows, judged, asked)


if __name__ == "__main__":
    command(main)
