"""How much memory a command may take: three quarters of what there is, so that a bomb in a stranger's file ends the command and not the machine.

the machine's memory, or its container's -> a bound of this process, beyond which there is a MemoryError
"""

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MACHINE, LOOKING = 2**62, 4 * 2**30  # bytes: as much as the share allows, and enough for looking at any folder of ours
SHARE = 0.75
# which groups this process is in, and where each kind of them has its limit: `man 7 cgroups`
GROUPS = Path("/proc/self/cgroup")
LIMITS = {"": ("/sys/fs/cgroup", "memory.max"), "memory": ("/sys/fs/cgroup/memory", "memory.limit_in_bytes")}


def bound(most: int | None = MACHINE) -> int | None:
    """Sets the bound in bytes, `most` at most, and gives it back; one that is tighter already stays.

    None takes off that of a command of ours which started this one, and no other.
    """
    share = _share()
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if most is None:
        if soft == share:
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
        return None
    wanted = min(most, share)
    if soft == resource.RLIM_INFINITY or soft > wanted:
        soft = wanted
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    return soft


def _share() -> int:
    here = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for said in _limits():
        with contextlib.suppress(OSError, ValueError):  # no such group here, or one without a limit
            here = min(here, int(said.read_text()))
    return int(SHARE * here)


def _limits() -> Iterator[Path]:
    """Where a container or a batch system says how much memory it gives, of every group above this process too."""
    lines = ["0::/", "1:memory:/"]  # all that is seen from inside a container
    with contextlib.suppress(OSError):
        lines += GROUPS.read_text(errors="replace").splitlines()
    for kind, group in (line.split(":", 2)[1:] for line in lines):
        if kind in LIMITS:
            root, name = LIMITS[kind]
            place = PurePosixPath(group.lstrip("/"))
            yield from (Path(root, above, name) for above in (place, *place.parents))
