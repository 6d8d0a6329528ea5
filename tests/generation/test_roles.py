"""Who answers: addresses, tokens, models; every mistake is one sentence before the first question."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from builders.errors import MathloomError, UserError, WorldError
from generation.addresses import address_of
from generation.recipes import Endpoint
from tests.generation.asking import answers, asking
from tests.scripted import Call, Scripted, reply

BAD_ADDRESSES = {
    "localhost:8080": "is no address",
    "htp://127.0.0.1": "is no address",
    "http://127.0.0.1:1/\r\nX: y": "holds a space or what cannot be seen",
    "http://": "is no address",
    "http://user:secret@127.0.0.1": "user or password",
    "http://127.0.0.1:99999": "no address",
    "http://127.0.0.1/?token=secret": "has a query",
    "rehersal": "is no address",
}


@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_what_can_be_no_address_is_said_before_anything_is_sent(tmp_path: Path, url: str) -> None:
    with pytest.raises(UserError, match=BAD_ADDRESSES[url]) as problem, asking(tmp_path, url):
        pass
    assert "secret" not in str(problem.value)


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught, asking(tmp_path, "http://user:SECRET@host:99999"):
        pass
    assert "SECRET" not in str(caught.value) and "host:99999" in str(caught.value)


def test_a_port_nobody_listens_on_is_waited_for_no_longer_than_patience(tmp_path: Path) -> None:
    with pytest.raises(WorldError, match="cannot be reached"), asking(tmp_path, "http://127.0.0.1:9", patience=0.5):
        pass


def test_a_host_that_is_not_known_is_the_users(tmp_path: Path) -> None:
    with (
        pytest.raises(UserError, match="host that is not known"),
        asking(tmp_path, "http://no-such-host.invalid", patience=0.5),
    ):
        pass


def test_a_server_of_something_else_is_named(tmp_path: Path) -> None:
    class Page(Scripted):
        def _said(self, path: str) -> web.Response:
            return web.Response(text="<html>hello</html>")

    with Page(info=False) as server:
        with pytest.raises(WorldError, match="is it a text-generation server"), asking(tmp_path, server.url):
            pass
    assert not server.calls


@pytest.mark.parametrize(
    ("role", "sentence"),
    [
        (
            {"model": "tests/other"},
            "says model: tests/other, and its server says it serves tests/echo; .* served_as: tests/echo",
        ),
        ({"served_as": "nobody"}, "says served_as: nobody"),
        ({"revision": "zzzz"}, "pins revision zzzz; its server and the ledger know aaaa"),
        ({"dialect": "morse"}, "dialect is 'morse'; it must be one of chat, generate"),
    ],
)
def test_a_role_that_its_server_does_not_play_is_refused(tmp_path: Path, role: dict[str, Any], sentence: str) -> None:
    with Scripted() as server:
        with pytest.raises(UserError, match=sentence), asking(tmp_path, server.url, role=role):
            pass
        assert not server.calls


def test_served_as_makes_the_recipes_name_the_one_that_counts(tmp_path: Path) -> None:
    with Scripted(model="/models/llama") as server:
        with asking(tmp_path, server.url, role={"model": "meta-llama/X", "served_as": "/models/llama"}) as run:
            answers(run, 2)
            assert run.model("generator").name == "meta-llama/X"
        assert {call.body["model"] for call in server.calls} == {"/models/llama"}


def test_endpoints_of_different_models_are_refused(tmp_path: Path) -> None:
    with Scripted() as one, Scripted(model="tests/other") as other:
        with pytest.raises(MathloomError, match="serves tests/echo.*serves tests/other"):
            with asking(tmp_path, one.url, role={"endpoints": []}):
                pass
            from generation.recipes import Common, Role
            from generation.run import running

            both = Common(endpoints=[one.url, other.url], ledger=str(tmp_path / "l.sqlite"), output="x")
            with running({"generator": Role()}, both, {"generator": ["hint"]}):
                pass


def test_a_server_without_info_is_asked_for_its_models(tmp_path: Path) -> None:
    with Scripted(info=False) as server, asking(tmp_path, server.url) as run:
        assert all(row["hint"] for row in answers(run, 40))
        assert (run.model("generator").name, run.model("generator").revision) == ("tests/echo", None)


@pytest.mark.parametrize("name", ["a\nmathloom: all is well", "\x1b[2J", "m" * 1001, "\u202eledom"])
@pytest.mark.parametrize("info", [True, False])
def test_what_no_model_is_called_is_refused(name: str, info: bool, tmp_path: Path) -> None:
    with Scripted(model=name, info=info) as server:
        with pytest.raises(WorldError, match="serves what no model is called") as problem:
            with asking(tmp_path, server.url):
                pass
    assert "\n" not in str(problem.value) and len(str(problem.value)) < 1500


def test_the_token_goes_where_it_is_named_for_and_into_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecret")
    monkeypatch.setenv("MY_TOKEN", "mine-secretsecret")
    seen: list[str | None] = []

    def script(call: Call) -> Any:
        seen.append(call.headers.get("Authorization"))
        if len(seen) == 3:
            return web.json_response({"error": f"not for {seen[-1]}"}, status=422)
        return reply(f"{seen[-1]}, {call.text}", finish=f"{seen[-1]}")

    with Scripted(script) as server:
        with asking(tmp_path, server.url) as run:
            answers(run, 1)
        server.model = server.sha = "mine-secretsecret"
        named = {"endpoints": [{"url": server.url, "token_env": "MY_TOKEN"}]}
        with asking(tmp_path, "", role=named) as run:
            answers(run, 2)
    assert seen == [None, *["Bearer mine-secretsecret"] * 2]
    assert all(b"secretsecret" not in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("https://abc.us-east-1.aws.endpoints.huggingface.cloud", True),
        ("https://router.huggingface.co/v1", True),
        ("https://api.example.com/v1", False),
        ("https://huggingface.co.example.com", False),
        ("https://nothuggingface.co", False),
        ("http://127.0.0.1:8080", False),
    ],
)
def test_hf_token_goes_to_hugging_face_alone(url: str, sent: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecret")
    address = address_of(Endpoint(url))
    assert bool(address.headers) is sent
    assert "secret" not in repr(address)


def test_a_token_never_travels_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "mine")
    with pytest.raises(UserError, match="in the clear"):
        address_of(Endpoint("http://10.0.0.5:8000", token_env="MY_TOKEN"))
    assert address_of(Endpoint("http://10.0.0.5:8000", token_env="MY_TOKEN", insecure=True)).headers
    with pytest.raises(UserError, match="NOT_THERE, which is not set"):
        address_of(Endpoint("https://api.example.com", token_env="NOT_THERE"))


def test_the_hubs_token_goes_to_no_other_host_whatever_variable_a_recipe_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_mine")
    monkeypatch.setenv("ALSO", "hf_mine")
    for name in ("HF_TOKEN", "ALSO"):
        with pytest.raises(UserError, match="would get your Hugging Face token"):
            address_of(Endpoint("https://evil.example.com", token_env=name))
        assert address_of(Endpoint("https://x.endpoints.huggingface.cloud", token_env=name)).headers
