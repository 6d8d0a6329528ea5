"""What a server does not say: its limit, and that it will never answer.

    python -m tests.bench --only limit never

Each figure is counted by the server or held against it: the machine may be slow, and shared.
"""

from tests.bench.figures import Figure, Measure, figure
from tests.bench.runs import busy, ours, passages_of, server, stats, timed

ROUNDS = 3
DEADLINE = 10.0  # seconds


def found(quick: bool) -> list[Figure]:
    """429 above 128 under way, of which the server says nothing beforehand."""
    refused, slots = [], []
    with server(0.5, "limited") as url, passages_of(1000 if quick else 5000) as folder:
        for number in range(1 if quick else ROUNDS):
            timed(ours(url, folder, f"r{number}"), folder)
            said = stats(url)
            refused.append(said["refused"] / said["requests"])
            slots.append(busy(said))
    measures = [Measure("share of 429s", refused, most=0.01), Measure("slots busy", slots, least=0.97)]
    return [figure("a server's limit found", measures)]


def never(quick: bool) -> list[Figure]:
    """From the last answer to the end of the run, its start left out, in deadlines."""
    after = []
    with passages_of(1000 if quick else 2000) as folder:
        for number in range(1 if quick else ROUNDS):
            with server(0.1, "hanging") as url:
                took = timed(ours(url, folder, f"r{number}", "--deadline", str(DEADLINE)), folder)["seconds"]
                said = stats(url)
            with server(0.1, "lognormal") as url:
                alone = timed(ours(url, folder, f"a{number}"), folder)["seconds"]
                besides = alone - stats(url)["took"]
            after.append((took - said["took"] - besides) / DEADLINE)
    measures = [Measure("deadlines after the others", after, most=1)]
    return [figure("one question in 500 never answered", measures)]
