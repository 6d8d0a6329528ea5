"""What the doctor says of servers that ignore or refuse something that they are sent, over real HTTP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from generation import doctor_asking
from generation.dialects import Answer
from generation.doctor_honours import middle, stop
from tests.generation.doctoring import ALL, STYLE, ask, findings, serving, words, write
from tests.scripted import Call, Handler, reply


@pytest.mark.parametrize(("name", "code"), [("", 0), ("max_tokens", 1), ("seed", 0), ("stop", 0), ("system", 0)])
def test_what_a_server_ignores_is_named_and_nothing_else(tmp_path: Path, name: str, code: int) -> None:
    with serving(lambda call: write(call, without=name)) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=code)
    assert words(said) == {**ALL, **({name: "ignored"} if name else {})}
    assert [name in one["says"] for one in said["findings"]] == [True] * bool(name)


def refusing(what: Callable[[Call], bool], status: int = 400) -> Handler:
    return lambda call: web.json_response({"error": "not that"}, status=status) if what(call) else write(call)


def system(call: Call) -> bool:
    return call.body["messages"][0]["role"] == "system"


@pytest.mark.parametrize(
    ("what", "status", "name", "code"),
    [
        (system, 400, "system", 0),
        (system, 500, "system", 0),
        (lambda call: "stop" in call.body, 422, "stop", 0),
        (lambda call: "seed" in call.body, 400, "seed", 1),
    ],
    ids=["system", "a template that raises", "stop", "seed"],
)
def test_what_a_server_refuses_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: Any, status: int, name: str, code: int
) -> None:
    monkeypatch.setattr(doctor_asking, "PAUSE", 0.01)
    with serving(refusing(what, status)) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=code)
    assert words(said)[name] == "refused"
    others = {word for other, word in words(said).items() if other != name}
    assert others == ({"cannot tell"} if name == "seed" else {"honoured"})


def test_one_reply_to_everything_tells_nothing_of_stop_and_all_of_seed(tmp_path: Path) -> None:
    with serving(lambda call: reply("Seven.", completion_tokens=2)) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=1)
    assert words(said) == {"max_tokens": "cannot tell", "seed": "ignored", "stop": "cannot tell", "system": "ignored"}
    assert "samples of one question are all the same" in findings(said, "check")
    assert "debate: no reply of 2 could be used" in findings(said, "check")


def test_a_server_that_cuts_and_calls_it_an_end_is_told_of(tmp_path: Path) -> None:
    with serving(lambda call: write(call, cut="stop")) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url, code=1)
    assert words(said)["max_tokens"] == "honoured"
    assert "cut replies would pass for whole" in findings(said, "check")


@pytest.mark.parametrize("info", [True, False], ids=["TGI", "chat only"])
def test_both_kinds_of_server_are_known(tmp_path: Path, info: bool) -> None:
    with serving(info=info) as server:
        said = ask(tmp_path, *STYLE, "--endpoints", server.url)
    assert words(said) == ALL
    assert said["servers"][0]["revision"] == ("aaaa" if info else None)


def test_generate_has_other_names_for_what_it_honours(tmp_path: Path) -> None:
    file = tmp_path / "recipe.yaml"
    file.write_text("generator: {dialect: generate, endpoints: [rehearsal]}\n")
    said = ask(tmp_path, *STYLE, "--config", str(file))
    assert words(said) == ALL


STOPPED = {
    "before the word": ("one, two, three,", "honoured"),
    "behind it, as TGI does": ("one, two, three, four", "honoured"),
    "later": ("one, two, three, four, five", "ignored"),
    "never at all": ("", "cannot tell"),
    "elsewhere": ("1, 2, 3", "cannot tell"),
}


@pytest.mark.parametrize("name", STOPPED)
def test_where_a_reply_ended_tells_whether_it_stopped(name: str) -> None:
    text, word = STOPPED[name]
    found = stop("one, two, three, four, five, six", "four", Answer(text, None, "stop", 3, 3))
    assert found.word == word


def test_a_word_to_stop_at_stands_in_the_middle_for_the_first_time() -> None:
    assert middle("one two three two three four five six seven") == "four"
    assert middle("yes") is None and middle("") is None
