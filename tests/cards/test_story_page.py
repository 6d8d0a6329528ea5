"""A story as a page: all that it says is there, nothing in it acts, and no file of somebody else's is written over."""

from pathlib import Path

import pytest

from builders.errors import UserError
from builders.markdown import clean
from cards.mathematics import TAGS as MATHEMATICS
from cards.story import Exchange, Facts, Note, Section, Story, Table, Text
from cards.story_page import OURS, page, write_page
from tests.cards.test_mathematics import HOSTILE, Reader

# what the template itself brings; and of attributes those that do nothing
TAGS = {
    "html", "head", "meta", "title", "style", "body", "input", "label", "main", "h1", "h2", "p", "section", "dl", "dt", "dd", "div",
    "table", "tr", "th", "td", "figure", "figcaption", "pre", "details", "summary", *MATHEMATICS,
}  # fmt: skip
WORST = "".join(HOSTILE) + "\x00\x1b[31m\u202e\ud800</main></pre></details><img src=x onerror=alert(1)>"


def story(text: str) -> Story:
    """A story that says a text everywhere."""
    said = [Text("user asks", text), Text(text, text)]
    parts = [
        Note(text), Facts([(text, text)]), Table([text], [[text], [1234], [None]]), Text(text, text), Exchange(text, Facts([(text, text)]), said),
    ]  # fmt: skip
    return Story(text, text, [Section(text, parts)])


def test_whatever_a_row_holds_the_page_has_the_tags_of_its_template_alone() -> None:
    made = page([story(WORST), story("plain")])
    read = Reader(made.replace(OURS, "", 1))
    assert {tag for tag, _ in read.tags} <= TAGS
    assert not {
        name
        for _, attributes in read.tags
        for name in attributes
        if name.startswith("on") or name in ("src", "href", "style")
    }
    assert "default-src 'none'" in made and "http://" not in made and "https://" not in made
    assert not set(made) & {"\x00", "\x1b", "\u202e", "\ud800"}


def test_all_that_a_story_says_stands_in_the_page() -> None:
    text = "let $x^2$ be <b> & {{ y }}"
    shown = Reader(page([story(text)]).replace(OURS, "", 1)).text
    assert shown.count(clean(text)) == 17  # everywhere, and behind each typeset text
    assert shown.count("let x2 be <b> & {{ y }}") == 3 and "1,234" in shown


def test_a_page_of_ours_is_written_anew_and_no_other_file_is(tmp_path: Path) -> None:
    write_page(tmp_path / "a.html", [story("one")])
    write_page(tmp_path / "a.html", [story("two")])
    assert "two" in (tmp_path / "a.html").read_text() and [path.name for path in tmp_path.iterdir()] == ["a.html"]
    (tmp_path / "b.html").write_text("mine")
    for path in (tmp_path / "b.html", tmp_path, tmp_path / "nowhere" / "c.html"):
        with pytest.raises(UserError, match="no page of ours|there is no folder"):
            write_page(path, [story("three")])
    assert (tmp_path / "b.html").read_text() == "mine"


def test_nothing_is_written_through_a_link_beside_the_page(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("dear diary")
    (tmp_path / ".story.html.unfinished").symlink_to(tmp_path / "mine.txt")
    write_page(tmp_path / "story.html", [story("one")])
    assert (tmp_path / "mine.txt").read_text() == "dear diary" and not (tmp_path / "story.html").is_symlink()
