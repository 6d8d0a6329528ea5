"""What an output folder already holds: a finished model, checkpoints to go on from, or another recipe's.

output_dir, recipe -> the checkpoint to go on from, or None; an error where the folder is somebody else's
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from builders.errors import UserError
from builders.plain import bounded, text_of

RECIPE, DONE, STATE = "recipe.yaml", "run.json", "trainer_state.json"
NAME = re.compile(r"checkpoint-(\d+)")
# What may differ between a run and the one that goes on: where things are, what is shown, saved and published.
FREE = re.compile(
    r"(hub_|push_|log_|logging_|report_|save_|disable_|do_|eval_|ddp_|fsdp|deepspeed|accelerator_config|dataloader_(num|pin|pers|pref)"
    r"|output_dir|run_name|resume_|use_cpu|project|trackio|dataset_num_proc|_n_gpu|parallelism|include_|overwrite).*"
)


def same(said: dict[str, Any], earlier: dict[str, Any]) -> list[str]:
    """The keys in which two recipes differ that matter to the loss."""
    names = sorted({*said, *earlier})
    return [name for name in names if not FREE.fullmatch(name) and said.get(name) != earlier.get(name)]


def plain(said: dict[str, Any]) -> dict[str, Any]:
    """A recipe as its file gives it back."""
    return dict(json.loads(json.dumps(said, default=str)))


def begun(output: Path, said: dict[str, Any]) -> tuple[Path | None, bool]:
    """The last whole checkpoint of this recipe at `output`, and whether the model is finished there.

    UserError where what is there comes from another recipe, or is none of ours.
    """
    if not output.exists() or not any(output.iterdir()):
        return None, False
    try:
        earlier = bounded(text_of(output / RECIPE, f"{output / RECIPE}"))
    except (OSError, ValueError, LookupError, AttributeError, TypeError, yaml.YAMLError) as problem:
        some = ", ".join(sorted(path.name for path in output.iterdir())[:3])
        raise UserError(f"{output} holds {some}, and no run of ours; name another output_dir") from problem
    done = (output / DONE).is_file()
    if not isinstance(earlier, dict) or not all(isinstance(name, str) for name in earlier):
        raise UserError(f"{output}/{RECIPE} is no recipe of ours; name another output_dir")
    if done:  # how many processes are to publish it is all the same
        said = said | {"processes": earlier.get("processes")}
    if other := same(plain(said), earlier):
        shown = ", ".join(f"{name} {earlier.get(name)!r:.60}, here {plain(said).get(name)!r:.60}" for name in other[:3])
        raise UserError(f"{output} holds a run of another recipe ({shown}); name another output_dir, or remove it")
    return last(output), done


def last(output: Path) -> Path | None:
    """The last checkpoint that was written to its end: its state comes last."""
    found = [(int(match[1]), path) for path in output.iterdir() if (match := NAME.fullmatch(path.name))]
    for number, path in sorted(found, reverse=True):
        if not (path / STATE).is_file():  # a pipe would be waited for
            continue
        try:
            state = json.loads((path / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(state, dict) and state.get("global_step") == number:
            return path
    return None
