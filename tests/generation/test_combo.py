"""Dialogues about the problems of a GSDP folder, from one finished folder to the next: the rehearsal answers, faults and all."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from datasets import load_dataset

from builders.folder import finished
from builders.problems import with_solution
from generation.comparing import STEP
from generation.dialogue_rows import ROW
from generation.gsdp_rows import CONFIGS
from generation.ledger import Ledger
from generation.problem_passages import LINEAGE
from generation.rehearsal import Rehearsal, rehearse
from tests.generation.folders import digest
from tests.generation.gsdp_runs import step
from tests.generation.test_mind import rows_of, run
from tests.scripted import Scripted, reply

STYLES = ["problem_solving", "teacher_student", "two_students", "layman_knowall"]
COMBO: dict[str, Any] = {
    "verified": ["yes"],
    "generator": {"sampling": {"temperature": 0.7, "max_tokens": 4096}},
}


def problem(number: int, **more: Any) -> dict[str, Any]:
    sums = " ".join(
        f"Step {n}. The next number is ${n} \\cdot {number + 3} = {n * (number + 3)}$." for n in range(2, 9)
    )
    text = f"Mara multiplies ${number + 3}$ by every number from $2$ to $8$. Find the last result, and add ${number}$ to it."
    answer = str(8 * (number + 3) + number)
    total = f"Together this is ${8 * (number + 3)} + {number} = {answer}$. So the answer is $\\boxed{{{answer}}}$."
    solution = f"We go through the numbers one by one. {sums} {total}"
    return {
        "id": f"one_hop-{number:016x}/0", "problem": text, "solution": solution, "answer": answer, "verified": "yes",
        "seed_ids": [f"seed{number}"], "contamination": [], "hop": "one_hop", "text": with_solution(text, solution),
        "replies": [{"step": "problem", "key": f"k{number}", "model": "maker/writer"}], **more,
    }  # fmt: skip


def gsdp_folder(path: Path, *rows: dict[str, Any], rejected: int = 2) -> Path:
    """A finished folder of GSDP with these rows kept, and some rejected ones."""
    with finished(path, CONFIGS, ["one_hop", "two_hop"], "gsdp") as folder:
        folder.write("one_hop", list(rows))
        folder.write("rejected", [problem(900 + n, reason="vetoed", unit="problem", step="x") for n in range(rejected)])
        folder.put("run.json", json.dumps({"mathloom": "0.1.0", "kind": "gsdp"}))
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder about 40 problems, two of which are left out, answered with three kinds of fault; the truth beside it."""
    folder = tmp_path_factory.mktemp("combo")
    left_out = [problem(40, verified="undecided"), problem(41, verified="undecided")]
    gsdp_folder(folder / "gsdp", *[problem(n) for n in range(40)], *left_out)
    settings = Rehearsal(
        port=0,
        seed=3,
        outages="0",
        truth=str(folder / "truth"),
        faults="answer_differs=0.2,answer_missing=0.2,loop=0.1",
    )
    with rehearse(settings) as url:
        flags = ["--config", "combo", "--documents", str(folder / "gsdp"), "--ledger", str(folder / "ledger.sqlite")]
        said = run(*flags, "--endpoints", url, "--output", str(folder / "out")).stdout
        assert "2 documents without a passage: not_verified" in said
        yield folder


def test_dialogues_about_kept_problems_carry_both_lineages(made: Path) -> None:
    kept = load_dataset(str(made / "out"), split="train")
    assert kept.features == {**ROW, **LINEAGE} and len(kept) > 60 and set(kept["style"]) == set(STYLES)
    problems = {row["id"]: row for row in rows_of(made / "gsdp", "one_hop")}
    for row in kept:
        source = problems[row["document_id"]]
        assert row["id"] == f"{source['id']}/0/{row['style']}" and row["passage_id"] == f"{source['id']}/0"
        assert (row["passage"], row["answer"], row["seed_ids"]) == (
            source["text"],
            source["answer"],
            source["seed_ids"],
        )
        assert row["answer_told"].split("= ")[-1] == source["answer"] and row["problem_models"] == ["maker/writer"]


def test_nothing_of_the_folder_is_lost_and_its_rejected_rows_are_not_taken(made: Path) -> None:
    counts = json.loads((made / "out" / "run.json").read_text())["counts"]
    assert counts["documents"] == {"in": 42, "passages": 40, "rejected": {"not_verified": 2}}
    left_out = [row for row in rows_of(made / "out", "rejected") if row["unit"] == "document"]
    assert {(row["document_id"], row["detail"]) for row in left_out} == {
        (problem(number)["id"], "verified is undecided") for number in (40, 41)
    }
    assert all(row["passage"] for row in left_out)
    assert (
        counts["dialogues"]["in"] == 160 == counts["dialogues"]["kept"] + sum(counts["dialogues"]["rejected"].values())
    )


def test_what_was_planted_is_found_under_its_reason(made: Path) -> None:
    planted = {line["key"]: line["fault"] for line in map(json.loads, (made / "truth").read_text().splitlines())}
    given = {row["reply"]: None for row in load_dataset(str(made / "out"), split="train")}
    given |= {row["reply"]: row["reason"] for row in rows_of(made / "out", "rejected") if row["unit"] == "dialogue"}
    assert given == {key: planted[key] for key in given}
    assert min(Counter(given.values())[reason] for reason in ("answer_differs", "answer_missing", "loop")) > 5
    said = run("--truth", str(made / "truth"), "--folder", str(made / "out"), module="truth").stdout
    assert "answer_differs" in said and "answer_missing" in said and "but given" not in said


