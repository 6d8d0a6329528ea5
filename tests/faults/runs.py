"""Runs that are disturbed: a server in a process of its own, our command against it, and what must hold of the folder.

    method, seed -> Case: its server, its ledger, its folder; `whole` -> the folder of an undisturbed run, byte for byte

Every reply of the rehearsal is a function of the question and the seed, so an undisturbed run of the same seed is what
any other must end with.
"""

import atexit
import json
import math
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import pyarrow.parquet as pq

from generation.outages import OUTAGES
from generation.writer import GATHER
from tests.generation.folders import digest

SHARE = 0.05  # of attempts that fail, of eight kinds; the questions that are refused for good are among the rehearsal's faults
KINDS = (*OUTAGES, "silence")
FAULTY = ",".join(f"{kind}={SHARE / len(KINDS):g}" for kind in KINDS)
SLOTS, DELAY = 16, 0.05
UNWRITTEN = SLOTS + math.ceil(
    SLOTS * GATHER / DELAY
)  # replies that a kill can cost: under way, or come and not yet in a transaction
DEADLINE, PATIENCE = 5, 20  # seconds; what is silent costs a deadline
METHODS = {
    "mind": ["--config", "mind-quickstart", "--limit", "8"],
    "gsdp": ["--config", "gsdp-quickstart", "--limit", "16", "--quota", "6"],
}
LONGEST = 900  # seconds that a command may take on a busy machine
ENDS = {0, 3, 130, -signal.SIGKILL}  # done, the world's, interrupted, killed


@dataclass
class Served:
    """A server that runs, and can be stopped, disturbed and started again at the same place."""

    seed: int
    outages: str = FAULTY
    delay: float = DELAY
    port: int = 0
    life: int = 0
    past: dict[str, int] = field(default_factory=dict)  # what those said that ran here before

    def start(self, *revision: str) -> None:
        words = [str(self.port), str(self.seed), self.outages, str(self.delay), str(SLOTS), str(self.life), *revision]
        self.life += 1
        self.child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server", *words], stdout=subprocess.PIPE, text=True
        )
        assert self.child.stdout is not None
        self.port = int(self.child.stdout.readline())

    def end(self, number: int = signal.SIGKILL) -> None:
        self.past = self.counts()
        self.child.send_signal(number)
        self.child.wait()
        assert self.child.stdout is not None
        self.child.stdout.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> bytes:
        for wait in (0.1, 1.0, 3.0, 0.0):  # on a busy machine it may be that nobody listens for a while
            try:
                with urllib.request.urlopen(self.url + path, timeout=30) as reply:
                    return bytes(reply.read())
            except OSError:
                if not wait:
                    raise
                time.sleep(wait)
        raise AssertionError

    def counts(self) -> dict[str, int]:
        """What it and those before it counted. One that was started anew does not know what was answered before."""
        said: dict[str, int] = json.loads(self.get("/counts"))
        peak = max(said["peak"], self.past.get("peak", 0))
        return {name: number + self.past.get(name, 0) for name, number in said.items()} | {"peak": peak}


@contextmanager
def served(seed: int, outages: str = FAULTY, delay: float = DELAY) -> Iterator[Served]:
    """A server for as long as the block lasts."""
    server = Served(seed, outages, delay)
    server.start()
    try:
        yield server
    finally:
        if server.child.poll() is None:
            server.child.send_signal(signal.SIGCONT)
            server.end()


