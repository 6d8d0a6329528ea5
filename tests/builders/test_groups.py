"""Parquet files read a row group at a time: the same rows, and no more memory however many there are."""

import secrets
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.groups import record_batches, rows_in

ROWS = [{"id": str(n), "n": n} for n in range(500)]


def _file(path: Path, rows: list[dict[str, object]], group: int) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=group)
    return path


@pytest.mark.parametrize("group", [1, 7, 200, 500])
def test_all_rows_come_in_order_whatever_their_row_groups_are(tmp_path: Path, group: int) -> None:
    files = [_file(tmp_path / "one.parquet", ROWS[:300], group), _file(tmp_path / "two.parquet", ROWS[300:], group)]
    assert [*rows_in(files)] == ROWS
    assert max(batch.num_rows for batch in record_batches(files)) == min(group, 200)


def test_columns_that_a_file_lacks_are_left_out(tmp_path: Path) -> None:
    files = [_file(tmp_path / "one.parquet", ROWS[:2], 2), _file(tmp_path / "two.parquet", [{"n": 2}], 1)]
    assert [*rows_in(files, ["id"])] == [{"id": "0"}, {"id": "1"}, {}]


def test_what_was_read_is_let_go_of(tmp_path: Path) -> None:
    """Of 8 MB, 200 kB a row group: what is read ahead, or kept, would show."""
    rows: list[dict[str, object]] = [{"text": secrets.token_hex(5000)} for _ in range(800)]
    before, most = pa.total_allocated_bytes(), 0
    for _ in record_batches([_file(tmp_path / "rows.parquet", rows, 20)]):
        most = max(most, pa.total_allocated_bytes() - before)
    assert most < 2_000_000
