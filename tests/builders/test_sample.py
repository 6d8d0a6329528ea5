"""The sample that ships: every line is a document, the hostile ones are there, and the others are well-formed mathematics."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

SAMPLE = Path(__file__).parents[2] / "builders" / "sample" / "documents.jsonl"
COLUMNS = ["url", "text", "date", "metadata"]

# what a hostile document is called in `metadata` -> the patterns that it must hold to deserve the name
HOSTILE = {
    "jinja": [r"\{\{ 7\*7 \}\}", r"\{% raise %\}", r"\{# "],
    "instructions": [r"Ignore all instructions", r"\n</passage>\n"],
    "dollars": [r"\$20 bill", r"\$\$\$ in the travel guide"],
    "short": [r"\A[^\n]{20,120}\Z"],
    "formulas": [r"\A\$\$", r"\\end\{align\*\}"],
    "no spaces": [r"\S{1000}"],
    "html": [r"<script>", r"onerror="],
    "chat tokens": [r"<\|im_start\|>", r"<think>", r"<\|endoftext\|>", r"\[INST\]"],
}

# ways of writing that users meet in web documents, and so should in the sample
WRITTEN = {
    "line ends of Windows": r"\r\n",
    "code": r"^```python$",
    "a table in Markdown": r"^\|(:?-+:?\|)+$",
    "a table in LaTeX": r"\\begin\{tabular\}",
    "aligned equations": r"\\begin\{align\*\}",
    "a proof": r"\\begin\{proof\}",
    "parentheses of LaTeX": r"\\\(.*\\\)",
    "brackets of LaTeX": r"^\\\[$",
    "mathematics without LaTeX": r"\d x \d+ = \d",
    "mathematics in Unicode": r"√2 ∉ ℚ",
    "an emoji": r"😅",
    "Hebrew": r"[א-ת]{4}",
    "German": r"Durchmesser",
    "French": r"méthode",
    "Spanish": r"¿Cuánto",
}

CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"\$\$.*?\$\$|\$.*?\$|\\\[.*?\\\]|\\\(.*?\\\)", re.DOTALL)


def read() -> list[dict[str, Any]]:
    return [json.loads(line) for line in SAMPLE.read_bytes().decode("utf-8").split("\n")[:-1]]


def kind(document: dict[str, Any]) -> str | None:
    hostile: str | None = json.loads(document["metadata"])["hostile"]
    return hostile


def faults(text: str) -> Iterator[str]:
    """What does not balance in the mathematics of `text`; code, where a brace is only a brace, doesn't count."""
    text = CODE.sub("", text).replace(r"\$", "")
    if text.count("$") % 2:
        yield "an odd number of $"
    for opening, closing in ((r"\[", r"\]"), (r"\(", r"\)")):
        if text.count(opening) != text.count(closing):
            yield f"{opening} without {closing}"
    for formula in FORMULA.findall(text):
        bare = formula.replace(r"\{", "").replace(r"\}", "")
        if bare.count("{") != bare.count("}") or "\n\n" in formula:
            yield formula
    unclosed = []
    for step, name in re.findall(r"\\(begin|end)\{(\w+\*?)\}", text):
        if step == "begin":
            unclosed.append(name)
        elif not unclosed or unclosed.pop() != name:
            yield f"\\end{{{name}}} ends nothing"
    yield from unclosed


DOCUMENTS = read()
PEACEFUL = [document for document in DOCUMENTS if kind(document) is None]


def test_there_are_about_sixty_documents_of_many_lengths() -> None:
    lengths = sorted(len(document["text"].split()) for document in DOCUMENTS)
    assert 55 <= len(DOCUMENTS) <= 65
    assert lengths[0] < 80 and lengths[-1] > 1_200
    assert 30_000 < sum(lengths) < 40_000


def test_every_line_has_the_columns_of_openwebmath_and_every_value_is_a_filled_string() -> None:
    for document in DOCUMENTS:
        assert list(document) == COLUMNS
        assert all(isinstance(value, str) and value.strip() for value in document.values()), document["url"]
        assert document["url"].startswith("https://example.org/")
        assert datetime.strptime(document["date"], "%Y-%m-%d %H:%M:%S")
        metadata = json.loads(document["metadata"])
        assert {"extraction_info", "config", "subject", "register", "language"} <= metadata.keys()


@pytest.mark.parametrize("column", ["url", "text", "date"])
def test_nothing_stands_twice(column: str) -> None:
    assert len({document[column] for document in DOCUMENTS}) == len(DOCUMENTS)


def test_every_character_is_one_that_text_may_hold() -> None:
    for document in DOCUMENTS:
        text = document["text"]
        text.encode("utf-8")  # raises at a lone surrogate, which JSON's escapes could smuggle in
        assert "\ufffd" not in text and not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text), document["url"]


@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_document_is_there_once_and_holds_what_it_is_for(name: str) -> None:
    texts = [document["text"] for document in DOCUMENTS if kind(document) == name]
    assert len(texts) == 1
    assert [pattern for pattern in HOSTILE[name] if not re.search(pattern, texts[0])] == []


def test_only_the_known_kinds_are_hostile() -> None:
    assert {kind(document) for document in DOCUMENTS} == {*HOSTILE, None}


@pytest.mark.parametrize("document", PEACEFUL, ids=lambda document: document["url"].rsplit("/", 1)[-1])
def test_the_mathematics_of_a_peaceful_document_balances(document: dict[str, Any]) -> None:
    assert list(faults(document["text"])) == []


UNBALANCED = [
    "costs $5",
    r"\[ x",
    r"$\frac{1}{2$",
    r"\begin{align}x\end{align*}",
    r"\begin{proof}",
    "$a\n\nb$",
    r"$\left\{ {x \right\}$",
]


@pytest.mark.parametrize("text", UNBALANCED)
def test_mathematics_that_does_not_balance_is_seen(text: str) -> None:
    assert list(faults(text))


@pytest.mark.parametrize("way", WRITTEN)
def test_every_way_of_writing_occurs_in_a_peaceful_document(way: str) -> None:
    assert any(re.search(WRITTEN[way], document["text"], re.MULTILINE) for document in PEACEFUL)