@dataclass
class Case:
    """One run that is disturbed until it ends: `method`, `seed`, the folder it works in, how often it was begun."""

    method: str
    seed: int
    place: Path
    server: Served
    begun: int = 0
    done: int = 0  # how often it was killed
    flags: Sequence[str] = ()
    launcher: Sequence[str] = ("-m",)

    @property
    def out(self) -> Path:
        return self.place / "out"

    def start(self, **more: Any) -> "subprocess.Popen[str]":
        """Our command, begun once more."""
        self.begun += 1
        said = (self.place / f"said-{self.begun}").open("w")
        flags = [
            "--endpoints",
            self.server.url,
            "--ledger",
            str(self.place / "ledger.sqlite"),
            "--output",
            str(self.out),
        ]
        flags += ["--deadline", str(DEADLINE), "--patience", str(PATIENCE), *self.flags]
        words = [*self.launcher, f"generation.{self.method}", *METHODS[self.method], *flags]
        environment = {**os.environ, "HF_HUB_OFFLINE": "1", "COLUMNS": "200", "TMPDIR": str(self.place)}
        with said:
            return subprocess.Popen(
                [sys.executable, *words], stdout=said, stderr=subprocess.STDOUT, text=True, env=environment, **more
            )

    def ended(self, child: "subprocess.Popen[str]", codes: set[int] | None = ENDS) -> int:
        """How it ended, which must be one of `codes` (None: anyhow), and without a traceback."""
        code = child.wait(LONGEST)
        said = (self.place / f"said-{self.begun}").read_text()
        if codes is not None and (code not in codes or "Traceback" in said):
            raise Wrong(f"{self.method} ended with {code} and said:\n{said[-3000:]}")
        if (
            self.out.exists()
            and digest(self.out) != digest(undisturbed(self.method, self.seed))
            and not unanswered(self.out)
        ):
            raise Wrong(f"{self.method} left another folder than an undisturbed run does")
        return code

    def finish(self) -> None:
        """The same command until everything is answered; then what must hold of a run that ended well."""
        for _ in range(10):
            if self.ended(self.start()) == 0 and not unanswered(self.out):
                break
        else:
            raise Wrong(f"{self.method} came to no end in ten runs")
        self.check()

    def check(self) -> None:
        """Nothing lost, nothing doubled, nothing left behind, and the bytes of an undisturbed run."""
        if digest(self.out) != digest(undisturbed(self.method, self.seed)):
            raise Wrong(f"{self.method} left other bytes than an undisturbed run does")
        if self.server.counts()["peak"] > SLOTS:
            raise Wrong("more was under way than the server takes")
        ids = [row for file in sorted(self.out.glob("data/*/*.parquet")) for row in ids_of(file)]
        if len(ids) != len(set(ids)):
            raise Wrong("an id stands twice")
        counts = json.loads((self.out / "run.json").read_text())["counts"]
        for name, unit in (counts.get("units") or counts["styles"]).items():
            came = unit.get("in", unit.get("asked"))
            if came != unit["kept"] + sum(unit["rejected"].values()):
                raise Wrong(f"{name}: {unit} does not add up")
        left = [
            path.name for path in self.place.iterdir() if not path.name.startswith(("ledger.sqlite", "out", "said-"))
        ]
        left += [path.name for path in self.place.glob("*.spare")]
        left = [
            name for name in left if not name.startswith("mathloom-")
        ]  # a killed run's scratch, which is the system's to clear
        if left:
            raise Wrong(f"{', '.join(left)} stayed behind")


class Wrong(AssertionError):
    """What must hold does not."""


@contextmanager
def case(method: str, seed: int, outages: str = FAULTY, delay: float = DELAY) -> Iterator[Case]:
    """A case with its server; its folder stays where it is wrong."""
    place = Path(mkdtemp(prefix=f"faults-{method}-{seed}-"))
    with served(seed, outages, delay) as server:
        yield Case(method, seed, place, server)
    rmtree(place)


@cache
def undisturbed(method: str, seed: int) -> Path:
    """The folder of a run that nothing disturbed."""
    place = Path(mkdtemp(prefix=f"calm-{method}-"))
    atexit.register(rmtree, place, ignore_errors=True)
    with served(seed, "0", 0.0) as server:
        calm = Case(method, seed, place, server, flags=["--deadline", "60"])
        began = time.monotonic()
        if code := calm.start().wait(LONGEST):
            raise Wrong(f"an undisturbed run ended with {code}: {(place / 'said-1').read_text()[-3000:]}")
        took = {"seconds": time.monotonic() - began, "good": server.counts()["good"]}
        (place / "out" / "took.json").write_text(json.dumps(took))
    return place / "out"


def took(method: str, seed: int) -> dict[str, float]:
    """How many `seconds` an undisturbed run took, and how many `good` replies it had."""
    return dict(json.loads((undisturbed(method, seed) / "took.json").read_text()))


def unanswered(folder: Path) -> int:
    """Rows of a folder whose question nobody answered in time; the next run asks again."""
    files = folder.glob("data/rejected/*.parquet")
    return sum(pq.read_table(file, columns=["reason"])["reason"].to_pylist().count("no_answer") for file in files)


def ids_of(file: Path) -> list[tuple[str, str, str]]:
    """The ids in one file of rows, each with its unit."""
    if "id" not in (names := pq.read_schema(file).names):
        return []
    table = pq.read_table(file, columns=[name for name in ("id", "unit", "reason") if name in names]).to_pylist()
    return [
        (row["id"], row.get("unit") or "", file.parent.name if "unit" not in row else "")
        for row in table
        if row["id"] and row.get("reason") != "duplicate"
    ]
