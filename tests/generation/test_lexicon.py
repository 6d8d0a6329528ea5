"""The rehearsal's lexicon and its vectors: points found, spellings known, how close what lies."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.lexicon import folded, found_in, is_far, known, points
from generation.tasks import TASKS
from generation.vectors import SIZE, embedding
from tests.generation.gsdp_asking import SEEDS


def likeness(a: str, b: str) -> float:
    return sum(x * y for x, y in zip(embedding(a), embedding(b), strict=True))


def test_a_few_hundred_points_each_with_cues_and_tasks_that_exist() -> None:
    assert len(points()) > 200
    for point in points().values():
        assert point.cues and point.tasks and set(point.tasks) <= set(TASKS), point.name


def test_every_task_is_some_points() -> None:
    assert {task for point in points().values() for task in point.tasks} == set(TASKS)


def test_a_name_is_its_own_point_and_a_spelling_leads_to_one() -> None:
    for name, point in points().items():
        assert known(name) is point and not is_far(name)
        for spelling in (*point.near, *point.far):
            assert known(spelling) is not None, spelling


@pytest.mark.parametrize("text", ["gcd", "The GCD.", "greatest common factor", "**Greatest common divisor**"])
def test_spellings_are_known_whatever_their_case(text: str) -> None:
    assert known(text) is points()["greatest common divisor"]


def test_what_is_no_point_is_none() -> None:
    assert known("") is None and known("mathematical techniques") is None and known("7") is None


def test_seed_problems_have_two_points_or_more_and_share_them() -> None:
    found = [{point.name for point in found_in(f"{row['problem']}\n{row['solution']}")} for row in SEEDS]
    assert min(map(len, found)) >= 2
    assert sum(2 <= len(names) <= 8 for names in found) > 0.8 * len(found)
    shared = Counter(name for names in found for name in names)
    assert sum(count > 1 for count in shared.values()) > 80


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("What is $\\gcd(84, 126)$?", "greatest common divisor"),
        ("A right triangle has a hypotenuse of $13$.", "Pythagorean theorem"),
        ("Compute $\\binom{7}{3}$.", "combinations"),
        ("Find $\\sin 150^\\circ$.", "sine function"),
        ("Write $3 + 4i$ times its conjugate.", "complex conjugates"),
    ],
)
def test_cues_lead_to_their_point(text: str, name: str) -> None:
    assert name in [point.name for point in found_in(text)]


@given(st.text())
def test_any_text_has_points_and_a_vector_of_length_one(text: str) -> None:
    assert len(found_in(text)) >= 2
    vector = embedding(text)
    assert len(vector) == SIZE and sum(x * x for x in vector) == pytest.approx(1, abs=1e-4)


def test_spellings_of_a_point_lie_at_090_or_above() -> None:
    for point in points().values():
        for a, b in combinations((point.name, *(near for near in point.near if known(near) is point)), 2):
            assert likeness(a, b) >= 0.90, (a, b)


def test_a_point_in_other_words_lies_between_070_and_090() -> None:
    others = [(p.name, far) for p in points().values() for far in p.far if known(far) is p and is_far(far)]
    assert len(others) > 50
    for name, far in others:
        assert 0.70 <= likeness(name, far) < 0.90, (name, far)


def test_points_of_a_family_lie_below_090_most_of_them_above_070_and_others_far_apart() -> None:
    kin = [likeness(a.name, b.name) for a, b in combinations(points().values(), 2) if a.family == b.family]
    assert max(kin) < 0.90 and sum(value >= 0.70 for value in kin) > 0.5 * len(kin)
    strange = [likeness(a.name, b.name) for a, b in combinations(points().values(), 2) if a.family != b.family]
    assert max(strange) < 0.60


def test_case_and_articles_change_no_vector() -> None:
    assert embedding("Sine function") == embedding("sine function") == embedding("The sine function")
    assert folded("The  Sine Function.") == "sine function"
