"""The way of a row: the stages that it comes through, how many came so far, and what was lost at each, and why.

Facts -> stages, for a table and for a picture
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from builders.markdown import code, table, words
from cards.columns import tally
from cards.facts import Facts, Style, mapping, whole

# What becomes of a reply before anybody reads what it says.
UNREAD = ("refused", "no_answer", "cut", "unreadable")
# The stages of a problem, in their order: what it means, and the steps that may end it there.
STAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "drawn": ("combinations that were drawn", ()),
    "written": ("a problem could be read, and is sound at first sight", ("problem",)),
    "clean": ("it shares no run of words with a benchmark", ("decontaminate",)),
    "scored": ("the panel's score is high enough, and its difficulty is rated", ("judge_problem", "difficulty")),
    "solved": ("a solution gives its answer in a box, and the vote (where it counts) has a majority", ("solution",)),
    "vetted": ("no judge calls the solution wrong", ("judge_solution", "text")),
    "distinct": ("no model finds a benchmark's problem in it, as far as embeddings lead there", ("problem_embedding", "same_problem")),
}  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """`how`: what is done on the way to here. `part`: whether these are some of those before, so that a share says something."""

    name: str
    count: int
    how: str
    lost: Mapping[str, int] = field(default_factory=dict)
    part: bool = True

    @property
    def noun(self) -> str:
        """The name, for as many as there are."""
        return {"replies": "reply"}.get(self.name, self.name.removesuffix("s")) if self.count == 1 else self.name


def dialogue_stages(facts: Facts, styles: Sequence[Style]) -> list[Stage]:
    """From documents to the dialogues that were kept."""
    counts = mapping(mapping(facts.run.get("counts")).get("documents"))
    came, passages = (int(counts.get(name) or 0) for name in ("in", "passages"))
    asked = sum(style.asked for style in styles)
    lost = sum((Counter(style.rejected) for style in styles), Counter[str]())
    unread = {reason: count for reason, count in lost.items() if reason in UNREAD}
    read = asked - sum(unread.values())
    about_problems, limit = bool(facts.recipe.get("verified")), facts.recipe.get("passage_tokens")
    taken = "taken as they are"
    if about_problems:
        taken = "each with its solution, those that are verified"
    elif limit is not None:
        taken = f"cut at paragraphs and sentences, at most {limit} tokens each"
    first = [Stage("problems" if about_problems else "documents", came, "", part=False)] if came else []
    return [
        *first,
        Stage("passages", passages, taken, whole(counts.get("rejected")), part=about_problems),
        Stage("replies", asked, "each passage put to the model once for each style", part=False),
        Stage("dialogues", read, "what came back is read into turns", unread),
        Stage("kept", asked - lost.total(), "filters look at each", dict(lost - Counter(unread))),
    ]


def problem_stages(facts: Facts) -> list[Stage]:
    """From seed problems to the problems that were kept; as far as the run went."""
    counts, graph = mapping(facts.run.get("counts")), mapping(facts.run.get("graph"))
    units = {name: mapping(mapping(counts.get("units")).get(name)) for name in ("seed", "point", "problem")}
    stages = []
    if units["seed"]:
        stages.append(Stage("seeds", int(units["seed"].get("in") or 0), "", part=False))
        reasons = whole(units["seed"].get("rejected"))
        stages.append(Stage("read", int(units["seed"].get("kept") or 0), "a model names what one has to know", reasons))
    if units["point"]:
        stages.append(
            Stage("spellings", int(units["point"].get("in") or 0), "the points, as they were written", part=False)
        )
        reasons = whole(units["point"].get("rejected"))
        stages.append(
            Stage(
                "points",
                int(graph.get("points") or 0),
                "the rest: what means the same gets one name",
                reasons,
                part=False,
            )
        )
        stages.append(Stage("edges", int(graph.get("edges") or 0), "points of one seed are joined", part=False))
    if facts.run.get("until"):
        return stages
    lost = lost_at(facts)
    for number, (name, count) in enumerate(mapping(counts.get("stages")).items()):
        how = STAGES.get(name, (name, ()))[0]
        stages.append(Stage(name, int(count or 0), how, lost.get(name, {}), part=number > 0))
    return stages


def lost_at(facts: Facts) -> dict[str, dict[str, int]]:
    """stage -> reason -> problems that ended there."""
    found: dict[str, Counter[str]] = {}
    if "rejected" in facts.configs:
        for (unit, step, reason), count in tally(facts.configs["rejected"], ["unit", "step", "reason"]).items():
            first = str(step).partition("/")[0]
            stage = next((name for name, (_, steps) in STAGES.items() if first in steps), None)
            if unit == "problem" and stage:
                found.setdefault(stage, Counter())[str(reason)] += count
    return {name: dict(reasons) for name, reasons in found.items()}


def listed(reasons: Mapping[str, int], shown: Any = code) -> str:
    """The reasons, the most frequent first."""
    return ", ".join(
        f"{shown(reason)} {count:,}" for reason, count in sorted(reasons.items(), key=lambda one: (-one[1], one[0]))
    )


def stage_table(stages: Sequence[Stage]) -> str:
    """The stages as a table; `of all` is of the last stage that is no part of one before."""
    rows: list[list[Any]] = []
    before, first = 0, 0
    for stage in stages:
        first = first if stage.part else stage.count
        shares = [f"{stage.count / of:.0%}" if stage.part and of else "–" for of in (before, first)]
        rows.append([words(stage.name), words(stage.how), stage.count, *shares, listed(stage.lost)])
        before = stage.count
    head = ["stage", "how it comes there", "count", "of those before", "of all", "lost there, and why"]
    return table(head, rows) if rows else ""
