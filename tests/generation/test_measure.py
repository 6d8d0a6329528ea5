"""The measures of a folder: true to its rows, the same in the same state, and null where what makes them is not there."""

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from builders.errors import MathloomError, UserError
from builders.folder import finished
from generation.dialogue_rows import REJECTED, ROW
from generation.diversity import clusters, compared, drawn
from generation.intervals import nothing, wilson
from generation.measure import main, write
from generation.measures import measure_dialogue
from generation.vectors import embedding
from tests.cards.gsdp_folders import a_folder, lost, make, row

SEEDS = [
    {"id": f"s{n}", "problem": f"How many {what} are in the box of {n}?", "solution": "$\\boxed{1}$"}
    for n, what in enumerate(("apples", "nuts", "cups"))
]


def dialogue(number: int, style: str, asks: str, says: str, **more: Any) -> dict[str, Any]:
    turns = [{"speaker": "Ann", "text": asks}, {"speaker": "Ben", "text": says}]
    made = {
        "id": f"d{number}/0/{style}", "text": f"Ann: {asks}\n\nBen: {says}", "turns": turns, "style": style, "gap": "large",
        "passage": "The sum of 3 and 4 is 7, as anybody can see from it.", "document_id": f"d{number}", "text_tokens": 20, "passage_tokens": 10,
    }  # fmt: skip
    return {**dict.fromkeys(ROW), **made, **measure_dialogue(made), "flags": [], **more}


def mind(place: Path, rows: list[dict[str, Any]], rejected: list[dict[str, Any]]) -> Path:
    """A MIND folder of these rows, with styles debate and interview."""
    styles = ["debate", "interview"]
    with finished(place, {**dict.fromkeys(styles, ROW), "rejected": REJECTED}, styles, "mind") as folder:
        for each in rows:
            folder.write(each["style"], [each])
        folder.write("rejected", [{**dict.fromkeys(REJECTED), **each} for each in rejected])
        folder.put(
            "run.json",
            json.dumps({"mathloom": "0", "kind": "mind", "counts": {"styles": {style: {} for style in styles}}}),
        )
    return place


def dialogues(place: Path) -> Path:
    kept = [
        dialogue(
            n, "debate", "Is $3 + 4 = 7$?", "Yes, as anybody can see from it, and first $7 + 1 = 8$. Then we are done."
        )
        for n in range(6)
    ]
    wrong = [dialogue(n, "debate", "Why?", "Since $3 \\times 4 = 13$, and 2 plus 2 is 5.") for n in (6, 7)]
    bad = {"step": "debate", "unit": "dialogue", "reason": "loop"}
    unread = {"id": "d9/0/debate", "style": "debate", "document_id": "d9", **bad, "reason": "unreadable"}
    return mind(
        place,
        [*kept, wrong[0]],
        [{**wrong[1], **bad}, unread, {"id": "d10", "unit": "document", "reason": "bad_row", "passage": "x"}],
    )


def measure(folder: Path, *flags: str, code: int = 0) -> str:
    """Runs the command in this process; what it printed."""
    printed, found = io.StringIO(), 0
    with redirect_stdout(printed):
        try:
            main([str(folder), "--ledger", str(folder.parent / "ledger.sqlite"), *flags])
        except MathloomError as problem:
            found = problem.code
            print(problem)
    assert found == code, printed.getvalue()
    return printed.getvalue()


