"""Fine-tuning on answers: of each row's messages, the last one is learnt (GSDP, section 3.1).

    messages (or problem and solution, question and answer, prompt and completion) -> a model, its card, run.json

    accelerate launch -m train.sft --config sft-tiny
    accelerate launch --config_file train/recipes/launch-zero3.yaml -m train.sft --config gsdp-7b --dataset_name data/gsdp
    torchrun --nproc_per_node 2 -m train.sft --config sft-tiny      # two processes on a CPU, too

Every argument of TRL's SFTConfig and ModelConfig is a key of the recipe and a flag; LoRA is `use_peft: true`. The same command
goes on after a kill. A row that is longer than `max_length` is left out, counted and shown, for it would end in the middle.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from builders.commands import command
from builders.errors import UserError
from builders.row import Row
from train.forms import messages_of
from train.recipe import Recipe
from train.running import Work, train
from train.tokenized import MASKED, Encoded

# For tokenizers that bring no template (base models, ours): GSDP's words for pretraining, so that both stages read alike.
TEMPLATE = Path(__file__).parent / "recipes" / "plain.jinja"


def prepare(tokenizer: Any, recipe: Recipe) -> None:
    """Gives a tokenizer its template. Raises UserError where packing would cut answers."""
    if recipe.args.packing and recipe.args.packing_strategy != "bfd":
        raise UserError(f"packing_strategy is {recipe.args.packing_strategy}, which cuts rows; say bfd")
    if recipe.args.chat_template_path is None and tokenizer.chat_template is None:
        recipe.args.chat_template_path = str(TEMPLATE)


def answers(tokenizer: Any, batch: Sequence[Row]) -> Iterator[Encoded | str]:
    """The tokens of conversations, with labels for what follows the last question alone."""
    spoken = [None if row["bad_row"] else messages_of(row) for row in batch]
    asked = [one for one in spoken if one and answered(one)]
    whole = iter(ids(tokenizer, [rendered(tokenizer, one, False) for one in asked]))
    before = iter(ids(tokenizer, [rendered(tokenizer, one[:-1], True) for one in asked]))
    for row, one in zip(batch, spoken, strict=True):
        if not answered(one):
            yield "bad_row" if row["bad_row"] else "no_answer" if one else "empty"
            continue
        tokens, prompt = next(whole), next(before)
        start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(tokens, prompt, strict=False)))
        yield tokens, [MASKED] * start + tokens[start:]


def answered(spoken: list[dict[str, str]] | None) -> bool:
    """Whether a conversation ends in an answer that somebody asked for."""
    return bool(
        spoken and len(spoken) > 1 and spoken[-1]["role"] == "assistant" and spoken[-1]["content"].strip()
        and any(each["role"] == "user" and each["content"].strip() for each in spoken)
    )  # fmt: skip


def rendered(tokenizer: Any, spoken: list[dict[str, str]], prompt: bool) -> str:
    """A conversation in the template's words; where that has no system role, the first question begins with what it says."""
    return str(tokenizer.apply_chat_template(spoken, tokenize=False, add_generation_prompt=prompt))


def ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    """Tokens of texts in which the template has put its special tokens."""
    return tokenizer(texts, add_special_tokens=False)["input_ids"] if texts else []


WORK = Work("sft", __doc__.splitlines()[0], prepare, answers)


def main(argv: Sequence[str]) -> None:
    train(WORK, argv)


if __name__ == "__main__":
    command(main)
