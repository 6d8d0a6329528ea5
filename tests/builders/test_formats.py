"""Files of every kind, packed in every way, whole and broken."""

import bz2
import csv
import gzip
import io
import json
import lzma
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.formats import items
from builders.streams import Item

ROWS = [{"text": f"{number} \u00e9\U0001f600 {number**7}"} for number in range(5000)]
JSONL = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def of(data: bytes, kind: str) -> list[Item]:
    return list(items(io.BufferedReader(io.BytesIO(data)), kind))


def zst(data: bytes) -> bytes:
    return bytes(pa.compress(data, codec="zstd", asbytes=True))


PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zst}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_a_packed_file_gives_the_rows_of_the_plain_one(pack: Callable[[bytes], bytes]) -> None:
    assert [item.row for item in of(pack(JSONL), "jsonl")] == ROWS
    assert [item.row for item in of(pack(json.dumps(ROWS).encode()), "json")] == ROWS


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_packed_files_that_were_joined_are_read_to_the_end(pack: Callable[[bytes], bytes]) -> None:
    half = JSONL.index(b"\n", len(JSONL) // 2) + 1
    assert [item.row for item in of(pack(JSONL[:half]) + pack(JSONL[half:]), "jsonl")] == ROWS


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS.keys())
def test_a_packed_file_that_breaks_off_gives_its_beginning_and_one_row_that_says_so(
    pack: Callable[[bytes], bytes],
) -> None:
    packed = b"".join(pack(JSONL[at : at + 40_000]) for at in range(0, len(JSONL), 40_000))
    *whole, last = of(packed[: len(packed) * 2 // 3], "jsonl")
    assert len(whole) > 2000 and [item.row for item in whole] == ROWS[: len(whole)]
    assert last == Item("the file", None, f"breaks off after line {len(whole)}")


def test_bytes_after_a_packed_files_end_are_a_row_that_says_so() -> None:
    *whole, last = of(gzip.compress(JSONL) + b"and then something else", "jsonl")
    assert [item.row for item in whole] == ROWS and last.wrong == "breaks off after line 5000"


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=10), st.sampled_from(["\n", "\r\n"]))
def test_whatever_pythons_csv_writes_is_read_back(records: list[tuple[str, str, str]], end: str) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([("id", "url", "text"), *records])
    rows = [item.row for item in of(sink.getvalue().encode(), "csv")]
    assert rows == [dict(zip(("id", "url", "text"), (cell or None for cell in r), strict=True)) for r in records]


CSVS = [
    ("quotes and line ends in a cell", 'a,"x\ny, ""q"""\n', [("lines 2 to 3", 'x\ny, "q"', None)]),
    ("an empty cell", "a,\n", [("line 2", None, None)]),
    ("empty lines", "\n\na,b\n", [("line 4", "b", None)]),
    ("a cell too few", "a\nb,c\n", [("line 2", None, "has 1 cells where the header has 2"), ("line 3", "c", None)]),
    ("a cell too many", "a,b,c\n", [("line 2", None, "has 3 cells where the header has 2")]),
    (
        "text behind a quote",
        'a,"x"y\nb,ok\n',
        [("line 2", None, "is not CSV: a quote out of place, or a cell too long"), ("line 3", "ok", None)],
    ),
    (
        "a quote that is never closed",
        'a,ok\nb,"x\nc,d\n',
        [("line 2", "ok", None), ("lines 3 to 4", None, "is not CSV: a quote out of place, or a cell too long")],
    ),
    ("a NUL", "a,x\x00y\n", [("line 2", "x\x00y", None)]),
    ("a cell of 20 million characters", f"a,{'x' * 20_000_000}\n", [("line 2", "x" * 20_000_000, None)]),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in CSVS], ids=[case[0] for case in CSVS])
def test_a_csv_record_is_a_row_or_says_what_is_wrong_with_it(
    text: str, expected: list[tuple[str, str | None, str | None]]
) -> None:
    got = of(b"\xef\xbb\xbfurl, text\n" + text.encode(), "csv")
    assert [(item.place, item.row["text"] if item.row else None, item.wrong) for item in got] == expected


def test_a_csv_record_that_is_not_utf8_spoils_only_itself() -> None:
    assert [item.wrong for item in of(b"url,text\na,x\nb,\xff\nc,y\n", "csv")] == [None, "is not UTF-8", None]


def test_a_tsv_is_cut_at_tabs() -> None:
    assert [item.row for item in of(b"url\ttext\na\tx, y\n", "tsv")] == [{"url": "a", "text": "x, y"}]


def parquet(table: pa.Table, **more: object) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, **more)
    return sink.getvalue()


def test_parquet_is_read_group_by_group_with_the_types_it_has() -> None:
    rows = [{"a": number, "b": ["x"] * (number % 3), "c": {"d": None}, "e": b"\x00"} for number in range(2500)]
    data = parquet(pa.Table.from_pylist(rows), row_group_size=700)
    got = of(data, "parquet")
    assert [item.row for item in got] == rows
    assert (got[0].place, got[-1].place) == ("row 1", "row 2500")


def test_a_spoilt_row_group_costs_its_own_rows_and_each_says_so() -> None:
    table = pa.table({"text": [f"{number} {number**9}" for number in range(300)]})
    data = bytearray(parquet(table, row_group_size=100, compression="snappy", use_dictionary=False))
    start = pq.ParquetFile(io.BytesIO(bytes(data))).metadata.row_group(1).column(0).data_page_offset
    data[start : start + 400] = b"\xff" * 400
    got = of(bytes(data), "parquet")
    assert [item.place for item in got] == [f"row {number}" for number in range(1, 301)]
    assert {item.wrong for item in got[100:200]} == {
        "stands in a part of the file that is spoilt, or needs more memory than there is"
    }
    assert [item.row for item in got[:100] + got[200:]] == table.slice(0, 100).to_pylist() + table.slice(
        200
    ).to_pylist()


def test_a_text_in_parquet_that_is_not_utf8_spoils_only_its_row() -> None:
    texts = pa.array([b"a", b"caf\xe9", b"c"], pa.binary()).view(pa.string())
    got = of(parquet(pa.table({"text": texts})), "parquet")
    assert [item.row for item in got] == [{"text": "a"}, None, {"text": "c"}]
    assert got[1] == Item("row 2", None, "holds a value that is no text (not UTF-8), or no date")


@pytest.mark.parametrize("data", [b"", b"PAR1", b"{}", parquet(pa.table({"a": [1]}))[:-9]])
def test_what_is_no_parquet_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match="footer"):
        of(data, "parquet")


def test_rows_that_do_not_fit_together_are_read_one_by_one(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 5000, pa.int32()), ["A" * 2**19])
    lists = pa.ListArray.from_arrays(pa.array(range(0, 5001, 50), pa.int32()), texts)  # 25 MiB a row, 2.5 GiB in all
    pq.write_table(pa.table({"turns": lists}), tmp_path / "rows.parquet", store_schema=False)
    assert (tmp_path / "rows.parquet").stat().st_size < 2**20
    program = """
import sys
from builders.formats import items
from builders.memory import bound
bound(3 * 2**29)
with open(sys.argv[1], "rb") as file:
    print(*(len(item.row["turns"]) if item.row else item.wrong for item in items(file, "parquet")))
"""
    words = [sys.executable, "-c", program, str(tmp_path / "rows.parquet")]
    made = subprocess.run(words, capture_output=True, text=True, check=True)
    assert made.stdout.split() == ["50"] * 100
