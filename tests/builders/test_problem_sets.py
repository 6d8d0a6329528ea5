"""MATH, GSM8K and SVAMP as builders and commands: from every kind of file, from the Hub under its real names, and finished."""

import csv
import gzip
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builders import competition_math, gsm8k, problem_sets, svamp
from builders.errors import UserError
from builders.problem_sets import FEATURES, Problems
from builders.problems import COLUMNS, CONFIGS
from tests.hub import Hub

SETS: dict[str, tuple[type[Problems], list[dict[str, Any]]]] = {
    "competition_math": (competition_math.CompetitionMath, [
        {"problem": f"Is ${n}$, or\n{n + 1}?", "solution": f"It is $\\boxed{{{n}}}$.", "level": f"Level {n % 5 + 1}", "type": "Algebra"}
        for n in range(300)
    ]),
    "gsm8k": (gsm8k.GSM8K, [{"question": f"{n} or “more”?", "answer": f"<<{n}={n}>>\n#### {n}"} for n in range(300)]),
    "svamp": (svamp.SVAMP, [
        {"ID": f"chal-{n}", "Body": f"He has {n}", "Question": "How many?", "Answer": float(n), "Type": "Sum"} for n in range(300)
    ]),
}  # fmt: skip


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    sink = io.StringIO()
    writer = csv.DictWriter(sink, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode()


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), sink, row_group_size=100)
    return sink.getvalue()


def as_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


KINDS = {
    "jsonl": as_lines, "jsonl.gz": lambda rows: gzip.compress(as_lines(rows)), "json": lambda rows: json.dumps(rows).encode(),
    "csv": as_csv, "parquet": as_parquet,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SETS)
def test_every_kind_of_file_gives_the_same_problems_streamed_or_not(tmp_path: Path, name: str, kind: str) -> None:
    builder, rows = SETS[name]
    file = tmp_path / f"a.{kind}"
    file.write_bytes(KINDS[kind](rows))
    made = list(problem_sets.stream(builder, str(file))[0])
    whole = builder(where=str(file))
    whole.download_and_prepare()
    assert made == list(whole.as_dataset(split="train")) and len(made) == 300
    assert [row["answer"] for row in made] == [str(n) for n in range(300)] and not any(row["bad_row"] for row in made)
    assert len({row["id"] for row in made}) == 300 and made[7]["problem"] and "7" in made[7]["problem"]


@pytest.mark.parametrize("name", SETS)
def test_each_is_a_builder_that_one_can_use_as_such(tmp_path: Path, name: str) -> None:
    builder, rows = SETS[name]
    for split in ("train", "test"):
        (tmp_path / f"{split}.jsonl").write_bytes(as_lines(rows[:200] if split == "train" else rows[200:]))
    made = builder(where=str(tmp_path), cache_dir=str(tmp_path / "cache"), split="test")
    assert isinstance(made, datasets.ArrowBasedBuilder)
    made.download_and_prepare()
    assert made.as_dataset(split="test").features == FEATURES == made.info.features
    assert made.info.splits["test"].num_examples == 100
    assert len(list(problem_sets.stream(builder, str(tmp_path), limit=150)[0])) == 150
    assert len(list(problem_sets.stream(builder, str(tmp_path))[0])) == 200


@pytest.mark.parametrize("name", SETS)
def test_the_sample_is_there_for_each_of_them(name: str) -> None:
    made = list(problem_sets.stream(SETS[name][0], "sample")[0])
    assert len(made) == 126 and all(row["answer"] and row["subject"] and 1 <= row["level"] <= 5 for row in made)


def test_another_split_or_limit_never_gives_what_was_cached(tmp_path: Path) -> None:
    builder, rows = SETS["gsm8k"]
    (tmp_path / "a.jsonl").write_bytes(as_lines(rows))
    for limit in (5, 7, None):
        made = builder(where=str(tmp_path / "a.jsonl"), cache_dir=str(tmp_path / "cache"), limit=limit)
        made.download_and_prepare()
        assert made.as_dataset(split="train").num_rows == (limit or 300)


