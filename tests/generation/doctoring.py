"""What the tests of the doctor share: a server that does all it is asked to, or all but one thing, and what the doctor says."""

import io
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import web

from generation import doctor
from generation.scripted import Script, reply_to
from tests.scripted import Call, Handler, Scripted, reply

TOKEN = re.compile(r"\w+|[^\w\s]")
STYLE = ["--documents", "sample", "--limit", "3", "--styles", "debate"]


def write(call: Call, without: str = "", cut: str = "length") -> web.StreamResponse:
    """A server that does all it is asked to, but for what it is `without`; a token is a word, and `cut` ends what is cut."""
    body, texts = call.body, [message["content"] for message in call.body["messages"]]
    if without == "system":
        texts = texts[-1:]
    drawn = call.number if without == "seed" and body["temperature"] else body.get("seed")
    text, finish = reply_to("\n\n".join(texts), Script(), Random(f"{drawn} {texts}")).text, "stop"
    for stop in body.get("stop", ()) if without != "stop" else ():
        text = text.partition(stop)[0]
    words = list(TOKEN.finditer(text))
    if without != "max_tokens" and len(words) > body["max_tokens"]:
        text, finish = text[: words[body["max_tokens"] - 1].end()], cut
    had, made = (len(TOKEN.findall(said)) for said in (" ".join(texts), text))
    return reply(text, finish, prompt_tokens=had, completion_tokens=made)


def whole(call: Call) -> web.StreamResponse:
    return write(call)


@contextmanager
def serving(handler: Handler = whole, slots: int = 4, **more: Any) -> Iterator[Scripted]:
    """A server that takes few questions at once, so that few are asked."""
    with Scripted(handler, slots=slots, **more) as server:
        yield server


def ask(folder: Path, *flags: str, code: int | None = 0) -> dict[str, Any]:
    """What `--json` says; its exit code is `code`."""
    printed, aside, found = io.StringIO(), io.StringIO(), 0
    with redirect_stdout(printed), redirect_stderr(aside):
        try:
            doctor.main([*flags, "--ledger", str(folder / "ledger.sqlite"), "--json"])
        except SystemExit as end:
            found = int(end.code or 0)
    said: dict[str, Any] = json.loads(printed.getvalue())
    assert code in (None, found), printed.getvalue() + aside.getvalue()
    assert said["exit_code"] == found
    return said


def words(said: Mapping[str, Any], number: int = 0) -> dict[str, str]:
    return {name: one["verdict"] for name, one in said["servers"][number]["honours"].items()}


def findings(said: Mapping[str, Any], kind: str) -> str:
    return "\n".join(one["says"] for one in said["findings"] if one["kind"] == kind)


def dead() -> str:
    """An address at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{held.getsockname()[1]}"


ALL = dict.fromkeys(("max_tokens", "seed", "stop", "system"), "honoured")
