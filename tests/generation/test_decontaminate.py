"""Rows that share their words with a benchmark are set apart, with the evidence; everything else of them stays."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pytest

import builders
from tests.hub import Hub

CHECKOUT = Path(builders.__file__).parents[1]
BENCH = {
    "problem": r"How many positive integers $n \le 100$ are divisible by $\frac{1}{2}$ of some prime, and odd?",
    "id": "b-1",
}
SVAMP = {
    "Body": "Tom had 12 red apples and gave 5 of them to his old friend",
    "Question": "How many are left?",
    "ID": "s-1",
}
HIT = "Say how many positive integers n <= 100 are divisible by 1/2 of some prime!"
CLEAN = "What is the area of a circle of radius 7?"


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return path


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own."""
    environment = {"PYTHONPATH": str(CHECKOUT), "HF_HUB_OFFLINE": "1", **env}
    command = [sys.executable, "-m", "generation.decontaminate", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, cwd=folder, env=environment, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "bench.jsonl", [BENCH])
    write(tmp_path / "svamp.jsonl", [SVAMP])
    rows = [
        {"id": "1", "problem": HIT, "n": 1, "reason": "mine", "tags": ["a"]},
        {"id": "2", "problem": CLEAN, "n": 2, "reason": "mine", "tags": []},
        {"id": "3", "problem": BENCH["problem"].upper(), "n": 3, "reason": None, "tags": None},
        {"id": "4", "problem": "tom had 12 red apples, and gave 5 of them to his old friend. How many?", "n": 4},
        "oops",
        {"id": "5", "problem": None, "n": 5},
    ]
    write(tmp_path / "rows.jsonl", rows)
    return tmp_path


def loaded(folder: Path, config: str = "default", name: str = "out") -> list[dict[str, Any]]:
    return list(datasets.load_dataset(str(folder / name), config, split="train", cache_dir=str(folder / "cache")))


def test_the_same_rows_come_out_with_their_evidence(folder: Path) -> None:
    ran = run(folder, "--rows", "rows.jsonl", "--benchmarks", "bench.jsonl", "svamp.jsonl", "--output", "out")
    assert ran.returncode == 0, ran.stderr
    assert "without a model, nearest neighbours are not looked for" in ran.stdout
    assert "6 rows: 1 kept; rejected: 2 bad_row, 3 contaminated" in ran.stdout
    assert loaded(folder) == [{"id": "2", "problem": CLEAN, "n": 2, "reason": "mine", "tags": [], "contamination": []}]
    one, three, four, bad, empty = loaded(folder, "rejected")
    assert {name: one[name] for name in ("id", "n", "tags", "step", "unit", "reason")} == {
        "id": "1", "n": 1, "tags": ["a"], "step": "decontaminate", "unit": "problem", "reason": "contaminated",
    }  # fmt: skip
    words = "how many positive integers n < = 100 are divisible by 1 / 2 of some prime"
    assert one["contamination"] == [{"benchmark": "bench.jsonl", "id": "b-1", "layer": "n-gram", "evidence": words}]
    assert one["detail"] == "17 words of bench.jsonl b-1"
    assert three["detail"] == "the text of bench.jsonl b-1" and three["contamination"][0]["layer"] == "exact"
    assert four["contamination"][0]["benchmark"] == "svamp.jsonl" and four["contamination"][0]["id"] == "s-1"
    assert [(row["reason"], row["detail"]) for row in (bad, empty)] == [
        ("bad_row", "line 5 is not JSON (4 bytes)"), ("bad_row", "has no text in problem"),
    ]  # fmt: skip
    told = json.loads((folder / "out" / "run.json").read_text())
    assert told["counts"]["problem"] == {"in": 6, "kept": 1, "rejected": {"bad_row": 2, "contaminated": 3}}
    assert told["runs"] == {"8": 3, "10": 3, "13": 3, "15": 3}
    assert told["benchmarks"]["bench.jsonl"] == {
        "items": 1,
        "unread": 0,
        "exact": 1,
        "n-gram": 1,
        "runs": {"8": 2, "10": 2, "13": 2, "15": 2},
    }


