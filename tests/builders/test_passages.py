"""Documents become passages: each row with its place, each document that has none with a reason, none lost."""

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset, Features, IterableDataset, Value, load_dataset
from hypothesis import given, settings
from hypothesis import strategies as st

from builders.errors import CheckFailed, UserError
from builders.passages import COLUMNS, cut, main, passages
from builders.row import WHY_UNIT_FIRST
from builders.tokens import load_tokenizer
from tests.builders.kinds import sample_texts

OURS = load_tokenizer()
LONG = "The sum of two odd numbers is even. Let them be $2a+1$ and $2b+1$.\n\n" * 40
Row = dict[str, Any]


def made(*documents: Row, limit: int = 100) -> list[Row]:
    return list(passages(documents, OURS, limit))


def document(text: Any, name: str | None = None, **more: Any) -> Row:
    return {"id": name, "url": None, "text": text, "bad_row": None, **more}


def test_the_passages_of_a_document_join_to_it_and_name_their_places() -> None:
    rows = made(document(LONG, "d", url="https://example.org/d"))
    assert "".join(row["text"] for row in rows) == LONG and len(rows) > 5
    for index, row in enumerate(rows):
        assert row["id"] == f"d/{index}" and row["index"] == index and row["document_id"] == "d"
        assert row["url"] == "https://example.org/d"
        assert row["text"] == LONG[row["start"] : row["end"]]
        assert row["tokens"] == OURS.count([row["text"]])[0] <= 100
        assert [row[name] for name in WHY_UNIT_FIRST] == [None] * 4


@pytest.mark.parametrize("kind", ["list", "Dataset", "stream"])
def test_passages_are_a_typed_stream_whatever_documents_come_as(kind: str) -> None:
    documents: Any = [document(LONG, "a"), document("Short.", "b")]
    if kind != "list":
        documents = Dataset.from_list(documents, features=Features({name: Value("string") for name in documents[0]}))
    rows = passages(documents.to_iterable_dataset() if kind == "stream" else documents, OURS, 100)
    assert isinstance(rows, IterableDataset)
    assert rows.features == Features({**COLUMNS, **WHY_UNIT_FIRST})
    assert list(rows) == made(document(LONG, "a"), document("Short.", "b"))


def test_a_stream_read_twice_gives_the_same_rows_twice() -> None:
    rows = passages([document("One."), document("Two."), document("One.")], OURS)
    assert list(rows) == list(rows)
    assert [row["reason"] for row in rows] == [None, None, "duplicate"]


def test_a_stream_asks_for_no_document_before_its_passages_are_wanted() -> None:
    asked = []

    def documents() -> Iterator[Row]:
        for number in range(100):
            asked.append(number)
            yield document(f"Document {number}. {LONG}")

    rows = iter(passages(documents(), OURS, 100))
    next(rows)
    assert asked == [0]


def test_a_document_without_an_id_is_named_by_its_text() -> None:
    (row,) = made(document("Some text."))
    assert row["document_id"] == sha256(b"Some text.").hexdigest()[:16]


def test_ids_that_are_no_text_become_one() -> None:
    (row,) = made({"id": 7, "text": "Some text."})
    assert row["id"] == "7/0"


def test_the_same_id_with_the_same_text_is_one_row_that_says_duplicate() -> None:
    first, second = made(document("Some text.", "a"), document("Some text.", "a"))
    assert first["reason"] is None
    assert (second["unit"], second["step"], second["reason"]) == ("document", "passages", "duplicate")
    assert second["document_id"] == "a" and second["text"] is None and second["tokens"] is None


def test_the_same_id_with_another_text_gets_a_name_of_its_own() -> None:
    texts = ["One.", "Two.", "Two.", "Three.", "One."]
    rows = made(*(document(text, "a") for text in texts))
    two, three = (f"a~{sha256(text.encode()).hexdigest()[:8]}" for text in ("Two.", "Three."))
    assert [row["document_id"] for row in rows] == ["a", two, two, three, "a"]
    assert [row["reason"] for row in rows] == [None, None, "duplicate", None, "duplicate"]
    kept = [row["id"] for row in rows if row["reason"] is None]
    assert len(set(kept)) == len(kept)


