"""What can be seen wrong with problems and solutions without asking anybody."""

import time

import pytest

from generation.flaws import no_boxed_answer, problem_flaw, prompt_leak
from generation.prompts import load_prompt

INSTRUCTIONS = load_prompt("problem").body

ANSWERED = [
    "Find $x$ if $2x = 6$.\nAnswer: 3",
    "Find $x$ if $2x = 6$. Answer: $x = 3$",
    "Find $x$ if $2x = 6$. (Answer: 3)",
    "Find $x$ if $2x = 6$ (answer: 3).",
    "Find $x$ if $2x = 6$. [Ans: 3]",
    "Find $x$ if $2x = 6$. Ans. 3",
    "Find $x$ if $2x = 6$. Answer = 3",
    "Find $x$ if $2x = 6$. Answer: three",
    "Find $x$ if $2x = 6$. — Answer: 3",
    "Find $x$ if $2x = 6$.\n\n**Solution:** Divide both sides by 2.",
    "Find $x$ if $2x = 6$.\n\n### Solution\nDivide both sides by 2.",
    "Find $x$ if $2x = 6$.\n\n**Answer**\n\n3",
    "Find $x$ if $2x = 6$.\nCorrect answer: 3",
    "Find $x$ if $2x = 6$.\nSolution outline: divide, then read off.",
    "What is $2 + 3$? The answer is 5.",
    "What is $2 + 3$? The answer is $5$.",
    "What is $2 + 3$? The correct answer is: **5**.",
    "What is $2 + 3$? So the final answer is \\(5\\).",
    "What is $2 + 3$? The answer to this problem is $-\\frac{5}{1}$.",
    "What is $2 + 3$? Hint: the result is 5.",
    "What is $2 + 3$? $\\boxed{5}$",
    "What is $2 + 3$? The final answer is $\\boxed{\\frac{10}{2}}$.",
    "Find the sum of the first ten odd numbers. Therefore, the sum is 100.",
    "Solve $x^2 = 4$ for positive $x$. Thus, $x = 2$.",
    "Compute $a + 3b$.\n\nShow that the result is $1559$.",
    "What remainder does $a$ leave? Show that the value that is asked for is 7.",
    "Find $a + 4b$. As one can calculate, this comes to $943$.",
    "Work out $a + b$.\n\nThe answer is $123$.",
    "Find $a + 2b$.\n\nHint: you should arrive at $12$.",
    "How many are there? It works out to be 12.",
    "Find $x$ if $2x = 6$. ($x = 3$)",
    "Find $x$ if $2x = 6$. Hint: $x=3$.",
    "Find $x$ if $2x = 6$. We find that $x = 3$.",
    "Find $x$ if $2x = 6$.\n\nLet us solve it: divide by 2, so $x=3$.",
    "Find $x$ if $2x = 6$.\nStep 1: divide by 2 to get x=3.",
    "Find $x$ if $2x = 6$. The value of $x$ is 3.",
    "Find $x$ if $2x = 6$. A: 3",
    "Find $x$ if $2x = 6$.\nAnswer 3",
    "Find $x$ if $2x = 6$.\n(A) 2 (B) 3\nCorrect option: B",
    "Find $x$ if $2x = 6$.\n(A) 2 (B) 3\nThe correct choice is (B).",
    "Find $x$ with $2x=8$, which gives $x=4$.",
    "Compute $3 \\cdot 7$. It equals $21$.",
    "Compute $3 \\cdot 7$. Note that the result is 21.",
    "Berechne $x$ aus $2x = 6$.\nLösung: 3",
    "求 $x$。答案：3",
    "Найдите $x$. Ответ: 3",
]

LEAKING = [
    "New Problem: Find $x$ if $2x = 6$.",
    "Using the knowledge points, find $x$ if $2x = 6$.",
    "Knowledge point 1: equations. Find $x$ if $2x = 6$.",
    "Find $x$ if $2x = 6$. This problem requires an understanding of linear equations.",
    "Find $x$ if $2x = 6$.\n\nThis problem combines equations with divisibility.",
    "Find $x$ if $2x = 6$. This problem was designed for your class.",
    "Find $x$ if $2x = 6$, combining all the given points.",
    "Find $x$ if $2x = 6$. The problem is free from logical errors.",
    "Find $x$ if $2x = 6$. Students must apply their knowledge of equations.",
    "Find $x$ if $2x = 6$. Put your final answer in $\\boxed{}$.",
    "Create a problem that combines primes and angles: find $x$ if $2x = 6$.",
    "Find $x$ if $2x = 6$.\n\nI hope this helps!",
    "Find $x$ if $2x = 6$. Let me know if you want another.",
    "Find $x$ if $2x = 6$.\n\nExplanation of how the points are used: by dividing.",
    "Find $x$ if $2x = 6$.\n\n(Uses: linear equations; integers.)",
    "I was asked to write a problem about equations. Find $x$ if $2x = 6$.",
    "The prompt asks for a problem without a solution. Find $x$ if $2x = 6$.",
    "As an AI language model, I wrote: find $x$ if $2x = 6$.",
    "Find $x$ if $2x = 6$.<|im_end|> Find $y$.",
    "Find $x$ if $2x = 6$. [INST] more",
    "<points>\n1. Linear equations\n</points>\nFind $x$.",
    "Free of logical errors: what is given is true and consistent, it suffices to find what is asked for. Find $x$.",
    "Write the problem as it would stand in a collection of problems, and nothing else: no solution, no answer, no hint.",
]

