"""Problems out of rows of any set: what each column becomes, which ids, and which rows are not kept."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders.errors import UserError
from builders.problems import COLUMNS, READ, problem_of, seeds, text_columns, whole
from builders.rows import find

MATH = {
    "problem": "1+1?",
    "solution": r"Not $\boxed{\frac{1}{2}}$: it is \boxed{2}.",
    "level": "Level 3",
    "type": "Algebra",
}
GSM8K = {"question": "How many?", "answer": "2+2 = <<2+2=4>>4\n#### 1,004"}
SVAMP = {"ID": "chal-1", "Body": "He has 3 ", "Question": " How many?", "Answer": 145.0, "Type": "Sum", "idx": 0}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("MATH", MATH, {"problem": "1+1?", "solution": MATH["solution"], "answer": "2", "subject": "Algebra", "level": 3}),
    ("MATH-500", {**MATH, "subject": "Geometry", "level": 2, "answer": "7", "unique_id": "test/7.json"},
     {"answer": "7", "subject": "Geometry", "level": 2, "id": "test/7.json"}),
    ("GSM8K", GSM8K, {"problem": "How many?", "solution": GSM8K["answer"], "answer": "1004", "subject": None, "level": None}),
    ("SVAMP", SVAMP, {"problem": "He has 3 How many?", "solution": None, "answer": "145", "subject": "Sum", "id": "chal-1"}),
    ("a fraction as answer", {**SVAMP, "Answer": 0.5}, {"answer": "0.5"}),
    ("an answer from a CSV", {**SVAMP, "Answer": "145.0"}, {"answer": "145"}),
    ("a level that is not known", {**MATH, "level": "Level ?"}, {"level": None}),
    ("a level as a number with a point", {**MATH, "level": 3.0}, {"level": 3}),
    ("no solution", {"problem": "1+1?"}, {"solution": None, "answer": None, "level": None, "bad_row": None}),
    ("no box", {"problem": "1+1?", "solution": "It is 2."}, {"answer": None, "solution": "It is 2."}),
    ("a question with a bare answer", {"question": "1+1?", "answer": "2"}, {"answer": "2", "solution": None}),
    ("a number as answer", {"question": "1+1?", "answer": 2}, {"answer": "2"}),
    ("its own id", {**MATH, "id": 7}, {"id": "7"}),
    ("an empty id", {**MATH, "id": ""}, {"id": hashlib.sha256(f"1+1?\n\n{MATH['solution']}".encode()).hexdigest()[:16]}),
    ("no id", {"problem": "1+1?"}, {"id": hashlib.sha256(b"1+1?").hexdigest()[:16]}),
    ("an empty problem", {**MATH, "problem": " \n"}, {"bad_row": "has no problem: its text is empty or missing"}),
    ("a missing problem", {"solution": "x"}, {"problem": None, "bad_row": "has no problem: its text is empty or missing"}),
    ("a row that could not be read", {"bad_row": "line 3 is not JSON"}, {"bad_row": "line 3 is not JSON", "id": None}),
]  # fmt: skip


@pytest.mark.parametrize(("row", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_each_column_from_what_the_set_calls_it(row: dict[str, Any], expected: dict[str, Any]) -> None:
    made = problem_of({**dict.fromkeys(READ), "bad_row": None, **row})
    assert set(made) == {*COLUMNS, "bad_row"}
    assert {name: made[name] for name in expected} == expected


def given(*rows: tuple[str | None, str]) -> list[dict[str, Any]]:
    base = {**dict.fromkeys(READ), "bad_row": None}
    return [problem_of({**base, "id": name, "problem": text}) for name, text in rows]


def test_the_same_id_with_the_same_texts_is_a_duplicate_and_with_others_gets_a_hash() -> None:
    made = list(seeds(given(("a", "x"), ("a", "x"), ("a", "y"), ("a", "y"), ("b", "x"), (None, "x"), (None, "x"))))
    y, x = (hashlib.sha256(text).hexdigest() for text in (b"y", b"x"))
    assert [(row["id"], row["reason"]) for row in made] == [
        ("a", None), ("a", "duplicate"), (f"a~{y[:8]}", None), (f"a~{y[:8]}", "duplicate"), ("b", None), (x[:16], None), (x[:16], "duplicate"),
    ]  # fmt: skip
    assert {row["unit"] for row in made} == {None, "seed"} and "stood there before" in made[1]["detail"]


def test_a_stream_of_seeds_starts_anew_each_time_and_lets_bad_rows_through_with_their_reason() -> None:
    stream = seeds([*given(("a", "x")), {**dict.fromkeys(COLUMNS), "bad_row": "oops"}])
    assert [row["reason"] for row in stream] == [row["reason"] for row in stream] == [None, "bad_row"]
    assert next(iter(stream.skip(1)))["detail"] == "oops"


TEXTS = [
    ({"question": "q", "problem": "p", "text": "t"}, ("problem",)),
    ({"question": "q", "Body": "b", "Question": "Q"}, ("Body", "Question")),
    ({"question": "q", "text": "t"}, ("question",)),
    ({"text": "t", "Body": "b"}, ("text",)),
]


@pytest.mark.parametrize(("row", "names"), TEXTS)
@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_the_text_stands_in_the_first_column_of_its_kind(
    tmp_path: Path, row: dict[str, str], names: tuple[str, ...], kind: str
) -> None:
    file = tmp_path / f"a.{kind}"
    if kind == "jsonl":
        file.write_text(json.dumps(row))
    else:
        pq.write_table(pa.Table.from_pylist([row]), file)
    assert text_columns(find(str(file))) == names


def test_a_file_without_any_such_column_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"prompt": "x", "other": 1}\n')
    with pytest.raises(UserError, match=r"a\.jsonl has no column with problems .*; it has prompt, other"):
        text_columns(find(str(tmp_path / "a.jsonl")))


def test_a_whole_benchmark_is_every_split_and_each_file_once(tmp_path: Path) -> None:
    for name in ("train", "test", "validation"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"problem": "{name}"}}')
    (tmp_path / "more.jsonl").write_text('{"problem": "more"}')
    names = [Path(file.path).stem for file in whole(str(tmp_path)).files]
    assert sorted(names) == ["more", "test", "train", "validation"]
    assert [Path(file.path).stem for file in whole(str(tmp_path / "test.jsonl")).files] == ["test"]
