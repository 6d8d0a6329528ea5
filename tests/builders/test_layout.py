"""Which files of a folder or repo hold the rows."""

import re
import time
from pathlib import Path

import pytest
from fsspec.utils import glob_translate
from hypothesis import given
from hypothesis import strategies as st

from builders.errors import UserError
from builders.layout import card_sizes, chosen, front_matter, kind_of_file, matching

NAMES = [
    ("a.parquet", "parquet"),
    ("b/a.JSONL", "jsonl"),
    ("a.jsonl.gz", "jsonl"),
    ("a.ndjson.zst", "jsonl"),
    ("a.json.xz", "json"),
    ("a.csv.bz2", "csv"),
    ("a.tsv", "tsv"),
    ("a.parquet.gz", None),
    ("a.txt", None),
    ("a.gz", None),
    ("jsonl", None),
]


@pytest.mark.parametrize(("name", "kind"), NAMES)
def test_a_files_kind_is_in_its_name(name: str, kind: str | None) -> None:
    assert kind_of_file(name) == kind


PLAIN = [
    ("all, when no name says train", ["a.jsonl", "b.jsonl", "test.jsonl"], None, ["a.jsonl", "b.jsonl", "test.jsonl"]),
    ("not the test set", ["data/test-0.parquet", "data/train-0.parquet"], None, ["data/train-0.parquet"]),
    ("with what names no split", ["more.csv", "train.csv", "val.csv"], None, ["more.csv", "train.csv"]),
    ("a split by its folder", ["test/a.csv", "train/a.csv"], "test", ["test/a.csv"]),
    ("words, not letters", ["contest.csv", "restrained.csv"], None, ["contest.csv", "restrained.csv"]),
    ("beside rows", ["README.md", "dataset_infos.json", "run.json", "a.parquet"], None, ["a.parquet"]),
    ("lines and arrays together", ["a.json", "b.jsonl"], None, ["a.json", "b.jsonl"]),
]


@pytest.mark.parametrize(("names", "split", "expected"), [c[1:] for c in PLAIN], ids=[c[0] for c in PLAIN])
def test_without_declared_configs_names_decide(names: list[str], split: str | None, expected: list[str]) -> None:
    assert chosen("here", names, {}, None, split) == expected


FILES = ["data/a/test-0.parquet", "data/a/train-0.parquet", "data/a/train-1.parquet", "data/b/train-0.parquet"]
SPLITS = [{"split": "train", "path": "data/a/train-*"}, {"split": "test", "path": ["data/a/test-*.parquet"]}]
TWO = [{"config_name": "a", "data_files": SPLITS}, {"config_name": "b", "data_dir": "data/b"}]
DEFAULT = {"config_name": "default", "data_files": [{"split": "train", "path": ["data/b/*", "data/a/train-*"]}]}
DECLARED = [
    ("by name", TWO, "a", None, FILES[1:3]),
    ("by name and split", TWO, "a", "test", FILES[:1]),
    ("a folder", TWO, "b", None, FILES[3:]),
    ("the default, in the order of its patterns", [*TWO, DEFAULT], None, None, [FILES[3], *FILES[1:3]]),
    ("one that says it is the default", [TWO[0], {**TWO[1], "default": True}], None, None, FILES[3:]),
    ("the only one", TWO[1:], None, None, FILES[3:]),
    ("one pattern", [{"config_name": "c", "data_files": "**/train-0.parquet"}], None, None, [FILES[1], FILES[3]]),
    ("the only split", [{"config_name": "c", "data_files": SPLITS[1:]}], None, None, FILES[:1]),
]


@pytest.mark.parametrize(
    ("configs", "config", "split", "expected"), [c[1:] for c in DECLARED], ids=[c[0] for c in DECLARED]
)
def test_declared_configs_are_read_as_declared(
    configs: list[dict], config: str | None, split: str | None, expected: list[str]
) -> None:
    assert chosen("here", FILES, {"configs": configs}, config, split) == expected


