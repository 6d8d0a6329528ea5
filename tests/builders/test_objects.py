"""JSON in every layout, with faults: what is read, and what is said of the rest."""

import gzip
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.objects import array, json_file, jsonl, kind_of
from builders.streams import CHUNK, LONGEST, Item


def of(data: bytes, reader=json_file) -> list[Item]:
    return list(reader(io.BufferedReader(io.BytesIO(data))))


LINES = [
    ("plain", b'{"text": "a"}\n', {"text": "a"}, None),
    ("no line end", b'{"text": "a"}', {"text": "a"}, None),
    ("byte order mark and CRLF", b'\xef\xbb\xbf{"text": "a"}\r\n', {"text": "a"}, None),
    ("a pair of surrogates", b'{"text": "\\ud83d\\ude00"}', {"text": "\U0001f600"}, None),
    ("a lone surrogate", b'{"text": "x\\ud800y"}', {"text": "x\ufffdy"}, None),
    ("lone surrogates deep inside", b'{"a": [{"b\\udfff": "\\udc80"}]}', {"a": [{"b\ufffd": "\ufffd"}]}, None),
    ("bare tab and NUL in a text", b'{"text": "a\tb\x00"}', {"text": "a\tb\x00"}, None),
    ("LaTeX", b'{"text": "\\\\frac{1}{2}"}', {"text": "\\frac{1}{2}"}, None),
    ("cut off", b'{"text": "a', None, "is not JSON (11 bytes)"),
    ("words", b"hello", None, "is not JSON (5 bytes)"),
    ("two objects", b'{"a": 1} {"b": 2}', None, "is not JSON (17 bytes)"),
    ("a list", b"[1]", None, "is a list, not an object"),
    ("a text", b'"a"', None, "is a text, not an object"),
    ("null", b"null", None, "is null, not an object"),
    ("true", b"true", None, "is true or false, not an object"),
    ("a byte of Latin-1", b'{"text": "caf\xe9"}', None, "is not UTF-8 (byte 0xe9 at 14)"),
    ("NULs", b"\x00" * 40, None, "is not JSON (40 bytes)"),
    ("a hundred thousand brackets", b"[" * 100_000, None, "is not JSON (100000 bytes)"),
    ("a number of five thousand digits", b'{"a": ' + b"9" * 5000 + b"}", None, "is not JSON (5007 bytes)"),
]


@pytest.mark.parametrize(("data", "row", "wrong"), [case[1:] for case in LINES], ids=[case[0] for case in LINES])
def test_a_line_is_a_row_or_says_what_is_wrong_with_it(data: bytes, row: dict | None, wrong: str | None) -> None:
    assert of(data, jsonl) == [Item("line 1", row, wrong)]


@pytest.mark.parametrize("depth", [600, 950, 5000])
def test_a_surrogate_in_too_deep_a_list_is_no_crash(depth: int) -> None:
    line = b'{"a": ' + b"[" * depth + b'"\\ud800"' + b"]" * depth + b"}"
    for item in of(line, jsonl) + of(b"[" + line + b"]"):
        assert (item.row is None) == (item.wrong is not None)


def test_a_bad_line_in_the_middle_costs_no_other_line() -> None:
    items = of(b'{"text": "a"}\n\n  \noops\n{"text": "b"}\n', jsonl)
    assert [item.place for item in items] == ["line 1", "line 4", "line 5"]
    assert [item.row for item in items] == [{"text": "a"}, None, {"text": "b"}]


def test_a_line_longer_than_the_limit_is_said_and_skipped() -> None:
    long = b'{"text": "' + b"x" * LONGEST + b'"}'
    items = of(long + b'\n{"text": "b"}\n' + long, jsonl)
    assert [item.row for item in items] == [None, {"text": "b"}, None]
    assert items[2] == Item("line 3", None, "is longer than 64 MiB")


