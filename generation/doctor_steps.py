"""A sample question for each step of a recipe, in its own words about its own rows, and what is read from the reply.

roles that can be asked + rows -> Sampled: step, role, the answer as it is read, tokens, seconds

These are a run's own questions: their replies are kept in the ledger, and the run that follows does not ask them again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from builders.row import Row, stream
from generation.ask import Ask, ask
from generation.dialogues import Dialogues, load_styles, questions
from generation.difficulty import rating
from generation.dual_filter import filtering
from generation.embedded import embedding as embedding_problems
from generation.embeddings import ROLE, embedding, unpacked
from generation.gsdp_plan import POINTS
from generation.gsdp_recipe import Gsdp
from generation.judge import Panel, scoring, vetting
from generation.knowledge_points import STEP, extraction
from generation.merging import choosing, comparing
from generation.problems import writing
from generation.semantic import confirming
from generation.solutions import solving

if TYPE_CHECKING:
    from generation.run import Run

ROWS = 2  # that a step is asked about at most: the second where the reply about the first cannot be used
SHOWN = 200  # characters of an answer


@dataclass(frozen=True)
class Sampled:
    """A step's sample: the answer as it was read, or the reason for which it was not."""

    step: str
    role: str
    answer: str
    reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    seconds: float | None
    asked: int  # replies that were paid for now; 0 where the ledger held it
    paid: tuple[int, int]  # their tokens, of the prompts and of the replies
    text: str  # what was asked
    columns: Row


def always(row: Row) -> bool:
    """A sample is asked for whatever a row is."""
    return True


def sampled(run: "Run", of: Sequence[Ask], rows: Sequence[Row]) -> list[Sampled]:
    """Each question about the first of the rows; about the next, where what came cannot be used."""
    made: dict[str, Sampled] = {}
    for row in rows[:ROWS]:
        left = [replace(one, samples=1, when=always) for one in of if one.name not in made or made[one.name].reason]
        for one, found in zip(left, _asked(run, left, row), strict=True):
            before = made.get(one.name)
            made[one.name] = _with(found, before) if before else found
    return [made[one.name] for one in of if one.name in made]


def _with(found: Sampled, before: Sampled) -> Sampled:
    """The second sample of a step, with what the first was paid for."""
    paid = (a + b for a, b in zip(found.paid, before.paid, strict=True))
    return replace(found, asked=found.asked + before.asked, paid=(next(paid), next(paid)))


def _asked(run: "Run", left: Sequence[Ask], row: Row) -> Iterator[Sampled]:
    if not left:
        return
    needed = {name: row[name] for one in left for name in one.prompt.needs if name in row}
    rows = {**needed, "repetition": 0, "reason": None}
    texts = ["\n".join(m["content"] for m in one.prompt.messages(rows)) for one in left]
    keys = [run.asking(one).question(one.prompt.messages(rows), 0).key for one in left]
    held = run.ledger.which(keys)
    [answer] = ask(stream(partial(iter, [rows]), None), *left, run=run)
    for one, key, text in zip(left, keys, texts, strict=True):
        reply = run.ledger.held([answer[f"{one.name}_key"] or key]).get(answer[f"{one.name}_key"] or key)
        columns = {name: answer.get(name) for name in one.adds}
        now = reply if key not in held else None
        reason = answer[f"{one.name}_error"]
        yield Sampled(
            one.name, one.model.role,
            shown(columns) if reason is None else f"{reason}: {answer[f'{one.name}_detail']}", reason,
            reply.prompt_tokens if reply else None, reply.completion_tokens if reply else None,
            reply.seconds if reply else None, int(now is not None),
            (now.prompt_tokens or 0, now.completion_tokens or 0) if now else (0, 0), text, columns,
        )  # fmt: skip


def shown(columns: Row) -> str:
    """An answer in a line."""
    # A number that is no score only counts what was left out.
    parts = [
        _shown(name, value) for name, value in columns.items() if value not in (None, [], "") and type(value) is not int
    ]
    return " ".join("; ".join(parts).split())[:SHOWN]


def _shown(name: str, value: Any) -> str:
    if name == "vector":
        return f"a vector of {len(unpacked(value)):,}"
    if isinstance(value, dict) and "turns" in value:
        return f"{len(value['turns'])} turns: {value['text']}" if value["turns"] else str(value["text"])
    if isinstance(value, dict):
        return "; ".join(_shown(*pair) for pair in value.items() if pair[1] not in (None, ""))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def of_mind(recipe: Dialogues, run: "Run", passages: Sequence[Row]) -> list[Sampled]:
    """A dialogue of each style."""
    return sampled(run, questions(load_styles(recipe), run.model("generator")), passages)


def of_gsdp(recipe: Gsdp, run: "Run", seeds: Sequence[Row]) -> list[Sampled]:
    """Each question of sections 2.2, 2.4 and 2.5, about what was answered before it, else about the seeds themselves."""
    there = run.models
    found = sampled(run, [extraction(recipe, there["extractor"])] if "extractor" in there else [], seeds)
    if recipe.until == STEP:
        return found
    points = [point for one in found for point in one.columns.get("knowledge_points") or ()]
    rows = [_points(points[start:] if len(points) > start + 1 else []) for start in (0, 1)]
    about: list[Ask] = []
    if "curator" in there:
        about += [filtering(there["curator"]), comparing(there["curator"]), choosing(there["curator"])]
    about += [embedding(there[ROLE])] if ROLE in there else []
    about += [writing(there["writer"])] if "writer" in there else []
    found += sampled(run, about, rows)
    written = next((one.columns["problem"] for one in found if one.step == "problem" and not one.reason), None)
    problems = [{**rows[0], "problem": written}] if written else []
    problems += [{**rows[0], **{name: seed[name] for name in ("problem", "solution")}} for seed in seeds[:1]]
    problems = [{**row, "alike": [seeds[0]["problem"]]} for row in problems]
    panel = Panel(
        tuple((judge.name, there[judge.name], judge.weight) for judge in recipe.judges if judge.name in there), {}
    )
    asked = [*scoring(panel), *([rating(there["rater"])] if "rater" in there else [])]
    solvers = replace(recipe, solvers=[solver for solver in recipe.solvers if solver.name in there])
    asked += solving(solvers, run)
    asked += (
        [embedding_problems(there[ROLE]), confirming(there["curator"])[0]] if {ROLE, "curator"} <= set(there) else []
    )
    found += sampled(run, asked, problems)
    solved = [one.columns[one.step]["solution"] for one in found if one.step.startswith("solution/") and not one.reason]
    return found + sampled(
        run, vetting(panel), [*({**problems[0], "solution": text} for text in solved[:1]), problems[-1]]
    )


def _points(points: Sequence[str]) -> Row:
    """What is asked about points, of those that a seed has."""
    if len(points) < 2:
        return dict(POINTS)
    a, b = sorted(points[:2])
    return {"knowledge_point": points[0], "a": a, "b": b, "members": sorted(points[:3]), "knowledge_points": [a, b]}
