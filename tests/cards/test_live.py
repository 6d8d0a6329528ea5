"""The page of a run under way: it says what the run says, to this machine alone, and to no other site's page."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import psutil
import pytest

from builders.errors import UserError
from cards.live import server

PAGE = ("/", "/live.js", "/text.js", "/page.css", "/katex.js", "/katex.css", "/katex-license.md")
SAID = {"rows": 3, "ended": None}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a server, and the folder in which a run would write."""
    folder = tmp_path_factory.mktemp("live")
    with server(folder / "mind", 0) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,))
        thread.start()
        yield made.server_address[1], folder
        made.shutdown()
        thread.join()


def asked(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, bytes, HTTPResponse]:
    """Status, body and reply; a `Host` that is None is not sent."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in {"Host": f"127.0.0.1:{port}", **headers}.items():
        if value:
            connection.putheader(name, value)
    connection.endheaders()
    reply = connection.getresponse()
    body = reply.read()
    connection.close()
    return reply.status, body, reply


def test_the_page_is_served_and_the_run_in_its_own_words(served: tuple[int, Path]) -> None:
    port, folder = served
    assert [asked(port, path)[0] for path in PAGE] == [200] * len(PAGE)
    assert asked(port, "/progress.json")[1] == b"null"
    (folder / "mind.progress.json").write_text(json.dumps(SAID))
    assert json.loads(asked(port, "/progress.json?now")[1]) == SAID


def test_every_reply_says_what_may_act_and_that_nobody_else_may_have_it(served: tuple[int, Path]) -> None:
    for path in ("/", "/progress.json", "/nothing"):
        _, _, reply = asked(served[0], path)
        policy = reply.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy and "frame-ancestors 'none'" in policy
        assert (
            reply.headers["X-Content-Type-Options"] == "nosniff" and "Access-Control-Allow-Origin" not in reply.headers
        )
        assert (
            reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            and reply.headers["Cache-Control"] == "no-store"
        )


@pytest.mark.parametrize("path", ["/", "/progress.json", "/live.js", "/nothing"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"}, {"Host": "evil.example:{port}"}, {"Host": "127.0.0.1"}, {"Host": ""}, {"Host": "127.0.0.1:1"},
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "https://127.0.0.1:{port}"}, {"Origin": "http://127.0.0.1:1"},
    ],
)  # fmt: skip
def test_a_foreign_host_or_origin_gets_nothing(served: tuple[int, Path], headers: dict[str, str], path: str) -> None:
    said = {name: value.format(port=served[0]) for name, value in headers.items()}
    assert asked(served[0], path, **said)[:2] == (403, b"")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_our_own_host_and_origin_are_answered(served: tuple[int, Path], host: str) -> None:
    own = f"{host}:{served[0]}"
    assert asked(served[0], "/", Host=own, Origin=f"http://{own}")[0] == 200


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "X"]
)
def test_only_get_is_answered(served: tuple[int, Path], method: str) -> None:
    assert asked(served[0], "/progress.json", method)[:2] == (405, b"")


@pytest.mark.parametrize(
    "path", ["/../mind.progress.json", "//etc/passwd", "/%2e%2e/x", "/index.html", "/progress.json/", "http://evil.example/progress.json"]
)  # fmt: skip
def test_nothing_but_its_own_files_is_given(served: tuple[int, Path], path: str) -> None:
    assert asked(served[0], path)[:2] == (404, b"")


def test_a_request_that_is_none_ends_nothing(served: tuple[int, Path]) -> None:
    for words in (
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00\xff" * 99 + b"\r\n\r\n",
        b"GET /" + b"x" * 70_000,
    ):
        with socket.create_connection(("127.0.0.1", served[0]), 10) as link:
            link.sendall(words)
    two = b"GET /progress.json HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil.example\r\n\r\n" % served[0]
    with socket.create_connection(("127.0.0.1", served[0]), 10) as link:
        link.sendall(two)
        assert link.recv(99).startswith(b"HTTP/1.1 403 ")
    assert asked(served[0], "/")[0] == 200


@pytest.mark.parametrize(("problem", "is_said"), [(BrokenPipeError(), False), (ValueError("ours"), True)])
def test_a_browser_that_leaves_is_nothing_to_say(
    problem: Exception, is_said: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with server(tmp_path / "mind", 0) as made:
        try:
            raise problem
        except type(problem):
            made.handle_error(socket.socket(), ("127.0.0.1", 1))
    assert ("Traceback" in capsys.readouterr().err) is is_said


def test_only_loopback_listens_and_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cards.page", str(tmp_path / "mind"), "--live", "--port", "0"]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None and "http://127.0.0.1:" in (said := child.stdout.readline())
        listening = [link.laddr for link in psutil.Process(child.pid).net_connections() if link.status == "LISTEN"]
        assert [place.ip for place in listening] == ["127.0.0.1"] and f":{listening[0].port} " in said
        for port in (listening[0].port, 70_000):
            with pytest.raises(UserError, match="--port"):
                server(tmp_path / "mind", port)
    finally:
        child.kill()
        child.communicate()
