"""Points that mean the same get one name: near pairs, a model's yes or no, and a model's choice (GSDP, appendix D.1).

    points (n), vectors (n x d) -> Fate of each: name, decision (kept, chosen, merged), reason, similarity to the name

A name belongs to one group only: one that a model makes up, and that another point has or had, is not taken.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from datasets import Dataset, Features, List, Value
from numpy.typing import NDArray

from builders.errors import SAFE, Unsettled
from builders.row import TEXT, Row
from builders.screen import say
from generation.ask import Ask, ask
from generation.models import Model
from generation.point_verdicts import chosen, read_choice, read_same
from generation.questions import question
from graph.grouping import groups, normal
from graph.similarity import Pairs, bars, close_pairs, cosines, histogram

if TYPE_CHECKING:
    from generation.run import Run

SYNONYMS, CHOICE = "synonyms", "representative"
SAME = Features({"same": Value("bool"), "why": TEXT})
CHOSEN = Features({"choice": TEXT, "why": TEXT, "stated": Value("bool")})


@dataclass(frozen=True)
class Fate:
    """What became of a point: the name that it has from now on, what was decided, why, and its similarity to the name."""

    name: str
    decision: str
    reason: str | None = None
    similarity: float | None = None


@dataclass(frozen=True)
class Terms:
    """How points merge: thresholds, how often each is met, and what is no name (its normal form -> what it is).

    `chooses`: whether a model chooses the names; else the most frequent spelling is one.
    """

    sure: float
    near: float
    frequency: Mapping[str, int]
    taken: Mapping[str, str]
    chooses: bool = True

    def usual(self, members: Sequence[str]) -> str:
        """The most frequent of some points, ties by text."""
        return min(members, key=lambda text: (-self.frequency[text], text))


def barrier(reasons: Iterable[str | None], what: str, run: "Run") -> None:
    """Opens when everything before it is settled: all rows by their reason. Unsettled where one has no answer yet.

    A run that asks nothing for now (a shard that looks whether the graph stands) needs every one of them, whatever its flags say.
    """
    counts = Counter(reasons)
    missing = counts["no_answer"]
    if missing and (run.silent or not (run.options.keep_going or run.options.from_ledger)):
        raise Unsettled(
            f"{missing:,} of {counts.total():,} {what} have no answer yet, and the graph waits for all; {SAFE}, "
            "with --keep-going without them"
        )


def merged(
    texts: Sequence[str], vectors: NDArray[np.float32], terms: Terms, run: "Run"
) -> tuple[dict[str, Fate], dict[str, int]]:
    """The fate of each point, and how similar each is to its nearest (a histogram)."""
    spread = histogram(texts, vectors)
    pairs = close_pairs(texts, vectors, terms.near)
    asked = len(pairs.undecided(terms.sure))
    if spread:
        say(f"how similar {sum(spread.values()):,} of {len(texts):,} points are to their nearest:")
        say(bars(spread))
    say(
        f"{len(pairs.a) - asked:,} pairs agree by themselves (from {terms.sure}), {asked:,} are a model's to decide (from {terms.near})"
    )
    said = _verdicts(texts, pairs, terms.sure, run)
    found = groups(texts, pairs, {pair: same for pair, (same, _) in said.items()}, terms.sure)
    several = [[texts[n] for n in group] for group in found if len(group) > 1]
    named = _named(
        several, terms, {normal(text): "the name of another point" for text in texts} | dict(terms.taken), run
    )
    fates = {texts[group[0]]: Fate(texts[group[0]], "kept") for group in found if len(group) == 1}
    numbers = {text: number for number, text in enumerate(texts)}
    for members in several:
        name, reason = named[members[0]]
        near: Sequence[float | None] = [None] * len(members)
        if name in numbers:
            at = np.array([numbers[text] for text in members])
            near = cosines(vectors, at, np.full(len(at), numbers[name])).tolist()
        for text, similarity in zip(members, near, strict=True):
            decision, why = "merged", reason
            if text == name:
                decision = "chosen"
            elif similarity is not None:
                _, why = said.get((min(text, name), max(text, name)), (True, f"two points agree from {terms.sure}"))
            fates[text] = Fate(name, decision, why, similarity)
    return fates, spread


def comparing(model: Model) -> Ask:
    """The question whether two points are one."""
    return question(SYNONYMS, SYNONYMS, model, read_same, SAME)


def choosing(model: Model) -> Ask:
    """The question who stands for a group."""
    return question(CHOICE, CHOICE, model, read_choice, CHOSEN)


def _asked(rows: Dataset, asking: Ask, what: str, run: "Run") -> list[Row]:
    """Rows that a question of the curator's was asked about, none without an answer."""
    made: list[Row] = [dict(row) for row in ask(rows, asking, run=run)]
    barrier((row[f"{asking.name}_error"] for row in made), what, run)
    return made


def _verdicts(
    texts: Sequence[str], pairs: Pairs, sure: float, run: "Run"
) -> dict[tuple[str, str], tuple[bool, str | None]]:
    """What a model says of the pairs that are near without being sure, and why."""
    open_ = pairs.undecided(sure)
    if not len(open_):
        return {}
    ends: dict[str, Any] = {"a": [texts[n] for n in pairs.a[open_]], "b": [texts[n] for n in pairs.b[open_]]}
    rows = Dataset.from_dict(ends, features=Features({"a": TEXT, "b": TEXT}))
    made = _asked(rows, comparing(run.model("curator")), "pairs of points", run)
    return {(row["a"], row["b"]): (row["same"] is True, row["why"]) for row in made}


def _named(
    several: list[list[str]], terms: Terms, taken: dict[str, str], run: "Run"
) -> dict[str, tuple[str, str | None]]:
    """first member of each group -> (the name that stands for it, why)."""
    if not several:
        return {}
    if not terms.chooses:
        return {members[0]: (terms.usual(members), "the most frequent spelling") for members in several}
    rows = Dataset.from_dict({"members": several}, features=Features({"members": List(TEXT)}))
    found: dict[str, tuple[str, str | None]] = {}
    for row in _asked(rows, choosing(run.model("curator")), "groups of points", run):
        members: list[str] = row["members"]
        found[members[0]] = _name(row, members, terms, taken)
    return found


def _name(row: Row, members: list[str], terms: Terms, taken: dict[str, str]) -> tuple[str, str | None]:
    """The name of one group, and why; a new one is taken from then on."""
    if row["choice"] is None:
        return terms.usual(members), f"the most frequent spelling; the model's choice is {row[f'{CHOICE}_error']}"
    name, new = chosen(row["choice"], members)
    own = {normal(text): text for text in members}
    form = normal(name)
    if not new or form in own:
        return own.get(form, name) if new else name, row["why"]
    if not row["stated"]:
        return terms.usual(members), f"the most frequent spelling; what the model says, {name}, is none of them"
    if form in taken:
        return terms.usual(members), f"the most frequent spelling; the name chosen, {name}, is {taken[form]}"
    taken[form] = "the name of another group"
    return name, row["why"]
