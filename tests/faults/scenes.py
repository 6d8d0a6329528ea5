"""What can happen to a run, a scene each: it is disturbed while it runs, and then must end as if nothing had been.

a case, a number of moments, a draw -> what was seen, in words; or Wrong
"""

import errno
import os
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from builders.errors import UserError, WorldError
from tests.faults.runs import UNWRITTEN, Case, Wrong, took, unanswered

Scene = Callable[[Case, int, Random], str]
MIB = 2**20


def kills(case: Case, moments: int, draw: Random) -> str:
    """kill -9 at random moments, until all is done or there were so many; asked again is what was under way or not written yet."""
    done = 0
    while done < moments:
        child = case.start()
        if not moment(case, child, draw):
            if case.ended(child) == 0 and not unanswered(case.out):
                break
            continue  # it ended by itself, as a run of GSDP does whose seeds have no answer yet: the next one goes on
        child.kill()
        case.ended(child)
        done += 1
    case.finish()
    said = case.server.counts()
    if said["twice"] > done * UNWRITTEN:
        raise Wrong(
            f"{said['twice']} replies were paid for twice, after {done} kills, each of which may cost {UNWRITTEN}"
        )
    case.done = done
    return f"{done} kills, {said['twice']} of {said['good']} replies asked again (at most {done * UNWRITTEN})"


def moment(case: Case, child: "subprocess.Popen[str]", draw: Random, begun: bool = False) -> bool:
    """Waits for a random moment of a run, and says whether it still runs then: so many replies further, and less than a second more.

    Where all replies were given, and, unless `begun`, once in four times, so many seconds: it starts, or writes its folder.
    """
    calm, came = took(case.method, case.seed), case.server.counts()["good"]
    left = int(calm["good"]) - came
    if left <= 0 or (not begun and draw.random() < 0.25):
        lasts, wanted = draw.uniform(0.0, 1.2 * calm["seconds"]), came
    else:
        lasts, wanted = draw.uniform(0.0, 0.8), came + draw.randrange(0, left + 1)
    while case.server.counts()["good"] < wanted + (begun and not came) and child.poll() is None:
        time.sleep(0.02)
    try:
        child.wait(lasts)
    except subprocess.TimeoutExpired:
        return True
    return False


def outages(case: Case, moments: int, draw: Random) -> str:
    """Nothing but what the server does by itself: 5 % of eight kinds."""
    case.finish()
    said = case.server.counts()
    if said["twice"]:
        raise Wrong(f"{said['twice']} replies were paid for twice")
    return f"{said['asked'] - said['good']} of {said['asked']} attempts failed, {case.begun} runs"


def dies(case: Case, moments: int, draw: Random) -> str:
    """The server is killed and started again while the run goes on."""

    def disturb() -> None:
        case.server.end()
        time.sleep(draw.uniform(0.2, 4.0))
        case.server.start()

    return disturbed(case, moments, draw, disturb)


def hangs(case: Case, moments: int, draw: Random) -> str:
    """The server stands still, its connections open, for shorter or longer than a deadline."""

    def disturb() -> None:
        case.server.child.send_signal(signal.SIGSTOP)
        time.sleep(draw.uniform(0.5, 8.0))
        case.server.child.send_signal(signal.SIGCONT)

    return disturbed(case, moments, draw, disturb)


def lies(case: Case, moments: int, draw: Random) -> str:
    """The server says that it is well, and sends what is no reply."""
    return disturbed(case, moments, draw, lambda: mood(case, "lying", draw.uniform(0.2, 3.0)))


def slows(case: Case, moments: int, draw: Random) -> str:
    """The server takes seconds for what it took no time for."""
    return disturbed(case, moments, draw, lambda: mood(case, "slow", draw.uniform(0.5, 4.0)))


def mood(case: Case, name: str, lasts: float) -> None:
    case.server.get(f"/be/{name}")
    time.sleep(lasts)
    case.server.get("/be/well")


def another(case: Case, moments: int, draw: Random) -> str:
    """The server comes back with another revision: the run ends, and nothing of that one is in the folder."""
    child = case.start()
    moment(case, child, draw, begun=True)
    case.server.end()
    case.server.start("another-revision")
    code = case.ended(child, {0, UserError.code, WorldError.code})
    case.server.end()
    case.server.start()
    case.finish()
    return f"ended with {code}, then went on"


