"""Peak memory of a run at 5,000 rows and at ten times as many: under 300 MiB, and flat.

python -m tests.bench.memory
"""

from collections.abc import Sequence

from builders.commands import command
from builders.screen import say
from tests.bench.runs import ours, passages_of, server, timed


def main(argv: Sequence[str]) -> None:
    for count in map(int, argv or ("5000", "50000")):
        with server(0.05, "lognormal") as url, passages_of(count) as folder:
            say(f"{count:,} rows: {timed(ours(url, folder), folder)['peak']:.0f} MiB")


if __name__ == "__main__":
    command(main)
