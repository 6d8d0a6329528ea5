"""Continued pretraining: whole documents, packed, each of which sees itself alone (MIND; GSDP, section 3.1).

    text (or problem and solution, as "Problem:\\n...\\n\\nSolution:\\n...") -> a model, its card, run.json

    accelerate launch -m train.pretrain --config pretrain-tiny
    accelerate launch --config_file train/recipes/launch-fsdp.yaml -m train.pretrain --config mind-7b --dataset_name data/mix

Every argument of TRL's SFTConfig and ModelConfig is a key of the recipe and a flag. Documents are packed by best fit, and those
longer than `max_length` split, so that nothing is lost; warm-up, then cosine. The same command goes on after a kill.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from builders.commands import command
from builders.errors import UserError
from builders.row import Row
from train.forms import text_of
from train.others import as_said
from train.recipe import Recipe
from train.running import Work, train
from train.tokenized import Encoded

DEFAULTS = {"packing": True, "packing_strategy": "bfd_split", "lr_scheduler_type": "cosine", "warmup_steps": 0.03}


def prepare(tokenizer: Any, recipe: Recipe) -> None:
    """Raises UserError where documents would see each other, or do not end."""
    if recipe.args.packing and recipe.args.packing_strategy == "wrapped":
        raise UserError("packing_strategy is wrapped, in which documents see each other; say bfd_split")
    if tokenizer.eos_token_id is None:
        raise UserError(
            f"the tokenizer {tokenizer.name_or_path} has no eos_token, and no document could end; name another"
        )


def documents(tokenizer: Any, batch: Sequence[Row]) -> Iterator[Encoded | str]:
    """The tokens of documents, each with its end; all of them are learnt."""
    texts = [None if row["bad_row"] else text_of(row) for row in batch]
    there = [text for text in texts if text]
    with as_said("the tokenizer fails over rows"):
        found = iter(tokenizer(there)["input_ids"] if there else [])
    for row, text in zip(batch, texts, strict=True):
        if not text:
            yield "bad_row" if row["bad_row"] else "empty"
            continue
        tokens = next(found)
        if tokens[-1:] != [tokenizer.eos_token_id]:
            tokens = [*tokens, tokenizer.eos_token_id]
        yield tokens, tokens


WORK = Work("pretrain", __doc__.splitlines()[0], prepare, documents, DEFAULTS)


def main(argv: Sequence[str]) -> None:
    train(WORK, argv)


if __name__ == "__main__":
    command(main, memory=None)
