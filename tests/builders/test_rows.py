"""Rows from files: every row is there, a bad one says why, and a file that cannot be meant is one sentence."""

import datetime
import decimal
import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import rows
from builders.errors import UserError

NEEDS = {"needs": ["text"], "texts": ["text"]}


def written(folder: Path, name: str, data: bytes | str | pa.Table) -> str:
    """The path of a file that was made."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(data, pa.Table):
        pq.write_table(data, path)
    else:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return str(path)


def test_columns_are_kept_and_filled_and_without_them_a_row_is_as_it_is(tmp_path: Path) -> None:
    where = written(tmp_path, "a.jsonl", '{"text": "a", "more": [1]}\n{"text": null, "bad_row": "mine"}\n')
    assert list(rows.read(where, ["text", "id"])) == [
        {"text": "a", "id": None, "bad_row": None},
        {"text": None, "id": None, "bad_row": None},
    ]
    assert list(rows.read(where)) == [{"text": "a", "more": [1], "bad_row": None}, {"text": None, "bad_row": None}]


NOT_TEXTS = [("3", "a number"), ("true", "true or false"), ("[]", "a list"), ("{}", "an object")]


@pytest.mark.parametrize(("value", "name"), NOT_TEXTS)
def test_what_is_no_text_where_a_text_should_be_makes_a_bad_row(tmp_path: Path, value: str, name: str) -> None:
    lines = ['{"text": "a"}', f'{{"text": {value}, "id": "x"}}', '{"text": "c"}']
    where = written(tmp_path, "a.jsonl", "\n".join(lines))
    got = list(rows.read(where, ["id", "text"], **NEEDS))
    assert [row["text"] for row in got] == ["a", None, "c"]
    assert got[1] == {"id": None, "text": None, "bad_row": f"line 2 has {name} where `text` should be a text"}


def test_a_bad_row_of_one_among_files_names_the_file_by_its_number(tmp_path: Path) -> None:
    for name in "ab":
        written(tmp_path, f"{name}.jsonl", '{"text": "x"}\noops\n')
    got = list(rows.read(str(tmp_path), ["text"], **NEEDS))
    assert [row["bad_row"] for row in got] == [None, f"file 1 of 2, line 2 {OOPS}", None, f"file 2 of 2, line 2 {OOPS}"]


OOPS = "is not JSON (4 bytes)"


def test_a_bad_row_names_no_path(tmp_path: Path) -> None:
    where = written(tmp_path, "a.jsonl", '{"text": "x"}\noops\n"\xff"\n[]\n{"text": 1}\n')
    details = [row["bad_row"] or "" for row in rows.read(where, ["text"], **NEEDS)]
    assert sum(map(bool, details)) == 4 and not any(
        str(tmp_path) in detail or "a.jsonl" in detail for detail in details
    )


ARROW = pa.table({"url": ["a"], "content": ["x"]})
EMPTY = pa.table({"text": pa.array([], pa.string())})
REFUSED = [
    (
        "other columns in lines",
        "a.jsonl",
        '{"url": "a"}\n{"body": 1}\n',
        r"a\.jsonl has no column text; it has url, body",
    ),
    ("other columns in an array", "a.json", '[{"Text": "a"}]', r"a\.json has no column text; it has Text"),
    ("other columns in csv", "a.csv", "url;text\na;b\n", r"a\.csv has no column text; it has url;text"),
    ("other columns in parquet", "a.parquet", ARROW, r"a\.parquet has no column text; it has url, content"),
    ("no parquet", "a.parquet", "PAR1 and no more", r"a\.parquet cannot be read: its footer cannot be read"),
    (
        "no lines of JSON",
        "a.jsonl",
        "<html>\n" * 200,
        r"no jsonl file: .*first 100 rows .*\(line 1 is not JSON \(6 bytes\)\)",
    ),
    ("an empty file", "a.jsonl", "", r"a\.jsonl is empty: it holds no rows"),
    ("an empty csv", "a.csv", "", r"a\.csv is empty: it holds no rows"),
    ("a header alone", "a.csv", "url,text\n", r"a\.csv is empty: it holds no rows"),
    ("blank lines", "a.jsonl.gz", "\n\n", r"a\.jsonl\.gz is empty"),
    ("an empty array", "a.json", "[]", r"a\.json is empty"),
    ("an empty parquet", "a.parquet", EMPTY, r"a\.parquet is empty: it holds no rows"),
    ("a parquet of no bytes", "a.parquet", "", r"a\.parquet is empty: it holds no rows"),
]


@pytest.mark.parametrize(("name", "data", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_file_that_cannot_be_meant_is_one_sentence_before_the_first_row(
    tmp_path: Path, name: str, data: bytes | str | pa.Table, words: str
) -> None:
    where = written(tmp_path, name, data)
    with pytest.raises(UserError, match=words) as caught:
        rows.read(where, ["text"], **NEEDS)
    assert "\n" not in str(caught.value)


def test_every_file_of_a_folder_is_looked_at_before_the_first_row(tmp_path: Path) -> None:
    written(tmp_path, "a.jsonl", '{"text": "x"}\n')
    written(tmp_path, "b.jsonl", "")
    assert len(list(rows.read(str(tmp_path), ["text"], **NEEDS))) == 1
    written(tmp_path, "c.jsonl", '{"body": "x"}\n')
    with pytest.raises(UserError, match=r"c\.jsonl has no column text; it has body"):
        rows.read(str(tmp_path), ["text"], **NEEDS)


def test_a_folder_of_empty_files_is_empty(tmp_path: Path) -> None:
    for name in "ab":
        written(tmp_path, f"{name}.jsonl", "")
    with pytest.raises(UserError, match="is empty: its 2 files hold no rows"):
        rows.read(str(tmp_path))


def test_a_file_of_nothing_but_a_bad_line_is_read(tmp_path: Path) -> None:
    where = written(tmp_path, "a.jsonl", '{"text": "cut o')
    assert [row["bad_row"] for row in rows.read(where, ["text"], **NEEDS)] == ["line 1 is not JSON (15 bytes)"]


def test_a_column_may_come_late(tmp_path: Path) -> None:
    where = written(tmp_path, "a.jsonl", '{"url": "a"}\n' * 50 + '{"text": "x"}\n')
    assert [row["text"] for row in rows.read(where, ["text"], **NEEDS)] == [None] * 50 + ["x"]


def test_a_line_of_twenty_million_bytes_is_a_row(tmp_path: Path) -> None:
    where = written(tmp_path, "a.jsonl", json.dumps({"text": "\u00e9" * 10_000_000}, ensure_ascii=False) + "\n{}\n")
    assert [len(row["text"] or "") for row in rows.read(where, ["text"], **NEEDS)] == [10_000_000, 0]


def test_parquet_gives_only_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    table = pa.table({"text": ["a"], "big": ["x"], "when": [datetime.datetime(2020, 1, 2, 3)]})
    where = written(tmp_path, "a.parquet", table)
    assert list(rows.read(where, ["when", "text", "id"], **NEEDS)) == [
        {"when": datetime.datetime(2020, 1, 2, 3), "text": "a", "id": None, "bad_row": None}
    ]
    assert list(rows.read(where, [])) == [{"bad_row": None}]


def nested(depth: int) -> list:
    """A list in a list in a list."""
    value: list = []
    for _ in range(depth):
        value = [value]
    return value


def test_texts_that_parquet_keeps_as_bytes_are_texts(tmp_path: Path) -> None:
    where = written(tmp_path, "a.parquet", pa.table({"text": [b"caf\xc3\xa9", b"caf\xe9", None]}))
    assert [(row["text"], row["bad_row"]) for row in rows.read(where, ["text"], **NEEDS)] == [
        ("caf\u00e9", None),
        (None, "row 2 has bytes that are not UTF-8 in `text`"),
        (None, None),
    ]


SIZES = [
    ("lines", "a.jsonl", '{"text": "a"}\n\noops\n', (2, 20)),
    ("an array", "a.json", "[{}, {}, {}]", (3, 12)),
    ("csv with a line end in a cell", "a.csv", 'text\n"a\nb"\n', (1, 11)),
    ("parquet", "a.parquet", pa.table({"a": list(range(70))}), (70, None)),
    ("packed", "a.jsonl.gz", b"", (None, None)),
    ("more than is counted", "a.jsonl", "{}\n" * (rows.COUNTED // 3 + 1), (None, rows.COUNTED // 3 * 3 + 3)),
]


@pytest.mark.parametrize(("name", "data", "expected"), [case[1:] for case in SIZES], ids=[case[0] for case in SIZES])
def test_the_size_is_what_is_known_without_reading_much(
    tmp_path: Path, name: str, data: bytes | str | pa.Table, expected: tuple[int | None, int | None]
) -> None:
    assert rows.size(written(tmp_path, name, data)) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("x", "x"),
        (7, "7"),
        (True, "true"),
        (0.5, "0.5"),
        ({"a": ["é", None]}, '{"a": ["é", null]}'),
        ({"a": datetime.date(2020, 1, 2)}, '{"a": "2020-01-02"}'),
        (datetime.datetime(2020, 1, 2, 3, 4, 5), "2020-01-02T03:04:05"),
        (b"caf\xe9", "caf\ufffd"),
        (decimal.Decimal("1.50"), "1.50"),
        ([decimal.Decimal("1.50")], '["1.50"]'),
        (nested(100_000), None),
    ],
)
def test_any_value_can_be_a_text(value: object, text: str | None) -> None:
    assert rows.as_text(value) == text


def test_tables_hold_all_rows_and_no_more_than_a_few_mib_each() -> None:
    schema = pa.schema([("text", pa.string())])
    long = [{"text": "x" * (1 << 20)} for _ in range(10)] + [{"text": None} for _ in range(600)]
    made = list(rows.tables(long, schema))
    assert pa.concat_tables(made).to_pylist() == long
    assert max(table.nbytes for table in made) < 6 << 20 and len(made) == 5


def test_a_stream_that_is_left_closes_its_file(tmp_path: Path) -> None:
    where = written(tmp_path, "a.jsonl", '{"text": "a"}\n' * 10)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        next(rows.read(where, ["text"]))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


@pytest.mark.parametrize(("name", "known"), [("long.jsonl", True), ("long.csv", False), ("long.jsonl.gz", False)])
def test_how_many_rows_a_long_file_has_is_told_by_its_first_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, known: bool
) -> None:
    monkeypatch.setattr(rows, "COUNTED", 1000)
    monkeypatch.setattr(rows, "LOOKED_AT", 20_000)
    text = "".join(json.dumps({"id": str(n), "text": "x" * (n % 50)}) + "\n" for n in range(3000))
    (tmp_path / name).write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
    found = rows.about(str(tmp_path / name))
    assert found == pytest.approx(3000, rel=0.05) if known else found is None