def test_the_same_rows_give_the_same_bytes_in_any_folder(folder: Path) -> None:
    (folder / "deep").mkdir()
    for name in ("rows.jsonl", "bench.jsonl"):
        (folder / "deep" / name).write_bytes((folder / name).read_bytes())
    for where in (".", "deep"):
        ran = run(
            folder / where,
            "--rows",
            "rows.jsonl",
            "--benchmarks",
            str(folder / where / "bench.jsonl"),
            "--output",
            "out",
        )
        assert ran.returncode == 0, ran.stderr
    for file in sorted((folder / "out" / "data").rglob("*.parquet")):
        assert file.read_bytes() == (folder / "deep" / "out" / file.relative_to(folder / "out")).read_bytes()
    assert str(folder) not in (folder / "out" / "recipe.yaml").read_text()


def test_a_folder_of_its_own_is_read_again_with_new_evidence(folder: Path) -> None:
    arguments = ("--benchmarks", "bench.jsonl", "--output")
    assert run(folder, "--rows", "rows.jsonl", *arguments, "out").returncode == 0
    write(folder / "late.jsonl", [{"question": "He has gone, and nobody knows where, how or why he went away."}])
    ran = run(folder, "--rows", "out", "--benchmarks", "late.jsonl", "--output", "again")
    assert ran.returncode == 0 and "2 rows: 2 kept" in ran.stdout, ran.stderr
    assert [row["id"] for row in loaded(folder, name="again")] == ["2", "4"]


def test_columns_can_be_named_on_both_sides(folder: Path) -> None:
    write(folder / "mine.jsonl", [{"problem": HIT, "prompt": CLEAN}])
    write(folder / "theirs.jsonl", [{"prompt": BENCH["problem"], "question": "x"}])
    ran = run(folder, "--rows", "mine.jsonl:prompt", "--benchmarks", "theirs.jsonl:prompt", "--output", "out")
    assert ran.returncode == 0 and "1 rows: 1 kept" in ran.stdout, ran.stderr
    ran = run(folder, "--rows", "mine.jsonl", "--benchmarks", "theirs.jsonl:prompt", "--output", "out")
    assert ran.returncode == 1 and "no row is clean; out says what each shares" in ran.stderr


MISTAKES = [
    (["--benchmarks", "bench.jsonl", "--output", "out"], "no --rows is given"),
    (["--rows", "rows.jsonl", "--output", "out"], "no --benchmarks are given"),
    (["--rows", "rows.jsonl", "--benchmarks", "bench.jsonl"], "no --output is given"),
    (["--rows", "nowhere.jsonl", "--benchmarks", "bench.jsonl", "--output", "out"], "there is no file or folder nowhere.jsonl"),
    (["--rows", "rows.jsonl", "--benchmarks", "nowhere.jsonl", "--output", "out"], "there is no file or folder nowhere.jsonl"),
    (["--rows", "rows.jsonl:text", "--benchmarks", "bench.jsonl", "--output", "out"], "rows.jsonl has no column text; it has id, problem"),
    (["--rows", "rows.jsonl", "--benchmarks", "bench.jsonl", "--output", "full"], "full"),
    (["--rows", "rows.jsonl", "--benchmarks", "bench.jsonl", "--output", "out", "--limit", "0"], "limit is 0"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "words"), MISTAKES, ids=[case[1] for case in MISTAKES])
def test_what_is_wrong_is_one_sentence_and_nothing_is_written(folder: Path, arguments: list[str], words: str) -> None:
    (folder / "full").mkdir()
    (folder / "full" / "mine.txt").write_text("mine")
    ran = run(folder, *arguments)
    assert ran.returncode == 2 and words in ran.stderr and ran.stderr.count("\n") == 1, ran.stderr
    assert not (folder / "out").exists() and (folder / "full" / "mine.txt").read_text() == "mine"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as hub:
        lines = [json.dumps(row).encode() for row in (BENCH, {**BENCH, "problem": "Another one, that is short."})]
        hub.put("user/bench", {"test.jsonl": lines[0], "train.jsonl": lines[1]})
        yield hub


def test_a_benchmark_on_the_hub_is_read_with_all_its_splits(hub: Hub, folder: Path) -> None:
    environment = hub.environment(folder / "home", HF_HUB_OFFLINE="0")
    ran = run(folder, "--rows", "rows.jsonl", "--benchmarks", "user/bench", "--output", "out", **environment)
    assert ran.returncode == 0, ran.stderr
    told = json.loads((folder / "out" / "run.json").read_text())
    assert told["benchmarks"] == {
        "user/bench": {"items": 2, "unread": 0, "exact": 1, "n-gram": 1, "runs": {"8": 2, "10": 2, "13": 2, "15": 2}}
    }
    assert {row["contamination"][0]["benchmark"] for row in loaded(folder, "rejected") if row["contamination"]} == {
        "user/bench"
    }
