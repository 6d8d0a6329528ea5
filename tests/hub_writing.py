"""How the Hub of hub.py is written to: repos, LFS files, commits, tags, and cards that it takes or refuses.

    POST /api/repos/create, /api/validate-yaml, /preupload/REV, LFS batch, PUT of a file, /commit/REV (ndjson), /tag/REV

What the real one refuses is refused: a commit on another parent (412), one with an LFS file that it never got (400), a tag or
repo that is there (409), a card whose front matter it cannot read (400).
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import yaml
from huggingface_hub.repocard import REGEX_YAML_BLOCK

from tests import hub as hubs
from tests import hub_reading

STORAGE = "/storage/"


def with_token(answer: Callable[..., None]) -> Callable[..., None]:
    """An answer for those whose token may write."""

    def checked(handler: Any, body: bytes, *names: str) -> None:
        if handler.allowed():
            with handler.hub.writing:  # one after the other, as the real one's commits
                answer(handler, body, *names)
        else:
            handler.refuse(401, "Unauthorized")

    return checked


@with_token
def create(handler: Any, body: bytes) -> None:
    """A repo with a first commit, as the real ones have."""
    said = json.loads(body)
    name = f"{said.get('organization') or 'me'}/{said['name']}"
    if name in handler.hub.repos:
        handler.refuse(409, "Conflict")
        return
    handler.hub.put(name, {})
    handler.hub.repos[name].private = said.get("visibility") == "private"
    handler.json({"url": f"{handler.hub.url}/datasets/{name}", "name": name})


@with_token
def validate(handler: Any, body: bytes) -> None:
    """What the Hub says of a card's front matter before it takes it."""
    found = REGEX_YAML_BLOCK.search(json.loads(body)["content"])
    errors = []
    try:
        front = yaml.safe_load(found[2]) if found else {}
        if not isinstance(front, dict):
            errors.append("the metadata is no mapping")
        elif not isinstance(front.get("configs", []), list):
            errors.append('"configs" must be an array')
    except yaml.YAMLError as problem:
        errors.append(str(problem))
    said = {"errors": [{"message": error} for error in errors], "warnings": []}
    handler.send(400 if errors else 200, json.dumps(said).encode(), **{"Content-Type": "application/json"})


@with_token
def preupload(handler: Any, body: bytes, name: str) -> None:
    """Which files are for LFS, and what stands under their names."""
    files = handler.hub.files(name)
    made = []
    for file in json.loads(body)["files"]:
        path, large = file["path"], file["path"].endswith(hubs.LARGE)
        held = files.get(path)
        known = None if held is None else hashlib.sha256(held).hexdigest() if large else hub_reading.oid(held)
        said = {"path": path, "uploadMode": "lfs" if large else "regular", "shouldIgnore": False, "oid": known}
        made.append(said)
    handler.json({"files": made})


@with_token
def batch(handler: Any, body: bytes, name: str) -> None:
    """Where to upload the files that are not there yet."""
    made = []
    for item in json.loads(body)["objects"]:
        # another host than the Hub's, as the Hub's own storage is
        href = f"{handler.hub.url.replace('127.0.0.1', 'localhost')}{STORAGE}{item['oid']}"
        actions = {} if item["oid"] in handler.hub.objects else {"actions": {"upload": {"href": href}}}
        made.append({"oid": item["oid"], "size": item["size"], **actions})
    handler.json({"transfer": "basic", "objects": made})


def store(handler: Any, body: bytes, sha256: str) -> None:
    """A file that was uploaded; one that is to be forgotten is not kept."""
    if hashlib.sha256(body).hexdigest() != sha256:
        handler.refuse(400, "BadDigest")
        return
    if handler.fault != "forget":
        handler.hub.objects[sha256] = body
    handler.send(200, b"")


@with_token
def commit(handler: Any, body: bytes, name: str) -> None:
    """One commit of all that is said, or none."""
    repo = handler.hub.repos.get(name)
    if repo is None:
        handler.refuse(404, "RepoNotFound")
        return
    lines = [json.loads(line) for line in body.splitlines()]
    head = lines[0]["value"]
    if head.get("parentCommit") not in (None, repo.branches["main"]):
        handler.refuse(412, "PreconditionFailed")
        return
    whole = dict(handler.hub.files(name))
    for line in lines[1:]:
        kind, said = line["key"], line["value"]
        if kind == "file":
            whole[said["path"]] = base64.b64decode(said["content"])
        elif kind == "lfsFile" and said["oid"] in handler.hub.objects:
            whole[said["path"]] = handler.hub.objects[said["oid"]]
        elif kind == "lfsFile":
            words = (
                f"Your push was rejected because an LFS pointer pointed to a file that does not exist: {said['path']}"
            )
            handler.send(400, json.dumps({"error": words}).encode(), **{"Content-Type": "application/json"})
            return
        elif kind == "deletedFile":
            del whole[said["path"]]
    made = handler.hub.commit(name, whole, f"{head['summary']}\n\n{head.get('description', '')}".strip())
    handler.json({"commitUrl": f"{handler.hub.url}/datasets/{name}/commit/{made}", "commitOid": made})


@with_token
def tag(handler: Any, body: bytes, name: str, revision: str) -> None:
    """A name for a commit, once."""
    repo, wanted = handler.hub.repos[name], json.loads(body)["tag"]
    made = repo.commit_of(revision)
    if wanted in repo.tags or made is None:
        handler.refuse(409 if made else 404, "Conflict" if made else "RevisionNotFound")
        return
    repo.tags[wanted] = made
    handler.json({})


ROUTES = [
    (r"/api/repos/create", create),
    (r"/api/validate-yaml", validate),
    (r"/api/datasets/([^/]+/[^/]+)/preupload/main", preupload),
    (r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", batch),
    (STORAGE + r"([0-9a-f]{64})", store),
    (r"/api/datasets/([^/]+/[^/]+)/commit/main", commit),
    (r"/api/datasets/([^/]+/[^/]+)/tag/(.+)", tag),
]
