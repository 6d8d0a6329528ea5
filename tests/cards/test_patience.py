"""What may pass is tried again until failing and waiting took too long; the rest ends at once."""

import time
from collections.abc import Callable

import pytest

from builders.errors import UserError, WorldError
from cards import patience
from cards.patience import Passing, again


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PAUSE", 0.01)


def failing(times: int, seconds: float = 0.0, after: float | None = None) -> tuple[Callable[[], int], list[float]]:
    """What fails so often, after so long, and then says how often it was tried; and when it was tried."""
    tries: list[float] = []

    def do() -> int:
        tries.append(time.monotonic())
        if len(tries) <= times:
            time.sleep(seconds)
            raise Passing("the Hub answered 503", after)
        return len(tries)

    return do, tries


def test_what_passes_is_tried_again_with_longer_pauses() -> None:
    do, tries = failing(4)
    assert again(do, "me/mind", 5) == 5
    assert tries[4] - tries[3] >= 0.04 and tries[4] - tries[0] < 2


def test_the_hub_says_how_long_a_pause_is() -> None:
    do, tries = failing(1, after=0.3)
    assert again(do, "me/mind", 5) == 2 and tries[1] - tries[0] >= 0.3


def test_when_patience_is_over_a_sentence_says_what_to_do() -> None:
    do, tries = failing(1000)
    with pytest.raises(WorldError, match="me/mind is not published: the Hub answered 503.* the same command goes on"):
        again(do, "me/mind", 0.2)
    assert 2 < len(tries) < 30


def test_what_took_long_before_it_failed_was_no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "SILENCE", 0.01)
    do, _ = failing(2, seconds=0.3)
    assert again(do, "me/mind", 0.25) == 3


def test_what_trying_again_does_not_change_ends_at_once() -> None:
    tries = []

    def do() -> None:
        tries.append(1)
        raise UserError("no")

    with pytest.raises(UserError, match="no"):
        again(do, "me/mind", 5)
    assert tries == [1]
