"""What a person writes into a card stays when it is made again: anywhere, whole, and once."""

import json
from datetime import date
from pathlib import Path

import pytest
import yaml
from datasets import Features, Value
from huggingface_hub import DatasetCard
from hypothesis import given
from hypothesis import strategies as st

from builders.by_hand import TOLD, front_values, kept, signed
from builders.folder import finished

FRONT = "license: odc-by\ntags:\n- mathloom\n- mind\nconfigs:\n- config_name: debate\n  description: sha256 {0}\n"


def card(rows: int = 3, front: str = FRONT) -> str:
    """A card as it is made from a folder of so many rows."""
    body = f"# Dialogues\n\n{rows} rows.\n\n## Load it\n\n```python\nload()\n\nload(2)\n```\n\nThe same words.\n\n"
    body += f"| a | b |\n| --- | ---: |\n| x | {rows} |\n\n## Limits\n\n- Nobody looked.\n- {rows} of all.\n\nMade {rows}.\n"
    return signed(f"---\n{front.format(rows)}---\n\n{body}")


MINE = "I looked at *fifty* rows.\n\n\n```\n\n| a | b |\n```\nAnd more."


@pytest.mark.parametrize("rows", [3, 4])
@pytest.mark.parametrize(
    ("there", "place", "behind"),
    [
        ("# Dialogues", "after", "# Dialogues"),
        ("## Load it", "after", "## Load it"),
        ("The same words.", "after", "The same words."),
        ("## Limits", "before", "|"),
        ("## Limits", "after", "## Limits"),
        ("3 rows.", "after", "rows."),
        ("Made 3.", "after", "Made"),
    ],
)
def test_a_text_that_is_added_stays_where_it_was(rows: int, there: str, place: str, behind: str) -> None:
    said = f"{there}\n\n{MINE}" if place == "after" else f"{MINE}\n\n{there}"
    made = kept(card().replace(there, said, 1), card(rows))
    assert made.count(MINE) == 1
    before, after = made.split(MINE)
    assert before.rstrip().split("\n")[-1].startswith(behind) or behind in before.rstrip().split("\n")[-1]
    assert f"{before.rstrip()}\n\n{after.lstrip()}" == card(rows)  # all the rest is the new card's
    assert kept(made, card(rows)) == made


def test_a_section_behind_everything_stays_behind_everything() -> None:
    for old in (
        f"{card()}\n## Mine\n\n{MINE}\n",
        card().replace("<!-- mathloom", f"## Mine\n\n{MINE}\n\n<!-- mathloom"),
    ):
        made = kept(old, card(4))
        assert made == card(4).replace("Made 4.", f"Made 4.\n\n## Mine\n\n{MINE}")


def test_words_of_ours_that_somebody_changed_stand_beside_ours() -> None:
    made = kept(card().replace("The same words.", "Other words."), card())
    assert made.count("The same words.") == made.count("Other words.") == 1
    made = kept(card().replace("| x | 3 |", "| x | 3 |\n| mine | 4 |"), card(5))
    assert "| x | 5 |" in made and "| mine | 4 |" in made


def test_an_item_that_is_added_to_a_list_stays_in_it() -> None:
    made = kept(card().replace("- Nobody looked.", "- Nobody looked.\n- I did."), card(4))
    assert made == card(4).replace("- 4 of all.", "- 4 of all.\n- I did.")


@pytest.mark.parametrize(
    ("old", "new", "becomes"),
    [
        ("doi: 10/1\n", "", {"doi": "10/1"}),
        ("license: mit\n", "license: odc-by\n", {"license": "mit"}),
        ("tags: [mathloom, mine]\n", "tags: [mathloom, new]\n", {"tags": ["mathloom", "new", "mine"]}),
        ("language: de\n", "language: [en]\n", {"language": ["en", "de"]}),
        ("extra: {a: [1, 2]}\n", "tags: [x]\n", {"tags": ["x"], "extra": {"a": [1, 2]}}),
        ("configs: [{config_name: mine}]\n", "configs: [{config_name: a}]\n", {"configs": [{"config_name": "a"}, {"config_name": "mine"}]}),
        ("when: 2026-01-01\n", "a: b\n", {"a": "b", "when": date(2026, 1, 1)}),
    ],
)  # fmt: skip
def test_front_matter_by_hand_is_kept(old: str, new: str, becomes: object) -> None:
    made = kept(f"---\n{old}---\nx\n", signed(f"---\n{new}---\n\nx\n"))
    assert yaml.safe_load(made.split("---\n")[1]) == becomes
    assert kept(made, signed(f"---\n{new}---\n\nx\n")) == made


