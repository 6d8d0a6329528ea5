"""New problems: each from a combination of knowledge points, checked before money goes on (GSDP, sections 2.4 and 2.5, prompt A.4).

id, knowledge_points, hop, weight, repetition, seed_ids -> the same and problem, contamination; or a reason
python -m generation.problems --rows data/combinations --endpoints http://127.0.0.1:8080 --output data/problems
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from typing import ClassVar

from datasets import Features, IterableDataset, List, Value

from builders.benchmarks import index_of
from builders.commands import command, option, parse
from builders.contamination import CONTAMINATION, contaminated
from builders.contamination import STEP as CLEAN
from builders.errors import UserError
from builders.overlap import Index
from builders.row import TEXT, Row
from builders.screen import say
from builders.seen import Seen
from generation.ask import Ask, ask
from generation.flaws import problem_flaw
from generation.language import other_language
from generation.models import Model
from generation.questions import each, failed, question, reject
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.steps import Step, given, write_step
from generation.verdicts import read_problem

STEP, UNIT = "problem", "problem"
COMBINATION = Features(
    {
        "id": TEXT, "knowledge_points": List(TEXT), "hop": TEXT, "weight": Value("int64"), "repetition": Value("int64"),
        "seed_ids": List(TEXT),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Problems(Common):
    """What `python -m generation.problems` can be told."""

    sharded: ClassVar[bool] = True
    rows: str = option(
        "data/combinations", "combinations: a finished folder of graph.combinations, or any rows with knowledge_points"
    )
    benchmarks: list[str] | None = option(
        None,
        "what no problem may share its words with: Hub ids, files or folders; FILE:column names the text (default: in a GSDP run "
        "where the seeds come from, every split)",
        metavar="B",
    )
    writer: Role = field(
        default_factory=lambda: Role(paper_model="deepseek-ai/deepseek-math-7b-rl", sampling=Sampling(1.0, 0.95, 1024)),
        metadata={"flag": False, "help": "the model that writes problems"},
    )


def writing(model: Model) -> Ask:
    """The question for a problem; a repetition of a pair is the next sample of its question."""
    number = partial(_repetition, model=model)
    return question(STEP, STEP, model, read_problem, Features({"problem": TEXT}), number=number)


def _repetition(row: Row, model: Model) -> int:
    number = row.get("repetition") or 0
    if number:
        check_repetitions(model)
    return int(number)


def check_repetitions(model: Model) -> None:
    """Refuses a writer to whom all repetitions of a pair are one question with one answer."""
    if model.sampling["temperature"] == 0:
        raise UserError(
            "the writer has temperature 0, at which all repetitions of a pair are one problem; give it more"
        )


def written(rows: IterableDataset, model: Model, index: Index | None, seeds: str = "") -> IterableDataset:
    """Combinations with their problems; what is unsound at first sight, known already, or a benchmark's has its reason.

    `seeds`: some of the seeds' text, in whose language a problem has to be; without any, languages are not looked at.
    """
    asked = writing(model)
    check = partial(_check, instructions=asked.prompt.body, index=index, seen=Seen(), seeds=seeds)
    return each(ask(rows, asked), check, Features({"contamination": CONTAMINATION}))


def _check(batch: list[Row], instructions: str, index: Index | None, seen: Seen, seeds: str) -> None:
    for row in batch:
        if not row["reason"]:
            failed(row, STEP, UNIT)
        if row["reason"]:
            continue
        row["contamination"] = index.hits(row["problem"]) if index else None
        flaw = problem_flaw(row["problem"], instructions)
        if row["contamination"]:
            reject(row, CLEAN, UNIT, "contaminated", contaminated(row["contamination"]))
        elif flaw:
            reject(row, STEP, UNIT, *flaw)
        elif language := other_language([row["problem"]], seeds) if seeds else None:
            reject(row, STEP, UNIT, "language", language.replace("passage", "seeds"))
        elif earlier := seen.add(sha256(" ".join(row["problem"].split()).encode()).hexdigest(), row["id"]):
            reject(row, STEP, UNIT, "duplicate", f"the same problem as {earlier}")


def against(benchmarks: Sequence[str] | None, seeds: str | None = None) -> Sequence[str]:
    """What problems are compared with: the benchmarks; where nothing is said, where the seeds come from."""
    return [seeds] if benchmarks is None and seeds else benchmarks or []


def index_over(benchmarks: Sequence[str]) -> tuple[Index | None, dict[str, Counter[str]]]:
    """`index_of` benchmarks, None without any; says which of their items cannot be looked for."""
    if not benchmarks:
        return None, {}
    index, counts = index_of(benchmarks)
    for name, count in counts.items():
        if count["unread"]:
            say(f"{count['unread']:,} items of {name} cannot be read, and are not looked for")
    return index, counts


def main(argv: Sequence[str]) -> None:
    recipe = parse(Problems, argv, "generation.problems", __doc__.splitlines()[0], FOLDER)
    recipe.check()
    rows = given(recipe, ["knowledge_points"], ["knowledge_points"])
    index, _ = index_over(against(recipe.benchmarks))
    step = Step(STEP, {"writer": recipe.writer}, {"writer": [STEP]})
    write_step(
        step,
        recipe,
        rows,
        lambda run, rows: written(rows, run.model("writer"), index),
        lambda run: [writing(run.model("writer"))],
    )


if __name__ == "__main__":
    command(main)
