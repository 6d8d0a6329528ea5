"""Parts of a mix, interleaved: shares, evenness, and what is said where a part is too short."""

from collections.abc import Iterator
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from train.shares import LEAST, Short, interleaved

LENGTHS = st.lists(st.integers(20, 400), min_size=120, max_size=200)


def run(lengths: list[list[int]], weights: list[float], targets: list[int] | None = None) -> list[tuple[int, int]]:
    parts: list[Iterator[int]] = [iter(part) for part in lengths]
    return list(interleaved(parts, lambda row: row, weights, targets))


@given(LENGTHS, LENGTHS, st.floats(0.1, 0.9))
def test_each_part_has_its_tokens_to_half_a_percent(one: list[int], other: list[int], share: float) -> None:
    total = min(sum(one), sum(other))
    targets = [round(total * share), round(total * (1 - share))]
    made = run([one, other], [share, 1 - share], targets)
    for part, target in enumerate(targets):
        assert abs(sum(row for of, row in made if of == part) - target) <= LEAST * target


@given(LENGTHS, LENGTHS, st.floats(0.1, 0.9))
def test_at_every_place_each_part_has_its_share_to_a_row_or_two(one: list[int], other: list[int], share: float) -> None:
    made = run([one, other], [share, 1 - share])
    so_far = list(
        accumulate(((row, row if of == 0 else 0) for of, row in made), lambda a, b: (a[0] + b[0], a[1] + b[1]))
    )
    assert all(abs(given - share * total) <= 2 * 400 for total, given in so_far)


def test_without_targets_the_mix_ends_with_the_first_part_that_does() -> None:
    made = run([[10] * 5, [10] * 100], [0.5, 0.5])
    assert [row for of, row in made if of == 0] == [10] * 5
    assert abs(len(made) - 10) <= 1


def test_rows_of_a_part_keep_their_order() -> None:
    made = run([list(range(1, 60)), list(range(100, 160))], [0.5, 0.5], [800, 800])
    rows = [row for of, row in made if of == 0]
    assert rows == sorted(rows)


def test_a_part_that_has_not_enough_says_what_it_has() -> None:
    with pytest.raises(Short) as short:
        run([[10] * 50, [10] * 5], [0.5, 0.5], [300, 300])
    assert (short.value.part, short.value.tokens) == (1, 50)


def test_a_part_of_nothing_has_not_enough() -> None:
    with pytest.raises(Short):
        run([[10] * 50, []], [0.5, 0.5], [300, 300])
