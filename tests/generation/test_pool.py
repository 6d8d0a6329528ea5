"""Several servers of one model: their slots are kept busy whatever becomes of one of them, and no row is lost."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from builders.errors import UserError, WorldError
from generation.dialects import Answer
from generation.pool import Pool
from generation.recipes import Common, Role, Sampling
from generation.run import running
from generation.servers import Transient
from generation.transport import Question
from tests.generation.asking import answers
from tests.generation.virtual import Played, busy, lengths, play
from tests.scripted import Call, Scripted, echo, reset


def test_three_servers_are_kept_busy_while_one_dies_one_refuses_and_one_turns_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = [
        Played("dies", 96, 96, dead=(6.0, 12.0)), Played("refuses", 40, strict=True), Played("slow", 64, 64, slow=12.0),
    ]  # fmt: skip
    done, failed = play(monkeypatch, played, lengths(6000))
    assert not failed and len(done) == 6000 and all(outcome.reason is None for outcome in done)
    assert sum(server.refused for server in played) < 0.01 * sum(server.requests for server in played)
    assert busy(played) >= 0.97
    assert any(began > 12.0 for began, _, _ in played[0].asked)


@pytest.mark.parametrize("limit", [20, 40, 100, 128, 200])
def test_a_limit_that_no_server_tells_is_found(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    played = [Played("refuses", limit, strict=True)]
    done, _ = play(monkeypatch, played, lengths(40 * limit))
    assert all(outcome.reason is None for outcome in done)
    assert played[0].refused < 0.01 * played[0].requests and busy(played) >= 0.97


def test_one_that_is_far_away_is_not_flooded_before_it_can_say_that_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    played = [Played("refuses", 40, strict=True, far=0.05)]
    done, _ = play(monkeypatch, played, lengths(2000))
    assert all(outcome.reason is None for outcome in done)
    assert played[0].refused < 0.01 * played[0].requests


def test_a_server_that_comes_back_is_asked_a_second_later(monkeypatch: pytest.MonkeyPatch) -> None:
    played = [Played("sound", 8, 8), Played("dies", 8, 8, dead=(5.0, 45.0))]
    play(monkeypatch, played, lengths(900))
    assert min(began for began, _, _ in played[1].asked if began > 45.0) < 46.5


def test_a_server_that_fails_at_once_is_only_tried_now_and_then_and_used_again_once_it_is_mended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wrong(now: float) -> None:
        if now < 60.0:
            raise Transient("500")

    played = [Played("sound", 32, 32), Played("fails", 32, 32, wrong=wrong)]
    done, _ = play(monkeypatch, played, lengths(3200), deadline=60.0)
    assert all(outcome.reason is None for outcome in done)
    assert played[1].requests - len(played[1].asked) < 300
    assert len(played[1].asked) > 200


def test_what_is_under_way_at_a_server_that_is_gone_is_asked_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    played = [Played("sound", 32, 32), Played("hangs", 32, 32, hung=(10.0, 300.0))]
    done, _ = play(monkeypatch, played, lengths(3000), deadline=60.0)
    assert len(done) == 3000 and all(outcome.reason is None for outcome in done)


def test_what_is_moved_before_it_is_sent_is_asked_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    away, stays = Played("away", 4), Played("stays", 4)
    done, _ = play(monkeypatch, [away, stays], lengths(20), at_once=lambda pool: pool.move(pool.servers[0]))
    assert len(done) == 20 and all(outcome.answer for outcome in done)


def test_what_is_dropped_before_it_is_sent_takes_no_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[Pool] = []

    def drop(pool: Pool) -> None:
        held.append(pool)
        pool.stop(at_once=True)
        pool.loop.call_later(1.0, pool.told.fail, WorldError("over"), 0.0)

    play(monkeypatch, [Played("drops", 4)], lengths(20), at_once=drop)
    assert not held[0].under_way and held[0].servers[0].under_way == 0


class _Late(Played):
    """Fails in the very moment in which a deadline of a second is seen to be over, and then says nothing."""

    async def reply(self, now: Callable[[], float], question: Question) -> Answer:
        self.requests += 1
        await asyncio.sleep(1.25 + 1e-10 - now() if self.requests == 1 else 1e6)  # in one turn of the loop
        raise Transient("500")


def test_what_fails_while_its_deadline_ends_it_is_not_asked_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    done, _ = play(monkeypatch, [_Late("late", 4)], [("question", 1.0)], deadline=1.0)
    assert [outcome.reason for outcome in done] == ["no_answer"]


def test_retry_after_pauses_its_server_alone_and_not_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(now: float) -> None:
        if now < 1.0:
            raise Transient("429", after=120.0, busy=True)

    played = [Played("sound", 4, 4), Played("asks to wait", 4, 4, wrong=wrong)]
    done, _ = play(monkeypatch, played, [("a", 0.5)] * 40, deadline=30.0)
    assert all(outcome.reason is None for outcome in done) and not played[1].asked


def test_what_was_learnt_of_a_server_is_forgotten_when_it_was_down(monkeypatch: pytest.MonkeyPatch) -> None:
    played = [Played("refuses", 20, strict=True, dead=(20.0, 24.0)), Played("sound", 8, 8)]

    def wrong(now: float) -> None:
        played[0].slots = 20 if now < 22.0 else 60

    played[0].wrong = wrong
    play(monkeypatch, played, lengths(2400))
    assert max(_at_once(played[0], 0.0, 20.0)) <= 20 and max(_at_once(played[0], 26.0, 30.0)) > 50


def _at_once(server: Played, since: float, until: float) -> list[int]:
    asked = [(began, ended) for began, ended, _ in server.asked if since <= began < until]
    return [sum(began <= now < ended for began, ended in asked) for now, _ in asked]


def test_of_servers_as_busy_as_each_other_what_begins_alike_goes_to_the_same_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    played = [Played("one", 8, 8), Played("two", 8, 8), Played("three", 8, 8)]
    texts = [f"prompt {number % 7}" for number in range(2100)]
    draw = lengths(2100)
    play(monkeypatch, played, [(text, seconds) for text, (_, seconds) in zip(texts, draw, strict=True)])
    assert busy(played) >= 0.97
    homes = [max(sum(asked == text for _, _, asked in s.asked) for s in played) / 300 for text in set(texts)]
    assert sum(homes) / 7 > 0.6  # a third by chance, and seven prompts cannot be shared out evenly


def test_the_server_with_least_under_way_is_asked_first(monkeypatch: pytest.MonkeyPatch) -> None:
    played = [Played("one", 64, 64), Played("two", 64, 64)]
    play(monkeypatch, played, [("a", 1.0)] * 40)
    assert [len(server.asked) for server in played] == [20, 20]


def _several(folder: Path, *urls: str, **options: Any) -> Any:
    said = Role(sampling=Sampling(max_tokens=64))
    common = Common(endpoints=[*urls], ledger=str(folder / "ledger.sqlite"), output=str(folder / "out"), **options)
    return running({"generator": said}, common, {"generator": ["hint"]}, "tests")


def test_one_that_comes_back_as_another_model_is_named_and_the_others_go_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def script(call: Call) -> Any:
        if call.number == 10:
            other.healthy, other.sha = False, "bbbb"
            threading.Timer(0.5, lambda: setattr(other, "healthy", True)).start()
        return echo(call) if other.sha == "aaaa" else reset(call)

    def slowly(call: Call) -> Any:
        time.sleep(0.05)
        return echo(call)

    with Scripted(slowly, slots=2) as sound, Scripted(script, slots=4) as other:
        with _several(tmp_path, sound.url, other.url) as run:
            assert all(row["hint_error"] is None for row in answers(run, 80))
        assert f"{other.url} came back as tests/echo at revision bbbb" in capsys.readouterr().err


def test_a_server_restarted_at_once_as_another_model_answers_nothing(tmp_path: Path) -> None:
    def script(call: Call) -> Any:
        if call.number == 10:
            server.sha = "bbbb"  # as quickly as a supervisor does: it is well again before anybody asks
            return reset(call)
        return echo(call)

    with Scripted(script, slots=1) as server:
        with pytest.raises(UserError, match="came back as tests/echo at revision bbbb"):
            with _several(tmp_path, server.url) as run:
                answers(run, 40)
        assert len(server.calls) == 11


def test_a_server_that_nobody_has_met_may_come_later(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Scripted(info=False) as first:
        port = first.port
    late = Scripted(slots=4)
    late.port = port

    def script(call: Call) -> web.Response:
        if call.number == 5:
            late.__enter__()
        time.sleep(0.03)
        return echo(call)

    with Scripted(script, slots=1) as sound:
        with _several(tmp_path, sound.url, f"http://127.0.0.1:{port}") as run:
            assert all(row["hint_error"] is None for row in answers(run, 200))
        late.__exit__()
    assert late.calls and f":{port} cannot be reached" in capsys.readouterr().err
