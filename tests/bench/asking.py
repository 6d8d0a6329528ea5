"""The engine's figures: how we ask, beside what one would write without us, in turn and in one run.

    python -m tests.bench asking

Each figure is a ratio of things of the same run: the machine may be slow, and shared.
"""

import os
import signal
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.runs import ours, passages_of, peer, server, stats, timed

Figure = dict[str, Any]
ROUNDS = 3
QUICK_ROUNDS = 9  # a second each: one alone says little on a shared machine


def busy(said: dict[str, Any]) -> float:
    """How busy the slots were: what a greedy schedule of the same durations takes, by what it took."""
    return float(said["ideal"] / said["took"])


def keeping_busy() -> list[Figure]:
    """Slots and CPU at log-normal lengths of 0.5 s on average."""
    slots: dict[str, list[float]] = {"ours": [], "loop": []}
    cpu: list[float] = []
    seconds: dict[str, float] = {}
    with server(0.5, "lognormal") as url, passages_of(5000) as folder:
        for number in range(ROUNDS):
            mine = timed(ours(url, folder, f"r{number}"), folder)
            slots["ours"].append(busy(stats(url)))
            loop = timed(peer("loop", url, folder), folder)
            slots["loop"].append(busy(stats(url)))
            cpu.append(mine["cpu"] / loop["cpu"])
            seconds |= {"ours": mine["cpu"] / 5, "loop": loop["cpu"] / 5}
        for kind in ("map", "async-map", "hub"):
            seconds[kind] = timed(peer(kind, url, folder), folder)["cpu"] / 5
            slots[kind] = [busy(stats(url))]
    medians = {name: round(statistics.median(found), 3) for name, found in slots.items()}
    ratio = round(statistics.median(cpu), 2)
    each = {f"{name}, CPU s per 1,000": round(value, 2) for name, value in seconds.items()}
    return [
        figure("slots kept busy", 0.99, medians.pop("ours"), medians, least=True),
        figure("client CPU", 2, ratio, each, least=False),
    ]


def fast_server() -> list[Figure]:
    """3,000 questions of 50 ms."""
    found: dict[str, list[float]] = {"ours": [], "loop": []}
    with server(0.05, "constant") as url, passages_of(3000) as folder:
        for number in range(QUICK_ROUNDS):
            for name, words in (("ours", ours(url, folder, f"r{number}")), ("loop", peer("loop", url, folder))):
                timed(words, folder)
                found[name].append(busy(stats(url)))
    medians = {name: round(statistics.median(values), 3) for name, values in found.items()}
    return [figure("a fast server kept busy", 0.85, medians.pop("ours"), medians, least=True)]


def chain() -> list[Figure]:
    """5,000 rows through two models, and through one."""
    ratios = []
    with server(0.5, "lognormal") as one, server(0.5, "lognormal") as two, passages_of(5000) as folder:
        for number in range(ROUNDS):
            took = []
            for name, urls in (("alone", [one]), ("both", [one, two])):
                ledger = str(folder / f"{name}{number}.sqlite")
                took.append(timed(["tests.bench.chain", str(folder / "rows.jsonl"), ledger, *urls], folder)["seconds"])
            ratios.append(took[1] / took[0])
    return [figure("two models in a chain", 1.25, round(statistics.median(ratios), 2), {}, least=False)]


def limit() -> list[Figure]:
    """429 above 128 under way, of which the server says nothing beforehand."""
    with server(0.5, "limited") as url, passages_of(5000) as folder:
        timed(ours(url, folder), folder)
        said = stats(url)
    share, kept = round(said["refused"] / said["requests"], 4), round(busy(said), 3)
    made = figure("a server's limit found", "429s under 0.01, slots busy 0.97", [share, kept], {}, least=False)
    return [made | {"holds": share < 0.01 and kept >= 0.97}]


def silent() -> list[Figure]:
    """One question in 500 is never answered."""
    with server(0.1, "hanging") as url, passages_of(2000) as folder:
        took = timed(ours(url, folder, "ours", "--deadline", "10"), folder)["seconds"]
        after = round((took - stats(url)["took"]) / 10, 2)
    name = "one question in 500 never answered"
    return [
        figure(name, "at most one deadline after the others (and the start and end)", after, {}, least=False, of=1.5)
    ]


def killed() -> list[Figure]:
    """kill -9 at half of 2,000, the same command again; and 2,000 rows at 2 % faults."""
    with server(0.2, "lognormal") as url, passages_of(2000) as folder:
        child = subprocess.Popen([sys.executable, "-m", *ours(url, folder)], stdout=subprocess.DEVNULL, stderr=-3)
        while requests(folder / "ours.sqlite") < 1000:
            time.sleep(0.02)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        timed(ours(url, folder), folder)
        again = stats(url)["requests"] - 2000
    with server(0.2, "faulty") as url, passages_of(2000) as folder:
        timed(ours(url, folder), folder)
        lost = 2000 - rows_of(folder / "ours")
    return [
        figure("asked again after a kill -9 at half of 2,000", 160, again, {}, least=False),
        figure("rows lost at 2 % faults", 0, lost, {}, least=False),
    ]


def requests(ledger: Path) -> int:
    """Replies that stand in a ledger."""
    import sqlite3

    if not ledger.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{ledger}?mode=ro", uri=True) as db:
            return int(db.execute("SELECT count(*) FROM replies").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def rows_of(folder: Path) -> int:
    """Rows of a finished folder, rejected ones too."""
    import pyarrow.parquet as pq

    files = [file for file in folder.glob("data/*/*.parquet") if file.parent.name != "replies"]
    return sum(pq.read_metadata(file).num_rows for file in files)


def memory() -> list[Figure]:
    """Peak MiB at 5,000 rows and at ten times as many."""
    peaks = []
    for count in (5000, 50000):
        with server(0.05, "lognormal") as url, passages_of(count) as folder:
            peaks.append(round(timed(ours(url, folder), folder)["peak"]))
    made = figure("peak memory at 5,000 and 50,000 rows", "under 300 MiB and flat", peaks, {}, least=False)
    return [made | {"holds": max(peaks) < 300 and peaks[1] < 1.1 * peaks[0]}]


def figure(name: str, goal: Any, ours: Any, peers: dict[str, Any], *, least: bool, of: float | None = None) -> Figure:
    """One row of the table; `of` is the number that the goal means where it is a sentence."""
    bound = of if of is not None else goal
    holds = (
        isinstance(ours, int | float) and isinstance(bound, int | float) and (ours >= bound if least else ours <= bound)
    )
    return {"figure": name, "goal": goal, "ours": ours, "peers": peers, "holds": holds}
