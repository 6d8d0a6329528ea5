"""Servers that mean ill: headers and bodies without end, bodies that unpack to gigabytes, redirects, words that steer a terminal.

Memory is that of a process of its own, which asks while the server sends as fast as it is read.
"""

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
from aiohttp import web

from builders.errors import WorldError
from generation.servers import Address, Closed, Transient, health, identify
from generation.transport import session_of
from tests.generation.asking import answers, asking
from tests.scripted import Scripted

INFO = json.dumps({"model_id": "m", "model_sha": "a", "max_concurrent_requests": 4}).encode()
MIB = 2**20
MOST = 60  # MiB that asking may take beside what it takes anyway


def unpacking(size: int) -> bytes:
    """A gzip of so many MiB of blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * MIB) for _ in range(size)) + packer.flush()


ENDLESS = {
    "a header": (b"HTTP/1.1 200 OK\r\nX: ", b"a" * MIB),
    "headers": (b"HTTP/1.1 200 OK\r\n", b"".join(b"X-%d: %s\r\n" % (i, b"a" * 4000) for i in range(250))),
    "a status": (b"HTTP/1.1 200 ", b"a" * MIB),
    "interim replies": (b"", b"HTTP/1.1 102 Processing\r\n\r\n" * 1000),
    "a body": (b"HTTP/1.1 200 OK\r\n\r\n", b" " * MIB),
    "chunks of a byte": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n" * 10_000),
    "an error": (b"HTTP/1.1 422 No\r\n\r\n", b" " * MIB),
    "a failure": (b"HTTP/1.1 503 No\r\nContent-Length: 99999999999\r\n\r\n", b" " * MIB),
    "a trailer": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n",
        b"X-A: " + b"b" * 4000 + b"\r\n",
    ),
    "a body that unpacks to gigabytes": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", unpacking(1024)),
}
PROGRAM = """
import sys
from pathlib import Path
from tests.generation.asking import answers, asking
def held(name):
    return next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith(name))
for number, url in enumerate(sys.argv[2:]):
    folder = Path(sys.argv[1], str(number))
    folder.mkdir()
    with asking(folder, url, deadline=1.5, patience=1.5) as run:
        before = held("VmHWM")
        errors = {row["hint_error"] for row in answers(run, 2)}
    print(*errors, held("VmHWM") - before)
"""


@contextmanager
def sends(head: bytes, more: bytes) -> Iterator[str]:
    """A server whose every reply begins with `head` and never ends; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def one(connection: socket.socket) -> None:
            with suppress(OSError), connection, connection.makefile("rb") as lines:
                first = lines.readline()
                size = 0
                while (line := lines.readline()) not in (b"\r\n", b""):
                    size = int(line.split(b":")[1]) if line.lower().startswith(b"content-length") else size
                lines.read(size)
                if first.startswith(b"GET"):
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(INFO), INFO)
                    )
                    return
                connection.sendall(head)
                while True:
                    connection.sendall(more)

        def live() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=one, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=live, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_what_a_server_sends_without_end_is_not_held(tmp_path: Path) -> None:
    with ExitStack() as servers:
        urls = [servers.enter_context(sends(*ENDLESS[what])) for what in ENDLESS]
        words = [sys.executable, "-c", PROGRAM, str(tmp_path), *urls]
        made = subprocess.run(
            words, capture_output=True, text=True, timeout=300, env={**os.environ, "HF_HUB_OFFLINE": "1"}
        )
    assert made.returncode == 0, made.stderr[-2000:]
    for what, line in zip(ENDLESS, made.stdout.splitlines(), strict=True):
        error, grew = line.split()
        assert error == "no_answer" and int(grew) < MOST, (what, line)


def test_no_question_and_no_token_follows_a_redirect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "secret-token")
    with Scripted() as thief:
        moved = web.Response(status=307, headers={"Location": f"{thief.url}/v1/chat/completions"})
        with Scripted(lambda call: moved) as server:
            role = {"endpoints": [{"url": server.url, "token_env": "MINE"}]}
            with pytest.raises(WorldError, match="no token follows it there") as problem:
                with asking(tmp_path, "", role=role) as run:
                    answers(run, 3)
            assert server.calls[0].headers["Authorization"] == "Bearer secret-token"
        assert not thief.calls and "secret-token" not in str(problem.value)


@pytest.mark.parametrize("page", ["/info", "/v1/models", "/health"])
def test_no_token_follows_a_page_that_sends_on(page: str) -> None:
    heard: list[str] = []

    class Thief(Scripted):
        def _said(self, path: str) -> web.Response:
            heard.append(path)
            return super()._said(path)

    async def look(address: Address) -> None:
        async with session_of(1) as session:
            for question in (identify, health):
                with suppress(Closed, Transient):
                    await question(session, address)

    with Thief() as thief:

        class Moved(Scripted):
            def _said(self, path: str) -> web.Response:
                moved = web.Response(status=307, headers={"Location": thief.url + path})
                return moved if path == page else web.Response(status=404)

        with Moved() as server:
            asyncio.run(look(Address(server.url, {"Authorization": "Bearer secret-token"})))
    assert not heard
