"""TGI's dialect as the rehearsal speaks it: pages, types, limits, streams, and huggingface_hub's own client."""

import dataclasses
import json
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any

import pytest
from huggingface_hub import (
    ChatCompletionOutput,
    ChatCompletionStreamOutput,
    InferenceClient,
    TextGenerationOutput,
    TextGenerationStreamOutput,
    constants,
)

from generation.rehearsal import Rehearsal, rehearse
from generation.serving import route
from tests.generation.rehearsing import QUESTION, chat, get, post

INFO = {
    "model_id", "model_sha", "model_pipeline_tag", "max_concurrent_requests", "max_best_of", "max_stop_sequences",
    "max_input_tokens", "max_total_tokens", "validation_workers", "max_client_batch_size", "router", "version", "sha",
    "docker_label",
}  # fmt: skip


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with rehearse(Rehearsal(port=0, faults="0", outages="0")) as address:
        yield address


@pytest.fixture(autouse=True)
def online(monkeypatch: pytest.MonkeyPatch) -> None:
    # The client refuses even 127.0.0.1 where the Hub is switched off.
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)


def events(url: str, body: dict[str, Any]) -> list[str]:
    status, text = post(url, body)
    assert status == 200, text
    return [event.removeprefix("data: ") for event in text.split("\n\n") if event]


