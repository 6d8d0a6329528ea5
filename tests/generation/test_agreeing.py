"""What a dialogue about a problem says in the end, and whether that is the problem's answer."""

from typing import Any

import pytest

from builders.answers import compare
from generation.agreeing import LEAST, agree


def dialogue(answer: str, *said: str, **more: Any) -> dict[str, Any]:
    turns = [{"speaker": "AB"[number % 2], "text": text} for number, text in enumerate(said)]
    return {"turns": turns, "text": "\n\n".join(said), "answer": answer, "reason": None, **more}


@pytest.mark.parametrize(
    ("text", "answer", "told"),
    [
        (r"So the answer is $\boxed{6}$.", "6", "6"),
        (r"$\boxed{5}$ was too quick. Corrected, it is $\boxed{6}$.", "6", "6"),
        (r"Die Antwort ist $\boxed{6}$.", "6", "6"),
        (r"\boxed 6", "6", "6"),
        (r"$$\boxed{\frac{1}{2}}$$", "0.5", r"\frac{1}{2}"),
        ("The answer is 0.5.", r"\frac{1}{2}", "0.5"),
        ("The final answer: **6**", "6", "6"),
        ("**Answer:** \\(6\\)", "6", "6"),
        ("Final answer — 6", "6", "6"),
        ("The answer's 6, then.", "6", "6"),
        ("The answer to this problem is therefore equal to $x = 6$", "6", "x = 6"),
        ("The answer turns out to be $$6$$", "6", "6"),
        ("The answer is −6.", "-6", "-6"),
        ("The answer is 1,000.", "1000", "1,000"),
        ("The answer is \\$6.", "6", "6"),
        ("The answer is $15\\text{ cm}$", "15", "15\\text{ cm}"),
        ("The answer is $(1,2)$", "(1, 2)", "(1,2)"),
        ("The answer is (1, 2).", "(1,2)", "(1,2)"),
        ("So the answer is even.", "\\text{even}", "\\text{even}"),
        ("That makes $6$ our final answer.", "6", "6"),
        ("Is the answer 5? I thought the answer is 5. No, the answer is 6.", "6", "6"),
        ("The answer is $6$. With 5 instead, what would the answer be? It would be $3$.", "6", "6"),
        # No word of an answer, and yet it comes to it.
        ("So the remainder is $6$.", "6", "6"),
        ("We have $a + b = 2 + 4 = 6$.", "6", "6"),
        (r"\begin{align*} a &= 2 + 4 \\ &= 6 \end{align*}", "6", "6"),
        (r"Hence $x \equiv 6 \pmod{9}$.", "6", "6"),
        ("That leaves 6 apples.", "6", "6"),
        ("So the answer is not $8$ but $6$.", "6", "6"),
        ("The answer isn't obvious: it is not 8, but rather 6.", "6", "6"),
        ("That gives us $6$, so $6$ it is.", "6", "6"),
        ("It all boils down to $x = 6$.", "6", "6"),
        ("The answer is twenty-six.", "26", "26"),
        ("So the answer is (B).", "B", "B"),
        ("Thus it leaves a remainder of $6$.", "6", "6"),
        ("So she has 6 apples left.", "6", "6"),
        ("So the angle measures $6$ degrees.", "6", "6"),
        ("All in all we had $5$. The total comes out to $6$ dollars.", "6", "6"),
        ("So we had $5$, which brings us to 6, as required.", "6", "6"),
        ("So we have $5 + 1$. The result is minus six, i.e. $-6$.", "-6", "-6"),
        ("So we have $5$, and 6 is our final count.", "6", "6"),
        ("The answer isn't 5 but 6.", "6", "6"),
    ],
)
def test_a_dialogue_that_comes_to_the_answer_is_kept_whatever_its_words(text: str, answer: str, told: str) -> None:
    row = dialogue(answer, "How does it end?", text, "Thank you.")
    agree([row], compare)
    assert (row["reason"], row["answer_told"]) == (None, told)


