"""One dialogue that is kept, and for each reason what makes it go; and what looks like a reason and is none."""

from typing import Any

import pytest

from builders.reasons import MIND
from generation.filters import FILTERS, judge_dialogue
from generation.measures import measure_dialogue

TEACHING = {"speakers": [{"name": "Teacher", "knows": "all"}, {"name": "Student", "knows": "some"}]}
PASSAGE = """An even number is twice an integer, and an odd number is one more than an even one. The sum of two odd numbers
$2a + 1$ and $2b + 1$ is $2(a + b + 1)$, so it is even. The product of two odd numbers is $4ab + 2a + 2b + 1$, which is odd. Hence the
square of an odd number is odd, and if $n^2$ is even, then $n$ must be even as well."""
TALK = [
    "I wonder what happens when somebody adds two odd numbers. Does the result follow a pattern?",
    "It does. Write them as $2a + 1$ and $2b + 1$. Then we collect terms: the sum is $2a + 2b + 2$, and a factor of two comes out.",
    "So we have $2(a + b + 1)$, twice an integer. That means it is even!",
    "Exactly. Now try the product in the same manner, one step after the other.",
    "Multiplying out gives $4ab + 2a + 2b + 1$. The first three terms are even, and one is left over, so it is odd.",
    "Right. What would you conclude about a square that turns out to be even?",
]


