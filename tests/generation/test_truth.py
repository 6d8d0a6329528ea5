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
from generation.truth import KEPT, UNKNOWN, compare, read_folder, wilson
from generation.truth_lines import Planted, of_row, read_truth

ROOT = Path(__file__).parents[2]


def planted(**faults: str | None) -> dict[str, Planted]:
    return {key: Planted(fault, None) for key, fault in faults.items()}


def rows(*pairs: tuple[str, list[str]]) -> list[tuple[list[str], list[str]]]:
    return [([key], reasons) for key, reasons in pairs]


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
    tallies, counts = compare(
        truth,
        rows(("a", ["loop"]), ("b", ["copied"]), ("c", []), ("d", ["loop"]), ("e", []), ("f", ["cut"]), ("z", [])),
    )
    loop = tallies["loop"]
    assert (loop.planted, loop.found, loop.given, loop.right) == (3, 1, 2, 1)
    assert loop.instead == {"copied": 1, KEPT: 1}
    assert (tallies["copied"].planted, tallies["copied"].given, tallies["copied"].right) == (0, 1, 0)
    assert (tallies["cut"].found, tallies["cut"].right) == (1, 1)
    assert (tallies[KEPT].planted, tallies[KEPT].found, tallies[KEPT].given, tallies[KEPT].right) == (2, 1, 2, 1)
    assert counts[UNKNOWN] == 1


def test_a_reason_among_others_is_found_and_the_first_one_is_given() -> None:
    tallies, _ = compare(planted(a="loop"), rows(("a", ["few_turns", "loop"])))
    assert (tallies["loop"].found, tallies["loop"].given) == (1, 0)
    assert (tallies["few_turns"].given, tallies["few_turns"].right) == (1, 0)


def test_the_first_of_a_stock_reply_is_no_duplicate() -> None:
    truth = {key: Planted("duplicate", "g") for key in "abc"} | {"d": Planted("duplicate", "h")}
    tallies, _ = compare(truth, rows(("b", []), ("a", ["duplicate"]), ("c", []), ("d", ["proportion"])))
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
    assert sorted(read_folder(folder)) == rows(
        ("a", []), ("b", ["few_turns", "mathematics"]), ("c", ["too_short", "copied"])
    )


def test_of_two_lines_with_one_key_the_last_counts(tmp_path: Path) -> None:
    file = tmp_path / "truth.jsonl"
    lines = [{"key": "a", "step": "s", "fault": "cut"}, {"key": "a", "step": "s", "fault": None, "group": "g"}]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert read_truth(file) == {"a": Planted(None, "g", "s")}


@pytest.mark.parametrize("text", ["", "{", "[]\n", '{"key": "a"}\n', '{"key": "a", "fault": null}\n'])
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


STEPS = ("problem", "judge_problem", "judge_problem", "difficulty", "solution", "judge_solution")


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((None,) * 6, None),
        (("low_score", "low_score", "low_score", None, "vetoed", "vetoed"), "low_score"),
        (("answer_inside",), "answer_inside"),
        ((None, None, "unreadable"), "unreadable"),
        ((None, None, None, None, "no_boxed_answer"), "no_boxed_answer"),
        ((None, None, None, None, "vetoed", "vetoed"), "vetoed"),
        ((None, None, None, None, "no_majority", "vetoed"), "vetoed"),
        ((None, None, None, None, None, "cut"), "cut"),
    ],
)
def test_the_first_step_that_spoils_a_row_counts(faults: tuple[str | None, ...], expected: str | None) -> None:
    lines = [Planted(fault, step=step) for fault, step in zip(faults, STEPS, strict=False)]
    assert of_row(lines).fault == expected


@pytest.mark.parametrize(
    ("samples", "judged", "expected"),
    [
        ((None, "vetoed", "cut", None, None), None, None),
        (("vetoed", None, None), "vetoed", "vetoed"),
        (("no_majority",) * 5, None, "no_majority"),
        (("cut", "cut", "cut"), None, "cut"),
    ],
)
def test_of_several_samples_it_counts_what_the_judges_were_shown(
    samples: tuple[str | None, ...], judged: str | None, expected: str | None
) -> None:
    lines = [Planted(fault, step="solution") for fault in samples]
    assert of_row([Planted(None, step="problem"), *lines, Planted(judged, step="judge_solution")]).fault == expected


def test_a_lone_sample_that_happens_to_be_right_is_no_fault() -> None:
    assert of_row([Planted("no_majority", step="solution", form="right")]).fault is None


def test_a_folder_of_gsdp_is_read_by_all_replies_of_a_row(tmp_path: Path) -> None:
    said = pa.list_(pa.struct([("step", pa.string()), ("key", pa.string()), ("model", pa.string())]))
    fields = {
        "one_hop": pa.schema([("replies", said)]),
        "rejected": pa.schema([("replies", said), ("reason", pa.string())]),
    }
    replies = [{"step": "problem", "key": "a", "model": "m"}, {"step": "judge_problem", "key": "b", "model": "m"}]
    made = {
        "one_hop": [{"replies": replies}],
        "rejected": [{"replies": replies[:1], "reason": "answer_inside"}, {"replies": None, "reason": "bad_row"}],
    }
    for config, listed in made.items():
        (tmp_path / "data" / config).mkdir(parents=True)
        file = tmp_path / "data" / config / "train-00000-of-00001.parquet"
        parquet.write_table(pa.Table.from_pylist(listed, fields[config]), file)
    for config in ("vocabulary", "edges"):
        (tmp_path / "data" / config).mkdir()
        parquet.write_table(pa.table({"a": ["x"]}), tmp_path / "data" / config / "train-00000-of-00001.parquet")
    assert sorted(read_folder(tmp_path)) == [(["a"], ["answer_inside"]), (["a", "b"], [])]
