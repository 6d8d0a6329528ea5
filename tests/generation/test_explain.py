"""The story of a row: complete, in the words that were said, from the folder alone, and safe to look at."""

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import metadata_load, metadata_save

from builders.errors import UserError
from cards.story import Exchange, Facts, Note, Section, Story, Table, Text
from generation import mind
from generation.exchanges import Source, source_of
from generation.explain import main, stories
from generation.rehearsal import Rehearsal, rehearse
from generation.telling import tell
from tests.generation.gsdp_runs import gsdp, rows, step

PRICE = {"input": 1.0, "output": 2.0}
NAMED = {"sampling": {"temperature": 0.0, "max_tokens": 900}}
SEEDS = {
    row["problem"]: row for row in map(json.loads, Path("builders/sample/problems.jsonl").read_text().splitlines())
}
DOCUMENTS = list(map(json.loads, Path("builders/sample/documents.jsonl").read_text().splitlines()))[:6]
STYLES = ["debate", "interview"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`out` (GSDP, with near points, a vote and a panel of two) and `mind`, with faults in both, and their ledger."""
    made = tmp_path_factory.mktemp("explain")
    with rehearse(Rehearsal(port=0, seed=3)) as url:
        judges = [{"name": name, **NAMED} for name in ("judge_a", "judge_b")]
        gsdp(made, url, embeddings=f"{url}/embedder", limit=40, samples=2, judges=judges, tries=2, core_share=0.05,
             writer={"price": PRICE, "sampling": {"max_tokens": 900}})  # fmt: skip
        words = ["--documents", "sample", "--limit", "6", "--styles", *STYLES, "--endpoints", url]
        mind.main([*words, "--ledger", str(made / "ledger.sqlite"), "--output", str(made / "mind"), "--tries", "2"])
    yield made


def told(source: Source, name: str) -> Story:
    [story] = stories(source, name)
    return story


def parts(story: Story, kind: Any) -> Iterator[Any]:
    yield from (part for section in story.sections for part in section.parts if isinstance(part, kind))


def section(story: Story, title: str) -> Section:
    [found] = [section for section in story.sections if section.title == title]
    return found


def said_in(story: Story) -> dict[str, list[str]]:
    """key -> the texts of question and reply, of every exchange."""
    return {dict(part.facts.values)["key"]: [text.text for text in part.said] for part in parts(story, Exchange)}


def everything(story: Story) -> str:
    """All the words of a story."""
    return repr(story)


def some(of: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each reason and step, and a few of those that are kept."""
    return list(
        {
            (row.get("reason"), row.get("step"), number % 3 if not row.get("reason") else 0): row
            for number, row in enumerate(of)
        }.values()
    )


def test_a_story_of_a_problem_holds_every_reply_about_it_in_the_words_that_were_said(folder: Path) -> None:
    source, replies = source_of(folder / "out", None), {row["key"]: row for row in rows(folder / "out", "replies")}
    chosen = [row for row in some(rows(folder / "out") + rows(folder / "out", "rejected")) if row["hop"]]
    assert {row.get("reason") for row in chosen} >= {None, "vetoed", "low_score"}
    for row in chosen:
        story, listed = told(source, row["id"]), {reply["key"] for reply in row["replies"]}
        said = said_in(story)
        assert listed <= set(said)
        for key in said:
            assert said[key][: len(replies[key]["messages"])] == [
                message["content"] for message in replies[key]["messages"]
            ]
            as_it_was = bool(replies[key]["text"]) and replies[key]["dialect"] == "chat"  # and no vector
            assert said[key][-1] == replies[key]["text"] or not as_it_was
        verdict = f"Rejected at {row['step']}: {row['reason']}" if row.get("reason") else "Kept"
        assert story.verdict.startswith(verdict) and (row.get("detail") or "") in story.verdict
        assert not row.get("reason") or any(
            f"Here it ended: {row['reason']}" in part.text for part in parts(story, Note)
        )


def test_a_story_of_a_problem_begins_at_its_seeds_and_goes_the_way_that_its_witnesses_say(folder: Path) -> None:
    source = source_of(folder / "out", None)
    names = {row["spelling"]: row["knowledge_point"] for row in rows(folder / "out", "vocabulary")}
    for row in [row for row in some(rows(folder / "out")) if row["hop"]]:
        story = told(source, row["id"])
        [way] = [part for part in section(story, "The combination").parts if isinstance(part, Table)]
        assert [edge[-1] for edge in way.rows] == row["seed_ids"]
        ends = {point for edge in way.rows for point in edge[:2]}
        assert set(row["knowledge_points"]) <= ends and len(way.rows) == {
            "one_hop": 1,
            "two_hop": 2,
            "three_hop": 3,
        }.get(row["hop"], 3)
        for seed in row["seed_ids"]:
            [asked] = [part for part in section(story, f"Seed {seed}").parts if isinstance(part, Exchange)][-1:]
            assert any(problem in asked.said[0].text for problem in SEEDS)
            [points] = [part for part in section(story, f"Seed {seed}").parts if isinstance(part, Table)]
            assert all(names[str(spelled)] == named for spelled, named, *_ in points.rows)
        for point in ends:
            asked = [part for part in section(story, f"The point {point!r}").parts if isinstance(part, Exchange)]
            assert any(part.title == "is it worth keeping?" for part in asked)


def test_tries_before_the_one_that_counts_are_told_too(folder: Path) -> None:
    again = {row["key"] for row in rows(folder / "out", "replies") if row["try"]}
    row = next(row for row in rows(folder / "out") if again & {reply["key"] for reply in row["replies"]})
    [key] = list(again & {reply["key"] for reply in row["replies"]})[:1]
    exchanges = list(parts(told(source_of(folder / "out", None), row["id"]), Exchange))
    at = [dict(part.facts.values)["key"] for part in exchanges].index(key)
    assert dict(exchanges[at].facts.values)["which"].endswith("try 1")
    assert exchanges[at - 1].said[0] == exchanges[at].said[0] and exchanges[at - 1].said[-1] != exchanges[at].said[-1]


def test_tokens_are_added_up_and_dollars_where_the_recipe_names_a_price(folder: Path) -> None:
    row = rows(folder / "out")[0]
    replies = {reply["key"]: reply for reply in rows(folder / "out", "replies")}
    story = told(source_of(folder / "out", None), row["id"])
    [table] = [part for part in section(story, "What it took").parts if isinstance(part, Table)]
    own = table.rows[0]
    listed = [replies[reply["key"]] for reply in row["replies"]]
    assert own[1] >= len(listed) and int(own[2] or 0) >= sum(reply["prompt_tokens"] or 0 for reply in listed)
    writer = next(reply for reply in listed if reply["step"] == "problem")
    dollars = (writer["prompt_tokens"] * PRICE["input"] + writer["completion_tokens"] * PRICE["output"]) / 1e6
    assert f"${dollars:.6f}" in everything(story) and own[4] == f"${dollars:.6f}"


def test_a_dialogue_is_told_from_its_place_in_the_document_on(folder: Path) -> None:
    source, texts = source_of(folder / "mind", None), {row.get("url"): row["text"] for row in DOCUMENTS}
    replies = {row["key"]: row for row in rows(folder / "mind", "replies")}
    found = [row for name in (*STYLES, "rejected") for row in rows(folder / "mind", name) if row["style"]]
    for row in some(found):
        story = told(source, row["id"])
        facts = dict(next(part for part in section(story, "The passage").parts if isinstance(part, Facts)).values)
        start, end = (int(word.replace(",", "")) for word in facts["where"].split() if word[0].isdigit())
        assert texts[row["url"]][start:end] == row["passage"]
        assert said_in(story)[row["reply"]][-1] == replies[row["reply"]]["text"] or not replies[row["reply"]]["text"]
        turns = [part for part in section(story, "The dialogue").parts if isinstance(part, Text)]
        assert [{"speaker": part.what, "text": part.text} for part in turns] == (row["turns"] or [])


def test_offsets_that_the_folder_does_not_hold_are_not_guessed(folder: Path, tmp_path: Path) -> None:
    late = next(row for row in rows(folder / "mind", "debate") if row["passage_id"].endswith("/1"))
    file = tmp_path / "passages.jsonl"
    file.write_text(json.dumps({"id": late["passage_id"], "document_id": late["document_id"], "text": late["passage"]}))
    with rehearse(Rehearsal(port=0, faults="0")) as url:
        step("dialogues", tmp_path, url, rows=str(file), styles=["debate"])
    assert "does not hold all that stands before it" in everything(
        told(source_of(tmp_path / "out", None), f"{late['passage_id']}/debate")
    )


def test_what_rows_were_made_of_is_asked_for_as_well(folder: Path) -> None:
    source, row = source_of(folder / "mind", None), rows(folder / "mind", "debate")[0]
    for name, count in ((row["passage_id"], len(STYLES)), (row["document_id"], None)):
        [fates] = [part for part in section(told(source, name), "What became of it").parts if isinstance(part, Table)]
        assert row["id"] in [fate[0] for fate in fates.rows] and count in (None, len(fates.rows))
    source = source_of(folder / "out", None)
    problem = rows(folder / "out")[0]
    for name in (problem["seed_ids"][0], problem["knowledge_points"][0]):
        assert problem["id"] in everything(section(told(source, name), "What became of it"))
    lost = next(row for row in rows(folder / "out", "rejected") if row["unit"] == "point")
    [dropped] = lost["knowledge_points"]
    assert lost["reason"] in everything(told(source, dropped)) and said_in(told(source, dropped))
    seed = next(row for row in rows(folder / "out", "rejected") if row["unit"] == "seed")
    assert seed["problem"] in everything(told(source, seed["id"]))


def test_the_beginning_of_an_id_does_where_it_is_of_one_thing_only(folder: Path) -> None:
    source, row = source_of(folder / "mind", None), rows(folder / "mind", "debate")[0]
    assert told(source, row["document_id"][:9]).title == f"Document {row['document_id']}"
    assert told(source, row["id"][:-2]).title == row["id"]
    with pytest.raises(UserError, match=rf"begins {len(STYLES)} names; they are {row['passage_id']}/debate, "):
        stories(source_of(folder / "mind", None), f"{row['passage_id']}/")


@pytest.mark.parametrize(
    "change",
    [lambda id: id[:-3] + "x" + id[-2:], lambda id: "x" + id[1:], str.upper, lambda id: id.replace("/0", "/9")],
)
def test_an_id_that_does_not_exist_is_answered_with_the_nearest_that_do(folder: Path, change: Any) -> None:
    name = rows(folder / "out")[0]["id"]
    with pytest.raises(UserError, match=rf"nothing in .* is called '.*'; the nearest are {name}, "):
        stories(source_of(folder / "out", None), change(name))


def test_a_row_that_stands_twice_is_told_twice(tmp_path: Path) -> None:
    seed = next(iter(SEEDS.values()))
    (tmp_path / "seeds.jsonl").write_text("".join(json.dumps({**seed, "id": "s"}) + "\n" for _ in range(2)))
    with rehearse(Rehearsal(port=0, faults="0")) as url:
        gsdp(tmp_path, url, seeds=str(tmp_path / "seeds.jsonl"), until="graph")
    verdicts = [story.verdict for story in stories(source_of(tmp_path / "out", None), "s")]
    assert len(verdicts) == 2 and "duplicate" in verdicts[0] and "points" in verdicts[1]


def test_a_ledger_adds_who_answered_and_when_and_another_folders_says_that_it_holds_nothing(
    folder: Path, tmp_path: Path
) -> None:
    row = rows(folder / "out")[0]
    asked = everything(told(source_of(folder / "out", folder / "ledger.sqlite"), row["id"]))
    assert "asked of" in asked and "http://127.0.0.1:" in asked and " s, 20" in asked
    with rehearse(Rehearsal(port=0, faults="0")) as url:
        gsdp(tmp_path, url, until="knowledge_points", limit=2, extractor={"sampling": {"max_tokens": 77}})
    other = everything(told(source_of(folder / "out", tmp_path / "ledger.sqlite"), row["id"]))
    assert "holds none of these" in other and "asked of" not in other
    with pytest.raises(UserError, match="there is no ledger"):
        source_of(folder / "out", tmp_path / "none.sqlite")


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (["vocabulary"], ["holds no vocabulary", "no reply that names just these points"]),
        (["replies"], ["Of its replies the folder does not hold", "no reply that names just these points"]),
    ],
)
def test_what_a_folder_does_not_hold_is_said(folder: Path, tmp_path: Path, gone: list[str], said: list[str]) -> None:
    shutil.copytree(folder / "out", tmp_path / "out")
    front = metadata_load(tmp_path / "out" / "README.md") or {}
    front["configs"] = [config for config in front["configs"] if config["config_name"] not in gone]
    metadata_save(tmp_path / "out" / "README.md", front)
    row = rows(folder / "out")[0]
    words = everything(told(source_of(tmp_path / "out", None), row["id"]))
    assert all(part in words for part in said) and repr(row["problem"])[1:-1] in words


