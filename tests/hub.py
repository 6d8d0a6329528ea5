"""A small Hub on loopback, so that the real huggingface_hub and datasets list, download and upload dataset repos.

    with Hub() as hub:
        hub.put("user/name", {"data/train-0.parquet": b"..."}, tag="v1.0")
        hub.faults.append(Fault("PUT /storage/", "drop", times=2))
        subprocess.run([sys.executable, "-c", code], env=hub.environment(home))

It speaks the part of the Hub's HTTP API that we need: what is read is in hub_reading.py, what is written in hub_writing.py.
HF_ENDPOINT is read when huggingface_hub is imported, so what asks it runs in a process of its own.
"""

import hashlib
import json
import os
import re
import sys
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests import hub_reading, hub_writing

LARGE = (".parquet", ".png", ".gz", ".zst", ".bz2", ".xz")  # kept in LFS, so served after a redirect
HANG = 30.0  # seconds without an answer


@dataclass
class Repo:
    """A dataset repo: the files of each commit, and what its branches and tags point to."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    gated: bool = False
    private: bool = False

    def commit_of(self, revision: str) -> str | None:
        """The commit that a branch, a tag or a commit names."""
        named = self.branches.get(revision) or self.tags.get(revision)
        return named or (revision if revision in self.commits else None)


@dataclass
class Fault:
    """What happens to the next `times` requests that begin like `request` ("POST /api/datasets/me/mind/commit").

    `what`: a status; "hang"; "drop" (the connection ends in the middle of the file or the answer); "lost" (all is done, and no
    answer comes); "forget" (a file is taken, and not kept).
    """

    request: str
    what: int | str
    times: int = 1
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    method: str
    path: str
    range: str | None
    authorization: str | None


class Hub:
    """The server, in threads of its own.

    `down`: answer 503 to all; `hiccups`: so many of the next requests to its storage get none; `asked`: every request.
    `tokens`: who may write and see what is private, where any are named; `objects`: LFS files that were uploaded, by sha256.
    """

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.asked: list[Asked] = []
        self.down = False
        self.hiccups = 0
        self.faults: list[Fault] = []
        self.tokens: set[str] = set()
        self.objects: dict[str, bytes] = {}
        self.closing = threading.Event()
        self.writing = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Hub":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def put(self, name: str, files: dict[str, bytes], *, tag: str | None = None) -> str:
        """A commit on main that adds or replaces files; the commit's hash."""
        repo = self.repos.setdefault(name, Repo())
        commit = self.commit(name, {**self.files(name), ".gitattributes": b"", **files})
        if tag:
            repo.tags[tag] = commit
        return commit

    def commit(self, name: str, whole: dict[str, bytes], message: str = "") -> str:
        """A commit on main with exactly these files; its hash."""
        repo = self.repos[name]
        marks = [name, len(repo.commits), *((path, hashlib.sha1(data).hexdigest()) for path, data in whole.items())]
        commit = hashlib.sha1(repr(marks).encode()).hexdigest()
        repo.commits[commit], repo.messages[commit] = whole, message
        self.objects |= {hashlib.sha256(data).hexdigest(): data for path, data in whole.items() if path.endswith(LARGE)}
        repo.branches["main"] = commit
        return commit

    def files(self, name: str, revision: str = "main") -> dict[str, bytes]:
        """The files of a repo at a revision; none where there is no such repo."""
        repo = self.repos.get(name, Repo())
        return repo.commits.get(repo.commit_of(revision) or "", {})

    def environment(self, home: os.PathLike[str] | str, **more: str) -> dict[str, str]:
        """The environment of a process that takes this for the Hub and keeps its cache in `home`."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HF_")}
        ours = {
            "HF_ENDPOINT": self.url,
            "HF_HOME": str(home),
            "HF_HUB_DISABLE_XET": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
        }
        return {**kept, **ours, **more}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Says nothing of those who were killed while they asked."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    fault: Fault | str | None = None
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer to huggingface_hub comes 40 ms late

    def log_message(self, *_: Any) -> None:
        """Nothing: the requests are in `hub.asked`."""

    def do_HEAD(self) -> None:
        self._answer()

    do_GET = do_POST = do_PUT = do_HEAD

    def _answer(self) -> None:
        """Meets the next fault that this request is to meet, else answers it."""
        self.fault = self._fault()
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length // 2 if self.fault == "drop" else length)
        path = unquote(urlsplit(self.path).path)
        if path.startswith("/lfs/") and self.hub.hiccups > 0:
            self.hub.hiccups -= 1
            self.close_connection = True
        elif self.hub.down:
            self.send(503, b"the Hub is down")
        elif isinstance(self.fault, Fault):
            self.send(int(self.fault.what), b"{}", **self.fault.headers)
        elif self.fault == "hang" or (self.fault == "drop" and length):
            self.hub.closing.wait(HANG if self.fault == "hang" else 0)
            self.close_connection = True
        else:
            self._route(path, body)

    def _fault(self) -> Fault | str | None:
        """The next fault, counted down: one with a status, or its name."""
        asked = Asked(self.command, self.path, self.headers.get("Range"), self.headers.get("Authorization"))
        self.hub.asked.append(asked)
        for fault in self.hub.faults:
            if fault.times > 0 and f"{self.command} {unquote(self.path)}".startswith(fault.request):
                fault.times -= 1
                return fault.what if isinstance(fault.what, str) else fault
        return None

    def _route(self, path: str, body: bytes) -> None:
        routes = hub_writing.ROUTES if self.command in ("POST", "PUT") else []
        for pattern, answer in [*hub_reading.ROUTES, *routes]:
            if match := re.fullmatch(pattern, path):
                answer(self, body, *match.groups())
                return
        self.refuse(404, "NotFound")

    def allowed(self) -> bool:
        """Whether a request brings a token that may write, and see what is private."""
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        return not self.hub.tokens or token in self.hub.tokens

    def json(self, value: Any, **headers: str) -> None:
        self.send(200, json.dumps(value).encode(), **headers, **{"Content-Type": "application/json"})

    def refuse(self, status: int, code: str, **headers: str) -> None:
        self.send(status, b"", **headers, **{"X-Error-Code": code, "X-Error-Message": code})

    def send(self, status: int, data: bytes, **headers: str) -> None:
        if self.fault == "lost":
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if self.fault == "drop" else data)
            self.close_connection |= self.fault == "drop"
