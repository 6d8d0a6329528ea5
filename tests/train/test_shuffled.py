"""Rows of many files in an order that a seed gives."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from train import shuffled as module
from train.shuffled import shuffled


def files(count: int, rows: int) -> list[Callable[[], Iterator[dict[str, Any]]]]:
    return [
        partial(lambda file: ({"id": f"{file}-{row}", "text": "x" * 50} for row in range(rows)), file)
        for file in range(count)
    ]


def ids(seed: str, count: int = 12, rows: int = 30) -> list[str]:
    return [row["id"] for row in shuffled(files(count, rows), seed)]


def test_every_row_comes_once() -> None:
    made = ids("0")
    assert len(made) == len(set(made)) == 12 * 30


def test_the_order_is_the_seeds() -> None:
    assert ids("0") == ids("0") != ids("1")


def test_no_more_rows_wait_than_the_pool_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POOL_BYTES", 20 * 250)
    read = 0

    def file() -> Iterator[dict[str, Any]]:
        nonlocal read
        for row in range(1000):
            read += 1
            yield {"id": str(row), "text": "x" * 50}

    for given, _ in enumerate(shuffled([file], "0"), 1):
        assert read - given <= 20


def test_files_are_read_beside_each_other() -> None:
    first = {name.partition("-")[0] for name in ids("0", count=8, rows=5000)[:100]}
    assert len(first) == 8


def test_no_files_have_no_rows() -> None:
    assert ids("0", count=0) == []


@pytest.mark.parametrize("row", [{"messages": [{"role": "user", "content": "x" * 2**20}]}, {"looked": ["x" * 2**20]}])
def test_what_stands_in_lists_is_held_too(row: dict[str, Any]) -> None:
    given = 0

    def rows() -> Iterator[dict[str, Any]]:
        nonlocal given
        for _ in range(200):
            given += 1
            yield dict(row)

    for taken, _ in enumerate(shuffled([rows], "0"), 1):
        assert given - taken <= module.POOL_BYTES >> 20


def test_a_text_that_stands_in_a_row_twice_is_held_once() -> None:
    text = "x" * 2**20
    assert module.size({"text": text, "looked": [text, "y"]}) < 2**20 + 1000
