"""Math-Verify, asked in another process: pairs of answers in, verdicts out, whatever an answer does to the machine.

    ask([("0.5", "1/2"), ("2^{2^{40}}", "3")]) -> ["yes", "undecided"]

The first pair starts one process (builders/verdict_process.py, half a second), which forks workers and kills those that
take too long; it ends with this one, however this one ends. Safe to use from threads, and after a fork.
"""

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from builders.errors import WorldError

Pair = tuple[str, str]

SECONDS = 3  # of CPU for a pair: Math-Verify takes 0.005 for most, and 0.5 for the slowest of 2,000 answers to MATH
MEMORY = 1 << 30  # bytes that a worker may hold
WORKERS = 4  # at most, and never more than there are cores
AHEAD = 64  # pairs under way: enough to keep the workers busy, and few enough that no pipe fills up
TRIES = 3  # in a row, with a process that died


class _Died(Exception):
    """The process is no longer there: killed from outside, out of memory, or it never started."""


class _Server:
    """The process and the pipes to it."""

    def __init__(self) -> None:
        workers = min(
            WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        )
        script = Path(__file__).with_name("verdict_process.py")
        command = [sys.executable, "-P", str(script), str(workers), str(SECONDS), str(MEMORY)]
        # -P: the script's folder stays out of the way of what it imports. A fixed hash seed: sympy sorts by hashes.
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONHASHSEED": "0"},
        )  # fmt: skip

    def ask(self, pairs: Sequence[Pair], known: list[str | None]) -> None:
        """Fills in the verdicts that are missing from `known`. Raises `_Died` with those that came before."""
        left = [at for at, verdict in enumerate(known) if verdict is None]
        sent = 0
        for done in range(len(left)):
            while sent < len(left) and sent - done < AHEAD:
                self._send({"id": left[sent], "pair": pairs[left[sent]]})
                sent += 1
            at, verdict = self._receive()
            known[at] = verdict

    def _send(self, question: object) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError) as problem:
            raise _Died from problem

    def _receive(self) -> tuple[int, str]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise _Died
        said = json.loads(line)
        return said["id"], said["verdict"]

    def end(self) -> None:
        """Ends the process and with it the workers."""
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):  # what was not sent yet
                pipe.close()
        self.process.kill()
        self.process.wait()


_lock = threading.Lock()
_server: _Server | None = None


def ask(pairs: Sequence[Pair]) -> list[str]:
    """Math-Verify's verdict on each pair, in order: yes, no, or undecided where it was killed over it.

    Raises WorldError where the process cannot be started or kept.
    """
    known: list[str | None] = [None] * len(pairs)
    tries = 0
    while None in known:
        before = known.count(None)
        try:
            _ask(pairs, known)
        except _Died as problem:
            tries = tries + 1 if known.count(None) == before else 1
            if tries == TRIES:
                raise WorldError(
                    "the process that compares answers ended three times before it said anything: is math-verify "
                    f"installed ({sys.executable} -c 'import math_verify'), and is there memory left?"
                ) from problem
    return [verdict for verdict in known if verdict is not None]


def _ask(pairs: Sequence[Pair], known: list[str | None]) -> None:
    global _server
    with _lock:
        server = _server = _server or _Server()
        try:
            server.ask(pairs, known)
        except BaseException:  # Ctrl-C too: what is under way would be taken for the next answer
            _server = None
            server.end()
            raise


def close() -> None:
    """Ends the process, if there is one; the next pair starts it again."""
    global _server
    with _lock:
        if _server is not None:
            _server.end()
        _server = None


def _forget() -> None:
    """In a forked child: the process is the parent's, and so are the pipes and the lock."""
    global _server, _lock
    _lock = threading.Lock()
    if _server is not None:
        for pipe in (_server.process.stdin, _server.process.stdout):
            assert pipe is not None
            os.close(pipe.fileno())
    _server = None


atexit.register(close)
os.register_at_fork(after_in_child=_forget)
