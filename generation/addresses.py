"""Where a server stands, and whose token it gets: Hugging Face's goes to Hugging Face's hosts and nowhere else.

an endpoint of a recipe -> Address (URL, token)
"""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from huggingface_hub import get_token

from builders.errors import UserError
from builders.hosts import is_hugging_face, is_loopback
from generation.recipes import Endpoint


@dataclass(frozen=True)
class Address:
    """A server's address. The token is in no repr, so that it gets into no log."""

    url: str
    headers: dict[str, str] = field(repr=False)
    concurrency: int | None = None

    def without_token(self, text: str) -> str:
        """What a server said, fit for ledger and screen: some say their callers' tokens again."""
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return text.replace(token, "[token]") if token else text


def address_of(endpoint: Endpoint) -> Address:
    """An endpoint's address with the token that its host may have; what can be no address is a `UserError`."""
    url = endpoint.url.strip()
    if not url.isprintable() or " " in url:
        raise UserError(f"the endpoint {shown(url)!r} is no address: it holds a space or what cannot be seen")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as problem:
        raise UserError(f"the endpoint '{shown(url)}' is no address: {problem}") from problem
    if "@" in parts.netloc:
        raise UserError(
            "an endpoint has a user or password in its address; put the token into the environment and name it with token_env"
        )
    if parts.scheme not in ("http", "https") or not host:
        raise UserError(
            f"the endpoint '{shown(url)}' is no address; write http://HOST:PORT or https://HOST, or the word rehearsal"
        )
    if parts.query or parts.fragment:
        raise UserError(
            f"the endpoint '{shown(url)}' has a query; a token belongs into the environment (token_env), not into the address"
        )
    base = url.rstrip("/")
    for tail in ("/chat/completions", "/generate", "/v1"):
        base = base.removesuffix(tail)
    token = _token(endpoint, host)
    if token and parts.scheme == "http" and not is_loopback(host) and not endpoint.insecure:
        raise UserError(
            f"the token for '{base}' would travel in the clear; use https, or say insecure: true at this endpoint"
        )
    return Address(base, {"Authorization": f"Bearer {token}"} if token else {}, endpoint.concurrency)


def shown(url: str) -> str:
    """An address without what may be a secret: what stands before an @, and behind ? or #."""
    return url.rpartition("@")[2].partition("?")[0].partition("#")[0]


def _token(endpoint: Endpoint, host: str) -> str | None:
    if endpoint.token_env:
        token = os.environ.get(endpoint.token_env)
        if not token:
            raise UserError(
                f"the endpoint '{endpoint.url}' takes its token from the environment's {endpoint.token_env}, which is not set"
            )
        if any(ord(c) < 33 or ord(c) > 126 for c in token.strip()):
            raise UserError(f"the token in the environment's {endpoint.token_env} holds characters that no token has")
        if token.strip() == get_token() and not is_hugging_face(host):
            raise UserError(
                f"the endpoint '{endpoint.url}' would get your Hugging Face token ({endpoint.token_env}), which goes to Hugging Face's hosts only; "
                "a token of its own belongs into another variable"
            )
        return token.strip()
    return get_token() if is_hugging_face(host) else None
