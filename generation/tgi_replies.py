"""The dialect of text-generation-inference from the server's side: what is replied.

    Request + text -> the body of a reply, or its server-sent events

Fields follow TGI 3's router (its docs/openapi.json), and validate against huggingface_hub's types.
"""

import json
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from generation.tgi_requests import STOPS, TOKEN, Limits, Request, tokens

VERSION = "3.3.6"  # the TGI whose router is spoken
EOS = {"id": 2, "text": "", "logprob": -0.01, "special": True}


def finished(request: Request, text: str, finish: str) -> tuple[str, str]:
    """A text as far as the request lets it go, and why it ends: `eos_token`, `length`, `stop_sequence` (it is kept)."""
    finish = "length" if finish == "length" else "eos_token"
    ends = [(text.find(stop) + len(stop)) for stop in request.stop if stop and stop in text]
    if ends:
        text, finish = text[: min(ends)], "stop_sequence"
    if len(text) > TOKEN * request.most:
        text, finish = text[: TOKEN * request.most], "length"
    return text, finish


def encoded(value: Any) -> bytes:
    """JSON on the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def chat_reply(request: Request, model: str, text: str, finish: str) -> dict[str, Any]:
    """The body of a chat completion."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": text},
        "logprobs": {"content": [_logprob(token) for token in token_list(text)]} if request.logprobs else None,
        "finish_reason": "stop" if finish == "eos_token" else finish,
    }
    return {**_head("chat.completion", model), "choices": [choice], "usage": _usage(request, text)}


def generate_reply(request: Request, text: str, finish: str) -> dict[str, Any]:
    """The body that `/generate` answers."""
    reply: dict[str, Any] = {"generated_text": request.before + text}
    if request.details:
        reply["details"] = {
            "finish_reason": finish, "generated_tokens": max(1, tokens(text)), "seed": request.seed, "prefill": [],
            "tokens": token_list(text),
        }  # fmt: skip
    return reply


def chat_events(request: Request, model: str, text: str, finish: str) -> Iterator[bytes]:
    """The events of a streamed chat completion."""
    for token in [*token_list(text), None]:
        delta = {"role": "assistant", "content": token["text"] if token else ""}
        ended = None if token else ("stop" if finish == "eos_token" else finish)
        logprobs = {"content": [_logprob(token)]} if request.logprobs and token else None
        choice = {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": ended}
        yield _event({**_head("chat.completion.chunk", model), "choices": [choice], "usage": None})
    if request.usage:
        yield _event({**_head("chat.completion.chunk", model), "choices": [], "usage": _usage(request, text)})
    yield b"data: [DONE]\n\n"


def generate_events(request: Request, text: str, finish: str) -> Iterator[bytes]:
    """The events of `/generate_stream`."""
    pieces = token_list(text)
    for index, token in enumerate(pieces, 1):
        yield _event({"index": index, "token": token, "generated_text": None, "details": None})
    details = {
        "finish_reason": finish, "generated_tokens": max(1, len(pieces)), "seed": request.seed,
        "input_length": request.prompt_tokens,
    }  # fmt: skip
    yield _event(
        {
            "index": len(pieces) + 1,
            "token": EOS,
            "generated_text": request.before + text,
            "details": details if request.details else None,
        }
    )


def token_list(text: str) -> list[dict[str, Any]]:
    """A text's tokens as TGI lists them; the numbers stand for nothing."""
    pieces = [text[i : i + TOKEN] for i in range(0, len(text), TOKEN)]
    return [{"id": 3 + sum(map(ord, p)) % 31997, "text": p, "logprob": -0.25, "special": False} for p in pieces]


def tokenized(text: str) -> list[dict[str, Any]]:
    """What `/tokenize` answers."""
    starts = range(0, len(text), TOKEN)
    return [
        {"id": token["id"], "text": token["text"], "start": i, "stop": min(i + TOKEN, len(text))}
        for i, token in zip(starts, token_list(text), strict=True)
    ]


def _logprob(token: dict[str, Any]) -> dict[str, Any]:
    return {"token": token["text"], "logprob": token["logprob"], "top_logprobs": []}


def _usage(request: Request, text: str) -> dict[str, int]:
    had, made = request.prompt_tokens, max(1, tokens(text))
    return {"prompt_tokens": had, "completion_tokens": made, "total_tokens": had + made}


def _head(kind: str, model: str) -> dict[str, Any]:
    fingerprint = f"{VERSION}-rehearsal"
    return {"object": kind, "id": "", "created": int(time.time()), "model": model, "system_fingerprint": fingerprint}


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + encoded(value) + b"\n\n"


def info(model: str, revision: str, limits: Limits) -> dict[str, Any]:
    """What `/info` answers."""
    return {
        "model_id": model, "model_sha": revision, "model_pipeline_tag": "text-generation",
        "max_concurrent_requests": limits.requests, "max_best_of": 1, "max_stop_sequences": STOPS,
        "max_input_tokens": limits.input_tokens, "max_total_tokens": limits.total_tokens, "validation_workers": 1,
        "max_client_batch_size": 4, "router": "text-generation-router", "version": VERSION, "sha": None,
        "docker_label": None,
    }  # fmt: skip


def metrics(counts: Counter[str], under_way: Counter[str]) -> str:
    """What `/metrics` says, under TGI's names; `asked_again` is ours: attempts at a question that was asked before."""
    failures = ("validation", "overloaded")
    lines = ["# TYPE tgi_request_count counter", f"tgi_request_count {counts['count']}"]
    lines += ["# TYPE tgi_request_success counter", f"tgi_request_success {counts['success']}"]
    lines += ["# TYPE tgi_request_failure counter"]
    lines += [f'tgi_request_failure{{err="{kind}"}} {counts[f"failure {kind}"]}' for kind in failures]
    lines += [
        "# TYPE tgi_request_generated_tokens summary",
        f"tgi_request_generated_tokens_sum {counts['generated_tokens']}",
    ]
    lines += [f"tgi_request_generated_tokens_count {counts['success']}"]
    lines += ["# TYPE tgi_batch_current_size gauge", f"tgi_batch_current_size {sum(under_way.values())}"]
    lines += ["# TYPE tgi_queue_size gauge", "tgi_queue_size 0"]
    lines += ["# TYPE rehearsal_asked_again counter", f"rehearsal_asked_again {counts['asked_again']}"]
    return "\n".join(lines) + "\n"
