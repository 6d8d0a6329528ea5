"""How points got their names, told from a folder alone: its `vocabulary`, and what its `replies` say of seeds and points.

    a seed's id -> the reply in which its points were named;  spellings -> what was asked about them
    an edge -> the seeds in which both of its points occur

The folder keeps no list of seeds: which reply is a seed's is found by the points that were read from it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from builders.errors import Unreadable
from builders.groups import rows_in
from builders.lookup import picked
from builders.problems import digest
from builders.row import Row
from cards.story import Cell, Note, Part, Section, Table
from generation.dual_filter import FILTER, spellings
from generation.exchanges import Source, asked_about, exchange, question, replies
from generation.gsdp_questions import question_of
from generation.knowledge_points import STEP as POINTS
from generation.merging import CHOICE, SYNONYMS
from generation.points import read_points
from generation.prompts import load_prompt
from generation.prompts import names as prompts
from graph.grouping import normal

STEPS = (FILTER, SYNONYMS, CHOICE)
HEAD = ("spelled", "named", "decision", "similarity", "why")


@dataclass(frozen=True)
class Vocabulary:
    """Rows of `vocabulary`: by seed, and by the name that they gave."""

    by_seed: Mapping[str, list[Row]]
    by_name: Mapping[str, list[Row]]
    by_spelling: Mapping[str, Row]
    heads: Mapping[str, str]  # spelling -> the spelling that was asked about, where it differs in nothing that matters

    def seeds(self) -> list[tuple[str, list[str]]]:
        """Every seed with the names of its points, as the graph is built of them."""
        return [(seed, [row["knowledge_point"] for row in _kept(rows)]) for seed, rows in self.by_seed.items()]

    def both(self, a: str, b: str) -> list[str]:
        """The seeds in which both points occur, sorted."""
        held = [{seed for row in self.by_name.get(name, ()) for seed in row["seed_ids"]} for name in (a, b)]
        return sorted(held[0] & held[1])


def _kept(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if row["knowledge_point"] is not None]


def vocabulary(source: Source) -> Vocabulary:
    """The decisions of a folder; empty where it holds none."""
    by_seed, by_name, by_spelling = defaultdict(list), defaultdict(list), {}
    for row in rows_in(source.files("vocabulary")):
        by_spelling[row["spelling"]] = row
        for seed in row["seed_ids"]:
            by_seed[seed].append(row)
        if row["knowledge_point"] is not None:
            by_name[row["knowledge_point"]].append(row)
    heads = spellings((seed, [row["spelling"] for row in rows]) for seed, rows in by_seed.items()).heads
    return Vocabulary(by_seed, by_name, by_spelling, {text: heads.get(normal(text), text) for text in by_spelling})


def decisions(rows: Iterable[Row]) -> Table:
    """What was decided about spellings, and why."""
    return Table(HEAD, [_decision(row) for row in sorted(rows, key=lambda row: str(row["spelling"]))])


def _decision(row: Row) -> list[Cell]:
    near = row["similarity"]
    return [
        row["spelling"], row["knowledge_point"], row["decision"], f"{near:.3f}" if near is not None else None, row["reason"],
    ]  # fmt: skip


def extractions(source: Source, names: Vocabulary, seeds: Iterable[str]) -> dict[str, list[Row]]:
    """The reply in which each seed's points were named; several where the folder does not tell whose is whose."""
    wanted: dict[frozenset[str], list[str]] = defaultdict(list)
    for seed in seeds:
        if seed in names.by_seed:
            wanted[frozenset(row["spelling"] for row in names.by_seed[seed])].append(seed)
    most = source.facts.recipe.get("most_points")
    fronts: dict[str, Mapping[str, Any]] = {}

    def named(text: str | None, prompt: str) -> frozenset[str]:
        if prompt not in fronts:
            ours = prompt.partition("@")[0]
            fronts[prompt] = load_prompt(ours).front if ours in prompts() else {"marks": ["points"]}
        try:
            return frozenset(read_points(text or "", fronts[prompt], most if isinstance(most, int) else 10)["points"])
        except Unreadable:
            return frozenset()

    def pick(steps: Any, texts: Any, labels: Any) -> list[int]:
        given = zip(steps.to_pylist(), texts.to_pylist(), labels.to_pylist(), strict=True)
        return [n for n, (step, text, label) in enumerate(given) if step == POINTS and named(text, label) in wanted]

    found: dict[str, list[Row]] = defaultdict(list)
    for reply in picked(source.files("replies"), ["step", "text", "prompt"], pick):
        for seed in wanted[named(reply["text"], reply["prompt"])]:
            found[seed].append(reply)
    return {seed: _own(seed, of) for seed, of in found.items()}


