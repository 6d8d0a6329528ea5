"""Personal data: what reads as an e-mail address or a telephone number is counted, formulas are not."""

from pathlib import Path

import pytest

from cards.facts import read_facts
from cards.personal import KINDS, personal, personal_section
from tests.cards.publishing import folder, row, rows

MAIL, PHONE = KINDS
TEXTS: list[tuple[str, str | None]] = [
    ("Write to ann.smith+maths@mail.example.org.", MAIL),
    ("mailto:a@b.de", MAIL),
    ("Call +49 30 1234 5678 today.", PHONE),
    ("Call (212) 555-0147.", PHONE),
    ("Call +1 212 555 0147", PHONE),
    ("$a@b$ and x@y are operators", None),
    ("@user said so; f(212) = 555-147", None),
    ("$1 +20 300 400$, 10 + 20 = 30, +1 2", None),
    (r"\begin{align} 3 &= +12 \\ 4 \end{align}", None),
    ("2024-01-02, 3.14159, 192.168.0.1", None),
]


@pytest.mark.parametrize(("text", "kind"), TEXTS)
def test_what_reads_as_personal_is_counted_by_kind_and_config(tmp_path: Path, text: str, kind: str | None) -> None:
    others = [*rows(3), row(3, text), row(4, text)]
    facts = read_facts(folder(tmp_path / "a", {"debate": others, "interview": rows(1, "interview")}))
    assert personal(facts) == {name: {"debate": 2} if name == kind else {} for name in KINDS}
    assert ("| `debate` |" in personal_section(facts)) == (kind is not None)
    card = (tmp_path / "a" / "README.md").read_text()
    assert personal_section(facts) in card and card.count("## Personal data") == 1
