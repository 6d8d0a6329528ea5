"""One training run, whatever is learnt: rows to tokens, tokens to a trainer, and what is left on the disk at its end.

Work, command line -> output_dir with the model, its tokenizer, README.md, recipe.yaml, run.json, trainer_state.json
"""

import gc
import json
import os
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

from builders import VERSION, rows
from builders.commands import now
from builders.errors import MathloomError, UserError
from builders.place import check_links
from builders.row import Row
from builders.screen import say
from builders.sources import Source, find
from train.checkpoints import DONE, RECIPE, STATE, begun, plain
from train.filled import filled
from train.model_card import publish, write_card
from train.models import mark, model_of, tokenizer_of
from train.others import as_said
from train.recipe import Recipe, parse
from train.tokenized import REASONS, Encoded, Encoder, content, counted, kept, some, tokenized

ERRORS = {"rehearsal", "masked"}  # reasons that end a run, and say so themselves


@dataclass(frozen=True)
class Work:
    """A command that trains: how it prepares a tokenizer, and how its rows become tokens."""

    name: str
    about: str
    prepare: Callable[[Any, Recipe], None]
    encode: Callable[[Any, Sequence[Row]], Iterable[Encoded | str]]
    defaults: Mapping[str, Any] = field(default_factory=dict)


def train(work: Work, argv: Sequence[str]) -> None:
    """The whole run, in each of its processes. Raises UserError for what the user can mend, before the first step."""
    defaults = {"output_dir": f"data/trained/{work.name}", **work.defaults}
    recipe = parse(argv, f"train.{work.name}", work.about, defaults)
    state = PartialState()
    try:
        run(work, recipe, state)
    except MathloomError as problem:
        if not state.is_main_process:  # the first process says it
            raise SystemExit(problem.code) from problem
        raise
    # In this order: where a model is the last to hold the process group, torch waits for a thread that waits for Python's lock.
    gc.collect()
    state.destroy_process_group()


def run(work: Work, recipe: Recipe, state: PartialState) -> None:
    """Trains, or goes on, or finds that all is done."""
    args, output = recipe.args, Path(recipe.args.output_dir)
    pushes, args.output_dir = args.push_to_hub, str(output)
    check_links(output)
    args.push_to_hub = False  # but one commit, at the end, with our card
    tokenizer = tokenizer_of(recipe)
    work.prepare(tokenizer, recipe)
    source = given(recipe)
    said = plain(
        {
            **recipe.said(),
            "tokenizer": mark(tokenizer),
            "dataset": content(source, recipe.data.dataset_config),
            "processes": state.num_processes,
        }
    )
    checkpoint, done = begun(output, said)
    if args.resume_from_checkpoint not in (None, "true", "True"):
        checkpoint = Path(args.resume_from_checkpoint)
        if not (checkpoint / STATE).is_file():
            raise UserError(
                f"resume_from_checkpoint is {checkpoint}, which holds no checkpoint; without it, a run goes on by itself"
            )
    if done:
        tell(state, f"{output} holds the model of this recipe already; nothing is done again")
    else:
        made, counts = data(work, recipe, tokenizer, source, said["dataset"], state)
        learnt = made.select_columns(["input_ids", "labels"])
        trainer = trainer_of(recipe, tokenizer, filled(learnt, recipe.data.fill) if recipe.data.fill else learnt)
        processes(state, recipe, len(trainer.train_dataset))
        if state.is_main_process:
            output.mkdir(parents=True, exist_ok=True)
            beside = output / f".{RECIPE}"  # half a recipe would be nobody's, and its checkpoints lost
            beside.write_text(yaml.safe_dump(said, sort_keys=True), encoding="utf-8")
            os.replace(beside, output / RECIPE)
        if checkpoint:
            tell(state, f"going on from {checkpoint}")
        started = time.monotonic()
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(output))
        trainer.save_state()
        if state.is_main_process:
            facts = told(work, state, trainer, counts, time.monotonic() - started)
            facts["rehearsal"] = any(made["rehearsal"][:])
            write_card(output, recipe, facts)
            (output / DONE).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    if state.is_main_process:
        say(f'AutoModelForCausalLM.from_pretrained("{output}")')
        if pushes:
            publish(output, recipe)