def _own(seed: str, of: list[Row]) -> list[Row]:
    """Of several replies with one list of points that of the seed, where its id is a hash of its texts."""
    own = [reply for reply in of if _is_about(reply, seed)]
    return own if len(of) > 1 and own else of


def _is_about(reply: Row, seed: str) -> bool:
    asked = question_of(question(reply["messages"]))
    return asked is not None and digest(asked.problem, asked.solution or None)[:16] == seed.partition("~")[0]


def seed_section(source: Source, names: Vocabulary, seed: str, found: Sequence[Row]) -> tuple[Section, list[Row]]:
    """A seed: the question that holds its text, the points as spelled in the reply, and their names."""
    parts: list[Part] = []
    if not found:
        parts.append(
            Note("The folder holds no reply that names just these points, so neither the seed's text nor its question.")
        )
    if len(found) > 1:
        parts.append(
            Note(f"{len(found)} replies name just these points, and the folder does not say which is this seed's:")
        )
    told = replies(source, [reply["key"] for reply in found])
    parts += [exchange(source, reply, "what one has to know to solve it") for reply in told]
    rows = names.by_seed.get(seed, [])
    parts.append(decisions(rows) if rows else Note("None of its points is in the vocabulary."))
    return Section(f"Seed {seed}", parts), told


def judged(source: Source, names: Vocabulary, texts: Iterable[str]) -> list[Row]:
    """What was asked about spellings: whether they are worth keeping, what they mean the same as, who stands for them."""
    return asked_about(source, STEPS, _about(names, texts))


def _about(names: Vocabulary, texts: Iterable[str]) -> Callable[[str, str], bool]:
    """Whether a question is about some spellings; of two that are compared, both must have got the same name."""
    of = [names.by_spelling[text]["knowledge_point"] for text in texts if text in names.by_spelling]
    heads = {names.heads.get(text, text) for text in texts}
    groups = {names.heads[row["spelling"]] for name in of for row in names.by_name.get(name, ())}

    def about(step: str, words: str) -> bool:
        asked = question_of(words)
        points = set(asked.points) if asked is not None else set()
        return bool(points & heads) and (step != SYNONYMS or points <= groups)

    return about


def point_section(
    source: Source, names: Vocabulary, name: str, used: Iterable[str], among: Iterable[Row]
) -> tuple[Section, list[Row]]:
    """How a point got its name: all its spellings, and of what was asked (`among`) that about those that are `used`."""
    used = sorted(used)
    about = _about(names, used)
    keys = [reply["key"] for reply in among if about(str(reply["step"]), question(reply["messages"]))]
    told = sorted(replies(source, keys), key=lambda reply: STEPS.index(reply["step"]))
    asked = [exchange(source, reply, _title(reply)) for reply in told]
    what: list[Part] = [
        decisions(names.by_name.get(name, ())),
        Note(f"What was asked about {' and '.join(map(repr, used))}:"),
    ]
    return Section(f"The point {name!r}", [*what, *asked] if asked else what[:1]), told


def _title(reply: Row) -> str:
    words = {FILTER: "is it worth keeping?", SYNONYMS: "do both mean the same?", CHOICE: "who stands for the group?"}
    return words.get(str(reply["step"]), str(reply["step"]))
