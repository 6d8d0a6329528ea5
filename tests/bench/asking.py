"""The engine's figures: how we ask, beside what one would write without us, in turn and in one run.

    python -m tests.bench --only asking fast chain

Each figure is a ratio of things of the same run: the machine may be slow, and shared.
"""

from collections import defaultdict

from tests.bench.figures import Figure, Measure, figure
from tests.bench.runs import busy, ours, passages_of, peer, server, stats, timed

ROUNDS, FAST_ROUNDS = 3, 5  # the fast ones take seconds each: one alone says little on a shared machine
PEERS = ("loop", "map", "async-map", "hub")


def keeping_busy(quick: bool) -> list[Figure]:
    """Slots and CPU at log-normal lengths of 0.5 s on average."""
    rows = 500 if quick else 5000
    slots, cpu = rounds(0.5, "lognormal", rows, 1 if quick else ROUNDS)
    ratios = {name: [mine / its for mine, its in zip(each, cpu["loop"], strict=True)] for name, each in cpu.items()}
    seconds = {f"{name}, s per 1,000": [1000 * value / rows for value in each] for name, each in cpu.items()}
    return [
        figure("slots kept busy", [Measure("slots busy", slots.pop("ours"), least=0.99)], slots),
        figure("client CPU", [Measure("of a plain loop's", ratios["ours"], most=2)], seconds),
    ]


def fast_server(quick: bool) -> list[Figure]:
    """3,000 questions of 50 ms."""
    slots, _ = rounds(0.05, "constant", 300 if quick else 3000, 1 if quick else FAST_ROUNDS)
    return [figure("a fast server kept busy", [Measure("slots busy", slots.pop("ours"), least=0.85)], slots)]


def rounds(mean: float, kind: str, rows: int, number: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """How busy the slots were and the CPU seconds of each, ours and the others in turn."""
    slots, cpu = defaultdict[str, list[float]](list), defaultdict[str, list[float]](list)
    with server(mean, kind) as url, passages_of(rows) as folder:
        for turn in range(number):
            for name in ("ours", *PEERS):
                words = ours(url, folder, f"r{turn}") if name == "ours" else peer(name, url, folder)
                cpu[name].append(timed(words, folder / f"{name}{turn}")["cpu"])  # its cache is its own
                slots[name].append(busy(stats(url)))
    return slots, cpu


def chain(quick: bool) -> list[Figure]:
    """5,000 rows through two models, and through one."""
    ratios = []
    with server(0.5, "lognormal") as one, server(0.5, "lognormal") as two:
        with passages_of(500 if quick else 5000) as folder:
            for number in range(1 if quick else ROUNDS):
                took = []
                for name, urls in (("alone", [one]), ("both", [one, two])):
                    words = [str(folder / "rows.jsonl"), str(folder / f"{name}{number}.sqlite"), *urls]
                    took.append(timed(["tests.bench.chain", *words], folder)["seconds"])
                ratios.append(took[1] / took[0])
    return [figure("two models in a chain", [Measure("of the time of one", ratios, most=1.25)])]
