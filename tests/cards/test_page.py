"""The page of a folder: all that stands there is in its data, found by words and filters, and nothing in it is code."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from builders.errors import CheckFailed, UserError
from cards.page import main, write_page
from cards.page_files import Pieces, plain
from cards.page_replies import About, _lines
from cards.page_rows import Facets, filtered_by, texts, title
from cards.page_words import Words
from tests.cards.pages import HOSTILE, dialogue, dialogues, problems, unpacked
from tests.cards.test_mathematics import Reader


@pytest.fixture(scope="module")
def worst(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of rows that hold the worst."""
    folder = tmp_path_factory.mktemp("worst")
    write_page(dialogues(folder / "mind", HOSTILE), folder / "page")
    return folder / "page"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The data of the page of a GSDP folder."""
    folder = tmp_path_factory.mktemp("known")
    write_page(problems(folder / "gsdp"), folder / "page")
    return unpacked(folder / "page")


def test_whatever_a_row_holds_no_file_of_the_page_holds_it_as_code(worst: Path) -> None:
    for file in (worst / "data").iterdir():
        assert re.fullmatch(r'mathloom\("[a-z]+(-\w+)?","[A-Za-z0-9+/=]+"\)\n', file.read_text("ascii"))
    page = (worst / "index.html").read_text()
    assert not any(text[:30] in page for text in HOSTILE)
    rows = unpacked(worst)["rows-0"]
    held = {row["row"]["turns"][0]["text"] for _, row in rows}
    assert held >= set(HOSTILE[:-1]) and [number for number, _ in rows] == list(range(len(rows)))


def test_the_page_loads_nothing_that_does_not_stand_beside_it(worst: Path) -> None:
    read = Reader((worst / "index.html").read_text().replace("<!doctype html>", ""))
    named = [
        value for _, said in read.tags for name, value in said.items() if name in ("src", "href") and value != "data:,"
    ]
    assert named and all(value and (worst / value).is_file() for value in named)
    [policy] = [said["content"] for _, said in read.tags if said.get("http-equiv") == "Content-Security-Policy"]
    assert policy and policy.startswith("default-src 'none'; script-src 'self' file:;") and "unsafe-eval" not in policy
    assert not re.search(r"script-src[^;]*unsafe", policy)
    style = (worst / "katex.css").read_text()
    assert (
        len(re.findall("@font-face", style))
        == len(re.findall(r"url\(", style))
        == len(re.findall(r"url\(data:font/woff2;base64,", style))
    )
    assert "MIT" in (worst / "katex-license.md").read_text()


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2**53, 2**53), (2**60, str(2**60)), (float("nan"), "nan"), (float("inf"), "inf"), (b"ab", "2 bytes"), ({1: (None, True)}, {"1": [None, True]})],
)  # fmt: skip
def test_what_json_or_javascript_lack_becomes_a_text(value: Any, shown: Any) -> None:
    assert plain(value) == shown


def test_pieces_are_found_by_the_labels_they_begin_with(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    pieces = Pieces(tmp_path / "data", "rows")
    for number in range(10):
        pieces.add(number, "x" * 100_000)
    assert pieces.end() == [0, 2, 4, 6, 8]
    assert [label for label, _ in unpacked(tmp_path)["rows-2"]] == [4, 5]
    assert Pieces(tmp_path / "data", "none").end() == []


def test_words_are_found_in_every_text_of_a_row_and_sorted_as_javascript_sorts(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    words = Words()
    words.take(3, ["Let \\frac{1}{22} be", "LET x_1"])
    words.take(4, ["\U0001d54f \ufb01 let"])
    words.take(9, ["let"])
    words.write(tmp_path / "data")
    found = dict(unpacked(tmp_path)["words-0"])
    assert found == {
        "let": [3, 1, 5],
        "frac": [3],
        "1": [3],
        "22": [3],
        "be": [3],
        "x_1": [3],
        "\U0001d54f": [4],
        "\ufb01": [4],
    }
    assert list(found)[-2:] == ["\U0001d54f", "\ufb01"]  # by code points it is the other way round
    row = dialogue(1, contamination=[{"evidence": "hidden deep"}], flags=["loop"])
    assert {"hidden deep", "loop", "d"} <= set(texts(row)) and row["reply"] not in set(texts(row))


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"style": "debate"}, {"style": ("debate",), "reason": ("kept",)}),
        ({"style": None, "reason": "bad_row"}, {"style": (), "reason": ("bad_row",)}),
        ({"text": "x"}, {"config": ("default",), "reason": ("kept",)}),
        ({"hop": "one_hop", "contamination": []}, {"hop": ("one_hop",), "reason": ("kept",), "contamination": ("nothing found",)}),
        (
            {"hop": "a", "contamination": [{"benchmark": "B", "layer": "exact"}] * 2},
            {"hop": ("a",), "reason": ("kept",), "contamination": ("B, exact",)},
        ),
        (
            {"hop": "a", "problem_scores": [{"judge": "x", "score": 0.5}, {"judge": "y", "score": None}, {"judge": "z", "score": 0.9}]},
            {"hop": ("a",), "reason": ("kept",), "judge": ("x: score under 0.85", "y: no score")},
        ),
        (
            {"hop": "a", "solution_verdicts": [{"judge": "x", "verdict": False}, {"judge": "y", "verdict": None}, {"judge": "z", "verdict": True}]},
            {"hop": ("a",), "reason": ("kept",), "judge": ("x: wrong", "y: no verdict", "z: right")},
        ),
        ({"contamination": "a text", "problem_scores": 3, "solution_verdicts": ["x"]}, {"config": ("default",), "reason": ("kept",)}),
    ],
)  # fmt: skip
def test_a_row_is_filtered_by_style_hop_reason_judge_and_contamination(
    row: dict[str, Any], found: dict[str, Any]
) -> None:
    assert {
        name: values for name, values in filtered_by(row, "default", 0.85).items() if values or name == "style"
    } == found


def test_filters_offer_what_some_rows_have_and_others_have_not() -> None:
    facets = Facets()
    for row in ({"style": "a"}, {"style": "b", "reason": "cut"}, {"style": None, "contamination": []}):
        facets.take(filtered_by(row, "default", None))
    said = {
        facet["name"]: [[facet["values"][n] for n in facet["sets"][of]] for of in facet["of"]]
        for facet in facets.said()
    }
    assert said == {
        "style": [["a"], ["b"], []],
        "reason": [["kept"], ["cut"], ["kept"]],
        "contamination": [[], [], ["nothing found"]],
    }
    alike = Facets()
    alike.take(filtered_by({"style": "a"}, "default", None))
    assert [facet["name"] for facet in alike.said()] == ["reason"]


def test_a_row_takes_as_long_to_filter_after_many_rows_as_after_few() -> None:
    facets, began = Facets(), time.process_time()
    found = dict.fromkeys(("style", "reason", "judge", "contamination"), ("one",))
    for _ in range(100_000):
        facets.take(found)
    assert facets.rows == 100_000 and time.process_time() - began < 3


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ({"passage": " a\n b ", "text": "c"}, "a b"), ({"problem": "", "text": "c"}, "c"), ({"knowledge_points": ["a", "b"]}, "a, b"),
        ({"text": "x" * 200}, "x" * 140 + "…"), ({}, ""),
    ],
)  # fmt: skip
def test_a_row_is_listed_by_what_it_is_about(row: dict[str, Any], shown: str) -> None:
    assert title(row) == shown


def test_a_point_has_its_names_its_neighbours_its_rows_and_what_was_asked_about_it(known: dict[str, Any]) -> None:
    points, seeds = dict(known["points-0"]), dict(known["seeds-0"])
    assert known["all-points"] == [["sums", 1, 2], ["whole numbers", 1, 2], ["parity", 0, 0]]
    sums = points["sums"]
    assert ([row["spelling"] for row in sums["spellings"]], sums["beside"], sums["rows"]) == (
        ["Sums", "sums"],
        [["whole numbers", 2]],
        [0, 1],
    )
    assert [(key[-1], step) for key, step in sums["asked"]] == [("5", "synonyms")] and [
        key[-1] for key, _ in points["parity"]["asked"]
    ] == ["6"]
    assert {seed: [key[-1] for key, _ in said["asked"]] for seed, said in seeds.items()} == {"s1": ["3"], "s2": ["4"]}
    assert seeds["s2"]["points"] == [["sums", "sums"], ["whole numbers", "whole numbers"], ["parity", None]]


def test_every_reply_is_there_with_the_tries_before_it_and_a_vector_is_none_to_read(known: dict[str, Any]) -> None:
    replies = {key[-1]: reply for key, reply in known["replies-0"]}
    assert sorted(replies) == list("01234567")
    assert [key[-1] for key in replies["1"]["before"]] == ["0"] and "before" not in replies["2"]
    assert replies["7"]["text"] == "[a vector, 4 characters of base64]"
    assert known["index"]["starts"]["replies"] == [f"{0:064x}"]


def test_the_same_folder_gives_the_same_page_and_an_earlier_page_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = problems(tmp_path / "gsdp")
    main([str(folder)])
    assert "2 rows; open " in capsys.readouterr().out
    page = tmp_path / "gsdp-page"
    first = {file: file.read_bytes() for file in page.rglob("*.*")}
    main([str(folder)])
    assert first == {file: file.read_bytes() for file in page.rglob("*.*")}
    assert json.loads((page / "run.json").read_text())["kind"] == "page"


def test_a_folder_without_rows_or_without_replies_has_a_page_all_the_same(tmp_path: Path) -> None:
    assert write_page(dialogues(tmp_path / "none", []), tmp_path / "page") == 0
    index = unpacked(tmp_path / "page")["index"]
    assert index["rows"] == 0 and index["starts"]["replies"] == index["starts"]["words"] == []


def test_what_is_no_folder_or_no_place_for_a_page_is_said_in_a_sentence(tmp_path: Path) -> None:
    folder = dialogues(tmp_path / "mind", ["a"])
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").touch()
    for made, said in (
        (lambda: write_page(tmp_path / "nowhere", tmp_path / "page"), "there is no folder"),
        (lambda: write_page(tmp_path / "mine", tmp_path / "page"), "is no finished folder"),
        (lambda: write_page(folder, tmp_path / "mine"), "is no finished folder of ours"),
        (lambda: write_page(folder, folder), "is the folder itself"),
    ):
        with pytest.raises(UserError, match=said):
            made()
    assert not (tmp_path / "page").exists()


def test_a_page_that_nobody_named_is_not_made_through_a_link(tmp_path: Path) -> None:
    folder = problems(tmp_path / "theirs")
    (tmp_path / "theirs-page").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="theirs-page is a link"):
        main([str(folder)])
    assert not (tmp_path / "elsewhere").exists()


def test_the_lines_of_a_reply_are_its_points_without_what_makes_them_a_list() -> None:
    assert _lines("1. sums\n 2) products \r\n- a-b\n* c\n\n•\td\n3.5 is odd\n-") == [
        "sums",
        "products",
        "a-b",
        "c",
        "d",
        "5 is odd",
    ]
    long = "a" + " " * 2_000_000 + "b"  # to go back and forth in it would take days
    assert _lines(long) == [long]


def test_replies_that_are_not_in_order_are_refused_for_no_key_would_be_found(tmp_path: Path) -> None:
    folder = dialogues(tmp_path / "mind", ["a", "b"])
    [file] = (folder / "data" / "replies").iterdir()
    table = pq.read_table(file)
    pq.write_table(table.take([1, 0]), file)
    with pytest.raises(CheckFailed, match="not sorted by key"):
        write_page(folder, tmp_path / "page")
    assert not (tmp_path / "page").exists()


def test_the_reply_about_a_seed_is_the_one_that_names_its_points_and_the_fewest_others() -> None:
    about = About({"s": frozenset({"angle", "circle"})}, frozenset({"angle", "circle"}))
    named = {
        "k1": "1. angle\n2. circle\n3. sum",
        "k2": "1. angle\n2. circle",
        "k3": "1. circle\n2. angle\n3. sum",
        "k4": "1. angle",
    }
    for key, text in {**named, "k5": "- circle\n- angle"}.items():
        about.take({"key": key, "step": "knowledge_points", "text": text})
    assert about.of_seed == {"s": [("k2", "knowledge_points"), ("k5", "knowledge_points")]}
