"""One part of a mix: its rows in the form that is trained on, counted, in the order of the seed.

Part -> {id, part, text or messages, tokens, models, looked}, ...; what is left out, by reason
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders import rows
from builders.commands import option
from builders.errors import UserError
from builders.problems import digest
from builders.row import Row, batches
from builders.sources import ON_HUB, File, Source
from builders.tokens import Tokens
from train.forms import Turn, lacks, messages_of, models_of, rehearsed, text_of
from train.shuffled import shuffled
from train.views import Viewed, of_view

if TYPE_CHECKING:
    from train.mix import Mix

TEXT, MESSAGES = "text", "messages"
AT_ONCE = 64  # rows whose tokens are counted together


@dataclass(frozen=True)
class Part:
    """A part as a recipe names it."""

    rows: str = option("", "a finished folder, a file, or user/name[@revision] on the Hub")
    view: str | None = option(None, "combination, longest, concat, raw, or a config: a style, rephrase, a kind of hop")
    weight: float = option(1.0, "its share of the tokens, beside the other parts' weights")
    tokens: int | None = option(None, "its tokens, instead of a weight")
    name: str | None = option(None, "what the table calls it")
    split: str | None = option(None, "a split of it (default: train)")
    passes: int = option(1, "how often its rows may come, where once is not enough")
    where: dict[str, Any] = option({}, "column -> the only value wanted: {repetition: 0} is GSDP-One-Base")


@dataclass
class Opened:
    """A part that is read; `counts` are of what was taken, `left` of what could not be."""

    part: Part
    name: str
    source: Source
    recipe: "Mix"
    tokens: Tokens
    counts: Counter[str] = field(default_factory=lambda: Counter(rows=0, tokens=0))
    left: Counter[str] = field(default_factory=Counter)
    rehearsed: int = 0

    @property
    def revision(self) -> str:
        """What pins its content: a commit of the Hub, else a digest of files."""
        return self.source.commit or self.source.digest

    @property
    def pinned(self) -> str:
        """Its rows at that commit."""
        match = ON_HUB.fullmatch(self.part.rows.removeprefix("hf://datasets/"))
        if not self.source.commit or not match:
            return self.part.rows
        inside = f"/{match['path']}" if match["path"] else ""
        return f"{match['repo']}@{self.source.commit}{inside}"

    def __iter__(self) -> Iterator[Row]:
        """Its rows in the order of the seed, as often as they may come."""
        limit = self.recipe.limit
        for time in range(self.part.passes):
            seed = f"{self.recipe.seed} {self.name}" + (f" {time}" if time else "")
            with closing(Viewed(self.source, self.part.view)) as viewed:
                readers: list[Callable[[], Iterator[Row]]] = [
                    partial(self.read, viewed, file) for file in self.source.files
                ]
                if limit is not None:  # the first rows are those of the first files
                    readers = [partial(first, readers, limit)]
                yield from shuffled(readers, seed)

    def read(self, viewed: Viewed, file: File) -> Iterator[Row]:
        """The rows of a file that can be trained on."""
        for batch in batches(filter(self.wanted, viewed(file)), AT_ONCE):
            made = [self.form(row) for row in batch]
            texts = [each if isinstance(each, str) else "\n\n".join(turn["content"] for turn in each) for each in made]
            for row, one, text, count in zip(batch, made, texts, self.tokens.count(texts), strict=True):
                if one:
                    yield self.row(row, one, text, count)

    def wanted(self, row: Row) -> bool:
        """Whether `where` lets a row in; what it keeps out is counted."""
        is_wanted = bool(row["bad_row"]) or all(row.get(name) == value for name, value in self.part.where.items())
        if not is_wanted:
            self.left["unwanted"] += 1
        return is_wanted

    def form(self, row: Row) -> str | list[Turn]:
        """What is trained on; nothing where a row has none, which is counted. UserError for what the rehearsal has made."""
        if rehearsed(row):
            self.rehearsed += 1
            if not self.recipe.allow_rehearsal:
                raise UserError(
                    f"{self.name} holds rows that were made by the rehearsal, which plays a model; "
                    "say allow_rehearsal: true where that is what you mean"
                )
        made: str | list[Turn] | None = None
        if row["bad_row"]:
            reason: str | None = "bad_row"
        elif self.recipe.form == MESSAGES:
            made = messages_of(row)
            reason = lacks(made)
        else:
            made = text_of(row)
            reason = None if made else "empty"
        if reason:
            self.left[reason] += 1
            return ""
        return made or ""

    def row(self, row: Row, made: str | list[Turn], text: str, tokens: int) -> Row:
        """A row of the mix; `looked` is what is held against evaluation sets."""
        passage = row.get("passage")
        return {
            "id": rows.as_text(row.get("id")) or digest(text)[:16],
            "part": self.name,
            self.recipe.form: made,
            "tokens": tokens,
            "models": sorted(set(models_of(row))),
            "looked": [text, passage] if isinstance(passage, str) else [text],
        }


def opened(parts: Sequence[Part], recipe: "Mix", tokens: Tokens) -> list[Opened]:
    """The parts, each with a name of its own. UserError where one is not to be had."""
    made: list[Opened] = []
    for part in parts:
        source = of_view(part.rows, part.view, part.split)
        rows.check(source, tuple(part.where))
        made.append(Opened(part, called(part, made), source, recipe, tokens))
    return made


def first(readers: Sequence[Callable[[], Iterator[Row]]], limit: int) -> Iterator[Row]:
    """The first rows of files, one after the other."""
    return islice((row for read in readers for row in read()), limit)


def called(part: Part, others: Sequence[Opened]) -> str:
    """What a part is called: on every machine the same, so that its order is."""
    where = part.rows if not Path(part.rows).exists() else Path(part.rows).resolve().name
    name: Any = part.name or "/".join(filter(None, (where, part.view)))
    same = sum(each.name.partition(" #")[0] == name for each in others)
    return f"{name} #{same + 1}" if same else str(name)