@pytest.mark.parametrize(
    ("text", "answer", "detail"),
    [
        (r"So the answer is $\boxed{7}$, and $3 + 3 = 6$.", "6", "7 is not 6"),
        ("The answer is 6. Wait, I forgot one: the answer is 7.", "6", "7 is not 6"),
        ("The answer is $7$.", "6", "7 is not 6"),
        ("So the remainder is $7$.", "6", "7 is not 6"),
        ("In the end there are $7$ of them.", "6", "7 is not 6"),
        ("First we had $6$, so it must be $x = 7$.", "6", "7 is not 6"),
        ("So the answer is not $6$ but $7$.", "6", "7 is not 6"),
        ("The answer isn't 6 but 7.", "6", "7 is not 6"),
        ("So she has 7 apples, since she had 6 before.", "6", "7 is not 6"),
        ("So we have $7$, i.e. one more than 6.", "6", "7 is not 6"),
        ("The answer is $6$, hm. We add one more, so $7$ it is.", "6", "7 is not 6"),
        (r"The answer is $2^{2^{40}}$.", "3", "2^{2^{40}} could not be compared with 3"),
    ],
)
def test_another_answer_rejects(text: str, answer: str, detail: str) -> None:
    row = dialogue(answer, text)
    agree([row], lambda pairs: ["undecided" if "2^{40}" in str(pair) else compare([pair])[0] for pair in pairs])
    assert (row["reason"], row["detail"]) == ("answer_differs", detail)
    assert row["answer_told"] == detail.split()[0]


@pytest.mark.parametrize(
    "text",
    [
        "The answer is not 5 but another.", r"\boxed{}", "It follows that $3 + 4 = 7$.", "It is divided by $6$.", "x",
        "The answer will surprise you.", "He ran the 6th lap.", "",
    ],
)  # fmt: skip
def test_an_answer_that_is_never_said_rejects(text: str) -> None:
    row = dialogue("6", text)
    agree([row], compare)
    assert (row["reason"], row["detail"], row["answer_told"]) == ("answer_missing", "nothing in it comes to 6", None)


def test_steps_at_the_beginning_are_no_end() -> None:
    row = dialogue("6", "We have $2 + 4 = 6$.", *["And so on."] * 2 * LEAST)
    agree([row], compare)
    assert row["reason"] == "answer_missing"


@pytest.mark.parametrize(
    "close", ["Thus it leaves a remainder of $7$.", "It all boils down to $7$.", "Our final count is 7."]
)
def test_what_was_passed_on_the_way_is_no_answer(close: str) -> None:
    row = dialogue("6", "What now?", "We have $a = 6$ in between.", "And then?", close, "Thank you.")
    agree([row], compare)
    assert row["reason"] in ("answer_missing", "answer_differs")


def test_what_was_used_is_no_end() -> None:
    row = dialogue("6", "What now?", "That leaves $6$.", "So that is why we used $a = 2$.", "Yes.")
    agree([row], compare)
    assert (row["reason"], row["answer_told"]) == (None, "6")


def test_a_number_in_words_is_not_the_beginning_of_a_larger_one() -> None:
    row = dialogue("6", "The answer is six hundred.", "The answer is sixty-six.", "The answer is six and a half.")
    agree([row], compare)
    assert row["reason"] == "answer_missing"


def test_what_was_rejected_before_is_neither_compared_nor_changed() -> None:
    asked: list[Any] = []
    row = dialogue("6", r"$\boxed{7}$", reason="loop")
    agree([row], lambda pairs: asked.extend(pairs) or [])
    assert not asked and row["reason"] == "loop" and "answer_told" not in row


def test_either_direction_of_math_verify_counts() -> None:
    row = dialogue("x", "The answer is $6$.")
    agree([row], lambda pairs: ["yes" if pair == ("6", "x") else "no" for pair in pairs])
    assert row["reason"] is None


@pytest.mark.parametrize(
    "text",
    [
        "\\[ " * 20_000,
        "\\( x " * 20_000,
        "1," * 20_000,
        "1/" * 20_000,
        "the answer is " * 5000,
        "$" * 20_001,
        "\\boxed{" * 5000,
    ],
)
def test_nothing_that_a_model_writes_takes_long(text: str) -> None:
    agree([dialogue("even", text)], lambda pairs: ["no"] * len(pairs))