def test_a_file_that_was_cut_short_is_one_sentence(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "mind", tmp_path / "mind")
    [file, *_] = (tmp_path / "mind" / "data" / "debate").iterdir()
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(UserError, match="the files of .* cannot be read .*; make the folder again"):
        source_of(tmp_path / "mind", None)


def test_a_row_of_a_steps_folder_is_told_with_the_replies_about_its_texts(folder: Path, tmp_path: Path) -> None:
    with rehearse(Rehearsal(port=0, faults="0")) as url:
        step("judge", tmp_path, url, rows=str(folder / "out"), limit=4, judges=[{"name": "judge_a", **NAMED}])
    row = rows(tmp_path / "out", "default")[0]
    exchanges = list(parts(told(source_of(tmp_path / "out", None), row["id"]), Exchange))
    assert sorted(part.title for part in exchanges) == ["judge_problem/judge_a", "judge_solution/judge_a"]
    assert all(row["problem"] in part.said[0].text for part in exchanges)


def hostile(tmp_path: Path, name: str) -> tuple[Path, str]:
    """A folder with a dialogue about a page that means ill; the id of its row."""
    text = (
        "\x1b]0;owned\x07 \x1b[2J <script>alert(1)</script> {{ 7*7 }} [bold]x[/bold] :smile: $\\text{</style>}$\x00\u202e "
        * 9
    )
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": name, "text": text, "url": "javascript:\x1b[31m"}))
    with rehearse(Rehearsal(port=0, faults="0")) as url:
        words = ["--documents", str(tmp_path / "rows.jsonl"), "--styles", "debate", "--endpoints", url]
        mind.main([*words, "--ledger", str(tmp_path / "l.sqlite"), "--output", str(tmp_path / "mind")])
    return tmp_path / "mind", f"{name}/0/debate"


def test_nothing_that_a_row_holds_acts_on_a_terminal_or_in_a_page(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder, name = hostile(tmp_path, "\x1b[31m<b>")
    capfd.readouterr()
    main([name, "--folder", str(folder)])
    shown = capfd.readouterr().out
    assert "\x1b" not in shown and "\x00" not in shown and "[bold]x[/bold] :smile:" in shown and "{{ 7*7 }}" in shown
    main([name, "--folder", str(folder), "--html", str(tmp_path / "a.html")])
    page = (tmp_path / "a.html").read_text()
    assert "<script" not in page and "&lt;script&gt;" in page and page.count("</style>") == 1


def test_a_terminal_has_colours_and_its_width_and_a_file_has_neither(folder: Path) -> None:
    row = next(row for row in rows(folder / "mind", "debate") if max(map(len, row["text"].split("\n"))) > 100)
    words = [sys.executable, "-m", "generation.explain", row["id"], "--folder", str(folder / "mind")]
    plain = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    assert "\x1b" not in plain and max(row["text"].split("\n"), key=len).partition(": ")[2] in plain
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        words, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "60"}
    )
    os.close(theirs)
    seen = b""
    while chunk := _read(ours):
        seen += chunk
    assert process.wait(60) == 0 and b"\x1b[" in seen
    lines = [line for line in seen.decode().split("\r\n") if "\x1b" not in line]
    assert lines and max(map(len, lines)) <= 60


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that the other end is closed
        return b""


def test_a_story_of_every_kind_of_part_is_told_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    exchange = Exchange("title", Facts([("key", "k")]), [Text("user asks", "one\n  two")])
    tell(Story("id", "Kept.", [Section("S", [Note("note"), Table(["a", "b"], [["x", 1000], [None, None]]), exchange])]))
    assert capsys.readouterr().out.split("\n") == [
        "══ id", "Kept.", "", "── S", "  note", "  a  b", "  x  1,000", "", "", "  title", "    key  k", "    user asks:", "        one",
        "          two", "",
    ]  # fmt: skip
