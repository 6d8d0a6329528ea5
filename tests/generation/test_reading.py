"""Replies as models write them, and what the reader makes of each.

The cases stand in `replies.txt`: a title, the turns that should come out (` ... ` stands for anything between) or the
reason why none do, and after `~~~` the reply.
"""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import Unreadable
from generation.reading import gap, read_dialogue

TEACHING = {"speakers": [{"name": "Teacher", "knows": "all"}, {"name": "Student", "knows": "some"}]}
REPHRASE: dict[str, Any] = {"description": "prose"}


def cases() -> list[Any]:
    """(front matter, expected lines, reply), with its title as the test's name."""
    found = []
    for block in (Path(__file__).parent / "replies.txt").read_text(encoding="utf-8").split("=====| ")[1:]:
        head, _, reply = block.partition("\n~~~\n")
        title, *expected = head.split("\n")
        front = TEACHING
        if expected[0].startswith("speakers: "):
            names = expected.pop(0).removeprefix("speakers: ").split(", ")
            front = {"speakers": [{"name": name, "knows": "all"} for name in names]}
        found.append(pytest.param(front, expected, reply.removesuffix("\n"), id=title))
    return found


CASES = cases()


@pytest.mark.parametrize(("front", "expected", "reply"), CASES)
def test_a_reply_is_read_as_it_is_meant(front: dict[str, Any], expected: list[str], reply: str) -> None:
    if expected[0] in ("unreadable", "refusal"):
        with pytest.raises(Unreadable) as caught:
            read_dialogue(reply, front)
        assert caught.value.reason == expected[0]
        assert caught.value.detail
        return
    read = read_dialogue(reply, front)
    assert len(read["turns"]) == len(expected), read["turns"]
    for turn, line in zip(read["turns"], expected, strict=True):
        name, _, words = line.removeprefix("- ").partition(": ")
        assert turn["speaker"] == name.strip()
        pattern = r"[\s\S]*".join(re.escape(part).replace(r"\ ", r"\s+") for part in words.split(" ... "))
        assert re.fullmatch(pattern, turn["text"]), turn["text"]
    assert read["text"] == "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in read["turns"])


def test_there_are_more_than_180_replies() -> None:
    assert len(CASES) > 180


@pytest.mark.parametrize(
    ("front", "expected", "reply"), [case for case in CASES if str(case.values[1][0]).startswith("- ")]
)
def test_what_was_read_is_read_the_same_again(front: dict[str, Any], expected: list[str], reply: str) -> None:
    text = read_dialogue(reply, front)["text"]
    if len(expected) > 1:
        assert read_dialogue(f"<dialogue>\n{text}\n</dialogue>", front)["text"] == text


PROSE = [
    ("Primes have two divisors.", "Primes have two divisors."),
    ("<text>\nPrimes: two divisors.\n\nNote: one has one.\n</text>", "Primes: two divisors.\n\nNote: one has one."),
    ("Sure, here is the passage in other words:\n\nPrimes have two divisors.", "Primes have two divisors."),
    ("**Rephrased passage:**\n\nPrimes have two divisors.", "Primes have two divisors."),
    ("<think>two?</think><text>Primes have two divisors.</text>", "Primes have two divisors."),
    ("```\nPrimes have two divisors.\n```", "Primes have two divisors."),
    ("Primes have two divisors.\n\nI hope this helps!", "Primes have two divisors."),
    ("Here is a fact. Primes have two divisors.\n", "Here is a fact. Primes have two divisors."),
    ("Surely primes have two divisors.", "Surely primes have two divisors."),
]


@pytest.mark.parametrize(("reply", "text"), PROSE)
def test_a_rephrasing_is_its_text_without_turns(reply: str, text: str) -> None:
    assert read_dialogue(reply, REPHRASE) == {"turns": [], "text": text}


@pytest.mark.parametrize("reply", ["", " \n", "<text>\n</text>", "<think>never ends"])
def test_an_empty_rephrasing_is_unreadable(reply: str) -> None:
    with pytest.raises(Unreadable, match="unreadable"):
        read_dialogue(reply, REPHRASE)


def test_a_rephrasing_that_declines_is_a_refusal() -> None:
    with pytest.raises(Unreadable, match="refusal"):
        read_dialogue("I'm sorry, but I can't help with that.", REPHRASE)


def test_a_turn_of_two_thousand_words_is_one_turn() -> None:
    long = "\n\n".join(f"Step {i}: we add {i} to the sum. Note: it is then {i * (i + 1) // 2}." for i in range(1, 201))
    read = read_dialogue(f"Teacher: {long}\n\nStudent: I see.", TEACHING)
    assert [turn["text"] for turn in read["turns"]] == [long, "I see."]


