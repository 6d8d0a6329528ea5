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
from generation.found import APART, KEPT, SAME, Tallies
from generation.intervals import wilson
from generation.truth import UNKNOWN, compare
from generation.truth_folder import Given, least_share, read_folder
from generation.truth_lines import Planted, due, read_truth
from generation.truth_points import compare_points

ROOT = Path(__file__).parents[2]


def planted(**faults: str | None) -> dict[str, Planted]:
    return {key: Planted(fault, None) for key, fault in faults.items()}


def rows(*pairs: tuple[str, list[str]]) -> list[Given]:
    return [Given([key], reasons) for key, reasons in pairs]


def of(tallies: Tallies, unit: str = "dialogue") -> dict[str, tuple[int, int, int, int]]:
    """reason -> planted, found, given, right of a unit."""
    return {name: (t.planted, t.found, t.given, t.right) for (where, name), t in tallies.items() if where == unit}


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
    assert of(tallies) == {"loop": (3, 1, 2, 1), "copied": (0, 0, 1, 0), "cut": (1, 1, 1, 1), KEPT: (2, 1, 2, 1)}
    assert tallies["dialogue", "loop"].instead == {"copied": 1, KEPT: 1}
    assert counts[UNKNOWN] == 1


def test_a_reason_among_others_is_found_and_the_first_one_is_given() -> None:
    tallies, _ = compare(planted(a="loop"), rows(("a", ["few_turns", "loop"])))
    assert of(tallies) == {"loop": (1, 1, 0, 0), "few_turns": (0, 0, 1, 0)}


def test_the_first_of_a_stock_reply_is_no_duplicate() -> None:
    truth = {key: Planted("duplicate", "g") for key in "abc"} | {"d": Planted("duplicate", "h")}
    tallies, _ = compare(truth, rows(("b", []), ("a", ["duplicate"]), ("c", []), ("d", ["proportion"])))
    assert of(tallies) == {"duplicate": (2, 1, 1, 1), KEPT: (1, 1, 2, 1)}
    assert tallies["dialogue", "duplicate"].instead == {KEPT: 1}


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
    found = sorted(read_folder(folder), key=lambda row: row.keys)
    assert found == rows(("a", []), ("b", ["few_turns", "mathematics"]), ("c", ["too_short", "copied"]))


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
    lines = {line.split()[1]: line.split()[2:] for line in ended.stdout.splitlines() if "/" in line and len(line) > 40}
    assert lines["loop"] == ["1/1", "1.000", "0.21-1.00", "1/1", "1.000", "0.21-1.00"]
    assert lines["copied"] == ["0/1", "0.000", "0.00-0.79", "0/0", "-", "-"]
    assert "copied, but given kept 1" in ended.stdout and "3 replies" in ended.stdout and "cut" not in ended.stdout


STEPS = ("problem", "judge_problem", "judge_problem", "difficulty", "solution", "judge_solution")


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ((None,) * 6, {}),
        # What is written badly is found by the judges, whatever stands in their replies.
        (("low_score", "low_score", "cut"), {"low_score": "judge_problem", "cut": "judge_problem"}),
        (("answer_inside", "low_score", "low_score"), {"answer_inside": "problem", "low_score": "judge_problem"}),
        ((None, None, "unreadable"), {"unreadable": "judge_problem"}),
        ((None, None, None, None, "no_boxed_answer"), {"no_boxed_answer": "solution"}),
        ((None, None, None, None, "vetoed", "vetoed"), {"vetoed": "judge_solution"}),
        ((None, None, None, None, None, "cut"), {"cut": "judge_solution"}),
    ],
)
def test_whatever_spoils_a_row_is_a_right_reason(faults: tuple[str | None, ...], expected: dict[str, str]) -> None:
    answers = {None: "7", "vetoed": "8"}
    lines = [
        Planted(fault, step=step, answer=answers.get(fault) if step == "solution" else None)
        for fault, step in zip(faults, STEPS, strict=False)
    ]
    assert due(lines, 0.5) == expected


@pytest.mark.parametrize(
    ("answers", "share", "expected"),
    [
        ("77-", 0.5, {}),
        ("7--", 0.5, {"no_majority": "solution"}),  # two samples that failed by themselves leave no majority
        ("789", 0.5, {"no_majority": "solution"}),
        ("7789-", 0.5, {"no_majority": "solution"}),
        ("77789", 0.6, {}),
        ("789", None, {}),  # a vote that rejects nothing
        ("7", 0.5, {}),
        ("---", 0.5, {"cut": "solution"}),
    ],
)
def test_of_several_samples_it_counts_how_their_answers_fall(
    answers: str, share: float | None, expected: dict[str, str]
) -> None:
    lines = [
        Planted("cut" if sign == "-" else None, step="solution", answer=None if sign == "-" else sign)
        for sign in answers
    ]
    assert due([Planted(None, step="problem"), *lines], share) == expected