LAYOUTS = [
    ("an array", b'[{"text": "a"}, {"text": "b"}]'),
    ("an array over lines", b'\xef\xbb\xbf [\n{"text": "a"},\n{"text": "b"}\n]\n'),
    ("lines", b'{"text": "a"}\n{"text": "b"}\n'),
    ("lines with gaps", b'\n{"text": "a"}\n\n{"text": "b"}'),
    ("an object with data", b'{"data": [{"text": "a"}, {"text": "b"}]}'),
    ("an object with rows, over lines", b'{\n "version": 2,\n "rows": [\n{"text": "a"},\n{"text": "b"}]}'),
]


@pytest.mark.parametrize("data", [case[1] for case in LAYOUTS], ids=[case[0] for case in LAYOUTS])
def test_a_json_file_is_read_however_it_is_laid_out(data: bytes) -> None:
    assert [item.row for item in of(data)] == [{"text": "a"}, {"text": "b"}]


def test_an_object_of_rows_gives_its_keys_as_ids() -> None:
    rows = [item.row for item in of(b'{"x": {"text": "a"},\n "y": {"id": 7, "text": "b"}}')]
    assert rows == [{"id": "x", "text": "a"}, {"id": 7, "text": "b"}]


def test_a_single_object_is_one_row() -> None:
    turns = {"text": "a", "turns": [{"speaker": "A", "text": "b"}]}
    assert [item.row for item in of(json.dumps(turns, indent=2).encode())] == [turns]


@pytest.mark.parametrize("data", [b"", b" \n ", b"[]", b"[ ]\n", b'{"data": []}'])
def test_a_json_file_without_rows_has_none(data: bytes) -> None:
    assert of(data) == []


ARRAYS = [
    ("a number among objects", b'[{"a": 1}, 12, {"b": 2}]', ["", "is a number, not an object", ""]),
    ("a byte that is not UTF-8", b'[{"a": "\xff"}, {"b": 2}]', ["is not UTF-8", ""]),
    ("no end", b'[{"a": 1}, {"b": 2}', ["", "", "is missing: the array has no end"]),
    ("cut in an element", b'[{"a": 1}, {"b": ', ["", "is not JSON, and nothing after it can be read"]),
    ("something behind it", b'[{"a": 1}]\n[{"b": 2}]', ["", "goes on after its array, and that is not read"]),
    ("spoilt in the middle", b'[{"a": 1}, {oops}, {"b": 2}]', ["", "is not JSON, and nothing after it can be read"]),
]


@pytest.mark.parametrize(("data", "wrong"), [case[1:] for case in ARRAYS], ids=[case[0] for case in ARRAYS])
def test_an_array_with_a_fault_gives_the_elements_before_it(data: bytes, wrong: list[str]) -> None:
    assert [item.wrong or "" for item in of(data)] == wrong


def test_a_packed_array_that_breaks_off_gives_what_was_unpacked_first() -> None:
    rows = [{"text": f"{number} {number**9}"} for number in range(3000)]
    packed = gzip.compress(json.dumps(rows).encode())
    got = []
    with pytest.raises(EOFError):
        for item in array(gzip.GzipFile(fileobj=io.BytesIO(packed[: len(packed) // 2]))):
            got.append(item.row)
    assert len(got) > 1000 and got == rows[: len(got)]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), max_size=8), st.booleans())
def test_an_array_and_its_lines_give_the_same_rows(rows: list[dict], plain: bool) -> None:
    lines = [json.dumps(row, ensure_ascii=plain) for row in rows]
    mended = [json.loads(line) for line in lines]
    assert [item.row for item in of("\n".join(lines).encode(), jsonl)] == mended
    assert [item.row for item in of(("[" + ",\n".join(lines) + "]").encode())] == mended


def test_elements_that_end_where_a_read_ends_are_read_whole() -> None:
    for spare in range(-4, 5):
        rows = [{"a": "x" * (CHUNK + spare - 30)}, {"b": 12345678901234567890}, {"c": "é" * (2 * CHUNK)}]
        assert [item.row for item in of(json.dumps(rows, ensure_ascii=False).encode())] == rows


@pytest.mark.parametrize(
    ("value", "name"),
    [(None, "null"), (True, "true or false"), (3, "a number"), (0.5, "a number"), ([], "a list"), ({}, "an object")],
)
def test_a_value_is_named_in_the_words_of_json(value: object, name: str) -> None:
    assert kind_of(value) == name
