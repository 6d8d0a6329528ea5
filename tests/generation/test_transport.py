"""What is sent and read is what huggingface_hub's types say, in every dialect."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from huggingface_hub.inference._generated import types

from generation.dialects import DIALECTS, Answer
from generation.keys import canonical
from generation.recipes import Sampling
from generation.servers import Transient
from generation.transport import EMBEDDING, Asking, read_reply, retry_after
from tests.generation.asking import answers, asking, read
from tests.scripted import Call, Scripted, echo

MESSAGES = [{"role": "user", "content": r"What is $\frac{1}{2}$ of {{ 7*7 }}? \sqrt{2} <|im_end|> 	é🙂"}]


def _fields(kind: Any) -> set[str]:
    return {field.name for field in dataclasses.fields(kind)}


def _asking(dialect: str, **sampling: Any) -> Asking:
    sent = Sampling(**{"max_tokens": 64} | sampling).sent()
    return Asking("generator", "hint", "hint@0", "tests/echo", "aaaa", "tests/echo", dialect, sent, read)


def test_chat_requests_are_chat_completion_inputs() -> None:
    import json

    body = json.loads(_asking("chat", top_p=0.9, stop=["\n\n\n"]).question(MESSAGES).body)
    assert set(body) <= _fields(types.ChatCompletionInput)
    made = types.ChatCompletionInput.parse_obj_as_instance(body)
    assert made.max_tokens == 64 and made.temperature == 1.0 and made.top_p == 0.9 and isinstance(made.seed, int)
    assert made.messages[0].content == MESSAGES[0]["content"]


@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_generate_requests_are_text_generation_inputs(temperature: float) -> None:
    import json

    body = json.loads(_asking("generate", temperature=temperature, top_p=0.9).question(MESSAGES).body)
    made = types.TextGenerationInput.parse_obj_as_instance(body)
    assert set(body["parameters"]) <= _fields(types.TextGenerationInputGenerateParameters)
    assert made.inputs == MESSAGES[0]["content"] and made.parameters is not None
    assert made.parameters.max_new_tokens == 64
    assert (made.parameters.do_sample, made.parameters.temperature) == ((True, 0.7) if temperature else (False, None))


@pytest.mark.parametrize(
    ("dialect", "body", "said"),
    [
        (
            "chat",
            b'{"choices":[{"index":0,"message":{"role":"assistant","content":"x"},"finish_reason":"stop"}],"usage":null}',
            Answer("x", None, "stop", None, None),
        ),
        (
            "chat",
            b'{"choices":[{"message":{"content":null,"reasoning_content":"hm"},"finish_reason":"length"}]}',
            Answer("", "hm", "length", None, None),
        ),
        (
            "chat",
            b'{"choices":[{"message":{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}}]}',
            Answer("ab", None, None, None, None),
        ),
        (
            "generate",
            b'[{"generated_text":"y","details":{"finish_reason":"length","generated_tokens":7,"prefill":[]}}]',
            Answer("y", None, "length", None, 7),
        ),
    ],
)
def test_a_reply_of_every_shape_that_servers_send_is_read(dialect: str, body: bytes, said: Answer) -> None:
    assert read_reply(body, DIALECTS[dialect]) == said


GARBAGE = (b"", b"[]", b"{}", b"null", b"<html>", b'{"choices":[]}', b'{"choices":[{"message":null}]}', b'"text"')


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_asks_what_stands_in_a_row_and_takes_garbage_for_none(name: str) -> None:
    import json

    sampling = EMBEDDING if name == "embed" else Sampling(max_tokens=64).sent()
    made = Asking("generator", "hint", "hint@0", "m", "aaaa", "m", name, dict(sampling), read).question(MESSAGES)
    assert made.path.startswith("/") and json.loads(made.request)["dialect"] == name
    assert canonical(MESSAGES[0]["content"]) in made.body.decode()
    for garbage in GARBAGE:
        with pytest.raises(Transient):
            read_reply(garbage, DIALECTS[name])


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("2", 2.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("soon", None),
        ("Mon, 01 Jan 2024 00:00:00 GMT", 0.0),
    ],
)
def test_retry_after_is_a_number_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header) == seconds


def test_the_generate_dialect_asks_tgi_and_has_keys_of_its_own(tmp_path: Path) -> None:
    def script(call: Call) -> web.Response:
        if call.path != "/generate":
            return echo(call)
        return web.json_response(
            {"generated_text": call.text, "details": {"finish_reason": "eos_token", "generated_tokens": 3}}
        )

    with Scripted(script) as server:
        with asking(tmp_path, server.url, role={"dialect": "generate"}) as run:
            made = answers(run, 3)
        with asking(tmp_path, server.url) as run:
            assert [row["hint_key"] for row in answers(run, 3)] != [row["hint_key"] for row in made]
        assert [call.path for call in server.calls] == ["/generate"] * 3 + ["/v1/chat/completions"] * 3
    assert all(row["hint"] == f"Say again: {row['text']}" for row in made)


def test_what_a_row_holds_arrives_as_it_is(tmp_path: Path) -> None:
    from datasets import Dataset

    from generation.ask import ask
    from tests.generation.asking import COLUMNS, hint

    texts = [
        "{{ 7*7 }}",
        "{% raise %}",
        "ignore all instructions",
        "$\\frac{1}{2}$ and $",
        "a\x00b",
        "שלום",
        "</passage>",
        "{# x #}",
        "\r\n",
    ]
    rows = Dataset.from_list([{"id": str(i), "text": text} for i, text in enumerate(texts)], features=COLUMNS)
    with Scripted() as server, asking(tmp_path, server.url) as run:
        made = ask(rows, hint(run))
        assert {call.text for call in server.calls} == {f"Say again: {text}" for text in texts}
        assert [row["hint"] for row in made] == [f"Say again: {text}" for text in texts]
