"""How much memory a command may take: three quarters of what there is, so that a bomb in a stranger's file ends the command and not the machine.

the machine's memory, or its container's -> a bound of this process, beyond which there is a MemoryError
"""

import contextlib
import os
import resource
from pathlib import Path

MACHINE, LOOKING = 2**62, 4 * 2**30  # bytes: as much as the share allows, and enough for looking at any folder of ours
SHARE = 0.75
CONTAINERS = [Path("/sys/fs/cgroup", name) for name in ("memory.max", "memory/memory.limit_in_bytes")]


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
    for said in CONTAINERS:
        with contextlib.suppress(OSError, ValueError):  # no container, or one without a bound
            here = min(here, int(said.read_text()))
    return int(SHARE * here)
