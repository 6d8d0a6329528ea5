"""Dialogues: passages become conversations between speakers who differ in what they know (MIND, section 2).

passages -> id, text, turns, style, gap, passage, ..., copy_rate, flags, reply, model, prompt; rejected: step, unit, reason, detail
python -m generation.dialogues --rows data/passages --styles debate --endpoints http://127.0.0.1:8080 --output data/debate
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar

from datasets import Features, IterableDataset

from builders.commands import command, now, option, parse
from builders.errors import CheckFailed, UserError
from builders.folder import finished
from builders.place import check_output
from builders.reasons import MIND
from builders.row import Row, batches
from builders.rows import about
from builders.screen import say, show
from builders.tokens import load_tokenizer
from cards.card import write_card
from generation.ask import Ask, ask
from generation.bar import bar
from generation.comparing import remembering
from generation.counts import Counts
from generation.dialogue_rows import NO_LINEAGE, ROW, TEXT, TURNS, WHY_NOT, told
from generation.forecast import Counted, counted, forecast, is_local
from generation.given import given
from generation.mind_clean import clean, clean_of
from generation.models import Model
from generation.prompts import Prompt, load_prompt
from generation.prompts import names as prompt_names
from generation.reading import check_style, read_dialogue
from generation.recipes import FOLDER, Common, Role, Sampling
from generation.replay import REPLIES, recipe_text, run_text, write_replies
from generation.run import running
from generation.shard_rows import fill, mine
from generation.styles import check_names

STYLES = (
    "two_students",
    "teacher_student",
    "two_professors",
    "debate",
    "problem_solving",
    "layman_knowall",
    "interview",
)
# Only "under 50 tokens" is the paper's filter; these are written into `flags` in mind-paper, and reject in our own recipe.
OURS = ("few_turns", "one_speaker", "loop", "refusal", "copied", "language", "mathematics", "prompt_leak", "proportion")


@dataclass(frozen=True)
class Dialogues(Common):
    """What `python -m generation.dialogues` can be told."""

    sharded: ClassVar[bool] = True
    rows: str = option("sample", "passages: a finished folder of builders.passages, or any rows with a column text")
    styles: list[str] = option(list(STYLES), "names of styles, or paths of Markdown files", metavar="STYLE")
    flagged: list[str] = option(
        list(OURS), "reasons that are only written into flags; the other reasons reject", metavar="REASON"
    )
    benchmarks: list[str] = option(
        [],
        "what no passage and no dialogue may share its words with: Hub ids, files or folders; FILE:column names the text "
        "(default: none)",
        metavar="B",
    )
    # The sampling is that of two re-implementations: the paper prints none.
    generator: Role = field(
        default_factory=lambda: Role(
            paper_model="meta-llama/Meta-Llama-3-70B-Instruct", sampling=Sampling(1.0, 0.9, 4096)
        ),
        metadata={"flag": False, "help": "the model that writes the dialogues"},
    )


def shipped() -> list[str]:
    """The styles that ship: the prompts that ask about a passage's text alone."""
    return [name for name in prompt_names() if load_prompt(name).needs == {"text"}]


def load_styles(recipe: Dialogues) -> list[Prompt]:
    """The prompts of a recipe's styles; what is wrong with the recipe is said before anything is asked."""
    recipe.check()
    for reason in recipe.flagged:
        if reason not in OURS:
            raise UserError(f"flagged names '{reason}'; what can be flagged instead of rejected is {', '.join(OURS)}")
    prompts = [load_prompt(name, shipped()) for name in dict.fromkeys(recipe.styles)]
    if not prompts:
        raise UserError(f"no style is named; ours are {', '.join(shipped())}")
    for prompt in prompts:
        check_style(prompt.name, prompt.front, prompt.body)
    check_names([prompt.name for prompt in prompts])
    return prompts


def _read(text: str, prompt: Prompt) -> Row:
    return {prompt.name: read_dialogue(text, prompt.front)}


def questions(styles: Sequence[Prompt], model: Model) -> list[Ask]:
    """One question per style, all asked of a passage at once."""
    return [
        Ask(
            style.name,
            style,
            model,
            partial(_read, prompt=style),
            Features({style.name: {"turns": TURNS, "text": TEXT}}),
        )
        for style in styles
    ]


