"""A finished folder is a replay: rows + recipe + ledger -> the same bytes below data/, whenever and wherever.

a run's rows, the replies it read, its recipe without addresses, its counts -> the files of a finished folder
"""

import dataclasses
import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from datasets import Features, List, Value

from builders import VERSION
from builders.commands import typed
from builders.folder import Folder
from builders.row import Row
from generation.keys import canonical
from generation.recipes import Common, Role
from generation.taken import digest_of

if TYPE_CHECKING:
    from generation.run import Run

TEXT, WHOLE = Value("string"), Value("int64")
REPLIES = Features(
    {
        **dict.fromkeys(("key", "step", "prompt", "model", "revision", "sampling"), TEXT), "sample": WHOLE, "try": WHOLE, "dialect": TEXT,
        "messages": List({"role": TEXT, "content": TEXT}),
        **dict.fromkeys(("text", "reasoning", "finish_reason"), TEXT), "prompt_tokens": WHOLE, "completion_tokens": WHOLE,
        **dict.fromkeys(("reason", "detail", "digest"), TEXT),
    }
)  # fmt: skip
# What says how a run went, and not what it makes; and where things lie on one machine.
NOT_IN_RECIPE = {
    "output", "ledger", "replies", "endpoints", "dry_run", "budget", "from_ledger", "keep_going", "wait", "patience", "deadline", "until",
    "shard",
}  # fmt: skip
# What may be a path on one machine.
PLACES = ("rows", "styles", "benchmarks", "points_prompt", "score_prompt", "verdict_prompt", "embeddings")


def write_replies(run: "Run", folder: Folder) -> None:
    """The config `replies`: every reply that the run read, sorted by key; run.json has the sums of their tokens."""
    for batch in run.used():
        run.tokens["prompt"] += sum(reply.prompt_tokens or 0 for reply in batch)
        run.tokens["completion"] += sum(reply.completion_tokens or 0 for reply in batch)
        folder.write("replies", [_reply_row(reply) for reply in batch])


def _reply_row(reply: Any) -> Row:
    request = json.loads(reply.request)
    row = {
        "key": reply.key, "step": reply.step, "prompt": reply.prompt, "model": reply.model, "revision": reply.revision,
        "sampling": canonical(request["sampling"]), "sample": request["sample"], "try": request["try"], "dialect": request["dialect"],
        "messages": request["messages"], "text": reply.text, "reasoning": reply.reasoning, "finish_reason": reply.finish_reason,
        "prompt_tokens": reply.prompt_tokens, "completion_tokens": reply.completion_tokens, "reason": reply.reason, "detail": reply.detail,
    }  # fmt: skip
    return {**row, "digest": digest_of(row)}


def recipe_text(recipe: Common, tokenizer: str) -> str:
    """The recipe as YAML: what makes the rows, without any address."""
    values = {name: _plain(value) for name, value in vars(recipe).items() if name not in NOT_IN_RECIPE}
    for name in PLACES:
        if isinstance(values.get(name), list):
            values[name] = [shown_path(text) for text in values[name]]
        elif values.get(name) is not None:
            values[name] = shown_path(values[name])
    if values.get("embeddings") and "://" in values["embeddings"]:
        values["embeddings"] = None  # an address, as those of `endpoints`
    return yaml.safe_dump({**values, "tokenizer": tokenizer}, sort_keys=False, allow_unicode=True)


def shown_path(text: str) -> str:
    """A local path without the folders before its name: a folder is made to be shared."""
    return Path(text).name if Path(text).is_absolute() or (os.sep in text and Path(text).exists()) else text


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, Role):
        return {
            name: item for name, item in dataclasses.asdict(value).items() if name != "endpoints" and item is not None
        }
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value


def run_text(run: "Run", kind: str, tokenizer: str, started: str, ended: str, **more: Any) -> str:
    """run.json: times, money, counts, and the words of the prompts."""
    tally = run.engine.tally if run.engine is not None else None
    models = [
        {"role": m.role, "model": m.name, "revision": m.revision, "sampling": m.sampling} for m in run.models.values()
    ]
    asked = tally.asked if tally else 0
    values = {
        "mathloom": VERSION, "kind": kind, "command": typed(list(_flags())), "started": started, "ended": ended,
        "seconds": round(time.monotonic() - run.started, 3), "models": models, "tokenizer": tokenizer,
        "rehearsal": any(m.name.startswith("mathloom/rehearsal/") for m in run.models.values()),
        "asked": asked, "from_ledger": max(0, run.read - asked),
        "taken_up": [{**dataclasses.asdict(taken), "source": shown_path(taken.source)} for taken in run.taken], "tokens": run.tokens,
        "cost": round(run.purse.held + run.purse.cost(), 6) if run.purse.known else None, **more,
        "prompts": dict(sorted(run.prompts.items())),
    }  # fmt: skip
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n"


def _flags() -> Iterator[str]:
    """The command's flags without addresses: a folder is made to be shared."""
    skip = False
    for word in sys.argv[1:]:
        if word.startswith("--"):
            skip = word.split("=")[0] in ("--endpoints", "--ledger", "--output", "--embeddings")
        if not skip:
            flag, equals, path = word.partition("=") if word.startswith("--") else ("", "", word)
            yield flag + equals + shown_path(path)
