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


def bound(most: int = MACHINE) -> int:
    """Sets the bound in bytes, `most` at most, and gives it back; one that is tighter already stays."""
    wanted = min(most, _share())
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == resource.RLIM_INFINITY or soft > wanted:
        soft = wanted
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    return soft


def unbound() -> None:
    """Takes off the bound of a command of ours that started this one; one of somebody else's stays."""
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if soft == _share():
        resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _share() -> int:
    here = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for said in CONTAINERS:
        with contextlib.suppress(OSError, ValueError):  # no container, or one without a bound
            here = min(here, int(said.read_text()))
    return int(SHARE * here)