SOUND = [
    "Find $x$ if $2x = 6$.",
    "Find $x$ if $2x = 6$. Express your answer as a common fraction.",
    "How many seconds? Give your answer in the form $a/b$.",
    "How many? Answer: ____",
    "How many? Answer:",
    "How many? Answer: (in simplest form)",
    "If the answer is written as $\\frac{m}{n}$ in lowest terms, find $m + n$.",
    "The final answer is of the form $a\\sqrt{b}$. Find $a + b$.",
    "When a number is tripled, the result is 72. What is the number?",
    "Ana multiplied by 10 instead of dividing, and her answer was 500. What is the correct answer?",
    "A clerk writes that the answer is 12. Find the question's sum, $5 + 7$ or $5 + 6$.",
    "Solution A holds 30 % acid and solution B holds 50 %. How much of each gives 10 liters of 40 %?",
    "Five points lie on a circle. How many triangles use three of the given points?",
    "Let $\\boxed{n}$ mean the number of divisors of $n$. Find the sum for $n \\le 4$.",
    "Which digit stands in the box: $4 + \\boxed{\\phantom{2}} = 6$?",
    "Six students must use two buses. In how many ways can they be seated?",
    "Prove or disprove: therefore, every prime is odd. Find a counterexample.",
    "The instructions on a bottle say 2 spoons a day. How many spoons in a week?",
    "Find the angle. Hence find the area of the triangle.",
    "The instructions say: two spoons a day. How many spoons in a week?",
    "Show that the sum is 12, and find the product.",
    "Which scale is it? It is a scale that turns $9$ into $39$, and a map of it.",
    "The total comes to 40. How many are left?",
    "求满足 $2x = 6$ 的 $x$。",
    "Find the volume of the box. It is 5 cm high, and its base is a square of side 2 cm.",
]


@pytest.mark.parametrize("problem", ANSWERED)
def test_a_problem_that_states_its_own_answer_is_seen(problem: str) -> None:
    flaw = problem_flaw(problem, INSTRUCTIONS)
    assert flaw is not None and flaw[0] == "answer_inside" and flaw[1]


@pytest.mark.parametrize("problem", LEAKING)
def test_a_problem_that_repeats_its_prompt_is_seen(problem: str) -> None:
    flaw = problem_flaw(problem, INSTRUCTIONS)
    assert flaw is not None and flaw[0] == "prompt_leak" and flaw[1]


@pytest.mark.parametrize("problem", SOUND)
def test_a_sound_problem_has_no_flaw(problem: str) -> None:
    assert problem_flaw(problem, INSTRUCTIONS) is None


@pytest.mark.parametrize("problem", ["Find $x if $2x = 6$.", "Find $\\frac{1{2}$ of 6.", "Find \\(x if it is even."])
def test_mathematics_that_does_not_close_is_seen(problem: str) -> None:
    flaw = problem_flaw(problem)
    assert flaw is not None and flaw[0] == "mathematics"


def test_without_instructions_only_talk_of_the_task_counts() -> None:
    said_again = LEAKING[-1]
    assert prompt_leak(said_again) is None
    assert prompt_leak(said_again, INSTRUCTIONS)


# what stands in the box -> whether it is an answer
BOXES = {
    "$\\boxed{5}$": True,
    "\\boxed 5": True,
    "\\fbox{5}": True,
    "\\boxed {5}": True,
    "\\boxed{\\frac{1}{2}}": True,
    "\\boxed{\\{1, 2\\}}": True,
    "\\boxed{\\text{no solution}}": True,
    "\\boxed{\\text{(A)}}": True,
    "\\boxed{0}": True,
    "\\boxed{\\emptyset}": True,
    "\\boxed{\\boxed{5}}": True,
    "an empty one, \\boxed{}, and then \\boxed{5}": True,
    "\\boxed{5} and at last \\boxed{}": True,
    "\\boxed{}": False,
    "\\boxed{ }": False,
    "\\boxed{}$5$": False,
    "\\boxed{...}": False,
    "\\boxed{\\ldots}": False,
    "\\boxed{?}": False,
    "\\boxed{answer}": False,
    "\\boxed{your answer here}": False,
    "\\boxed{5": False,
    "\\boxed{\\frac{1}{2}": False,
    "5": False,
    "": False,
    "boxed{5}": False,
}


@pytest.mark.parametrize("solution", BOXES)
def test_a_solution_has_an_answer_in_a_box_or_it_has_none(solution: str) -> None:
    assert (no_boxed_answer(solution) is None) is BOXES[solution]


@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        "\t\n",
        " ",
        "\\boxed{",
        "{",
        "}",
        "Find x. ",
        "therefore x = ",
        "Answer: ",
        "the answer is ",
        "$",
        "this problem ",
        "students ",
    ],
)
def test_looking_for_flaws_takes_time_in_proportion_to_the_text(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    start = time.process_time()
    problem_flaw(text, INSTRUCTIONS)
    no_boxed_answer(text)
    assert time.process_time() - start < 5
