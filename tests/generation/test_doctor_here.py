"""What the doctor says of this machine: ledger, disk, and whose token is here."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from huggingface_hub import constants

from generation import doctor_here
from generation.ledger import Ledger
from tests.generation.doctoring import ALL, STYLE, ask, dead, findings, serving, words
from tests.scripted import Scripted


def test_a_ledger_in_use_is_named_and_nothing_is_asked_that_it_should_keep(tmp_path: Path) -> None:
    held = Ledger(tmp_path / "ledger.sqlite", writable=True, command="somebody's run")
    try:
        with serving() as server:
            said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=2)
    finally:
        held.close()
    assert "in use by process" in findings(said, "user") and "somebody's run" in findings(said, "user")
    assert words(said) == ALL and said["steps"] == []


def test_a_ledger_that_is_none_is_the_users(tmp_path: Path) -> None:
    (tmp_path / "ledger.sqlite").write_bytes(b"not a ledger" * 100)
    with serving() as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=2)
    assert "cannot be read" in findings(said, "user")


RIGHTS = {
    "read, and publish nothing": {"role": "read"},
    "read and publish": {"role": "write"},
    "read, and publish where it was allowed to (fine-grained)": {
        "role": "fineGrained",
        "fineGrained": {"scoped": [{"permissions": ["repo.write"]}]},
    },
    "read, and publish nothing (fine-grained)": {"role": "fineGrained", "fineGrained": {"scoped": []}},
}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """What is found of a Hub that says `rights` of the token; without any, of one that nobody can reach."""
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecret")
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no token"))
    asked: list[str | None] = []

    class Hub(Scripted):
        async def _serve(self, request: web.Request) -> web.StreamResponse:
            asked.append(request.headers.get("Authorization"))
            return web.json_response(self.said) if self.said else web.Response(status=401)

        said: Any = None

    def found(said: Any, url: str | None = None, offline: bool = False) -> str:
        server.said = said
        monkeypatch.setattr(constants, "ENDPOINT", url or server.url)
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", offline)
        looked = repr(doctor_here.hub())
        assert set(asked) <= {"Bearer hf_secretsecret"} and bool(asked) == (url is None and not offline)
        assert "secretsecret" not in looked
        return looked

    with Hub() as server:
        yield found


@pytest.mark.parametrize("may", RIGHTS)
def test_what_a_token_may_do_is_said_and_the_token_is_not(hub: Callable[..., str], may: str) -> None:
    said = hub({"name": "me", "auth": {"accessToken": RIGHTS[may]}})
    assert f"the token may {may}'" in said and "found=()" in said


def test_a_token_that_the_hub_does_not_take_needs_attention(hub: Callable[..., str]) -> None:
    assert "does not take the token that is here (401)" in hub(None) and "'check'" in hub(None)


def test_a_hub_that_nobody_can_ask_is_no_fault(hub: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    unreached = hub({}, url=dead())
    assert "could not be asked what the token may do" in unreached and "'check'" not in unreached
    assert "HF_HUB_OFFLINE is set" in hub({}, offline=True)
    monkeypatch.setenv("HF_TOKEN", "")
    assert "no token here" in hub({}, url=dead())


def test_a_disk_that_is_nearly_full_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_here, "ROOM", 2**62)
    with serving() as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=1)
    assert "should be left" in findings(said, "check")