def test_the_original_archive_is_read_a_file_a_problem(tmp_path: Path) -> None:
    rows = SETS["competition_math"][1]
    for at, row in enumerate(rows[:20]):
        folder = tmp_path / "MATH" / ("train" if at < 15 else "test") / "algebra"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{at}.json").write_text(json.dumps(row))
    assert len(list(competition_math.problems(str(tmp_path / "MATH")))) == 15
    assert len(list(competition_math.problems(str(tmp_path / "MATH"), split="test"))) == 5


@pytest.mark.parametrize("limit", [0, -3])
def test_a_limit_of_nothing_is_the_users_mistake(limit: int) -> None:
    with pytest.raises(UserError, match=f"limit is {limit}; it must be 1 or more"):
        svamp.problems("sample", limit=limit)


def run(name: str, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """A set's command, in a process of its own."""
    command = [sys.executable, "-m", f"builders.{name}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, **more)


def test_the_command_writes_a_folder_with_what_it_kept_and_what_it_did_not(tmp_path: Path) -> None:
    good = [{**row, "id": f"own-{at}"} for at, row in enumerate(SETS["competition_math"][1][:3])]
    other = {"problem": "Another?", "id": "own-0"}
    lines = [json.dumps(row) for row in (*good, good[0], other, {"problem": ""})]
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, "oops", '{"problem": 3}']))
    ran = run("competition_math", "--rows", str(tmp_path / "a.jsonl"), "--output", str(tmp_path / "out"))
    assert ran.returncode == 0 and "4 problems of" in ran.stdout and "3 bad_row, 1 duplicate" in ran.stdout, ran.stderr
    kept = datasets.load_dataset(str(tmp_path / "out"), split="train", cache_dir=str(tmp_path / "cache"))
    assert kept.features == COLUMNS and kept["level"][:] == [1, 2, 3, None]
    assert kept["id"][:3] == ["own-0", "own-1", "own-2"] and kept["id"][3].startswith("own-0~")
    bad = datasets.load_dataset(str(tmp_path / "out"), "rejected", split="train", cache_dir=str(tmp_path / "cache"))
    assert bad["reason"][:] == ["duplicate", "bad_row", "bad_row", "bad_row"] and set(bad["unit"]) == {"seed"}
    assert bad["detail"][2:] == ["line 7 is not JSON (4 bytes)", "line 8 has a number where `problem` should be a text"]
    counts = json.loads((tmp_path / "out" / "run.json").read_text())["counts"]["seeds"]
    assert counts == {"in": 8, "kept": 4, "rejected": {"bad_row": 3, "duplicate": 1}}
    again = run("gsm8k", "--rows", str(tmp_path / "out"), "--output", str(tmp_path / "again"))
    assert again.returncode == 0, again.stderr
    files = [next((tmp_path / name / "data" / "default").iterdir()).read_bytes() for name in ("out", "again")]
    assert files[0] == files[1]


SENTENCES = [
    (["--rows", "/nowhere"], 2, "there is no file or folder"),
    (["--rows", "a.jsonl", "--limit", "0"], 2, "limit is 0"),
    (["--rows", "a.jsonl", "--split", "dev"], 1, "no problem of a.jsonl can be read"),
    (["--rows", "folder", "--split", "test"], 2, "has no split test"),
    (["--rows", "b.jsonl"], 2, "b.jsonl has no column with problems"),
    (["--row", "a.jsonl"], 2, "unrecognized arguments"),
]


@pytest.mark.parametrize(("arguments", "code", "words"), SENTENCES, ids=[case[2] for case in SENTENCES])
def test_the_command_ends_in_one_sentence_and_the_right_code(
    tmp_path: Path, arguments: list[str], code: int, words: str
) -> None:
    (tmp_path / "a.jsonl").write_text('{"problem": " "}\n')
    (tmp_path / "b.jsonl").write_text('{"prompt": "x"}\n')
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "train.jsonl").write_text('{"problem": "x"}\n')
    checkout = str(Path(problem_sets.__file__).parents[1])
    ran = run("svamp", *arguments, "--output", "out", cwd=tmp_path, env={"PYTHONPATH": checkout, "HF_HUB_OFFLINE": "1"})
    assert ran.returncode == code and words in ran.stderr and "Traceback" not in ran.stderr, ran.stderr


