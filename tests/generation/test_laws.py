"""The five laws of ask, and the three kinds of failure, over real HTTP."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from builders.errors import BudgetSpent, CheckFailed, UserError, WorldError
from generation import ahead, engine
from generation.ask import ask
from generation.ledger import Ledger
from generation.prompts import parse_prompt
from generation.recipes import Price, Sampling
from tests.generation.asking import answers, asking, hint, rows
from tests.scripted import Call, Scripted, echo, reply, reset


@pytest.mark.parametrize("stream", [False, True])
def test_an_ask_preserves_rows(tmp_path: Path, stream: bool) -> None:
    with Scripted() as server, asking(tmp_path, server.url) as run:
        made = answers(run, 100, stream)
    assert [row["id"] for row in made] == [str(i) for i in range(100)]
    assert all(row["hint"] == f"Say again: {row['text']}" and row["hint_error"] is None for row in made)


def test_a_question_asked_twice_is_answered_once(tmp_path: Path) -> None:
    with Scripted() as server:
        for _ in range(2):
            with asking(tmp_path, server.url) as run:
                answers(run, 50)
        assert len(server.calls) == 50


def test_rows_that_ask_the_same_share_one_question(tmp_path: Path) -> None:
    prompt = parse_prompt("hint", "---\nkind: test\n---\nAlways the same.\n")
    with Scripted() as server, asking(tmp_path, server.url) as run:
        made = answers(run, 50, prompt=prompt)
        assert len(server.calls) == 1
    assert all(row["hint"] == "Always the same." for row in made)


def test_another_address_and_another_order_ask_nothing(tmp_path: Path) -> None:
    with Scripted() as first, asking(tmp_path, first.url) as run:
        answers(run, 30)
    with Scripted() as second, asking(tmp_path, second.url, patience=1.0) as run:
        made = answers(run, 20, stream=True)
        assert not second.calls
    assert len(made) == 20


@pytest.mark.parametrize("change", ["prompt", "sampling", "model"])
def test_what_changes_the_question_asks_anew(tmp_path: Path, change: str) -> None:
    with Scripted() as server:
        with asking(tmp_path, server.url) as run:
            answers(run, 5)
        sampling = Sampling(max_tokens=65) if change == "sampling" else None
        server.model = "tests/other" if change == "model" else server.model
        prompt = (
            {"prompt": parse_prompt("hint", "---\nkind: test\n---\nOnce more: {{ text }}\n")}
            if change == "prompt"
            else {}
        )
        with asking(tmp_path, server.url, sampling=sampling) as run:
            answers(run, 5, **prompt)
        assert len(server.calls) == 10


def test_samples_are_lists_and_differ_in_their_seeds(tmp_path: Path) -> None:
    with Scripted() as server, asking(tmp_path, server.url) as run:
        made = answers(run, 3, samples=4)
        assert len({call.body["seed"] for call in server.calls}) == 12
    assert all(len(row["hint"]) == 4 and row["hint_error"] == [None] * 4 for row in made)


def test_where_when_is_false_nothing_is_asked(tmp_path: Path) -> None:
    with Scripted() as server, asking(tmp_path, server.url) as run:
        made = answers(run, 10, when=lambda row: int(row["id"]) % 2 == 0)
        assert len(server.calls) == 5
    assert [row["hint"] is None for row in made] == [bool(i % 2) for i in range(10)]


def test_a_mended_reader_asks_nothing(tmp_path: Path) -> None:
    with Scripted(lambda call: reply("garbled")) as server:
        with asking(tmp_path, server.url) as run:
            assert {row["hint_error"] for row in answers(run, 5)} == {"unreadable"}
        from tests.generation import asking as shared

        before, shared.read = shared.read, lambda text: {"hint": "mended"}
        try:
            with asking(tmp_path, server.url) as run:
                assert {row["hint"] for row in answers(run, 5)} == {"mended"}
        finally:
            shared.read = before
        assert len(server.calls) == 5


def test_an_unreadable_reply_is_asked_again_as_another_try(tmp_path: Path) -> None:
    def script(call: Call) -> web.Response:
        tries = sum(other.text == call.text for other in server.calls)
        return reply("garbled" if tries == 1 and call.text.endswith("3") else call.text)

    with Scripted(script) as server:
        for _ in range(2):
            with asking(tmp_path, server.url, tries=2) as run:
                assert all(row["hint_error"] is None for row in answers(run, 20))
        assert len(server.calls) == 22


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_a_server_refuses_is_recorded(tmp_path: Path, status: int) -> None:
    def script(call: Call) -> web.Response:
        return web.json_response({"error": "too long"}, status=status) if call.text.endswith("7") else echo(call)

    with Scripted(script) as server:
        for _ in range(2):
            with asking(tmp_path, server.url) as run:
                made = answers(run, 10)
        assert len(server.calls) == 10
    assert [row["hint_error"] for row in made] == [None] * 7 + ["refused"] + [None] * 2
    assert made[7]["hint_detail"] == f"{status}: too long"


def test_a_cut_reply_is_a_reason_and_not_a_text(tmp_path: Path) -> None:
    with Scripted(lambda call: reply("half a", finish="length")) as server, asking(tmp_path, server.url) as run:
        made = answers(run, 2)
    assert [(row["hint"], row["hint_error"]) for row in made] == [(None, "cut")] * 2


async def _half(call: Call) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await answer.prepare(call.request)
    await answer.write(b'{"choices": [')
    return await reset(call)


FAULTS: dict[str, Any] = {
    "503": lambda call: web.Response(status=503),
    "500": lambda call: web.Response(status=500),
    "408": lambda call: web.Response(status=408),
    "429": lambda call: web.Response(status=429),
    "429 with Retry-After": lambda call: web.Response(status=429, headers={"Retry-After": "0.2"}),
    "503 with a date": lambda call: web.Response(status=503, headers={"Retry-After": "Mon, 01 Jan 2024 00:00:00 GMT"}),
    "reset": reset,
    "half a body": _half,
    "garbage": lambda call: web.Response(text="{not json"),
    "JSON of something else": lambda call: web.json_response({"choices": []}),
    "not UTF-8": lambda call: web.Response(body=b"\xff\xfe", content_type="application/json"),
    "deep JSON": lambda call: web.Response(text="[" * 200_000),
    "empty text": lambda call: reply(""),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_the_worlds_fault_is_tried_again(tmp_path: Path, fault: str) -> None:
    def script(call: Call) -> Any:
        first = sum(other.text == call.text for other in server.calls) == 1
        return FAULTS[fault](call) if first and int(call.text.split()[-1]) % 3 == 0 else echo(call)

    with Scripted(script) as server:
        with asking(tmp_path, server.url) as run:
            made = answers(run, 12)
        assert all(row["hint"] == f"Say again: {row['text']}" for row in made)
        assert len(server.calls) == 16
        assert Ledger(tmp_path / "ledger.sqlite").query("SELECT count(*) FROM replies") == [(12,)]


ODD: dict[str, Any] = {
    "more tokens than there can be": lambda call: reply(call.text, prompt_tokens=10**30, completion_tokens=2**63),
    "parts without a text": lambda call: _parts(
        [{"type": "text", "text": None}, {"text": 7}, {"text": call.text}, "x"]
    ),
    "a token count in words": lambda call: reply(call.text, prompt_tokens="many"),
}


def _parts(content: list[Any]) -> web.Response:
    return web.json_response({"choices": [{"message": {"content": content}, "finish_reason": 3}], "usage": [1]})


@pytest.mark.parametrize("shape", ODD)
def test_an_odd_reply_is_a_reply_and_is_paid_for_once(tmp_path: Path, shape: str) -> None:
    with Scripted(ODD[shape]) as server:
        for _ in range(2):
            with asking(tmp_path, server.url) as run:
                made = answers(run, 8)
        assert len(server.calls) == 8
    assert all(row["hint"] == f"Say again: {row['text']}" for row in made)


def test_what_nobody_asked_for_is_nobodys_reply(tmp_path: Path) -> None:
    """A server that says something more on a connection that is kept: the next question must not get it."""

    def script(call: Call) -> web.StreamResponse:
        import asyncio

        body = b'{"choices":[{"message":{"content":"foreign"},"finish_reason":"stop"}]}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
        assert call.request.transport is not None
        asyncio.get_running_loop().call_later(0.03, call.request.transport.write, head + body)
        return echo(call)

    with Scripted(script, slots=2) as server, asking(tmp_path, server.url) as run:
        for count in range(1, 6):
            made = answers(run, count)
            time.sleep(0.1)
    assert [row["hint"] for row in made] == [f"Say again: {row['text']}" for row in made]


def test_retry_after_is_honoured_by_the_whole_server(tmp_path: Path) -> None:
    def script(call: Call) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "1"}) if call.number == 0 else echo(call)

    with Scripted(script, slots=1) as server, asking(tmp_path, server.url) as run:
        answers(run, 5)
        assert server.calls[1].at - server.calls[0].at >= 1


def test_an_empty_text_for_the_third_time_is_the_reply(tmp_path: Path) -> None:
    with Scripted(lambda call: reply(" ") if call.text.endswith("1") else echo(call)) as server:
        for _ in range(2):
            with asking(tmp_path, server.url) as run:
                made = answers(run, 2)
        assert len(server.calls) == 4
    assert made[1]["hint"] == " "


def test_a_server_that_is_always_empty_stops_the_run_early(tmp_path: Path) -> None:
    with (
        Scripted(lambda call: reply("")) as server,
        pytest.raises(CheckFailed, match="forget --run 1"),
        asking(tmp_path, server.url) as run,
    ):
        answers(run, 3000)
    assert len(server.calls) < 300


def test_garbage_replies_stop_the_run_and_keep_going_does_not(tmp_path: Path) -> None:
    with Scripted(lambda call: reply("garbled")) as server:
        with pytest.raises(CheckFailed, match="101 of the last"), asking(tmp_path, server.url) as run:
            answers(run, 1000)
        paid = len(server.calls)
        assert paid < 400  # 101 are enough; the rest came while they were written
        with asking(tmp_path, server.url, keep_going=True) as run:
            assert len(answers(run, 300)) == 300


def test_replies_in_the_ledger_do_not_count_as_garbage(tmp_path: Path) -> None:
    with Scripted(lambda call: reply("garbled")) as server:
        with asking(tmp_path, server.url, keep_going=True) as run:
            answers(run, 300)
        with asking(tmp_path, server.url) as run:
            assert len(answers(run, 300)) == 300


def test_silence_ends_at_the_deadline_and_is_asked_again_by_the_next_run(tmp_path: Path) -> None:
    quiet = threading.Event()

    async def script(call: Call) -> web.StreamResponse:
        if call.text.endswith("5") and not quiet.is_set():
            import asyncio

            await asyncio.sleep(30)
        return echo(call)

    with Scripted(script) as server:
        began = time.monotonic()
        with asking(tmp_path, server.url, deadline=1.0) as run:
            made = answers(run, 40)
        assert time.monotonic() - began < 8
        assert [row["id"] for row in made if row["hint_error"] == "no_answer"] == ["5", "15", "25", "35"]
        quiet.set()
        with asking(tmp_path, server.url, deadline=1.0) as run:
            assert all(row["hint_error"] is None for row in answers(run, 40))
        assert len(server.calls) == 44


def test_a_server_slower_than_the_deadline_costs_little(tmp_path: Path) -> None:
    async def script(call: Call) -> web.StreamResponse:
        import asyncio

        await asyncio.sleep(30)
        return echo(call)

    with Scripted(script) as server, pytest.raises(WorldError, match="slower than the deadline"):
        with asking(tmp_path, server.url, deadline=0.5) as run:
            answers(run, 2000)
    assert len(server.calls) < 200


@pytest.mark.parametrize("status", [401, 402, 403, 404, 405, 302])
def test_what_concerns_the_server_ends_the_run_at_once(tmp_path: Path, status: int) -> None:
    def script(call: Call) -> web.Response:
        where = {"Location": "http://127.0.0.1:9/elsewhere"} if status == 302 else {}
        return echo(call) if call.number < 20 else web.Response(status=status, headers=where)

    with Scripted(script, slots=4) as server:
        began = time.monotonic()
        with pytest.raises(WorldError, match=str(status)), asking(tmp_path, server.url) as run:
            answers(run, 500)
        assert time.monotonic() - began < 5 and len(server.calls) < 30
    assert Ledger(tmp_path / "ledger.sqlite").query("SELECT count(*) FROM replies") == [(20,)]


@pytest.mark.parametrize("status", [401, 403, 302])
def test_a_server_that_closed_since_the_last_run_ends_the_next_one_before_it_asks(tmp_path: Path, status: int) -> None:
    with Scripted() as server:
        with asking(tmp_path, server.url) as run:
            answers(run, 3)
        server.info_status = status
        with pytest.raises(WorldError, match=f"{status}.*nothing was asked"), asking(tmp_path, server.url) as run:
            answers(run, 6)
        assert len(server.calls) == 3


def test_a_server_that_asks_to_wait_for_years_is_waited_for_no_longer_than_patience(tmp_path: Path) -> None:
    with Scripted(lambda call: web.Response(status=429, headers={"Retry-After": "1000000000"})) as server:
        began = time.monotonic()
        with pytest.raises(WorldError, match="no server answers"), asking(tmp_path, server.url, patience=1.0) as run:
            answers(run, 50)
        assert time.monotonic() - began < 5 and len(server.calls) <= 32


def test_a_429_now_and_then_takes_no_slots_away(tmp_path: Path) -> None:
    async def script(call: Call) -> web.StreamResponse:
        import asyncio

        await asyncio.sleep(0.05)
        return web.Response(status=429) if call.number % 50 == 7 else echo(call)

    with Scripted(script, slots=64) as server, asking(tmp_path, server.url) as run:
        began = time.monotonic()
        assert all(row["hint_error"] is None for row in answers(run, 1500))
        assert time.monotonic() - began < 8  # 1.2 s with all slots; a slot at a time would take a minute


def test_a_limit_that_fell_is_found_again(tmp_path: Path) -> None:
    async def script(call: Call) -> web.StreamResponse:
        import asyncio

        under_way[0] += 1
        most = 32 if call.number < 300 else 8
        try:
            if under_way[0] > most:
                return web.Response(status=429)
            await asyncio.sleep(0.03)
            return echo(call)
        finally:
            under_way[0] -= 1

    under_way = [0]
    with Scripted(script, slots=32) as server, asking(tmp_path, server.url) as run:
        assert all(row["hint_error"] is None for row in answers(run, 900))
        assert len(server.calls) < 900 + 450


def test_where_all_replies_are_bad_and_come_at_once_the_run_ends_all_the_same(tmp_path: Path) -> None:
    with (
        Scripted(lambda call: web.Response(status=413), slots=256) as server,
        pytest.raises(CheckFailed, match="forget --run 1"),
        asking(tmp_path, server.url) as run,
    ):
        answers(run, 150)
        list(run.used())
    assert len(server.calls) == 150


def test_while_all_servers_are_down_patience_counts_and_what_was_paid_for_is_safe(tmp_path: Path) -> None:
    def script(call: Call) -> Any:
        if call.number >= 30:
            server.healthy = False
            return reset(call)
        return echo(call)

    with Scripted(script, slots=4) as server:
        with pytest.raises(WorldError, match="no server answers"), asking(tmp_path, server.url, patience=1.0) as run:
            answers(run, 100)
        assert Ledger(tmp_path / "ledger.sqlite").query("SELECT count(*) FROM replies") == [(30,)]
        server.healthy, server.handler = True, echo
        with asking(tmp_path, server.url, patience=1.0) as run:
            assert all(row["hint_error"] is None for row in answers(run, 100))


def test_a_server_that_comes_back_is_used_again_and_deadlines_stood_still(tmp_path: Path) -> None:
    def script(call: Call) -> Any:
        if call.number == 10:
            server.healthy = False
            threading.Timer(3.0, lambda: setattr(server, "healthy", True)).start()
        return echo(call) if server.healthy else reset(call)

    with Scripted(script, slots=4) as server, asking(tmp_path, server.url, patience=30.0, deadline=2.0) as run:
        assert all(row["hint_error"] is None for row in answers(run, 40))


def test_a_server_that_comes_back_as_another_one_is_refused(tmp_path: Path) -> None:
    def script(call: Call) -> Any:
        if call.number == 10:
            server.healthy, server.sha = False, "bbbb"
            threading.Timer(1.0, lambda: setattr(server, "healthy", True)).start()
        return echo(call) if server.healthy and server.sha == "aaaa" else reset(call)

    with (
        Scripted(script, slots=4) as server,
        pytest.raises(UserError, match="came back as tests/echo at revision bbbb"),
    ):
        with asking(tmp_path, server.url, patience=30.0) as run:
            answers(run, 40)


def test_another_revision_stops_the_run_before_it_asks_and_can_be_pinned_either_way(tmp_path: Path) -> None:
    with Scripted() as server:
        with asking(tmp_path, server.url) as run:
            answers(run, 10)
        server.sha = "bbbb"
        with (
            pytest.raises(UserError, match="10 replies of tests/echo at revision aaaa.*now at bbbb"),
            asking(tmp_path, server.url) as run,
        ):
            answers(run, 10)
        with asking(tmp_path, server.url, role={"revision": "aaaa"}) as run:
            answers(run, 10)
        assert len(server.calls) == 10
        with asking(tmp_path, server.url, role={"revision": "bbbb"}) as run:
            answers(run, 10)
        assert len(server.calls) == 20


def test_from_ledger_asks_nothing_with_every_server_gone(tmp_path: Path) -> None:
    with Scripted() as server, asking(tmp_path, server.url) as run:
        answers(run, 10)
    for url in (server.url, ""):
        with asking(tmp_path, url, from_ledger=True) as run:
            made = answers(run, 15)
        assert [row["hint_error"] for row in made] == [None] * 10 + ["no_answer"] * 5
        assert {row["hint_detail"] for row in made[10:]} == {"no reply to it is recorded"}


def test_a_finished_run_needs_no_server(tmp_path: Path) -> None:
    with Scripted() as server, asking(tmp_path, server.url) as run:
        answers(run, 10)
    with asking(tmp_path, server.url, patience=0.5) as run:
        assert all(row["hint_error"] is None for row in answers(run, 10))


def test_the_budget_counts_what_is_under_way_and_ends_cleanly(tmp_path: Path) -> None:
    price = Price(input=0.0, output=1000.0)  # 0.005 dollars a reply of 5 tokens, 0.064 at the most
    with Scripted() as server:
        with pytest.raises(BudgetSpent, match=r"the budget of \$0\.2 is spent"):
            with asking(tmp_path, server.url, role={"price": price}, budget=0.2) as run:
                answers(run, 100)
        asked = len(server.calls)
        assert 20 <= asked <= 40
        with pytest.raises(BudgetSpent), asking(tmp_path, server.url, role={"price": price}, budget=0.2) as run:
            answers(run, 100)
        assert len(server.calls) == asked
        with asking(tmp_path, server.url, role={"price": price}, budget=9.0) as run:
            answers(run, 100)
        assert len(server.calls) == 100


def test_what_no_server_counted_is_estimated_in_the_next_run_too(tmp_path: Path) -> None:
    price = Price(input=0.0, output=1000.0)  # 0.005 dollars a reply of 20 characters, 0.064 at the most

    def uncounted(call: Call) -> Any:
        return reply(f"{call.text:<20}"[:20], prompt_tokens=None, completion_tokens=None)

    with Scripted(uncounted) as server:
        for _ in range(3):
            with pytest.raises(BudgetSpent), asking(tmp_path, server.url, role={"price": price}, budget=0.2) as run:
                answers(run, 100)
        assert 20 <= len(server.calls) <= 40


def test_the_hours_of_a_killed_run_count(tmp_path: Path) -> None:
    with Scripted() as server:
        with asking(tmp_path, server.url) as run:
            answers(run, 20)
        with sqlite3.connect(tmp_path / "ledger.sqlite") as ledger:
            # as a kill -9 leaves it: no end, and replies from an hour after its start
            ledger.execute("UPDATE runs SET started = '2026-01-01T10:00:00+00:00', ended = NULL, seconds = NULL")
            ledger.execute("UPDATE replies SET time = '2026-01-01T11:00:00+00:00'")
        with asking(tmp_path, server.url, role={"price": Price(gpu_hour=7.0)}) as run:
            answers(run, 20)
            assert run.purse.held == pytest.approx(7.0)


def test_replies_to_other_questions_are_not_in_this_runs_cost(tmp_path: Path) -> None:
    price = Price(input=0.0, output=1000.0)
    with Scripted() as server:
        with asking(tmp_path, server.url, role={"price": price}) as run:
            answers(run, 100)
        other = parse_prompt("hint", "---\nkind: test\n---\nSay differently: {{ text }}\n")
        with asking(tmp_path, server.url, role={"price": price}) as run:
            answers(run, 10, prompt=other)
            assert run.purse.held == 0 and run.purse.cost() == pytest.approx(0.05)
        with asking(tmp_path, server.url, role={"price": price}) as run:
            answers(run, 100)
            answers(run, 100)
            assert run.purse.held == pytest.approx(0.5) and run.purse.cost() == 0


def test_a_budget_without_a_price_is_refused(tmp_path: Path) -> None:
    with Scripted() as server, pytest.raises(UserError, match="no price"), asking(tmp_path, server.url, budget=1.0):
        pass
    assert not server.calls


def test_a_second_run_on_a_ledger_in_use_is_told_who_holds_it(tmp_path: Path) -> None:
    with Scripted() as server, asking(tmp_path, server.url):
        with pytest.raises(UserError, match=f"in use by process {os.getpid()}"), asking(tmp_path, server.url):
            pass
        assert Ledger(tmp_path / "ledger.sqlite").query("SELECT count(*) FROM replies") == [(0,)]


RUN = """
import sys
from pathlib import Path
from builders.commands import command
from tests.generation.asking import answers, asking, hint, rows
def main(argv):
    with asking(Path(argv[0]), argv[1]) as run:
        print(sum(row["hint_error"] is None for row in answers(run, int(argv[2]))), flush=True)
