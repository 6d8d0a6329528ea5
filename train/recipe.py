"""What a training command is told: TRL's own arguments, and the few that are ours.

    --config NAME or FILE.yaml, flags -> Data, SFTConfig, ModelConfig

A bare name is one of train/recipes. Everything else is TRL's gesture: each key of the YAML is a flag, and flags win.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

import torch
from trl import ModelConfig, SFTConfig, TrlParser

from builders.errors import UserError
from builders.recipe import read_recipe

# TRL's default is bf16. Without use_cpu, what `torchrun --nproc_per_node 2` starts are two runs that know nothing of each other.
ON_A_CPU = {"use_cpu": True, "bf16": False, "dataloader_pin_memory": False}
FOLDER = Path(__file__).parent / "recipes"


@dataclass
class Data:
    """The rows to train on, and a model that is made here."""

    dataset_name: str = field(
        default="", metadata={"help": "a finished folder, a mix, a file, or user/name[@revision] on the Hub"}
    )
    dataset_config: str | None = field(default=None, metadata={"help": "a config of it (default: its default)"})
    dataset_train_split: str | None = field(default=None, metadata={"help": "a split of it (default: train)"})
    limit: int | None = field(default=None, metadata={"help": "the first so many rows"})
    tokenizer: str | None = field(
        default=None, metadata={"help": "a folder, a tokenizer.json or a Hub id (default: the model's)"}
    )
    from_scratch: dict | str | None = field(  # type: ignore[type-arg]  # TRL's parser takes no dict with parameters
        default=None,
        metadata={"help": "a configuration (model_type and its fields): a new model, and not model_name_or_path"},
    )
    fill: int | None = field(
        default=None,
        metadata={"help": "tokens of a sequence on average, of whole documents; instead of TRL's packing"},
    )
    allow_rehearsal: bool = field(default=False, metadata={"help": "train on rows that the rehearsal has made"})


@dataclass(frozen=True)
class Recipe:
    """All that a run is told."""

    data: Data
    args: SFTConfig
    model: ModelConfig

    def said(self) -> dict[str, Any]:
        """Its values as YAML can hold them; secrets are masked, as transformers does."""
        return {**dataclasses.asdict(self.data), **dataclasses.asdict(self.model), **self.args.to_dict()}


def parse(argv: Sequence[str], command: str, about: str, defaults: Mapping[str, Any]) -> Recipe:
    """The recipe of a command line. `defaults` differ from TRL's. Raises UserError for a key or a value that TRL refuses."""
    parser = TrlParser(
        (Data, SFTConfig, ModelConfig), prog=f"accelerate launch -m {command}", description=about, allow_abbrev=False
    )
    parser.set_defaults_with_config(**({} if torch.accelerator.is_available() else ON_A_CPU), **defaults)
    rest = list(argv)
    if "--config" in rest[:-1]:
        at = rest.index("--config")
        values = read_recipe(rest[at + 1], FOLDER)
        del rest[at : at + 2]
        if unknown := parser.set_defaults_with_config(**spelled(values, argv[at + 1]))[::2]:
            raise UserError(
                f"the recipe {argv[at + 1]} has the unknown key '{unknown[0][2:]}'; known are TRL's (SFTConfig, ModelConfig) "
                f"and {', '.join(each.name for each in dataclasses.fields(Data))}"
            )
    try:
        data, args, model = parser.parse_args_into_dataclasses(rest, look_for_args_file=False)
    except (ValueError, TypeError, ImportError) as problem:
        raise UserError(f"TRL does not take this recipe: {problem}") from problem
    whole = {
        name: getattr(args, name)
        for name in ("max_length", "per_device_train_batch_size", "gradient_accumulation_steps")
    }
    for name, value in {"limit": data.limit, **whole}.items():
        if value is not None and value < 1:
            raise UserError(f"{name} is {value}; it must be 1 or more")
    if args.eval_strategy != "no":
        raise UserError(
            f"eval_strategy is {args.eval_strategy}; train.evaluate measures a model, and nothing is measured here"
        )
    if args.save_strategy == "steps" and args.save_steps >= 1 and args.logging_steps >= 1:
        # A logged loss is the mean since the last one, or since a run went on: so that both are the same, each checkpoint logs.
        args.logging_steps = math.gcd(int(args.logging_steps), int(args.save_steps))
    if data.fill:
        if (args.max_length or math.inf) > data.fill:
            raise UserError(
                f"max_length is {args.max_length} and fill {data.fill}; a document must fit into what is filled, so say a lower max_length"
            )
        args.packing, args.padding_free = False, True
    if args.include_num_input_tokens_seen == "no":  # TRL's own count begins anew where a run goes on
        args.include_num_input_tokens_seen = "all" if args.packing or args.padding_free else "non_padding"
    return Recipe(data, args, model)


def spelled(values: Mapping[str, Any], recipe: str) -> dict[str, Any]:
    """The values of a recipe as a command line spells them: argparse looks at words alone, and lets a list through as a number."""
    types = {name: str(hint) for one in (Data, SFTConfig, ModelConfig) for name, hint in get_type_hints(one).items()}
    made = {}
    for name, value in values.items():
        wanted = types.get(name, "")
        if isinstance(value, (list, dict)) and name in types and type(value).__name__ not in wanted:
            raise UserError(f"the recipe {recipe}: {name} holds {value!r:.60}; it must be a single value")
        kept = value is None or isinstance(value, (list, dict)) or (isinstance(value, bool) and "bool" in wanted)
        made[name] = value if kept else str(value)
    return made
