"""Rows by what a column holds: texts and lists, over several files and row groups."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import lookup
from builders.errors import UserError
from builders.groups import at_once
from builders.lookup import matching, texts

ROWS = [
    {"id": "a", "seeds": ["p1", "p2"], "n": 1},
    {"id": "b", "seeds": [], "n": 2},
    {"id": None, "seeds": None, "n": 3},
    {"id": "a", "seeds": ["p2", "p2"], "n": 4},
    {"id": "c", "seeds": [None, "p1"], "n": 5},
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("lookup")
    kinds = pa.schema({"id": pa.string(), "seeds": pa.list_(pa.string()), "n": pa.int64()})
    for name, part in (("one", ROWS[:3]), ("two", ROWS[3:])):
        pq.write_table(pa.Table.from_pylist(part, kinds), folder / f"{name}.parquet", row_group_size=2)
    return [folder / "one.parquet", folder / "two.parquet"]


@pytest.mark.parametrize(
    ("column", "wanted", "numbers"),
    [
        ("id", ["a"], [1, 4]),
        ("id", ["c", "b", "x"], [2, 5]),
        ("id", [], []),
        ("seeds", ["p1"], [1, 5]),
        ("seeds", ["p2"], [1, 4]),
        ("n", ["1"], []),
        ("no such column", ["a"], []),
    ],
)
def test_the_rows_that_hold_a_value_come_once_and_in_order(
    files: list[Path], column: str, wanted: list[str], numbers: list[int]
) -> None:
    assert [row["n"] for row in matching(files, column, wanted)] == numbers


def test_a_row_comes_whole_or_with_the_columns_that_are_asked_for(files: list[Path]) -> None:
    assert list(matching(files, "id", ["b"])) == [ROWS[1]]
    assert list(matching(files, "id", ["b"], ["n"])) == [{"n": 2}]


def test_the_texts_of_a_column_and_of_its_lists_come_without_nulls(files: list[Path]) -> None:
    assert list(texts(files, "id")) == ["a", "b", "a", "c"]
    assert list(texts(files, "seeds")) == ["p1", "p2", "p2", "p2", "p1"]
    assert list(texts(files, "n")) == list(texts(files, "no such column")) == []


def test_a_large_row_group_is_looked_through_in_parts(tmp_path: Path) -> None:
    rows = [{"id": f"r{n % 7}", "seeds": [f"p{n}", "all"] if n % 3 else None, "n": n} for n in range(1000)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "one.parquet", row_group_size=900)
    files = [tmp_path / "one.parquet"]
    assert [row["n"] for row in matching(files, "id", ["r3"])] == [n for n in range(1000) if n % 7 == 3]
    assert [row["n"] for row in matching(files, "seeds", ["p1", "p200", "p899", "p998"])] == [1, 200, 899, 998]
    assert list(matching(files, "seeds", ["p700"])) == [rows[700]]
    assert len(list(matching(files, "seeds", ["all"]))) == 666 and list(texts(files, "id")) == [
        row["id"] for row in rows
    ]


def test_rows_that_only_somebody_who_means_ill_could_have_made_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MOST", 2**28)
    texts_of_all = pa.DictionaryArray.from_arrays(pa.array([0] * 2000, pa.int32()), ["A" * 2**20])
    rows = {"id": pa.array(["one"] * 2000), "text": texts_of_all}
    pq.write_table(pa.table(rows), tmp_path / "a.parquet", store_schema=False)
    assert (tmp_path / "a.parquet").stat().st_size < 2**21
    with pytest.raises(UserError, match=r"one name takes over 256 MiB in .*a.parquet; name something"):
        list(matching([tmp_path / "a.parquet"], "id", ["one"]))
    empty = pa.StructArray.from_arrays([pa.array([""] * 3_000_000)], names=["text"])
    for bomb in (
        pa.ListArray.from_arrays(pa.array([0, 3_000_000]), empty),
        pa.FixedSizeListArray.from_arrays(pa.nulls(3_000_000), 3_000_000),
        pa.MapArray.from_arrays(pa.array([0, 3_000_000]), pa.array(range(3_000_000)), pa.nulls(3_000_000)),
    ):
        pq.write_table(pa.table({"id": ["one"], "bomb": bomb}), tmp_path / "c.parquet")
        with pytest.raises(UserError, match="takes over 256 MiB"):
            list(matching([tmp_path / "c.parquet"], "id", ["one"]))
    lists = pa.ListArray.from_arrays(pa.array(range(0, 2001, 400), pa.int32()), texts_of_all.cast(pa.string()))
    pq.write_table(pa.table({"id": list("abcde"), "texts": lists}), tmp_path / "b.parquet", store_schema=False)
    with pq.ParquetFile(tmp_path / "a.parquet") as file:
        assert at_once(file.metadata.row_group(0), 2000) < 2**28 / 2**20
    with pytest.raises(UserError, match="takes over 256 MiB"):
        list(matching([tmp_path / "b.parquet"], "id", ["b"]))
