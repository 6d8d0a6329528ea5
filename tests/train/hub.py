"""The part of the Hub that takes a model: a repo is created, files are committed; all of them as plain files, none in LFS.

with Taking() as hub: ...  # hub.commits: [(repo, {path: bytes}), ...]
"""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Taking:
    """A Hub on loopback; `commits` are those that it took."""

    def __init__(self) -> None:
        self.commits: list[tuple[str, dict[str, bytes]]] = []
        self.created: list[dict[str, Any]] = []
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Taking":
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: Taking
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        self._json(
            {"id": self.path.removeprefix("/api/models/").partition("/revision")[0], "sha": "0" * 40, "siblings": []}
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/api/repos/create":
            said = json.loads(body)
            self.hub.created.append(said)
            name = f"{said.get('organization') or 'me'}/{said['name']}"
            self._json({"url": f"{self.hub.url}/{name}", "name": name, "id": "1"})
        elif "/preupload/" in self.path:
            files = json.loads(body)["files"]
            self._json(
                {"files": [{"path": file["path"], "uploadMode": "regular", "shouldIgnore": False} for file in files]}
            )
        elif "/commit/" in self.path:
            lines = [json.loads(line) for line in body.splitlines() if line.strip()]
            files = {
                line["value"]["path"]: base64.b64decode(line["value"]["content"])
                for line in lines
                if line["key"] == "file"
            }
            name = self.path.removeprefix("/api/models/").partition("/commit/")[0]
            self.hub.commits.append((name, files))
            self._json({"commitUrl": f"{self.hub.url}/{name}/commit/1", "commitOid": "1" * 40, "pullRequestUrl": None})
        else:
            self._json({"errors": [], "warnings": []})

    def _json(self, value: Any) -> None:
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
