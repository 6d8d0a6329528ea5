"""The command: rows with knowledge points in, a folder that `load_dataset` reads out, the same bytes every time."""

import json
import subprocess
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from datasets import Dataset, get_dataset_config_names, load_dataset

from builders.configs import read_configs
from builders.errors import CheckFailed, UserError
from graph.combinations import COMBINATIONS, NODES, main
from graph.drawing import draw
from graph.edges import EDGES
from graph.kinds import GRIP, HOPS, Rules
from graph.kprg import build
from tests.graph import plain
from tests.graph.test_drawing import seeds
from tests.graph.test_kinds import SHAPES, Problems


def rows(folder: Path, problems: Iterable[tuple[Any, Any]]) -> str:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps({"id": name, "knowledge_points": held}) + "\n" for name, held in problems))
    return str(file)


def run(folder: Path, problems: Iterable[tuple[Any, Any]], *flags: str) -> Path:
    main(["--rows", rows(folder, problems), "--output", str(folder / "made"), *flags])
    return folder / "made"


def config(made: Path, name: str) -> Dataset:
    return load_dataset(str(made), name, split="train", cache_dir=str(made.parent / "cache"))


def told(made: Path) -> Any:
    return json.loads((made / "run.json").read_text())


def files(made: Path) -> dict[str, bytes]:
    apart = {"run.json"}  # it has times
    return {
        str(path.relative_to(made)): path.read_bytes()
        for path in sorted(made.rglob("*"))
        if path.is_file() and path.name not in apart
    }


def test_what_is_written_is_what_networkx_finds(tmp_path: Path) -> None:
    problems = seeds(120, points=70)
    made, expected = run(tmp_path, problems, "--core-share", "0.1"), plain.graph(problems)
    cores = plain.core(expected, 10)
    kinds = {
        "one_hop": plain.one_hop(expected),
        "two_hop": plain.two_hop(expected),
        "three_hop": plain.three_hop(expected, cores),
        "community": plain.community(expected),
    }
    for hop in HOPS:
        written = config(made, hop)
        assert written.features == COMBINATIONS and set(written["hop"]) == {hop}
        found = {tuple(row["knowledge_points"]): row["weight"] for row in written}
        assert found == kinds[hop] and len(written) == len(found) == told(made)["counts"][hop]
        assert len(set(written["id"])) == len(written) and all(name.startswith(f"{hop}-") for name in written["id"])
    assert {(row["a"], row["b"]): row["weight"] for row in config(made, "edges")} == kinds["one_hop"]
    assert {row["knowledge_point"]: (row["degree"], row["core"], row["problems"]) for row in config(made, "nodes")} == {
        point: (degree, point in cores, holding(problems, point)) for point, degree in expected.degree
    }
    assert len(config(made, "default")) == sum(map(len, kinds.values()))


def holding(problems: Problems, point: str) -> int:
    return sum(point in points for _, points in problems)


def test_the_folder_holds_its_configs_the_graph_and_two_pictures(tmp_path: Path) -> None:
    made = run(tmp_path, seeds(120, points=300))
    assert {name: features for name, (_, features) in read_configs(made).items() if name != "default"} == {
        "nodes": NODES,
        "edges": EDGES,
        **dict.fromkeys(HOPS, COMBINATIONS),
    }
    assert {path.name for path in made.iterdir()} == {
        *("README.md", "data", "distributions.png", "graph.graphml", "graph.png", "recipe.yaml", "run.json")
    }
    read = nx.read_graphml(made / "graph.graphml")
    assert sum(core for _, core in read.nodes.data("core")) == told(made)["points"]["core"] > 0
    assert sum(weight for *_, weight in read.edges.data("weight")) == told(made)["one_hop_repeated"]
    assert all(told(made)["seconds"][name] >= 0 for name in ("list", "write"))
    assert told(made)["rows"] == {"in": 120, "kept": 120, "rejected": {}}


def test_the_same_rows_in_any_order_give_the_same_bytes(tmp_path: Path) -> None:
    problems, folders = seeds(100), [tmp_path / name for name in ("a", "b")]
    for folder, given in zip(folders, (problems, problems[::-1]), strict=True):
        folder.mkdir()
        run(folder, given)
    one, other = ({name: held for name, held in files(f / "made").items() if name != "recipe.yaml"} for f in folders)
    assert one == other and len(one) >= 9


