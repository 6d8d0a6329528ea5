"""Faults planted in the replies to GSDP's questions: each is what it says it is, and the truth knows it."""

import re
from collections import Counter

import pytest

from generation.composing import answer_of
from generation.fault_words import VAGUE, WRONG
from generation.faults import Reply
from generation.gsdp_faults import BAD_POINTS, PROBLEMS, SOLUTIONS, VERDICTS
from generation.gsdp_teacher import kind_of
from generation.lexicon import known
from generation.material import balanced, material
from generation.phrases import ENGLISH
from generation.problem_text import parsed
from generation.scripted import KINDS, SILENT, TABLES, fault_rates
from generation.solving import BOXED, mistake
from tests.generation.gsdp_asking import SEEDS, ask, part, problem, score, some_points, verdict

REASONS = {  # of DESIGN, "Columns": what a row of GSDP can be given beside what a dialogue can
    "vague_point", "wrong_point", "detailed_point", "low_score", "vetoed", "contaminated", "no_boxed_answer",
    "no_majority", "answer_inside",
}  # fmt: skip


def many(kind: str, name: str, count: int = 40) -> list[Reply]:
    if name == "problem":
        return [problem(number, f"{kind}=1")[2] for number in range(count)]
    return [ask("solution", f"{kind}=1", number, problem=problem(number)[1]) for number in range(count)]


def test_every_reason_of_gsdp_is_planted() -> None:
    assert set(KINDS) >= REASONS


@pytest.mark.parametrize("kind", PROBLEMS)
def test_a_problem_has_the_fault_that_was_asked_for(kind: str) -> None:
    replies = [ask("problem", f"{kind}=1", number, knowledge_points=some_points(number)) for number in range(30)]
    assert {reply.fault for reply in replies} == {kind} and {reply.kind for reply in replies} == {"problem"}
    assert {reply.status == 200 for reply in replies} == {kind != "refused"}
    assert {reply.finish for reply in replies} == {"length" if kind == "cut" else "stop"}


@pytest.mark.parametrize("form", ["logic", "missing", "unclear"])
def test_what_should_score_low_does_so_with_every_honest_judge(form: str) -> None:
    found = [problem(n, "low_score=1") for n in range(120)]
    wrong = [(asked, text) for asked, text, reply in found if reply.form == form]
    assert len(wrong) > 20
    assert all(score(asked, text, judge) < 0.7 for asked, text in wrong for judge in ("judge_a", "judge_b"))


def test_an_answer_inside_is_the_right_one() -> None:
    for number in range(40):
        asked, text, _ = problem(number, "answer_inside=1")
        found = parsed(text)
        assert found is not None and str(answer_of(found)) in re.findall(r"-?\d+", text)
        assert score(asked, text) < 0.7


def test_a_problem_that_leaks_talks_of_its_points_or_of_the_task() -> None:
    texts = [problem(number, "prompt_leak=1")[1] for number in range(40)]
    clean = [problem(number)[1] for number in range(40)]
    assert all(len(leaky) != len(text) for leaky, text in zip(texts, clean, strict=True))
    assert sum(bool(re.search(r"point|prompt|instruct|requested|asked to", text)) for text in texts) > 25


def test_what_is_contaminated_holds_a_text_of_the_sample_or_a_long_stretch_of_it() -> None:
    runs = set()
    for row in SEEDS:
        words = row["problem"].split()
        runs |= {tuple(words[i : i + 10]) for i in range(max(1, len(words) - 9))}
    forms: Counter[str | None] = Counter()
    for number in range(60):
        _, text, reply = problem(number, "contaminated=1")
        words = text.split()
        assert runs & {tuple(words[i : i + n]) for n in range(4, 11) for i in range(len(words) - n + 1)}
        forms[reply.form] += 1
    assert set(forms) == {"whole", "framed", "spliced"}


def test_broken_mathematics_does_not_balance() -> None:
    assert not any(balanced(problem(number, "mathematics=1")[1]) for number in range(40))


def test_another_language_is_none_of_english_words() -> None:
    books = [material(problem(number, "language=1")[1]).book for number in range(40)]
    assert None not in books and ENGLISH not in books and len({id(book) for book in books}) > 3


def test_a_stock_problem_is_the_same_for_all_points_and_needs_none_of_them() -> None:
    found = [problem(number, "duplicate=1") for number in range(10)]
    assert len({text for _, text, _ in found}) == 1
    assert all(score(asked, text) < 0.7 for asked, text, _ in found)


def test_the_truth_of_a_solution_is_what_stands_in_its_box() -> None:
    text = problem(3)[1]
    right, apart = ask("solution", problem=text), [ask("solution", "no_majority=1", n, problem=text) for n in range(5)]
    assert all(reply.answer == BOXED.findall(reply.text)[-1] for reply in (right, *apart))
    assert len({reply.answer for reply in apart} - {right.answer}) > 2
    for kind in ("cut", "refused", "refusal", "no_boxed_answer"):
        assert ask("solution", f"{kind}=1", 1, problem=text).answer is None


def test_the_truth_of_points_is_what_each_of_them_means() -> None:
    for number in range(20):
        reply = ask("knowledge_points", "vague_point=0.5", number, most_points=10, **SEEDS[number])
        listed = re.findall(r"^\d+\. (.+)$", part(reply.text, "points"), re.MULTILINE)
        assert reply.points is not None and list(reply.points) == listed
        for point, meaning in reply.points.items():
            found = known(point)
            assert meaning == (found.name if found else "vague_point")
    assert ask("knowledge_points", "cut=1", 1, most_points=10, **SEEDS[1]).points is None
    assert ask("point_filter", "cut=1", knowledge_point="algebra").points == {"algebra": "vague_point"}
    near = ask("synonyms", a="GCD", b="greatest common divisor").points
    assert near is not None and len(set(near.values())) == 1


