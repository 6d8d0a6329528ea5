"""What a YAML file may hold: plain values, and everything else is one sentence."""

import pytest

from builders.errors import UserError
from builders.plain import read_yaml

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
)
WRONG = {
    "three thousand lists in one another": ("a: " + "[" * 3000 + "]" * 3000, "nested too deeply"),
    "sixty lists in one another": ("a: " + "[" * 60 + "]" * 60, "a depth of 50"),
    "aliases that multiply": (BOMB, "too large"),
    "a list that holds itself": ("a: &a [*a]", "not YAML|too large"),
    "a date": ("a: {b: 2024-01-01}", "a: b holds a value of the type date"),
    "a set": ("a: !!set {b, c}", "a holds a value of the type set"),
    "bytes": ("a: !!binary aGk=", "a holds a value of the type bytes"),
    "no number": ("a: .nan", "a holds nan"),
    "an endless number": ("a: [-.inf]", "a holds -inf"),
    "a number beyond 64 bits": ("a: 99999999999999999999", "a holds a number beyond 64 bits"),
    "a number of ten thousand digits": ("a: 0x" + "F" * 10_000, "a holds a number beyond 64 bits"),
    "half a character": (r'a: "b\ud800"', r"a holds 'b\\ud800', which cannot be written in UTF-8"),
    "half a character in a key": (r'"a\ud800": 1', "cannot be written in UTF-8"),
    "a NUL": (r'a: "b\0c"', r"a holds 'b\\x00c', in which a NUL stands"),
    "a key that is a number": ("a: {1: x, b: y}", "a key is of the type int; put it in quotes"),
    "a key that is a list": ("? [a]\n: b", "a key is of the type list"),
    "a merge": ("a: &a {b: 1}\nc:\n  <<: *a", "line 3: '<<' merges mappings, which is not done here"),
    "a tag that does not fit": ("a: !!int ''", "is not YAML"),
    "another": ("a: !!timestamp x", "is not YAML"),
    "a third": ("a: !!bool x", "is not YAML"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_not_plain_is_one_sentence(case: str) -> None:
    text, sentence = WRONG[case]
    with pytest.raises(UserError, match=sentence) as problem:
        read_yaml(text, "the recipe r.yaml")
    assert str(problem.value).startswith("the recipe r.yaml") and len(str(problem.value)) < 300


def test_an_alias_stands_for_what_it_names() -> None:
    read = read_yaml("a: &a {b: [1, 2.5, true, null, é]}\nc: *a", "r")
    assert read["a"] == read["c"] == {"b": [1, 2.5, True, None, "é"]}