def measures(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((folder / "measures.json").read_text())
    return made


def test_dialogues_are_measured_before_filtering_and_arithmetic_anew(tmp_path: Path) -> None:
    folder = dialogues(tmp_path / "out")
    printed = measure(folder)
    made = measures(folder)
    debate = made["styles"]["debate"]
    assert (debate["rows"], debate["gap"]) == (8, "large"), "the rejected one counts, what could not be read does not"
    assert debate["wrong_share"]["value"] == 0.25 and debate["wrong_arithmetic"]["value"] == 0.5
    assert debate["wrong_calculations"] == {
        "value": 0.25,
        "low": pytest.approx(0.1019, abs=1e-4),
        "high": pytest.approx(0.4950, abs=1e-4),
        "of": 16,
    }
    assert {each["id"] for each in made["wrong"]} == {"d6/0/debate", "d7/0/debate"} and len(made["wrong"]) == 4
    assert (
        debate["speakers"]["Ann"]["value"] == 1
        and debate["speakers"]["Ben"]["value"] == 0
        and debate["question_gap"]["value"] == 1
    )
    assert (
        debate["length_ratio"]["value"] == 2
        and 0 <= debate["copy_rate"]["low"] < debate["copy_rate"]["value"] < debate["copy_rate"]["high"] < 1
    )
    assert made["styles"]["interview"]["copy_rate"] == nothing() and made["styles"]["interview"]["rows"] == 0
    assert debate["similarity_embedded"] == nothing() and made["embeddings"] is None
    assert "wrong arithmetic" in printed and "nothing is embedded" in printed
    assert sorted(file.name for file in folder.glob("*.png")) == ["measures-speakers.png", "measures-styles.png"]
    before = (folder / "measures.json").read_bytes()
    measure(folder)
    assert (folder / "measures.json").read_bytes() == before


def test_rows_without_measures_have_none_and_a_folder_without_dialogues_has_no_figure(tmp_path: Path) -> None:
    older = dialogue(1, "debate", "Why?", "So.") | dict.fromkeys(("copy_rate", "questions", "question_share"))
    folder = mind(tmp_path / "older", [older], [])
    measure(folder)
    assert measures(folder)["styles"]["debate"]["copy_rate"] == nothing()
    assert measures(folder)["styles"]["debate"]["speakers"] == {}
    empty = mind(tmp_path / "empty", [], [])
    measure(empty)
    assert measures(empty)["styles"]["debate"]["similarity"] == nothing() and not list(empty.glob("*.png"))


def test_problems_are_compared_with_seeds_and_another_set_by_embedding(tmp_path: Path) -> None:
    rows = [
        row(n, problem=f"How many {what} are in the box of {n}?")
        for n, what in enumerate(("apples", "cups", "bells", "coins", "figs", "keys", "pens"))
    ]
    folder = make(tmp_path / "out", rows, [lost("problem", "vetoed")], recipe={"rows": str(tmp_path / "seeds.jsonl")})
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_text("".join(json.dumps(seed) + "\n" for seed in SEEDS))
    other = tmp_path / "others.jsonl"
    other.write_text(
        "".join(json.dumps({"query": f"{seed['problem']} {n}"}) + "\n" for n in range(4) for seed in SEEDS)
    )
    printed = measure(folder, "--embeddings", "rehearsal", "--compare", f"{other}:query={seeds}")
    made = measures(folder)
    ours, theirs = made["sets"]["ours"], made["sets"]["others.jsonl"]
    assert (ours["rows"], ours["sample"], ours["seeds"]) == (7, 7, 3)
    assert (theirs["rows"], theirs["sample"]) == (12, 7), "samples are of one size"
    units = [np.array(embedding(text)) for text in (each["problem"] for each in SEEDS)]
    nearest = [max(float(np.array(embedding(each["problem"])) @ unit) for unit in units) for each in rows]
    assert ours["nearest"]["value"] == pytest.approx(np.mean(nearest), abs=1e-4)
    assert ours["novel"]["value"] == pytest.approx(np.mean(np.array(nearest) < 0.7), abs=1e-6)
    assert sum(ours["histogram"].values()) == 7 and ours["cumulative"]["1.00"] == 1
    assert ours["histogram"]["0.95"] == sum(value >= 0.95 for value in nearest) > 0
    assert theirs["nearest"]["value"] > ours["nearest"]["value"]
    assert ours["eps"] > 0 and theirs["eps"] > 0 and ours["eps"] != theirs["eps"] and ours["min_points"] == 5
    assert ours["clusters"]["value"] >= 0 and ours["clusters"]["of"] == 7 and 0 <= ours["noise"]["value"] <= 1
    assert made["embeddings"] == "mathloom/rehearsal/embedder" and made["reverse"]["points"] == nothing()
    assert made["stages"]["vetted"]["of_all"]["value"] == 0.875 and made["expansion"]["value"] == 3.5
    low, high = wilson(7, 8)
    assert made["cost"] == {
        "value": pytest.approx(0.001 / 7 * 10_000, abs=1e-5),
        "low": pytest.approx(0.001 / (8 * high) * 10_000, abs=1e-5),
        "high": pytest.approx(0.001 / (8 * low) * 10_000, abs=1e-5),
        "of": 7,
    }
    assert made["wrong_share"] == {"value": 0, "low": 0, "high": pytest.approx(0.3543, abs=1e-4), "of": 7}
    assert "no model is asked" in printed
    assert sorted(file.name for file in folder.glob("*.png")) == [
        f"measures-{name}.png" for name in ("distances", "similarity", "yield")
    ]
    measure(folder, "--from-ledger", "--embeddings", "rehearsal", "--compare", f"{other}:query={seeds}")
    again = measures(folder)
    assert again["sets"] == made["sets"], "what was embedded is not asked again"
    measure(folder)
    assert measures(folder)["sets"]["ours"]["nearest"] == nothing() and measures(folder)["sets"]["ours"]["rows"] == 7
    assert [file.name for file in folder.glob("*.png")] == ["measures-yield.png"], (
        "figures of what is no longer measured are gone"
    )


def test_a_model_that_sees_no_points_is_asked_which_a_problem_needs(tmp_path: Path) -> None:
    text = "Find the midpoint of the segment from $(1, 2)$ to $(3, 4)$."
    own = {"problem": text, "solution": "The midpoint of the segment is $\\boxed{(2, 3)}$.", "answer": "(2, 3)"}
    rows = [row(n, **own, knowledge_points=["Midpoint of a segment", "octonion algebras"]) for n in range(6)]
    folder = make(tmp_path / "out", rows, [])
    printed = measure(folder, "--endpoints", "rehearsal", "--embeddings", "none", "--reverse", "4", "--seed", "3")
    reverse = measures(folder)["reverse"]
    assert reverse["rows"] == 4 and reverse["by"] == "names" and 0 < reverse["answered"] <= 4
    assert reverse["points"]["value"] == 0.5 and reverse["whole"]["value"] == 0, "who is named again, and who is not"
    assert list(reverse["hops"]) == ["one_hop"] and "knowledge_points" in printed


def test_a_sample_does_not_depend_on_order_or_on_who_else_is_there() -> None:
    texts = [f"problem {n}" for n in range(300)]
    count, found = drawn(texts, 50, 0)
    assert (count, len(found)) == (300, 50)
    assert drawn(reversed([*texts, " "]), 50, 0) == (300, found) and drawn(texts, 50, 1)[1] != found
    assert drawn(texts, 20, 0)[1] == found[:20]
    assert len(set(found) & set(drawn(texts[:299], 50, 0)[1])) >= 49


def test_the_interval_of_the_clusters_holds_the_mean_of_other_samples() -> None:
    chance, found = np.random.default_rng(2), []
    centres, wide = chance.standard_normal((50, 16)), chance.uniform(0.1, 0.3, 50)
    for _ in range(20):
        of = chance.integers(0, 50, 400)
        made = centres[of] + wide[of, None] * chance.standard_normal((400, 16))
        made[:60] = chance.standard_normal((60, 16))
        units = (made / np.linalg.norm(made, axis=1)[:, None]).astype(np.float32)
        found.append(clusters(units, 0)["clusters"])
    mean = np.mean([each["value"] for each in found])
    assert sum(each["low"] <= mean <= each["high"] for each in found) >= 17
    assert mean > 20 and np.mean([each["high"] - each["low"] for each in found]) < mean, "and says something"
    assert clusters(units, 0)["clusters"] == found[-1] != clusters(units, 1)["clusters"]
    assert clusters(units[:9], 0)["clusters"]["low"] is None, "a half of nine has no fifth neighbour"


@pytest.mark.parametrize(
    ("words", "name", "seeds"),
    [
        ("a/b:query=c/d", "a/b", ["c/d"]), ("a/b=sample", "a/b", ["sample"]), ("a/b:text=c/d+e/f:problem", "a/b", ["c/d", "e/f:problem"]),
    ],
)  # fmt: skip
def test_what_is_compared_is_said_in_a_word(words: str, name: str, seeds: list[str]) -> None:
    found = compared(words)
    assert (found.name, found.seeds, found.where) == (name, seeds, words.partition("=")[0])


@pytest.mark.parametrize("words", ["a/b", "a/b:query", "a/b=", "=c"])
def test_what_is_compared_needs_its_seeds(words: str) -> None:
    with pytest.raises(UserError, match="say NAME:column=SEEDS"):
        compared(words)


def test_what_cannot_be_measured_is_one_sentence(tmp_path: Path) -> None:
    with finished(tmp_path / "rows", {"default": ROW}, [], "passages") as folder:
        folder.write("default", [dict.fromkeys(ROW)])
        folder.put("run.json", json.dumps({"mathloom": "0", "kind": "passages"}))
    assert "is a folder of kind passages; what is measured are folders of mind and gsdp" in measure(
        tmp_path / "rows", code=2
    )
    assert "there is no folder" in measure(tmp_path / "nowhere", code=2)
    assert "compare is for folders of gsdp" in measure(dialogues(tmp_path / "out"), "--compare", "a/b=c", code=2)
    problems = a_folder(tmp_path / "gsdp")
    assert "there is no file or folder" in measure(problems, "--compare", f"{tmp_path}/none.jsonl=sample", code=2)
    assert "sample is 0" in measure(problems, "--sample", "0", code=2)
    with pytest.raises(UserError, match="no folder is named"):
        main([])
    assert not list(tmp_path.glob("*/measures.json"))


def test_measures_are_not_written_through_a_link_that_came_with_the_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("precious")
    (tmp_path / ".measures.unfinished.json").symlink_to(tmp_path / "mine")
    write(tmp_path, {"kind": "rows"})
    assert (tmp_path / "mine").read_text() == "precious"
    assert (tmp_path / "measures.json").is_file() and not (tmp_path / "measures.json").is_symlink()
