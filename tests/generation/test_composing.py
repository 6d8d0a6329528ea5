"""The rehearsal's problems and solutions: exact, solvable, readable from their text, and wrong only on purpose."""

import re
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.composing import LETTERS, Claim, Part, Problem, answer_of, composed, falsified, is_sound, values_of
from generation.material import balanced
from generation.problem_text import parsed, written
from generation.solving import BOXED, WRONG, mistake, solved
from generation.tasks import HEAD, TASKS, drawn, put, read, value_of
from tests.generation.gsdp_asking import some_points

KNOWN = {  # a task with numbers and the value that anybody can check
    "gcd": ((84, 126), 42), "lcm": ((4, 6), 12), "divisors": ((24,), 8), "remainder": ((101, 6), 5),
    "power_remainder": ((2, 10, 7), 2), "largest_prime": ((60,), 5), "primes": ((2, 10), 4), "digit_sum": ((1024,), 7),
    "base_digits": ((8, 2), 4), "base_value": ((101, 2), 5), "order": ((3, 4, 10, 8), 11), "floor": ((50, 3), 16),
    "fraction_sum": ((5, 7, 4), 3), "percent": ((15, 60), 9), "ratio_part": ((30, 1, 5), 25), "average": ((3, 9), 6),
    "median": ((9, 2, 5), 5), "range_of": ((9, 2, 5), 7), "distance": ((3, 50), 150), "work": ((2, 3, 4), 24),
    "cost": ((3, 20, 100), 160), "product_rule": ((2, 3, 4), 24), "choose": ((6, 2), 15), "arrangements": ((5, 2), 20),
    "either_multiple": ((10, 2, 3), 7), "coefficient": ((4, 2), 6), "lattice_paths": ((2, 2), 6),
    "expected_hits": ((12, 6), 2), "linear": ((2, 1, 9), 4), "system": ((20, 4), 12), "line_value": ((2, 1, 3), 7),
    "integers_between": ((0, 5), 4), "absolute": ((3, 4), 7), "larger_root": ((5, 6), 3),
    "squares_of_roots": ((5, 6), 13), "least_value": ((4, 10), 6), "polynomial_value": ((2, 1, 3), 22),
    "polynomial_remainder": ((1, 1, 2), 7), "power": ((2, 5), 32), "square_root": ((20, 16), 6), "log": ((2, 8), 3),
    "composition": ((2, 1, 3), 21), "arithmetic_term": ((1, 2, 10), 19), "arithmetic_sum": ((1, 1, 10), 55),
    "geometric_term": ((1, 2, 5), 16), "geometric_sum": ((1, 2, 5), 31), "trig_square": ((3, 4), 7),
    "cosine_sixty": ((10,), 5), "sine_period": ((4,), 90), "modulus": ((3, 4), 25), "real_part": ((2, 1, 3, 1), 5),
    "conjugate_product": ((1, 2), 5), "dot_product": ((1, 2, 3, 4), 11), "squared_length": ((1, 2, 2), 9),
    "determinant": ((1, 2, 3, 4), -2), "trace": ((1, 2, 3, 4), 29), "third_angle": ((60, 50), 70),
    "triangle_area": ((4, 3), 6), "hypotenuse": ((3, 4), 5), "scaled_side": ((2, 6, 4), 12), "scaled_area": ((3, 2), 12),
    "circle_area": ((3,), 9), "diameter": ((6,), 6), "chord_distance": ((5, 3), 4), "rectangle_area": ((4, 5), 20),
    "rectangle_perimeter": ((4, 5), 18), "polygon_angles": ((5,), 540), "diagonals": ((5,), 5),
    "box_volume": ((2, 3, 4), 24), "cube_surface": ((2,), 24), "cylinder_volume": ((2, 3), 12),
    "distance_points": ((0, 0, 3, 4), 5), "midpoint": ((2, 0, 4, 1), 3), "slope": ((0, 1, 2, 7), 3),
}  # fmt: skip


def test_every_task_comes_to_what_anybody_can_check() -> None:
    assert set(KNOWN) == set(TASKS)
    for name, (numbers, value) in KNOWN.items():
        assert value_of(name, numbers) == value, name


