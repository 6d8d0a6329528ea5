"""Three servers of one model: one dies and comes back, one says 429 above a limit that it does not tell, one turns slow.

    what each server did, and when it was up -> how busy the slots were, the share of 429s, rows without a reply

    python -m tests.bench.pool

Busy: the slot-seconds that went into replies, by those that there were, until the last question is begun. A server that is dead
has no slots, and what dies with it went into no reply. What comes after that depends on how slow the last one happens to be.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.commands import command
from builders.errors import CheckFailed
from builders.screen import say
from tests.bench.kills import answered
from tests.bench.runs import ours, passages_of

QUESTIONS, MEAN = 6000, 1.0  # seconds of a reply on average
SLOTS = {"lognormal": 96, "limited": 40, "slowing": 64}  # the first one dies
DIES, RETURNS = 6.0, 12.0  # seconds after the first question


@dataclass(frozen=True)
class Attempt:
    """When a request came, when it was answered, and the seconds that a reply to it takes (-1: a 429)."""

    began: float
    ended: float
    seconds: float


def main(argv: Sequence[str]) -> None:
    """One run over all three, in processes of their own; the one that dies is killed with -9."""
    with passages_of(QUESTIONS) as folder, open(folder / "said.txt", "w") as said:
        children = {kind: _server(kind, folder) for kind in SLOTS}
        first, *others = [f"http://127.0.0.1:{port}" for _, port in children.values()]
        words = ours(first, folder)
        words[words.index(first) + 1 : words.index(first) + 1] = others
        with subprocess.Popen([sys.executable, "-m", *words], stdout=said, stderr=subprocess.STDOUT) as run:
            while not (attempts := _attempts(folder)):
                time.sleep(0.05)
            began = min(attempt.began for attempt in attempts)
            mortal, port = children["lognormal"]
            time.sleep(max(0.0, began + DIES - time.monotonic()))
            mortal.send_signal(signal.SIGKILL)
            died = time.monotonic()
            time.sleep(max(0.0, began + RETURNS - time.monotonic()))
            mortal.communicate()
            children["lognormal"] = _server("lognormal", folder, port)
            back = time.monotonic()
        for child, _ in children.values():
            child.terminate()
            child.communicate()
        if run.returncode:
            raise SystemExit((folder / "said.txt").read_text())
        attempts, lost = _attempts(folder), QUESTIONS - answered(folder / "ours")
    refused = sum(attempt.seconds < 0 for attempt in attempts) / len(attempts)
    kept_busy = busy(attempts, back - died)
    say(f"slots busy {kept_busy:.3f} (at least 0.97), 429s {refused:.4f} (below 0.01), rows without a reply {lost}")
    if kept_busy < 0.97 or refused >= 0.01 or lost:
        raise CheckFailed("three servers: not held")


def busy(attempts: Sequence[Attempt], dead: float) -> float:
    """Of the slots that there were, the share that worked on replies while questions waited."""
    good = [attempt for attempt in attempts if attempt.seconds >= 0]
    first, last = min(attempt.began for attempt in good), max(attempt.began for attempt in good)
    used = sum(min(attempt.ended, last) - attempt.began for attempt in good)
    return used / (sum(SLOTS.values()) * (last - first) - SLOTS["lognormal"] * dead)


def _server(kind: str, folder: Path, port: str = "0") -> tuple["subprocess.Popen[str]", str]:
    log = str(folder / f"{kind}.log")
    words = [sys.executable, "-m", "tests.bench.server", port, str(MEAN), str(SLOTS[kind]), kind, log]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    return child, child.stdout.readline().strip()


def _attempts(folder: Path) -> list[Attempt]:
    lines = [line for kind in SLOTS for line in (folder / f"{kind}.log").read_text().splitlines()]
    return [Attempt(*map(float, line.split())) for line in lines]


if __name__ == "__main__":
    command(main)
