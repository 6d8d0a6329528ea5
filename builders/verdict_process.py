"""The process that asks Math-Verify: it imports it once, forks workers, and kills those that take too much.

    {"id": 7, "pair": ["0.5", "1/2"]} -> {"id": 7, "verdict": "yes"}, a line each; it ends when its input does

    python -P builders/verdict_process.py WORKERS SECONDS BYTES

It has one thread and nothing of ours in it, so that a fork is safe and costs milliseconds.
"""

import ctypes
import gc
import json
import logging
import os
import resource
import selectors
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from math_verify import parse, verify

GLANCE = 0.1  # seconds between two looks at workers that are busy
ORPHAN = 2.0  # seconds between two looks at whether the parent lives, beside the end of the input
SLACK = 12  # so many times its CPU seconds a pair may take on the clock, on a machine that is busy
ADDRESSES = 4  # so many times its memory a worker may map
STOPPED = 5.0  # seconds between two looks in which this process cannot have been at work: Ctrl-Z, a machine asleep
# Whoever sends these is not us: the system sends SIGXCPU where a worker's CPU seconds are over. Memory that ran out
# elsewhere is no verdict on a pair, so that it is tried again, but not for ever.
FOREIGN, LOST = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP}, 3
RENEWED = 2_000  # pairs after which a worker ends, with all that sympy remembers
PARENT_DIED = 1  # linux/prctl.h: PR_SET_PDEATHSIG


@lru_cache(maxsize=256)
def read(answer: str) -> list[Any]:
    """What Math-Verify makes of an answer. Its own alarm is off: whoever takes too long is killed."""
    return list(parse(answer if "$" in answer else f"${answer}$", parsing_timeout=None))


def judge(gold: str, answer: str) -> str:
    """Its verdict."""
    return "yes" if verify(read(gold), read(answer), timeout_seconds=None) else "no"


def work(inbox: int, outbox: int, seconds: int, memory: int) -> None:
    """A worker's life: a pair in, a verdict out, until there are no more."""
    limit(resource.RLIMIT_AS, ADDRESSES * memory)
    limit(resource.RLIMIT_CORE, 0)
    with open(inbox, "rb") as questions:
        for number, line in enumerate(questions):
            used = resource.getrusage(resource.RUSAGE_SELF)
            # the system counts the CPU and ends us, in the middle of anything
            limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + seconds)
            os.write(outbox, judge(*json.loads(line)).encode() + b"\n")
            if number + 1 == RENEWED:
                return


def limit(what: int, most: int) -> None:
    """Sets a limit, or leaves a lower one that somebody else has set."""
    hard = resource.getrlimit(what)[1]
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


@dataclass
class Question:
    """A pair that waits for its verdict; `lost`: how often a worker was killed over it by somebody else."""

    id: int
    pair: list[str]
    lost: int = 0


@dataclass
class Worker:
    """A child, the ends of its pipes that are ours, and the question it is at."""

    pid: int
    inbox: int
    outbox: int
    question: Question | None = None
    since: float = 0.0
    said: bytes = field(default=b"")


