"""Models asked by lm-eval: a folder or a Hub id on this machine, or an endpoint that speaks chat completions.

a model, tasks of ours with their items -> replies, k of each item;  lm-eval's own tasks -> its numbers, and a score of each item
"""

import asyncio
import json
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from huggingface_hub import get_token

from builders.commands import option
from builders.errors import UserError, WorldError
from builders.hosts import is_hugging_face, is_loopback
from builders.row import Row
from train.others import as_said
from train.tasks import Task, examples_of, prompt_of

LARGEST, SECONDS = 1 << 20, 30.0  # of what an endpoint says of itself
TRIES = 5  # of a request to an endpoint
DTYPES = ("auto", "bfloat16", "float16", "float32")


@dataclass(frozen=True)
class Asking:
    """How replies are drawn."""

    samples: int = option(1, "replies of each item", metavar="K")
    temperature: float = option(0.0, "0 takes the likeliest token; above 1 sample it must be above 0")
    top_p: float = option(1.0, "of the likeliest tokens")
    batch: int = option(64, "items at once, of a model on this machine")
    concurrency: int = option(32, "requests at once, of an endpoint")
    chat: bool = option(False, "by the model's chat template (an endpoint has its own, always)")
    dtype: str = option("auto", "of a model on this machine: auto, bfloat16, float16, float32")
    seed: int = option(0, "for what is drawn")
    token_env: str = option("OPENAI_API_KEY", "the variable that holds an endpoint's token")
    insecure: bool = option(False, "send the token over http, in a network of your own")

    def check(self) -> None:
        """Raises UserError for what cannot be meant."""
        if self.samples < 1 or (self.samples > 1 and self.temperature <= 0):
            raise UserError(f"samples is {self.samples} at temperature {self.temperature}; several need one above 0")
        if min(self.batch, self.concurrency) < 1:
            raise UserError(f"batch is {self.batch} and concurrency {self.concurrency}; both must be 1 or more")
        if self.dtype not in DTYPES:
            raise UserError(f"dtype is {self.dtype}; it is {', '.join(DTYPES)}")


def is_endpoint(place: str) -> bool:
    """Whether a model is asked over HTTP."""
    return place.startswith(("http://", "https://"))


