"""How fast the doctor finds a server, and how many questions in flight it finds worth asking."""

import asyncio
import re
from pathlib import Path

import pytest
from aiohttp import web

from generation import doctor_speed
from generation.doctor_speed import Wave, pays
from tests.generation.doctoring import STYLE, ask, serving, write
from tests.scripted import Call


def test_more_in_flight_than_a_server_takes_do_not_pay(tmp_path: Path) -> None:
    under_way = 0

    async def few(call: Call) -> web.StreamResponse:
        nonlocal under_way
        if under_way >= 8:
            return web.Response(status=429)
        under_way += 1
        await asyncio.sleep(0.1)
        under_way -= 1
        return write(call)

    with serving(few, info=False) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url)
    waves = said["servers"][0]["speed"]
    assert [wave["busy"] for wave in waves][:2] == [0, 0] and waves[2]["busy"] > 20
    assert waves[2]["replies"] == 64 - waves[2]["busy"] and waves[1]["replies"] == 8
    assert 8 <= said["servers"][0]["pays"] <= waves[2]["replies"]
    assert waves[1]["tokens_per_second"] > 2 * waves[0]["tokens_per_second"]


def test_what_is_not_back_in_time_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_speed, "PATIENCE", 3.0)

    async def some(call: Call) -> web.StreamResponse:
        first = re.search(r"from (\d+) to", call.text)
        if call.body["max_tokens"] == doctor_speed.LONG and first and int(first[1]) >= 100:
            await asyncio.sleep(60)
        return write(call)

    with serving(some, slots=64) as server:
        waves = ask(tmp_path, *STYLE, "--endpoints", server.url)["servers"][0]["speed"]
    assert [(wave["replies"], wave["failed"]) for wave in waves] == [(1, 0), (8, 0), (15, 49)]
    assert waves[2]["seconds"] < 3.0


WAVES = {
    "more are faster": ([(1, 30), (8, 200), (64, 900)], 64),
    "more are hardly faster": ([(1, 30), (8, 200), (64, 230)], 8),
    "more are slower": ([(1, 30), (8, 20), (64, 10)], 1),
    "nothing came back": ([(1, 0)], None),
    "nothing came back from many": ([(1, 30), (8, 200), (64, 0)], 8),
    "none": ([], None),
}


@pytest.mark.parametrize("name", WAVES)
def test_what_pays_is_the_highest_wave_that_was_worth_its_questions(name: str) -> None:
    waves, paying = WAVES[name]
    assert pays([Wave(level, min(rate, level), rate, 1.0) for level, rate in waves]) == paying


@pytest.mark.parametrize(("busy", "paying"), [(0, 64), (5, 64), (20, 44)], ids=["none", "now and then", "too many"])
def test_a_429_now_and_then_says_nothing(busy: int, paying: int) -> None:
    assert pays([Wave(1, 1, 30, 1.0), Wave(64, 64 - busy, 900, 1.0, busy)]) == paying
