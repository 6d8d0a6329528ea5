"""Rows that are held against benchmarks, with models or without: read, looked up, asked about, and written.

rows, an index over benchmarks -> default and rejected, both with `contamination`; replies where a model was asked
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from datasets import Features, IterableDataset

from builders import VERSION, columns
from builders.benchmarks import Input
from builders.commands import now
from builders.contamination import CONTAMINATION, STEP, Shared, contaminated
from builders.folder import Folder, finished
from builders.overlap import Index, Look
from builders.row import TEXT, WHY, Row, batches
from builders.screen import say
from builders.tokens import load_tokenizer
from cards.card import write_card
from generation.bar import bar
from generation.embedded import EMBEDDED, embedded, embedding
from generation.embeddings import ROLE, with_embedder
from generation.forecast import counted, forecast, is_local
from generation.panels import roles_of
from generation.replay import REPLIES, recipe_text, run_text, shown_path, write_replies
from generation.run import running
from generation.semantic import STEPS, Near, compared

if TYPE_CHECKING:
    from generation.decontaminate import Recipe
    from generation.run import Run

AT_ONCE = 1000  # rows that are looked up together
ASKED = Features({"problem": TEXT, "contamination": CONTAMINATION, **WHY})


def looked(given: Input, index: Index, limit: int | None) -> Iterator[tuple[Row, str, Look, Row]]:
    """Each row, its text, what was found in it, and why it is not kept: nothing where it is."""
    for batch in batches(columns.read(given.source, limit), AT_ONCE):
        texts = [given.text(row) for row in batch]
        for row, text, look in zip(batch, texts, index.look(texts), strict=True):
            wrong = row.pop("bad_row") or (None if text else f"has no text in {' and '.join(given.columns)}")
            reason, detail = ("bad_row", wrong) if wrong else (None, None)
            if look.hits:
                reason, detail = "contaminated", contaminated(look.hits)
            why = dict(zip(WHY, (STEP, "problem", reason, detail), strict=True)) if reason else {}
            yield row, text, look, why


@dataclass(frozen=True)
class Work:
    """The rows, what they are held against, and what was found so far."""

    recipe: "Recipe"
    given: Input
    index: Index
    kept: Features
    shared: Shared
    reasons: Counter[str]

    @property
    def rejected(self) -> Features:
        return Features({**self.kept, **WHY})

    def looked(self) -> Iterator[tuple[Row, str, Look, Row]]:
        """The rows, with what needs no model."""
        return looked(self.given, self.index, self.recipe.limit)

    def write(self, folder: Folder, asked: Iterator[Row | None]) -> Iterator[bool]:
        """Writes each row, with what was `asked` about it where a model had a part; yields whether it is kept."""
        for (row, _, look, why), more in zip(self.looked(), asked, strict=False):
            hits: Any = list(look.hits)
            if more is not None and more["reason"] and not why:
                hits, why = more["contamination"] or [], {name: more[name] for name in WHY}
            self.shared.take(hits, look)
            self.reasons[why.get("reason", "")] += 1
            name, declared = ("rejected", self.rejected) if why else ("default", self.kept)
            folder.write(name, [columns.fitted({**row, "contamination": hits, **why}, declared)])
            yield not why

    def counts(self) -> dict[str, Any]:
        """`counts` of run.json."""
        refused = {name: count for name, count in sorted(self.reasons.items()) if name}
        return {"problem": {"in": self.reasons.total(), "kept": self.reasons[""], "rejected": refused}}


@dataclass(frozen=True)
class _Asked:
    work: Work

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()  # `datasets` pickles a generator to name it

    def __call__(self) -> Iterator[Row]:
        for _, text, _, why in self.work.looked():
            yield {"problem": text, "contamination": [], **(why or dict.fromkeys(WHY))}


def with_models(work: Work, output: Path) -> None:
    """All three layers: what shares no words is embedded, and what lies near an item is a model's to decide."""
    recipe, tokens, started = work.recipe, load_tokenizer(work.recipe.tokenizer), now()
    rows = IterableDataset.from_generator(_Asked(work), features=ASKED)
    with ExitStack() as stack:
        roles = with_embedder(roles_of(recipe), recipe, stack)
        steps = {"curator": list(STEPS), ROLE: [EMBEDDED]}
        run = stack.enter_context(running(roles, recipe, steps, f"generation.{STEP}"))
        model, items = run.model(ROLE), work.index.items
        rows, known = counted(rows, run.scratch, is_local(recipe.rows))
        say(f"the {len(items):,} items of the benchmarks are embedded too, each once; beside them:")
        forecast(run, [embedding(model)], tokens, known)
        say(
            f"rows that lie within {recipe.alike} of an item are shown to a model; how many is known when all are embedded"
        )
        if recipe.dry_run:
            return
        near = Near(run, model, run.model("curator"), embedded(items, run, model), alike=recipe.alike)
        configs = {"default": work.kept, "rejected": work.rejected, "replies": REPLIES}
        with finished(output, configs, [], STEP) as folder:
            _shown(work, folder, iter(compared(rows, near)), run)
            write_replies(run, folder)
            folder.put("recipe.yaml", recipe_text(recipe, tokens.name))
            more = {"counts": work.counts(), **work.shared.said()}
            folder.put("run.json", run_text(run, STEP, tokens.name, started, now(), **more))
            folder.close()
            write_card(folder.path)


def _shown(work: Work, folder: Folder, asked: Iterator[Row], run: "Run") -> None:
    """Writes the rows beside a bar."""
    with bar(run, None) as shown:
        for batch in batches(work.write(folder, asked), 64):
            total, kept = work.reasons.total(), work.reasons[""]
            shown.update(total, kept, len(batch) and total - kept)


def without_models(work: Work, output: Path) -> None:
    """The layers that need no model: nothing is asked, and no ledger is touched."""
    started = time.monotonic()
    with finished(output, {"default": work.kept, "rejected": work.rejected}, [], STEP) as folder:
        for _ in work.write(folder, repeat(None)):
            pass
        said = {"mathloom": VERSION, "kind": STEP, "seconds": round(time.monotonic() - started, 3)}
        told = {**said, "counts": work.counts(), **work.shared.said()}
        folder.put("run.json", json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        names = {"rows": shown_path(work.recipe.rows), "benchmarks": list(work.shared.benchmarks)}
        recipe = {**names, "limit": work.recipe.limit}
        folder.put("recipe.yaml", yaml.safe_dump(recipe, sort_keys=False, allow_unicode=True))
        folder.close()
        write_card(folder.path)
