"""How many rows are pulled ahead of who reads them: many while a server is waited for, few while only the disk is."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from datasets import IterableDataset

from builders.errors import WorldError
from generation import ahead
from generation.ask import ask
from generation.ledger import Ledger, Reply
from generation.run import Run
from tests.generation.asking import COLUMNS, asking, hint, rows
from tests.scripted import Call, Scripted, echo

ROWS = 400
FEW = 3 * ahead.BATCH  # a batch that is read, one that waits, and one that is prepared


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "BUSY", 1)


def _furthest(run: Run) -> int:
    """The most rows that had been pulled and not read."""
    pulled = read = furthest = 0

    def counted() -> Iterator[dict[str, Any]]:
        nonlocal pulled
        for row in rows(ROWS):
            pulled += 1
            yield row

    for _ in ask(IterableDataset.from_generator(counted, features=COLUMNS), hint(run)):
        furthest, read = max(furthest, pulled - read), read + 1
    assert read == ROWS
    return furthest


def test_rows_are_pulled_ahead_while_a_server_is_waited_for(tmp_path: Path) -> None:
    async def first_comes_last(call: Call) -> web.StreamResponse:
        while call.text.endswith("row 0") and len(server.calls) < ROWS:
            await asyncio.sleep(0.01)
        return echo(call)

    with Scripted(first_comes_last, slots=64) as server, asking(tmp_path, server.url) as run:
        assert _furthest(run) == ROWS


def test_few_rows_are_pulled_ahead_while_the_ledger_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Ledger.held

    def slowly(self: Ledger, keys: list[str]) -> dict[str, Reply]:
        time.sleep(0.02)
        return held(self, keys)

    with Scripted(slots=64) as server:
        with asking(tmp_path, server.url) as run:
            _furthest(run)
        monkeypatch.setattr(Ledger, "held", slowly)
        with asking(tmp_path, server.url) as run:
            assert _furthest(run) <= FEW


def test_a_run_that_has_ended_waits_for_no_further_row(tmp_path: Path) -> None:
    over, waited = threading.Event(), list[bool]()

    def stalling() -> Iterator[dict[str, Any]]:
        yield next(iter(rows(1)))
        waited.append(over.wait(10))

    with Scripted() as server, asking(tmp_path, server.url) as run:
        assert run.engine is not None
        run.engine.end(WorldError("enough"), 0.0)
        with pytest.raises(WorldError, match="enough"):
            list(ask(IterableDataset.from_generator(stalling, features=COLUMNS), hint(run)))
        assert not waited
        over.set()


@pytest.mark.parametrize("samples", [1, 3])
def test_rows_whose_replies_wait_to_be_read_are_ready(
    samples: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "BUSY", 2**20)
    count, read = 8 * ahead.BATCH, 0
    with Scripted(slots=64) as server, asking(tmp_path, server.url) as run:
        assert run.engine is not None and run.ready() == 0
        for _ in ask(rows(count, stream=True), hint(run, samples=samples)):
            read += 1
            if read == 1:
                while len(server.calls) < count * samples or run.engine.pending:
                    time.sleep(0.01)
                [(waits, _)] = run.waits
                assert waits.rows + waits.read == count and run.ready() == waits.rows / waits.read > 1
        assert run.ready() == 0 and read == count
        list(ask(rows(1, stream=True), hint(run)))
        assert run.ready() == 0 and len(run.waits) == 2
