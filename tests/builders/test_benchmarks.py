"""Benchmarks by their names: which column counts, what evidence calls them, and what of them cannot be looked for."""

import json
from pathlib import Path

import pytest

from builders.benchmarks import index_of, label, opened
from builders.errors import UserError
from builders.problems import digest

LONG = "one two three four five six seven eight nine ten eleven"


def write(path: Path, *rows: object) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows))
    return str(path)


def test_a_named_column_counts_and_no_other(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"problem": "p", "question": LONG, "prompt": "x y", "id": 7})
    for column, text in (("", "p"), (":question", LONG), (":prompt", "x y"), (":problem", "p")):
        (item,) = opened(file + column, True, "b").items()
        assert item is not None and (item.text, item.id, item.benchmark) == (text, "7", "b")
    with pytest.raises(UserError, match=r"a\.jsonl has no column nothing; it has problem"):
        opened(f"{file}:nothing", True)


CHOICES = [
    ("MMLU", {"choices": ["one half", r"$\frac13$"]}),
    ("ARC", {"choices": {"text": ["one half", r"$\frac13$"], "label": ["A", "B"]}}),
    ("AQuA", {"options": ["one half", r"$\frac13$"]}),
    ("C-Eval", {"A": "one half", "B": r"$\frac13$", "C": "", "D": None}),
    ("a text", {"options": r"one half $\frac13$"}),
]


@pytest.mark.parametrize("choices", [case[1] for case in CHOICES], ids=[case[0] for case in CHOICES])
def test_a_question_counts_with_its_choices_and_not_without(tmp_path: Path, choices: dict[str, object]) -> None:
    rows = [
        {"question": "Which is more?", "answer": 0, **choices},
        {"question": LONG, **choices},
        {"question": None, **choices},
    ]
    index, counts = index_of([write(tmp_path / "a.jsonl", *rows)])
    assert counts == {"a.jsonl": {"items": 3, "unread": 1}}
    assert index.hits("Which is more?") == []
    assert [hit["layer"] for hit in index.hits(r"Which is more? one half, $\dfrac{1}{3}$")] == ["exact"]
    assert [hit["layer"] for hit in index.hits(f"So: {LONG}")] == ["n-gram"]


def test_an_item_without_id_has_the_id_that_it_would_have_as_a_seed(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"problem": LONG, "solution": "s"})
    assert index_of([file])[0].hits(LONG)[0]["id"] == digest(LONG, "s")[:16]


def test_what_cannot_be_read_is_counted(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"problem": LONG}, "oops", {"problem": " "}, {"problem": 3})
    counts = index_of([file])[1]
    assert counts == {"a.jsonl": {"items": 4, "unread": 3}}


def test_every_split_of_a_benchmark_is_looked_for(tmp_path: Path) -> None:
    write(tmp_path / "b" / "train.jsonl", {"problem": LONG})
    write(tmp_path / "b" / "test.jsonl", {"problem": f"again {LONG}"})
    index, counts = index_of([str(tmp_path / "b")])
    assert counts["b"]["items"] == 2 and len(index.hits(f"x {LONG}")) == 2


def test_a_label_has_as_many_folders_as_tell_it_from_the_others_and_no_more(tmp_path: Path) -> None:
    one, two, other = (write(tmp_path / name, {"text": "x"}) for name in ("a/test.jsonl", "b/test.jsonl", "c.jsonl"))
    among = [one, f"{two}:text", other, "openai/gsm8k"]
    assert [label(words, among) for words in among] == ["a/test.jsonl", "b/test.jsonl", "c.jsonl", "openai/gsm8k"]


def test_without_benchmarks_there_is_nothing_to_do() -> None:
    with pytest.raises(UserError, match="no --benchmarks are given"):
        index_of([])