SUBJECTS = CONFIGS["EleutherAI/hendrycks_math"]
ELEUTHER = {"configs": [
    {"config_name": name, "data_files": [{"split": split, "path": f"{name}/{split}-*"} for split in ("train", "test")]}
    for name in SUBJECTS
]}  # fmt: skip


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    """A Hub with the real names on it, and few rows."""
    rows = SETS["competition_math"][1]
    with Hub() as hub:
        parts = {
            f"{name}/{split}-00000-of-00001.parquet": as_parquet(rows[at * 10 : at * 10 + (6 if split == "train" else 4)])
            for at, name in enumerate(SUBJECTS) for split in ("train", "test")
        }  # fmt: skip
        hub.put("EleutherAI/hendrycks_math", {**parts, "README.md": f"---\n{json.dumps(ELEUTHER)}\n---\n".encode()})
        hub.put("nlile/hendrycks-MATH-benchmark", {"data/train-0.parquet": as_parquet(rows[:120])})
        hub.put("HuggingFaceH4/MATH-500", {"test.jsonl": as_lines(rows[:50])})
        main = {"config_name": "main", "data_files": [{"split": "train", "path": "main/train-*"}]}
        front = {"configs": [main, {"config_name": "socratic", "data_files": "socratic/*"}]}
        words = as_parquet(SETS["gsm8k"][1])
        files = {"main/train-0.parquet": words, "socratic/train-0.parquet": words}
        hub.put("openai/gsm8k", {**files, "README.md": f"---\n{json.dumps(front)}\n---\n".encode()})
        svamp_rows = SETS["svamp"][1]
        halves = {"train": svamp_rows[:70], "test": svamp_rows[70:]}
        hub.put("ChilleD/SVAMP", {f"data/{name}-0.parquet": as_parquet(half) for name, half in halves.items()})
        yield hub


ON_HUB = [
    ("competition_math", [], "42 problems of EleutherAI/hendrycks_math", "42 problems in train, where MATH's own split has 7,500"),
    ("competition_math", ["--split", "test"], "28 problems", "28 problems in test, where MATH's own split has 5,000"),
    ("competition_math", ["--rows", "nlile/hendrycks-MATH-benchmark"], "120 problems", "4,500 of MATH's own 5,000 test problems"),
    ("competition_math", ["--rows", "HuggingFaceH4/MATH-500"], "50 problems", "it is 500 of MATH's own test problems"),
    ("gsm8k", [], "300 problems of openai/gsm8k", None),
    ("svamp", [], "70 problems of ChilleD/SVAMP", None),
    ("svamp", ["--split", "test"], "230 problems", None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "arguments", "words", "note"), ON_HUB)
def test_the_hubs_repos_under_their_real_names(
    hub: Hub, tmp_path: Path, name: str, arguments: list[str], words: str, note: str | None
) -> None:
    ran = run(name, *arguments, "--output", str(tmp_path / "out"), env=hub.environment(tmp_path / "home"))
    assert ran.returncode == 0 and words in ran.stdout and "rejected: none" in ran.stdout, ran.stderr
    assert ("mind the split" in ran.stdout) == (note is not None)
    told = json.loads((tmp_path / "out" / "run.json").read_text())
    assert (told["note"] is None) == (note is None) and (note or "") in (told["note"] or "") and told["revision"]


def test_a_copy_of_the_repo_of_seven_configs_is_read_whole(hub: Hub, tmp_path: Path) -> None:
    repo = hub.repos["EleutherAI/hendrycks_math"]
    for path, data in repo.commits[repo.branches["main"]].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    made = list(competition_math.problems(str(tmp_path)))
    assert len(made) == 42 and made[6]["problem"] == SETS["competition_math"][1][10]["problem"]


def test_a_repo_that_was_taken_off_the_hub_is_named_with_another(hub: Hub, tmp_path: Path) -> None:
    ran = run(
        "competition_math",
        "--rows",
        "hendrycks/competition_math",
        "--output",
        str(tmp_path / "out"),
        env=hub.environment(tmp_path / "home"),
    )
    assert (
        ran.returncode == 2 and "was taken off the Hub; EleutherAI/hendrycks_math has the same problems" in ran.stderr
    )
