"""The place of a finished folder: what may be replaced there, and how it is replaced in one step.

path -> the real path, or an error that names what is there
a hidden folder beside it -> the folder under its name, and the earlier one gone
"""

import ctypes
import errno
import fcntl
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from builders.disk import disk_errors, sync
from builders.errors import UserError, WorldError
from builders.plain import text_of

# What our commands leave in a finished folder. A file of any other kind is the user's (a ledger, notes, a checkout),
# and a folder that holds one is never replaced.
OURS = {".parquet", ".md", ".yaml", ".json", ".png", ".svg", ".html", ".css", ".js", ".graphml", ".pdf"}
OURS_BY_NAME = {".gitattributes", ".DS_Store"}
# what huggingface_hub notes where it downloads to, or uploads from
NOTES = Path(".cache/huggingface")

# linux/fs.h and fcntl.h: swap two names in one step, relative to the working directory
RENAME_EXCHANGE = 2
AT_FDCWD = -100

# Tried with datasets 5.2: a folder below such a name is not found, or read with its neighbours.
PATTERN = re.compile(r"[\[\]*?]|::")

# Linux allows 255 bytes, of which the hidden folder's name needs some more than the folder's
LONGEST_NAME = 220


def check_output(path: str | Path) -> Path:
    """The real path of `path`, where a finished folder may go: nothing there, an empty folder, an earlier one of ours.

    Raises UserError, before anything is made or paid for, when something else stands there, when another run is
    writing to it now, or when no folder can be made there. A symbolic link is followed: what it points to is replaced.
    """
    place = Path(os.path.realpath(path))
    if os.path.islink(place):
        raise UserError(f"{path} is a symbolic link that leads to itself; name another --output")
    if os.path.ismount(place):
        raise UserError(f"{path} is a mount point, which cannot be replaced in one step; name a folder inside it")
    if found := PATTERN.search(str(place)):
        raise UserError(f"{place} has {found[0]} in it, which load_dataset takes for a pattern; name another --output")
    if len(os.fsencode(place.name)) > LONGEST_NAME:
        raise UserError(f"the name {place.name[:40]}... is over {LONGEST_NAME} bytes long; name another --output")
    above = place.parent
    while not os.path.exists(above) and above != above.parent:  # (false, too, where we may not look)
        above = above.parent
    if not above.is_dir():
        raise UserError(f"{path} cannot be made: {above} is not a folder; name another --output")
    if not os.access(above, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(f"{path} cannot be made: {above} is not ours to write in; name another --output")
    if os.path.exists(place):
        _check_replaceable(path, place)
    for hidden in _hidden_beside(place):
        with _locked(hidden, fcntl.LOCK_SH) as lock:  # shared, so that two who look do not see each other
            if lock == "held":
                raise UserError(f"another run is writing {path} now; wait for it, or name another --output")
    return place


def _check_replaceable(path: str | Path, place: Path) -> None:
    """Raises UserError where what stands at `place` is neither empty nor an earlier finished folder of ours."""
    if not place.is_dir():
        raise UserError(f"{path} is a file, not a folder; name another --output, or move it away")
    if not os.access(place, os.R_OK | os.X_OK):
        raise UserError(f"{path} is a folder that cannot be read; name another --output")
    names = sorted(entry.name for entry in os.scandir(place))
    if not names:
        return
    try:
        run = json.loads(text_of(place / "run.json", f"{path}/run.json"))
    except (OSError, UserError, ValueError, RecursionError):
        run = None
    if not (isinstance(run, dict) and "mathloom" in run):
        some = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        raise UserError(f"{path} holds {some}, and is no finished folder of ours; name another --output")
    for folder, _, files in os.walk(place):
        for file in sorted(files):
            inside = Path(folder, file).relative_to(place)
            if inside.suffix not in OURS and file not in OURS_BY_NAME and not inside.is_relative_to(NOTES):
                raise UserError(
                    f"{path} is an earlier folder of ours, but also holds {inside}, which would be lost; "
                    "move that away, or name another --output"
                )


@contextmanager
def hidden_folder(place: Path) -> Iterator[Path]:
    """An empty hidden folder beside `place`, for as long as the block lasts; what dead runs left there is cleared.

    A lock on the folder says that its run lives; the kernel drops it when the process dies, however it dies.
    """
    with disk_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        for leftover in _hidden_beside(place):
            with _locked(leftover, fcntl.LOCK_EX) as lock:
                if lock == "ours":
                    shutil.rmtree(leftover, ignore_errors=True)
        path, descriptor = _new_folder(place)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        os.close(descriptor)


def _new_folder(place: Path) -> tuple[Path, int]:
    """A new hidden folder and the descriptor that holds its lock."""
    for _ in range(100):  # another run that clears up may take a folder without a lock yet for a dead run's
        path = place.with_name(f"{_prefix(place)}{secrets.token_hex(4)}")
        path.mkdir()
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        if _lock(descriptor, fcntl.LOCK_EX) != "held" and path.exists():
            return path, descriptor
        os.close(descriptor)
        shutil.rmtree(path, ignore_errors=True)
    raise WorldError(f"no folder can be made beside {place}: other runs keep removing it; run the same command again")


def replace(hidden: Path, place: Path) -> None:
    """Puts `hidden` under the name `place` in one step; an earlier folder is then under the name `hidden`.

    Where the system cannot swap two names, the earlier folder is moved aside first: for a moment nothing is there,
    never half a folder. Raises UserError where something that is not ours has come to stand there meanwhile.
    """
    earlier = place.exists()
    if earlier:
        _check_replaceable(place, place)
    with disk_errors(place):
        if not earlier or not any(os.scandir(place)):
            os.rename(hidden, place)
        elif not _swap(hidden, place):
            aside = place.with_name(f"{_prefix(place)}{secrets.token_hex(4)}")
            os.rename(place, aside)
            try:
                os.rename(hidden, place)
            except OSError:
                os.rename(aside, place)
                raise
            shutil.rmtree(aside, ignore_errors=True)
        sync(place.parent)


def _swap(one: Path, other: Path) -> bool:
    """Exchanges two names in one step (Linux's renameat2); False where system or file system cannot."""
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    if renameat2(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), ctypes.c_uint(RENAME_EXCHANGE)) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _prefix(place: Path) -> str:
    return f".{place.name}.unfinished-"


