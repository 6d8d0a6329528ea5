"""A page that shows a run while it is under way: it reads the file that the run writes beside its output, and nothing else.

    FOLDER.progress.json (generation.progress) -> http://127.0.0.1:8765

Only this machine is answered, only GET, and only a browser that was sent here by its own address: another site's page
cannot read what a run says, whatever name it has given to 127.0.0.1.
"""

import os
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from builders.ports import taking
from builders.screen import say
from cards.page_assets import assets, html, policy

PORT = 8765
POLICY = policy("'self'", "connect-src 'self'")
KINDS = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/plain",
}
HEADERS = {
    "Content-Security-Policy": f"{POLICY}; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
NOTHING_YET = b"null"


def serve(folder: Path, port: int = PORT) -> None:
    """Serves the run that writes `folder`, until it is interrupted."""
    with server(folder, port) as made:
        say(f"http://127.0.0.1:{made.server_address[1]} shows the run that writes {folder}; Ctrl-C ends it")
        made.serve_forever()


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """The server, on loopback. UserError where the port is taken."""
    place = Path(os.path.realpath(folder))
    progress = place.with_name(f"{place.name}.progress.json")
    files = {**assets(("text.js", "live.js")), "": html("live.html", POLICY).encode()}

    class Handler(_Handler):
        known, told = files, progress

    with taking(port):
        return _Server(("127.0.0.1", port), Handler)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves before its reply is nobody's mistake, and none for the screen."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    known: Mapping[str, bytes]
    told: Path
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """One of our files, or what the run says now."""
        if not self._ours():
            return self._answer(403, b"", ".md")
        name = self.path.partition("?")[0].removeprefix("/")
        if name == "progress.json":
            return self._answer(200, self._progress(), ".json")
        if name not in self.known:
            return self._answer(404, b"", ".md")
        return self._answer(200, self.known[name], Path(name).suffix or ".html")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Whatever else is asked, by whatever method, gets a number and no words."""
        self.close_connection = True
        self._answer(405 if code == 501 else code, b"", ".md")

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody wants a line a second on the screen."""

    def _ours(self) -> bool:
        """Whether the request was sent to our own address, and from no page but ours."""
        assert isinstance(self.server, ThreadingHTTPServer)
        hosts = [f"{name}:{self.server.server_address[1]}" for name in ("127.0.0.1", "localhost")]
        origins = self.headers.get_all("Origin", [])
        return self.headers.get_all("Host") in [[host] for host in hosts] and all(
            origin in [f"http://{host}" for host in hosts] for origin in origins
        )

    def _progress(self) -> bytes:
        try:
            return self.told.read_bytes()
        except OSError:
            return NOTHING_YET

    def _answer(self, code: int, body: bytes, kind: str) -> None:
        self.send_response_only(code)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{KINDS[kind]}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if code == 405:
            self.send_header("Allow", "GET")
        if code >= 400:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(body)