class Workers:
    """The children; `most` at a time, made when there is something to do."""

    def __init__(self, most: int, seconds: int, memory: int) -> None:
        self.most, self.seconds, self.memory = most, seconds, memory
        self.all: list[Worker] = []
        self.waiting: deque[Question] = deque()
        self.looked = time.monotonic()
        self.selector = selectors.DefaultSelector()
        self.selector.register(0, selectors.EVENT_READ, None)

    def assign(self) -> None:
        """Gives what waits to those who are free."""
        while self.waiting:
            free = next((worker for worker in self.all if worker.question is None), None)
            if free is None and len(self.all) < self.most:
                free = self.fork()
            if free is None:
                return
            free.question, free.since = self.waiting.popleft(), time.monotonic()
            try:
                write(free.inbox, json.dumps(free.question.pair).encode() + b"\n")
            except BrokenPipeError:  # it had ended since: another one takes it
                self.waiting.appendleft(free.question)
                free.question = None
                self.remove(free)

    def fork(self) -> Worker:
        """A new worker."""
        ours = (os.pipe(), os.pipe())
        (inbox, to_worker), (from_worker, outbox) = ours
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                self.become_worker(parent, inbox, outbox)
                status = 0
            finally:
                os._exit(status)
        os.close(inbox)
        os.close(outbox)
        worker = Worker(pid, to_worker, from_worker)
        self.all.append(worker)
        self.selector.register(from_worker, selectors.EVENT_READ, worker)
        return worker

    def become_worker(self, parent: int, inbox: int, outbox: int) -> None:
        """In the child: lets go of all that is the parent's, and works."""
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PARENT_DIED, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            return
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(nothing, standard)
        for worker in self.all:
            os.close(worker.inbox)
            os.close(worker.outbox)
        work(inbox, outbox, self.seconds, self.memory)

    def hear(self, worker: Worker) -> None:
        """What a worker says, or that it is no more."""
        part = os.read(worker.outbox, 64)
        worker.said += part
        if not part:
            self.remove(worker)
        elif worker.said.endswith(b"\n"):
            if worker.question is not None:
                answer(worker.question, worker.said.decode().strip())
            worker.question, worker.said = None, b""

    def remove(self, worker: Worker, alive: bool = False) -> None:
        """Ends a worker, dead or alive; a question that it was at has no verdict, unless somebody else had killed it."""
        self.all.remove(worker)
        self.selector.unregister(worker.outbox)
        os.close(worker.inbox)
        os.close(worker.outbox)
        dead, status = os.waitpid(worker.pid, os.WNOHANG if alive else 0)
        if not dead:
            os.kill(worker.pid, signal.SIGKILL)
            os.waitpid(worker.pid, 0)
        asked = worker.question
        if (
            asked is not None
            and dead
            and os.WIFSIGNALED(status)
            and os.WTERMSIG(status) in FOREIGN
            and asked.lost < LOST
        ):
            asked.lost += 1
            self.waiting.appendleft(asked)
        elif asked is not None:
            answer(asked, "undecided")

    def look(self) -> None:
        """Ends those that hold too much memory, or stand still."""
        now = time.monotonic()
        if now - self.looked > STOPPED:  # we stood still ourselves, and so did they
            for worker in self.all:
                worker.since += now - self.looked
        self.looked = now
        for worker in list(self.all):
            took = now - worker.since
            if worker.question is None or took < GLANCE:
                continue
            if took > SLACK * self.seconds or held(worker.pid) > self.memory:
                self.remove(worker, alive=True)


def held(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not say."""
    try:
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


def answer(asked: Question, verdict: str) -> None:
    """A verdict for whoever asked."""
    write(1, json.dumps({"id": asked.id, "verdict": verdict}).encode() + b"\n")


def write(pipe: int, data: bytes) -> None:
    """All of it."""
    left = memoryview(data)
    while left:
        left = left[os.write(pipe, left) :]


def serve(workers: Workers) -> None:
    """Questions from standard input until it ends, or until the parent is no more."""
    parent = os.getppid()
    text = b""
    while True:
        busy = any(worker.question is not None for worker in workers.all)
        for key, _ in workers.selector.select(GLANCE if busy else ORPHAN):
            if key.data is not None:
                workers.hear(key.data)
                continue
            part = os.read(0, 1 << 20)
            if not part:
                return
            *lines, text = (text + part).split(b"\n")
            workers.waiting.extend(Question(**json.loads(line)) for line in lines)
        workers.look()
        workers.assign()
        if os.getppid() != parent:
            return


def main() -> None:
    """Serves, and leaves no worker behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks; our input ends with it
    logging.disable(logging.CRITICAL)
    judge("\\frac{1}{2}", "x")  # what Math-Verify prepares at the first use, every worker has
    gc.collect()
    gc.freeze()
    workers = Workers(*map(int, sys.argv[1:4]))
    try:
        serve(workers)
    except BrokenPipeError:  # nobody listens any more
        pass
    finally:
        for worker in workers.all:
            os.kill(worker.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
