"""Runs to be measured: a server on loopback, a command whole, and what both say of it.

a command -> its CPU seconds, wall seconds and peak MiB; the server's counts
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from builders.openwebmath import documents
from builders.passages import passages
from builders.tokens import load_tokenizer

SLOTS = 128


@contextmanager
def server(mean: float, kind: str, slots: int = SLOTS) -> Iterator[str]:
    """The bench's server on a free port; its address."""
    words = [sys.executable, "-m", "tests.bench.server", "0", str(mean), str(slots), kind]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{child.stdout.readline().strip()}"
        child.terminate()


@contextmanager
def passages_of(count: int) -> Iterator[Path]:
    """A scratch folder with rows.jsonl: passages of the sample, each made different by a number before it."""
    texts = [row["text"] for row in passages(documents("sample"), load_tokenizer()) if not row["reason"]]
    with tempfile.TemporaryDirectory() as scratch:
        lines = (json.dumps({"id": f"p{i}", "text": f"({i}) {texts[i % len(texts)]}"}) + "\n" for i in range(count))
        Path(scratch, "rows.jsonl").write_text("".join(lines))
        yield Path(scratch)


def ours(url: str, folder: Path, name: str = "ours", *more: str) -> list[str]:
    """Our command: passages to dialogues, ledger, filters, parquet and card included."""
    flags = ["--styles", "teacher_student", "--endpoints", url, "--ledger", str(folder / f"{name}.sqlite")]
    return ["generation.dialogues", "--rows", str(folder / "rows.jsonl"), *flags, "--output", str(folder / name), *more]


def peer(kind: str, url: str, folder: Path) -> list[str]:
    """A peer's command over the same rows."""
    return ["tests.bench.peers", kind, url, str(folder / "rows.jsonl"), str(SLOTS)]


def timed(words: list[str], scratch: Path, codes: tuple[int, ...] = (0,)) -> dict[str, float]:
    """CPU seconds, wall seconds and peak MiB of a command, whole."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment(scratch),
    ) as child:
        peak, said = watched(child)
    if child.returncode not in codes:
        raise SystemExit(said)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "seconds": time.monotonic() - began, "peak": peak}


def environment(scratch: Path) -> dict[str, str]:
    """Ours, with the caches in a scratch folder."""
    return os.environ | {"HF_HOME": str(scratch / "hf")}


def watched(child: "subprocess.Popen[str]") -> tuple[float, str]:
    """The most MiB that a child was seen to hold, and what it printed."""
    peak, said = 0.0, ""
    while True:
        try:
            said, _ = child.communicate(timeout=0.1)
            return peak, said
        except subprocess.TimeoutExpired:
            peak = max(peak, held(child.pid))


def held(pid: int) -> float:
    """MiB of a process now, as the system counts them; 0 where it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def stats(url: str) -> dict[str, Any]:
    """What the server counted since it was last asked for this."""
    with urllib.request.urlopen(f"{url}/stats") as reply:
        return dict(json.load(reply))


def asked(url: str) -> int:
    """How many questions the server has got by now."""
    with urllib.request.urlopen(f"{url}/asked") as reply:
        return int(json.load(reply))


def busy(said: dict[str, Any]) -> float:
    """How busy the slots were: what a greedy schedule of the same durations takes, by what it took."""
    return float(said["ideal"] / said["took"])
