"""What the Hub, or the way to it, may do for a while, tried again; and all else that it says, as one sentence.

    with quick_client(300): again(lambda: api.create_commit(...), "me/mind", patience=300)

huggingface_hub tries some requests again and others never, waits as long as a server likes, and has no time-out. Here a
request fails at once, and one loop decides: 408, 409, 412, 429, 5xx, silence and what breaks off pass; the rest does not.
"""

import random
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx2
from huggingface_hub import close_session, hf_raise_for_status, set_client_factory
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, OfflineModeIsEnabled

from builders.errors import MathloomError, UserError, WorldError
from builders.hub_client import client
from builders.screen import say

T = TypeVar("T")

PASSES = (408, 409, 412, 425, 429, 500, 502, 503, 504)
INNER = (408, 429, 500, 502, 503, 504)  # what huggingface_hub would try again itself
PAUSE = 1.0  # seconds before the second try, twice as long before each further one
SILENCE = 60.0  # seconds without a byte, after which a request is given up
LONGEST = 30.0  # seconds between two tries, unless the Hub says how long
# How the Hub words that a file of a commit was never uploaded; the next try uploads it.
FORGOTTEN = "LFS pointer"
# How it words that it is still making a repo of ours; huggingface_hub would ask again without a pause, for ever.
AT_WORK = "conflicting operation"


class Passing(Exception):
    """What may be over in a moment: `said` by the Hub, which asks us to wait `after` seconds."""

    def __init__(self, said: str, after: float | None = None) -> None:
        super().__init__(said)
        self.said, self.after = said, after


class _Client(httpx2.Client):
    """A client whose failures reach us at once."""

    def send(self, request: httpx2.Request, **more: Any) -> httpx2.Response:
        try:
            response = super().send(request, **more)
            if response.status_code in INNER or (response.status_code == 409 and AT_WORK in response.read().decode()):
                response.read()
                hf_raise_for_status(response)
            return response
        except httpx2.TransportError as problem:
            raise Passing(f"the Hub cannot be reached ({type(problem).__name__})") from problem


@contextmanager
def quick_client(patience: float) -> Iterator[None]:
    """huggingface_hub's requests fail at once, and after a while of silence."""
    seconds = min(SILENCE, max(patience, 1.0))

    def make() -> httpx2.Client:
        return _Client(
            event_hooks=client().event_hooks, follow_redirects=True, timeout=httpx2.Timeout(seconds, connect=10.0)
        )

    set_client_factory(make)
    shown, warnings.showwarning = warnings.showwarning, lambda said, *_, **__: say(f"{said}", error=True)
    try:
        yield
    finally:
        warnings.showwarning = shown
        set_client_factory(client)
        close_session()


def again(do: Callable[[], T], where: str, patience: float) -> T:
    """What `do` gives, tried again until failing and waiting took `patience` seconds.

    Raises WorldError after that, UserError at once where trying again would change nothing.
    """
    spent, pause, first = 0.0, PAUSE, True
    while True:
        began = time.monotonic()
        try:
            with told(where):
                return do()
        except Passing as problem:
            # An hour of uploading before the failure was no hour of waiting.
            spent += min(time.monotonic() - began, SILENCE)
            wait = problem.after if problem.after is not None else pause * random.uniform(0.5, 1.0)
            if first and wait > 1:
                say(f"waiting for the Hub ({problem.said}), for at most {patience:.0f} s", error=True)
                first = False
            if spent + wait > patience:
                asks = f", and asks to wait {problem.after:.0f} s" if problem.after else ""
                raise WorldError(
                    f"{where} is not published: {problem.said}{asks}, and --patience {patience:.0f} is over; what is uploaded "
                    "is not uploaded again, and the same command goes on"
                ) from problem
            time.sleep(wait)
            spent += wait
            pause = min(2 * pause, LONGEST)


@contextmanager
def told(where: str) -> Iterator[None]:
    """What huggingface_hub raises, as `Passing` or as a sentence."""
    try:
        yield
    except (MathloomError, Passing):
        raise
    except OfflineModeIsEnabled as problem:
        raise UserError("HF_HUB_OFFLINE is set, and publishing needs the Hub; unset it") from problem
    except HFValidationError as problem:
        raise UserError(f"{where} cannot be a repo on the Hub: {problem}") from problem
    except (OSError, RuntimeError, ValueError) as problem:  # all that huggingface_hub wraps what happened in
        raise _sentence(where, problem) from problem
    except (
        AttributeError,
        LookupError,
        NameError,
        TypeError,
        httpx2.InvalidURL,
    ) as problem:  # where an answer has another shape
        if sys.flags.dev_mode:
            raise
        raise _sentence(where, ValueError(f"{type(problem).__name__}: {problem}")) from problem


def _sentence(where: str, problem: BaseException) -> Exception:
    if isinstance(problem, ValueError) and "Invalid metadata" in str(problem):
        return UserError(f"the Hub does not take the card of {where}: {' '.join(str(problem).split())}")
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, (HfHubHTTPError, Passing)):
        cause = cause.__cause__
    if isinstance(cause, Passing):
        return cause
    if isinstance(cause, HfHubHTTPError):
        return _of_status(where, cause)
    if isinstance(problem, OSError) and problem.errno is not None:
        return problem  # the disk's
    return Passing(f"what the Hub did was not to be expected ({' '.join(str(problem).split())[:200]})")


def _of_status(where: str, problem: HfHubHTTPError) -> Exception:
    status = problem.response.status_code
    said = " ".join((problem.server_message or "").split())[:300]
    if status in PASSES or FORGOTTEN in said:
        return Passing(f"the Hub answered {status}{f' ({said})' if said else ''}", _after(problem.response))
    if status == 401:
        return UserError(
            f"the Hub refuses the token for {where} (401): log in with `hf auth login`, or set HF_TOKEN to one that may write"
        )
    if status == 403:
        return UserError(f"the Hub does not let you write to {where} (403): the token needs write access to it")
    return UserError(f"the Hub refuses to publish {where} ({status}){f': {said}' if said else ''}")


def _after(response: httpx2.Response) -> float | None:
    """Seconds that the Hub asks to wait; never none, which would be a request after the other."""
    said = response.headers.get("Retry-After", "").strip()
    return max(float(said), PAUSE) if re.fullmatch("[0-9]+", said) else None
