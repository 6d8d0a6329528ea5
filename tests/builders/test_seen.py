"""The first value under a key stays, and memory does not grow with the keys."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.seen import Seen


@given(st.lists(st.tuples(st.text("ab\x00é", max_size=2), st.text("xy", max_size=2)), max_size=30))
def test_the_first_value_under_a_key_is_the_one_that_every_later_one_meets(pairs: list[tuple[str, str]]) -> None:
    first: dict[str, str] = {}
    with Seen() as seen:
        for key, value in pairs:
            assert seen.add(key, value) == first.get(key)
            first.setdefault(key, value)


def test_an_id_stays_with_its_first_content_and_another_content_gets_its_hash() -> None:
    one, other = "1" * 64, "2" * 64
    with Seen() as seen:
        settled = [
            seen.settle(name, digest)
            for name, digest in [("a", one), ("a", one), ("a", other), ("a", other), ("b", one)]
        ]
    assert settled == [("a", False), ("a", True), ("a~22222222", False), ("a~22222222", True), ("b", False)]


def test_two_of_them_know_nothing_of_each_other() -> None:
    with Seen() as one, Seen() as other:
        assert one.add("a", "1") is None
        assert other.add("a", "2") is None
        assert one.add("a", "3") == "1"


def test_what_is_closed_has_forgotten() -> None:
    seen = Seen()
    seen.add("a", "1")
    seen.close()
    seen.close()
    with pytest.raises(Exception, match="closed"):
        seen.add("a", "1")


def test_memory_does_not_grow_with_the_keys() -> None:
    # A dict of these keys and values would hold some 60 MB.
    code = """
import resource
from builders.seen import Seen
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
with Seen() as seen:
    for number in range(20_000): seen.add(f"{number * 7919 % 1_000_003:040d}", "x" * 64)
    before = peak()
    for number in range(20_000, 220_000): seen.add(f"{number * 7919 % 1_000_003:040d}", "x" * 64)
    print(peak() - before)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert float(ended.stdout) < 12
