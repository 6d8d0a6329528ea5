"""Recall and precision of the filters against what was planted."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from builders.errors import UserError
from generation.truth import KEPT, Planted, compare, read_folder, read_truth, wilson

ROOT = Path(__file__).parents[2]


def planted(**faults: str | None) -> dict[str, Planted]:
    return {key: Planted(fault, None) for key, fault in faults.items()}


def folder_of(path: Path, kept: list[dict[str, Any]], rejected: list[dict[str, Any]]) -> Path:
    text, flags = pa.string(), pa.list_(pa.string())
    for config, rows in (("debate", kept), ("rejected", rejected)):
        fields = [("reply", text), ("flags", flags)] + ([("reason", text)] if config == "rejected" else [])
        (path / "data" / config).mkdir(parents=True)
        parquet.write_table(
            pa.Table.from_pylist(rows, pa.schema(fields)), path / "data" / config / "train-00000-of-00001.parquet"
        )
    (path / "data" / "replies").mkdir()
    parquet.write_table(
        pa.table({"key": ["a"], "text": ["x"]}), path / "data" / "replies" / "train-00000-of-00001.parquet"
    )
    return path


def test_recall_counts_what_was_planted_and_precision_what_was_given() -> None:
    truth = planted(a="loop", b="loop", c="loop", d=None, e=None, f="cut")
    tallies, unknown = compare(
        truth, [("a", ["loop"]), ("b", ["copied"]), ("c", []), ("d", ["loop"]), ("e", []), ("f", ["cut"]), ("z", [])]
    )
    loop = tallies["loop"]
    assert (loop.planted, loop.found, loop.given, loop.right) == (3, 1, 2, 1)
    assert loop.instead == {"copied": 1, KEPT: 1}
    assert (tallies["copied"].planted, tallies["copied"].given, tallies["copied"].right) == (0, 1, 0)
    assert (tallies["cut"].found, tallies["cut"].right) == (1, 1)
    assert (tallies[KEPT].planted, tallies[KEPT].found, tallies[KEPT].given, tallies[KEPT].right) == (2, 1, 2, 1)
    assert unknown == 1


def test_a_reason_among_others_is_found_and_the_first_one_is_given() -> None:
    tallies, _ = compare(planted(a="loop"), [("a", ["few_turns", "loop"])])
    assert (tallies["loop"].found, tallies["loop"].given) == (1, 0)
    assert (tallies["few_turns"].given, tallies["few_turns"].right) == (1, 0)


def test_the_first_of_a_stock_reply_is_no_duplicate() -> None:
    truth = {key: Planted("duplicate", "g") for key in "abc"} | {"d": Planted("duplicate", "h")}
    tallies, _ = compare(truth, [("b", []), ("a", ["duplicate"]), ("c", []), ("d", ["proportion"])])
    duplicate = tallies["duplicate"]
    assert (duplicate.planted, duplicate.found, duplicate.instead) == (2, 1, {KEPT: 1})
    assert (tallies[KEPT].planted, tallies[KEPT].found, tallies["proportion"].given) == (1, 1, 0)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(8, 10, 0.490, 0.943), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (50, 100, 0.404, 0.596), (0, 0, 0.0, 1.0)],
)
def test_wilsons_interval_is_the_textbooks(hits: int, of: int, low: float, high: float) -> None:
    assert wilson(hits, of) == pytest.approx((low, high), abs=0.001)


def test_a_folder_is_read_with_flags_and_reasons_in_the_lists_order(tmp_path: Path) -> None:
    folder = folder_of(
        tmp_path,
        [{"reply": "a", "flags": []}, {"reply": "b", "flags": ["mathematics", "few_turns"]}],
        [
            {"reply": "c", "flags": ["copied"], "reason": "too_short"},
            {"reply": None, "flags": None, "reason": "bad_row"},
        ],
    )
    assert sorted(read_folder(folder)) == [
        ("a", []),
        ("b", ["few_turns", "mathematics"]),
        ("c", ["too_short", "copied"]),
    ]


def test_of_two_lines_with_one_key_the_last_counts(tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    lines = [{"key": "a", "step": "s", "fault": "cut"}, {"key": "a", "step": "s", "fault": None, "group": "g"}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_truth(file) == {"a": Planted(None, "g")}


@pytest.mark.parametrize("text", ["", "{", "[]\n", '{"key": "a"}\n'])
def test_a_file_that_is_no_truth_is_the_users_error(tmp_path: Path, text: str) -> None:
    file = tmp_path / "truth.jsonl"
    file.write_text(text)
    with pytest.raises(UserError, match=r"truth\.jsonl"):
        read_truth(file)
    with pytest.raises(UserError, match="nowhere"):
        read_truth(tmp_path / "nowhere")


def test_a_folder_that_is_none_or_holds_no_replies_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no finished folder"):
        list(read_folder(tmp_path))
    (tmp_path / "data" / "default").mkdir(parents=True)
    parquet.write_table(pa.table({"id": ["a"]}), tmp_path / "data" / "default" / "train-00000-of-00001.parquet")
    with pytest.raises(UserError, match="no column reply"):
        list(read_folder(tmp_path))


def test_the_command_prints_a_line_per_reason(tmp_path: Path) -> None:
    kept = [{"reply": "a", "flags": []}, {"reply": "c", "flags": []}]
    folder_of(tmp_path, kept, [{"reply": "b", "flags": [], "reason": "loop"}])
    file = tmp_path / "truth.jsonl"
    faults = {"a": None, "b": "loop", "c": "copied"}
    file.write_text(
        "".join(json.dumps({"key": key, "step": "s", "fault": fault}) + "\n" for key, fault in faults.items())
    )
    command = [sys.executable, "-m", "generation.truth", "--truth", str(file), "--folder", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    lines = {line.split()[0]: line.split()[1:] for line in ended.stdout.splitlines() if "/" in line}
    assert lines["loop"] == ["1/1", "1.000", "0.21-1.00", "1/1", "1.000", "0.21-1.00"]
    assert lines["copied"] == ["0/1", "0.000", "0.00-0.79", "0/0", "-", "-"]
    assert "copied, but given kept 1" in ended.stdout and "3 replies" in ended.stdout and "cut" not in ended.stdout