def test_lone_surrogates_become_readable() -> None:
    assert read_dialogue("Teacher: a\ud800b\n\nStudent: c", TEACHING)["turns"][0]["text"] == "a\ufffdb"


HUGE = {
    "newlines": "\n" * 1_000_000,
    "spaces": "Teacher: a\nStudent: b" + " " * 1_000_000,
    "rules": "Teacher: a\n" + "---\n" * 250_000,
    "headings": "Teacher: a\nStudent: b\n" + "# x\n" * 250_000,
    "labels": "Teacher: a\n" * 90_000,
    "turns": "Teacher: a\n\nStudent: b\n\n" * 40_000,
    "neighbours": "Student: b\n" + "Teacher: a\n" * 90_000 + "Student: c",
    "other names": "Alice: a\nBob: b\n" * 60_000,
    "markers": "<dialogue>" * 100_000,
    "marker lines": "<dialogue>\n" * 90_000,
    "halves of markers": "<dialogue <" * 90_000,
    "thinking": "<think>" * 140_000,
    "thoughts": "<think></think>" * 66_000 + "Teacher: a\n\nStudent: b",
    "fences": "Teacher: a\n" + "```\n" * 250_000,
    "fences in fences": "```a\n" * 200_000,
    "stars": "*" * 1_000_000,
    "bold lines": "**A**\n" * 160_000,
    "brackets": "[(" * 500_000,
    "one line": "Teacher: a. Student: b. " * 40_000,
    "one word": "a" * 1_000_000,
    "colons": "a:" * 500_000,
    "spaced blank lines": "Teacher: a" + "\n          " * 90_000 + "x",
    "tags": "Teacher: a\n<p>\n" + "<br>" * 200_000,
    "ends of tags": "Teacher: a\n" + "".join(f"</a{i}><a{i}>" for i in range(70_000)),
    "tags that say who speaks": "<turn speaker='A'>" * 50_000 + "</turn>",
    "keys": "Speaker: A\nText:\n" * 50_000,
    "small names": "ann: a b c d e\nbob: a b c d e\n" * 30_000,
    "ends of templates": "Teacher: a" + "<|im_end|> " * 90_000,
    "excuses": "sorry " * 160_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_a_megabyte_of_anything_is_read_in_seconds(name: str) -> None:
    started = time.process_time()
    for front in (TEACHING, REPHRASE):
        try:
            read_dialogue(HUGE[name], front)
        except Unreadable as problem:
            assert problem.reason == "unreadable"
    assert time.process_time() - started < 8


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("TS: \n*_#[]()<>/`dialogue-think1.$\\é：—"), max_size=200))
def test_any_text_is_read_or_unreadable(text: str) -> None:
    for front in (TEACHING, REPHRASE):
        try:
            read = read_dialogue(text, front)
        except Unreadable as problem:
            assert problem.reason in ("unreadable", "refusal")
        else:
            assert read["text"].strip()
            assert all(turn["speaker"] and turn["text"] for turn in read["turns"])


PLAIN = st.text(
    alphabet=st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters=":：∶`<"), min_size=1, max_size=60
)


@settings(max_examples=200, deadline=None)
@given(st.lists(PLAIN.map(lambda text: f"so {text.strip()} x"), min_size=2, max_size=8))
def test_a_dialogue_in_the_form_that_was_asked_for_is_read_word_for_word(texts: list[str]) -> None:
    turns = [{"speaker": ("Teacher", "Student")[i % 2], "text": text} for i, text in enumerate(texts)]
    reply = "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in turns)
    assert read_dialogue(f"<dialogue>\n{reply}\n</dialogue>", TEACHING) == {"turns": turns, "text": reply}


GAPS = [
    (("all", "all"), "none"),
    (("nothing", "nothing"), "none"),
    (("some", "some"), "none"),
    (("all", "most"), "partial"),
    (("some", "all"), "partial"),
    (("nothing", "some"), "partial"),
    (("nothing", "most"), "large"),
    (("all", "nothing"), "large"),
    (("some", "all", "nothing"), "large"),
]


@pytest.mark.parametrize(("knows", "expected"), GAPS)
def test_the_gap_follows_from_what_each_speaker_knows(knows: tuple[str, ...], expected: str) -> None:
    assert gap({"speakers": [{"name": str(i), "knows": word} for i, word in enumerate(knows)]}) == expected


def test_where_nobody_speaks_there_is_no_gap() -> None:
    assert gap(REPHRASE) is None
