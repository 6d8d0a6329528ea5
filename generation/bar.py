"""The bar that a run shows while it is under way, where there is a terminal.

rows done, tokens per second, in flight, kept, rejected
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from builders.row import Row
from builders.screen import is_terminal

if TYPE_CHECKING:
    from generation.run import Run


class Bar:
    """A bar over rows, or nothing at all where standard error is no terminal."""

    def __init__(self, run: "Run", total: int | None, progress: Progress | None) -> None:
        self.run, self.progress = run, progress
        self.task = progress.add_task("", total=total, more="") if progress else None
        self.shown = 0.0

    def update(self, rows: int, kept: int, rejected: int, came: Sequence[Row] = ()) -> None:
        """What stands there now, and the rows that came since the last time."""
        if self.run.progress is not None:
            self.run.progress.take(rows, kept, rejected, came)
        if self.progress is None or self.task is None or time.monotonic() - self.shown < 0.2:
            return
        self.shown = time.monotonic()
        engine = self.run.engine
        more = f"kept {kept:,}  rejected {rejected:,}"
        if engine is not None:
            pace = engine.tally.completion_tokens / max(1e-3, time.monotonic() - self.run.started)
            left = self.run.progress.seconds_left() if self.run.progress is not None else None
            more = f"{timedelta(seconds=round(left))} left  {more}" if left is not None else more
            more = f"{pace:,.0f} tokens/s  in flight {engine.under_way}  asked {engine.tally.asked:,}  " + more
        self.progress.update(self.task, completed=rows, more=more)


@contextmanager
def bar(run: "Run", total: int | None) -> Iterator[Bar]:
    """Shows a bar while rows go by."""
    if run.progress is not None:
        run.progress.expect(total)
    if not is_terminal(sys.stderr):
        yield Bar(run, total, None)
        return
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("rows  {task.fields[more]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), refresh_per_second=4, transient=True) as progress:
        yield Bar(run, total, progress)