def test_a_wrong_solution_is_vetoed_by_every_honest_judge() -> None:
    for number in range(40):
        text = problem(number)[1]
        reply = ask("solution", "vetoed=1", number, problem=text)
        assert reply.fault == "vetoed" and BOXED.search(reply.text) and mistake(text, reply.text)
        assert {verdict(text, reply.text, judge) for judge in ("judge_a", "judge_b")} == {"False"}


def test_without_a_box_the_answer_still_stands_there() -> None:
    for number in range(40):
        text = problem(number)[1]
        found = parsed(text)
        reply = ask("solution", "no_boxed_answer=1", number, problem=text)
        assert found is not None and "boxed" not in reply.text and str(answer_of(found)) in reply.text


def test_where_there_is_no_majority_all_samples_of_the_problem_are_spoilt_and_differ() -> None:
    for number in range(20):
        text = problem(number)[1]
        samples = [ask("solution", "no_majority=1", sample, problem=text) for sample in range(5)]
        assert {sample.fault for sample in samples} == {"no_majority"}
        answers = Counter(BOXED.findall(sample.text)[-1] for sample in samples)
        assert answers.most_common(1)[0][1] <= 3
    planted = [ask("solution", "no_majority=0.5", 0, problem=problem(n)[1]).fault for n in range(100)]
    again = [ask("solution", "no_majority=0.5", 7, problem=problem(n)[1]).fault for n in range(100)]
    assert planted == again and 30 < planted.count("no_majority") < 70


@pytest.mark.parametrize("kind", BAD_POINTS)
def test_a_bad_point_stands_among_good_ones_and_the_filter_is_to_find_it(kind: str) -> None:
    for number in range(30):
        reply = ask("knowledge_points", f"{kind}=1", number, most_points=10, **SEEDS[number])
        found = re.findall(r"^\d+\. (.+)$", part(reply.text, "points"), re.MULTILINE)
        bad = [point for point in found if known(point) is None]
        assert (reply.fault, reply.form, len(bad)) == (None, kind, 1) and 2 < len(found) <= 10
        assert f"{kind_of(bad[0])}_point" == kind == ask("point_filter", knowledge_point=bad[0]).fault


def test_bad_points_and_good_ones_have_no_name_in_common() -> None:
    assert not [point for point in (*VAGUE, *WRONG) if known(point)]


def test_a_biased_judge_says_the_opposite_and_the_truth_says_what_should_come_of_the_row() -> None:
    asked, good, _ = problem(4)
    wrong = ask("solution", "vetoed=1", problem=good).text
    right = ask("solution", problem=good).text
    strict = ask("judge_problem", "biased=1", knowledge_points=asked, problem=good)
    assert (strict.fault, strict.form) == (None, "strict") and float(part(strict.text, "score")) < 0.5
    mild = ask("judge_solution", "biased=1", problem=good, solution=wrong)
    assert (mild.fault, mild.form, part(mild.text, "verdict")) == ("vetoed", "mild", "True")
    harsh = ask("judge_solution", "biased=1", problem=good, solution=right)
    assert (harsh.fault, harsh.form, part(harsh.text, "verdict")) == (None, "strict", "False")
    for level in range(30):
        rated = part(ask("difficulty", "biased=1", level, problem=good).text, "difficulty")
        assert rated in ("low", "medium", "high") and rated != part(ask("difficulty", problem=good).text, "difficulty")


@pytest.mark.parametrize("kind", [kind for kind in VERDICTS if kind != "biased"])
def test_a_verdict_can_be_missing(kind: str) -> None:
    asked, text, _ = problem(6)
    for number in range(30):
        reply = ask("judge_problem", f"{kind}=1", number, knowledge_points=asked, problem=text)
        assert reply.fault == kind
        assert reply.status != 200 or not re.search(
            r"<score>\n[\d.]+\n</score>\n<explanation>\n.+\n</explanation>", reply.text
        )


def test_one_rate_is_spread_over_the_kinds_of_each_reply_and_verdicts_get_a_tenth() -> None:
    rates = fault_rates("0.3")
    assert {table: round(sum(kinds.values()), 9) for table, kinds in rates.items()} == {
        table: 0.03 if table == "verdict" else 0.3 for table in TABLES
    }
    named = fault_rates("vetoed=0.2,cut=0.1,no_answer=0.05")
    assert named["solution"] == {"vetoed": 0.2, "cut": 0.1, SILENT: 0.05}
    assert named["dialogue"] == named["verdict"] == {"cut": 0.1, SILENT: 0.05}


@pytest.mark.parametrize(("name", "kinds"), [("problem", PROBLEMS), ("solution", SOLUTIONS)])
def test_faults_come_at_their_rate(name: str, kinds: tuple[str, ...]) -> None:
    row = {"knowledge_points": some_points(3)} if name == "problem" else {}
    faults = Counter(
        ask(name, "0.4", number, **(row or {"problem": f"Find $x$ if $x = {number}$."})).fault for number in range(1500)
    )
    assert 0.35 < 1 - faults[None] / 1500 < 0.45
    assert set(faults) == {None, *kinds} and min(faults.values()) > 30
