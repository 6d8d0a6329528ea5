"""The tokenizer and the model of a run: those of a name, or a new model of a configuration.

Recipe -> tokenizer with its template;  Recipe, tokenizer -> what SFTTrainer calls a model
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from huggingface_hub.errors import StrictDataclassError
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast, set_seed

from builders.errors import UserError
from builders.tokens import OURS
from train.others import as_said
from train.recipe import Recipe

END, PAD = "<|end|>", "<|pad|>"  # of a bare tokenizer.json that has none


def tokenizer_of(recipe: Recipe) -> Any:
    """The tokenizer that a recipe names, else its model's, else the one that the project ships."""
    data, model = recipe.data, recipe.model
    if bool(data.from_scratch) == bool(model.model_name_or_path):
        raise UserError("name either model_name_or_path or a configuration under from_scratch; one of them, not both")
    name = data.tokenizer or model.model_name_or_path or str(OURS)
    made = (
        bare(name) if name.endswith(".json") else named(name, None if data.tokenizer else model.model_revision, recipe)
    )
    if recipe.args.eos_token:
        made.eos_token = recipe.args.eos_token
    if made.pad_token is None:
        made.pad_token = made.eos_token
    return made


def bare(name: str) -> Any:
    """The tokenizer of a tokenizer.json, with an end and a padding of ours where the file says none."""
    if not Path(name).is_file():
        raise UserError(
            f"there is no tokenizer file {name}; name a tokenizer.json that is there, a folder, or a Hub id"
        )
    with as_said(f"the tokenizer {name} is not to be had"):
        made = PreTrainedTokenizerFast(tokenizer_file=name)
        made.add_special_tokens({"eos_token": END, "pad_token": PAD})
        return made


def named(name: str, revision: str | None, recipe: Recipe) -> Any:
    """The tokenizer of a folder or a Hub id; code of its own is run where the command line says so, and nobody is asked."""
    with as_said(f"the tokenizer {name} is not to be had"):
        return AutoTokenizer.from_pretrained(name, revision=revision, trust_remote_code=recipe.args.trust_remote_code)


def set_template(tokenizer: Any, recipe: Recipe) -> None:
    """Gives the tokenizer the template of `chat_template_path`: a Jinja file, or a tokenizer that has one."""
    if path := recipe.args.chat_template_path:
        if path.endswith((".jinja", ".j2")):
            if not Path(path).is_file():
                raise UserError(f"chat_template_path is {path}, and there is no such file")
            tokenizer.chat_template = Path(path).read_text(encoding="utf-8")
        else:
            tokenizer.chat_template = named(path, None, recipe).chat_template


def mark(tokenizer: Any) -> str:
    """What changes when a tokenizer or its template does."""
    said = [tokenizer.backend_tokenizer.to_str(), tokenizer.chat_template, tokenizer.eos_token]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def model_of(recipe: Recipe, tokenizer: Any) -> Any:
    """A new model of random weights; of a name the name itself, which SFTTrainer loads by `model_init_kwargs`."""
    kwargs = {"revision": recipe.model.model_revision, "attn_implementation": recipe.model.attn_implementation}
    kwargs["dtype"] = recipe.model.dtype
    if not recipe.data.from_scratch:
        recipe.args.model_init_kwargs = {**kwargs, **(recipe.args.model_init_kwargs or {})}
        return recipe.model.model_name_or_path
    fields = {"vocab_size": len(tokenizer), **configuration(recipe.data.from_scratch)}
    for name in ("bos", "eos", "pad"):
        fields.setdefault(f"{name}_token_id", getattr(tokenizer, f"{name}_token_id"))
    try:
        config = AutoConfig.for_model(**fields)
    except (TypeError, ValueError, StrictDataclassError) as problem:
        raise UserError(f"from_scratch is no configuration: {' '.join(str(problem).split())}") from problem
    set_seed(recipe.args.seed)
    dtype = getattr(torch, recipe.model.dtype, recipe.model.dtype) if recipe.model.dtype not in (None, "auto") else None
    if isinstance(dtype, str):
        raise UserError(f"dtype is {dtype}, which torch does not know; it has bfloat16, float16, float32")
    more = {"attn_implementation": kwargs["attn_implementation"]} if kwargs["attn_implementation"] else {}
    return AutoModelForCausalLM.from_config(config, dtype=dtype, **more)


def configuration(said: Any) -> dict[str, Any]:
    """The fields of a new model. UserError for anything else."""
    try:
        made = json.loads(said) if isinstance(said, str) else said
    except ValueError:
        made = said
    if not isinstance(made, dict) or "model_type" not in made:
        raise UserError(
            f"from_scratch holds {said!r:.60}; it must be a mapping: model_type (llama), and fields of its configuration"
        )
    return made
