"""Ray as a run finds it: the cluster that there is, else one of this machine alone.

RAY_ADDRESS, or what `ray start` has started here -> Ray, until the run ends; where it does not start, one sentence
"""

import contextlib
import os
import signal
import socket
from collections.abc import Iterator
from typing import Any

from builders.errors import UserError, WorldError

REACHED = 10.0  # seconds that a cluster has to take a connection
STORE = 80 * 2**20  # bytes of Ray's object store on this machine: nothing but exit codes goes through it


@contextlib.contextmanager
def cluster() -> Iterator[Any]:
    """The cluster that there is, else one of this machine alone. UserError without Ray, WorldError where it does not start."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing is told to anybody
    try:
        import ray
    except ImportError:
        raise UserError("generation.shards needs Ray: pip install -e '.[ray]'") from None
    ended = signal.getsignal(signal.SIGTERM)
    try:
        _join(ray)
    except Exception as problem:  # noqa: BLE001 what Ray raises for a node that is slow to start is nothing narrower
        lines = str(problem).strip().splitlines()
        raise WorldError(
            f"Ray does not start: {lines[0] if lines else type(problem).__name__}; nothing was asked"
        ) from None
    finally:
        signal.signal(signal.SIGTERM, ended)  # Ray's own would leave what is under way
    try:
        yield ray
    finally:
        ray.shutdown()


def _join(ray: Any) -> None:
    """ConnectionError where nothing answers at RAY_ADDRESS, and whatever Ray raises where it does not start."""
    named = os.environ.get("RAY_ADDRESS", "")
    host, _, port = named.rpartition(":")
    if host and port.isascii() and port.isdigit() and "/" not in host:
        try:
            socket.create_connection((host, int(port)), REACHED).close()  # Ray itself would try for many minutes
        except (OSError, OverflowError) as problem:
            raise ConnectionError(f"nothing answers at RAY_ADDRESS {named} ({problem})") from None
    try:
        ray.init(address="auto")
    except ConnectionError:
        if named:
            raise
        ray.init(address="local", include_dashboard=False, object_store_memory=STORE)
