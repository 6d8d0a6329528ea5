"""The columns of any rows, declared so that the rows can be written again."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Features, List, Value

from builders.columns import features_of, fitted, read
from builders.errors import UserError
from builders.parquet import to_arrow
from builders.rows import find

TEXT = Value("string")
CASES: list[tuple[str, list[dict[str, Any]], dict[str, Any]]] = [
    ("texts and numbers", [{"a": "x", "b": 1, "c": 0.5}], {"a": TEXT, "b": Value("int64"), "c": Value("float64")}),
    ("whole numbers and others", [{"a": 1}, {"a": 0.5}], {"a": Value("float64")}),
    ("numbers and texts", [{"a": 1}, {"a": "x"}], {"a": TEXT}),
    ("nulls alone", [{"a": None, "b": 1}], {"a": TEXT, "b": Value("int64")}),
    ("a column that comes late", [{"a": 1}] * 1500 + [{"b": "x"}], {"a": Value("int64"), "b": TEXT}),
    ("another type late", [{"a": 1}] * 1500 + [{"a": "x"}], {"a": TEXT}),
    ("lists", [{"a": ["x"]}, {"a": None}], {"a": List(TEXT)}),
    ("objects", [{"a": {"b": 1}}, {"a": {"c": "x"}}], {"a": {"b": Value("int64"), "c": TEXT}}),
    ("objects without names", [{"a": {}}], {"a": TEXT}),
    ("numbers past 64 bits", [{"a": 1 << 70}], {"a": TEXT}),
    ("a list and a text", [{"a": ["x"]}, {"a": "x"}], {"a": TEXT}),
]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    if kind == "jsonl":
        path.write_text(json.dumps({"a\0b": "x"}))
    else:
        pq.write_table(pa.table({"a\0b": ["x"]}), path)
    with pytest.raises(UserError, match=r"has a column 'a\\x00b'; a column's name holds no NUL"):
        features_of(find(str(path)))


@pytest.mark.parametrize(("rows", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_lines_are_looked_through_for_their_columns(
    tmp_path: Path, rows: list[dict[str, Any]], expected: dict[str, Any]
) -> None:
    (tmp_path / "a.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    source = find(str(tmp_path / "a.jsonl"))
    features = features_of(source)
    assert features == Features(expected)
    assert to_arrow([fitted(row, features) for row in read(source)], features.arrow_schema).num_rows == len(rows)


def test_parquet_says_its_columns_those_of_all_its_files(tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"a": pa.array(["x"]).dictionary_encode(), "b": pa.array([1], pa.int32())}), tmp_path / "a.parquet"
    )
    pq.write_table(pa.table({"b": pa.array([1], pa.int64()), "c": [None]}), tmp_path / "b.parquet")
    assert features_of(find(str(tmp_path))) == Features({"a": TEXT, "b": Value("int64"), "c": TEXT})


def test_a_bad_row_is_no_column(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\noops\n')
    assert list(features_of(find(str(tmp_path / "a.jsonl")))) == ["a"]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_the_users_mistake(limit: int) -> None:
    with pytest.raises(UserError, match=f"limit is {limit}"):
        next(read(find("sample"), limit))
