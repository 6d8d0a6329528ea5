"""What a YAML file may hold: plain values, and everything else is one sentence."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from builders.commands import read_recipe
from builders.configs import declared
from builders.errors import UserError
from builders.layout import front_matter
from builders.place import check_output
from builders.plain import FILE, LARGEST, bounded, read_yaml
from cards.facts import read_facts
from cards.measured import read_measures
from generation.prompts import load_prompt

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
    "more characters than there may be": ("a: b #" + "c" * LARGEST, "too large: it has 1,000,006 characters"),
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


def test_aliases_of_a_long_text_are_too_large() -> None:
    with pytest.raises(yaml.YAMLError, match="aliases are over"):
        bounded(f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 2000)}]")


READERS: dict[str, Callable[[Path], object]] = {
    "a.yaml": lambda path: read_recipe(str(path)),
    "a.md": lambda path: load_prompt(str(path)),
    "README.md": front_matter,
    "README.md declares": lambda path: declared(path.parent),
    "run.json": lambda path: read_facts(path.parent),
    "run.json stands there": lambda path: check_output(path.parent),
    "measures.json": lambda path: read_measures(path.parent),
}


@pytest.mark.parametrize("case", READERS)
def test_a_file_that_is_too_large_is_not_read(case: str, tmp_path: Path) -> None:
    path = tmp_path / case.partition(" ")[0]
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a hole, which takes no room on the disk
    with pytest.raises(UserError, match=f"larger than {FILE >> 20} MiB|no finished folder of ours"):
        READERS[case](path)


@pytest.mark.parametrize("case", READERS)
def test_what_is_no_file_is_not_waited_for(case: str, tmp_path: Path) -> None:
    path = tmp_path / case.partition(" ")[0]
    os.mkfifo(path)
    try:
        READERS[case](path)
    except UserError as problem:
        assert "\n" not in str(problem)