def conforms(value: Any, hint: Any) -> bool:
    """Whether JSON is of a type of huggingface_hub: each field there, each of its type, none beside."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(conforms(value, kind) for kind in inner)
    if origin is list:
        return isinstance(value, list) and all(conforms(item, inner[0]) for item in value)
    if origin is typing.Literal:
        return value in inner
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = typing.get_type_hints(hint, vars(sys.modules[hint.__module__]))
        needed = {f.name for f in dataclasses.fields(hint) if f.default is dataclasses.MISSING}
        if not isinstance(value, dict):
            return False
        unknown = set(value) - set(hints) - {"object"}
        return needed <= set(value) and not unknown and all(conforms(value[n], hints[n]) for n in value if n in hints)
    return isinstance(value, float | int if hint is float else hint)


def test_info_says_what_tgi_says(url: str) -> None:
    status, text = get(f"{url}/info")
    info = json.loads(text)
    assert status == 200 and set(info) == INFO
    assert info["model_id"] == "mathloom/rehearsal/generator" and info["max_concurrent_requests"] == 128
    assert get(f"{url}/health") == (200, "")
    assert "tgi_request_count" in get(f"{url}/metrics")[1]
    assert json.loads(get(f"{url}/v1/models")[1])["data"][0]["id"] == info["model_id"]


def test_every_role_is_a_model_of_its_own(url: str) -> None:
    judge = json.loads(get(f"{url}/judge-1/info")[1])
    assert judge["model_id"] == "mathloom/rehearsal/judge-1"
    assert judge["model_sha"] != json.loads(get(f"{url}/info")[1])["model_sha"]
    assert chat(f"{url}/judge-1")["choices"] != chat(url)["choices"]
    assert chat(f"{url}/generator")["choices"] == chat(url)["choices"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/info", ("generator", "/info")),
        ("/a/v1/chat/completions", ("a", "/v1/chat/completions")),
        ("/a", ("a", "/")),
        ("/", ("generator", "/")),
        ("/a/b/info", None),
        ("/v1/chat/completion", None),
        ("/../info", None),
    ],
)
def test_a_path_is_a_role_and_a_page(path: str, found: tuple[str, str] | None) -> None:
    assert route(path) == found or (path == "/../info" and route(path) in (None, ("..", "/info")))


def test_a_chat_completion_is_of_huggingface_hubs_type(url: str) -> None:
    for more in ({}, {"logprobs": True}, {"n": 3}, {"stop": ["$"]}):
        reply = chat(url, **more)
        assert conforms(reply, ChatCompletionOutput), reply
        assert len(reply["choices"]) == 1
        usage = reply["usage"]
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_generated_text_is_of_huggingface_hubs_type(url: str) -> None:
    for parameters in ({}, {"details": True, "seed": 3}, {"details": True, "max_new_tokens": 7}):
        status, text = post(f"{url}/generate", {"inputs": QUESTION[0]["content"], "parameters": parameters})
        reply = json.loads(text)
        assert status == 200 and conforms(reply, TextGenerationOutput), reply
    assert reply["details"]["finish_reason"] == "length" and len(reply["details"]["tokens"]) == 7
    assert "".join(token["text"] for token in reply["details"]["tokens"]) == reply["generated_text"]


def test_streams_hold_the_same_text_in_huggingface_hubs_types(url: str) -> None:
    body = {"messages": QUESTION, "max_tokens": 2000, "stream": True, "stream_options": {"include_usage": True}}
    *chunks, done = events(f"{url}/v1/chat/completions", body)
    made = [json.loads(chunk) for chunk in chunks]
    assert done == "[DONE]" and all(conforms(chunk, ChatCompletionStreamOutput) for chunk in made)
    text = "".join(chunk["choices"][0]["delta"]["content"] for chunk in made[:-1])
    whole = chat(url)
    assert text == whole["choices"][0]["message"]["content"]
    assert made[-1]["choices"] == [] and made[-1]["usage"] == whole["usage"]
    assert made[-2]["choices"][0]["finish_reason"] == "stop"

    asked = {"inputs": QUESTION[0]["content"], "parameters": {"max_new_tokens": 2000, "details": True}}
    made = [json.loads(chunk) for chunk in events(f"{url}/generate_stream", asked)]
    assert all(conforms(chunk, TextGenerationStreamOutput) for chunk in made)
    whole = json.loads(post(f"{url}/generate", asked)[1])
    assert made[-1]["generated_text"] == whole["generated_text"] == "".join(c["token"]["text"] for c in made)
    assert made[-1]["details"]["finish_reason"] == "eos_token"


def test_inference_client_gets_the_same_text(url: str) -> None:
    sampling: dict[str, Any] = {"temperature": 0.7, "top_p": 0.9, "seed": 11}
    plain = chat(f"{url}/generator", **sampling)["choices"][0]["message"]["content"]
    client = InferenceClient(model=f"{url}/generator")
    asked: Any = QUESTION
    reply = client.chat_completion(asked, max_tokens=2000, **sampling)
    streamed = client.chat_completion(asked, max_tokens=2000, stream=True, **sampling)
    assert reply.choices[0].message.content == plain
    assert "".join(chunk.choices[0].delta.content or "" for chunk in streamed) == plain
    text = QUESTION[0]["content"]
    assert client.text_generation(text, max_new_tokens=2000, **sampling) == plain
    assert "".join(client.text_generation(text, max_new_tokens=2000, stream=True, **sampling)) == plain
    detailed = client.text_generation(text, max_new_tokens=2000, details=True, **sampling)
    assert detailed.generated_text == plain and detailed.details is not None and detailed.details.seed == 11


def test_what_is_not_said_is_as_in_tgi(url: str) -> None:
    status, text = post(f"{url}/v1/chat/completions", {"messages": QUESTION})
    reply = json.loads(text)
    assert (status, reply["choices"][0]["finish_reason"]) == (200, "length")
    assert reply["usage"]["completion_tokens"] == 100
    stopped = chat(url, stop=["even"])["choices"][0]
    assert stopped["finish_reason"] == "stop_sequence" and stopped["message"]["content"].endswith("even")
    status, text = post(f"{url}/generate", {"inputs": "Two?", "parameters": {"return_full_text": True}})
    assert json.loads(text)["generated_text"].startswith("Two?You ask")
    assert json.loads(post(f"{url}/", {"inputs": "Two?"})[1])[0]["generated_text"].startswith("You ask")
    tokens = json.loads(post(f"{url}/tokenize", {"inputs": "ten letters"})[1])
    assert "".join(token["text"] for token in tokens) == "ten letters" and tokens[-1]["stop"] == 11


@pytest.mark.parametrize(
    ("page", "body", "status", "words"),
    [
        ("/v1/chat/completions", b"{", 400, "Failed to parse"),
        ("/v1/chat/completions", b"[1]", 422, "Failed to deserialize"),
        ("/v1/chat/completions", {"messages": "hello"}, 422, "messages"),
        ("/v1/chat/completions", {"messages": []}, 422, "`inputs` cannot be empty"),
        ("/v1/chat/completions", {"messages": QUESTION, "max_tokens": "many"}, 422, "max_tokens"),
        ("/v1/chat/completions", {"messages": QUESTION, "max_tokens": 0}, 422, "strictly positive"),
        ("/v1/chat/completions", {"messages": QUESTION, "top_p": 1.0}, 422, "`top_p` must be > 0.0 and < 1.0"),
        (
            "/v1/chat/completions",
            {"messages": QUESTION, "temperature": -1},
            422,
            "`temperature` must be strictly positive",
        ),
        ("/v1/chat/completions", {"messages": QUESTION, "stop": ["a"] * 5}, 422, "up to 4 stop sequences. Given: 5"),
        ("/v1/chat/completions", {"messages": QUESTION, "max_tokens": 16384}, 422, "must be <= 16384. Given: "),
        ("/generate", {"inputs": 3}, 422, "inputs"),
        ("/generate", {"inputs": "x" * 70000}, 422, "must be <= 16384"),
        (
            "/generate",
            {"inputs": "x", "parameters": {"temperature": 0}},
            422,
            "`temperature` must be strictly positive",
        ),
        ("/generate", {"inputs": "x", "parameters": []}, 422, "parameters"),
        ("/typo", b"{}", 422, "inputs"),
        ("/v1/typo", b"{}", 404, ""),
    ],
)
def test_what_tgi_does_not_take_is_not_taken(url: str, page: str, body: Any, status: int, words: str) -> None:
    got, text = post(f"{url}{page}", body)
    assert got == status and words in text
    if "Input validation error" in text:
        assert set(json.loads(text)) == {"error", "error_type"} and json.loads(text)["error_type"] == "validation"


def test_temperature_0_is_greedy_in_chat_completions(url: str) -> None:
    cold = chat(url, temperature=0)["choices"][0]["message"]["content"]
    greedy = {"inputs": QUESTION[0]["content"], "parameters": {"do_sample": False, "max_new_tokens": 2000}}
    assert json.loads(post(f"{url}/generate", greedy)[1])["generated_text"] == cold
    assert cold != chat(url)["choices"][0]["message"]["content"]


def test_lone_surrogates_and_nuls_harm_nobody(url: str) -> None:
    body = b'{"messages": [{"role": "user", "content": "\\ud800 \\u0000 is it?"}]}'
    status, text = post(f"{url}/v1/chat/completions", body)
    assert status in (200, 400) and json.loads(text)