def test_behind_its_right_end_a_row_is_not_searched_for_more_and_before_it_a_miss_is_a_miss() -> None:
    truth = {
        "p": Planted("answer_inside", step="problem"), "j": Planted("low_score", step="judge_problem"),
        "d": Planted("cut", step="difficulty"),
    }  # fmt: skip
    tallies, _ = compare(truth, [Given(["p", "j", "d"], ["low_score"], "judge_problem")])
    assert of(tallies, "problem") == {"answer_inside": (1, 0, 0, 0), "low_score": (1, 1, 1, 1)}
    assert tallies["problem", "answer_inside"].instead == {"low_score": 1}


def test_what_met_a_biased_verdict_is_counted_apart() -> None:
    truth = {
        "good": Planted(None, step="problem"), "strict": Planted(None, step="judge_problem", form="strict"),
        "bad": Planted("low_score", step="problem"), "mild": Planted("low_score", step="judge_problem", form="mild"),
        "harmless": Planted(None, step="difficulty", form="mild"),
    }  # fmt: skip
    tallies, _ = compare(
        truth,
        [
            Given(["good", "strict"], ["low_score"], "judge_problem"),
            Given(["bad", "mild"], []),
            Given(["good", "harmless"], []),
        ],
    )
    assert of(tallies, "problem") == {KEPT: (1, 1, 1, 1)}
    assert of(tallies, "problem*") == {KEPT: (1, 0, 1, 0), "low_score": (1, 0, 1, 0)}


def test_the_share_of_a_vote_is_the_recipes(tmp_path: Path) -> None:
    assert least_share(tmp_path) is None
    (tmp_path / "recipe.yaml").write_text("least_share: 0.6\nvote_rejects: true\n")
    assert least_share(tmp_path) == 0.6
    (tmp_path / "recipe.yaml").write_text("least_share: 0.6\nvote_rejects: false\n")
    assert least_share(tmp_path) is None


def test_points_are_known_by_what_they_mean_and_pairs_by_whether_it_is_the_same(tmp_path: Path) -> None:
    meanings = {
        "GCD": "gcd",
        "gcf": "gcd",
        "LCM": "lcm",
        "multiples": "multiples",
        "algebra": "vague_point",
        "gone": "gcd",
    }
    names = {"GCD": "GCD", "gcf": "GCD", "LCM": "multiples", "multiples": "multiples"}
    truth = {"list": Planted(None, step="knowledge_points", points=meanings)}
    truth |= {point: Planted(None, step="point_filter", points={point: what}) for point, what in meanings.items()}
    truth["algebra"] = Planted("vague_point", step="point_filter", points={"algebra": "vague_point"})
    truth["LCM"] = Planted("cut", step="point_filter", points={"LCM": "lcm"})
    truth["pair"] = Planted(None, step="synonyms", points={"LCM": "lcm", "multiples": "multiples"})
    truth["apart"] = Planted(None, step="synonyms", points={"GCD": "gcd", "LCM": "lcm"})
    decisions = [{"spelling": point, "knowledge_point": name, "reason": None} for point, name in names.items()]
    decisions.append({"spelling": "algebra", "knowledge_point": None, "reason": "vague_point: it says nothing"})
    replies = [
        {"key": key, "step": line.step, "messages": [{"role": "user", "content": key}], "sample": 0, "try": 0}
        for key, line in truth.items()
    ]
    for config, listed in (("vocabulary", decisions), ("replies", replies)):
        (tmp_path / "data" / config).mkdir(parents=True)
        parquet.write_table(pa.Table.from_pylist(listed), tmp_path / "data" / config / "train-00000-of-00001.parquet")
    tallies = Tallies()
    compare_points(truth, tmp_path, tallies)
    # "gone" is lost on the way; the verdict on LCM was cut off, and it is kept all the same
    assert of(tallies, "point") == {KEPT: (4, 3, 4, 3), "vague_point": (1, 1, 1, 1), "cut": (1, 0, 0, 0)}
    assert tallies["point", KEPT].instead == {"lost": 1} and tallies["point", "cut"].instead == {KEPT: 1}
    assert of(tallies, "pair") == {APART: (2, 1, 1, 1), SAME: (1, 1, 2, 1)}


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
    assert sorted(read_folder(tmp_path), key=lambda row: row.keys) == [
        Given(["a"], ["answer_inside"]),
        Given(["a", "b"], []),
    ]
