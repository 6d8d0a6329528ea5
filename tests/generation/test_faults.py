"""Planted faults: one kind for each reason that a reply can give, and each is what it says it is."""

import re
from random import Random

import pytest

from builders.errors import UserError
from builders.reasons import MIND
from builders.tokens import load_tokenizer
from generation.answer_faults import SOLVED_ROWS
from generation.faults import ROWS, Reply
from generation.material import balanced, material
from generation.outages import OUTAGES, RARE
from generation.phrases import ENGLISH
from generation.prompts import load_prompt
from generation.scripted import QUOTED, Script, fault_rates, pick, read_rates, reply_to

PASSAGE = " ".join(
    f"Let $x_{n} = {n}k + 1$ for a natural number $k$. Then the square of it is $x_{n}^2 = {n * n}k^2 + {2 * n}k + 1$, "
    f"and this leaves the remainder one when it is divided by {n}."
    for n in range(2, 14)
)
SHORT = (
    "A prime has exactly two divisors. The number $6$ has four of them, so it is no prime. Every prime above two is odd, "
    "since an even number is divisible by two, and then it has a third divisor."
)


def message(passage: str, style: str = "teacher_student") -> str:
    return load_prompt(style).messages({"text": passage})[0]["content"]


def script(rates: dict[str, float]) -> Script:
    return Script({"dialogue": rates})


def spoilt(fault: str, number: int, passage: str = PASSAGE, style: str = "teacher_student") -> Reply:
    return reply_to(message(passage, style), script({fault: 1.0}), Random(number * 7919))


def turns_of(reply: Reply) -> list[tuple[str, str]]:
    body = reply.text.removeprefix("<dialogue>\n").removesuffix("\n</dialogue>")
    parts = re.split(r"(?:^|\n\n)(Teacher|Student): ?", body)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def test_every_reason_that_a_reply_can_give_is_planted() -> None:
    assert {*ROWS, *SOLVED_ROWS, QUOTED} == set(MIND) - {"bad_row", "no_answer", "not_verified"}


def test_an_item_of_a_benchmark_is_quoted_only_where_that_is_asked_for_by_name() -> None:
    items = [f"How many of the {n} numbers from one to {n} are squares, and how many are cubes?" for n in range(50, 60)]
    rates = fault_rates("0.3,contaminated=0.1")
    assert (
        QUOTED in rates["dialogue"] and QUOTED not in rates["retold"] and QUOTED not in fault_rates("0.3")["dialogue"]
    )
    for number in range(40):
        reply = reply_to(message(PASSAGE), Script({"dialogue": {QUOTED: 1.0}}, borrowed=tuple(items)), Random(number))
        assert reply.fault == QUOTED and sum(item in reply.text for item in items) == 1


@pytest.mark.parametrize("fault", ROWS)
@pytest.mark.parametrize("style", ["teacher_student", "two_professors"])
def test_a_fault_asked_for_is_planted_and_said(fault: str, style: str) -> None:
    replies = [spoilt(fault, number, style=style) for number in range(40)]
    assert {reply.fault for reply in replies} == {fault}
    assert {reply.status == 200 for reply in replies} == {fault != "refused"}
    assert {reply.finish for reply in replies} == {"length" if fault == "cut" else "stop"}
    assert spoilt(fault, 3) == spoilt(fault, 3)
    if fault != "duplicate":
        assert len({reply.text for reply in replies}) > 4, "faults of one kind come in many forms"


def test_a_cut_reply_has_no_end() -> None:
    for number in range(40):
        assert "</dialogue>" not in spoilt("cut", number).text


def test_what_is_too_short_is_under_50_tokens_by_any_count() -> None:
    for number in range(40):
        assert len(re.findall(r"\w+|[^\w\s]", spoilt("too_short", number).text.removesuffix("</dialogue>")[10:])) < 40


def test_few_turns_are_two() -> None:
    for number in range(40):
        turns = turns_of(spoilt("few_turns", number))
        assert [name for name, _ in turns] == ["Student", "Teacher"]
        assert sum(len(text.split()) for _, text in turns) > 60


def test_one_speaker_alone_says_something() -> None:
    for number in range(40):
        turns = turns_of(spoilt("one_speaker", number))
        assert len(turns) >= 6
        assert len({name for name, text in turns if text.strip()}) == 1


def test_a_loop_says_the_same_many_times() -> None:
    for number in range(40):
        words = spoilt("loop", number).text.split()
        pairs = list(zip(words, words[1:], words[2:], strict=False))
        assert len(set(pairs)) < 0.6 * len(pairs)


def test_a_copy_holds_next_to_nothing_of_its_own() -> None:
    bare = " ".join(PASSAGE.split())
    for number in range(40):
        turns = turns_of(spoilt("copied", number))
        copied = sum(len(s) for s in re.split(r"(?<=[.]) ", " ".join(text for _, text in turns)) if s in bare)
        assert copied > 0.85 * sum(len(text) for _, text in turns)


