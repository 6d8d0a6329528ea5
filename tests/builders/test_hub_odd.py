"""A Hub that is none, or means ill: what it says is a sentence, and nothing is written, held or told elsewhere."""

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


def said(**headers: str) -> Answer:
    """A file with these headers."""
    return lambda handler: handler.send(200, ROWS, **{"X-Repo-Commit": "a" * 40, "ETag": '"abc"', **headers})


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


def leaves(handler: Any) -> None:
    handler.json([], Link='<http://localhost:9/more>; rel="next"')


ODD: dict[str, tuple[str, Answer, str]] = {
    "user/drive": (API.format("user/drive", "tree"), listed(r"C:\b.jsonl"), r"'C:\\b.jsonl' is no name of a file in it"),
    "user/double": (API.format("user/double", "tree"), listed("data//b.jsonl"), "'data//b.jsonl' is no name"),
    "user/line": (API.format("user/line", "tree"), listed("a\nb.jsonl"), "is no name"),
    "user/deep": (API.format("user/deep", "tree"), lambda on: on.send(200, b"[" * 3_000_000), "RecursionError"),
    "user/pages": (API.format("user/pages", "tree"), leaves, "goes on at 'http://localhost:9/more', where your token"),
    "user/list": (API.format("user/list", "revision"), lambda on: on.json([1]), "says of it is odd (TypeError"),
    "user/nothing": (API.format("user/nothing", "revision"), lambda on: on.json({}), "says of it is odd (KeyError: 'id')"),
    "user/etag": (FILE.format("user/etag"), said(ETag='"../../../../../ill"'), "its header ETag is"),
    "user/linked": (FILE.format("user/linked"), said(**{"X-Linked-Etag": '"/ill"'}), "its header X-Linked-Etag is"),
    "user/long": (API.format("user/long", "tree"), endless, "what it lists of a repo is over 128 MiB"),
    "user/card": (FILE.format("user/card"), endless, "what it lists of a repo is over 128 MiB"),
}  # fmt: skip


def test_a_hub_that_means_ill_writes_nothing_elsewhere_and_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    routes = [(pattern, lambda on, _, odd=odd: odd(on)) for pattern, odd, _ in ODD.values()]
    monkeypatch.setattr(hub_reading, "ROUTES", [*routes, *hub_reading.ROUTES])
    with Hub() as hub:
        for name in ODD:
            hub.put(name, {"a.jsonl": ROWS, "README.md": b"words"})
        answers = asks(hub, tmp_path / "home", *((name, True, None) for name in ODD), HF_TOKEN="hf_secret")
    for (name, (_, _, words)), answer in zip(ODD.items(), answers, strict=True):
        assert answer.get("code") == 2 and words in answer["sentence"] and "\n" not in answer["sentence"], (
            name,
            answer,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
    assert not list(tmp_path.rglob("ill*"))
