"""One step as a command of its own: rows in, the same rows with its columns out, as a finished folder.

rows + what a step makes of them -> configs default (with the new columns), rejected (with the reason), replies
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from datasets import Features, IterableDataset, List
from rich.table import Table

from builders import columns
from builders import rows as builders_rows
from builders.commands import now
from builders.errors import CheckFailed, UserError
from builders.folder import Folder, finished
from builders.objects import kind_of
from builders.place import check_output
from builders.row import TEXT, WHY, Row, batches
from builders.screen import say, show
from builders.sources import find
from builders.tokens import load_tokenizer
from cards.card import write_card
from generation.ask import Ask
from generation.bar import bar
from generation.forecast import counted, forecast, is_local
from generation.questions import each
from generation.recipes import Role
from generation.replay import REPLIES, recipe_text, run_text, write_replies
from generation.run import running
from generation.shard_rows import fill, mine
from graph.problems import points_of

if TYPE_CHECKING:
    from generation.run import Run

ASKED = ("_key", "_error", "_detail")  # ends of the columns that say how a row was asked, and not what came of it
POINTS = "knowledge_points"

Questions = Callable[["Run"], Sequence[Ask]]
More = Callable[[Folder], Mapping[str, Any]]


def nothing(_: Any) -> Any:
    """What most steps have to add."""
    return {}


@dataclass(frozen=True)
class Step:
    """A step's name, its roles, the questions of each; configs beside the usual ones, columns of `rejected` alone, columns of no config."""

    name: str
    roles: dict[str, Role]
    steps: dict[str, list[str]]
    configs: Mapping[str, Features] = field(default_factory=dict)
    rejects: Mapping[str, Any] = field(default_factory=dict)
    hides: Sequence[str] = ()

    def features(self, made: Features) -> dict[str, Features]:
        """The configs of the folder, when these are the columns of the rows that come out."""
        asked = [name for names in self.steps.values() for name in names]
        # What each of several models said stands in `replies`; the step's own columns say what came of it.
        inner = {
            *self.hides,
            *(f"{name}{end}" for name in asked for end in ASKED),
            *(name for name in asked if "/" in name),
        }
        public = {name: kind for name, kind in made.items() if name not in inner and name not in WHY}
        lost = Features({**public, **self.rejects, **WHY})
        return {"default": Features(public), **self.configs, "rejected": lost, "replies": REPLIES}


def given(recipe: Any, needs: Sequence[str], full: Sequence[str] = ()) -> IterableDataset:
    """The rows at `recipe.rows` with all their columns. UserError where there are none, or one that is needed is missing.

    A row in which one of `full` is null or empty is rejected: nobody is to be paid for a question about "None". Where
    knowledge points are among them, a cell of a CSV may hold them as JSON.
    """
    source = find(recipe.rows)
    builders_rows.check(source, needs)
    found = columns.features_of(source)
    if taken := sorted(set(found) & set(WHY)):
        raise UserError(
            f"{recipe.rows} has a column {taken[0]}, under which we say what is wrong with a row; give it another name"
        )
    full = [name for name in full if name in found]
    features = Features({**found, **({POINTS: List(TEXT)} if POINTS in full else {}), **WHY})
    return IterableDataset.from_generator(_Given(source, recipe.limit, features, full), features=features)


@dataclass(frozen=True)
class _Given:
    source: Any
    limit: int | None
    features: Features
    full: Sequence[str]

    def __reduce__(self) -> tuple[type, tuple[()]]:
        return object, ()

    def __call__(self) -> Any:
        for row in columns.read(self.source, self.limit):
            wrong = row.get("bad_row")
            if POINTS in self.full:
                points, odd = points_of(row.get(POINTS))
                row, wrong = {**row, POINTS: [point for point in points if point.strip()]}, wrong or odd
            wrong = wrong or next((said for name in self.full if (said := _odd(name, row.get(name)))), None)
            made = columns.fitted(row, self.features)
            if wrong := wrong or next((f"has no {name}" for name in self.full if _empty(made[name])), None):
                made |= {"step": "rows", "unit": "row", "reason": "bad_row", "detail": wrong}
            yield made


