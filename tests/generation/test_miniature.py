"""Rows in miniature: what is told is true, what is asked is in no row, and a wrong step is one."""

import re
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from datasets import load_dataset

from builders.answers import hashed
from builders.configs import read_configs
from builders.errors import UserError
from builders.tokens import load_tokenizer
from generation.chains import HELD_PAIRS, POINTS, Chain, chains, held_pairs, walks
from generation.miniature import main
from generation.stories import WAYS, Story, spoilt, story, told

NUMBER = re.compile(r"\d+")
STORY = Story("Ann", "eggs", 34, (("Mon", 9), ("Wed", -5)))


def made(tmp_path: Path, kind: str, *flags: str) -> Path:
    output = tmp_path / kind
    main(["--kind", kind, "--problems", "60", "--items", "20", "--output", str(output), *flags])
    return output


@pytest.mark.parametrize("way", WAYS)
def test_every_way_tells_the_same_numbers_and_the_same_answer(way: str) -> None:
    prompt, rest = told(STORY, way)
    assert [int(number) for number in NUMBER.findall(prompt)] == [34, 9, 5]
    assert hashed(prompt + rest) == "38"
    assert ("43" in rest) == (way in ("dialogue", "no_speakers", "prose_steps"))
    assert ("Expert" in rest) == (way == "dialogue")


def test_the_control_without_speakers_has_the_words_of_the_dialogue() -> None:
    spoken = "".join(told(STORY, "dialogue"))
    assert spoken.replace("Layman: ", "").replace("Expert: ", "") == "".join(told(STORY, "no_speakers"))


def test_a_story_stays_within_its_bounds() -> None:
    draw = Random(1)
    for _ in range(200):
        one = story(draw, 3, 9, 29)
        assert all(0 <= total <= 29 for total in one.totals) and all(2 <= abs(change) <= 9 for _, change in one.changes)


def test_a_spoilt_dialogue_has_one_wrong_step_and_goes_on_from_it() -> None:
    for seed in range(20):
        text = spoilt(STORY, Random(seed))
        steps = [(int(a), int(b), int(c)) for a, b, c in re.findall(r"(-?\d+)([+-]\d+)=(-?\d+)", text)]
        assert [a + b == c for a, b, c in steps].count(False) == 1
        assert all(first[2] == second[0] for first, second in pairwise(steps))
        assert hashed(text) == str(steps[-1][2]) != "38"


def test_no_item_has_the_numbers_of_a_row_or_of_another_item(tmp_path: Path) -> None:
    output = made(tmp_path, "stories")
    numbers = []
    for config in ("dialogue", "dev_dialogue", "test_dialogue"):
        rows = load_dataset(str(output), config, split="train")
        texts = rows["text"] if "text" in rows.column_names else rows["problem"]
        numbers += [tuple(re.findall(r"[+-]?\d+", text.partition("?")[0])) for text in texts]
    assert len(set(numbers)) == len(numbers) == 100


def test_kept_rows_are_the_true_ones(tmp_path: Path) -> None:
    output = made(tmp_path, "faults", "--wrong", "0.5")
    counts = {name: count for name, (count, _) in read_configs(output).items()}
    assert counts["unfiltered"] == 60 and 15 < counts["kept"] < 45
    for text in load_dataset(str(output), "kept", split="train")["text"]:
        assert all(int(a) + int(b) == int(c) for a, b, c in re.findall(r"(-?\d+)([+-]\d+)=(-?\d+)", text))


def test_a_held_pair_is_in_every_item_and_in_no_row(tmp_path: Path) -> None:
    held = held_pairs(1)
    assert len(held) == HELD_PAIRS
    output = made(tmp_path, "hops")

    def pairs(text: str) -> set[tuple[str, str]]:
        found = re.findall("|".join(POINTS), text.partition("Solution")[0])
        return set(pairwise(found))

    for config in ("one_hop", "two_hop", "three_hop"):
        assert not any(pairs(text) & held for text in load_dataset(str(output), config, split="train")["text"])
    for config in ("test_two_hop", "dev_three_hop"):
        assert all(pairs(text) & held for text in load_dataset(str(output), config, split="train")["problem"])
    rows = load_dataset(str(output), "one_hop", split="train")["text"]
    known = load_dataset(str(output), "known_one_hop", split="train")["problem"]
    assert len(known) == 20 and all(any(row.startswith(problem) for row in rows) for problem in known)


def test_a_chain_is_worked_out_step_by_step() -> None:
    assert Chain(34, ("double", "swap")).solution == "double 34 is 68. swap 68 is 86.\n#### 86"
    assert len(chains(walks(1, frozenset(), False), Random(1), 10**6)) == 100 * len(POINTS)


def test_the_same_flags_give_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def read(folder: Path) -> list[bytes]:
        return [file.read_bytes() for file in sorted((folder / "data").rglob("*.parquet"))]

    first, again = read(made(tmp_path / "a", "stories")), read(made(tmp_path / "b", "stories"))
    assert first == again != read(made(tmp_path / "c", "stories", "--seed", "2"))


def test_every_digit_is_a_token(tmp_path: Path) -> None:
    tokens = load_tokenizer(str(made(tmp_path, "stories") / "tokenizer.json"))
    assert tokens.count(["7", "93", "100"]) == [1, 2, 3]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--kind", "poems"], "one of stories, faults, hops"),
        (["--largest", "60"], "below most"),
        (["--wrong", "2"], "share"),
        (["--steps", "1"], "too few different stories"),
    ],
)
def test_what_cannot_be_made_is_refused(tmp_path: Path, flags: list[str], said: str) -> None:
    with pytest.raises(UserError, match=said):
        made(tmp_path, "stories", "--problems", "9000", *flags)