def sleeps(case: Case, moments: int, draw: Random) -> str:
    """Our own process stands still, as in a laptop that was closed: its clock jumps ahead."""
    child = case.start()
    for _ in range(moments):
        if moment(case, child, draw):
            child.send_signal(signal.SIGSTOP)
            time.sleep(draw.uniform(1.0, 7.0))
            child.send_signal(signal.SIGCONT)
    case.ended(child)
    case.finish()
    return f"{moments} times, {case.begun} runs"


def clock(case: Case, moments: int, draw: Random) -> str:
    """A wall clock that jumps by years, to and fro, in runs that are killed, too."""
    case.launcher = ("-m", "tests.faults.jumping", str(case.seed))
    return kills(case, min(moments, 2), draw)


def limit(case: Case, moments: int, draw: Random) -> str:
    """No file may grow any more, from some moment on (RLIMIT_FSIZE): any write may be the first that fails."""
    codes = []
    for _ in range(moments):
        child = case.start()
        if moment(case, child, draw):
            most = int(2 ** draw.uniform(9, 22))
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (most, most))
        codes.append(case.ended(child, {0, WorldError.code}))
        if codes[-1] == 0:
            shutil.rmtree(case.out)
    case.finish()
    return f"ended with {codes}, then went on"


def disk(case: Case, moments: int, draw: Random) -> str:
    """A real disk that fills up while the run writes: a small one of its own, where one can be mounted."""
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(case.place)], capture_output=True
    ).returncode:
        return "skipped: no file system can be mounted here"
    try:
        codes = []
        for _ in range(moments):
            child = case.start()
            moment(case, child, draw)
            fill(case.place / "out.fill", int(2 ** draw.uniform(9, 21)))
            codes.append(case.ended(child, {0, WorldError.code}))
            (case.place / "out.fill").unlink()
            if codes[-1] == 0:
                shutil.rmtree(case.out)
        case.finish()
        return f"ended with {codes}, then went on"
    finally:
        subprocess.run(["umount", "-l", str(case.place)], check=True)


def fill(file: Path, left: int) -> None:
    """Takes all room but `left` bytes, without a moment at which nothing can be told from a run's own use of it."""
    with file.open("wb") as filler:
        while (room := shutil.disk_usage(file.parent).free - left) > 0:
            try:
                os.posix_fallocate(filler.fileno(), 0, room)
                return
            except OSError as problem:  # the run has taken some of it meanwhile
                if problem.errno != errno.ENOSPC:
                    raise
                filler.truncate(0)


def memory(case: Case, moments: int, draw: Random) -> str:
    """So little memory from some moment on (RLIMIT_AS) that asking for more fails; how that run ends is not ours to say."""
    codes = []
    for _ in range(moments):
        child = case.start()
        if moment(case, child, draw, begun=True):
            held = int(Path(f"/proc/{child.pid}/statm").read_text().split()[0]) * resource.getpagesize()
            most = held + draw.randrange(0, 16 * MIB)
            resource.prlimit(child.pid, resource.RLIMIT_AS, (most, most))
        codes.append(case.ended(child, None))
        if codes[-1] == 0:
            shutil.rmtree(case.out)
    case.finish()
    return f"ended with {codes}, then went on"


def disturbed(case: Case, moments: int, draw: Random, disturb: Callable[[], None]) -> str:
    """A run that is disturbed some times while it goes on, and begun again where it ended."""
    problems: list[BaseException] = []
    child = case.start()

    def again() -> None:
        try:
            for _ in range(moments):
                moment(case, child, draw)
                disturb()
        except BaseException as problem:
            problems.append(problem)
            raise

    thread = threading.Thread(target=again)
    thread.start()
    case.ended(child)
    thread.join()
    if problems:
        raise problems[0]
    case.finish()
    return f"{moments} times, {case.begun} runs"


SCENES: dict[str, Scene] = {
    "kills": kills, "outages": outages, "dies": dies, "hangs": hangs, "lies": lies, "slows": slows, "another": another,
    "sleeps": sleeps, "clock": clock, "limit": limit, "disk": disk, "memory": memory,
}  # fmt: skip