def trainer_of(recipe: Recipe, tokenizer: Any, made: Dataset) -> SFTTrainer:
    """TRL's trainer over rows that are tokenized. UserError where model, arguments and packages do not go together."""
    with as_said("the model cannot be trained so"):
        model = model_of(recipe, tokenizer)
        recipe.args.chat_template_path = None  # the tokenizer has it already
        if not recipe.args.packing:  # then nothing is left for TRL to prepare
            recipe.args.dataset_kwargs = {"skip_prepare_dataset": True}
        if recipe.data.fill:  # no row is longer by now, and TRL would refuse what it cannot cut
            recipe.args.max_length = None
        adapter = get_peft_config(recipe.model)
        trainer = SFTTrainer(model, recipe.args, train_dataset=made, processing_class=tokenizer, peft_config=adapter)
        if trainer.model.can_generate():  # else saving the model refuses it, and nothing is left of the training
            trainer.model.generation_config.validate(strict=True)
        return trainer


def given(recipe: Recipe) -> Source:
    """The rows that a recipe names."""
    data = recipe.data
    if not data.dataset_name:
        raise UserError("no dataset_name is given; name a finished folder, a mix, a file, or a dataset on the Hub")
    source = find(data.dataset_name, config=data.dataset_config, split=data.dataset_train_split)
    rows.check(source)
    return source


def data(
    work: Work, recipe: Recipe, tokenizer: Any, source: Source, digest: str, state: PartialState
) -> tuple[Dataset, Counter[str]]:
    """The rows to train on, and rows by the reason why they are left out; those are shown."""
    args = recipe.args
    splits = args.packing and args.packing_strategy == "bfd_split"
    longest = None if splits else args.max_length
    encode = partial(work.encode, tokenizer)
    encoder = Encoder(encode, longest, recipe.data.allow_rehearsal, f"{work.name} {mark(tokenizer)}")
    with state.main_process_first():
        made = tokenized(source, digest, encoder, recipe.data.limit, args.dataset_num_proc)
    counts = counted(made)
    for reason in sorted(set(counts) - ERRORS - {""}):
        few = ", ".join(some(made, reason))
        tell(state, f"{counts[reason]:,} of {len(made):,} rows are left out, {reason} ({REASONS[reason]}): {few}")
    found = kept(made, counts, longest)
    lengths = found["tokens"][:]
    tell(state, f"{len(found):,} of {len(made):,} rows, {sum(lengths):,} tokens, the longest of {max(lengths):,}")
    if splits and (over := sum(length > args.max_length for length in lengths)):
        tell(
            state,
            f"{over:,} documents are longer than max_length {args.max_length} and are split; nothing of them is lost",
        )
    return found, counts


def processes(state: PartialState, recipe: Recipe, count: int) -> None:
    """Says how many processes there are: `accelerate launch --cpu --num_processes 2` is one, and does not say so."""
    args, several = recipe.args, "process" if state.num_processes == 1 else "processes"
    each = args.per_device_train_batch_size * args.gradient_accumulation_steps
    where = f"{state.num_processes} {several} on {state.device.type}"
    tell(state, f"{where}: {each * state.num_processes} of {count:,} sequences a step")


def told(work: Work, state: PartialState, trainer: Any, counts: Counter[str], seconds: float) -> dict[str, Any]:
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
        "tokens": trainer.state.num_input_tokens_seen,
        "steps": trainer.state.global_step,
        "parameters": sum(getattr(each, "ds_numel", each.numel()) for each in trainer.model.parameters()),
        "loss": {"first": losses[0], "last": losses[-1]} if losses else None,
    }


def tell(state: PartialState, text: str) -> None:
    """Says something once, however many processes there are."""
    if state.is_main_process:
        say(text)