def test_a_quota_writes_the_first_of_all_and_what_is_drawn(tmp_path: Path) -> None:
    problems = seeds(150, points=400)
    made = run(tmp_path, problems, "--seed", "3")
    whole = {hop: config(made, hop)[:50] for hop in HOPS}
    made = run(tmp_path, problems, "--seed", "3", "--quota", "50")
    for hop in HOPS:
        assert config(made, hop)[:] == whole[hop]
        first = islice(draw(build(problems), {hop: None}, seed=3), 200)
        drawn = dict.fromkeys(one.id for one in first if one.repetition == 0)
        assert hop == "one_hop" or list(drawn)[:50] == whole[hop]["id"]
    assert told(made)["written"] == dict.fromkeys(HOPS, 50) and told(made)["counts"]["two_hop"] > 50


def test_only_the_kinds_that_are_asked_for_are_counted_and_written(tmp_path: Path) -> None:
    made = run(tmp_path, seeds(60), "--hops", "community", "one_hop")
    assert list(told(made)["counts"]) == ["one_hop", "community"]
    assert set(read_configs(made)) == {"default", "nodes", "edges", "one_hop", "community"}


def test_grips_rules_add_cliques_of_four(tmp_path: Path) -> None:
    problems = seeds(60)
    made = run(tmp_path, problems, "--rules", "grip", "--core-share", "0.1", "--hops", "community", "three_hop")
    expected = plain.graph(problems)
    found = {tuple(row["knowledge_points"]): row["weight"] for row in config(made, "community")}
    assert found == plain.community(expected) | plain.four_cliques(expected)
    through = plain.three_hop_through(expected, plain.core(expected, 10), Rules(least=GRIP.least).least)
    assert told(made)["counts"]["three_hop"] == len(through)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_graph_of_any_shape_makes_a_folder_without_an_empty_file(shape: str, tmp_path: Path) -> None:
    problems = SHAPES[shape] or [("p", [])]
    made = run(tmp_path, problems)
    configs = read_configs(made) if any(points for _, points in problems) else {}
    assert all(rows for rows, _ in configs.values())
    assert set(configs) - {"default"} == {path.name for path in made.glob("data/*")}
    assert all(held for held in files(made).values())
    assert (made / "graph.png").exists() == ("edges" in configs)
    assert (made / "graph.graphml").exists() == ("nodes" in configs)


def test_no_combinations_at_all_is_no_error(tmp_path: Path) -> None:
    given = rows(tmp_path, [("p", ["Sine"]), ("q", ["Circle"])])
    words = [sys.executable, "-m", "graph.combinations", "--rows", given, "--output", str(tmp_path / "made")]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert ended.returncode == 0 and not ended.stderr
    assert "2 knowledge points" in ended.stdout and "two_hop                  0" in ended.stdout
    assert set(read_configs(tmp_path / "made")) == {"nodes"}


def test_rows_that_are_no_problems_are_rejected_and_add_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [("p", ["a", "b"]), ("p", ["b", "a"]), ("q", None), (None, ["a"]), ("r", ["a", 7]), ("s", ["b", "", "c"])]
    made = run(tmp_path, given)
    assert told(made)["rows"] == {"in": 6, "kept": 2, "rejected": {"duplicate": 1, "bad_row": 3}}
    assert told(made)["blank_points"] == 1
    assert [(row["id"], row["reason"]) for row in config(made, "rejected")] == [
        ("p", "duplicate"),
        ("q", "bad_row"),
        (None, "bad_row"),
        ("r", "bad_row"),
    ]
    assert "rejected: 3 bad_row, 1 duplicate; 1 points without a text left out" in capsys.readouterr().out


def test_where_no_row_can_be_used_the_folder_says_why(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="no row of .* can be used; `rejected` in .* says why"):
        run(tmp_path, [("p", None), ("q", "Sine")])
    assert len(config(tmp_path / "made", "rejected")) == 2


def test_what_has_loaded_as_a_folder_can_be_asked_for_by_its_names(tmp_path: Path) -> None:
    made = run(tmp_path, seeds(60))
    assert get_dataset_config_names(str(made)) == ["default", "nodes", "edges", *HOPS]


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--rules", "mind"], "there are no rules 'mind'; there are gsdp, grip"),
        (["--hops", "four_hop"], "no kind of combination 'four_hop'; there are one_hop, two_hop"),
        (["--quota", "0"], "the quota is 0; it must be 1 or more"),
        (["--core-share", "1.5"], r"share of core points is 1\.5; it must be between 0 and 1"),
        (["--rows", "missing.jsonl"], "no file or folder missing.jsonl"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(flags: list[str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=sentence):
        run(tmp_path, [("p", ["a", "b"])], *flags)
    assert not (tmp_path / "made").exists()