def test_a_replay_compares_nothing_again_and_has_the_same_bytes(made: Path) -> None:
    held = "SELECT count(*) FROM replies WHERE step = ?"
    before = Ledger(made / "ledger.sqlite").query(held, STEP)
    flags = ["--config", "combo", "--documents", str(made / "gsdp"), "--ledger", str(made / "ledger.sqlite")]
    run(*flags, "--output", str(made / "again"), "--from-ledger")
    assert digest(made / "again") == digest(made / "out")
    assert Ledger(made / "ledger.sqlite").query(held, STEP) == before


def test_the_card_says_that_documents_are_problems(made: Path) -> None:
    card = (made / "out" / "README.md").read_text().split("\n---\n", 1)[1]
    assert card.lstrip().startswith("These rows come from a rehearsal") and "come from a rehearsal, too" not in card
    assert "each made from a problem of a GSDP folder" in card
    assert (
        "1. Of 42 problems of a GSDP folder (`gsdp`), 40 were taken: those whose `verified` is `yes`; 2 were left out."
        in card
    )
    assert (
        "answered by `maker/writer`" in card
        and "`answer_differs` | a dialogue about a problem that says another answer" in card
    )


@pytest.mark.parametrize(("model", "rehearsed"), [("maker/writer", False), ("mathloom/rehearsal/writer", True)])
def test_problems_of_a_rehearsal_make_the_folder_one_whoever_tells_them(
    tmp_path: Path, model: str, rehearsed: bool
) -> None:
    told = problem(1, replies=[{"step": "problem", "key": "k", "model": model}])
    gsdp_folder(tmp_path / "gsdp", told)
    lines = [f"{who}: {line} It is worth saying slowly, one number after the other, until all is clear."
             for who, line in zip(["Solver A", "Solver B"] * 3, ["What is asked?", "A last product and a sum.", "Is it $8 \\cdot 4$ first?",
                                  "Yes, so $32$, and one more.", "Then?", "The answer is $33$."], strict=True)]  # fmt: skip
    with Scripted(lambda call: reply("<dialogue>\n" + "\n\n".join(lines) + "\n</dialogue>")) as server:
        step("mind", tmp_path, server.url, **COMBO, rows=str(tmp_path / "gsdp"), styles=["problem_solving"])
    [row] = rows_of(tmp_path / "out", "problem_solving")
    assert row["answer_told"] == "33"
    assert json.loads((tmp_path / "out" / "run.json").read_text())["rehearsal"] is rehearsed
    card = (tmp_path / "out" / "README.md").read_text().split("\n---\n", 1)[1].lstrip()
    assert card.startswith("The problems behind these rows come from a rehearsal") is rehearsed
    assert "These rows come from a rehearsal" not in card and "by a language model.\nAfter MIND" in card


def test_a_verdict_in_the_ledger_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = problem(1, answer="\\frac{66}{2}")
    gsdp_folder(tmp_path / "gsdp", odd)
    lines = "\n\n".join(
        f"Solver {'AB'[n % 2]}: So many words about the number {n}, for whoever wants to see how it is done."
        for n in range(6)
    )
    with Scripted(lambda call: reply(f"<dialogue>\n{lines}\n\nSolver A: The answer is $33.0$.\n</dialogue>")) as server:
        rows = str(tmp_path / "gsdp")
        step("mind", tmp_path, server.url, **COMBO, rows=rows, styles=["problem_solving"])
        monkeypatch.setattr("generation.comparing.compare", lambda pairs: pytest.fail(str(pairs)) if pairs else [])
        step("mind", tmp_path, server.url, **COMBO, rows=rows, styles=["problem_solving"], out="again")
    assert digest(tmp_path / "again") == digest(tmp_path / "out") and rows_of(tmp_path / "again", "problem_solving")


def test_a_folder_without_a_verified_problem_keeps_nothing_and_says_why(tmp_path: Path) -> None:
    gsdp_folder(tmp_path / "gsdp", problem(1, verified="undecided"))
    with Scripted(lambda call: reply("never asked")) as server:
        said = step("mind", tmp_path, server.url, code=1, **COMBO, rows=str(tmp_path / "gsdp"), styles=["debate"])
    assert "1 documents without a passage: not_verified" in said and "nothing was kept" in said
    assert not server.calls


def test_rejected_problems_are_left_out_even_where_there_are_no_others(tmp_path: Path) -> None:
    gsdp_folder(tmp_path / "gsdp", rejected=3)
    with Scripted(lambda call: reply("never asked")) as server:
        said = step("mind", tmp_path, server.url, code=1, **COMBO, rows=str(tmp_path / "gsdp"), styles=["debate"])
    assert "3 documents without a passage: not_verified" in said and not server.calls
    details = {row["detail"] for row in rows_of(tmp_path / "out", "rejected")}
    assert details == {"it was rejected where it was made: vetoed"}


def test_a_folder_of_another_kind_is_the_users_error(tmp_path: Path, made: Path) -> None:
    said = step("mind", tmp_path, "rehearsal", code=2, **COMBO, rows=str(made / "out"))
    assert "has no column problem, solution" in said and not (tmp_path / "out").exists()
