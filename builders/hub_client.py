"""huggingface_hub's client, for servers that may mean ill: what a server says is looked at before huggingface_hub uses it.

an answer -> the same, with names that are none made to some; UserError where it would take the token elsewhere, or not end

Whoever imports this has it for all that huggingface_hub asks.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx2
from huggingface_hub import constants, get_token, set_client_factory
from huggingface_hub.utils._http import default_client_factory

from builders.errors import UserError
from builders.hosts import is_hugging_face

BESIDE = ("README.md", ".gitattributes")  # what is fetched with a list
SHORT = (*BESIDE, "tokenizer.json")
LISTED = 128 << 20  # bytes of a repo's list, or of its card; the list of 100,000 files has 30 MB
ASKING = 4096  # bytes that a request counts for: there may be empty ones without end


class _Counted(httpx2.SyncByteStream):
    """A body, and how much of `left` it leaves."""

    def __init__(self, body: httpx2.SyncByteStream, left: list[int], host: str) -> None:
        self.body, self.left, self.host = body, left, host

    def __iter__(self) -> Iterator[bytes]:
        for part in self.body:
            take(self.left, len(part), self.host)
            yield part

    def close(self) -> None:
        self.body.close()


def take(left: list[int], size: int, host: str) -> None:
    """Counts bytes down. UserError where none are left."""
    left[0] -= size
    if left[0] < 0:
        raise UserError(
            f"{host} is no Hub, or means ill: it sends more than was asked for, or over {LISTED >> 20} MiB for a list"
        )


def client() -> httpx2.Client:
    """A client as huggingface_hub makes it, that looks."""
    made = default_client_factory()
    made.event_hooks = {"request": [*made.event_hooks["request"], _check_request], "response": [_check]}
    made.headers["Accept-Encoding"] = "identity"  # what is counted is what is held
    return made


def _check_request(request: httpx2.Request) -> None:
    said = request.headers.get("Authorization")
    if (
        said and not _may_have_token(request.url) and said == f"Bearer {get_token()}"
    ):  # a server of the user's gets its own
        raise UserError(f"{constants.ENDPOINT} is no Hub, or means ill: your token would go to {request.url.host}")


def _may_have_token(url: httpx2.URL) -> bool:
    """Whether it is the Hub's own, or Hugging Face's."""
    hub = httpx2.URL(constants.ENDPOINT)
    own = (url.scheme, url.netloc) == (hub.scheme, hub.netloc)
    return own or (url.scheme == "https" and is_hugging_face(url.host))


def _check(response: httpx2.Response) -> None:
    host = response.url.host
    try:
        wrong = _wrong(response)
    except (httpx2.InvalidURL, ValueError) as problem:
        wrong = f"it names an address that is none ({problem})"
    if wrong:
        raise UserError(f"{host} is no Hub, or means ill: {wrong}")
    # huggingface_hub calls a file in its cache by them, or takes the one that is called so: here, or anywhere
    for name in ("ETag", "X-Linked-Etag"):
        said = response.headers.get(name)
        if said is not None and not is_name(said.lstrip("W/").strip('"')):
            response.headers[name] = hashlib.sha256(said.encode()).hexdigest()
    left = _most(response)
    if left is not None:
        take(left, ASKING, host)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _Counted(response.stream, left, host)


def _most(response: httpx2.Response) -> list[int] | None:
    """How many bytes an answer may have; None for a whole file, which the disk has to hold."""
    if response.url.path.startswith("/api/") or response.url.path.endswith(SHORT):
        return _left.get() or [LISTED]
    if asked := re.fullmatch(r"bytes=(\d{1,18})-(\d{1,18})", response.request.headers.get("Range", "")):
        return [int(asked[2]) - int(asked[1]) + 1 + ASKING]
    return None


def _wrong(response: httpx2.Response) -> str | None:
    """What huggingface_hub would take from an answer, and should not."""
    said, here = response.headers, response.url
    if _most(response) is not None and said.get("Content-Encoding", "identity") != "identity":
        return f"it packs what it says ({said['Content-Encoding'][:100]!r}), which nobody asked for"
    if not is_name(said.get("X-Repo-Commit", "none")):  # a folder in the cache, of an error too
        return f"it calls a commit {said['X-Repo-Commit'][:100]!r}, which is no hash"
    # hf_xet, which is no client of ours, asks there
    for url in (response.links.get("xet-auth", {}).get("url", ""), said.get("X-Xet-Refresh-Route", "")):
        if url and not _may_have_token(here.join(url)):
            return f"it goes on at {url[:100]!r}, where your token would go"
    return None


def is_name(said: str) -> bool:
    """Whether it can name a file in the cache, and nothing else."""
    return 0 < len(said.encode()) <= 200 and said not in (".", "..") and not set(said) & set("/\\\0")


@contextmanager
def short() -> Iterator[None]:
    """What is listed in here, in however many pages, has LISTED bytes at most."""
    token = _left.set([LISTED])
    try:
        yield
    finally:
        _left.reset(token)


_left: ContextVar[list[int] | None] = ContextVar("_left", default=None)
set_client_factory(client)
