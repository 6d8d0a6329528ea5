"""huggingface_hub's client, for servers that may mean ill: what a server says is looked at before huggingface_hub uses it.

an answer -> the same, or UserError: where it would name a file outside of the cache, take the token elsewhere, or not end

Whoever imports this has it for all that huggingface_hub asks.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit

import httpx2
from huggingface_hub import set_client_factory
from huggingface_hub.utils._http import default_client_factory

from builders.errors import UserError
from builders.hosts import is_hugging_face

BESIDE = ("README.md", ".gitattributes")  # what is fetched with a list
LISTED = 128 << 20  # bytes of a repo's list, or of its card; the list of 100,000 files has 30 MB


class _Counted(httpx2.SyncByteStream):
    """A body, and how much of `left` it leaves."""

    def __init__(self, body: httpx2.SyncByteStream, left: list[int], host: str) -> None:
        self.body, self.left, self.host = body, left, host

    def __iter__(self) -> Iterator[bytes]:
        for part in self.body:
            self.left[0] -= len(part)
            if self.left[0] < 0:
                raise UserError(
                    f"{self.host} is no Hub, or means ill: what it lists of a repo is over {LISTED >> 20} MiB"
                )
            yield part

    def close(self) -> None:
        self.body.close()


def client() -> httpx2.Client:
    """A client as huggingface_hub makes it, that looks."""
    made = default_client_factory()
    made.event_hooks = {**made.event_hooks, "response": [_check]}
    made.headers["Accept-Encoding"] = "identity"  # what is counted is what is held
    return made


def _check(response: httpx2.Response) -> None:
    try:
        wrong = _wrong(response)
    except (httpx2.InvalidURL, ValueError) as problem:
        wrong = f"it names an address that is none ({problem})"
    if wrong:
        raise UserError(f"{response.url.host} is no Hub, or means ill: {wrong}")
    if _is_short(response) and isinstance(response.stream, httpx2.SyncByteStream):
        response.stream = _Counted(response.stream, _left.get() or [LISTED], response.url.host)


def _is_short(response: httpx2.Response) -> bool:
    """Whether it is a list, a card, anything but rows."""
    return response.url.path.startswith("/api/") or response.url.path.endswith(BESIDE)


def _wrong(response: httpx2.Response) -> str | None:
    """What huggingface_hub would take from an answer, and should not."""
    said, here = response.headers, response.url
    if _is_short(response) and said.get("Content-Encoding", "identity") != "identity":
        return f"it packs what it says ({said['Content-Encoding'][:100]!r}), which nobody asked for"
    # Names in the cache are made of what the last HEAD says: not of an error, nor of one that sends on within the Hub.
    sends_on = response.is_redirect and not urlsplit(said["Location"]).netloc
    if response.request.method == "HEAD" and response.status_code < 400 and not sends_on:
        for name in ("X-Linked-Etag" if "X-Linked-Etag" in said else "ETag", "X-Repo-Commit"):
            if not is_name(said.get(name, "none").lstrip("W/").strip('"')):
                return f"its header {name} is {said[name][:100]!r}, which is no hash"
    links = (response.links.get(name, {}).get("url", "") for name in ("next", "xet-auth"))
    for url in (*links, said.get("X-Xet-Refresh-Route", "")):
        leads = here.join(url)
        if (leads.scheme, leads.netloc) != (here.scheme, here.netloc) and not (
            leads.scheme == "https" and is_hugging_face(leads.host)
        ):
            return f"it goes on at {url[:100]!r}, where your token would go"
    return None


def is_name(said: str) -> bool:
    """Whether it can name a file in the cache, and nothing else."""
    return 0 < len(said) <= 200 and said not in (".", "..") and not set(said) & set("/\\\0")


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