def _odd(name: str, value: Any) -> str | None:
    """What stands where a text should; knowledge points are none."""
    if name == POINTS or value is None or isinstance(value, str):
        return None
    return f"has {kind_of(value)} where `{name}` should be a text"


def _empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def write_step(
    step: Step,
    recipe: Any,
    rows: IterableDataset,
    make: Callable[["Run", IterableDataset], IterableDataset],
    questions: Questions,
    more: More = nothing,
    about: Callable[[], IterableDataset] | None = None,
) -> None:
    """Runs a step over rows and writes what comes of it.

    `questions` are those that the forecast counts, about the rows or about what `about` gives instead. `more` writes the
    further configs, and gives what run.json counts beside the rows.
    """
    tokens, output, started = load_tokenizer(recipe.tokenizer), Path(recipe.output or "."), now()
    if recipe.output and recipe.names_folder:
        check_output(output)
    with running(step.roles, recipe, step.steps, f"generation.{step.name}") as run:
        asked = questions(run)
        rows = mine(rows, recipe.shard, asked)
        given, known = counted(about() if about else rows, run.scratch, is_local(recipe.rows))
        forecast(run, asked, tokens, known)
        if recipe.dry_run:
            return
        if recipe.shard:
            fill(run, make(run, given), "rows", known.asked if known.exact else None)
            return
        came, counts = Counter[str](), Counter[str]()
        made = make(run, each(rows if about else given, lambda batch: came.update(rows=len(batch)), Features({})))
        configs = step.features(made.features)
        with finished(output, configs, [], step.name) as folder:
            _write(made, folder, configs, counts, run)
            if came["rows"] != counts.total():
                raise CheckFailed(
                    f"{came['rows']} rows went in and {counts.total()} came out; this is a mistake of ours"
                )
            told = {"rows": {"in": came["rows"], "kept": counts[""], "rejected": rejected(counts)}, **more(folder)}
            write_replies(run, folder)
            folder.put("recipe.yaml", recipe_text(recipe, tokens.name))
            folder.put("run.json", run_text(run, step.name, tokens.name, started, now(), counts=told))
            folder.close()
            write_card(folder.path)
    end(counts, output)


def _write(
    made: IterableDataset, folder: Folder, configs: Mapping[str, Features], counts: Counter[str], run: "Run"
) -> None:
    """The rows, kept and rejected, counted by reason."""
    with bar(run, None) as shown:
        for batch in batches(made, 64):
            for config in ("default", "rejected"):
                folder.write(config, [_of(row, configs[config]) for row in batch if _config(row) == config])
            counts.update(row["reason"] or "" for row in batch)
            shown.update(counts.total(), counts[""], counts.total() - counts[""], batch)


def _config(row: Row) -> str:
    return "rejected" if row["reason"] else "default"


def _of(row: Row, features: Features) -> Row:
    return {name: row.get(name) for name in features}


def rejected(counts: Counter[str]) -> dict[str, int]:
    """How many rows have which reason."""
    return {reason: counts[reason] for reason in sorted(counts) if reason}


def end(counts: Counter[str], output: Path) -> None:
    """The table of a finished step, and the line that loads it."""
    table = Table(box=None, pad_edge=False)
    for name in ("rows", "kept", "rejected", "why"):
        table.add_column(name, justify="left" if name == "why" else "right")
    why = ", ".join(f"{reason} {count}" for reason, count in rejected(counts).items())
    table.add_row(f"{counts.total():,}", f"{counts['']:,}", f"{counts.total() - counts['']:,}", why)
    show(table)
    if not counts[""]:
        raise CheckFailed(f"nothing was kept; {output} holds the rejected rows with their reasons")
    say(f'\nfrom datasets import load_dataset\nrows = load_dataset("{output}", split="train")')
