"""How we ask, measured beside a plain aiohttp loop over the same questions, in turn, in one run.

    python -m tests.bench.asking [--runs 3]

Each figure is a ratio of two things of the same run: the machine may be slow, and shared.
"""

import json
import resource
import statistics
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
def server(mean: float, kind: str) -> Iterator[str]:
    """The bench's server on a free port."""
    words = [sys.executable, "-m", "tests.bench.server", "0", str(mean), str(SLOTS), kind]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        yield f"http://127.0.0.1:{child.stdout.readline().strip()}"
        child.terminate()


def rows(path: Path, count: int) -> Path:
    """Passages of the sample, each made different by a number before it."""
    texts = [row["text"] for row in passages(documents("sample"), load_tokenizer()) if not row["reason"]]
    lines = (json.dumps({"id": f"p{i}", "text": f"({i}) {texts[i % len(texts)]}"}) + "\n" for i in range(count))
    path.write_text("".join(lines))
    return path


def timed(words: list[str]) -> dict[str, float]:
    """CPU seconds and peak MiB of a command, whole."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    probe = "import resource,runpy,sys; sys.argv=sys.argv[1:]; runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
    made = subprocess.run([sys.executable, "-c", probe, *words], capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(made.stdout + made.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu": cpu, "seconds": time.monotonic() - began, "peak": after.ru_maxrss / 1024}


def stats(url: str) -> dict[str, Any]:
    """What the server counted since it was last asked."""
    with urllib.request.urlopen(f"{url}/stats") as reply:
        return dict(json.load(reply))


def ours(url: str, given: Path, folder: Path, *more: str) -> list[str]:
    """The command that is measured: passages to dialogues, ledger, filters, parquet and card included."""
    flags = ["--styles", "teacher_student", "--endpoints", url, "--ledger", str(folder / "ledger.sqlite")]
    return ["generation.dialogues", "--rows", str(given), *flags, "--output", str(folder / "out"), *more]


def beside(mean: float, kind: str, count: int, runs: int) -> dict[str, float]:
    """Ours and the plain loop in turn: how busy each kept the slots, and what CPU each took."""
    busy: dict[str, list[float]] = {"ours": [], "plain": []}
    cpu: list[float] = []
    peaks: list[float] = []
    with server(mean, kind) as url, tempfile.TemporaryDirectory() as scratch:
        given = rows(Path(scratch) / "rows.jsonl", count)
        for number in range(runs):
            stats(url)
            folder = Path(scratch) / str(number)
            folder.mkdir()
            mine = timed(ours(url, given, folder))
            said = stats(url)
            busy["ours"].append(said["ideal"] / said["took"])
            plain = timed(["tests.bench.plain", url, str(given), str(SLOTS)])
            said = stats(url)
            busy["plain"].append(said["ideal"] / said["took"])
            cpu.append(mine["cpu"] / plain["cpu"])
            peaks.append(mine["peak"])
    return {
        "ours": statistics.median(busy["ours"]), "plain": statistics.median(busy["plain"]),
        "cpu": statistics.median(cpu), "peak": max(peaks),
    }  # fmt: skip


def silent(count: int) -> float:
    """One question in 500 is never answered: seconds after the last reply at which the run ended, in deadlines."""
    with server(0.1, "hanging") as url, tempfile.TemporaryDirectory() as scratch:
        given = rows(Path(scratch) / "rows.jsonl", count)
        took = timed(ours(url, given, Path(scratch), "--deadline", "10"))["seconds"]
        return (took - stats(url)["took"]) / 10


if __name__ == "__main__":
    times = int(sys.argv[sys.argv.index("--runs") + 1]) if "--runs" in sys.argv else 3
    print(
        json.dumps(
            {"log-normal": beside(0.5, "lognormal", 5000, times), "fast": beside(0.05, "constant", 3000, times)},
            indent=2,
        )
    )
    print(json.dumps({"one in 500 silent, deadlines after the last reply": silent(2000)}))
