"""The card of a model that we have trained, and its repo on the Hub.

output_dir, Recipe, what run.json says -> README.md -> one commit of a model repo
"""

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

from huggingface_hub import HfApi, ModelCardData

from builders import hub
from builders.markdown import code, number, table
from builders.place import check_links
from builders.screen import say
from train.checkpoints import RECIPE
from train.recipe import Recipe

LEFT_HERE = ["checkpoint-*", "runs/*", ".*"]  # what no model needs


def write_card(output: Path, recipe: Recipe, facts: dict[str, Any]) -> None:
    """Writes README.md: what the model learnt from, how, and how to load it."""
    data, model, args = recipe.data, recipe.model, recipe.args
    mix = of_mix(data.dataset_name)
    front = ModelCardData(
        library_name="peft" if model.use_peft else "transformers",
        pipeline_tag="text-generation",
        base_model=None if data.from_scratch else model.model_name_or_path,
        tags=["mathloom", "trl", facts["kind"], "mathematics", *(["rehearsal"] if facts["rehearsal"] else [])],
    )
    batch = args.per_device_train_batch_size * args.gradient_accumulation_steps * facts["processes"]
    left = ", ".join(f"{count:,} {reason}" for reason, count in facts["rows"]["left_out"].items()) or "none"
    said = [
        ("rows", f"{facts['rows']['kept']:,} of {facts['rows']['in']:,}; left out: {left}"),
        ("steps", f"{facts['steps']:,} of {batch:,} sequences {sizes(recipe)}"),
        (
            "learning rate",
            f"{number(args.learning_rate)}, {args.lr_scheduler_type.value}, warm-up {number(args.warmup_steps)}",
        ),
        (
            "loss, first and last logged",
            "–" if not facts["loss"] else " and ".join(map(number, facts["loss"].values())),
        ),
        ("parameters", f"{facts['parameters']:,}"),
        ("trained on", f"{facts['processes']} x {facts['device']}, {number(facts['seconds'])} s"),
        ("with", ", ".join(f"{name} {version(name)}" for name in ("torch", "transformers", "trl", "accelerate"))),
    ]
    what = "A new model" if data.from_scratch else f"{code(model.model_name_or_path)}"
    lines = [
        f"# {output.name}",
        *(
            ["**Trained on what mathloom's rehearsal made up: it shows that everything runs, and is of no other use.**"]
            if facts["rehearsal"]
            else []
        ),
        f"{what}, trained by mathloom's `train.{facts['kind']}` on {code(data.dataset_name)}; "
        f"all that it was told is in `{RECIPE}`.",
        table(["", ""], said),
        *parts(mix),
        f'```python\nfrom transformers import AutoModelForCausalLM, AutoTokenizer\n\nname = "{output.name}"\n'
        "model, tokenizer = AutoModelForCausalLM.from_pretrained(name), AutoTokenizer.from_pretrained(name)\n```",
    ]
    body = "\n\n".join(lines)
    (output / "README.md").write_text(f"---\n{front.to_yaml()}\n---\n\n{body}\n", encoding="utf-8")


def sizes(recipe: Recipe) -> str:
    """How long the sequences were that the model saw."""
    args = recipe.args
    if recipe.data.fill:
        return f"of whole documents, {recipe.data.fill} tokens on average"
    packed = f", packed by {args.packing_strategy}" if args.packing else ""
    return f"of at most {args.max_length} tokens{packed}"


def of_mix(where: str) -> dict[str, Any]:
    """What the run.json of a folder says, where there is one."""
    try:
        said = json.loads((Path(where) / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def parts(mix: dict[str, Any]) -> list[str]:
    """What the rows are a mix of, and whether they meet what the model may be evaluated on."""
    if mix.get("kind") != "mix":
        return ["The rows were held against no evaluation set: `train.mix` does that."]
    rows = [
        [
            code(name),
            code(part["view"]),
            *(mix["counts"][name][each] for each in ("rows", "tokens")),
            code(part["revision"]),
        ]
        for name, part in mix["parts"].items()
    ]
    made = [table(["part", "view", "rows", "tokens", "revision"], rows)]
    if mix["contamination"] is None:
        return [*made, "The mix was held against no evaluation set."]
    sets = ", ".join(code(name) for name in mix["contamination"]["benchmarks"])
    met = ", ".join(f"{count:,} of {code(part)}" for part, count in mix["met"].items())
    return [*made, f"Held against {sets}: " + (f"**{met} meet them.**" if met else "nothing meets them.")]


def publish(output: Path, recipe: Recipe) -> None:
    """Pushes the model, its tokenizer and its card in one commit. UserError or WorldError where the Hub refuses."""
    check_links(output)  # what they lead to would be published
    api, args = HfApi(token=recipe.args.hub_token), recipe.args
    name = args.hub_model_id or output.name
    with hub.sentences(name, "cannot be published:"):
        repo = api.create_repo(name, private=args.hub_private_repo, exist_ok=True).repo_id
        api.upload_folder(
            repo_id=repo, folder_path=output, ignore_patterns=LEFT_HERE, commit_message="A model trained by mathloom"
        )
    say(f'AutoModelForCausalLM.from_pretrained("{repo}")')
