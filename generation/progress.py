"""What a run tells of itself while it is under way: one small file beside its output, written anew once a second.

    a run, and the rows as they come -> NAME.progress.json beside --output NAME: counts, reasons, tokens, slots, money, the last rows

It is whole at every moment, and stays when the run ends, saying how. `python -m cards.page NAME --live` shows it.
"""

import contextlib
import json
import os
import threading
import time
from collections import Counter, deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders import VERSION
from builders.commands import now
from builders.row import Row
from generation.time_left import Left

if TYPE_CHECKING:
    from generation.run import Run

EVERY = 1.0  # seconds
LATELY = 10  # seconds over which tokens per second are taken
LAST, CUT = 24, 1200  # rows that are shown, and characters of each of their texts
TEXTS = ("passage", "problem", "question", "solution", "text")


class Progress:
    """Writes the file on a thread of its own; a file that cannot be written ends no run."""

    def __init__(self, run: "Run", path: Path, name: str) -> None:
        self.run, self.path, self.name, self.began = run, path, name, now()
        self.rows = self.kept = self.rejected = 0
        self._left, self._busy = Left(), 0.0
        self.reasons: Counter[str] = Counter()
        self.last: deque[dict[str, Any]] = deque(maxlen=LAST)
        self._paces: deque[tuple[float, int]] = deque(maxlen=LATELY + 1)
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._live, name="progress", daemon=True)

    def open(self) -> None:
        """Begins to write."""
        self._thread.start()

    def expect(self, total: int | None) -> None:
        """Says how many rows are to come, where anybody knows; from here on they do."""
        with self._lock:
            self._left.begin(total, time.monotonic())
            self._busy = time.thread_time()

    def take(self, rows: int, kept: int, rejected: int, came: Sequence[Row]) -> None:
        """What stands there now, and the rows that came since the last time."""
        with self._lock:
            self.rows, self.kept, self.rejected = rows, kept, rejected
            self._left.take(rows, time.thread_time() - self._busy, time.monotonic(), self.run.ready())
            self.reasons.update(row["reason"] for row in came if row.get("reason"))
            self.last.extend(map(_short, came[-LAST:]))

    def end(self, how: str) -> None:
        """Writes it for the last time."""
        self._ended.set()
        self._thread.join(10)
        self._write(how)

    def _live(self) -> None:
        while True:
            self._write(None)
            if self._ended.wait(EVERY):
                return

    def _write(self, ended: str | None) -> None:
        text = json.dumps(self.said(ended))
        beside = self.path.with_name(f"{self.path.name}.new")
        with contextlib.suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)  # it may be a link
            with beside.open("x", encoding="ascii") as file:
                file.write(text)
            os.replace(beside, self.path)

    def said(self, ended: str | None) -> dict[str, Any]:
        """The file's content. Dollars are null without a price; replies and tokens are those of this run alone."""
        run, engine = self.run, self.run.engine
        seconds = time.monotonic() - run.started
        tally = engine.tally if engine is not None else None
        tokens = tally.completion_tokens if tally else 0
        self._paces.append((seconds, tokens))
        before, had = self._paces[0]
        with self._lock:
            return {
                "mathloom": VERSION, "output": self.path.name.removesuffix(".progress.json"), "step": self.name, "run": run.number,
                "started": self.began, "time": now(), "seconds": round(seconds, 3), "ended": ended,
                "rows": self.rows, "total": self._left.total, "kept": self.kept, "rejected": self.rejected,
                "reasons": dict(self.reasons.most_common()), "seconds_left": self.seconds_left() if ended is None else None,
                "asked": tally.asked if tally else 0, "under_way": engine.under_way if engine else 0, "slots": engine.slots if engine else 0,
                "tokens": {"prompt": tally.prompt_tokens if tally else 0, "completion": tokens},
                "tokens_per_second": round((tokens - had) / (seconds - before), 1) if seconds > before else 0.0,
                "cost": round(run.purse.held + run.purse.cost(), 6) if run.purse.known else None, "budget": run.options.budget,
                "models": [{"role": model.role, "model": model.name} for model in list(run.models.values())],
                "last": list(self.last),
            }  # fmt: skip

    def seconds_left(self) -> float | None:
        """Until the run's end; None before anybody can know."""
        left = self._left.seconds(time.monotonic(), self.run.ready())
        return None if left is None else round(left, 1)


def _short(row: Row) -> dict[str, Any]:
    """What is shown of a row: its names, what became of it, and the beginnings of its texts."""
    texts = {name: row[name][:CUT] for name in TEXTS if isinstance(row.get(name), str)}
    if "passage" not in texts and "solution" in texts:
        texts.pop("text", None)
    names = {name: row.get(name) for name in ("id", "style", "hop", "reason", "detail")}
    return {**{name: value for name, value in names.items() if value is not None}, "texts": texts}
