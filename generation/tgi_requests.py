"""The dialect of text-generation-inference from the server's side: what a body asks.

    bytes of a body -> Request, or Rejected (a status and TGI's own words)

Fields, limits and messages follow TGI 3's router (its docs/openapi.json); a token of the rehearsal is four characters.
"""

import json
from dataclasses import dataclass, field
from typing import Any

TOKEN = 4  # characters
DEFAULT_TOKENS = 100  # TGI's, where a request does not say how many it wants
STOPS = 4  # stop sequences at most
NOT_SAMPLING = ("model", "messages", "seed", "stream", "stream_options")
NOT_PARAMETERS = ("max_new_tokens", "temperature", "seed", "do_sample", "details", "return_full_text")


class Rejected(Exception):
    """A request that TGI would not take; without `kind` the answer is plain text, as its web framework writes it."""

    def __init__(self, status: int, error: str, kind: str | None = None) -> None:
        super().__init__(error)
        self.status, self.error, self.kind = status, error, kind


@dataclass(frozen=True)
class Limits:
    """What a model's server takes: requests at once, tokens of a prompt, and of prompt and reply together."""

    requests: int = 128
    input_tokens: int = 8192
    total_tokens: int = 16384


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. `sampling` is what our own client has in its keys; `drawn` what of it decides a reply."""

    messages: list[dict[str, Any]]
    text: str
    dialect: str
    most: int
    sampling: dict[str, Any]
    drawn: tuple[Any, ...]
    seed: int | None
    prompt_tokens: int
    stop: list[str]
    stream: bool = False
    usage: bool = False
    details: bool = False
    logprobs: bool = False
    before: str = ""
    all_texts: list[str] = field(default_factory=list)


def tokens(text: str) -> int:
    """How many tokens a text has here."""
    return -(-len(text) // TOKEN)


def read_chat(body: bytes, limits: Limits) -> Request:
    """A body of `/v1/chat/completions`."""
    said = _object(body)
    messages = said.get("messages")
    if not isinstance(messages, list) or not all(
        isinstance(m, dict) and isinstance(m.get("role"), str) for m in messages
    ):
        raise _untyped("messages")
    texts = [_content(m.get("content")) for m in messages]
    most = _number(said, "max_tokens", whole=True)
    options = said.get("stream_options")
    request = Request(
        messages, _last(messages, texts), "chat", DEFAULT_TOKENS if most is None else int(most),
        {name: value for name, value in said.items() if name not in NOT_SAMPLING},
        _drawn(said, _number(said, "temperature")), _seed(said), sum(map(tokens, texts)), _stop(said),
        stream=bool(said.get("stream")), usage=isinstance(options, dict) and bool(options.get("include_usage")),
        logprobs=bool(said.get("logprobs")), all_texts=texts,
    )  # fmt: skip
    return _checked(request, said, limits, greedy=_number(said, "temperature") == 0)


def _last(messages: list[dict[str, Any]], texts: list[str]) -> str:
    """What is asked last, after what a system message says."""
    before = [text for message, text in zip(messages[:-1], texts, strict=False) if message["role"] == "system"]
    return "\n\n".join([*before, *texts[-1:]])


def read_generate(body: bytes, limits: Limits, stream: bool | None) -> Request:
    """A body of `/generate` and `/generate_stream`, or of `/` where `stream` stands in the body."""
    said = _object(body)
    text = said.get("inputs")
    if not isinstance(text, str):
        raise _untyped("inputs")
    given = said.get("parameters")
    if given is not None and not isinstance(given, dict):
        raise _untyped("parameters")
    given = {name: value for name, value in (given or {}).items() if value is not None}
    temperature, most = _number(given, "temperature"), _number(given, "max_new_tokens", whole=True)
    most = DEFAULT_TOKENS if most is None else int(most)
    sampling = {name: value for name, value in given.items() if name not in NOT_PARAMETERS}
    sampled = bool(given.get("do_sample")) or any(
        name in given for name in ("temperature", "top_p", "top_k", "typical_p")
    )
    request = Request(
        [{"role": "user", "content": text}], text, "generate", most,
        {**sampling, "temperature": 0.0 if temperature is None else temperature, "max_tokens": most},
        _drawn(given, temperature if sampled else 0.0), _seed(given), tokens(text), _stop(given),
        stream=bool(said.get("stream")) if stream is None else stream, details=bool(given.get("details")),
        before=text if given.get("return_full_text") else "", all_texts=[text],
    )  # fmt: skip
    return _checked(request, given, limits, greedy=False)


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise Rejected(400, f"Failed to parse the request body as JSON: {problem}") from problem
    if not isinstance(said, dict):
        raise Rejected(422, "Failed to deserialize the JSON body into the target type: expected a map")
    return said


def _untyped(name: str) -> Rejected:
    return Rejected(
        422, f"Failed to deserialize the JSON body into the target type: {name}: missing or of another type"
    )


def _content(content: Any) -> str:
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    if content is not None and not isinstance(content, str):
        raise _untyped("messages: content")
    return content or ""


def _number(said: dict[str, Any], name: str, whole: bool = False) -> float | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or (whole and value < 0):
        raise _untyped(name)
    return value


def _seed(said: dict[str, Any]) -> int | None:
    seed = _number(said, "seed", whole=True)
    return None if seed is None else int(seed)


def _stop(said: dict[str, Any]) -> list[str]:
    stop = said.get("stop") or []
    if not isinstance(stop, list) or not all(isinstance(text, str) for text in stop):
        raise _untyped("stop")
    return stop


def _drawn(said: dict[str, Any], temperature: float | None) -> tuple[Any, ...]:
    hot = 1.0 if temperature is None else float(temperature)
    return (hot, _number(said, "top_p"), _number(said, "top_k"), said.get("seed"))


def _checked(request: Request, said: dict[str, Any], limits: Limits, greedy: bool) -> Request:
    temperature, top_p = _number(said, "temperature"), _number(said, "top_p")
    top_k, most, had = _number(said, "top_k"), request.most, request.prompt_tokens
    frequency = _number(said, "frequency_penalty")
    wrong = None
    if temperature is not None and temperature <= 0 and not greedy:
        wrong = "`temperature` must be strictly positive"
    elif frequency is not None and not -2 <= frequency <= 2:
        wrong = "`frequency_penalty` must be >= -2.0 and <= 2.0"
    elif top_p is not None and not 0 < top_p < 1:
        wrong = "`top_p` must be > 0.0 and < 1.0"
    elif top_k is not None and top_k <= 0:
        wrong = "`top_k` must be strictly positive"
    elif most == 0:
        wrong = "`max_new_tokens` must be strictly positive"
    elif len(request.stop) > STOPS:
        wrong = f"`stop` supports up to {STOPS} stop sequences. Given: {len(request.stop)}"
    elif not any(request.all_texts):
        wrong = "`inputs` cannot be empty"
    elif had + most > limits.total_tokens:
        wrong = (
            f"`inputs` tokens + `max_new_tokens` must be <= {limits.total_tokens}. "
            f"Given: {had} `inputs` tokens and {most} `max_new_tokens`"
        )
    elif had > limits.input_tokens:
        wrong = f"`inputs` must have less than {limits.input_tokens} tokens. Given: {had}"
    if wrong:
        raise Rejected(422, f"Input validation error: {wrong}", "validation")
    return request