def opened(place: str, asking: Asking) -> Any:
    """lm-eval's object for a model. UserError where there is no such model, WorldError where its server is silent."""
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    # Both show replies as a whole, and each of many failures; what came of it we say, once.
    for name in ("lm_eval.models.api_models", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    if is_endpoint(place):
        from train.endpoint import Endpoint

        token = token_of(place, asking)
        return Endpoint(base_of(place), served(place, asking), token, asking.concurrency, TRIES)
    import torch
    from lm_eval.models.huggingface import HFLM

    if place.startswith((".", "/", "~")) and not Path(place).expanduser().is_dir():
        raise UserError(f"there is no model at {place}; name a folder that save_pretrained wrote, a Hub id, or a URL")
    with as_said(f"the model {place} is not to be had"):
        return HFLM(
            pretrained=place,
            batch_size=asking.batch,
            dtype=asking.dtype,
            device="cuda" if torch.cuda.is_available() else "cpu",
        )


def base_of(place: str) -> str:
    """Where a server's own paths begin."""
    return place.rstrip("/").removesuffix("/chat/completions").removesuffix("/v1")


def token_of(place: str, asking: Asking) -> str:
    """The token that an endpoint gets; empty without one. UserError where it may not have it."""
    token = os.environ.get(asking.token_env, "").strip()
    try:
        parts = urlsplit(place)
        host = parts.hostname or ""
    except ValueError as problem:
        raise UserError(f"{place} is no address of a server ({problem})") from problem
    if token and token == get_token() and not is_hugging_face(host):
        raise UserError(
            f"{place} would get your Hugging Face token ({asking.token_env}), which goes to Hugging Face's hosts only; "
            "a token of its own belongs into another variable"
        )
    if token and parts.scheme == "http" and not is_loopback(host) and not asking.insecure:
        raise UserError(
            f"the token for {place} would travel in the clear; use https, say --token-env with another variable (one that is not "
            "set sends none), or --insecure in a network of your own"
        )
    return token


def served(place: str, asking: Asking) -> str:
    """The model that an endpoint says it serves: at /v1/models, else (TGI) at /info. No redirect is followed: it would take the token along."""
    base, token = base_of(place), token_of(place, asking)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    said = "nothing"
    for path in ("/v1/models", "/info"):
        try:
            found = asyncio.run(_told(f"{base}{path}", headers))
            name = str(found["model_id"] if path == "/info" else found["data"][0]["id"])
            return name.replace(token, "***") if token else name
        except (OSError, RecursionError, ValueError, LookupError, TypeError, aiohttp.ClientError) as problem:
            said = f"{type(problem).__name__}: {problem}"
    raise WorldError(f"{base} says neither at /v1/models nor at /info which model it serves ({said})")


async def _told(url: str, headers: dict[str, str]) -> Any:
    """What a server says of itself, within SECONDS and LARGEST bytes."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(url, headers=headers, allow_redirects=False) as reply,
    ):
        if reply.status != 200:
            raise ValueError(f"it answered {reply.status}")
        body = bytearray()
        async for part in reply.content.iter_chunked(1 << 16):
            body += part
            if len(body) > LARGEST:
                raise ValueError("it does not end")
        return json.loads(body)


def replies(lm: Any, task: Task, items: Sequence[Row], asking: Asking) -> list[list[str]]:
    """`samples` replies of each item, in order.

    A pass per sample, each with a seed of its own: lm-eval sends one seed with all, and a server would say the same k times.
    """
    from lm_eval.api.instance import Instance

    chat = asking.chat or not hasattr(lm, "tokenizer") or lm.tokenizer is None
    examples = examples_of(task)
    prompts = [prompt_of(task, row["problem"], examples, chat) for row in items]
    if chat:
        with as_said("the model's chat template refuses a question"):
            prompts = [lm.apply_chat_template([{"role": "user", "content": prompt}]) for prompt in prompts]
    options: dict[str, Any] = {
        "until": list(task.stop),
        "max_gen_toks": task.max_tokens,
        "temperature": asking.temperature,
    }
    options |= {"do_sample": asking.temperature > 0}
    if asking.temperature > 0 and asking.top_p < 1:  # TGI refuses a top_p of 1
        options["top_p"] = asking.top_p
    made: list[list[str]] = [[] for _ in items]
    for sample in range(asking.samples):
        seed(lm, asking.seed + sample)
        asked = [
            Instance("generate_until", row, (prompt, dict(options)), 0, (task.name, at, 1))
            for at, (row, prompt) in enumerate(zip(items, prompts, strict=True))
        ]
        for texts, text in zip(made, said(lm, asked, task), strict=True):
            texts.append(text)
    return made


def said(lm: Any, asked: Sequence[Any], task: Task) -> list[str]:
    """What lm-eval gives back. WorldError where an endpoint left an item without a reply: a gap is no wrong answer."""
    with as_said(f"the model cannot be asked for {task.name}"), sentences(task.name):
        found = list(lm.generate_until(asked))
    if None in found:
        raise WorldError(f"{found.count(None)} items of {task.name} got no reply; the same command goes on")
    return found


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """What an endpoint may do while it is asked for a task, as one sentence."""
    try:
        yield
    except (aiohttp.ClientError, TimeoutError) as problem:
        said = str(problem) or "no whole reply in time"
        raise WorldError(
            f"the endpoint failed over an item of {name}, {TRIES} times: {said}; "
            "what it has said is kept, and the same command goes on"
        ) from problem
    except NotImplementedError as problem:
        raise UserError(f"{name} cannot be asked of an endpoint: {problem}") from problem


def seed(lm: Any, number: int) -> None:
    """The seed of a pass, here and at a server."""
    from transformers import set_seed

    set_seed(number)
    lm.cache_hook.seed = number
    if hasattr(lm, "_seed"):
        lm._seed = number


def known(names: Sequence[str]) -> None:
    """Raises UserError for names that lm-eval does not know."""
    if not names:
        return
    from lm_eval.tasks import TaskManager

    there = set(TaskManager().all_tasks)
    for name in names:
        if name not in there:
            near = sorted(each for each in there if name.split("_")[0].lower() in each)[:8]
            raise UserError(f"lm-eval has no task {name}; what comes near is {', '.join(near) or 'nothing'}")


def theirs(lm: Any, names: Sequence[str], limit: int | None, unsafe: bool) -> dict[str, Any]:
    """lm-eval's results for its own tasks: `results`, `n-samples`, `samples`."""
    from lm_eval import simple_evaluate

    if not names:
        return {}
    with as_said(f"the model cannot be asked for {', '.join(names)}"), sentences(", ".join(names)):
        found = simple_evaluate(
            lm, tasks=list(names), limit=limit, bootstrap_iters=1000, confirm_run_unsafe_code=unsafe
        )
    return dict(found or {})
