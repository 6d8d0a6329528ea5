"""A port that a server of ours cannot have is the user's to change, in one sentence."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from builders.errors import UserError


@contextmanager
def taking(port: int) -> Iterator[None]:
    """Around what opens the port. UserError where there is no such port, it is taken, or not ours to take."""
    try:
        yield
    except OverflowError as problem:
        raise UserError(f"--port is {port}; it must be 0 to 65535") from problem
    except OSError as problem:
        if problem.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise UserError(
            f"port {port} is not to be had ({problem.strerror}); name another one with --port, or 0"
        ) from problem
