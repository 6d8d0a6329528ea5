"""Files that are small on the disk and would fill the memory, or that say what they do not hold: a row that says so, and the rest."""

import gzip
import io
import json
import lzma
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import formats, groups, streams
from builders.formats import items
from builders.groups import rows_in
from builders.lookup import matching
from builders.lookup import texts as texts_of
from builders.objects import MOST
from builders.rows import read
from builders.streams import Item

MIB = 2**20


def of(data: bytes, kind: str, most: int = 100) -> list[Item]:
    return list(islice(items(io.BufferedReader(io.BytesIO(data)), kind), most))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Bounds that a test can go beyond without taking minutes."""
    for name, value in (("LONGEST", MIB), ("ENDLESS", 8 * MIB), ("CHUNK", 2**16)):
        for module in (streams, formats):
            monkeypatch.setattr(module, name, value)
    yield


BOMBS = {
    "a line of zeros": ("jsonl", b'{"text": "a"}\n' + bytes(64 * MIB)),
    "a cell of zeros": ("csv", b"text\na\n" + b"0" * (64 * MIB)),
    "a record that goes on from line to line": ("csv", b"text\na\n" + b'x,"\n",' * (8 * MIB)),
}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", BOMBS)
def test_a_line_without_end_is_not_held(name: str) -> None:
    kind, data = BOMBS[name]
    packed = gzip.compress(data, 1)
    tracemalloc.start()
    first, *rest = of(packed, kind)
    peak = tracemalloc.get_traced_memory()[1] / MIB
    tracemalloc.stop()
    assert first.row == {"text": "a"} and rest and rest[0].row is None
    assert rest[0].wrong and ("breaks off" in rest[0].wrong or "too long" in rest[0].wrong) and peak < 16


@pytest.mark.usefixtures("small")
def test_after_a_record_that_is_too_long_the_next_is_read() -> None:
    read = of(b"text\n" + b"x" * (3 * MIB) + b"\nb\n", "csv")
    assert [item.row for item in read] == [None, {"text": "b"}]


def test_a_row_of_nothing_but_brackets_is_not_made_into_lists() -> None:
    data = b'{"text": [' + b"[]," * MOST + b"[]]}"
    for kind, whole in (("jsonl", data + b'\n{"text": "b"}'), ("json", b"[" + data + b"]")):
        bad, *rest = of(whole, kind)
        assert bad.row is None and [item.row for item in rest] == ([{"text": "b"}] if kind == "jsonl" else [])


def test_an_xz_file_gets_no_more_memory_than_it_may_ask_for() -> None:
    asks = [{"id": lzma.FILTER_LZMA2, "dict_size": 2 * streams.MEMORY, "preset": 0}]
    [item] = of(lzma.compress(b'{"text": "a"}\n', filters=asks), "jsonl")
    assert item.wrong == "breaks off after its beginning"
    assert [item.row for item in of(lzma.compress(b'{"text": "a"}\n', preset=9), "jsonl")] == [{"text": "a"}]


def varint(number: int) -> bytes:
    """A whole number as parquet's footer has it."""
    number, made = number * 2, b""
    while number > 127:
        made, number = made + bytes([number & 127 | 128]), number >> 7
    return made + bytes([number])


def test_rows_that_only_the_footer_knows_are_not_listed_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "LOST", 50)
    sink = io.BytesIO()
    pq.write_table(pa.table({"text": ["a"] * 7777}), sink)
    data = sink.getvalue()
    size = int.from_bytes(data[-8:-4], "little")
    footer = data[-8 - size : -8].replace(varint(7777), varint(10**15))
    liar = data[: -8 - size] + footer + len(footer).to_bytes(4, "little") + b"PAR1"
    came = of(liar, "parquet", 10**5)
    assert sum(item.row == {"text": "a"} for item in came) == 7777 and len(came) == 7777 + 51
    assert came[-1].wrong == "are not in the file, which says that they are"


@pytest.mark.parametrize("lies", [False, True])
def test_a_text_that_stands_in_every_row_is_held_a_few_times(
    lies: bool, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), ["A" * 4 * MIB])
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").stat().st_size < 4096
    if lies:  # the footer says that there is nothing in the group
        monkeypatch.setattr(groups, "HELD", 1 << 60)
    files, plain = [tmp_path / "a.parquet"], [tmp_path / "plain.parquet"]
    pq.write_table(pa.table({"text": texts}), plain[0], compression="zstd", store_schema=False)
    looked = [
        rows_in(files),
        matching(plain, "text", ["A" * 4 * MIB]),
        ({"text": text} for text in texts_of(plain, "text")),
    ]
    for rows in (read(str(files[0])), *([] if lies else looked)):
        tracemalloc.start()
        before = pa.total_allocated_bytes()
        assert len(next(iter(rows))["text"]) == 4 * MIB
        held = tracemalloc.get_traced_memory()[1] + pa.total_allocated_bytes() - before
        tracemalloc.stop()
        assert held < 700 * MIB, f"{held // MIB} MiB"


@pytest.mark.parametrize("length", [2**31, 10**6, 0])
def test_a_footer_that_says_it_is_longer_than_its_file_is_no_parquet(length: int) -> None:
    with pytest.raises(ValueError, match="footer cannot be read"):
        of(b"PAR1" + b"x" * 50 + length.to_bytes(4, "little") + b"PAR1", "parquet")


def test_a_text_that_is_too_long_for_a_line_is_too_long_for_parquet_too(tmp_path: Any) -> None:
    texts = ["z" * (streams.LONGEST + 1), "b"]
    pq.write_table(pa.table({"text": texts}), tmp_path / "a.parquet", compression="zstd", use_dictionary=False)
    long, short = read(str(tmp_path / "a.parquet"), ["text"], texts=["text"])
    assert long == {"text": None, "bad_row": "row 1 has a text of over 64 MiB in `text`"} and short["text"] == "b"


def test_a_json_number_of_a_million_digits_is_no_number() -> None:
    [item] = of(json.dumps({"text": "a"}).encode()[:-1] + b', "n": ' + b"9" * 10**6 + b"}", "jsonl")
    assert item.row is None and item.wrong == "is not JSON (1000020 bytes)"
