"""The one score from 0 to 1 in what a judge says, as judges really write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.errors import Unreadable
from generation.prompts import load_prompt
from generation.verdicts import read_score

SCORE = load_prompt("judge_problem").front

# how it is written -> the reply; the score is always 0.9
SCORES = {
    "as asked for": "<score>\n0.9\n</score>\n<explanation>\nBoth points are used.\n</explanation>",
    "inline": "<score>0.9</score><explanation>Both points are used.</explanation>",
    "marks escaped": "&lt;score&gt;0.9&lt;/score&gt;",
    "no mark at the end": "<score>0.9\n<explanation>It uses 2 of 2 points, and 1 idea is new.",
    "no mark at the beginning": "0.9\n</score>\n<explanation>\nfine\n</explanation>",
    "the mark twice instead of its end": "<score>0.9<score>",
    "the form said again before it is filled": "<score>\n...\n</score>\n<score>\n0.9\n</score>",
    "a label between the marks": "<score>Score: 0.9</score>",
    "a reason between the marks": "<score>0.9, because it is clear</score>",
    "the paper's form": "Evaluation Score: 0.9\n\nExplanation: The problem uses all 3 points.",
    "the paper's form in bold": "**Evaluation Score:** 0.9\n\n**Explanation:** It has 2 parts.",
    "bold around all": "**Evaluation Score: 0.9**",
    "a heading": "### Evaluation Score: 0.9\n\nIt is fine.",
    "the label on a line of its own": "Evaluation Score:\n0.9\n\nExplanation:\nfine",
    "a bullet": "- Score: 0.9\n- Explanation: fine",
    "explanation first": "Explanation: the 2 points are used and 1 equation suffices.\n\nScore: 0.9",
    "thinking before it": "<think>Maybe 0.2? No.</think>\n0.9",
    "the number alone": "0.9",
    "with a stop": "0.9.",
    "without a zero": ".9",
    "with more zeros": "0.900",
    "a decimal comma": "0,9",
    "out of one": "0.9/1",
    "out of one, at length": "0.9 / 1.0",
    "out of one, in words": "Score: 0.9 out of 1",
    "out of ten": "9/10",
    "out of ten, in words": "Score: 9 out of 10",
    "out of ten, with a point": "Score: 9.0/10",
    "on a scale": "9 on a scale of 1 to 10",
    "stars": "Rating: 4.5/5",
    "out of a hundred": "90 out of 100",
    "out of a hundred points": "Score: 90/100 points",
    "percent": "90%",
    "percent with a label": "Score: 90 %",
    "percent in LaTeX": "Score: $90\\%$",
    "percent in words": "Score: 90 percent",
    "the scale in the label": "Score (0-100): 90",
    "the scale in the label, in words": "Score (out of 10): 9",
    "a range in the label": "Evaluation Score (between 0 and 1): 0.9",
    "said twice": "0.9 (90%)",
    "said at both ends": "0.9\n\nIt is clear.\n\n0.9",
    "a box": "$\\boxed{0.9}$",
    "a fraction": "$\\frac{9}{10}$",
    "brackets": "[0.9]",
    "brackets behind a label": "Score: [0.9]",
    "about": "Score: about 0.9",
    "code": "```\n0.9\n```",
    "the number first": "0.9\n\nThe problem uses all points.",
    "the number last": "The problem uses all points, and 2 equations are needed.\n\n0.9",
    "the number and a reason": "0.9 because it is clear.",
    "the number and a dash": "0.9 - a good problem",
    "a sentence": "I would give this problem a score of 0.9 because it is clear.",
    "another sentence": "The problem is sound. I rate it 0.9.",
    "a third sentence": "My score is 0.9.",
    "parts and the whole": "Logic score: 1.0\nClarity score: 0.8\nOverall score: 0.9",
    "labels of parts and the final one": "Score: 0.5\nFinal score: 0.9",
    "parts in brackets": "Score: 0.9 (logic 1.0, clarity 0.8)",
    "a table": "| Score | 0.9 |",
    "JSON": '{"score": 0.9, "explanation": "fine"}',
    "an equals sign": "score = 0.9",
    "a chat template's end": "Score: 0.9<|im_end|>",
    "German": "Bewertung: 0,9",
    "a label that says of what": "Score for this problem: 0.9",
    "another label": "Evaluation: 0.9\n\nExplanation: fine",
    "an overall evaluation score": "Overall Evaluation Score: 0.9/1.0 (excellent)",
    "LaTeX": "$\\text{Score: } 0.9$",
    "Chinese": "评分：0.9",
    "an exponent": "9e-1",
    "sure": "Sure! Here is my evaluation of 1 problem:\n\nEvaluation Score: 0.9\n\nExplanation: fine.",
}  # fmt: skip

OTHER_SCORES = {
    "0": 0.0,
    "1": 1.0,
    "1.0": 1.0,
    "Score: 1. The problem is sound.": 1.0,
    "Score: 0.85": 0.85,
    "Score: 1/1": 1.0,
    "100%": 1.0,
    "Score: 1 out of 10": 0.1,
    "1e-9": 0.0,
    "Score: 0.0\n\nExplanation: 1.0 would be wrong": 0.0,
    "0.333333333": 0.333333,
}

NO_SCORES = [
    "",
    "  \n",
    "...",
    "<score>\n...\n</score>",
    "Score:",
    "Score: {score}",
    "N/A",
    "nan",
    "∞",
    "one",
    "good",
    "Score: high",
    "85",
    "Score: 85",
    "<score>95</score>",
    "10",
    "1.2",
    "-0.5",
    "120%",
    "Score: 11/10",
    "0.9/10",
    "0.7/0.9",
    "1,000",
    "0.9.5",
    "0.9+",
    "0.8...0.9",
    "0.8-0.9",
    "0.8 - 0.9",
    "0.8 to 0.9",
    "between 0.8 and 0.9",
    "0.85 or 0.9",
    "0.9, 0.8",
    "0.9 1",
    "0.85 ± 0.05",
    "Score: >0.9",
    "< 0.9",
    "0.9 (80%)",
    "Score: 0.9\nScore: 0.4",
    "<score>0.9</score><score>0.3</score>",
    "0.9\n0.5",
    "The score is 0.9. The score is 0.2.",
    "Logic score: 0.9\nClarity score: 0.8",
    "Score: 0.9 for point 1 and 0.4 for point 2",
    "I cannot give it a score of 1.",
    "If it were clear, the score would be 1.0.",
    "A score of 1 means that all points are used.",
    "I would give less than a score of 0.9.",
    "The score should not be 1.",
    "It uses 2/2 points.",
    "<score>1 point is unused</score>",
    "<score>all points, 0 errors</score>",
    "1. The problem uses both points.\n2. It is clear.",
    "Score:\n1. The problem uses both points.\n2. It is clear.",
    "<score>1. It uses both.\n2. It is clear.</score>",
    "1: it is clear",
    "<think>0.9",
    "<think>Score: 0.9</think>",
    "I'm sorry, I can't rate this.",
    "The answer is 42.",
    "Problem 1 has 2 parts and 3 unknowns.",
    "<score>0.9 (logic), 0.2 (presentation)</score>",
    "<score>0.9\n0.1</score>",
    "<score>1.0 (if the typo is fixed)</score>",
    "<score>0.9: logic 0.2: presentation</score>",
    "<score>0.9</score>\n<explanation>However, the overall score should be 0.2.</explanation>",
]


@pytest.mark.parametrize("case", SCORES)
def test_a_score_is_read_however_it_is_written(case: str) -> None:
    assert read_score(SCORES[case], SCORE)["score"] == 0.9


@pytest.mark.parametrize("reply", OTHER_SCORES)
def test_other_scores_are_read_exactly(reply: str) -> None:
    assert read_score(reply, SCORE)["score"] == OTHER_SCORES[reply]


@pytest.mark.parametrize("reply", NO_SCORES)
def test_what_is_not_one_number_from_0_to_1_is_no_score(reply: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_score(reply, SCORE)
    assert caught.value.reason == "unreadable" and caught.value.detail


def test_the_explanation_comes_with_the_score() -> None:
    assert read_score(SCORES["as asked for"], SCORE)["explanation"] == "Both points are used."
    assert read_score(SCORES["the paper's form"], SCORE)["explanation"] == "The problem uses all 3 points."
    assert (
        read_score(SCORES["explanation first"], SCORE)["explanation"]
        == "the 2 points are used and 1 equation suffices."
    )
    assert read_score("0.9", SCORE)["explanation"] is None


@given(
    st.floats(0, 1).map(lambda x: round(x, 3)),
    st.sampled_from(["<score>{}</score>", "Score: {}", "{}", "Evaluation Score: {}\nExplanation: 2 points"]),
)
def test_every_score_comes_back(score: float, form: str) -> None:
    assert read_score(form.format(score), SCORE)["score"] == score
