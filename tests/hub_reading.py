"""What the Hub of hub.py says: who asks, repos at a revision, branches and tags, the tree in pages, files.

    GET /api/whoami-v2, /api/datasets/NAME[/revision|/tree|/refs], /datasets/NAME/resolve/REV/PATH, POST /paths-info/REV

Files come with their etags, commit and ranges; large ones answer with a redirect, as the Hub's do.
"""

import hashlib
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests import hub as hubs

PAGE = 100


def whoami(handler: Any, body: bytes) -> None:
    """Whose token it is."""
    if handler.allowed():
        handler.json({"type": "user", "name": "me"})
    else:
        handler.refuse(401, "Unauthorized")


def named(handler: Any, name: str, revision: str) -> Any:
    """(repo, commit); None, and refused, where there is none or it may not be seen."""
    repo = handler.hub.repos.get(name)
    if repo is None or (repo.private and not handler.allowed()):
        return handler.refuse(404 if handler.allowed() else 401, "RepoNotFound")
    if repo.gated and not handler.headers.get("Authorization"):
        return handler.refuse(401, "GatedRepo")
    commit = repo.commit_of(revision)
    return (repo, commit) if commit else handler.refuse(404, "RevisionNotFound")


def api(handler: Any, body: bytes, name: str, verb: str | None, rest: str | None) -> None:
    """What is said of a repo at a revision, its branches and tags, its files."""
    verb, rest = verb or "revision", rest or ""
    special = re.match(r"refs/[^/]+/[^/]+", rest)
    revision = (special[0] if special else rest.partition("/")[0]) or "main"
    found = named(handler, name, revision)
    if found is None:
        return
    repo, commit = found
    files = repo.commits[commit]
    if verb == "refs":
        refs = {kind: [_ref(kind, *ref) for ref in getattr(repo, kind).items()] for kind in ("branches", "tags")}
        handler.json({**refs, "converts": []})
    elif verb == "revision":
        siblings = [{"rfilename": path, "size": len(data)} for path, data in files.items()]
        handler.json({"id": name, "sha": commit, "private": repo.private, "gated": repo.gated, "siblings": siblings})
    elif verb == "tree":
        tree(handler, files, rest[len(revision) :].strip("/"))
    else:
        wanted = parse_qs(body.decode())["paths"]
        handler.json([_entry(path, files) for path in wanted if path in files or _is_folder(path, files)])


def tree(handler: Any, files: dict[str, bytes], folder: str) -> None:
    """The files in a folder, in pages."""
    query = parse_qs(urlsplit(handler.path).query)
    base = f"{folder}/" if folder else ""
    below = [path for path in files if path.startswith(base)]
    if folder and not below:
        handler.refuse(404, "EntryNotFound")
        return
    paths = {"/".join(path.split("/")[:depth]) for path in below for depth in range(1, path.count("/") + 2)}
    inside = sorted(path for path in paths if path.startswith(base))
    if query.get("recursive", ["false"])[0].lower() != "true":
        inside = [path for path in inside if "/" not in path[len(base) :]]
    start = int(query.get("cursor", ["0"])[0])
    link = {}
    if start + PAGE < len(inside):
        plain = re.sub(r"[?&]cursor=\d+", "", handler.path)
        more = f"{handler.hub.url}{plain}{'&' if '?' in plain else '?'}cursor={start + PAGE}"
        link = {"Link": f'<{more}>; rel="next"'}
    handler.json([_entry(path, files) for path in inside[start : start + PAGE]], **link)


def resolve(handler: Any, body: bytes, name: str, revision: str, path: str) -> None:
    """A file, or for a large one where its bytes are."""
    found = named(handler, name, revision)
    if found is None:
        return
    repo, commit = found
    data = repo.commits[commit].get(path)
    if data is None:
        handler.refuse(404, "EntryNotFound", **{"X-Repo-Commit": commit})
    elif path.endswith(hubs.LARGE):
        linked = {"X-Linked-Etag": f'"{hashlib.sha256(data).hexdigest()}"', "X-Linked-Size": str(len(data))}
        # another host than the Hub's, as the Hub's own storage is
        location = {"Location": f"{handler.hub.url.replace('127.0.0.1', 'localhost')}/lfs/{name}/{commit}/{path}"}
        handler.send(302, b"", **linked, **location, **{"X-Repo-Commit": commit})
    else:
        ranged(handler, data, **{"X-Repo-Commit": commit, "ETag": f'"{oid(data)}"'})


def ranged(handler: Any, data: bytes, **headers: str) -> None:
    """Bytes, or the part of them that was asked for."""
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", handler.headers.get("Range") or "")
    if asked is None:
        handler.send(200, data, **headers, **{"Accept-Ranges": "bytes"})
        return
    start, end = int(asked[1]), min(int(asked[2] or len(data) - 1), len(data) - 1)
    if start >= len(data):
        handler.send(416, b"", **{"Content-Range": f"bytes */{len(data)}"})
        return
    part = {"Content-Range": f"bytes {start}-{end}/{len(data)}", "Accept-Ranges": "bytes"}
    handler.send(206, data[start : end + 1], **headers, **part)


def stored(handler: Any, body: bytes, name: str, commit: str, path: str) -> None:
    """A large file's bytes."""
    ranged(handler, handler.hub.repos[name].commits[commit][path])


def oid(data: bytes) -> str:
    """What git calls a file's content."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def _is_folder(path: str, files: dict[str, bytes]) -> bool:
    return any(name.startswith(f"{path}/") for name in files)


def _entry(path: str, files: dict[str, bytes]) -> dict[str, Any]:
    """A file or folder as the tree and paths-info list it."""
    if path not in files:
        return {"type": "directory", "path": path, "oid": hashlib.sha1(path.encode()).hexdigest(), "size": 0}
    data = files[path]
    entry = {"type": "file", "path": path, "oid": oid(data), "size": len(data)}
    if path.endswith(hubs.LARGE):
        entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return entry


def _ref(kind: str, name: str, commit: str) -> dict[str, str]:
    folder = "heads" if kind == "branches" else "tags"
    return {"name": name, "ref": f"refs/{folder}/{name}", "targetCommit": commit}


ROUTES = [
    (r"/api/whoami-v2", whoami),
    (r"/lfs/([^/]+/[^/]+)/(\w+)/(.+)", stored),
    (r"/api/datasets/([^/]+/[^/]+)(?:/(revision|tree|paths-info|refs)(?:/(.*))?)?", api),
    (r"/datasets/([^/]+/[^/]+)/resolve/(refs/[^/]+/[^/]+|[^/]+)/(.+)", resolve),
]
