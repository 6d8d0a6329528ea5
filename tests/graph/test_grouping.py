"""Groups are those of a plain, slow reading of the rule; what differs only in spelling has one form."""

from collections.abc import Mapping
from itertools import combinations, product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.grouping import groups, normal, same
from graph.similarity import Pairs, close_pairs
from tests.graph.test_similarity import Vectors, few_vectors, names

Verdicts = Mapping[tuple[str, str], bool]


def plain_groups(texts: list[str], pairs: Pairs, verdicts: Verdicts, sure: float) -> list[list[str]]:
    """The rule word for word: merge in descending similarity, only where all pairs of the merged group agree."""
    columns = (pairs.a.tolist(), pairs.b.tolist(), pairs.similarity.tolist())
    near = [(-cosine, texts[a], texts[b]) for a, b, cosine in zip(*columns, strict=True)]
    agree = {(a, b) for cosine, a, b in near if -cosine >= sure or verdicts.get((a, b))}
    made = [{text} for text in texts]
    for _, a, b in sorted(near):
        one, other = (next(group for group in made if text in group) for text in (a, b))
        if one is not other and all((min(pair), max(pair)) in agree for pair in product(one, other)):
            made.remove(other)
            one |= other
    return sorted(sorted(group) for group in made)


def named(texts: list[str], pairs: Pairs, verdicts: Verdicts, sure: float = 0.9) -> list[list[str]]:
    return [[texts[number] for number in group] for group in groups(texts, pairs, verdicts, sure)]


def judged(texts: list[str], pairs: Pairs, chance: Random) -> Verdicts:
    """Verdicts on all pairs but a few."""
    ends = [(texts[a], texts[b]) for a, b in zip(pairs.a.tolist(), pairs.b.tolist(), strict=True)]
    return {pair: chance.random() < 0.7 for pair in ends if chance.random() < 0.9}


@given(few_vectors, st.randoms(), st.sampled_from([0.8, 0.9, 1.1]))
@settings(max_examples=300)
def test_groups_are_those_of_the_rule_word_for_word(vectors: Vectors, chance: Random, sure: float) -> None:
    texts = names(len(vectors))
    pairs = close_pairs(texts, vectors, 0.5)
    verdicts = judged(texts, pairs, chance)
    assert named(texts, pairs, verdicts, sure) == plain_groups(texts, pairs, verdicts, sure)


@given(few_vectors, st.randoms())
def test_all_pairs_of_a_group_agree_and_every_point_is_in_one_group(vectors: Vectors, chance: Random) -> None:
    texts = names(len(vectors))
    pairs = close_pairs(texts, vectors)
    verdicts = judged(texts, pairs, chance)
    cosines = dict(zip(zip(pairs.a.tolist(), pairs.b.tolist(), strict=True), pairs.similarity.tolist(), strict=True))
    made = groups(texts, pairs, verdicts)
    assert sorted(number for group in made for number in group) == list(range(len(texts)))
    for group in made:
        for a, b in combinations(group, 2):
            assert cosines[a, b] >= 0.9 or verdicts[texts[a], texts[b]]


def test_what_is_near_to_what_is_near_does_not_merge_by_chain() -> None:
    """Three spellings a step apart: the first and the last are 0.8, and the model says no."""
    texts = ["cosine function", "function of an angle", "sine function"]
    angles = np.array([0, 0.32, 0.64])
    pairs = close_pairs(texts, np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert (pairs.similarity >= 0.9).sum() == 2 and len(pairs.a) == 3
    apart = {("cosine function", "sine function"): False}
    together = {("cosine function", "sine function"): True}
    assert named(texts, pairs, apart) == [["cosine function", "function of an angle"], ["sine function"]]
    assert named(texts, pairs, {}) == named(texts, pairs, apart)
    assert named(texts, pairs, together) == [texts]


def test_where_similarities_tie_the_first_text_merges_first() -> None:
    vectors = np.array([[1, 1, 0], [1, 0, 0], [0, 1, 0]])  # the first is as near to both others
    for middle, left, right in (("b", "a", "c"), ("c", "a", "b"), ("a", "c", "b")):
        pairs = close_pairs([middle, left, right], vectors)
        first = [sorted([middle, min(left, right)]), [max(left, right)]]
        assert named([middle, left, right], pairs, {}, sure=0.7) == sorted(first)


def test_a_verdict_counts_only_where_similarity_leaves_it_open() -> None:
    texts = ["a", "b"]
    assert named(texts, close_pairs(texts, np.array([[1, 0], [1, 0.1]])), {("a", "b"): False}) == [["a", "b"]]
    assert named(texts, close_pairs(texts, np.array([[1, 0], [0, 1]])), {("a", "b"): True}) == [["a"], ["b"]]


def test_equal_texts_are_one_point_before_they_are_grouped() -> None:
    with pytest.raises(ValueError, match="a text stands twice"):
        groups(["a", "a"], close_pairs(["a", "a"], np.ones((2, 2))), {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pythagorean theorem", "  pythagorean   Theorem."),
        ("Pythagorean theorem", "Pythagorean\ntheorem"),
        ("Non-zero vectors", "non–zero vectors"),
        ("Euler's formula", "Euler’s formula;"),
        ("Caf\u00e9 wall", "Cafe\u0301 wall"),
        ("STRASSE", "straße"),
        ("Zero\x00sum", "zero sum"),
    ],
)
def test_spellings_that_mean_the_same_have_one_form(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (r"$\Gamma$ function", r"$\gamma$ function"),
        (r"\(N\) and n", r"\(n\) and n"),
        ("matrix A", "matrix a"),
        (r"\Delta of a quadratic", r"\delta of a quadratic"),
        ("x + y", "x - y"),
        ("sine", "cosine"),
    ],
)
def test_what_differs_in_meaning_keeps_two_forms(one: str, other: str) -> None:
    assert normal(one) != normal(other)


@given(st.text())
def test_a_normal_form_is_its_own(text: str) -> None:
    assert normal(normal(text)) == normal(text)


def test_equal_forms_are_found_and_empty_texts_left_out() -> None:
    assert same(["Sine", "", "sine.", " ", "Cosine", "SINE", "..."]) == {"sine": [0, 2, 5], "cosine": [4]}
