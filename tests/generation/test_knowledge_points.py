"""Knowledge points as a command: every seed kept or rejected with its reason, at most ten points each, none lost uncounted."""

import json
from pathlib import Path
from typing import Any

import pytest

from builders.errors import UserError
from generation.knowledge_points import main
from generation.rehearsal import Rehearsal, rehearse
from tests.generation.folders import loaded
from tests.scripted import Call, Scripted, echo, reply

ROWS = [
    {"id": "a", "problem": "Find $x$ with $2x = 4$.", "solution": r"It is $\boxed{2}$, not $\boxed{3}$."},
    {"id": "b", "problem": "Which is it? (A) 1 (B) 2"},
    {
        "id": "c",
        "question": "Five apples cost ten.",
        "problem": "Five apples cost ten; how much is one?",
        "solution": "",
    },
    {"id": "a", "problem": "Find $x$ with $2x = 4$.", "solution": r"It is $\boxed{2}$, not $\boxed{3}$."},
    {"id": "a", "problem": "Another problem.", "solution": None},
    {"id": "d", "problem": " "},
]


def listed(*points: str) -> str:
    lines = "\n".join(f"{number}. {point}" for number, point in enumerate(points, 1))
    return f"<points>\n{lines}\n</points>"


def words(folder: Path, url: str, *more: str) -> list[str]:
    file = folder / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    common = ["--endpoints", url, "--ledger", str(folder / "ledger.sqlite"), "--output", str(folder / "out")]
    return ["--rows", str(file), *common, *more]


def counts(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "out" / "run.json").read_text())["counts"])


def test_seeds_of_all_shapes_are_kept_or_have_their_reason(tmp_path: Path) -> None:
    with Scripted(lambda call: reply(listed("Linear equation", "Unit price"))) as server:
        main(words(tmp_path, server.url))
    kept = loaded(tmp_path / "out")
    assert [row["id"].partition("~")[0] for row in kept] == ["a", "b", "c", "a"] and "~" in kept[3]["id"]
    assert all(row["knowledge_points"] == ["Linear equation", "Unit price"] for row in kept)
    assert [(row["id"], row["reason"], row["unit"]) for row in loaded(tmp_path / "out", "rejected")] == [
        ("a", "duplicate", "seed"), (loaded(tmp_path / "out", "rejected")[1]["id"], "bad_row", "seed"),
    ]  # fmt: skip
    assert counts(tmp_path)["rows"] == {"in": 6, "kept": 4, "rejected": {"bad_row": 1, "duplicate": 1}}
    assert "<solution>" not in next(call.text for call in server.calls if "Which is it?" in call.text)


def test_an_eleventh_point_is_dropped_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    points = [f"Theorem number {'i' * n}" for n in range(1, 12)]
    with Scripted(lambda call: reply(listed(*points, points[0].upper()))) as server:
        main(words(tmp_path, server.url))
        main(words(tmp_path, server.url, "--most-points", "5"))
        assert len(server.calls) == 8  # the number stands in the prompt
    [first, *_] = loaded(tmp_path / "out")
    assert (first["knowledge_points"], first["points_over"]) == (points[:5], points[5:])
    assert first["points_repeated"] == 1
    assert counts(tmp_path)["points"] == {"kept": 20, "over": 24, "repeated": 4}
    said = capsys.readouterr().out
    assert "40 knowledge points; 4 beyond the 10 of a problem were dropped, 4 came twice in one list" in said


def test_a_point_of_ten_thousand_characters_is_a_point(tmp_path: Path) -> None:
    long = "the law of " + "very " * 2000 + "large numbers"
    with Scripted(lambda call: reply(listed(long, "Zahlentheorie", "数论"))) as server:
        main(words(tmp_path, server.url))
    assert loaded(tmp_path / "out")[0]["knowledge_points"] == [long, "Zahlentheorie", "数论"]


def test_lists_that_cannot_be_read_reject_their_seed(tmp_path: Path) -> None:
    def answer(call: Call) -> Any:
        return (
            reply("Numbers, mostly, and how they are divided.")
            if "apples" in call.text
            else reply(listed("Linear equation"))
        )

    with Scripted(answer) as server:
        main(words(tmp_path, server.url))
    [lost] = [row for row in loaded(tmp_path / "out", "rejected") if row["id"] == "c"]
    assert (lost["step"], lost["reason"], lost["knowledge_points"]) == ("knowledge_points", "unreadable", None)


@pytest.mark.parametrize("flags", [["--most-points", "0"], ["--points-prompt", "nothing"], ["--limit", "0"]])
def test_what_no_run_could_mean_asks_nothing(tmp_path: Path, flags: list[str]) -> None:
    with Scripted(echo) as server:
        with pytest.raises(UserError):
            main(words(tmp_path, server.url, *flags))
        assert not server.calls


def test_every_seed_of_the_sample_is_accounted_for(tmp_path: Path) -> None:
    with rehearse(Rehearsal(port=0, seed=3)) as url:
        flags = words(tmp_path, url)
        main(["--rows", "sample", *flags[2:]])
    told = counts(tmp_path)["rows"]
    assert told["in"] == told["kept"] + sum(told["rejected"].values()) > 100
    assert told["kept"] == len(loaded(tmp_path / "out")) and told["rejected"]
    assert all(1 <= len(row["knowledge_points"]) <= 10 for row in loaded(tmp_path / "out"))
