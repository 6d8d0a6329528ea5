"""Knowledge points: what one has to know to solve a problem (GSDP, section 2.2, prompt A.1).

id, problem, solution, ... -> the same and knowledge_points (at most ten of each problem), points_over, points_repeated
python -m generation.knowledge_points --rows sample --endpoints http://127.0.0.1:8080 --output data/points
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from datasets import Features, IterableDataset, List, Value

from builders import competition_math, problems
from builders.commands import command, option, parse
from builders.errors import UserError
from builders.folder import Folder
from builders.row import TEXT, Row
from builders.screen import say
from generation.ask import Ask, ask
from generation.models import Model
from generation.points import read_points
from generation.questions import each, failed, question
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.steps import Step, write_step

if TYPE_CHECKING:
    from generation.run import Run

STEP, UNIT = "knowledge_points", "seed"
POINTS = Features({"knowledge_points": List(TEXT), "points_over": List(TEXT), "points_repeated": Value("int32")})


@dataclass(frozen=True)
class KnowledgePoints(Common):
    """What `python -m generation.knowledge_points` can be told."""

    sharded: ClassVar[bool] = True
    rows: str = option("sample", "problems: a Hub id, a local file or folder, or sample", metavar="SEEDS")
    most_points: int = option(10, "knowledge points of a problem at the most; what is beyond is dropped and counted")
    points_prompt: str = option(
        "knowledge_points",
        "the prompt: knowledge_points (GSDP), knowledge_points_atomic (GRIP), or a file of your own",
        metavar="PROMPT",
    )
    extractor: Role = field(
        default_factory=lambda: Role(paper_model="deepseek-ai/deepseek-math-7b-rl", sampling=Sampling(0.7, 0.95, 1024)),
        metadata={"flag": False, "help": "the model that names the points of a problem"},
    )

    def check(self) -> None:
        """Refuses what no run could mean."""
        super().check()
        if self.most_points < 1:
            raise UserError(f"most_points is {self.most_points}; it must be at least 1")


def seeds(recipe: KnowledgePoints) -> IterableDataset:
    """The seed problems, each id once; those that cannot be read have their reason."""
    return problems.seeds(competition_math.problems(recipe.rows, limit=recipe.limit))


def extraction(recipe: KnowledgePoints, model: Model) -> Ask:
    """The question about each seed."""
    read = partial(_read, most=recipe.most_points)
    return question(STEP, recipe.points_prompt, model, read, POINTS, {"most_points": recipe.most_points})


def _read(text: str, front: Any, most: int) -> Row:
    found = read_points(text, front, most)
    return {
        "knowledge_points": found["points"],
        "points_over": found["points_over"],
        "points_repeated": found["points_repeated"],
    }


def extracted(
    given: IterableDataset,
    recipe: KnowledgePoints,
    model: Model,
    counts: Counter[str] | None = None,
    also: Sequence[Ask] = (),
) -> IterableDataset:
    """Seeds with their points as the model spells them; `counts` gets how many are kept, over and repeated.

    `also`: what else is asked about each of them meanwhile.
    """
    return each(ask(given, extraction(recipe, model), *also), partial(_settle, counts=counts), Features({}))


def _settle(batch: list[Row], counts: Counter[str] | None) -> None:
    for row in batch:
        if not row["reason"]:
            failed(row, STEP, UNIT)
        if counts is not None and not row["reason"]:
            counts["kept"] += len(row["knowledge_points"])
            counts["over"] += len(row["points_over"])
            counts["repeated"] += row["points_repeated"]


def said(counts: Counter[str], most: int) -> str:
    """The counts in words."""
    over = f"{counts['over']:,} beyond the {most} of a problem were dropped"
    return f"{counts['kept']:,} knowledge points; {over}, {counts['repeated']:,} came twice in one list"


def main(argv: Sequence[str]) -> None:
    recipe = parse(
        KnowledgePoints, argv, "generation.knowledge_points", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"}
    )
    recipe.check()
    step, counts = Step(STEP, {"extractor": recipe.extractor}, {"extractor": [STEP]}), Counter[str]()

    def made(run: "Run", given: IterableDataset) -> IterableDataset:
        return extracted(given, recipe, run.model("extractor"), counts)

    def more(folder: Folder) -> Row:
        say(said(counts, recipe.most_points))
        return {"points": {name: counts[name] for name in ("kept", "over", "repeated")}}

    write_step(step, recipe, seeds(recipe), made, lambda run: [extraction(recipe, run.model("extractor"))], more)


if __name__ == "__main__":
    command(main)
