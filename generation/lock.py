"""The ledger's lock: one run writes at a time, and a second one is told who holds it.

a ledger's path -> an open file that holds the lock until its process ends, however that ends
"""

import contextlib
import errno
import fcntl
import os
import socket
import stat
import time
from pathlib import Path
from typing import TextIO

from builders.commands import now
from builders.errors import UserError
from builders.screen import say

NETWORK = ("nfs", "cifs", "smb", "lustre", "gpfs", "ceph", "fuse.sshfs", "9p", "beegfs")


def take_lock(path: Path, wait: bool, command: str) -> TextIO:
    """An flock dies with its process, however that ends; the file beside the ledger says who holds it.

    A ledger that is a link is locked where it lies. One file of two names is refused: SQLite keeps a log per name, so that
    two runs, or one after a kill, would lose replies.
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        raise UserError(f"the ledger {path} is no file; name one, which is made where there is none")
    if place.exists() and place.stat().st_nlink > 1:
        raise UserError(
            f"the ledger {path} is one file under {place.stat().st_nlink} names (hard links), and replies that are written under one "
            f"name are lost under another; make one of its own: python -m generation.ledger merge --ledger NEW.sqlite {path}"
        )
    file, told = _opened(Path(f"{place}.lock")), False
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another run"
            if not wait:
                raise UserError(
                    f"the ledger {path} is in use by {holder}; wait for it with --wait, or name another --ledger"
                ) from None
            if not told:
                say(f"waiting for the ledger {path}, in use by {holder}", error=True)
                told = True
            time.sleep(0.5)
    file.truncate(0)
    file.write(f"process {os.getpid()} on {socket.gethostname()} since {now()} ({command})\n")
    file.flush()
    return file


def check_beside(path: Path) -> None:
    """UserError where SQLite's own files beside a ledger are links or pipes: it would wait for one, or write through it.

    And where a log belongs to one name of several: closing it here would write over what came under another since.
    """
    place = Path(os.path.realpath(path))
    names = place.stat().st_nlink if place.exists() else 1
    for beside in (Path(f"{place}{end}") for end in ("-journal", "-wal", "-shm")):
        with contextlib.suppress(FileNotFoundError):
            there = beside.lstat()
            replies = beside.name.endswith("-wal") and stat.S_ISREG(there.st_mode) and there.st_size
            if replies and max(there.st_nlink, names) > 1:
                raise UserError(
                    f"the ledger {path} or its log {beside} is one file under several names (hard links), and what was written under "
                    f"one would be lost under another; while no run writes it, copy both, and name the copy: cp {path} NEW.sqlite && "
                    f"cp {beside} NEW.sqlite-wal"
                )
            if not stat.S_ISREG(there.st_mode) or there.st_nlink > 1:
                raise UserError(f"{beside} is no file of its own, as SQLite makes it beside a ledger; take it away")


def _opened(beside: Path) -> TextIO:
    """The file that is locked. UserError where it is a link, which a stranger's folder may hold: what it leads to would be written over."""
    said = f"{beside} is no file of its own; remove it, it says nothing but who uses the ledger"
    try:
        number = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as problem:
        if problem.errno in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
            raise UserError(said) from problem
        raise
    there = os.fstat(number)
    if not stat.S_ISREG(there.st_mode) or there.st_nlink > 1:
        os.close(number)
        raise UserError(said)
    return os.fdopen(number, "a+", encoding="utf-8", errors="replace")


def holder(path: Path) -> str | None:
    """Who holds a ledger's lock now; None where nobody does."""
    beside = Path(f"{os.path.realpath(path)}.lock")
    if not beside.is_file() or beside.is_symlink():
        return None
    with beside.open(encoding="utf-8", errors="replace") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read().strip() or "another run"
    return None


def warn_of_network(path: Path) -> None:
    """Says so where a ledger lies on a network file system."""
    kind = file_system(path)
    if kind.startswith(NETWORK):
        say(f"note: the ledger {path} lies on {kind}; SQLite's WAL needs all its readers on one host", error=True)


def file_system(path: Path) -> str:
    """The kind of file system that a path is on; empty where nobody says."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    place, best = str(path.absolute().parent), ("", "")
    for line in mounts.read_text(errors="replace").splitlines():
        _, mount, kind, *_ = line.split(" ")
        if (place + "/").startswith(mount.rstrip("/") + "/") and len(mount) > len(best[0]):
            best = (mount, kind)
    return best[1]
