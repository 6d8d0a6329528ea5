"""Embedding-only against dual filter: the same questions asked once, as many combinations of each, shares that are counted right."""

import json
import re
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from builders.errors import UserError
from generation import ablation
from generation.ablation_table import Arm, difference, table, told
from generation.dual_filter import Names
from generation.rehearsal import Rehearsal, rehearse
from graph.kprg import build

GRAPH = build([("p", ["a", "b"])])
BAD = "vague_point=0.2,wrong_point=0.2,detailed_point=0.2,low_score=0.01"


def words(folder: Path, url: str, *more: str) -> list[str]:
    """The flags of a small comparison."""
    return [
        "--config", "gsdp-quickstart", "--limit", "60", "--draws", "30", "--endpoints", url, "--embeddings", f"{url}/embedder",
        "--ledger", str(folder / "ledger.sqlite"), "--json", str(folder / "numbers.json"), *more,
    ]  # fmt: skip


def asked(folder: Path) -> Counter[str]:
    """How many replies of each step the ledger holds."""
    with sqlite3.connect(folder / "ledger.sqlite") as ledger:
        return Counter(dict(ledger.execute("SELECT step, count(*) FROM replies GROUP BY step")))


def test_problems_from_a_vocabulary_that_a_model_cleaned_pass_more_often(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with rehearse(Rehearsal(port=0, seed=1, faults=BAD)) as url:
        ablation.main(words(tmp_path, url))
        first, held = (tmp_path / "numbers.json").read_text(), asked(tmp_path)
        shown = capsys.readouterr().out
        ablation.main(words(tmp_path, url))
    assert asked(tmp_path) == held and (tmp_path / "numbers.json").read_text() == first
    one, both = (json.loads(first)["arms"][name] for name in ablation.ARMS)
    assert one["shares"]["all"]["share"] < both["shares"]["all"]["share"] - 0.05
    assert [one["shares"][hop]["of"] for hop in one["shares"]] == [both["shares"][hop]["of"] for hop in both["shares"]]
    assert one["points"] > both["points"] and set(one["decisions"]) <= {"kept", "chosen", "merged"} < set(
        both["decisions"]
    )
    assert held["knowledge_points"] == 60 and held["problem"] <= 2 * one["shares"]["all"]["of"]
    assert not {step for step in held if step.partition("/")[0] in ("difficulty", "solution", "judge_solution")}
    assert re.search(r"all +\d+% \(\d+ to \d+\) of \d+ +\d+% \(\d+ to \d+\) of \d+ +\+\d+ \(", shown)
    assert re.search(r"the paper +26% +45% +\+19", shown)


def test_the_ledger_alone_gives_the_same_numbers(tmp_path: Path) -> None:
    with rehearse(Rehearsal(port=0, seed=1)) as url:
        ablation.main(words(tmp_path, url, "--hops", "one_hop"))
    first = (tmp_path / "numbers.json").read_text()
    ablation.main(words(tmp_path, url, "--hops", "one_hop", "--from-ledger"))
    assert (tmp_path / "numbers.json").read_text() == first


def test_a_share_counts_what_was_answered() -> None:
    arm = Arm(
        Names({}, [], [], Counter(), {}),
        GRAPH,
        {"one_hop": Counter({"": 3, "low_score": 1, "no_answer": 5}), "two_hop": Counter()},
    )
    assert arm.share(["one_hop"]) == arm.share(["one_hop", "two_hop"]) == (3, 4) and arm.share(["two_hop"]) == (0, 0)
    numbers = told({"embedding only": arm, "dual filter": arm}, ["one_hop", "two_hop"])
    assert numbers["arms"]["dual filter"]["shares"]["two_hop"] == {
        "pass": 0,
        "of": 0,
        "share": None,
        "interval": [0.0, 1.0],
    }
    assert (
        table({"embedding only": arm, "dual filter": arm}, ["one_hop", "two_hop"]).row_count == 3
    )  # no row for two_hop


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [  # Newcombe 1998, table II, method 10
        ((48, 80), (56, 70), (0.2, 0.0524, 0.3339)),
        ((3, 10), (9, 10), (0.6, 0.1705, 0.8090)),
        ((2, 7), (6, 7), (0.5714, 0.0582, 0.8062)),
        ((0, 10), (10, 10), (1.0, 0.6075, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    first: tuple[int, int], second: tuple[int, int], expected: tuple[float, float, float]
) -> None:
    assert difference(first, second) == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--draws", "0"], "draws is 0"),
        (["--embeddings", "none"], "no vocabulary that embeddings alone have made"),
        (["--json", "/nowhere/at/all.json"], "there is no folder /nowhere/at"),
        (["--until", "graph"], "this command is one step"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_is_asked(
    flags: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=message):
        ablation.main([*words(tmp_path, "http://127.0.0.1:9"), *flags])
    assert not (tmp_path / "ledger.sqlite").exists()
