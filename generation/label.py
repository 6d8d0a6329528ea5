"""Labels by hand: one row at a time in the terminal, every answer on the disk before the next question.

    problems with solutions -> problem_label, solution_label;  dialogues -> faithful, gap_visible, steps_sound
    python -m generation.label --rows data/gsdp --labels data/labels.jsonl --size 100

The rows are a sample that no judge had a part in, and what judges say of them is not shown. The same command goes on where it
was left. At the end stand the shares, with 95 % intervals: of problems by what became of them, of dialogues by style.
"""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from builders.commands import command, option, parse
from builders.errors import Interrupted, UserError
from builders.markdown import UNSEEN
from builders.row import Row
from builders.screen import say, show
from generation.confusion import share
from generation.drawn import sample_of
from generation.labels import DIALOGUES, PROBLEMS, LabelsFile
from generation.recipes import FOLDER

# What prompts A.5 and A.6 of GSDP ask of a judge; and what MIND's authors propose to look at, with what reviewers asked for.
QUESTIONS = {
    "problem_label": "Is the problem right: all its points used, no error, clear, complete, no answer or instruction in it?",
    "solution_label": "Is the solution right: every calculation, every step, and all that was asked for?",
    "faithful": "Is it faithful: does it add nothing to the passage, and contradict nothing?",
    "gap_visible": "Can one see that the speakers differ in what they know?",
    "steps_sound": "Are its steps of reasoning sound?",
}
HELP = "y yes   n no   s skip this row   u undo   q quit (everything is saved)"
ANSWERS = {"y": True, "yes": True, "n": False, "no": False}


@dataclass(frozen=True)
class Recipe:
    """What `python -m generation.label` can be told."""

    rows: str = option("", "problems or dialogues: a Hub id, a local file or a finished folder")
    labels: str = option("data/labels.jsonl", "where the labels are kept, and read from", metavar="FILE")
    size: int = option(500, "how many rows the sample has; a larger one begins with the smaller", metavar="N")
    seed: int = option(0, "for the sample", metavar="N")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "generation.label", __doc__.splitlines()[0], FOLDER)
    if not recipe.rows:
        raise UserError("no --rows is given; name a finished folder, or a file of problems or dialogues")
    rows, dialogues = sample_of(recipe.rows, recipe.size, recipe.seed)
    columns = DIALOGUES if dialogues else PROBLEMS
    file = LabelsFile(Path(recipe.labels), columns)
    say(f"{len(rows):,} rows are the sample; {HELP}")
    try:
        Session(rows, columns, file).run()
    except KeyboardInterrupt:
        raise Interrupted(f"interrupted; every label so far is in {file.path}, and the same command goes on") from None
    finally:
        show(summary(rows, columns, file))
        for sentence in file.labels.unused():
            say(sentence)
    if not dialogues:
        say(f"python -m generation.calibrate --rows {recipe.rows} --labels {file.path}")


@dataclass
class Session:
    """Somebody at the terminal."""

    rows: list[Row]
    columns: tuple[str, ...]
    file: LabelsFile

    def run(self) -> None:
        """Asks what has no label yet, until all have one or nobody answers."""
        done: list[tuple[Row, str]] = []
        skipped, shown = set[int](), -1
        while (at := self._next(skipped)) is not None:
            number, column = at
            row = self.rows[number]
            if number != shown:
                show(*page(row, f"{number + 1} of {len(self.rows)}"))
                shown = number
            answer = ask(f"{QUESTIONS[column]} ")
            if answer in ("q", None):
                say()
                return
            if answer in ANSWERS:
                self.file.add(row, column, ANSWERS[answer])
                done.append((row, column))
            elif answer == "s":
                skipped.add(number)
            elif answer == "u" and done:
                self.file.add(*done.pop(), None)
            else:
                say("there is nothing to undo in this session" if answer == "u" else HELP)

    def _next(self, skipped: set[int]) -> tuple[int, str] | None:
        """The first row and label that is missing."""
        for number, row in enumerate(self.rows):
            held = self.file.labels.about_row(row) if number not in skipped else dict.fromkeys(self.columns, True)
            for column in asked_of(row, self.columns):
                if column not in held:
                    return number, column
        return None


def asked_of(row: Row, columns: Sequence[str]) -> list[str]:
    """The labels that a row can have: where there is no solution, nobody can say whether it is right."""
    return [column for column in columns if column != "solution_label" or row.get("solution")]


def ask(question: str) -> str | None:
    """What is answered, None at the end of the input."""
    sys.stdout.write(question)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.strip().lower() if line else None


def page(row: Row, where: str) -> Iterator[Rule | Text]:
    """A row to read: its points, problem and solution, or its passage and turns; nothing of what a judge said."""
    yield Rule(f"{where}  {visible(row['id'])}")
    if "turns" in row and row["turns"] is not None:
        yield from part("passage", row["passage"])
        for turn in row["turns"]:
            yield from part(turn["speaker"], turn["text"])
        return
    points = row.get("knowledge_points") or []
    yield from part("knowledge points", "\n".join(f"- {point}" for point in points) or None)
    yield from part("problem", row["problem"])
    yield from part("solution", row.get("solution"))


def part(title: str, text: str | None) -> Iterator[Text]:
    """A text under its title; nothing where there is none."""
    if text:
        yield Text(f"\n{visible(title)}", style="bold")
        yield Text(visible(text))


def visible(text: object) -> str:
    """A text without what would steer the terminal."""
    return UNSEEN.sub("�", str(text))


def summary(rows: Sequence[Row], columns: Sequence[str], file: LabelsFile) -> Table:
    """The share of each label that is yes, with its interval: all rows, then by style or by what became of them."""
    made = Table(box=None, pad_edge=False)
    made.add_column("")
    for column in columns:
        for name in ("rows", column, "95 %"):
            made.add_column(name, justify="right", no_wrap=True)
    groups: dict[str, list[dict[str, bool]]] = {"all": []}
    for row in rows:
        name = str(row.get("style") or row.get("fate") or row.get("reason") or "kept")
        for group in ("all", name):
            groups.setdefault(group, []).append(file.labels.about_row(row))
    for group, labels in groups.items():
        if group != "all" and (len(groups) == 2 or not any(labels)):
            continue
        cells = []
        for column in columns:
            said = [held[column] for held in labels if column in held]
            of = share(sum(said), len(said))
            cells += [
                f"{len(said):,}",
                *(["-", "-"] if of.value is None else [f"{of.value:.3f}", f"{of.low:.2f}-{of.high:.2f}"]),
            ]
        made.add_row(group, *cells)
    return made


if __name__ == "__main__":
    command(main)
