"""Passages that hold an item of a benchmark are not asked about, and dialogues that quote one are not kept."""

import json
from pathlib import Path

from builders.contamination import Shared
from tests.generation.folders import digest
from tests.generation.gsdp_runs import rows, step
from tests.generation.test_decontaminate import write
from tests.scripted import Call, Scripted, reply

ITEM = "How many positive integers below $1000$ have exactly three odd digits, all of them different?"
OTHER = "A farmer counts seventeen sheep and nine goats on the hill; how many legs does he count?"
PASSAGES = {
    "held": f"Here is one from last year. {ITEM.upper()} It is solved by counting, digit after digit.",
    "quoted": "Counting legs of animals is an exercise as old as the hills, and every pupil has met it.",
    "clean": "A prime has two divisors, and a square has an odd number of them, which one proves by pairing.",
}
TALK = "Teacher: Let us begin with what we know, and go on step by step until nothing is left.\n\nStudent: And what comes then?"


def told(call: Call) -> str:
    """Four turns; about legs a benchmark's item is among them."""
    more = OTHER if "legs of animals" in call.text else "We count them one after the other and write down what we find."
    return f"<dialogue>\n{TALK}\n\nTeacher: {more}\n\nStudent: Now I see it, and I will write it down at once.\n</dialogue>"


def test_neither_a_passage_nor_a_dialogue_with_an_item_is_kept(tmp_path: Path) -> None:
    write(tmp_path / "items.jsonl", [{"id": "odd", "problem": ITEM}, {"id": "legs", "problem": OTHER}])
    write(tmp_path / "rows.jsonl", [{"id": name, "text": text} for name, text in PASSAGES.items()])
    given = {
        "rows": str(tmp_path / "rows.jsonl"),
        "benchmarks": [str(tmp_path / "items.jsonl")],
        "styles": ["teacher_student"],
    }
    with Scripted(lambda call: reply(told(call))) as server:
        said = step("dialogues", tmp_path, server.url, **given)
        assert len(server.calls) == 2 and not any("HOW MANY POSITIVE" in call.text for call in server.calls)
    assert "1 passages that are not asked about: contaminated" in said
    [kept] = rows(tmp_path / "out", "teacher_student")
    assert kept["passage_id"] == "clean" and kept["contamination"] == []
    lost = {row["passage_id"]: row for row in rows(tmp_path / "out", "rejected")}
    found = {name: (row["unit"], row["step"], row["reason"], row["detail"]) for name, row in lost.items()}
    assert found == {
        "held": ("passage", "decontaminate", "contaminated", "15 words of items.jsonl odd"),
        "quoted": ("dialogue", "decontaminate", "contaminated", "17 words of items.jsonl legs"),
    }
    run = json.loads((tmp_path / "out" / "run.json").read_text())["contamination"]
    assert run["passages"]["compared"] == 3 and run["passages"]["benchmarks"]["items.jsonl"]["n-gram"] == 1
    assert run["dialogues"]["compared"] == 2 and run["dialogues"]["runs"] == {"8": 1, "10": 1, "13": 1, "15": 1}
    card = (tmp_path / "out" / "README.md").read_text()
    assert "| `items.jsonl` | 2 | 0 | 1 | 1 (33.33%) | 1 (33.33%) | 1 (33.33%) | 1 (33.33%) |" in card
    step("dialogues", tmp_path, server.url, "--from-ledger", out="replay", **given)
    assert digest(tmp_path / "replay") == digest(tmp_path / "out")


def test_without_benchmarks_nothing_is_compared_and_nothing_is_said_of_it(tmp_path: Path) -> None:
    write(tmp_path / "rows.jsonl", [{"id": name, "text": text} for name, text in PASSAGES.items()])
    with Scripted(lambda call: reply(told(call))) as server:
        step("dialogues", tmp_path, server.url, rows=str(tmp_path / "rows.jsonl"), styles=["teacher_student"])
    assert {row["contamination"] for row in rows(tmp_path / "out", "teacher_student")} == {None}
    assert json.loads((tmp_path / "out" / "run.json").read_text())["contamination"] is None
    assert "Nothing was compared with a benchmark." in (tmp_path / "out" / "README.md").read_text()


def test_shares_of_no_rows_are_none() -> None:
    assert Shared({}).said() == {
        "layers": ["exact", "n-gram"],
        "compared": 0,
        "runs": {"8": 0, "10": 0, "13": 0, "15": 0},
        "benchmarks": {},
    }
