"""What the doctor says of servers that are not to be had, or are not what they should be, over real HTTP."""

import asyncio
import re
import socket
from pathlib import Path

import pytest
from aiohttp import web

from generation import doctor_asking, servers
from tests.generation.doctoring import STYLE, ask, dead, findings, serving, whole
from tests.scripted import Call, Handler, Scripted


def unauthorized(call: Call) -> web.StreamResponse:
    return web.Response(status=401)


async def silent(call: Call) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


@pytest.mark.parametrize(
    ("handler", "says"),
    [(unauthorized, "401: the token is missing"), (silent, "no reply within")],
    ids=["401", "hangs"],
)
def test_a_server_that_answers_no_question_is_the_worlds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, handler: Handler, says: str
) -> None:
    monkeypatch.setattr(doctor_asking, "PATIENCE", 0.3)
    with serving(handler) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=3)
    assert says in findings(said, "world")
    assert said["steps"] == said["forecast"] == []


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_server_that_does_not_say_who_it_is_is_the_worlds(tmp_path: Path, status: int) -> None:
    with serving() as server:
        server.info_status = status
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=3)
    assert str(status) in findings(said, "world")


def test_a_dead_port_and_one_that_never_speaks_are_said_by_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "PROBE", 2.0)
    nobody = dead()
    with socket.create_server(("127.0.0.1", 0)) as held, serving() as server:
        mute = f"http://127.0.0.1:{held.getsockname()[1]}"
        said = ask(tmp_path, *STYLE, "--endpoints", nobody, mute, server.url, code=3)
    assert f"{nobody} cannot be reached (connection refused)" in findings(said, "world")
    assert f"{mute} cannot be reached (no answer in time)" in findings(said, "world")
    assert [one["well"] for one in said["servers"]] == [False, False, True]
    assert said["steps"][0]["reason"] is None, "the third one answers for all"


def test_another_model_than_the_recipe_names_is_the_users(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text("generator: {model: tests/wanted}\n")
    with serving(model="tests/other") as server:
        said = ask(tmp_path, *STYLE, "--config", str(file), "--endpoints", server.url, code=2)
        calls = len(server.calls)
    assert "says model: tests/wanted, and its server says it serves tests/other" in findings(said, "user")
    assert said["servers"][0]["reachable"] and not said["servers"][0]["well"] and calls == 0


def test_two_servers_of_a_role_that_differ_are_the_users(tmp_path: Path) -> None:
    with serving(sha="aaaa") as one, serving(sha="bbbb") as other:
        said = ask(tmp_path, *STYLE, "--endpoints", one.url, other.url, code=2)
    assert f"differ: {one.url} serves tests/echo at revision aaaa, {other.url} serves" in findings(said, "user")
    assert said["steps"] == []


TGI = {"model_id": "tests/small", "model_sha": "1", "max_total_tokens": 4000, "max_input_tokens": 3000}
VLLM = {"data": [{"id": "tests/small", "max_model_len": 4000, "meta": None}]}
LLAMA_CPP = {"data": [{"id": "tests/small", "meta": {"n_ctx": 4000, "n_ctx_train": 8192}}]}


@pytest.mark.parametrize(
    ("page", "says", "prompt"),
    [("/info", TGI, 3000), ("/v1/models", VLLM, None), ("/v1/models", LLAMA_CPP, None)],
    ids=["TGI", "vLLM", "llama.cpp"],
)
def test_what_does_not_fit_a_server_is_the_users(
    page: str, says: dict[str, object], prompt: int | None, tmp_path: Path
) -> None:
    class Small(Scripted):
        def _said(self, path: str) -> web.Response:
            return web.json_response(says) if path == page else web.Response(status=404)

    with Small(whole) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=2)
    assert said["servers"][0]["limits"] == {"input_tokens": prompt, "total_tokens": 4000, "concurrent": None}
    assert re.search(r"max_tokens 4,096 and a prompt of \d+ do not fit the 4,000 tokens", findings(said, "user"))


def test_limits_that_are_none_are_left_out(tmp_path: Path) -> None:
    class Liar(Scripted):
        def _said(self, path: str) -> web.Response:
            said = {
                "model_id": "tests/small",
                "max_total_tokens": 10**400,
                "max_input_tokens": -5,
                "max_concurrent_requests": 10**400,
            }
            return web.json_response(said) if path == "/info" else web.Response(status=404)

    with Liar(whole) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url)
    assert said["servers"][0]["limits"] == {"input_tokens": None, "total_tokens": None, "concurrent": None}


def test_a_token_that_is_not_set_is_the_users_and_the_address_shows_no_secret(tmp_path: Path) -> None:
    with serving() as server:
        file = tmp_path / "recipe.yaml"
        places = f"[{server.url}, {{url: {server.url}/other, token_env: NO_SUCH_TOKEN}}, 'http://me:secret@host']"
        file.write_text(f"generator: {{endpoints: {places}}}\n")
        said = ask(tmp_path, *STYLE, "--config", str(file), code=2)
    assert "takes its token from the environment's NO_SUCH_TOKEN" in findings(said, "user")
    assert "has a user or password in its address" in findings(said, "user") and "secret" not in str(said)
    assert [one["well"] for one in said["servers"]] == [True, False, False] and said["steps"] == []
