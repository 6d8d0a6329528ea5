"""Folders that a stranger has made by hand: what is in their columns is not what mathloom writes, and that is said in a sentence."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.configs import as_ours
from builders.errors import UserError
from cards import card, page
from generation import explain, measure
from tests.cards.pages import problems

SPOILT = pa.array([b"\xff\xfe"]).cast(pa.binary()).view(pa.string())
COMMANDS: dict[str, Callable[[Sequence[str]], None]] = {
    "card": card.main,
    "page": page.main,
    "explain": explain.main,
    "measure": measure.main,
}


def change(folder: Path, config: str, column: str, values: Callable[[int], pa.Array]) -> None:
    """Gives a column of a config other values, in all its files."""
    for file in sorted((folder / "data" / config).iterdir()):
        table = pq.read_table(file)
        at = table.column_names.index(column)
        pq.write_table(table.set_column(at, column, values(len(table))).replace_schema_metadata(), file)


CASES: list[tuple[str, str, str, Callable[[int], pa.Array]]] = [
    ("explain", "replies", "sampling", lambda count: pa.array(["no JSON"] * count)),
    ("explain", "replies", "messages", lambda count: pa.array([7] * count)),
    ("page", "vocabulary", "seed_ids", lambda count: pa.array([1.5] * count)),
    ("page", "one_hop", "problem", lambda count: pa.concat_arrays([SPOILT] * count)),
    ("explain", "one_hop", "id", lambda count: pa.concat_arrays([SPOILT] * count)),
    ("measure", "one_hop", "solution", lambda count: pa.array([7] * count)),
    ("measure", "vocabulary", "knowledge_point", lambda count: pa.array([7] * count)),
    ("page", "edges", "weight", lambda count: pa.array(["heavy"] * count)),
]


@pytest.mark.parametrize(("command", "config", "column", "values"), CASES, ids=[f"{a}-{b}-{c}" for a, b, c, _ in CASES])
def test_what_a_column_holds_of_another_kind_is_one_sentence(
    tmp_path: Path, command: str, config: str, column: str, values: Callable[[int], pa.Array]
) -> None:
    folder = problems(tmp_path / "theirs")
    key = pq.read_table(folder / "data" / "one_hop").column("id")[0].as_py()
    change(folder, config, column, values)
    words = [key, "--folder", str(folder)] if command == "explain" else [str(folder)]
    with pytest.raises(
        UserError, match="theirs(:| holds) .*(make it again|where mathloom writes .*; make the folder again)"
    ) as problem:
        COMMANDS[command](words)
    assert "\n" not in str(problem.value)


def test_a_file_that_is_declared_twice_is_refused(tmp_path: Path) -> None:
    folder = problems(tmp_path / "theirs")
    readme = folder / "README.md"
    text = readme.read_text()
    line = next(line for line in text.split("\n") if "data/one_hop/" in line)
    readme.write_text(text.replace(line, f"{line}\n{line}"))
    with pytest.raises(UserError, match="declares data/one_hop/.* twice; make the folder again"):
        page.main([str(folder)])


def test_what_lacks_memory_is_not_the_folders_fault(tmp_path: Path) -> None:
    with pytest.raises(MemoryError), as_ours(tmp_path):
        raise pa.ArrowMemoryError("malloc of size 4194304 failed")


@pytest.mark.parametrize("column", ["knowledge_points", "problem"])
def test_a_column_that_only_a_model_is_asked_about_is_looked_at_before_it_is(tmp_path: Path, column: str) -> None:
    folder = problems(tmp_path / "theirs")
    change(folder, "one_hop", column, lambda count: pa.array([7] * count))
    with pytest.raises(UserError, match=rf"the column {column} is Value\('int64'\), where mathloom writes"):
        measure.main([str(folder), "--endpoints", "http://127.0.0.1:9", "--embeddings", "http://127.0.0.1:9"])
