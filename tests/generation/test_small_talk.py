"""What the rehearsal answers to a doctor: as long as it is asked to be, and nothing of the kind in a passage."""

from random import Random

import pytest

from generation.doctor_honours import COUNT, DRAW, ORDER, SUM, WORD
from generation.doctor_speed import LONG
from generation.small_talk import in_words, small_talk
from generation.tgi_requests import TOKEN, Limits, read_chat

NUMBERS = {
    0: "zero",
    13: "thirteen",
    20: "twenty",
    21: "twenty-one",
    100: "one hundred",
    342: "three hundred and forty-two",
}


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_told_in_words(number: int) -> None:
    assert in_words(number) == NUMBERS[number]


def test_what_is_to_be_long_is_longer_than_it_may_be() -> None:
    assert len(small_talk(COUNT, Random(0)) or "") > LONG * TOKEN


def test_what_is_drawn_is_another_thing_with_another_draw() -> None:
    assert small_talk(DRAW, Random(0)) == small_talk(DRAW, Random(0)) != small_talk(DRAW, Random(1))


@pytest.mark.parametrize("text", [COUNT, DRAW, ORDER, SUM])
def test_a_passage_about_it_is_no_order(text: str) -> None:
    assert small_talk(f"Write a dialogue about this passage.\n\n{text}", Random(0)) is None


def test_a_system_message_comes_before_what_is_asked() -> None:
    messages = [{"role": "system", "content": ORDER}, {"role": "user", "content": SUM}]
    asked = read_chat(f'{{"messages": {messages}}}'.replace("'", '"').encode(), Limits())
    assert small_talk(asked.text, Random(0)) == WORD.capitalize()
