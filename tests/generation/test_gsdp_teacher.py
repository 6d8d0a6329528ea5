"""The rehearsal's honest replies to GSDP's questions: read by our own readers, and true."""

import re

import pytest

from generation.fault_words import VAGUE, WRONG
from generation.gsdp_teacher import SHAPES, chosen, kind_of, same
from generation.lexicon import known, points
from generation.problem_text import parsed
from tests.generation.gsdp_asking import SEEDS, ask, part, problem, score, some_points, verdict

JUDGES = ("judge_a", "judge_b", "judge_c")


def listed(text: str) -> list[str]:
    return re.findall(r"^\d+\. (.+)$", part(text, "points"), re.MULTILINE)


def test_a_seed_has_two_to_eight_points_that_are_known_and_no_more_than_it_may_have() -> None:
    for number, row in enumerate(SEEDS):
        found = listed(ask("knowledge_points", number=number, most_points=10, **row).text)
        assert 2 <= len(found) <= 8 and all(known(point) for point in found)
        assert len(listed(ask("knowledge_points_atomic", number=number, most_points=3, **row).text)) <= 3


def test_points_come_in_several_spellings() -> None:
    spellings: dict[str, set[str]] = {}
    for number in range(40):
        for point in listed(ask("knowledge_points", number=number, most_points=10, **SEEDS[3]).text):
            found = known(point)
            assert found is not None
            spellings.setdefault(found.name, set()).add(point)
    assert max(map(len, spellings.values())) >= 4


@pytest.mark.parametrize(
    ("point", "kind"),
    [
        *((point, "vague") for point in VAGUE), *((point, "wrong") for point in WRONG),
        ("solving $x^2 + 5x + 6 = 0$ by hand", "detailed"), ("Vieta's formulas", "keep"), ("Zorn's lemma", "keep"),
        ("30-60-90 and 45-45-90 triangles", "keep"),
    ],
)  # fmt: skip
def test_the_filter_knows_what_it_is_asked_about(point: str, kind: str) -> None:
    assert kind_of(point) == kind == part(ask("point_filter", knowledge_point=point).text, "kind")


def test_two_points_are_the_same_if_they_are_spellings_of_one() -> None:
    for point in points().values():
        for spelling in (*point.near, *point.far):
            assert same(point.name, spelling) == (known(spelling) is point)
    assert not same("sine function", "cosine function") and not same("sine function", "an unknown thing")
    assert same("the unknown thing", "Thing, the unknown")
    assert part(ask("synonyms", a="GCD", b="greatest common factor").text, "same") == "yes"
    assert part(ask("synonyms", a="arithmetic sequence", b="geometric sequence").text, "same") == "no"


def test_the_usual_name_stands_for_a_group_and_a_new_one_where_none_suits() -> None:
    assert (
        chosen(("GCD", "greatest common divisor", "largest integer dividing two numbers")) == "greatest common divisor"
    )
    assert chosen(("largest integer dividing two numbers",)) == "greatest common divisor"
    assert chosen(("an unknown thing", "a thing")) == "a thing"
    assert chosen(("Gcd", "GCD")) == "GCD"
    assert part(ask("representative", members=["GCD", "gcd"]).text, "choice") in ("GCD", "gcd")


def test_problems_are_solved_and_judged_well_by_all() -> None:
    for number in range(80):
        asked, text, reply = problem(number)
        assert reply.fault is None and all(point in text for point in asked)
        solution = ask("solution", number=number, problem=text).text
        for judge in JUDGES:
            assert score(asked, text, judge) >= 0.85
            assert verdict(text, solution, judge) == "True"


def test_judges_differ_a_little() -> None:
    scores = [tuple(score(*problem(number)[:2], judge) for judge in JUDGES) for number in range(20)]
    assert sum(len(set(three)) > 1 for three in scores) > 10


def test_a_problem_that_misses_a_point_scores_low() -> None:
    asked, text, _ = problem(1)
    missing = next(point for point in some_points(999) if point not in asked)
    assert score([*asked, missing], text) < 0.7


def test_difficulties_are_of_all_three_kinds_and_the_same_for_all_who_ask() -> None:
    rated = []
    for number in range(150):
        text = problem(number)[1]
        rated.append(part(ask("difficulty", problem=text).text, "difficulty"))
        assert rated[-1] == part(ask("difficulty", number=3, role="rater", problem=text).text, "difficulty")
    assert min(rated.count(level) for level in ("low", "medium", "high")) > 5


def test_samples_of_a_solution_differ_and_agree() -> None:
    text = problem(5)[1]
    samples = [ask("solution", number=number, problem=text).text for number in range(8)]
    assert len(set(samples)) > 4
    assert len({re.findall(r"\\boxed\{.*?\}", sample)[-1] for sample in samples}) == 1


def test_a_reply_comes_in_several_shapes_and_always_with_its_marks() -> None:
    texts = [ask("difficulty", number=number, problem=SEEDS[0]["problem"]).text for number in range(300)]
    assert len({re.sub(r"\b(low|medium|high)\b", "", text) for text in texts}) >= len(SHAPES)
    assert len({part(text, "difficulty") for text in texts}) == 1
    assert sum(text.startswith("<difficulty>\n") for text in texts) > 250


def test_the_same_question_and_draw_give_the_same_reply() -> None:
    for name, row in (
        ("problem", {"knowledge_points": some_points(2)}),
        ("knowledge_points", {**SEEDS[1], "most_points": 9}),
    ):
        assert ask(name, "0.5", 3, **row) == ask(name, "0.5", 3, **row)
        assert len({ask(name, "0", number, **row).text for number in range(20)}) > 3


def test_a_problem_of_ones_own_is_judged_by_its_points_only() -> None:
    text = "By the sine function and the cosine function, find $\\sin 30^\\circ + \\cos 60^\\circ$."
    assert parsed(text) is None
    assert score(["cosine function", "sine function"], text) > 0.8 > score(["cosine function", "matrices"], text)
