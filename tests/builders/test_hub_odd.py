"""A Hub that is none, or means ill: what it says is a sentence, and nothing is written, held or told elsewhere."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import hub_reading
from tests.builders.test_hub import asks
from tests.hub import Hub

Answer = Callable[[Any], None]
ROWS = b'{"text": "a"}\n'
API = r"/api/datasets/{}/{}.*"
FILE = r"/datasets/{}/resolve/.*README.md"


def listed(*paths: str) -> Answer:
    """A list of files of these names, and of rows that are there."""
    entries = [{"type": "file", "path": path, "oid": "0" * 40, "size": 14} for path in ("a.jsonl", *paths)]
    return lambda handler: handler.json(entries)


def said(status: int = 200, **headers: str) -> Answer:
    """A file with these headers, of the commit that is asked for."""

    def answer(handler: Any) -> None:
        found = re.search("[0-9a-f]{40}", handler.path)
        assert found is not None
        handler.send(status, ROWS, **{"X-Repo-Commit": found[0], "ETag": '"abc"', **headers})

    return answer


def endless(handler: Any) -> None:
    """A body that does not end, after a HEAD that says how short it is."""
    if handler.command == "HEAD":
        said()(handler)
        return
    handler.send_response(200)
    handler.end_headers()
    handler.close_connection = True
    try:
        for _ in range(1000):
            handler.wfile.write(b" " * (1 << 20))
    except OSError:
        return
    raise AssertionError("all of a GiB was read")


def packed(handler: Any) -> None:
    handler.send(200, gzip.compress(b"[" + b" " * (1 << 20) + b"]"), **{"Content-Encoding": "gzip"})


def sends_on(handler: Any) -> None:
    """To where the Hub keeps small files, and says what they are."""
    if "/hop/" in handler.path:
        said(ETag='"../../../../../ill"')(handler)
    else:
        handler.send(307, b"", Location=handler.path.replace("/datasets/user/hop/resolve/", "/api/hop/"))


def of_xet(handler: Any) -> None:
    """A list that names the card's hash in its own way."""
    entry = {"type": "file", "path": "README.md", "oid": "0" * 40, "size": 5, "xetHash": "a" * 64}
    rows = {"type": "file", "path": "a.jsonl", "oid": "0" * 40, "size": 14}
    handler.json([{**entry, "lfs": {"oid": "../../../../../ill/x", "size": 5, "pointerSize": 1}}, rows])


def leaves(handler: Any) -> None:
    handler.json([], Link='<http://localhost:9/more>; rel="next"')


XET = {"X-Xet-Hash": "a" * 64, "Link": '<http://localhost:9/token>; rel="xet-auth"'}
WEAK = {"ETag": 'W/"7f-abc/def0123456789ABCDEFGHIJ"'}  # as web servers make them of what they say
ODD: dict[str, tuple[str, Answer, str]] = {
    "user/deep": (API.format("user/deep", "tree"), lambda on: on.send(200, b"[" * 3_000_000), "RecursionError"),
    "user/pages": (API.format("user/pages", "tree"), leaves, "your token would go to localhost"),
    "user/link": (API.format("user/link", "tree"), lambda on: on.json([], Link='<http://[::1>; rel="next"'), "says of it is odd (InvalidURL"),
    "user/list": (API.format("user/list", "revision"), lambda on: on.json([1]), "says of it is odd (TypeError"),
    "user/nothing": (API.format("user/nothing", "revision"), lambda on: on.json({}), "says of it is odd (KeyError: 'id')"),
    "user/packed": (API.format("user/packed", "tree"), packed, "packs what it says ('gzip')"),
    "user/commit": (FILE.format("user/commit"), said(**{"X-Repo-Commit": "/ill"}), "it calls a commit '/ill'"),
    "user/error": (
        FILE.format("user/error"),
        said(404, **{"X-Error-Code": "EntryNotFound", "X-Repo-Commit": "../../../../ill"}),
        "it calls a commit '../../../../ill'",
    ),
    "user/other": (FILE.format("user/other"), said(**{"X-Repo-Commit": "b" * 40}), "its README.md came as one of another commit"),
    "user/nowhere": (FILE.format("user/nowhere"), said(307, ETag='"/ill"', Location="x:y"), "the Hub cannot be reached"),
    "user/token": (FILE.format("user/token"), said(**XET), "goes on at 'http://localhost:9/token', where your token"),
    "user/long": (API.format("user/long", "tree"), endless, "it sends more than was asked for"),
    "user/card": (FILE.format("user/card"), endless, "it sends more than was asked for"),
    "user/gated": (FILE.format("user/gated"), lambda on: on.send(401, b"", **{"X-Error-Code": "GatedRepo"}, **WEAK), "is gated"),
    "user/down": (FILE.format("user/down"), lambda on: on.send(503, b"", **WEAK), "the Hub answered 503"),
}  # fmt: skip
FINE: dict[str, tuple[str, Answer]] = {
    "user/etag": (FILE.format("user/etag"), said(ETag='"../../../../../ill"')),
    "user/dots": (FILE.format("user/dots"), said(ETag='".."')),
    "user/linked": (FILE.format("user/linked"), said(**{"X-Linked-Etag": '"/ill"'})),
    "user/hop": ("/api/hop/.*|" + FILE.format("user/hop"), sends_on),
    "user/xet": (API.format("user/xet", "tree"), of_xet),  # what it says is not used
    "user/names": (API.format("user/names", "tree"), listed("Icon\r", "q:notes.txt", "data//b.txt", "README.md")),
}


def test_a_hub_that_means_ill_writes_nothing_elsewhere_and_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patterns = [*((pattern, odd) for pattern, odd, _ in ODD.values()), *FINE.values()]
    routes = [(pattern, lambda on, _, odd=odd: odd(on)) for pattern, odd in patterns]
    monkeypatch.setattr(hub_reading, "ROUTES", [*routes, *hub_reading.ROUTES])
    home = tmp_path / "deep" / "er" / "home"
    with Hub() as hub:
        for name in (*ODD, *FINE):
            hub.put(name, {"a.jsonl": ROWS, "README.md": b"words"})
        wanted = [(name, True, None) for name in (*ODD, *FINE)]
        answers = asks(hub, home, *wanted, HF_TOKEN="hf_secret", HF_HUB_DISABLE_XET="0")
    for (name, (_, _, words)), answer in zip(ODD.items(), answers, strict=False):
        assert answer.get("code") == (3 if name in ("user/down", "user/nowhere") else 2), (name, answer)
        assert words in answer["sentence"] and "\n" not in answer["sentence"], (name, answer)
    for name, answer in zip(FINE, answers[len(ODD) :], strict=True):
        assert answer.get("urls") == [None], (name, answer)
    assert [path.name for path in tmp_path.iterdir()] == ["deep"] and len(list(tmp_path.glob("deep/*"))) == 1
    assert not [*tmp_path.rglob("ill*"), *Path("/").glob("ill*")]