@pytest.mark.parametrize(
    ("row", "detail"),
    [
        (document(None, "a"), "no text"),
        (document("", "a"), "no text: it is empty"),
        (document(" \n\u3000\t", "a"), "no text: white space alone"),
        (document(12.5, "a"), "text is float, not a string"),
        (document(None, "a", bad_row="line 3 is not JSON"), "line 3 is not JSON"),
        ({"id": "a"}, "no text"),
    ],
)
def test_a_document_without_a_text_is_one_row_that_says_so(row: Row, detail: str) -> None:
    (rejected,) = made(row)
    assert [rejected[name] for name in WHY_UNIT_FIRST] == ["document", "passages", "bad_row", detail]
    assert rejected["document_id"] == "a" and rejected["text"] is None


def test_lone_surrogates_are_mended_before_places_are_counted() -> None:
    text = "\ud800 begins. " + LONG + "\udfff"
    rows = made(document(text))
    mended = text.replace("\ud800", "\ufffd").replace("\udfff", "\ufffd")
    assert "".join(row["text"] for row in rows) == mended
    assert all(row["text"] == mended[row["start"] : row["end"]] for row in rows)


def test_a_run_of_white_space_longer_than_a_passage_is_not_lost_and_not_asked_about() -> None:
    text = "Before." + "\n" * 8000 + "After."
    rows = made(document(text, "a"))
    assert "".join(row["text"] for row in rows) == text
    blank = [row for row in rows if not row["text"].strip()]
    assert blank and all((row["unit"], row["reason"]) == ("passage", "bad_row") for row in blank)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([None, "a", "b"]), st.sampled_from([None, "", "x y", "x z", LONG])), max_size=8)
)
def test_every_document_is_kept_whole_or_rejected_once(documents: list[tuple[str | None, str | None]]) -> None:
    rows = made(*(document(text, name) for name, text in documents))
    kept: dict[str, str] = {}
    for row in rows:
        if row["reason"] is None:
            kept[row["document_id"]] = kept.get(row["document_id"], "") + row["text"]
    rejected = [row for row in rows if row["reason"]]
    assert len(kept) + len(rejected) == len(documents)
    assert set(kept.values()) == {text for _, text in documents if text}


def test_cut_is_what_passages_are_made_with() -> None:
    assert [(row["start"], row["end"], row["tokens"]) for row in made(document(LONG))] == cut(LONG, OURS, 100)


def test_documents_without_a_text_column_are_the_users_error() -> None:
    rows = Dataset.from_dict({"id": ["a"], "body": ["x"]}).to_iterable_dataset()
    with pytest.raises(UserError, match="need the column text; these rows have body, id"):
        passages(rows, OURS)


def test_a_limit_of_nothing_is_the_users_error() -> None:
    with pytest.raises(UserError, match="at most 0 tokens"):
        passages([], OURS, 0)


def test_memory_stays_flat_over_many_documents() -> None:
    code = """
import resource
from builders.passages import passages
from builders.tokens import load_tokenizer
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
def documents():
    for number in range(4000):
        yield {"text": f"Document {number}. " + "Let $x_%d$ be odd. " % number * 100}
for number, row in enumerate(passages(documents(), load_tokenizer())):
    if number == 500: before = peak()
print(number, peak() - before)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    number, grown = map(float, ended.stdout.split())
    assert number > 4000 and grown < 12


def test_the_command_writes_a_folder_that_load_dataset_reads(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["--rows", "sample", "--output", str(tmp_path / "passages"), "--passage-tokens", "200"])
    rows = load_dataset(str(tmp_path / "passages"), split="train", cache_dir=str(tmp_path / "cache"))
    assert rows.features == COLUMNS
    whole = [text for text in sample_texts() if text.strip()]
    joined = dict.fromkeys(rows["document_id"], "")
    for row in rows:
        joined[row["document_id"]] += row["text"]
    assert sorted(joined.values()) == sorted(set(whole))
    assert max(rows["tokens"]) <= 200
    said = capsys.readouterr().out
    assert f"{len(rows)} passages of" in said and "load_dataset(" in said


def test_the_command_writes_down_what_it_rejects_and_fails_where_nothing_is_left(tmp_path: Path) -> None:
    source, output = tmp_path / "rows.jsonl", tmp_path / "passages"
    source.write_text('{"text": null}\n{"text": ""}\nnot json\n')
    with pytest.raises(CheckFailed, match="no document of"):
        main(["--rows", str(source), "--output", str(output)])
    assert json.loads((output / "run.json").read_text())["counts"]["passages"] == {
        "kept": 0,
        "rejected": {"bad_row": 3},
    }
    rejected = load_dataset(str(output), "rejected", split="train", cache_dir=str(tmp_path / "cache"))
    assert rejected["unit"] == ["document"] * 3
