"""The vocabulary: spellings of knowledge points become one name per point, by a dual filter (GSDP, section 2.2 and D.1).

    seed id, knowledge_points -> knowledge_point, spelling, seed_ids, similarity, decision, reason; a row per spelling
    python -m generation.vocabulary --rows data/points --endpoints http://127.0.0.1:8080 --embeddings BAAI/bge-m3 --output data/vocabulary

A model drops what is vague, wrong or too detailed; embeddings find what lies near, a model says yes or no where that is
not enough, and chooses who stands for a group. Every decision is a row that one can read.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from datasets import Dataset, Features, List, Value

from builders.commands import option
from builders.errors import UserError, WorldError
from generation.ahead import Row
from generation.ask import Ask, ask
from generation.embeddings import STEP as EMBEDDING
from generation.embeddings import embedding, stacked
from generation.models import Model
from generation.points import chosen, read_choice, read_kind, read_same
from generation.questions import TEXT, question
from generation.recipes import Common, Role, Sampling
from generation.screen import say
from graph.grouping import groups, normal, same
from graph.similarity import LEAST, SURE, Pairs, bars, close_pairs, cosines, histogram

if TYPE_CHECKING:
    from generation.run import Run

FILTER, SYNONYMS, CHOICE = "point_filter", "synonyms", "representative"
STEPS = (FILTER, SYNONYMS, CHOICE)
VOCABULARY = Features(
    {"knowledge_point": TEXT, "spelling": TEXT, "seed_ids": List(TEXT), "similarity": Value("float64"), "decision": TEXT, "reason": TEXT}
)  # fmt: skip
KINDS = {"vague": "vague_point", "wrong": "wrong_point", "detailed": "detailed_point"}
POINT = Features({"knowledge_point": TEXT})


@dataclass(frozen=True)
class Vocabulary(Common):
    """What the dual filter can be told."""

    embeddings: str | None = option(
        None,
        "URL of a text-embeddings-inference server, NAME for sentence-transformers, rehearsal, or none: only points that are "
        "equal after normalising merge (default: the rehearsal's where that answers, else BAAI/bge-m3)",
        metavar="URL|NAME",
    )
    sure: float = option(SURE, "similarity from which two points agree by themselves (the paper's, for bge-m3)")
    near: float = option(LEAST, "similarity from which a model is asked whether they do")
    curator: Role = field(
        default_factory=lambda: Role(sampling=Sampling(0.0, None, 512)),
        metadata={"flag": False, "help": "the model that filters points, compares them and names their groups"},
    )
    embedder: Role = field(
        default_factory=lambda: Role(paper_model="BAAI/bge-m3", dialect="embed"),
        metadata={"flag": False, "help": "the server of the embeddings, for its token and price"},
    )


@dataclass(frozen=True)
class Names:
    """What became of the spellings: `name` of each that is kept, the decisions (VOCABULARY), and the points rejected."""

    name: Mapping[str, str]
    decisions: list[Row]
    rejected: list[Row]
    counts: Counter[str]
    spread: Mapping[str, int]  # how similar each point is to its nearest


def decided(seeds: Sequence[tuple[str, Sequence[str]]], recipe: Vocabulary, run: "Run") -> Names:
    """One name for each point of the seeds. UserError for thresholds that no cosine has."""
    if not 0 < recipe.near <= recipe.sure <= 1:
        raise UserError(f"near is {recipe.near} and sure is {recipe.sure}; it must be 0 < near <= sure <= 1")
    spellings = Counter(point for _, points in seeds for point in dict.fromkeys(points))
    holders: dict[str, list[str]] = {}
    for name, points in seeds:
        for point in dict.fromkeys(points):
            holders.setdefault(point, []).append(name)
    forms = same(sorted(spellings))
    texts = sorted(spellings)
    # Of the spellings that differ in nothing that matters the most frequent stands for all, ties by text.
    heads = {form: min((texts[n] for n in of), key=lambda t: (-spellings[t], t)) for form, of in forms.items()}
    judged = _judged(sorted(heads.values()), recipe, run)
    kept = [row for row in judged if not row["reason"]]
    names, why = _merged(kept, spellings, recipe, run)
    told = _Told({row["knowledge_point"]: row for row in judged}, names, why, holders)
    decisions = [told.row(text, heads.get(normal(text))) for text in texts]
    settled = {row["spelling"]: row["knowledge_point"] for row in decisions if row["knowledge_point"]}
    rejected = [told.rejection(text, heads.get(normal(text))) for text in texts if text not in settled]
    vectors = stacked(kept) if kept and kept[0].get("vector") else None
    spread = histogram([r["knowledge_point"] for r in kept], vectors)["nearest"] if vectors is not None else {}
    return Names(settled, decisions, rejected, Counter(row["decision"] for row in decisions), spread)


def filtering(model: Model) -> Ask:
    """The question whether a point is worth keeping."""
    return question(FILTER, FILTER, model, read_kind, Features({"kind": TEXT, "why": TEXT}))


def _judged(points: Sequence[str], recipe: Vocabulary, run: "Run") -> list[Row]:
    """Each point with its kind, its vector, and the reason for which it is dropped."""
    rows = Dataset.from_dict({"knowledge_point": list(points)}, features=POINT)
    if not points:
        return []
    made = ask(rows, filtering(run.model("curator")), run=run)
    if "embedder" in run.models:
        question = embedding(run.model("embedder"))
        made = ask(
            made, Ask(question.name, question.prompt, question.model, question.read, question.adds, when=_good), run=run
        )
    found = [dict(row) for row in made]
    for row in found:
        row["reason"] = row[f"{FILTER}_error"] or KINDS.get(row["kind"]) or row.get(f"{EMBEDDING}_error")
        row["detail"] = row[f"{FILTER}_detail"] or row["why"] or row.get(f"{EMBEDDING}_detail")
    _barrier(found, "points", run)
    return found


def _good(row: Row) -> bool:
    return bool(row["kind"] == "keep")


def _barrier(rows: Sequence[Row], what: str, run: "Run", step: str | None = None) -> None:
    """The graph opens when everything before it is settled."""
    open_ = [row for row in rows if (row[f"{step}_error"] if step else row["reason"]) == "no_answer"]
    if open_ and not run.options.keep_going and not run.options.from_ledger:
        raise WorldError(
            f"{len(open_)} of {len(rows)} {what} have no answer yet, and the graph waits for all; all that was paid for is safe, the "
            "same command asks them again, and --keep-going goes on without them"
        )


def _merged(
    rows: Sequence[Row], spellings: Mapping[str, int], recipe: Vocabulary, run: "Run"
) -> tuple[dict[str, str], dict[str, tuple[str, str | None, float | None]]]:
    """point -> the name of its group, and -> (decision, reason, similarity to who stands for it)."""
    texts = [row["knowledge_point"] for row in rows]
    if not rows or not rows[0].get("vector"):
        return {text: text for text in texts}, dict.fromkeys(texts, ("kept", None, None))
    vectors = stacked(rows)
    pairs = close_pairs(texts, vectors, recipe.near)
    say(
        f"how similar each of {len(texts):,} points is to its nearest (sure from {recipe.sure}, a model decides from {recipe.near}):"
    )
    say(bars(histogram(texts, vectors)["nearest"]))
    found = groups(texts, pairs, _verdicts(texts, pairs, recipe, run), recipe.sure)
    named = _chosen([[texts[n] for n in group] for group in found if len(group) > 1], spellings, run)
    names: dict[str, str] = {}
    why: dict[str, tuple[str, str | None, float | None]] = {}
    taken = {texts[group[0]] for group in found if len(group) == 1}
    numbers = {text: number for number, text in enumerate(texts)}
    for group in found:
        members = [texts[n] for n in group]
        name, reason = named.get(members[0], (members[0], None))
        if len(members) > 1 and name not in members and normal(name) in {normal(text) for text in taken}:
            name, reason = _usual(members, spellings), f"the name chosen, {name}, is another point's"
        taken.add(name)
        near = cosines(vectors, np.array(group), np.full(len(group), numbers[name])) if name in numbers else None
        for place, text in enumerate(members):
            names[text] = name
            decision = "kept" if len(members) == 1 else "chosen" if text == name else "merged"
            why[text] = (decision, reason, None if near is None or len(members) == 1 else float(near[place]))
    return names, why


def _verdicts(texts: Sequence[str], pairs: Pairs, recipe: Vocabulary, run: "Run") -> dict[tuple[str, str], bool]:
    """What a model says of the pairs that are near without being sure."""
    open_ = pairs.undecided(recipe.sure)
    if not len(open_):
        return {}
    ends = {"a": [texts[n] for n in pairs.a[open_]], "b": [texts[n] for n in pairs.b[open_]]}
    asked = question(
        SYNONYMS, SYNONYMS, run.model("curator"), read_same, Features({"same": Value("bool"), "why": TEXT})
    )
    made = [
        dict(row) for row in ask(Dataset.from_dict(ends, features=Features({"a": TEXT, "b": TEXT})), asked, run=run)
    ]
    _barrier(made, "pairs of points", run, SYNONYMS)
    return {(row["a"], row["b"]): row["same"] is True for row in made}


def _chosen(members: list[list[str]], spellings: Mapping[str, int], run: "Run") -> dict[str, tuple[str, str | None]]:
    """first member of each group -> (the name that stands for it, why)."""
    if not members:
        return {}
    rows = Dataset.from_dict({"members": members}, features=Features({"members": List(TEXT)}))
    asked = question(CHOICE, CHOICE, run.model("curator"), read_choice, Features({"choice": TEXT, "why": TEXT}))
    made = [dict(row) for row in ask(rows, asked, run=run)]
    _barrier(made, "groups of points", run, CHOICE)
    found: dict[str, tuple[str, str | None]] = {}
    for row in made:
        of = row["members"]
        if row["choice"] is None:
            found[of[0]] = (
                _usual(of, spellings),
                f"the most frequent spelling; the model's choice is {row[f'{CHOICE}_error']}",
            )
        else:
            found[of[0]] = (chosen(row["choice"], of)[0], row["why"])
    return found


def _usual(members: Sequence[str], spellings: Mapping[str, int]) -> str:
    return min(members, key=lambda text: (-spellings[text], text))


@dataclass(frozen=True)
class _Told:
    """Puts decisions into words."""

    judged: Mapping[str, Row]
    names: Mapping[str, str]
    why: Mapping[str, tuple[str, str | None, float | None]]
    holders: Mapping[str, list[str]]

    def row(self, spelling: str, head: str | None) -> Row:
        """A row of VOCABULARY."""
        made: Row = {"spelling": spelling, "seed_ids": sorted(self.holders[spelling]), "similarity": None}
        if head is None:
            return made | {"knowledge_point": None, "decision": "dropped", "reason": "it holds no word"}
        judged = self.judged[head]
        if judged["reason"]:
            return made | {
                "knowledge_point": None,
                "decision": "dropped",
                "reason": _joined(judged["reason"], judged["detail"]),
            }
        decision, reason, similarity = self.why[head]
        if spelling != head:
            decision, reason, similarity = "merged", f"the same as {head} but for how it is written", 1.0
        return made | {
            "knowledge_point": self.names[head], "decision": decision, "reason": reason, "similarity": similarity,
        }  # fmt: skip

    def rejection(self, spelling: str, head: str | None) -> Row:
        """A row of `rejected`."""
        judged = self.judged[head] if head is not None else {"reason": "unreadable", "detail": "it holds no word"}
        return {
            "knowledge_points": [spelling], "seed_ids": sorted(self.holders[spelling]), "step": FILTER, "unit": "point",
            "reason": judged["reason"], "detail": judged["detail"],
        }  # fmt: skip


def _joined(reason: str, detail: str | None) -> str:
    return f"{reason}: {detail}" if detail else reason


def renamed(points: Sequence[str], names: Names) -> list[str]:
    """A seed's points by their names, sorted, each once; those dropped are left out."""
    return sorted({names.name[point] for point in points if point in names.name})
