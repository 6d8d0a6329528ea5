"""Prompts are data: what a file says, what a row may hold, and what is wrong with a file in one sentence."""

import pytest

from builders.errors import UserError
from generation.prompts import load_prompt, names, parse_prompt

BROKEN = {
    "no front matter": ("just text", "has no front matter"),
    "front matter of a list": ("---\n- a\n---\nx", "must be keys and values"),
    "YAML that is none": ("---\na: [\n---\nx", "is not YAML"),
    "a key twice": ("---\na: 1\na: 2\n---\nx", "stands twice"),
    "a YAML tag": ("---\na: !!python/object:os.system {}\n---\nx", "is not YAML"),
    "an open block": ("---\na: 1\n---\n{% for x in y %}", "has a mistake at line"),
    "an unknown tag": ("---\na: 1\n---\n{% raise %}", "has a mistake at line"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_one_sentence(case: str) -> None:
    text, sentence = BROKEN[case]
    with pytest.raises(UserError, match=sentence):
        parse_prompt("mine", text)


def test_a_row_cannot_reach_the_template_or_python() -> None:
    prompt = parse_prompt("mine", "---\nwho: you\n---\n{{ who }}: {{ text }}")
    hostile = "{{ 7*7 }}{% for x in range(10) %}{{ ''.__class__.__mro__ }}"
    assert prompt.messages({"text": hostile}) == [{"role": "user", "content": f"you: {hostile}"}]


@pytest.mark.parametrize(
    "body",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ text.__init__.__globals__ }}",
        "{{ cycler.__init__ }}",
        "{{ nothing }}",
        "{{ text.__class__.__name__ }}",
        "{{ text['__class__']['__name__'] }}",
        "{{ [text] | map(attribute='__class__.__name__') | join }}",
    ],
)
def test_a_strangers_prompt_cannot_reach_python_either(body: str) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        parse_prompt("mine", f"---\na: 1\n---\n{body}").messages({"text": "x"})


def test_a_prompt_knows_the_columns_it_needs() -> None:
    assert parse_prompt(
        "mine", "---\nspeakers: []\n---\n{% for s in speakers %}{{ s }}{% endfor %}{{ text }} {{ url }}"
    ).needs == {"text", "url"}


def test_the_digest_changes_with_any_byte_and_with_no_line_end() -> None:
    text = "---\na: 1\n---\nSay {{ text }}\n"
    digests = {parse_prompt("mine", t).digest for t in (text, text + " ", text.replace("a: 1", "a: 2"))}
    assert len(digests) == 3
    assert parse_prompt("mine", text.replace("\n", "\r\n")).digest == parse_prompt("mine", text).digest


def test_a_name_that_is_no_prompt_is_answered_with_those_there_are() -> None:
    with pytest.raises(UserError, match="no prompt 'debatte'; ours are debate"):
        load_prompt("debatte")


@pytest.mark.parametrize("name", names())
def test_every_prompt_that_ships_begins_with_what_its_questions_share(name: str) -> None:
    prompt = load_prompt(name)

    def row(text: str) -> dict[str, object]:
        return dict.fromkeys(prompt.needs, text) | {"knowledge_points": [text], "members": [text], "most_points": 10}

    one, other = (prompt.messages(row(text))[0]["content"] for text in ("x" * 2000, "y" * 2000))
    shared = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    assert shared > 0.8 * (len(one) - 2000 * len(prompt.needs))
