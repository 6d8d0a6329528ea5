"""What a kill costs, and what faults cost: counted by the server, ours and the others.

python -m tests.bench --only kill faults
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.dataset as parquet

from tests.bench.figures import Figure, Measure, figure
from tests.bench.runs import asked, environment, ours, passages_of, peer, server, stats, timed

ROUNDS = 3
UNDER_WAY = 160  # what may be asked again: the slots, and what was on its way


def killed(quick: bool) -> list[Figure]:
    """kill -9 at half of 2,000, and the same command again."""
    rows = 600 if quick else 2000
    again: dict[str, list[float]] = {"ours": [], "loop": [], "map": []}
    for _ in range(1 if quick else ROUNDS):
        for name, counts in again.items():
            with server(0.2, "lognormal") as url, passages_of(rows) as folder:
                words = ours(url, folder) if name == "ours" else peer(name, url, folder)
                kill(words, folder, url, rows // 2)
                timed(words, folder)
                counts.append(stats(url)["requests"] - rows)
    measures = [Measure("questions", again.pop("ours"), most=UNDER_WAY)]
    return [figure("asked again after a kill -9 at half of 2,000", measures, again)]


def kill(words: list[str], scratch: Path, url: str, at: int) -> None:
    """Starts a command and kills it, and what it started, once the server was asked so many questions."""
    with subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(scratch),
        start_new_session=True,
    ) as child:
        while asked(url) < at and child.poll() is None:
            time.sleep(0.02)
        os.killpg(child.pid, signal.SIGKILL)


def faults(quick: bool) -> list[Figure]:
    """2,000 rows while 2 and 5 % of the attempts end in a 503 or a reset."""
    rows = 500 if quick else 2000
    lost, peers = {}, {}
    for share, kind in (("2 %", "faulty"), ("5 %", "faultier")):
        with server(0.2, kind) as url, passages_of(rows) as folder:
            timed(ours(url, folder), folder)
            lost[share] = rows - answered(folder / "ours")
            stats(url)
            timed(peer("hub", url, folder), folder)
            peers[f"hub, {share}"] = [rows - stats(url)["count"]]
    measures = [Measure(f"at {share}", [count], most=0) for share, count in lost.items()]
    return [figure("rows lost at 2 % faults", measures, peers)]


def answered(folder: Path) -> int:
    """Rows of a finished folder that have their reply, rejected ones too."""
    files = [str(file) for file in folder.glob("data/*/*.parquet") if file.parent.name != "replies"]
    return sum(parquet.dataset(file).count_rows(filter=~parquet.field("reply").is_null()) for file in files)
