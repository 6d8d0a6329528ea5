"""What models say about problems, as they really write it: problems, difficulties, solutions and verdicts."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import Unreadable
from generation.prompts import load_prompt
from generation.verdicts import read_difficulty, read_problem, read_score, read_solution, read_solution_verdict

PROBLEM, DIFFICULTY, SOLUTION, SCORE, VERDICT = (
    load_prompt(name).front for name in ("problem", "difficulty", "solution", "judge_problem", "judge_solution")
)

# the reply -> the verdict; None: unreadable
VERDICTS: dict[str, bool | None] = {
    "<verdict>\nTrue\n</verdict>\n<explanation>\nEvery step holds.\n</explanation>": True,
    "<verdict>\nFalse\n</verdict>\n<explanation>\nThe sum is 12, which is correct, yet step 2 is wrong.\n</explanation>": False,
    "<verdict>True</verdict>": True,
    "<verdict>True<verdict>": True,
    "&lt;verdict&gt;False&lt;/verdict&gt;": False,
    "[verdict]\nTrue\n[/verdict]": True,
    "True\n</verdict>\n<explanation>\nfine\n</explanation>": True,
    "<verdict>\n...\n</verdict>\n\n<verdict>\nTrue\n</verdict>": True,
    "<verdict>**True**</verdict>": True,
    "<verdict>The solution is correct.</verdict>": True,
    "<verdict>Answer: False</verdict>": False,
    "True": True,
    "true": True,
    "TRUE": True,
    "True.": True,
    "True!": True,
    "**True**": True,
    "`False`": False,
    '"True"': True,
    "(False)": False,
    "[True]": True,
    "$\\boxed{\\text{True}}$": True,
    "\\boxed{False}": False,
    "✅ True": True,
    "Answer: True\n\nExplanation: All calculations are right.": True,
    "Answer: False\nExplanation: The second step divides by zero.": False,
    "**Answer:** True\n\n**Explanation:** fine": True,
    "**Answer: False**": False,
    "### Answer\nTrue": True,
    "**Verdict**\n\nFalse": False,
    "Answer:\n\nTrue": True,
    "Verdict: TRUE.": True,
    "Final answer: True": True,
    "My judgment: False, the sign is lost in step 2.": False,
    "Answer: 42 is what they find.\nVerdict: True": True,
    "Explanation: The sum and the product fit.\nAnswer: True": True,
    "1. Calculations: fine.\n2. Logic: fine.\n3. Completeness: fine.\n\nTrue": True,
    "Calculations hold. Logic holds. The verdict is True.": True,
    "After checking all three, the verdict is: **False**": False,
    "The answer is True.": True,
    "Is the provided solution correct? True": True,
    "Let us check each step.\n\nTherefore, the solution is correct.\n\nAnswer: \\boxed{True}": True,
    "Answer: True\n\nExplanation:\n1. **Calculations:** They are right.\n2. **Logic:** No step is wrong.\n3. **Completeness:** It is whole.": True,
    "Judgement: Correct (True)": True,
    "答案：False\n解释：第二步错误": False,
    "The solution is correct.": True,
    "The provided solution is incorrect because 2 + 2 is 4.": False,
    "The solution is not correct.": False,
    "Unfortunately, the solution is wrong.": False,
    "In my opinion, the solution is correct.": True,
    "Correct!": True,
    "Not correct.": False,
    "Yes, it is correct.": True,
    "No.": False,
    "Sure! True": True,
    "True because each step follows.": True,
    "True (all steps verified)": True,
    "True: every step holds. No step is wrong.": True,
    "True, and complete.": True,
    "False, but the method is good.": False,
    "False. However, the final answer happens to be right.": False,
    '{"verdict": "True"}': True,
    "<think>False? No.</think>True": True,
    "True<|eot_id|>": True,
    "True. The solution contains no errors.": True,
    "True. It does not contain an error, and there is not a gap.": True,
    "True. It is solved without a mistake.": True,
    # what cannot be read
    "": None,
    "   \n": None,
    "...": None,
    "<verdict>\n...\n</verdict>": None,
    "<verdict></verdict>": None,
    "<verdict>mostly correct</verdict>": None,
    "<verdict>\nmaybe\n</verdict>\nTrue": None,
    "<think>True": None,
    "<think>True</think>": None,
    "I think so": None,
    "The final answer is correct.": None,
    "The answer is correct, the way to it is another matter.": None,
    "Correct value: 12": None,
    "The statement 1 = 1 is true.": None,
    "It is true that the sum is 12.": None,
    "1": None,
    "0.9": None,
    "42": None,
    "Wahr": None,
    "True-ish": None,
    "true enough": None,
    "Partially true": None,
    "Mostly true.": None,
    "Nearly correct.": None,
    "I cannot verify the solution.": None,
    "If step 2 were right, the verdict is True": None,
    "Answer: {Your judgment here, True or False}": None,
    # what says two things
    "True or False": None,
    "True/False": None,
    "True?": None,
    "True. False.": None,
    "False. True.": None,
    "Yes. No.": None,
    "False, true": None,
    "It is neither True nor False.": None,
    "Answer: True\n...\nAnswer: False": None,
    "True\n\nAnswer: False": None,
    "<verdict>True</verdict> <verdict>False</verdict>": None,
    "<verdict>True</verdict>\n\nFinal verdict: False": None,
    # what is taken back
    "true, but step 3 is wrong": None,
    "True, but the notation is poor": None,
    "True, however": None,
    "True - but": None,
    "True (but see step 2)": None,
    "True. However, the last step is not justified.": None,
    "True\n\nHowever, the last step is not justified.": None,
    "Answer: True, except for step 2": None,
    "True, if $x > 0$": None,
    "True, with one small slip in step 2": None,
    "True, provided that x is real": None,
    "True, mostly": None,
    "True. Wait, no.": None,
    "Answer: True\nExplanation: The solution is incorrect, since the sign is lost.": None,
    "<verdict>True</verdict>\n<explanation>Step 2 is wrong.</explanation>": None,
    "<verdict>True</verdict>\n<explanation>There is a small error in step 2.</explanation>": None,
    "<verdict>True</verdict>\n<explanation>It contains an arithmetic mistake.</explanation>": None,
    "<verdict>True</verdict>\n<explanation>The answer should be 13.</explanation>": None,
    "<verdict>True</verdict>\n<explanation>The solution fails to check the second case.</explanation>": None,
    "<verdict>True</verdict>\n<explanation>So the answer is False.</explanation>": None,
    **{
        f"<verdict>True</verdict>\n<explanation>{said}</explanation>": None
        for said in (
            "It is not correct.", "Therefore, False.", "I get 12 instead of 15.", "Part (b) is not answered.", "The factorization is incorrect.",
            "7*8 is 56, not 54.", "Steps 2 and 3 are wrong.", "The final answer is missing.", "Completeness: no.",
            "The verdict is False.", "Step 2 is wrong, therefore the verdict is False.", "It should be False.", "The answer should be 12, not 13.",
            "The final answer is incorrect: it should be 12.", "3*4=12, not 13, so step 2 is wrong.",
            "So, False.", "It is wrong.", "This is incorrect.", "The solution isn't correct.", "The final answer is 12, not 15 as stated.",
            "Step 3 does not follow from step 2.", "So it is False.", "The calculation $3*4=13$ is a mistake.", "Miscalculates 7*8.",
            "One step is missing.", "It does not answer the second question.", "The case $x=0$ is missing.",
        )
    },
    **{
        f"<verdict>True</verdict>\n<explanation>{said}</explanation>": True
        for said in (
            "None of the calculations is wrong, and nothing in the solution is wrong.",
            "Many students make a sign error here, but this solution does not.",
            "The answer should be 24, and the solution obtains 24.", "It supposes that the conclusion is false and reaches 0 = 1.",
            "It does not verify the second root separately, but that is not needed.", "There are two slips of paper in the box.",
            "The machine makes an error with probability 0.02.", "The first statement is false.", "Wait-free algorithms are fast.",
            "All steps are sound and nothing is left out.", "No case is missing, and none of the cases is omitted.",
            "It follows, and the answer is 12, as stated.", "This is not wrong.",
        )
    },
    "<verdict>yes: it fails</verdict>": None,
    "<verdict>True</verdict> Wait, no, False.": None,
    "<verdict>True</verdict>\nActually, I was wrong: False": None,
    "<verdict>True (with reservations)</verdict>": None,
}  # fmt: skip


@pytest.mark.parametrize("reply", VERDICTS)
def test_a_solution_is_true_only_where_the_judge_says_so_and_nothing_else(reply: str) -> None:
    if VERDICTS[reply] is None:
        with pytest.raises(Unreadable) as caught:
            read_solution_verdict(reply, VERDICT)
        assert caught.value.reason in ("unreadable", "refusal") and caught.value.detail
    else:
        assert read_solution_verdict(reply, VERDICT)["verdict"] is VERDICTS[reply]


def test_a_judge_that_declines_has_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read_solution_verdict("I'm sorry, but I cannot help with that request.", VERDICT)
    assert caught.value.reason == "refusal"


def test_the_explanation_comes_with_the_verdict() -> None:
    explained = {"verdict": True, "explanation": "Every step holds."}
    assert (
        read_solution_verdict("<verdict>\nTrue\n</verdict>\n<explanation>\nEvery step holds.\n</explanation>", VERDICT)
        == explained
    )
    assert read_solution_verdict("Answer: True\nExplanation: Every step holds.", VERDICT) == explained
    assert read_solution_verdict("Explanation: Every step holds.\nAnswer: True", VERDICT) == explained


DIFFICULTIES = {
    "<difficulty>\nlow\n</difficulty>": "low",
    "<difficulty>High</difficulty>": "high",
    "Medium": "medium",
    "**medium**": "medium",
    "medium.": "medium",
    "Medium difficulty": "medium",
    "Difficulty: High": "high",
    "Difficulty level: low": "low",
    "Level of difficulty: **High**": "high",
    "难度：high": "high",
    "Level: medium": "medium",
    "Rating: hard": "high",
    "easy": "low",
    "moderate": "medium",
    "The difficulty is medium.": "medium",
    "This problem is of high difficulty.": "high",
    "low, as it takes one step": "low",
    "This takes several ideas.\n\nhigh": "high",
    "<think>low or high?</think>medium": "medium",
    "low to medium": None,
    "medium-high": None,
    "medium/high": None,
    "between medium and high": None,
    "medium, maybe high": None,
    "medium or high": None,
    "high, but not for experts": None,
    "3": None,
    "3/5": None,
    "": None,
    "not low": None,
    "highly interesting": None,
    "low\n\nDifficulty: high": None,
}  # fmt: skip


@pytest.mark.parametrize("reply", DIFFICULTIES)
def test_a_difficulty_is_one_word(reply: str) -> None:
    if DIFFICULTIES[reply] is None:
        with pytest.raises(Unreadable):
            read_difficulty(reply, DIFFICULTY)
    else:
        assert read_difficulty(reply, DIFFICULTY) == {"difficulty": DIFFICULTIES[reply]}


ASKED = "Find all $x$ with $\\frac{x}{2} = 3$."
PROBLEMS = {
    "as asked for": f"<problem>\n{ASKED}\n</problem>",
    "inline": f"<problem>{ASKED}</problem>",
    "no mark at the end": f"<problem>\n{ASKED}",
    "no mark at the beginning": f"{ASKED}\n</problem>",
    "a solution behind the end mark": f"<problem>\n{ASKED}\n</problem>\n\n**Solution:** $x = 6$, so the answer is \\boxed{{6}}.",
    "talk before": f"Sure! Here is a problem:\n\n<problem>\n{ASKED}\n</problem>",
    "a draft and a better one": f"<problem>\nFind x.. no.\n</problem>\nThat has no solution.\n<problem>\n{ASKED}\n</problem>",
    "a label between the marks": f"<problem>\n**Problem:** {ASKED}\n</problem>",
    "a label with a number": f"<problem>\nProblem 1: {ASKED}\n</problem>",
    "the paper's form": f"New Problem: {ASKED}",
    "the paper's form in bold": f"**New Problem:** {ASKED}",
    "bold with the colon outside": f"**New Problem**: {ASKED}",
    "a heading": f"### New Problem\n\n{ASKED}",
    "a bold heading": f"**Problem**\n\n{ASKED}",
    "a preamble and a label": f"Certainly! Here's a new one:\n\n**Problem Statement:**\n{ASKED}",
    "a preamble without a label": f"Here is an original problem for your students:\n\n{ASKED}",
    "nothing but the problem": ASKED,
    "thinking before it": f"<think>Let me see: 2 + 2.</think>\n\nNew Problem: {ASKED}",
    "rules around": f"---\n\n{ASKED}\n\n---",
    "a sentence of talk and a label": f"This one combines all three points.\n\n**Problem:** {ASKED}",
    "a fence": f"<problem>\n```\n{ASKED}\n```\n</problem>",
    "a chat template's end": f"{ASKED}<|im_end|>",
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS)
def test_a_problem_is_read_without_what_stands_around_it(case: str) -> None:
    assert read_problem(PROBLEMS[case], PROBLEM) == {"problem": ASKED}


def test_a_problem_of_several_paragraphs_stays_whole() -> None:
    problem = "A line $\\ell$ is given.\n\n(a) Find its slope.\n\n(b) Find where it meets $y = 0$.\n\n$$y = 2x + 1$$"
    assert read_problem(f"<problem>\n{problem}\n</problem>", PROBLEM)["problem"] == problem
    assert read_problem(f"New Problem: {problem}", PROBLEM)["problem"] == problem


def test_a_label_within_a_problem_belongs_to_it() -> None:
    problem = "A farmer has 3 cows and 4 goats, and sells 2 of them.\nQuestion: How many are left?"
    assert read_problem(problem, PROBLEM)["problem"] == problem
    assert read_problem(f"<problem>{problem}</problem>", PROBLEM)["problem"] == problem


def test_what_a_problem_without_an_end_mark_says_about_its_answer_is_kept_for_the_filters() -> None:
    assert read_problem(f"New Problem: {ASKED}\n\nAnswer: 6", PROBLEM)["problem"] == f"{ASKED}\n\nAnswer: 6"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "unreadable"),
        ("...", "unreadable"),
        ("<problem>\n...\n</problem>", "unreadable"),
        ("<problem></problem>", "unreadable"),
        ("New Problem:", "unreadable"),
        ("N/A", "unreadable"),
        ("<think>Find x", "unreadable"),
        ("12345678901234", "unreadable"),
        ("See above.", "unreadable"),
        ('{\n  "status": "ok",\n  "items": []\n}', "unreadable"),
        ("][ the INST <unk> </s> 0 INST the <unk> </s> the // INST 0 </s> the", "unreadable"),
        (f"Problem 1: {ASKED}\n\nProblem 2: {ASKED}", "unreadable"),
        ("I'm sorry, but I can't help with that.", "refusal"),
    ],
)
def test_what_is_no_problem_or_two_is_unreadable(reply: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_problem(reply, PROBLEM)
    assert caught.value.reason == reason


SOLVED = "Multiply by 2: $x = 6$. The answer is $\\boxed{6}$."
SOLUTIONS = {
    "as it is": SOLVED,
    "marks": f"<solution>\n{SOLVED}\n</solution>",
    "a label": f"**Solution:** {SOLVED}",
    "a heading": f"### Solution\n\n{SOLVED}",
    "thinking before it": f"<think>\\boxed{{5}}? no</think>\n{SOLVED}",
    "a chat template's end": f"{SOLVED}<|endoftext|>",
}


@pytest.mark.parametrize("case", SOLUTIONS)
def test_a_solution_is_what_the_model_wrote(case: str) -> None:
    assert read_solution(SOLUTIONS[case], SOLUTION) == {"solution": SOLVED}


@pytest.mark.parametrize(
    "more",
    [
        "<|im_end|>\n<|im_start|>user\nAnd $3 + 4$?<|im_end|>\n$\\boxed{7}$",
        "\n\nProblem: Find $3 + 4$.\nSolution: $\\boxed{7}$",
        "\n\nUser: thanks! And $3 + 4$?\nAssistant: $\\boxed{7}$",
        "</solution>\n<problem>Find $3 + 4$.</problem>\n<solution>$\\boxed{7}$</solution>",
        " [INST] And $3 + 4$? [/INST] $\\boxed{7}$",
    ],
)
def test_a_solution_that_goes_on_with_another_problem_is_none(more: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_solution(SOLVED + more, SOLUTION)
    assert caught.value.reason == "prompt_leak"


def test_a_box_behind_the_end_mark_belongs_to_the_solution() -> None:
    reply = "<solution>\nMultiply by 2.\n</solution>\n\n$\\boxed{6}$"
    assert "\\boxed{6}" in read_solution(reply, SOLUTION)["solution"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("", "unreadable"),
        ("<think>\\boxed{6}", "unreadable"),
        ("<think>\\boxed{6}</think>", "unreadable"),
        ("Multiply by 2 to get 6.", "no_boxed_answer"),
        ("The answer is $\\boxed{}$.", "no_boxed_answer"),
        ("The answer is $\\boxed{6", "no_boxed_answer"),
        ("Put the answer in \\boxed{...}.", "no_boxed_answer"),
        ("I'm sorry, but I cannot help with that.", "refusal"),
        ("Unfortunately this is beyond what I can do here.", "refusal"),
        ("As an AI, I would rather not answer this one. Please provide another exercise.", "refusal"),
        ("We cannot divide by $x$ here, since it may be $0$. Sorry for the detour: $x = 6$.", "no_boxed_answer"),
    ],
)
def test_a_solution_without_a_boxed_answer_says_so(reply: str, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_solution(reply, SOLUTION)
    assert caught.value.reason == reason


READERS: list[tuple[Callable[[str, Any], dict[str, Any]], dict[str, Any]]] = [
    (read_score, SCORE), (read_solution_verdict, VERDICT), (read_difficulty, DIFFICULTY), (read_problem, PROBLEM), (read_solution, SOLUTION),
]  # fmt: skip

PIECES = st.sampled_from(
    ["<score>", "</score>", "<verdict>", "</verdict>", "<problem>", "True", "False", "true, ", "but ", "not ", "0.9", "1", "85%", "/10",
     "Score: ", "Answer: ", "\n", ". ", ", ",
     "high", "low", "\\boxed{", "}", "5",
     "Solution:", "Problem: ", "<think>", "</think>", "**", "$", "\ud800", "\x00"]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
@settings(max_examples=400)
def test_whatever_a_model_writes_is_read_or_unreadable(text: str) -> None:
    for read, front in READERS:
        try:
            answer = read(text, front)
        except Unreadable as problem:
            assert problem.reason in ("unreadable", "refusal", "no_boxed_answer") and problem.detail
            continue
        assert 0 <= answer.get("score", 0) <= 1
        assert answer.get("problem", "x").strip() and answer.get("solution", "x").strip()


@given(
    st.lists(
        st.sampled_from(
            [
                "True",
                "False",
                "true.",
                "<verdict>True</verdict>",
                "Answer: True",
                "\n",
                " ",
                "Answer: False",
                "<verdict>False</verdict>",
                "Verdict: False",
            ]
        ),
        max_size=8,
    ).map("\n".join)
)
def test_a_clear_false_anywhere_never_becomes_a_true(text: str) -> None:
    try:
        verdict = read_solution_verdict(text, VERDICT)["verdict"]
    except Unreadable:
        return
    marked = "<verdict>True</verdict>" in text  # then a bare word beside it is no verdict
    assert not verdict or marked or "Answer: False" not in text
    assert not verdict or not ("<verdict>False</verdict>" in text or "Verdict: False" in text)