@pytest.mark.parametrize("name", TASKS)
def test_a_task_is_read_from_its_own_words(name: str) -> None:
    for words in TASKS[name].words:
        assert "#" not in words[:HEAD] and not set(".;") & set(words)
        for number in range(30):
            numbers = drawn(name, Random(number))
            assert numbers is not None and value_of(name, numbers) is not None
            assert read(put(words, numbers)) == (name, numbers)
            assert balanced(put(words, numbers)) and balanced(f"${put(TASKS[name].how, numbers)}$")


@pytest.mark.parametrize(
    ("name", "numbers"),
    [("hypotenuse", (3, 5)), ("larger_root", (1, 5)), ("third_angle", (100, 95)), ("linear", (2, 1, 4))],
)
def test_what_does_not_exist_has_no_value(name: str, numbers: tuple[int, ...]) -> None:
    assert value_of(name, numbers) is None


def test_problems_are_read_again_as_they_were_meant() -> None:
    for number in range(300):
        points = some_points(number)
        made = composed(points, Random(number))
        text = written(made, points, Random(number))
        found = parsed(text)
        assert found is not None and (found.parts, found.factors, found.modulus) == (
            made.parts,
            made.factors,
            made.modulus,
        )
        assert set(found.claims) == set(made.claims)
        assert all(point in text for point in points) and balanced(text)
        assert is_sound(made) and answer_of(made) is not None


def test_problems_of_the_same_points_differ() -> None:
    texts = [written(composed(["cubes", "primes"], Random(n)), ["cubes", "primes"], Random(n)) for n in range(60)]
    words = [set(re.findall(r"\w+", text)) for text in texts]
    assert len(set(texts)) == 60
    assert max(len(a & b) / len(a | b) for a, b in combinations(words, 2)) < 0.75


def test_more_points_than_letters_are_all_named() -> None:
    many = some_points(1) + [f"point number {n}" for n in range(20)]
    text = written(composed(many, Random(1)), many, Random(1))
    assert all(point in text for point in many)
    assert parsed(text) is not None and len(values_of(composed(many, Random(1)))) == len(LETTERS)


def test_one_point_or_none_make_a_problem_too() -> None:
    for points in ([], ["dice and coins"]):
        found = parsed(written(composed(points, Random(3)), points, Random(3)))
        assert found is not None and len(found.parts) == 2


def test_a_circle_and_a_false_claim_are_no_sound_problems() -> None:
    part = Part("a", "power", (2, 3), "the result of $2^{3}$")
    assert is_sound(Problem((part,), (Claim("a", "even"),), (("a", 1),)))
    assert not is_sound(Problem((part,), (Claim("a", "odd"),), (("a", 1),)))
    circle = Part("a", "power", (2, 3), part.words, ("plus", "b"))
    assert not is_sound(Problem((circle, Part("b", "power", (2, 2), "the result of $2^{2}$")), (), (("a", 1),)))
    assert answer_of(Problem((part,), (), (("b", 1),))) is None


def test_a_falsified_problem_is_never_sound() -> None:
    for number in range(300):
        points = some_points(number)
        wrong = falsified(composed(points, Random(number)), Random(number))
        found = parsed(written(wrong, points, Random(number)))
        assert found is not None and not is_sound(found)


def test_solutions_are_true_and_boxed() -> None:
    for number in range(300):
        points = some_points(number)
        made = composed(points, Random(number))
        text = written(made, points, Random(number))
        solution = solved(text, Random(number))
        assert BOXED.findall(solution) == [str(answer_of(made))]
        assert mistake(text, solution) is None and balanced(solution)


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_solutions_are_found_wrong(wrong: str) -> None:
    found = 0
    for number in range(100):
        points = some_points(number)
        text = written(composed(points, Random(number)), points, Random(number))
        found += mistake(text, solved(text, Random(number), wrong, 3)) is not None
    assert found >= 98  # a slip in a number that is multiplied by zero harms nobody


def test_a_solution_without_a_box_is_incomplete() -> None:
    text = written(composed(["cubes"], Random(1)), ["cubes"], Random(1))
    solution = solved(text, Random(1), boxed=False)
    assert "boxed" not in solution and mistake(text, solution) == "completeness"


@given(st.text())
@settings(max_examples=60)
def test_any_other_problem_gets_the_same_answer_each_time(text: str) -> None:
    first, again = solved(text, Random(1)), solved(text, Random(2))
    assert BOXED.findall(first) == BOXED.findall(again) and mistake(text, first) is None
    assert mistake(text, solved(text, Random(1), "slip", 2)) == "answer"