REFUSED = [
    ("nothing", [], {}, None, None, "here holds no rows: .* it holds no file"),
    ("no rows", ["a.txt", "b.arrow"], {}, None, None, "here holds no rows: .*parquet.*; it holds a.txt, b.arrow"),
    ("mixed", ["a.csv", "b.parquet"], {}, None, None, "mixes kinds of files .a.csv and b.parquet."),
    ("no such split", ["train.csv"], {}, None, "test", "here has no split test; .* it has train"),
    ("no such config", FILES, {"configs": TWO}, "c", None, "here has no config c; it has a, b"),
    ("no default", FILES, {"configs": TWO}, None, None, "here has no default config; it has a, b"),
    ("no configs", FILES, {}, "a", None, "here declares no configs, and so no a"),
    ("no declared split", FILES, {"configs": TWO}, "a", "dev", "here has no split dev; it has train, test"),
    ("a file that is gone", FILES[3:], {"configs": TWO}, "a", None, "here declares a, but has no file of it"),
    ("no pattern", FILES, {"configs": [{"config_name": "a", "data_files": "[z-a]"}]}, None, None, "no pattern"),
]


@pytest.mark.parametrize(
    ("names", "front", "config", "split", "words"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_what_cannot_be_chosen_is_said_with_what_is_there(
    names: list[str], front: dict, config: str | None, split: str | None, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        chosen("here", names, front, config, split)


@pytest.mark.parametrize(
    ("pattern", "fits", "not_fits"),
    [
        ("data/*.csv", ["data/a.csv"], ["data/b/a.csv", "a.csv"]),
        ("**/a.csv", ["a.csv", "x/y/a.csv"], ["b.csv"]),
        ("**", ["a", "x/y"], []),
        ("t[re]st-?.csv", ["test-1.csv", "trst-a.csv"], ["tost-1.csv", "test-12.csv"]),
        ("[!a]b", ["cb"], ["ab"]),
        ("a+(b).csv", ["a+(b).csv"], ["aab.csv"]),
    ],
)
def test_patterns_mean_what_they_mean_on_the_hub(pattern: str, fits: list[str], not_fits: list[str]) -> None:
    assert matching([*fits, *not_fits], "", [pattern]) == fits


def test_a_pattern_of_many_stars_is_tried_in_no_time() -> None:
    started = time.process_time()
    for pattern, name in (("*a" * 40 + "b", "a" * 250), ("**a" * 40 + "b", "a" * 250), ("**/" * 40 + "x", "a/" * 120)):
        assert matching([name], "", [pattern]) == []
    assert time.process_time() - started < 2


# of what patterns and the names of files are made; fsspec, by which `datasets` reads patterns, takes `**` for a whole segment only
PART = st.lists(st.sampled_from(["*", "?", "a", "b", ".", "-", "[ab]", "[!a]", "+("]), min_size=1, max_size=4).map(
    "".join
)
PATTERN = st.lists(st.just("**") | PART, min_size=1, max_size=3).map("/".join)
NAME = st.lists(st.text("ab.-+(", min_size=1, max_size=3), min_size=1, max_size=3).map("/".join)


@given(PATTERN.filter(lambda pattern: not re.search(r"\*\*[^/]|[^/]\*\*", pattern)), NAME)
def test_patterns_mean_what_they_mean_to_fsspec(pattern: str, name: str) -> None:
    assert bool(matching([name], "", [pattern])) == bool(re.fullmatch(glob_translate(pattern), name))


def test_a_readme_without_front_matter_declares_nothing(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    for content in (b"# words\n", b"", b"\xff\xfe", b"---\n---\n"):
        readme.write_bytes(content)
        assert front_matter(readme) == {}


def test_front_matter_that_is_no_yaml_is_said(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\na: [\n---\n")
    with pytest.raises(UserError, match=r"front matter of .*README\.md is not YAML"):
        front_matter(tmp_path / "README.md")


INFO = {"splits": [{"name": "train", "num_examples": 7, "num_bytes": 70.0}, {"name": "test", "num_examples": 2}]}


@pytest.mark.parametrize(
    ("front", "config", "split", "expected"),
    [
        ({"dataset_info": INFO}, None, None, (7, 70)),
        ({"dataset_info": INFO}, None, "test", (2, None)),
        ({"dataset_info": [{"config_name": "a", **INFO}, {"config_name": "b"}]}, "a", None, (7, 70)),
        ({"dataset_info": [{"config_name": "a", **INFO}, {"config_name": "b"}]}, "b", None, (None, None)),
        ({"dataset_info": "words"}, None, None, (None, None)),
        ({}, None, None, (None, None)),
    ],
)
def test_a_cards_sizes_are_those_of_the_config_and_split(
    front: dict, config: str | None, split: str | None, expected: tuple
) -> None:
    assert card_sizes(front, config, split) == expected
