"""One training run, whatever is learnt: rows to tokens, tokens to a trainer, and what is left on the disk at its end.

Work, command line -> output_dir with the model, its tokenizer, README.md, recipe.yaml, run.json, trainer_state.json
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from accelerate import PartialState
from datasets import Dataset
from trl import SFTTrainer, get_peft_config

from builders import VERSION
from builders.commands import now, say
from builders.errors import UserError
from builders.row import Row
from builders.sources import find
from train.checkpoints import DONE, RECIPE, begun, plain
from train.model_card import write_card
from train.models import mark, model_of, set_template, tokenizer_of
from train.recipe import Recipe, parse
from train.tokenized import REASONS, Encoded, Encoder, counted, kept, some, tokenized


@dataclass(frozen=True)
class Work:
    """A command that trains: how it prepares a tokenizer, and how its rows become tokens."""

    name: str
    about: str
    prepare: Callable[[Any, Recipe], None]
    encode: Callable[[Any, Sequence[Row]], Iterable[Encoded | str]]
    defaults: Mapping[str, Any] = field(default_factory=dict)


def train(work: Work, argv: Sequence[str]) -> None:
    """The whole run. Raises UserError for what the user can mend, before the first step."""
    recipe = parse(argv, f"train.{work.name}", work.about, work.defaults)
    state, args = PartialState(), recipe.args
    said, output = recipe.said(), Path(args.output_dir or f"trained/{work.name}")
    with state.main_process_first():
        checkpoint, done = begun(output, said)
        state.wait_for_everyone() if not state.is_main_process else None
    if done:
        tell(state, f"{output} holds the model of this recipe already; nothing is done again")
        return
    tokenizer = tokenizer_of(recipe)
    work.prepare(tokenizer, recipe)
    set_template(tokenizer, recipe)
    rows, counts = data(work, recipe, tokenizer, state)
    model = model_of(recipe, tokenizer)
    args.chat_template_path = None  # the tokenizer has it already
    trainer = SFTTrainer(
        model, args, train_dataset=rows, processing_class=tokenizer, peft_config=get_peft_config(recipe.model)
    )
    processes(state, recipe, len(trainer.train_dataset), checkpoint)
    if state.is_main_process:
        output.mkdir(parents=True, exist_ok=True)
        (output / RECIPE).write_text(yaml.safe_dump(plain(said), sort_keys=True), encoding="utf-8")
    started = time.monotonic()
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trainer.save_model(str(output))
    trainer.save_state()
    if state.is_main_process:
        facts = told(work, state, trainer, rows, counts, time.monotonic() - started)
        write_card(output, recipe, facts)
        (output / DONE).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        say(
            f'{output}: from transformers import AutoModelForCausalLM; AutoModelForCausalLM.from_pretrained("{output}")'
        )
    trainer.end()


def data(work: Work, recipe: Recipe, tokenizer: Any, state: PartialState) -> tuple[Dataset, Counter[str]]:
    """The rows that are trained on, and how many are left out; what is left out is shown."""
    args = recipe.args
    if not recipe.data.dataset_name:
        raise UserError("no dataset_name is given; name a finished folder, a mix, a file, or a dataset on the Hub")
    source = find(recipe.data.dataset_name, config=recipe.data.dataset_config, split=recipe.data.dataset_train_split)
    splits = args.packing and args.packing_strategy == "bfd_split"
    longest = None if splits else args.max_length
    encoder = Encoder(
        partial(work.encode, tokenizer), longest, recipe.data.allow_rehearsal, f"{work.name} {mark(tokenizer)}"
    )
    with state.main_process_first():
        made = tokenized(source, encoder, recipe.data.limit, args.dataset_num_proc)
    counts = counted(made)
    for reason, count in counts.items():
        if reason and reason not in ("rehearsal", "masked"):
            few = ", ".join(some(made, reason))
            tell(state, f"{count:,} of {len(made):,} rows are left out: {REASONS[reason]} ({reason}), as {few}")
    rows = kept(made, counts, longest)
    tell(
        state,
        f"{len(rows):,} of {len(made):,} rows, {sum(rows['tokens'][:]):,} tokens, the longest of {max(rows['tokens'][:]):,}",
    )
    return rows.select_columns(["input_ids", "labels"]), counts


def processes(state: PartialState, recipe: Recipe, rows: int, checkpoint: Path | None) -> None:
    """Says how many processes there are: `accelerate launch --cpu --num_processes 2` is one, and does not say so."""
    args, several = recipe.args, "process" if state.num_processes == 1 else "processes"
    each = args.per_device_train_batch_size * args.gradient_accumulation_steps
    tell(
        state,
        f"{state.num_processes} {several} ({state.distributed_type.value}, {state.device.type}): "
        f"{each * state.num_processes} of {rows:,} sequences a step",
    )
    if checkpoint:
        tell(state, f"going on from {checkpoint}")


def told(
    work: Work, state: PartialState, trainer: Any, rows: Dataset, counts: Counter[str], seconds: float
) -> dict[str, Any]:
    """What run.json says."""
    losses = [each["loss"] for each in trainer.state.log_history if "loss" in each]
    left = {reason: count for reason, count in sorted(counts.items()) if reason}
    return {
        "mathloom": VERSION,
        "kind": work.name,
        "ended": now(),
        "seconds": round(seconds, 1),
        "processes": state.num_processes,
        "device": state.device.type,
        "rows": {"in": counts.total(), "kept": counts[""], "left_out": left},
        "steps": trainer.state.global_step,
        "parameters": sum(each.numel() for each in trainer.model.parameters()),
        "loss": {"first": losses[0], "last": losses[-1]} if losses else None,
    }


def tell(state: PartialState, text: str) -> None:
    """Says something once, however many processes there are."""
    if state.is_main_process:
        say(text)
