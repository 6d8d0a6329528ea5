"""What a model is trained on: finished folders and other datasets, mixed by tokens.

    parts (rows, view, weight or tokens) -> id, part, text or messages, tokens, models: a finished folder, and a table

    python -m train.mix --rows data/mind --view longest --output data/longest
    python -m train.mix --config mix-mind --tokens 4_000_000 --output data/mix

`--tokens` is what the mix holds whatever is in it (token-matched), shared out by weight; a part with `tokens` of its own has so many.
With neither, the mix is as large as the weights let it be. Rows are drawn by seed and interleaved evenly; nothing is held but a pool of them.
Every row, and every seed problem of a GSDP folder, is looked up in the evaluation's sets; a mix that meets one is refused.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml
from datasets import Features, List, Value
from rich.console import Console
from rich.progress import Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from builders import VERSION
from builders.commands import command, now, option, parse
from builders.errors import CheckFailed, UserError
from builders.folder import finished
from builders.place import check_output
from builders.row import Row, batches
from builders.screen import is_terminal, say, show
from builders.tokens import load_tokenizer
from train.decontaminated import AT_ONCE, SETS, Look, of_seeds
from train.parts import MESSAGES, TEXT, Opened, Part, opened
from train.shares import Short, interleaved

FOLDER = Path(__file__).parent / "recipes"
TURNS = List({"role": Value("string"), "content": Value("string")})
KEPT = {"id": Value("string"), "part": Value("string"), "tokens": Value("int32"), "models": List(Value("string"))}


@dataclass(frozen=True)
class Mix:
    """What `python -m train.mix` can be told."""

    rows: str = option(
        "", "a single part: a finished folder, a file, or user/name[@revision] on the Hub", metavar="ROWS"
    )
    view: str | None = option(None, "its view: combination, longest, concat, raw, or a config (a style, rephrase)")
    parts: list[Part] = field(default_factory=list, metadata={"flag": False, "help": "several parts"})
    form: str = option(TEXT, "text (for pretraining) or messages (for fine-tuning)")
    tokens: int | None = option(
        None, "tokens of the whole mix (default: as many as the weights let there be)", metavar="N"
    )
    seed: int = option(0, "for the order of rows", metavar="N")
    limit: int | None = option(None, "the first so many rows of each part", metavar="N")
    tokenizer: str | None = option(None, "a Hub id or a tokenizer.json that counts (default: the project's own)")
    evaluation: list[str] = option(
        SETS,
        "the sets that it will be evaluated on (their test splits): Hub ids, files, FILE:column, or none",
        metavar="SET",
    )
    allow_contaminated: bool = option(False, "mix what meets an evaluation set, too")
    allow_rehearsal: bool = option(False, "mix what the rehearsal has made")
    output: str = option("", "where the mix goes", metavar="DIR")

    def check(self) -> list[Part]:
        """The parts. UserError for what no mix could mean."""
        if bool(self.rows) == bool(self.parts):
            raise UserError("name one part by --rows, or several under `parts` in a recipe; one of them, not both")
        parts = list(self.parts) or [Part(self.rows, self.view)]
        if self.form not in (TEXT, MESSAGES):
            raise UserError(f"form is {self.form}; it is {TEXT} or {MESSAGES}")
        if any(part.weight <= 0 or (part.tokens is not None and part.tokens < 1) or part.passes < 1 for part in parts):
            raise UserError("a part's weight, tokens and passes must be above 0")
        own = [part for part in parts if part.tokens]
        if own and (len(own) < len(parts) or self.tokens):
            raise UserError("either each part says its tokens, or the mix says its own and parts have weights")
        if self.tokens is not None and self.tokens < 1:
            raise UserError(f"tokens is {self.tokens}; it must be 1 or more")
        if not self.output:
            raise UserError("no --output is given; name a folder")
        return parts


def targets(recipe: Mix, parts: Sequence[Part]) -> tuple[list[float], list[int] | None]:
    """The share of each part, and its tokens where they are known."""
    if parts[0].tokens:
        wanted = [part.tokens or 0 for part in parts]
        return [each / sum(wanted) for each in wanted], wanted
    whole = sum(part.weight for part in parts)
    weights = [part.weight / whole for part in parts]
    return weights, [round(recipe.tokens * each) for each in weights] if recipe.tokens else None


def mixed(recipe: Mix, given: Sequence[Opened]) -> Iterator[Row]:
    """The rows of the mix, in order. UserError where a part has not enough."""
    weights, wanted = targets(recipe, [each.part for each in given])
    try:
        for at, row in interleaved([iter(each) for each in given], lambda row: row["tokens"], weights, wanted):
            given[at].counts.update(rows=1, tokens=row["tokens"])
            yield row
    except Short as problem:
        short, of = given[problem.part], wanted[problem.part] if wanted else 0
        raise UserError(
            f"{short.name} has {problem.tokens:,} tokens, and the mix wants {of:,} of it; ask for fewer, "
            f"or let its rows come again (passes: {of // max(1, problem.tokens) + 1})"
        ) from problem


def table(given: Sequence[Opened]) -> Table:
    """What is in the mix."""
    made = Table(box=None, pad_edge=False)
    for name in ("part", "view", "rows", "tokens", "share", "left out", "revision"):
        made.add_column(name, justify="left" if name in ("part", "view", "revision") else "right")
    total = sum(each.counts["tokens"] for each in given)
    for each in given:
        left = ", ".join(f"{count:,} {reason}" for reason, count in sorted(each.left.items())) or "-"
        counts = each.counts
        share = f"{counts['tokens'] / max(1, total):.2%}"
        made.add_row(
            each.name,
            each.part.view or "-",
            f"{counts['rows']:,}",
            f"{counts['tokens']:,}",
            share,
            left,
            each.revision[:12],
        )
    made.add_row("all", "", f"{sum(each.counts['rows'] for each in given):,}", f"{total:,}", "", "", "")
    return made


def told(recipe: Mix, given: Sequence[Opened], look: Look, tokenizer: str) -> dict[str, Any]:
    """What run.json says."""
    return {
        "mathloom": VERSION,
        "kind": "mix",
        "command": "python -m train.mix",
        "ended": now(),
        "rehearsal": any(each.rehearsed for each in given),
        "tokenizer": tokenizer,
        "counts": {each.name: {**each.counts, "left out": dict(each.left)} for each in given},
        "parts": {each.name: {"view": each.part.view, "revision": each.revision} for each in given},
        **look.said(),
    }


def main(argv: Sequence[str]) -> None:
    recipe = parse(Mix, argv, "train.mix", __doc__.splitlines()[0], FOLDER)
    parts = recipe.check()
    check_output(recipe.output)
    tokens, look = load_tokenizer(recipe.tokenizer), Look.of(recipe.evaluation)
    columns = Features({**KEPT, recipe.form: TURNS if recipe.form == MESSAGES else Value("string")})
    given = opened(parts, recipe, tokens)
    for each in given:
        of_seeds(look, each.name, each.part.rows)
    with finished(Path(recipe.output), {"default": columns}, [], "mix") as folder:
        with Progress(
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not is_terminal(sys.stderr),
        ) as bar:
            task = bar.add_task("")
            for batch in batches(mixed(recipe, given), AT_ONCE):
                look.take([(row["part"], row.pop("looked")) for row in batch])
                folder.write("default", batch)
                bar.update(task, description=f"{folder.counts['default']:,} rows")
        show(table(given), *look.told())
        if not sum(each.counts["rows"] for each in given):
            raise CheckFailed("no row is in the mix; the table says what was left out")
        look.check(recipe.allow_contaminated)
        pinned = [{**asdict(each.part), "rows": each.pinned} for each in given]
        said = {**asdict(recipe), "rows": "", "view": None, "parts": pinned, "output": "", "tokenizer": tokens.name}
        folder.put("recipe.yaml", yaml.safe_dump(said, sort_keys=False, allow_unicode=True))
        folder.put("run.json", json.dumps(told(recipe, given, look, tokens.name), indent=2, ensure_ascii=False) + "\n")
    say(f'load_dataset("{recipe.output}", split="train")')
    say(f"python -m cards.card {recipe.output} writes its card")


if __name__ == "__main__":
    command(main)
