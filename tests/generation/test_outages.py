"""What goes wrong between the rehearsal and its client, as a plain client sees it."""

import asyncio
import json
import time

import pytest

from generation.rehearsal import Rehearsal, rehearse
from tests.generation.rehearsing import QUESTION, bodies, contents, gathered, get


@pytest.mark.parametrize(
    ("outage", "status", "words"),
    [
        ("overloaded", 429, "overloaded"),
        ("retry_after", 429, "overloaded"),
        ("unavailable", 503, "Unavailable"),
        ("reset", 0, "ClientOSError|ServerDisconnectedError|ConnectionResetError"),
        ("half", 0, "ClientPayloadError"),
        ("empty", 200, '"content":""'),
        ("garbage", 200, ""),
    ],
)
def test_an_outage_is_what_it_says(outage: str, status: int, words: str) -> None:
    with rehearse(Rehearsal(port=0, outages=f"{outage}=1")) as url:
        replies = asyncio.run(gathered(url, bodies(6)))
        stream = {"messages": QUESTION, "stream": True, "max_tokens": 9}
        streamed = asyncio.run(gathered(url, [stream]))
        assert get(f"{url}/health")[0] == 200
    for got, text, headers in replies:
        assert got == status and any(word in text for word in words.split("|"))
        assert ("Retry-After" in headers) is (outage == "retry_after")
        if outage == "garbage":
            with pytest.raises(ValueError):
                json.loads(text)
    assert streamed[0][0] in (status, 200)


def test_an_outage_belongs_to_an_attempt_and_not_to_a_question() -> None:
    asked = bodies(30)
    with rehearse(Rehearsal(port=0, faults="0", outages="0")) as url:
        good = contents(asyncio.run(gathered(url, asked)))
    with rehearse(Rehearsal(port=0, faults="0", outages="overloaded=0.2,unavailable=0.2,reset=0.2")) as url:
        left, made = dict(enumerate(asked)), {}
        for _ in range(40):
            replies = asyncio.run(gathered(url, list(left.values())))
            for number, (status, text, _) in zip(list(left), replies, strict=True):
                if status == 200:
                    made[number] = json.loads(text)["choices"]
                    del left[number]
    assert not left
    assert [made[number] for number in range(30)] == good


def test_a_slow_answer_is_the_same_answer() -> None:
    asked = bodies(4)
    with rehearse(Rehearsal(port=0, faults="0", outages="0")) as url:
        good = contents(asyncio.run(gathered(url, asked)))
    with rehearse(Rehearsal(port=0, faults="0", outages="slow=1")) as url:
        start = time.monotonic()
        assert contents(asyncio.run(gathered(url, asked))) == good
        assert 1.0 <= time.monotonic() - start < 5.0


def test_silence_lasts_until_the_client_goes() -> None:
    with rehearse(Rehearsal(port=0, faults="0", outages="silence=1")) as url:
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(gathered(url, bodies(2)), 0.5))
        assert get(f"{url}/health")[0] == 200
