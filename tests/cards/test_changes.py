"""What changed between two versions: rows by what they are known by, and the section of a card that says it."""

import io
from functools import partial
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cards.changes import difference, rows_of, versions, with_versions, without_versions


def held(*files: list[dict[str, Any]]) -> dict[str, bytes]:
    """What `rows_of` says of files with these rows."""
    given = [pa.BufferOutputStream() for _ in files]
    for rows, made in zip(files, given, strict=True):
        pq.write_table(pa.Table.from_pylist(rows), made)
    return rows_of([partial(io.BytesIO, made.getvalue().to_pybytes()) for made in given])


A, B, C = ({"id": name, "text": "one"} for name in "abc")
OTHER = {"id": "a", "text": "two"}
CASES: list[tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = [
    ([A, B], [B, A], "now 2 rows: the same in other files"),
    ([A, B], [OTHER, C], "now 2 rows: 1 added (`c`), 1 removed (`b`), 1 changed (`a`)"),
    ([A, A], [A], "now 1 rows: 1 removed (`a (2)`)"),
    ([A, A], [A, OTHER], "now 2 rows: 1 changed (`a (2)`)"),
    ([{"key": "k", "text": "one"}], [{"key": "k", "text": "two"}], "now 1 rows: 1 changed (`k`)"),
    (
        [A],
        [{"id": f"x{n}"} for n in range(7)],
        "now 7 rows: 7 added (`x0`, `x1`, `x2`, `x3`, `x4` and 2 more), 1 removed (`a`)",
    ),
    ([A], [A, {"id": "<b>`\n" + "y" * 99}], f"now 2 rows: 1 added (``<b>` {'y' * 55}…``)"),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_rows_are_told_apart_by_their_names_and_then_by_what_they_hold(
    old: list[dict[str, Any]], new: list[dict[str, Any]], said: str
) -> None:
    assert difference("debate", held(old), held(new)) == f"- `debate`, {said}"


def test_rows_without_a_name_are_known_by_what_they_hold() -> None:
    assert "1 added (" in (said := difference("edges", held([{"a": "x"}]), held([{"a": "x"}, {"a": "y"}])))
    assert "removed" not in said and "changed" not in said


def test_the_section_of_versions_is_one_and_the_last() -> None:
    card = with_versions("# Rows\n", ["### v1.1, since v1.0\n\nThe same rows.", "### v1.0\n\nThe first rows."])
    assert versions(card) == {"v1.1": "### v1.1, since v1.0\n\nThe same rows.", "v1.0": "### v1.0\n\nThe first rows."}
    again = with_versions(f"{card}\nBy hand.\n", [*versions(card).values()])
    assert again.count("## Versions") == 1 and again.index("By hand.") < again.index("## Versions")
    assert without_versions(card).strip() == "# Rows" and versions("# Rows\n") == {}