def test_front_matter_that_mathloom_wrote_goes_when_it_is_no_longer_true() -> None:
    new = signed(
        "---\nlicense: mit\ntags:\n- mathloom\nconfigs:\n- config_name: debate\n  description: other\n---\n\nx\n"
    )
    assert kept(card(), new) == new


def test_a_comment_in_the_front_matter_stays_and_ours_says_what_may_be_done() -> None:
    made = kept(card().replace("license", "# ask Ann\nlicense"), card(4))
    assert made.split("\n")[1:3] == [TOLD, "# ask Ann"]
    assert DatasetCard(made).data.to_dict()["license"] == "odc-by"


@pytest.mark.parametrize("front", ["a: [", f"a: {'[' * 99}1{']' * 99}", "- " * 99_000 + "1", "a: 2024-13-45"], ids=len)
def test_front_matter_that_is_no_yaml_is_kept_as_text(front: str) -> None:
    made = kept(f"---\n{front}\n---\nMine.\n", card())
    assert front in made and "Mine." in made and DatasetCard(made).data.to_dict()["license"] == "odc-by"
    assert kept(made, card()) == made


@pytest.mark.parametrize("old", ["", "Only words.\n", "---\n---\n", "\ufeff# Mine\r\n\r\nOne line.\r\n"])
def test_a_card_that_is_not_ours_is_by_hand(old: str) -> None:
    made = kept(old, card())
    words = [line for line in old.lstrip("\ufeff").splitlines() if line and line != "---"]
    assert all(word in made for word in words) and made.startswith(card().split("Made")[0])


def test_what_was_published_before_is_not_by_hand() -> None:
    there = card().replace("## Limits", "My first try.\n\n## Limits")
    local = kept(card().replace("## Limits", "My second try.\n\n## Limits"), card(4))
    hub = there.replace("## Load it", "Said on the Hub.\n\n## Load it")
    made = kept(hub, local, published=there)
    assert "Said on the Hub." in made and "My second try." in made and "My first try." not in made


OURS = st.lists(
    st.sampled_from(
        [
            "# A",
            "## B",
            "one",
            "two",
            "- x",
            "- x\n- y",
            "```\n\n```",
            "| a |\n| --- |\n| 1 |",
            "<!-- c -->",
            "---",
            "1. x",
        ]
    )
)
THEIRS = st.sampled_from(
    ["## C", "three", "- z", "- x\n- z", "```", "~~~\nx", "````\n```\n\n````", "<!-- d", "---"]
) | st.text(max_size=9)


@given(OURS, OURS, st.lists(st.tuples(st.integers(0, 9), THEIRS)))
def test_no_line_by_hand_is_ever_lost_and_twice_is_once(
    first: list[str], second: list[str], added: list[tuple[int, str]]
) -> None:
    blocks = [*first]
    for place, text in added:
        blocks.insert(place, text)
    before, new = signed("---\na: b\n---\n\n" + "\n\n".join(first)), signed("---\na: c\n---\n\n" + "\n\n".join(second))
    digests = before[before.index("<!-- mathloom wrote") :]
    made = kept("---\na: b\n---\n\n" + "\n\n".join(blocks) + f"\n\n{digests}", new)
    plain = made.replace("\r", "\n")
    for _, text in added:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert all(line.rstrip() in plain for line in lines if line not in "\n".join(first).split("\n"))
    for text in second:
        assert all(line in plain for line in text.split("\n"))
    assert kept(made, new) == made


def test_a_folder_that_is_replaced_hands_on_what_was_written_into_its_card(tmp_path: Path) -> None:
    def make() -> str:
        with finished(tmp_path / "out", {"default": Features({"n": Value("int64")})}, [], "passages") as folder:
            folder.write("default", [{"n": 1}])
            folder.put("run.json", json.dumps({"mathloom": "0.1", "kind": "passages"}))
        return (tmp_path / "out" / "README.md").read_text("utf-8")

    first = make()
    assert make() == first
    mine = first.replace("configs:\n", "doi: 10/1\nconfigs:\n- config_name: mine\n  data_files: mine.csv\n", 1)
    (tmp_path / "out" / "README.md").write_text(f"{mine}\nMine, and *mine*.\n", "utf-8")
    again = make()
    assert "Mine, and *mine*." in again and make() == again
    front = front_values(again)
    assert front["doi"] == "10/1" and [config["config_name"] for config in front["configs"]] == [
        "default"
    ]  # its file is gone