def _hidden_beside(place: Path) -> list[Path]:
    """The hidden folders that runs have made beside `place`."""
    if not place.parent.is_dir():
        return []
    return sorted(path for path in place.parent.iterdir() if path.name.startswith(_prefix(place)))


def _lock(descriptor: int, kind: int) -> str:
    """`ours` now, `held` by a process that lives, or `unknown`: without locks in the file system nothing is cleared."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return "held"
    except OSError:
        return "unknown"
    return "ours"


@contextmanager
def _locked(hidden: Path, kind: int) -> Iterator[str]:
    """What `_lock` says of a hidden folder, which stays locked for as long as the block lasts; `gone` if it is."""
    try:
        descriptor = os.open(hidden, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # cleared meanwhile, or another user's
        yield "gone"
        return
    try:
        yield _lock(descriptor, kind)
    finally:
        os.close(descriptor)


def check_links(folder: Path) -> None:
    """UserError where a folder that is gone on with holds links or pipes: what writes into it would write elsewhere, or wait."""
    for place, folders, files in os.walk(folder):
        check_plain_files(Path(place, name) for name in sorted([*folders, *files]))


def check_plain_files(places: Iterable[Path]) -> None:
    """UserError where one of the places to write at is a link, of whatever kind, or a pipe; what is not there, or goes meanwhile, is none."""
    for place in places:
        with suppress(FileNotFoundError):
            there = place.lstat()
            if not stat.S_ISDIR(there.st_mode) and (not stat.S_ISREG(there.st_mode) or there.st_nlink > 1):
                raise UserError(
                    f"{place} is a link, a pipe or a file of several names, through which nothing is written; take it away, or name another folder"
                )
