"""What is shown steers no terminal: a server's words, a row's, a recipe's."""

import pytest
from rich.table import Table

from builders import screen
from builders.screen import say, show

HOSTILE = "\x1b]0;title\x07\x1b[2J\x1b[8mhidden\x9b31m\r\x08over\u202egnp.exe"


def test_an_escape_sequence_is_shown_and_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"mathloom: the server said {HOSTILE}\tand so on\n", error=True)
    shown = capsys.readouterr().err
    assert not set(shown) & set("\x1b\x07\x9b\r\x08\u202e") and "hidden" in shown and "\tand so on\n" in shown


def test_a_table_keeps_its_own_colours_and_no_other_sequence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Table("reason")
    table.add_row(HOSTILE)
    monkeypatch.setattr(screen, "is_terminal", lambda stream: True)
    monkeypatch.setenv("TERM", "xterm")
    show(table)
    shown = capsys.readouterr().out
    assert "\x1b[1m" in shown  # its head is bold
    assert "\x1b[2J" not in shown and "\x1b]" not in shown and not set(shown) & set("\x07\x9b\r\x08\u202e")


@pytest.mark.parametrize("columns", ["x", "", "0", "-3", "1", "9" * 30])
def test_a_width_that_is_none_ends_nothing(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    table = Table("style", "asked")
    table.add_row("debate", "12")
    show(table, "words")
    said = capsys.readouterr().out
    assert all(word in said for word in ("style", "debate", "12", "words")) and max(map(len, said.splitlines())) <= 1000