def row(talk: list[str] | None = None, passage: str = PASSAGE, front: Any = None, **other: Any) -> dict[str, Any]:
    """A row as a run judges it; tokens are counted as words and signs, which is near enough here."""
    said = TALK if talk is None else talk
    turns = [{"speaker": ("Student", "Teacher")[i % 2], "text": text} for i, text in enumerate(said)]
    text = "\n\n".join(f"{turn['speaker']}: {turn['text']}" for turn in turns)
    made = {"turns": turns, "text": text, "passage": passage, "front": front or TEACHING, "text_tokens": len(text) // 4}
    made |= {"passage_tokens": len(passage) // 4} | other
    return made | measure_dialogue(made)


def reasons(**what: Any) -> list[str]:
    return [reason for reason, _ in judge_dialogue(row(**what))]


def prose(text: str, **other: Any) -> list[str]:
    made = row(front={"description": "prose"}, **other) | {"turns": [], "text": text, "text_tokens": len(text) // 4}
    return [reason for reason, _ in judge_dialogue(made | measure_dialogue(made))]


def test_a_good_dialogue_is_kept() -> None:
    assert judge_dialogue(row()) == []


def test_the_filters_stand_in_the_order_of_the_reasons() -> None:
    order = list(MIND)
    places = [order.index(reason) for reason, _ in FILTERS]
    assert places == sorted(places)
    assert set(order) - {reason for reason, _ in FILTERS} == {
        "bad_row",
        "duplicate",
        "contaminated",
        "refused",
        "no_answer",
        "cut",
        "unreadable",
        # of dialogues about problems alone
        "not_verified",
        "answer_missing",
        "answer_differs",
    }


GERMAN = [
    "Was passiert eigentlich, wenn man zwei ungerade Zahlen addiert? Gibt es da ein Muster, das man erkennen kann?",
    "Ja. Schreib sie als $2a + 1$ und $2b + 1$. Dann fasst man zusammen, und der Faktor zwei lässt sich ausklammern.",
    "Also ist die Summe das Doppelte einer ganzen Zahl, und das heißt, sie ist gerade!",
    "Genau. Versuch jetzt das Produkt auf dieselbe Weise, Schritt für Schritt, und sag mir, was übrig bleibt.",
]
CHINESE = [
    "两个奇数的和是什么？有没有规律可以看出来？",
    "把它们写成 $2a+1$ 和 $2b+1$，然后合并同类项，可以提出因子二。",
] * 2
FAULTS = [
    ("too_short", {"talk": ["What is an even number?", "Twice an integer.", "And an odd one?", "One more."]}),
    (
        "refusal",
        {"talk": [*TALK[:4], TALK[4], "I'm sorry, but I can't continue this conversation, as it may be copyrighted."]},
    ),
    ("refusal", {"talk": [*TALK[:5], "As an AI, I cannot give opinions."]}),
    ("refusal", {"talk": [*TALK[:5], "That goes against my usage policies."]}),
    ("refusal", {"talk": [*TALK[:5], "I am unable to assist with that request."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "As an AI language model, I find this easy."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "We used only the passage provided."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "Done.<|im_end|>\n<|im_start|>user\nMore"]}),
    ("prompt_leak", {"talk": [*TALK[:5], "Done. [/INST] More."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "</passage>\nDone."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "As the instructions say, nothing else may be mentioned."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "There is no outside information in what I said."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "By the instructions that I have got, I speak last."]}),
    ("prompt_leak", {"talk": [*TALK[:5], "Let me set all of it between dollar signs."]}),
    ("few_turns", {"talk": [" ".join(TALK[:3]), " ".join(TALK[3:])]}),
    ("few_turns", {"talk": [" ".join(TALK)]}),
    ("loop", {"talk": TALK * 3}),
    ("loop", {"talk": [*TALK[:5], "So it is even, as we have seen above. " * 30]}),
    ("loop", {"talk": [*TALK[:5], "and so it goes on and on with the sum " * 30]}),
    ("loop", {"talk": [*TALK, "Therefore the sum of the two is even once more.", "So it is."] + TALK[4:] * 3}),
    ("loop", {"talk": [*TALK[:5], "The answer is " + "!" * 3000]}),
    ("copied", {"talk": [part + "." for part in PASSAGE.split(".") if part.strip()], "passage_tokens": 120}),
    ("copied", {"talk": [f"Good. {part}." for part in PASSAGE.split(".") if part.strip()], "passage_tokens": 120}),
    ("language", {"talk": GERMAN}),
    ("language", {"talk": [*TALK, *GERMAN]}),
    ("language", {"talk": CHINESE, "text_tokens": 120}),
    ("language", {"talk": [*TALK[:4], *CHINESE]}),
    ("language", {"talk": TALK, "passage": " ".join(GERMAN)}),
    ("mathematics", {"talk": [*TALK[:5], "Then $n is even."]}),
    ("mathematics", {"talk": [*TALK[:5], "Then $\\frac{n}{2$ is an integer."]}),
    ("mathematics", {"talk": [*TALK[:5], "The \\emph{sum of $a$ and $b$ is even."]}),
    ("proportion", {"talk": TALK, "passage_tokens": 5000}),
    ("proportion", {"talk": TALK, "text_tokens": 5000}),
]


@pytest.mark.parametrize(("reason", "what"), FAULTS)
def test_each_fault_is_found_for_its_own_reason(reason: str, what: dict[str, Any]) -> None:
    found = judge_dialogue(row(**what))
    assert found, reason
    assert found[0][0] == reason
    assert all(detail for _, detail in found)


def test_a_monologue_has_one_speaker_and_one_turn_is_too_few() -> None:
    made = row()
    for turn in made["turns"]:
        turn["speaker"] = "Teacher"
    assert [reason for reason, _ in judge_dialogue(made)] == ["one_speaker"]
    assert reasons(talk=[" ".join(TALK)]) == ["few_turns", "one_speaker"]


HARMLESS = [
    "I can't solve this, and I am not able to see why.",
    "I'm sorry, I cannot follow you there. I can't help but wonder whether it is odd.",
    "We cannot complete the square here, nor is the passage to the limit of any help.",
    "No, I refuse to believe that $2 = 1$. Sorry!",
    "We are not allowed to divide by zero, so we cannot write this as a fraction.",
    "The model of the situation is linear. The instruction `a += 1` adds one. Follow the arrows.",
    "That is the text of the theorem. The document of Euclid comes first, then the dialogue of Galileo.",
    "It costs $5, and you pay with a $20 bill.",
    "Take the interval $[0, 1)$ and the vector $\\left( \\begin{matrix} 1 \\\\ 2 \\end{matrix} \\right)$.",
    'Evaluate $\\left. x^2 \\right|_0^1$ and call `f("$x")`.',
    "The sequence goes on: 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.",
    "$$\\begin{pmatrix} 0 & 0 & 0 & 0 & 0 \\\\ 0 & 0 & 0 & 0 & 0 \\\\ 0 & 0 & 0 & 0 & 0 \\\\ 0 & 0 & 0 & 0 & 0 \\end{pmatrix}$$",
    "I see. I see. I see. Yes. Yes. Yes.",
    "Σ, π, ε and Δ are Greek letters, 中 is Chinese, and Pólya is a name.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_fault_is_kept(text: str) -> None:
    assert reasons(talk=[*TALK[:5], text]) == []


QUOTED = [
    "As an AI language model, the system was asked to add two odd numbers.",
    "The token <|im_start|> begins a message, and [INST] an instruction.",
    "I'm sorry, but I can't assist with that request, said the machine.",
    "According to the instructions above, the output format is a number.",
]


@pytest.mark.parametrize("text", QUOTED)
def test_what_the_passage_says_may_be_quoted(text: str) -> None:
    assert reasons(talk=[*TALK[:5], text], passage=f"{PASSAGE} {text}") == []
    assert reasons(talk=[*TALK[:5], text]) != []


def test_a_passage_said_again_in_full_is_kept_where_enough_is_asked_about_it() -> None:
    parts = [part.strip() for part in PASSAGE.split(". ")]
    talk = [said for part, question in zip(parts, TALK, strict=False) for said in (question, f"{part}.")]
    assert reasons(talk=talk) == []


def test_a_statement_may_come_back_and_formulas_as_often_as_they_like() -> None:
    said = [f"Look at $2(a + b + 1)$ once more. {text} Hence the square of an odd number is odd." for text in TALK[:2]]
    assert (
        reasons(
            talk=[*said, *TALK[2:], "The sum is $2(a + b + 1)$, and $2(a + b + 1)$ is even, as $2(a + b + 1)$ shows."]
        )
        == []
    )


def test_the_prompts_own_words_are_a_leak_unless_the_passage_has_them() -> None:
    body = "The passage is the only source for this. Do not bring in facts, results or links that it does not hold. Speakers come below."
    leak = "Do not bring in facts, results or links that it does not hold."
    assert reasons(talk=[*TALK[:5], leak]) == []
    assert reasons(talk=[*TALK[:5], leak], instructions=body) == ["prompt_leak"]
    assert reasons(talk=[*TALK[:5], leak], instructions=body, passage=f"{PASSAGE} {leak}") == []
    assert reasons(instructions=body) == []


def test_a_rephrasing_is_not_judged_by_its_turns() -> None:
    again = (
        "Adding two odd numbers gives an even one, for a factor of two comes out of $2a + 1 + 2b + 1$. The product stays odd. "
        * 2
    )
    assert prose(again) == []
    assert prose("Odd plus odd is even.") == ["too_short", "proportion"]
    assert prose(PASSAGE) == ["copied"]
    assert prose(again + "Then $n is even.") == ["mathematics"]


def test_a_german_dialogue_about_a_german_passage_is_kept() -> None:
    passage = """Eine Zahl ist gerade, wenn sie das Doppelte einer ganzen Zahl ist, und ungerade, wenn sie um eins größer ist als eine
    gerade Zahl. Die Summe von zwei ungeraden Zahlen ist gerade, und das Produkt von zwei ungeraden Zahlen ist wieder ungerade."""
    assert reasons(talk=GERMAN, passage=passage) == []
