"""What a model is asked: GSM8K, MATH (whole, and MATH-500 apart) and SVAMP as tasks of ours, anything else by its lm-eval name.

    gsm8k, math500=FILE, {name, rows, ...}, mmlu -> Task, or the name that lm-eval knows;  Task -> items: id, problem, answer, prompt

Ours are read by `builders`, and their answers compared by Math-Verify. A set whose size is not what the papers evaluated on is refused.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from builders import problems
from builders.commands import option
from builders.errors import UserError
from builders.layout import NoSplit
from builders.recipe import load
from builders.row import Row
from builders.sources import Source, find

EVERY = "every"  # as a split: all of them
HOLE = "{problem}"
ASKED = "Problem:\n{problem}\n\nSolution:\n"  # as GSDP trains (section 3.1)
BOXED = "{problem}\n\nReason step by step, and put the final answer in \\boxed{}."  # of a model with a chat template


@dataclass(frozen=True)
class Task:
    """A set of problems with answers."""

    name: str = option("", "what the table calls it")
    rows: str = option("", "a Hub id, a local file or a folder")
    config: str | None = option(None, "a config of it")
    split: str | None = option("test", "a split of it, or every")
    items: int | None = option(None, "how many there must be")
    prompt: str = option("", "what is asked, with {problem} in it")
    shots: int = option(0, "solved problems before it, the first of `examples`")
    examples: str = option("", "where those come from: the train split of this")
    max_tokens: int = option(1024, "of a reply")
    stop: list[str] = option(["\n\nProblem:"], "where a reply ends")


GSM8K, MATH = "openai/gsm8k", "EleutherAI/hendrycks_math"
OURS = {
    task.name: task
    for task in (
        Task("gsm8k", GSM8K, items=1319, examples=GSM8K),
        Task("math", MATH, items=5000, examples=MATH),
        Task("math500", "HuggingFaceH4/MATH-500", items=500, examples=MATH),
        # The Hub's copy holds the thousand problems of the paper as 700 and 300.
        Task("svamp", "ChilleD/SVAMP", split=EVERY, items=1000, examples=GSM8K),
    )
}


def tasks_of(given: Sequence[Any], where: str) -> tuple[list[Task], list[str]]:
    """Tasks of ours, and the names that are lm-eval's. UserError for what no task could mean."""
    ours: list[Task] = []
    theirs: list[str] = []
    for each in given:
        if isinstance(each, dict):
            said = load(Task, each, f"{where}: tasks")
            known = OURS.get(said.name)
            ours.append(load(Task, {**asdict(known), **each}, where) if known else said)
            continue
        name, told, place = str(each).partition("=")
        if name in OURS:
            ours.append(replace(OURS[name], rows=place, split=EVERY) if told else OURS[name])
        elif told:
            raise UserError(f"{where} gives {name} a place, but it is no task of ours; these are {', '.join(OURS)}")
        else:
            theirs.append(name)
    names = [*(task.name for task in ours), *theirs]
    wrong = next((task.name for task in ours if not task.name or not task.rows), None)
    if wrong is not None:
        raise UserError(f"{where} has the task '{wrong}' of ours without a name or rows")
    empty = next((task for task in ours if task.prompt and HOLE not in task.prompt), None)
    if empty is not None:
        raise UserError(f"{where}: the prompt of {empty.name} has no {HOLE} in it, and would ask nothing")
    if len(set(names)) < len(names):
        raise UserError(f"{where} names a task twice: {', '.join(sorted(n for n in set(names) if names.count(n) > 1))}")
    if not names:
        raise UserError(f"{where} names no tasks; ours are {', '.join(OURS)}, others are lm-eval's")
    return ours, theirs


def items_of(task: Task, limit: int | None) -> list[Row]:
    """The items of a task: id, problem, answer. UserError where they are not those, or one has no answer."""
    made = [row for file in source(task).files for row in problems.of_file(file)]
    if task.items is not None and len(made) != task.items:
        raise UserError(
            f"{task.name} has {len(made):,} items at {task.rows}, and it must have {task.items:,}: another split or another "
            "copy gives other numbers; name the right one, or say `items` in the recipe"
        )
    bad = next((row for row in made if row["bad_row"] or not row["answer"]), None)
    if bad is not None or not made:
        said = "no items" if bad is None else f"an item ({bad['id']}) without problem or answer: {bad['bad_row'] or ''}"
        raise UserError(f"{task.name} has {said} at {task.rows}".rstrip(": "))
    times: Counter[str] = Counter()
    items = []
    for row in made[:limit]:
        times[row["id"]] += 1  # two items of one id would be one where models are compared
        name = row["id"] if times[row["id"]] == 1 else f"{row['id']}~{times[row['id']]}"
        items.append({"id": name, "problem": row["problem"], "answer": row["answer"]})
    return items


def source(task: Task) -> Source:
    """The files of a task."""
    if task.config:
        return find(task.rows, config=task.config)
    if task.split == EVERY:
        return problems.whole(task.rows)
    try:
        return problems.found(task.rows, task.split)
    except NoSplit:
        return problems.found(task.rows)


def examples_of(task: Task) -> list[Row]:
    """The solved problems that stand before an item."""
    if not task.shots:
        return []
    there = problems.found(task.examples, "train")
    solved = (row for file in there.files for row in problems.of_file(file) if row["solution"] and row["problem"])
    made = list(islice(solved, task.shots))
    if len(made) < task.shots:
        raise UserError(f"{task.name} wants {task.shots} examples, and {task.examples} has {len(made)} with a solution")
    return made


def prompt_of(task: Task, problem: str, examples: Sequence[Row], chat: bool) -> str:
    """An item as it is asked."""
    form = task.prompt or (BOXED if chat else ASKED)
    # not str.format: a prompt of mathematics has braces of its own
    before = [form.replace(HOLE, each["problem"]) + f"{each['solution']}\n\n" for each in examples]
    return "".join(before) + form.replace(HOLE, problem)
