"""A step as a command of its own: forecasts, refusals, replays and deaths, and the vocabulary's folder."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web

from builders.errors import UserError, WorldError
from generation import gsdp, judge, knowledge_points, problems, solutions, vocabulary
from graph import combinations
from tests.generation.curating import Curator
from tests.generation.folders import digest, loaded
from tests.scripted import Scripted, echo

ROOT = Path(__file__).parents[2]
POINTS = [f"Theorem {'i' * n}" for n in range(1, 30)]
VECTORS = {
    name: [float(place == at) for place in range(30)] + [0.01 * (name != point)]
    for at, point in enumerate(POINTS)
    for name in (point, f"the {point}", point.upper())
}
SEEDS: list[dict[str, Any]] = [
    {
        "id": f"seed {n}",
        "problem": f"Problem {n}?",
        "solution": r"$\boxed{1}$",
        "difficulty": "low",
        "knowledge_points": [POINTS[n % 29], f"the {POINTS[n * 7 % 29]}", POINTS[(n + 3) % 29].upper(), "Algebra"],
    }
    for n in range(40)
]


def curator() -> Curator:
    return Curator(VECTORS, {"Algebra": "vague"})


def words(folder: Path, url: str, *more: str, output: str = "out", rows: list[dict[str, Any]] = SEEDS) -> list[str]:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    common = ["--ledger", str(folder / "ledger.sqlite"), "--output", str(folder / output)]
    return ["--rows", str(file), "--endpoints", url, *common, *more]


@pytest.mark.parametrize("main", [knowledge_points.main, vocabulary.main, problems.main, solutions.main, judge.main])
def test_a_dry_run_forecasts_and_asks_nothing(
    tmp_path: Path, main: Callable[[list[str]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    with Scripted(echo) as server:
        embedder = ["--embeddings", server.url] if main is vocabulary.main else []
        main(words(tmp_path, server.url, "--dry-run", *embedder))
        assert not server.calls
    said = capsys.readouterr().out
    assert "to ask" in said and "as it would be sent to tests/echo" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("main", [judge.main, gsdp.main])
def test_a_dry_run_refuses_the_output_that_the_run_would_refuse(
    tmp_path: Path, main: Callable[[list[str]], None]
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("mine")
    for more in ([], ["--dry-run"]):
        given = words(tmp_path, "http://127.0.0.1:9", *more)
        with pytest.raises(UserError, match="holds thesis.tex, and is no finished folder of ours"):
            main(["--seeds" if main is gsdp.main and word == "--rows" else word for word in given])


@pytest.mark.parametrize("main", [vocabulary.main, problems.main])
def test_a_column_of_ours_is_not_taken_for_a_verdict(tmp_path: Path, main: Callable[[list[str]], None]) -> None:
    with pytest.raises(UserError, match="has a column reason"):
        main(words(tmp_path, "http://127.0.0.1:9", rows=[{**SEEDS[0], "reason": "because"}]))


def test_the_vocabularys_folder_holds_the_rows_and_every_decision(tmp_path: Path) -> None:
    odd = [{"id": "x", "knowledge_points": None}, {"id": None, "knowledge_points": ["Sine"]}, SEEDS[0]]
    with Scripted(curator()) as server:
        vocabulary.main(words(tmp_path, server.url, "--embeddings", server.url, rows=[*SEEDS, *odd]))
    out = tmp_path / "out"
    rows, lost, names = loaded(out), loaded(out, "rejected"), loaded(out, "vocabulary")
    assert [row["id"] for row in rows] == [row["id"] for row in SEEDS]
    assert [(row["problem"], row["difficulty"]) for row in rows] == [(row["problem"], "low") for row in SEEDS]
    name = {row["spelling"]: row["knowledge_point"] for row in names}
    assert len(name) == len(names) == len({point for row in SEEDS for point in row["knowledge_points"]})
    for row, seed in zip(rows, SEEDS, strict=True):
        assert row["knowledge_points"] == sorted({name[point] for point in seed["knowledge_points"]} - {None})
    assert [(row["unit"], row["reason"]) for row in lost] == [
        ("seed", "bad_row"), ("seed", "bad_row"), ("seed", "duplicate"), ("point", "vague_point"),
    ]  # fmt: skip
    counts = json.loads((out / "run.json").read_text())["counts"]
    assert counts["rows"] == {"in": 43, "kept": 40, "rejected": {"bad_row": 2, "duplicate": 1}}
    assert counts["points"] == {"in": len(names), "kept": len(names) - 1, "rejected": {"vague_point": 1}}
    assert counts["decisions"] == Counter(row["decision"] for row in names)
    said = (out / "recipe.yaml").read_text() + (out / "run.json").read_text()
    assert "127.0.0.1" not in said and str(tmp_path) not in said
    assert yaml.safe_load((out / "recipe.yaml").read_text())["near"] == 0.7
    combinations.main(["--rows", str(out), "--output", str(tmp_path / "graph")])
    nodes = {row["knowledge_point"] for row in loaded(tmp_path / "graph", "nodes")}
    assert nodes == {point for row in rows for point in row["knowledge_points"]}


def test_rows_without_points_are_rows(tmp_path: Path) -> None:
    with Scripted(curator()) as server:
        flags = words(tmp_path, server.url, "--embeddings", server.url, rows=[{"id": "x", "knowledge_points": []}])
        vocabulary.main(flags)
        assert not server.calls
    assert [(row["id"], row["knowledge_points"]) for row in loaded(tmp_path / "out")] == [("x", [])]


def test_a_replay_with_every_server_off_writes_the_same_bytes(tmp_path: Path) -> None:
    with Scripted(curator()) as server:
        flags = ["--embeddings", server.url]
        vocabulary.main(words(tmp_path, server.url, *flags))
        asked = len(server.calls)
        vocabulary.main(words(tmp_path, server.url, *flags, output="again"))
        assert len(server.calls) == asked
    vocabulary.main(words(tmp_path, server.url, *flags, "--from-ledger", output="replay"))
    assert digest(tmp_path / "out") == digest(tmp_path / "again") == digest(tmp_path / "replay")


def test_embeddings_that_nobody_serves_are_the_worlds(tmp_path: Path) -> None:
    with Scripted(curator()) as server:
        flags = words(tmp_path, server.url, "--embeddings", "http://127.0.0.1:9", "--patience", "0.2")
        with pytest.raises(WorldError, match="127.0.0.1:9 cannot be reached"):
            vocabulary.main(flags)
        assert not server.calls and WorldError.code == 3


@pytest.mark.parametrize("step", ["point_filter", "embedding", "representative"])
def test_a_killed_vocabulary_goes_on_where_it_was(tmp_path: Path, step: str) -> None:
    asked = curator()
    with Scripted(asked) as server:
        flags = words(tmp_path, server.url, "--embeddings", server.url)
        vocabulary.main([*flags, "--output", str(tmp_path / "whole"), "--ledger", str(tmp_path / "other.sqlite")])
        whole, texts = digest(tmp_path / "whole"), {name: list(of) for name, of in asked.texts.items()}
        asked.texts.clear()
        held = sorted(texts[step])[::2]  # the second half of these is never answered before the kill
        asked.instead = lambda name, text: web.Response(status=503) if name == step and text in held else None
        command = [sys.executable, "-m", "generation.vocabulary", *flags]
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "COLUMNS": "200"})
        until = time.monotonic() + 60
        while len(set(asked.texts.get(step, []))) < len(texts[step]) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)  # what was answered is written
        child.send_signal(signal.SIGKILL)
        child.wait()
        asked.instead = lambda name, text: None
        asked.texts.clear()
        vocabulary.main(flags)
    assert digest(tmp_path / "out") == whole
    again = asked.texts.get(step, [])
    assert 0 < len(again) <= len(held) + 2 < len(texts[step])
    order = ["point_filter", "embedding", "representative"]
    assert not any(asked.texts.get(name) for name in order[: order.index(step)] if name != "embedding")
