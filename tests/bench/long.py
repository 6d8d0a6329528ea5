"""A long run, from its first question to its repetition: what grows with the rows, and what must not.

    passages -> MiB and CPU per row early and late, bytes of ledger a reply, the time left that was shown beside the true one,
    and the same command again beside `encode_batch_fast` over the same texts

    python -m tests.bench.long [--rows 200000] [--seconds 0.05]

Early is the second tenth of the rows and late the ninth: before and after, asking begins and ends. `encode_batch_fast` has one
thread, as in tests.bench.passages; both are counted in the processor's seconds, for a machine may be shared.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builders.commands import command, option, parse
from builders.errors import CheckFailed
from builders.groups import record_batches
from builders.screen import say
from builders.tokens import load_tokenizer
from tests.bench.runs import held, ours, passages_of, server, stats, timed

EVERY = 0.2  # seconds between two looks
SHOWN = (30, 60, 90)  # per cent of the rows at which the time left is looked at
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: int = option(200_000, "passages that are asked about")
    seconds: float = option(0.05, "that the server takes for a reply, log-normal, 128 at once")


@dataclass(frozen=True)
class Look:
    """A run at one moment: seconds of the clock and of the processor, MiB at most so far, rows, and the time left that it shows."""

    at: float
    cpu: float
    peak: float
    rows: int
    left: float | None


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.long", "What of a run grows with its rows.")
    with server(recipe.seconds, "lognormal") as url, passages_of(recipe.rows) as folder:
        looks, ended = watched(url, folder)
        asked = stats(url)["requests"]
        say(f"{recipe.rows:,} rows in {ended - looks[0].at:,.0f} s, {asked:,} questions")
        early, late = (part(looks, recipe.rows, tenth) for tenth in (1, 8))
        say(f"memory: {early[1].peak:.0f} MiB at most after two tenths, {looks[-1].peak:.0f} in the end")
        per = [1e6 * (end.cpu - begin.cpu) / max(1, end.rows - begin.rows) for begin, end in (early, late)]
        say(f"CPU: {per[0] / 1e3:.2f} s per 1,000 rows in the second tenth, {per[1] / 1e3:.2f} in the ninth")
        say(f"ledger: {(folder / 'ours.sqlite').stat().st_size / recipe.rows:,.0f} bytes a reply, {spoken(folder)}")
        for share in SHOWN:
            look = next(look for look in looks if look.rows * 100 >= share * recipe.rows)
            shown = "nothing" if look.left is None else f"{look.left:,.0f} s"
            say(f"time left at {share} %: {shown} is shown, {ended - look.at:,.0f} s it was")
        again = timed(ours(url, folder), folder)
        if more := stats(url)["requests"]:
            raise CheckFailed(f"the same command asked {more} questions again")
        peer = encoded(folder)
        say(f"again: no question, {again['cpu']:.0f} s of the processor, {again['cpu'] / peer:.2f} x encode_batch_fast")


def watched(url: str, folder: Path) -> tuple[list[Look], float]:
    """A run looked at until it ends, and when it did."""
    looks = [Look(time.monotonic(), 0.0, 0.0, 0, None)]
    words = [sys.executable, "-m", *ours(url, folder)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, env=os.environ | {"HF_HOME": str(folder / "hf")}) as child:
        while child.poll() is None:
            time.sleep(EVERY)
            told = folder / "ours.progress.json"
            said = json.loads(told.read_text()) if told.exists() else {"rows": 0, "seconds_left": None}
            peak = max(looks[-1].peak, held(child.pid))
            looks.append(Look(time.monotonic(), spent(child.pid), peak, said["rows"], said["seconds_left"]))
    if child.returncode:
        raise CheckFailed(f"the run ended with {child.returncode}")
    return looks, time.monotonic()


def spent(pid: int) -> float:
    """Seconds of the processor that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def part(looks: Sequence[Look], rows: int, tenth: int) -> tuple[Look, Look]:
    """The run where a tenth of the rows begins, and where it ends."""
    begin, end = (next(look for look in looks if look.rows * 10 >= rows * at) for at in (tenth, tenth + 1))
    return begin, end


def texts(folder: Path) -> list[list[str]]:
    """Passages and dialogues of the folder, some hundred at a time."""
    files = [path for path in sorted((folder / "ours" / "data").glob("*/*.parquet")) if path.parent.name != "replies"]
    names = ["passage", "text"]
    batches = record_batches(files, names)
    return [[text for name in names for text in batch[name].to_pylist() if text] for batch in batches]


def spoken(folder: Path) -> str:
    """How much of that are texts."""
    rows = record_batches(sorted((folder / "ours" / "data" / "replies").glob("*.parquet")), ["text"])
    sizes = [len(text.encode()) for batch in rows for text in batch["text"].to_pylist() if text]
    return f"of which {sum(sizes) / len(sizes):,.0f} are what was replied"


def encoded(folder: Path) -> float:
    """The processor's seconds that the tokenizer takes for the same texts, with one thread."""
    engine, taken = load_tokenizer().engine, 0.0
    for some in texts(folder):
        begin = time.process_time()
        engine.encode_batch_fast(some, add_special_tokens=False)
        taken += time.process_time() - begin
    return taken


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    command(main)