def test_another_language_is_none_of_the_passages_words() -> None:
    for number in range(40):
        book = material(" ".join(text for _, text in turns_of(spoilt("language", number))[1:])).book
        assert book is not None and book is not ENGLISH


def test_broken_mathematics_does_not_balance() -> None:
    for number in range(40):
        reply = spoilt("mathematics", number)
        assert not balanced(reply.text)
        assert reply.text.endswith("</dialogue>")


def test_what_leaks_stands_inside_the_dialogue() -> None:
    words = re.compile(
        r"instruct|prompt|rules|task|\btold\b|\basked to\b|format|only source|delimiter|speaker", re.IGNORECASE
    )
    for number in range(40):
        text = spoilt("prompt_leak", number).text
        rules = [line for line in message(PASSAGE).splitlines() if len(line) >= 40 and line.removeprefix("- ") in text]
        assert words.search(text) or rules


@pytest.mark.parametrize(("passage", "low", "high"), [(PASSAGE, 0.0, 0.25), (SHORT, 9.0, 20.0)])
def test_proportion_is_far_from_the_passages_length(passage: str, low: float, high: float) -> None:
    for number in range(20):
        reply = spoilt("proportion", number, passage)
        turns = turns_of(reply)
        assert reply.fault == "proportion"
        assert len(turns) >= 6 and len({text for _, text in turns}) == len(turns)
        assert low <= sum(len(text) for _, text in turns) / len(passage) <= high
        assert load_tokenizer(None).count([reply.text])[0] >= 60, "it is not too short"


def test_a_stock_reply_is_the_same_for_every_passage() -> None:
    texts = {spoilt("duplicate", n, f"{PASSAGE} The end is $e_{n}$.").text for n in range(10)}
    assert len(texts) == 1


def test_a_passage_that_is_no_ground_for_a_fault_gets_another_one_or_none() -> None:
    assert spoilt("copied", 1, "One.").fault is None
    assert spoilt("proportion", 1, "One.").fault is None
    assert spoilt("few_turns", 1, style="rephrase").fault is None
    both = reply_to(message("One."), script({"copied": 0.999, "cut": 0.001}), Random(1))
    assert both.fault == "cut"


def test_where_the_teacher_does_not_speak_the_language_the_truth_says_so() -> None:
    arabic = "مجموع عددين زوجيين هو عدد زوجي ولذلك يقبل القسمة على اثنين"
    assert reply_to(message(arabic), Script(), Random(1)).fault == "language"
    assert reply_to(message(PASSAGE), Script(), Random(1)).fault is None


@pytest.mark.parametrize(
    "fault", [fault for fault in ROWS if fault not in ("unreadable", "few_turns", "one_speaker", "duplicate")]
)
def test_a_rephrasing_has_the_faults_that_it_can_have(fault: str) -> None:
    reply = spoilt(fault, 2, style="rephrase")
    assert reply.fault == fault
    if fault not in ("cut", "refused", "refusal"):
        assert reply.text.startswith("<text>\n") and reply.text.endswith("\n</text>")


def test_faults_come_at_their_rate_and_evenly() -> None:
    rates = Script(fault_rates("0.28"))
    asked = message(PASSAGE)
    planted = [reply_to(asked, rates, Random(number)).fault for number in range(6000)]
    counts = {fault: planted.count(fault) for fault in ROWS}
    assert 0.26 < 1 - planted.count(None) / 6000 < 0.30
    assert min(counts.values()) > 80 and max(counts.values()) < 170


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", {"cut": 0.0, "loop": 0.0}),
        ("0.5", {"cut": 0.25, "loop": 0.25}),
        ("cut=0.1", {"cut": 0.1}),
        ("cut=0.1, rare=0.2", {"cut": 0.1, "rare": 0.2}),
        ("0.2,rare=0.1", {"cut": 0.1, "loop": 0.1, "rare": 0.1}),
    ],
)
def test_rates_are_one_number_or_one_for_each_kind(text: str, expected: dict[str, float]) -> None:
    assert read_rates(text, ["cut", "loop"], ["rare"], "faults") == expected


@pytest.mark.parametrize(
    "text", ["", "much", "-0.1", "1.1", "nan", "cut", "cut=2", "other=0.1", "cut=0.6,loop=0.6", "cut="]
)
def test_a_rate_that_is_none_is_the_users_error(text: str) -> None:
    with pytest.raises(UserError, match="faults is"):
        read_rates(text, ["cut", "loop"], [], "faults")


def test_a_number_falls_on_the_kind_whose_share_it_is_in() -> None:
    rates = {"a": 0.25, "b": 0.25}
    assert [pick(rates, n) for n in (0.0, 0.24, 0.26, 0.49, 0.51, 0.99)] == ["a", "a", "b", "b", None, None]


def test_what_costs_a_client_much_time_comes_only_where_it_is_named() -> None:
    assert not set(RARE) & set(OUTAGES)
    assert set(read_rates("0.5", OUTAGES, RARE, "outages")) == set(OUTAGES)