def make(
    recipe: Dialogues,
    name: str,
    rows: IterableDataset,
    local: bool,
    lineage: Features = NO_LINEAGE,
    *,
    pieces: bool = False,
) -> None:
    """Asks, filters and writes: from passages to a finished folder, or to one sentence that says why not.

    `pieces`: what the recipe names are documents, of which passages are cut.
    `lineage`: columns that passages bring beside their own; where `answer` is one, a dialogue has to come to it.
    """
    styles, tokens, counts = load_styles(recipe), load_tokenizer(recipe.tokenizer), Counts()
    of = clean_of(recipe.benchmarks)
    output, names, started, written = Path(recipe.output or "."), [style.name for style in styles], now(), 0
    kept, rejected = Features({**ROW, **lineage}), Features({**ROW, **lineage, **WHY_NOT})
    if recipe.output and recipe.makes_folder:
        check_output(output)
    with running({"generator": recipe.generator}, recipe, {"generator": names}, name) as run:
        model = run.model("generator")
        asked = questions(styles, model)
        rows, known = counted(clean(mine(rows, recipe.shard, asked), of), run.scratch, local)
        forecast(run, asked, tokens, known)
        if recipe.dry_run:
            return
        total = _total(recipe, known, len(styles), pieces)
        compare = remembering(run) if "answer" in lineage else None
        made = told(ask(rows, *asked), styles, model, tokens, recipe.flagged, counts, of, list(lineage), compare)
        if recipe.shard:
            fill(run, made, "dialogues", total)
            return
        with finished(
            output, {**dict.fromkeys(names, kept), "rejected": rejected, "replies": REPLIES}, names, "mind"
        ) as folder:
            with bar(run, total) as shown:
                for batch in batches(run.after(made), 64):
                    for config in {_config(row) for row in batch}:
                        features = rejected if config == "rejected" else kept
                        folder.write(config, [_written(row, features) for row in batch if _config(row) == config])
                    written += len(batch)
                    shown.update(written, counts.kept, written - counts.kept, batch)
            counts.check(len(styles), written)
            write_replies(run, folder)
            folder.put("recipe.yaml", recipe_text(recipe, tokens.name))
            folder.put("run.json", run_text(run, "mind", tokens.name, started, now(), **counts.said(names), **of.said))
            folder.close()
            write_card(folder.path)
    of.end()
    _end(counts, names, output)


def _total(recipe: Dialogues, known: Counted, styles: int, pieces: bool) -> int | None:
    """How many rows will be written, or about so many; None where nobody knows."""
    source = None if known.exact or recipe.shard else about(recipe.rows)
    if source is not None and recipe.limit is not None:
        source = min(source, recipe.limit)
    if (found := known.in_all(source, pieces)) is None:
        return None
    rows, asked = found
    return rows - asked + asked * styles


def _config(row: Row) -> str:
    return "rejected" if row["reason"] else str(row["style"])


def _written(row: Row, features: Features) -> Row:
    return {name: row.get(name) for name in features}


def _end(counts: Counts, names: Sequence[str], output: Path) -> None:
    show(counts.table(names))
    for reason in sorted({reason for style in names for reason in counts.styles[style] if reason}):
        say(f"  {reason}: {MIND.get(reason, '')}")
    for reason, count in sorted(counts.no_passage.items()):
        what = "passages that are not asked about" if reason == "contaminated" else "documents without a passage"
        say(f"  {count:,} {what}: {reason}, {MIND.get(reason, '')}")
    if not counts.kept:
        raise CheckFailed(f"nothing was kept; {output} holds the rejected rows with their reasons")
    best = next(name for name in names if counts.styles[name][""])
    say(f'\nfrom datasets import load_dataset\nrows = load_dataset("{output}", "{best}")["train"]')


def main(argv: Sequence[str]) -> None:
    recipe = parse(Dialogues, argv, "generation.dialogues", __doc__.splitlines()[0], FOLDER)
    rows = given(recipe.rows, load_tokenizer(recipe.tokenizer), recipe.limit)
    make(recipe, "generation.dialogues", rows, is_local(recipe.rows))


if __name__ == "__main__":
    command(main)
