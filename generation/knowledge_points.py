"""Knowledge points: what one has to know to solve a problem (GSDP, section 2.2, prompt A.1).

id, problem, solution, ... -> the same and knowledge_points (at most ten of each problem), points_over, points_repeated
python -m generation.knowledge_points --rows sample --endpoints http://127.0.0.1:8080 --output data/points
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from datasets import Features, IterableDataset, List, Value

from builders import competition_math, problems
from builders.commands import command, option, parse
from builders.errors import UserError
from generation.ahead import Row
from generation.ask import Ask, ask
from generation.models import Model
from generation.points import read_points
from generation.questions import TEXT, each, failed, question
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.steps import Step, write_step

STEP, UNIT = "knowledge_points", "seed"
POINTS = Features({"knowledge_points": List(TEXT), "points_over": List(TEXT), "points_repeated": Value("int32")})


@dataclass(frozen=True)
class KnowledgePoints(Common):
    """What `python -m generation.knowledge_points` can be told."""

    rows: str = option("sample", "problems: a Hub id, a local file or folder, or sample", metavar="SEEDS")
    most_points: int = option(10, "knowledge points of a problem at the most; what is beyond is dropped and counted")
    points_prompt: str = option(
        "knowledge_points", "the prompt: knowledge_points (GSDP), knowledge_points_atomic (GRIP), or a file of your own"
    )
    extractor: Role = field(
        default_factory=lambda: Role(paper_model="deepseek-ai/deepseek-math-7b-rl", sampling=Sampling(0.7, 0.95, 1024)),
        metadata={"flag": False, "help": "the model that names the points of a problem"},
    )


def seeds(recipe: KnowledgePoints) -> IterableDataset:
    """The seed problems, each id once; those that cannot be read have their reason."""
    return problems.seeds(competition_math.problems(recipe.rows, limit=recipe.limit))


def extraction(recipe: KnowledgePoints, model: Model) -> Ask:
    """The question about each seed."""
    if recipe.most_points < 1:
        raise UserError(f"most_points is {recipe.most_points}; it must be at least 1")
    read = partial(_read, most=recipe.most_points)
    return question(STEP, recipe.points_prompt, model, read, POINTS, {"most_points": recipe.most_points})


def _read(text: str, front: Any, most: int) -> Row:
    found = read_points(text, front, most)
    return {
        "knowledge_points": found["points"],
        "points_over": found["points_over"],
        "points_repeated": found["points_repeated"],
    }


def extracted(given: IterableDataset, recipe: KnowledgePoints, model: Model) -> IterableDataset:
    """Seeds with their points as the model spells them."""
    return each(ask(given, extraction(recipe, model)), _settle, Features({}))


def _settle(batch: list[Row]) -> None:
    for row in batch:
        if not row["reason"]:
            failed(row, STEP, UNIT)


def main(argv: Sequence[str]) -> None:
    recipe = parse(
        KnowledgePoints, argv, "generation.knowledge_points", __doc__.splitlines()[0], FOLDER, alias={"seeds": "rows"}
    )
    recipe.check()
    step = Step(STEP, {"extractor": recipe.extractor}, {"extractor": [STEP]})
    write_step(step, recipe, seeds(recipe), lambda run, given: extracted(given, recipe, run.model("extractor")))


if __name__ == "__main__":
    command(main)
