"""Counts are the tokenizer's own, and add up where a piece ends."""

import json
import os
import pickle
import subprocess
import sys
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import tokens
from builders.errors import CheckFailed, UserError
from builders.pieces import find_pieces, train
from builders.text import mend
from builders.tokens import load_tokenizer, main
from tests.builders.kinds import KINDS, made, sample_texts

OURS = load_tokenizer()
# Characters in which pieces, spaces, backslashes and scripts meet, and any others
SIGNS = ["the ", "sum", "\\frac", "\\\\", "\\", "{", "}", "$", "$$", " ", "  ", "\n", "\r\n", "\t", "7", "12 ", "é"]
SIGNS += ["数学", "π", "∑", "。", "\u200d", "🙂", "\x00", "\x1c", "\x85", "\u3000", "\xa0", "((((", "<s>", "\ufeff"]
TEXTS = st.lists(st.one_of(st.sampled_from(SIGNS), st.text(max_size=5)), max_size=30).map("".join)


def own_count(loaded: tokens.Tokens, text: str) -> int:
    return len(loaded.engine.encode(text, add_special_tokens=False))


@settings(deadline=None)
@given(TEXTS)
def test_a_count_is_the_tokenizers_own(text: str) -> None:
    assert OURS.count([text]) == [own_count(OURS, mend(text))]


@pytest.mark.parametrize("text", sample_texts()[::7])
def test_a_count_of_a_whole_document_is_the_tokenizers_own(text: str) -> None:
    assert OURS.count([text]) == [own_count(OURS, text)]


@settings(deadline=None)
@given(TEXTS, st.data())
def test_a_text_cut_where_a_piece_ends_has_as_many_tokens_in_two_halves_as_whole(
    text: str, data: st.DataObject
) -> None:
    lengths, counts = map(list, OURS.pieces(text))
    assert sum(lengths) == len(text) and sum(counts) == own_count(OURS, text)
    ends = [0, *accumulate(lengths)]
    number = data.draw(st.integers(0, len(ends) - 1))
    first, second = text[: ends[number]], text[ends[number] :]
    assert own_count(OURS, first) == sum(counts[:number])
    assert own_count(OURS, second) == sum(counts[number:])


@settings(deadline=None)
@given(TEXTS, st.sampled_from([" ", "\n", "\t", "\r\n"]), TEXTS)
def test_a_piece_ends_wherever_white_space_does(before: str, white: str, after: str) -> None:
    if after[:1] in (" ", "\n", "\r", "\t", "\f", "\v", ""):
        after = "x" + after
    place = len(before + white)
    assert place in accumulate(map(len, find_pieces(before + white + after)))


@settings(deadline=None)
@given(st.text())
def test_the_pieces_of_a_text_are_all_of_it(text: str) -> None:
    assert "".join(find_pieces(text)) == text


def test_a_digit_is_a_token_of_its_own() -> None:
    assert OURS.count(["1234567890", "12.5"]) == [10, 4]


def test_a_lone_surrogate_counts_as_the_character_that_stands_for_it() -> None:
    assert OURS.count(["a\ud800b"]) == OURS.count(["a\ufffdb"]) == [own_count(OURS, "a\ufffdb")]


def test_counts_stay_right_when_more_pieces_are_seen_than_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "REMEMBERED", 50)
    monkeypatch.setattr(tokens, "WORDS", 50)
    loaded = load_tokenizer()
    for text in sample_texts()[:5]:
        assert loaded.count([text]) == [own_count(loaded, text)]
        assert len(loaded.counts) <= 50 and len(loaded.words) <= 50


@pytest.mark.parametrize(
    "text",
    [" ", "a ", " a", "a  b", "a   b", "a\n b", "a \n b", "a\n  b", "a\t b", "a \f b", "\\ \\ a", "1 $ 2", "é  ∑ x"],
)
def test_where_white_space_stands_in_a_row_words_count_as_the_tokenizer_counts_them(text: str) -> None:
    assert OURS.count([text, f"{text}so it is {text}"]) == [
        own_count(OURS, text),
        own_count(OURS, f"{text}so it is {text}"),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tokenizer_of_another_kind_counts_as_it_does_and_without_marks(kind: str) -> None:
    loaded = load_tokenizer(made(kind))
    plain = type(loaded.engine).from_str(loaded.engine.to_str())
    texts = [*sample_texts()[:5], "", "x", "a\nb"]
    assert not loaded.exact
    assert loaded.count(texts) == [len(plain.encode(text, add_special_tokens=False)) for text in texts]
    assert loaded.count([sample_texts()[0]])[0] > 100  # it was not cut off
    assert loaded.count(["x"]) == [len(plain.encode("x", add_special_tokens=False))]  # nor filled up


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["", " ", "x", "naïve \u200d数学🙂", "\x00\x00", "ab " * 50, *sample_texts()[:3]])
def test_the_pieces_of_another_kind_are_all_of_the_text(kind: str, text: str) -> None:
    loaded = load_tokenizer(made(kind))
    lengths, counts = map(list, loaded.pieces(text))
    assert sum(lengths) == len(text) and 0 not in lengths
    assert sum(counts) == own_count(loaded, text) or not text.strip()