command(main)
"""


def _child(folder: Path, url: str, count: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), url, str(count)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


async def _slowly(call: Call) -> web.StreamResponse:
    await asyncio.sleep(0.05)
    return echo(call)


def test_after_a_kill_only_what_was_under_way_is_asked_again(tmp_path: Path) -> None:
    with Scripted(_slowly, slots=16) as server:
        for wanted in (50, 150, 300):
            child = _child(tmp_path, server.url, 400)
            while len(server.calls) < wanted and child.poll() is None:
                time.sleep(0.005)
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
        child = _child(tmp_path, server.url, 400)
        assert child.communicate(timeout=60)[0].strip().endswith("400")
        # 16 under way, and what had come within the last 50 ms, for each kill
        assert len(server.calls) <= 400 + 3 * 2 * 16


@pytest.mark.parametrize(
    ("quick", "room", "put_off"), [(-1.0, ahead.BUSY, True), (-1.0, 1, False), (2.0, ahead.BUSY, False)]
)
def test_rows_are_put_off_while_a_server_is_quick_and_there_is_room_for_more_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: float, room: int, put_off: bool
) -> None:
    async def soon(call: Call) -> web.StreamResponse:
        await asyncio.sleep(0.03)  # never idle, however long a busy machine takes for the next batch
        return echo(call)

    monkeypatch.setattr(engine, "QUICK", quick)
    monkeypatch.setattr(ahead, "BUSY", room)
    with Scripted(soon, slots=2) as server, asking(tmp_path, server.url) as run:
        made = iter(ask(rows(70, stream=True), hint(run)))
        assert next(made)["id"] == "0"
        assert (len(server.calls) == 70) is put_off
        assert len(list(made)) == 69


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_keeps_what_is_under_way_and_exits_130(tmp_path: Path, number: signal.Signals) -> None:
    with Scripted(_slowly, slots=8) as server:
        child = _child(tmp_path, server.url, 1000)
        while len(server.calls) < 50:
            time.sleep(0.01)
        os.kill(child.pid, number)
        _, errors = child.communicate(timeout=30)
        assert child.returncode == 130, errors
        assert "the same command goes on" in errors
        time.sleep(0.2)
        assert Ledger(tmp_path / "ledger.sqlite").query("SELECT count(*) FROM replies") == [(len(server.calls),)]


def test_a_process_that_stood_still_loses_no_reply_that_came_meanwhile(tmp_path: Path) -> None:
    async def script(call: Call) -> web.StreamResponse:
        import asyncio

        await asyncio.sleep(1)
        return echo(call)

    with Scripted(script, slots=8) as server:
        program = RUN.replace("argv[1])", "argv[1], deadline=2.0)")
        command = [sys.executable, "-c", program, str(tmp_path), server.url, "24"]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while len(server.calls) < 8:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGSTOP)
        time.sleep(4)
        os.kill(child.pid, signal.SIGCONT)
        said, errors = child.communicate(timeout=30)
        assert said.strip().endswith("24"), errors
        assert len(server.calls) == 24


def test_two_signals_leave_at_once(tmp_path: Path) -> None:
    async def script(call: Call) -> web.StreamResponse:
        import asyncio

        await asyncio.sleep(20)
        return echo(call)

    with Scripted(script, slots=8) as server:
        child = _child(tmp_path, server.url, 100)
        while len(server.calls) < 8:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGINT)
        time.sleep(0.5)
        assert child.poll() is None
        os.kill(child.pid, signal.SIGINT)
        child.communicate(timeout=10)
        assert child.returncode == 130
