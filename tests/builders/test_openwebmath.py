"""OpenWebMath as a builder: the same documents streamed and not, from every kind of file, and none of them stale."""

import csv
import io
import itertools
import json
import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.errors import UserError
from builders.openwebmath import COLUMNS, FEATURES, OpenWebMath, documents

ROWS = [
    {"id": str(n), "url": f"https://example.org/{n}", "text": f"$x^{n}$", "date": "2023-01-01", "metadata": "{}"}
    for n in range(600)
]


def as_csv(rows: list[dict]) -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode()


def as_parquet(rows: list[dict]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=100)
    return sink.getvalue()


def as_lines(rows: list[dict]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


KINDS = {"jsonl": as_lines, "json": lambda rows: json.dumps(rows).encode(), "csv": as_csv, "parquet": as_parquet}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files of 200 rows each."""
    for at in range(3):
        (tmp_path / f"part-{at}.jsonl").write_bytes(as_lines(ROWS[at * 200 : at * 200 + 200]))
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_documents(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"docs.{kind}").write_bytes(KINDS[kind](ROWS))
    expected = [{**row, "bad_row": None} for row in ROWS]
    assert list(documents(str(tmp_path / f"docs.{kind}"))) == expected
    assert list(documents(str(tmp_path / f"docs.{kind}"), streaming=False)) == expected


def test_it_is_a_builder_that_one_can_use_as_such(folder: Path, tmp_path: Path) -> None:
    builder = OpenWebMath(where=str(folder), cache_dir=str(tmp_path / "cache"))
    assert isinstance(builder, datasets.ArrowBasedBuilder)
    builder.download_and_prepare()
    assert builder.as_dataset(split="train").features == FEATURES == builder.info.features
    assert builder.as_streaming_dataset(split="train").num_shards == 3
    assert len(list(builder.as_streaming_dataset()["train"])) == builder.info.splits["train"].num_examples == 600


def test_a_stream_can_be_gone_through_twice_left_and_taken_up_again(folder: Path) -> None:
    stream = documents(str(folder))
    first = list(stream)
    assert list(stream) == first and [row["id"] for row in first] == [row["id"] for row in ROWS]
    stream = documents(str(folder))
    seen = list(itertools.islice(stream, 333))
    state = stream.state_dict()
    again = documents(str(folder))
    again.load_state_dict(json.loads(json.dumps(state)))
    assert seen + list(again) == first


def test_a_stream_is_an_ordinary_dataset(folder: Path) -> None:
    stream = documents(str(folder))
    assert isinstance(stream, datasets.IterableDataset)
    longer = stream.map(lambda row: {"text": row["text"] * 2}).filter(lambda row: row["id"] in ("3", "400"))
    assert [row["text"] for row in longer] == ["$x^3$$x^3$", "$x^400$$x^400$"]
    assert len(list(pickle.loads(pickle.dumps(stream)))) == 600
    assert {row["id"] for at in range(3) for row in stream.shard(3, at)} == {row["id"] for row in ROWS}


def test_a_stream_leaves_nothing_on_the_disk(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parent / "tmp"))
    stream = documents(str(folder))
    assert next(iter(stream))["id"] == "0" and list((folder.parent / "tmp").iterdir()) == []


@pytest.mark.parametrize("streaming", [True, False])
@pytest.mark.parametrize("limit", [1, 200, 201, 599, 10_000])
def test_a_limit_is_the_first_so_many(folder: Path, limit: int, streaming: bool) -> None:
    got = [row["id"] for row in documents(str(folder), limit=limit, streaming=streaming)]
    assert got == [row["id"] for row in ROWS[:limit]]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_the_users_mistake(limit: int) -> None:
    with pytest.raises(UserError, match=f"limit is {limit}; it must be 1 or more"):
        documents("sample", limit=limit)


def test_changed_files_never_give_old_documents(tmp_path: Path) -> None:
    file, cache = tmp_path / "a.jsonl", str(tmp_path / "cache")
    for text in ("one", "two"):
        file.write_bytes(as_lines([{"text": text}]))
        os.utime(file, ns=(1_000 + len(text), 1_000 if text == "one" else 2_000))
        builder = OpenWebMath(where=str(file), cache_dir=cache)
        builder.download_and_prepare()
        assert builder.as_dataset(split="train")["text"][0] == text


NUMBER = "line 1 has a number where `text` should be a text"
VALUES = [
    ("a number as id", {"id": 7, "text": "a"}, {"id": "7"}),
    ("an empty id", {"id": "", "text": "a"}, {"id": None}),
    ("no id", {"text": "a"}, {"id": None, "url": None, "date": None, "metadata": None}),
    ("an object as metadata", {"text": "a", "metadata": {"b": [1, None, "é"]}}, {"metadata": '{"b": [1, null, "é"]}'}),
    ("a number as date", {"text": "a", "date": 2023}, {"date": "2023"}),
    ("a list as url", {"text": "a", "url": ["b"]}, {"url": '["b"]'}),
    ("null text", {"id": "x", "text": None}, {"id": "x", "text": None, "bad_row": None}),
    ("an empty text", {"text": ""}, {"text": "", "bad_row": None}),
    ("a number as text", {"id": "x", "text": 3}, {"id": None, "text": None, "bad_row": NUMBER}),
    (
        "a lone surrogate everywhere",
        {"id": "\ud800", "text": "\udfff", "url": "\udc80"},
        {"id": "\ufffd", "text": "\ufffd"},
    ),
]


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in VALUES], ids=[case[0] for case in VALUES])
def test_whatever_a_column_holds_becomes_a_text(tmp_path: Path, row: dict, expected: dict) -> None:
    (tmp_path / "a.jsonl").write_bytes(as_lines([row, {"text": "the text column is there"}]))
    got = next(iter(documents(str(tmp_path / "a.jsonl"))))
    assert set(got) == {*COLUMNS, "bad_row"} and {name: got[name] for name in expected} == expected


def test_dates_and_structs_of_parquet_become_texts(tmp_path: Path) -> None:
    table = pa.table(
        {
            "text": pa.array(["a", None]).dictionary_encode(),
            "date": pa.array([1_700_000_000_000, None], pa.timestamp("ms", "UTC")),
            "metadata": [{"b": 1.5}, None],
            "id": [1, 2],
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert list(documents(str(tmp_path / "a.parquet"))) == [
        {
            "id": "1",
            "url": None,
            "text": "a",
            "date": "2023-11-14T22:13:20+00:00",
            "metadata": '{"b": 1.5}',
            "bad_row": None,
        },
        {"id": "2", "url": None, "text": None, "date": None, "metadata": None, "bad_row": None},
    ]


def test_a_large_string_column_is_read(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": pa.array(["a"], pa.large_string())}), tmp_path / "a.parquet")
    assert [row["text"] for row in documents(str(tmp_path / "a.parquet"))] == ["a"]


@pytest.mark.parametrize("streaming", [True, False])
def test_a_file_without_a_text_column_is_the_users_mistake(tmp_path: Path, streaming: bool) -> None:
    (tmp_path / "a.jsonl").write_text('{"problem": "1 + 1", "solution": "2"}\n')
    with pytest.raises(UserError, match=r"a\.jsonl has no column text; it has problem, solution"):
        documents(str(tmp_path / "a.jsonl"), streaming=streaming)


def test_a_file_that_changes_its_columns_under_a_stream_ends_it_with_a_sentence(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["a"]}), tmp_path / "a.parquet")
    stream = documents(str(tmp_path / "a.parquet"))
    pq.write_table(pa.table({"other": ["a"]}), tmp_path / "a.parquet")
    with pytest.raises(UserError, match="has no column text; it has other"):
        list(stream)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    command = [sys.executable, "-m", "builders.openwebmath", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_writes_a_folder_that_loads_with_what_it_could_not_read(tmp_path: Path) -> None:
    lines = ['{"text": "a", "url": "u", "more": 1}', "oops", '{"text": " "}', '{"id": 3, "text": "b"}', '{"text": "c"}']
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    ran = run("--rows", str(tmp_path / "a.jsonl"), "--output", str(tmp_path / "out"), "--limit", "4")
    assert ran.returncode == 0 and "2 documents" in ran.stdout and "rejected: 2 bad_row" in ran.stdout, ran.stderr
    kept = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert list(kept) == [
        dict.fromkeys(COLUMNS) | given for given in ({"text": "a", "url": "u"}, {"id": "3", "text": "b"})
    ]
    bad = datasets.load_dataset(str(tmp_path / "out"), "rejected", split="train", cache_dir=str(tmp_path / "cache"))
    assert bad["detail"][:] == ["line 2 is not JSON (4 bytes)", "has no text"] and set(bad["reason"]) == {"bad_row"}
    assert [row["text"] for row in documents(str(tmp_path / "out"))] == ["a", "b"]
    again = run("--rows", str(tmp_path / "out"), "--output", str(tmp_path / "again"))
    assert again.returncode == 0
    assert list(documents(str(tmp_path / "again"))) == list(documents(str(tmp_path / "out")))


def test_the_command_ends_in_one_sentence_and_the_right_code(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("oops\n")
    output = ["--output", str(tmp_path / "out")]
    for where, code, words in [
        ("/nowhere", 2, "there is no file or folder"),
        (str(tmp_path / "a.jsonl"), 1, "no document"),
    ]:
        ran = run("--rows", where, *output)
        assert ran.returncode == code and words in ran.stderr and ran.stderr.count("\n") == 1, ran.stderr
    ran = run("--rows", "sample", "--limit", "0", *output)
    assert ran.returncode == 2 and "limit is 0" in ran.stderr


FLAT = """
import sys
from builders.openwebmath import documents
def held():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 2**20
next(iter(documents("sample")))
start, most, count = held(), 0, 0
for row in documents(sys.argv[1]):
    count += 1
    if count % 1000 == 0:
        most = max(most, held())
print(count, most - start)
"""


@pytest.mark.parametrize("name", ["a.jsonl", "one-group.parquet"])
def test_fifty_thousand_documents_of_3_kb_are_streamed_in_flat_memory(tmp_path: Path, name: str) -> None:
    count, text = 50_000, " ".join(f"{n:x}" for n in range(700))
    file = tmp_path / name
    if name.endswith("parquet"):
        texts = pa.array([f"{n} {text}" for n in range(count)])
        pq.write_table(pa.table({"text": texts}), file, row_group_size=count, use_dictionary=False)
    else:
        file.write_text("\n".join(json.dumps({"text": f"{n} {text}"}) for n in range(count)))
    ran = subprocess.run(
        [sys.executable, "-c", FLAT, str(file)], capture_output=True, text=True, check=True, timeout=120
    )
    seen, grown = ran.stdout.split()
    assert int(seen) == count and float(grown) < 60
