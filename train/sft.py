"""Fine-tuning on answers: of each row's messages, the last one is learnt (GSDP, section 3.1).

    messages (or problem and solution, question and answer, prompt and completion) -> a model, its card, run.json

    accelerate launch -m train.sft --config sft-tiny
    accelerate launch --config_file train/recipes/launch-zero3.yaml -m train.sft --config gsdp-7b --dataset_name data/gsdp
    torchrun --nproc_per_node 2 -m train.sft --config sft-tiny      # two processes on a CPU, too

Every argument of TRL's SFTConfig and ModelConfig is a key of the recipe and a flag; LoRA is `use_peft: true`. The same command
goes on after a kill. A row that is longer than `max_length` is left out, counted and shown, for it would end in the middle. A tokenizer
without a chat template gets train/recipes/plain.jinja.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

from jinja2 import TemplateError

from builders.commands import command
from builders.errors import UserError
from builders.row import Row
from train.forms import Turn, lacks, messages_of
from train.models import set_template
from train.others import as_said
from train.recipe import Recipe
from train.running import Work, train
from train.tokenized import MASKED, Encoded

# For tokenizers that bring no template (base models, ours): GSDP's words for pretraining, so that both stages read alike.
TEMPLATE = Path(__file__).parent / "recipes" / "plain.jinja"
# A template is a program of somebody's: what it may end with.
FAILS = (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


def prepare(tokenizer: Any, recipe: Recipe) -> None:
    """Gives a tokenizer its template. Raises UserError where packing would cut answers."""
    if recipe.args.packing and recipe.args.packing_strategy != "bfd":
        raise UserError(f"packing_strategy is {recipe.args.packing_strategy}, which cuts rows; say bfd")
    if recipe.args.chat_template_path is None and tokenizer.chat_template is None:
        tokenizer.chat_template = TEMPLATE.read_text(encoding="utf-8")
    set_template(tokenizer, recipe)


def answers(tokenizer: Any, batch: Sequence[Row]) -> Iterator[Encoded | str]:
    """The tokens of conversations, with labels for what follows the last question alone; or why there are none."""
    texts = [rendered(tokenizer, row) for row in batch]
    there = [text for text in texts if not isinstance(text, str)]
    with as_said("the tokenizer fails over rows"):
        found = iter(
            tokenizer([each for pair in there for each in pair], add_special_tokens=False)["input_ids"] if there else []
        )
    for text in texts:
        if isinstance(text, str):
            yield text
            continue
        before, whole = next(found), next(found)
        start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, whole, strict=False)))
        yield whole, [MASKED] * start + whole[start:]


def rendered(tokenizer: Any, row: Row) -> tuple[str, str] | str:
    """What stands before the answer, and all of it, in the template's words; or the reason why there is nothing."""
    if row["bad_row"]:
        return "bad_row"
    spoken = messages_of(row) or []
    if reason := lacks(spoken):
        return reason
    try:
        before, whole = templated(tokenizer, spoken[:-1], True), templated(tokenizer, spoken, False)
        f"{before}{whole}".encode()  # a template can make what no tokenizer takes
        return before, whole
    except FAILS:
        return "refused"


def templated(tokenizer: Any, spoken: list[Turn], prompt: bool) -> str:
    """A conversation in the template's words. Where it knows no system role, the first question begins with what that says."""
    kwargs = {"tokenize": False, "add_generation_prompt": prompt}
    if spoken[0]["role"] != "system":
        return str(tokenizer.apply_chat_template(spoken, **kwargs))
    try:
        text = str(tokenizer.apply_chat_template(spoken, **kwargs))
        if spoken[0]["content"].strip() in text:
            return text
    except TemplateError:
        pass
    system, first, *rest = spoken
    asked = {**first, "content": f"{system['content']}\n\n{first['content']}"}
    return str(tokenizer.apply_chat_template([asked, *rest], **kwargs))


WORK = Work("sft", __doc__.splitlines()[0], prepare, answers)


def main(argv: Sequence[str]) -> None:
    train(WORK, argv)


if __name__ == "__main__":
    command(main, memory=None)
