"""What a disk can do to a file: be full, be gone, or lose it with the power."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from builders.errors import WorldError


def sync(path: Path) -> None:
    """Waits until a file, or the list of names in a folder, is on the disk: a rename must not outlive what it names."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot do it for a folder
            raise
    finally:
        os.close(descriptor)


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """An OSError inside becomes a WorldError of one sentence: the disk is full, gone or not ours to write on."""
    try:
        yield
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        raise WorldError(
            f"{path} cannot be written: {said}; nothing under that name was changed. "
            "Mend that (room on the disk, permissions), then run the same command again"
        ) from error