def test_training_on_the_same_texts_gives_the_same_bytes() -> None:
    first = train(sample_texts())
    assert first == train(sample_texts())
    assert first != train(sample_texts()[:10])


def test_the_shipped_tokenizer_is_of_our_kind_and_knows_every_byte() -> None:
    assert OURS.exact
    every = "".join(map(chr, [*range(0xD800), *range(0xE000, 0x110000, 97)]))
    assert OURS.engine.decode(OURS.engine.encode(every).ids) == every


def test_a_tokenizer_names_itself_without_the_path_of_a_machine() -> None:
    loaded = load_tokenizer(made(KINDS[0]))
    assert loaded.name.startswith("spaces-before-words.json@") and "/" not in loaded.name
    assert OURS.name.startswith("mathloom@") and load_tokenizer().name == OURS.name


def test_a_tokenizer_that_travels_to_another_process_counts_the_same() -> None:
    again = pickle.loads(pickle.dumps(OURS))
    assert (again.name, again.count(["Let $x$ be odd."])) == (OURS.name, OURS.count(["Let $x$ be odd."]))
    assert len(pickle.dumps(OURS)) < 200


@pytest.mark.parametrize("content", ["", "{}", "[1", json.dumps({"model": {"type": "BPE"}})])
def test_a_file_that_is_no_tokenizer_is_named(content: str, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"no tokenizer\.json that can be read") as raised:
        load_tokenizer(str(path))
    assert str(path) in str(raised.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"there is no tokenizer file .*missing\.json"):
        load_tokenizer(str(tmp_path / "missing.json"))


@pytest.mark.parametrize("name", ["nobody/has-this-tokenizer", "a b", "too/many/parts"])
def test_a_hub_id_that_is_not_to_be_had_ends_with_exit_code_2_and_one_sentence(name: str) -> None:
    command = [sys.executable, "-m", "builders.tokens", "--tokenizer", name]
    ended = subprocess.run(
        command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 2
    assert f"the tokenizer {name} is not to be had" in ended.stderr and "Traceback" not in ended.stderr


def test_the_command_prints_how_far_two_tokenizers_are_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = made(KINDS[1])
    tokens.main(["--rows", "sample", "--tokenizer", path, "--limit", "5"])
    said = capsys.readouterr().out
    texts = [text for text in sample_texts()[:5] if text]
    ratio = sum(OURS.count(texts)) / sum(load_tokenizer(path).count(texts))
    assert f"ratio of ours to theirs: {ratio:.3f}" in said


def test_the_command_trains_a_tokenizer_of_our_kind(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    tokens.main(["--rows", "sample", "--train", str(path), "--limit", "10"])
    loaded = load_tokenizer(str(path))
    assert loaded.exact and loaded.name != OURS.name


def test_rows_without_a_text_cannot_be_counted(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"text": null}\n')
    with pytest.raises(CheckFailed, match="holds no text"):
        tokens.main(["--rows", str(rows)])


@pytest.mark.parametrize(
    "change",
    [
        {"pre_tokenizer": {"type": "FixedLength", "length": 0}},
        {"normalizer": {"type": "Precompiled", "precompiled_charsmap": "AAAA"}},
        {"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "[UNK]"}, "pre_tokenizer": None},
    ],
    ids=["panics", "panics when it is read", "lacks a token"],
)
def test_a_tokenizer_that_gives_up_is_one_sentence(tmp_path: Path, change: dict[str, Any]) -> None:
    """One that is written in Rust may do so by what is no Exception of Python's."""
    place = tmp_path / "theirs.json"
    place.write_text(json.dumps(json.loads(tokens.OURS.read_text()) | change))
    with pytest.raises(UserError, match=r"theirs.json is no tokenizer.json|the tokenizer cannot count a text"):
        load_tokenizer(str(place)).count(["what is not in its words"])


def test_a_tokenizer_that_makes_no_tokens_is_one_sentence(tmp_path: Path) -> None:
    place = tmp_path / "theirs.json"
    none = {"type": "Replace", "pattern": {"Regex": "[\\s\\S]"}, "content": ""}
    place.write_text(json.dumps(json.loads(tokens.OURS.read_text()) | {"normalizer": none}))
    with pytest.raises(UserError, match="makes no token of"):
        main(["--rows", "sample", "--limit", "2", "--tokenizer", str(place)])
