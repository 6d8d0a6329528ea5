"""What a MIND folder's dialogues are like, style by style, before filtering: every dialogue that could be read counts.

    the rows of all styles and of `rejected` -> {style: {measure: {value, low, high, of}}}

The paper compares its styles so (section 4, and what its reviewers asked for): how much a style copies, how long it is, whether the
knowledge gap shows. Rows carry their measures; what is said of arithmetic is worked out anew from the text.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from heapq import nsmallest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.configs import config_files
from builders.groups import rows_in
from builders.row import Row
from generation.arithmetic import statements
from generation.diversity import vectors
from generation.intervals import Number, Ratio, group, share
from generation.models import Model
from generation.words import spoken

if TYPE_CHECKING:
    from generation.run import Run

# of each row, as generation.measures writes them; the mean is over the rows that have it
MEANS = (
    "copy_rate",
    "similarity",
    "new_numbers",
    "wrong_arithmetic",
    "length_ratio",
    "question_share",
    "steps_per_answer",
)
COLUMNS = ("id", "text", "turns", "style", "gap", "document_id", "passage", "questions", *MEANS)
SHOWN = 100  # wrong statements that are listed
RARE = 0.05  # a speaker who is in fewer of a style's dialogues is a slip of the model, and one of the others
OTHERS = "others"


def _ratios() -> dict[str, Ratio]:
    return defaultdict(Ratio)


@dataclass
class Style:
    """A style so far: its means, its speakers' questions, its calculations, its knowledge gap."""

    gap: str | None = None
    rows: int = 0

    means: dict[str, Ratio] = field(default_factory=_ratios)
    speakers: dict[str, Ratio] = field(default_factory=_ratios)
    right: int = 0
    wrong: int = 0
    with_wrong: int = 0

    def take(self, row: Row, wrong: int, right: int) -> None:
        """A dialogue and what is calculated in it."""
        of = group(row["document_id"] or row["id"])
        self.gap = row["gap"]
        self.rows += 1

        self.right, self.wrong, self.with_wrong = self.right + right, self.wrong + wrong, self.with_wrong + bool(wrong)
        for name in MEANS:
            value = wrong if name == "wrong_arithmetic" else row.get(name)
            if value is not None:
                self.means[name].take(of, value)
        asked = row.get("questions") or []
        for each in asked:
            self.speakers[each["speaker"]].take(of, each["questions"], each["turns"])
        if len(asked) > 1:
            shares = [each["questions"] / each["turns"] for each in asked if each["turns"]]
            self.means["question_gap"].take(of, max(shares) - min(shares))

    def said(self, seed: int) -> dict[str, Any]:
        """What measures.json says of the style."""
        names = [*MEANS, "question_gap"]
        return {
            "gap": self.gap, "rows": self.rows,
            **{name: self.means[name].number(seed) for name in names},
            "wrong_share": share(self.with_wrong, self.rows),
            "wrong_calculations": share(self.wrong, self.right + self.wrong),
            "speakers": self._speakers(seed),
        }  # fmt: skip

    def _speakers(self, seed: int) -> dict[str, Number]:
        """The share of each speaker's turns that ask; of those who are rare, together."""
        found = _ratios()
        for name, ratio in self.speakers.items():
            into = found[name if ratio.rows >= RARE * self.rows else OTHERS]
            into.above, into.below, into.rows = (
                into.above + ratio.above,
                into.below + ratio.below,
                into.rows + ratio.rows,
            )
        return {name: ratio.number(seed) for name, ratio in found.items()}


def dialogues(folder: Path) -> Iterator[Row]:
    """Every dialogue of a folder that could be read, kept or not, with the columns that are there."""
    for name, files in config_files(folder).items():
        if name in ("default", "replies"):
            continue
        for row in rows_in(files, (*COLUMNS, "unit")):
            if row.get("text") is not None and row.get("style") and row.get("unit", "dialogue") == "dialogue":
                yield {**dict.fromkeys(COLUMNS), **row}


def measured(rows: Iterable[Row], styles: Iterable[str], seed: int) -> dict[str, Any]:
    """`styles` and `wrong` of measures.json; a style without a dialogue has numbers that are null."""
    found = {name: Style() for name in styles}
    wrong: list[dict[str, str]] = []
    for row in rows:
        results, mistakes = statements(spoken(row))
        found.setdefault(row["style"], Style()).take(row, len(mistakes), len(results) // 2)
        wrong += [{"id": row["id"], "statement": text} for text in mistakes[: SHOWN - len(wrong)]]
    return {"styles": {name: style.said(seed) for name, style in found.items()}, "wrong": wrong}


def embedded(rows: Iterable[Row], most: int, run: "Run", model: Model, seed: int) -> dict[str, Number]:
    """How similar dialogues are to their passages by embedding, style by style; of many, `most` drawn by hash."""
    passages: dict[str, str] = {}  # seven dialogues share one
    chosen = nsmallest(most, (_place(row, passages, seed) for row in rows))
    kept, of_said = vectors([said for _, _, _, said, _ in chosen], run, model, "dialogues")
    different = list(dict.fromkeys(passage for *_, passage in chosen))
    there, of_passages = vectors(different, run, model, "passages")
    at = {different[place]: number for number, place in enumerate(there)}
    found = _ratios()
    for number, place in enumerate(kept):
        _, style, of, _, passage = chosen[place]
        if passage in at:
            found[style].take(of, float(of_said[number] @ of_passages[at[passage]]))
    return {style: ratio.number(seed) for style, ratio in found.items()}


def _place(row: Row, passages: dict[str, str], seed: int) -> tuple[bytes, str, int, str, str]:
    """A dialogue's place in the drawing, its style, the group of its document, what is said, and its passage."""
    place = blake2b(f"{seed} {row['id']}".encode("utf-8", "replace"), digest_size=16).digest()
    passage = row["passage"] or ""
    return (
        place,
        row["style"],
        group(row["document_id"] or row["id"]),
        spoken(row),
        passages.setdefault(passage, passage),
    )
