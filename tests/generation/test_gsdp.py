"""GSDP as a whole: resumed, replayed, repeated, a seed more or less, and every row traced and counted."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from datasets import load_dataset

from generation.gsdp_questions import Question
from generation.gsdp_rows import CONFIGS, ROW
from generation.ledger import Ledger
from tests.generation.folders import digest
from tests.generation.gsdp_runs import FIXED, SAMPLED, Teacher, gsdp, reasons, rows
from tests.scripted import Call

SEEDS = [json.loads(line) for line in (Path("builders/sample/problems.jsonl")).read_text().splitlines()][:12]
LOW = "<score>\n0.2\n</score>\n<explanation>\nIt is unclear.\n</explanation>"


def seeds_in(folder: Path, seeds: list[Any]) -> str:
    """Seeds as a file."""
    file = folder / f"seeds-{len(seeds)}.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in seeds))
    return str(file)


def test_a_finished_folder_loads_with_every_column_of_the_contract(undisturbed: tuple[Path, Teacher]) -> None:
    folder = undisturbed[0] / "out"
    kept = load_dataset(str(folder), split="train")
    assert kept.features == ROW and len(kept) == 60
    assert Counter(kept["hop"]) == {"one_hop": 20, "two_hop": 20, "community": 20}
    for name in ("vocabulary", "edges", "replies"):
        assert load_dataset(str(folder), name, split="train").features == CONFIGS[name]
    for row in kept:
        assert row["text"] == f"Problem:\n{row['problem']}\n\nSolution:\n{row['solution']}"
        assert [said["content"] for said in row["messages"]] == [row["problem"], row["solution"]]
        assert row["text_tokens"] > 0 and row["knowledge_points"] == sorted(row["knowledge_points"])
        steps = ["problem", "judge_problem/judge", "difficulty", "solution/solver", "judge_solution/judge"]
        assert [said["step"] for said in row["replies"]] == steps
        assert row["vote_answer"] is None and row["vote_share"] is None and row["verified"] == "undecided"


def test_every_row_is_traced_to_its_seeds_and_stands_above_every_threshold(undisturbed: tuple[Path, Teacher]) -> None:
    folder = undisturbed[0] / "out"
    names = {row["spelling"]: row["knowledge_point"] for row in rows(folder, "vocabulary")}
    of_seed: dict[str, set[str]] = {}
    for row in rows(folder, "vocabulary"):
        for seed in row["seed_ids"]:
            of_seed.setdefault(seed, set()).add(names[row["spelling"]])
    keys = {row["key"] for row in rows(folder, "replies")}
    for row in rows(folder):
        assert row["id"].startswith(f"{row['hop']}-") and row["id"].endswith(f"/{row['repetition']}")
        assert row["seed_ids"] and all(len(of_seed[seed] & {*names.values()}) >= 2 for seed in row["seed_ids"])
        if row["hop"] == "one_hop":
            assert all(set(row["knowledge_points"]) <= of_seed[seed] for seed in row["seed_ids"])
        assert row["problem_score"] >= 0.85 and all(said["verdict"] is True for said in row["solution_verdicts"])
        assert {said["key"] for said in row["replies"]} <= keys


def test_rows_in_are_kept_or_rejected_in_every_unit(undisturbed: tuple[Path, Teacher]) -> None:
    folder = undisturbed[0] / "out"
    told = json.loads((folder / "run.json").read_text())["counts"]
    for unit, counts in told["units"].items():
        assert counts["in"] == counts["kept"] + sum(counts["rejected"].values())
        assert reasons(folder, unit) == counts["rejected"]
    assert told["units"]["seed"]["in"] == 12 and told["units"]["problem"]["in"] == 60
    assert sum(hop["drawn"] for hop in told["hops"].values()) == 60


def test_the_same_command_asks_nothing_and_gives_the_same_bytes(undisturbed: tuple[Path, Teacher]) -> None:
    folder, server = undisturbed
    before = len(server.calls)
    gsdp(folder, server.url, out="again")
    assert len(server.calls) == before and digest(folder / "again") == digest(folder / "out")


def test_a_replay_needs_no_endpoint_and_gives_the_same_bytes(undisturbed: tuple[Path, Teacher]) -> None:
    folder, _ = undisturbed
    gsdp(folder, "", "--from-ledger", out="replay")
    assert digest(folder / "replay") == digest(folder / "out")


@pytest.mark.parametrize("more", [True, False])
def test_a_seed_more_or_less_leaves_nearly_all_questions_as_they_were(more: bool, tmp_path: Path) -> None:
    with Teacher() as server:
        fails = SEEDS[4]["problem"] if not more else "no such"

        def failing(asked: Question, call: Call) -> str | None:
            return "<points>\n</points>" if fails in asked.problem else None

        server.says = {"knowledge_points": failing}
        gsdp(tmp_path, server.url, limit=None, quota=15, seeds=seeds_in(tmp_path, SEEDS[:11] if more else SEEDS))
        before, first = len(server.calls), rows(tmp_path / "out")
        server.says = {}
        if not more:
            ledger = Ledger(tmp_path / "ledger.sqlite", writable=True)
            ledger.write("DELETE FROM replies WHERE step = 'knowledge_points' AND text = '<points>\n</points>'")
            ledger.close()
        gsdp(tmp_path, server.url, limit=None, quota=15, seeds=seeds_in(tmp_path, SEEDS), out="more")
        assert len(server.calls) - before < 0.35 * before
        assert len({row["id"] for row in first} & {row["id"] for row in rows(tmp_path / "more")}) > 0.7 * len(first)


def test_a_contaminated_problem_costs_no_solution_and_no_judge(tmp_path: Path) -> None:
    copied = SEEDS[0]["problem"]

    def copy(asked: Question, call: Call) -> str | None:
        return f"<problem>\n{copied}\n</problem>" if call.number % 3 == 0 else None

    with Teacher({"problem": copy}) as server:
        gsdp(tmp_path, server.url, benchmarks=["sample"])
        lost = reasons(tmp_path / "out")
        assert lost["contaminated"] > 5 and not lost["duplicate"]
        asked = server.asked()
        for kind in ("judge_problem", "difficulty", "solution", "judge_solution"):
            assert asked[kind] == asked["problem"] - lost["contaminated"]
    for row in rows(tmp_path / "out", "rejected"):
        if row["reason"] == "contaminated":
            assert row["contamination"][0]["layer"] == "exact" and len(row["replies"]) == 1


def test_repetitions_of_a_pair_are_samples_of_one_question(tmp_path: Path) -> None:
    with Teacher() as server:
        # Two seeds that share their points: each pair of them weighs two.
        twins = [SEEDS[0], {**SEEDS[0], "id": "twin", "problem": SEEDS[0]["problem"] + " Say it."}]
        gsdp(tmp_path, server.url, "--hops", "one_hop", limit=None, quota=None, seeds=seeds_in(tmp_path, twins))
        found = rows(tmp_path / "out")
        assert {row["repetition"] for row in found} == {0, 1} and max(row["weight"] for row in found) == 2
        samples = {said["key"]: said["sample"] for said in rows(tmp_path / "out", "replies")}
        assert all(samples[row["replies"][0]["key"]] == row["repetition"] for row in found)
        said = gsdp(
            tmp_path, server.url, "--hops", "one_hop", limit=None, seeds=seeds_in(tmp_path, twins), writer={"sampling": FIXED},
            code=2, out="cold",
        )  # fmt: skip
        assert "all repetitions of a pair are one problem" in said
        before = server.asked()["problem"]
        gsdp(
            tmp_path, server.url, "--hops", "one_hop", limit=None, seeds=seeds_in(tmp_path, twins[:1]), out="one",
            writer={"sampling": FIXED},
        )  # fmt: skip
        assert server.asked()["problem"] > before  # where no pair weighs more than 1, temperature 0 is fine


def test_a_second_try_is_in_the_folder_with_the_first(tmp_path: Path) -> None:
    def badly(asked: Question, call: Call) -> str | None:
        return "Sorry." if sum(call.text.encode()) % 3 == 0 and not known(call) else None

    seen: set[str] = set()

    def known(call: Call) -> bool:
        found = call.text in seen
        seen.add(call.text)
        return found

    with Teacher({"difficulty": badly}) as server:
        gsdp(tmp_path, server.url, "--tries", "2", rater={"sampling": SAMPLED})
    assert len(rows(tmp_path / "out")) == 60
    tries = Counter(row["try"] for row in rows(tmp_path / "out", "replies") if row["step"] == "difficulty")
    assert tries[0] == 60 and 0 < tries[1] < 60
    gsdp(tmp_path, "", "--from-ledger", "--tries", "2", rater={"sampling": SAMPLED}, out="replay")
    assert digest(tmp_path / "replay") == digest(tmp_path / "out")


def test_a_server_that_fails_one_kind_of_question_leaves_no_answer_and_the_next_run_asks_it(tmp_path: Path) -> None:
    ill = True

    def fail(asked: Question, call: Call) -> Any:
        return web.Response(status=500) if ill and sum(call.text.encode()) % 4 == 0 else None

    with Teacher({"judge_solution": fail}) as server:
        gsdp(tmp_path, server.url, "--deadline", "1", quota=8)
        lost = reasons(tmp_path / "out")
        assert set(lost) == {"no_answer"}
        ill, before = False, len(server.calls)
        gsdp(tmp_path, server.url, quota=8, out="whole")
        assert len(server.calls) - before == lost.total() and not reasons(tmp_path / "whole")


def test_a_seed_without_points_is_rejected_with_the_reply_in_which_there_were_none(tmp_path: Path) -> None:
    def none(asked: Question, call: Call) -> str | None:
        return "I see no points." if SEEDS[2]["problem"] in asked.problem else None

    with Teacher({"knowledge_points": none}) as server:
        gsdp(tmp_path, server.url)
    [lost] = [row for row in rows(tmp_path / "out", "rejected") if row["unit"] == "seed"]
    assert (lost["problem"], lost["step"], lost["reason"]) == (SEEDS[2]["problem"], "knowledge_points", "unreadable")
    [reply] = lost["replies"]
    assert {row["key"]: row["text"] for row in rows(tmp_path / "out", "replies")}[reply["key"]] == "I see no points."


def test_a_forecast_does_not_take_replies_to_other_questions_for_ours(tmp_path: Path) -> None:
    warmer = {"temperature": 1.0, "max_tokens": 2000}
    with Teacher() as server:
        gsdp(tmp_path, server.url)
        again = gsdp(tmp_path, server.url, out="again")
        asked = server.asked()["problem"]
        other = gsdp(tmp_path, server.url, out="other", writer={"sampling": warmer})
        assert server.asked()["problem"] == 2 * asked

    def held(said: str, step: str) -> list[str]:
        lines = [line.replace("about", "").split() for line in said.splitlines() if line.endswith("no price")]
        return [words for words in lines if words[0] == step][-1][1:3]  # the second forecast knows the graph

    assert held(again, "problem") == [str(asked), str(asked)] and held(other, "problem") == [str(asked), "0"]
    assert held(other, "judge_problem/judge")[1] == "0"


@pytest.mark.parametrize("until", ["knowledge_points", "graph"])
def test_a_run_that_ends_early_says_only_what_happened(until: str, tmp_path: Path) -> None:
    with Teacher() as server:
        said = gsdp(tmp_path, server.url, "--until", until, embeddings={"graph": "none"}.get(until))
    assert ("the graph:" in said) == (until == "graph")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "A model wrote a problem" not in card and ("**Graph.**" in card) == (until == "graph")


def test_a_dry_run_shows_three_prompts(tmp_path: Path) -> None:
    with Teacher() as server:
        assert gsdp(tmp_path, server.url, "--dry-run").count("as it would be sent to") == 3
        assert not server.calls
