"""A prompt's body is a function of its row, and a quick one; what is neither is said in one sentence."""

import os
import subprocess
import sys
import time

import pytest

from builders.errors import UserError
from generation.prompts import parse_prompt

NOT_FOR_PROMPTS = {
    "{{ ['a', 'b'] | random }}": "the filter 'random' is not for prompts",
    "{% if text %}{{ ['a', 'b'] | random }}{% endif %}": "the filter 'random'",
    "{{ lipsum() }}": "'call' is not for prompts",
    "{{ text() }}": "'call'",
    "{{ range(9) | list }}": "'call'",
    "{% include 'a.md' %}": "'include'",
    "{% import 'a.md' as a %}": "'import'",
    "{% extends 'a.md' %}": "'extends'",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}": "'macro'",
    "{% set a = text ~ text %}": "'assign'",
    "{{ '%d' | format('x') }}": "the filter 'format'",
    "{{ '%99999999999d' % 1 }}": "'mod'",
    "{{ 'a' * 10**11 }}": "'mul'",
    "{{ 9 ** 9 ** 9 }}": "'pow'",
    "{{ " + "(" * 3000 + ")" * 3000 + " }}": "in its body: maximum recursion",
    "{% for a in text %}" * 30 + "{% endfor %}" * 30: "in its body: too many",
    "{{ 1" + "0" * 5000 + " }}": "in its body: Exceeds",
    "{{ 1e999 }}": "a number is too large",
    "{{ text }}" * 12_000: "it has over 10,000 variables",
}


@pytest.mark.parametrize("body", NOT_FOR_PROMPTS, ids=range(len(NOT_FOR_PROMPTS)))
def test_what_is_not_for_prompts_is_named_when_the_file_is_read(body: str) -> None:
    with pytest.raises(UserError, match="the prompt mine has a mistake (at line 2 of|in) its body: ") as problem:
        parse_prompt("mine", f"---\na: 1\n---\nSay\n{body}")
    assert NOT_FOR_PROMPTS[body] in str(problem.value) and "\n" not in str(problem.value)


CANNOT_BE_WRITTEN = {
    "{{ 1 / 0 }}": "division by zero",
    "{{ text + 1 }}": "can only concatenate str",
    "{{ text[::0] }}": "slice step cannot be zero",
    "{{ [text] | map('random') | list }}": "No filter named 'random'",
    "{{ [text] | map('upper') }}": "prints a generator",
    "{{ [text.upper] }}": "prints a builtin_function_or_method",
    "{{ '' ~ text.upper }}": "prints a builtin_function_or_method",
    "{{ text.upper | string }}": "prints a builtin_function_or_method",
    "{{ '" + "f" * 1000 + "' | int(base=16) }}": "a number of over 300 digits",
    "{% for x in 7 %}{% endfor %}": "not iterable",
    "{{ text | int(1, 99) + text }}": "",
    "{{ text | truncate(3, true, 'x', -9) }}": "expected leeway >= 0",
}


@pytest.mark.parametrize("body", CANNOT_BE_WRITTEN)
def test_what_cannot_be_written_for_a_row_is_one_sentence(body: str) -> None:
    prompt = parse_prompt("mine", f"---\na: 1\n---\n{body}")
    with pytest.raises(UserError, match="the prompt mine cannot be written for a row") as problem:
        prompt.messages({"text": "x y"})
    assert CANNOT_BE_WRITTEN[body] in str(problem.value)


LOOPS = [
    "{% for a in text %}{% for b in text %}{% for c in text %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in text %}{% for b in text %}{% for c in text %}{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in text %}{% for b in text %}{{ text }}{% endfor %}{% endfor %}",
]


@pytest.mark.parametrize("body", LOOPS)
def test_loops_end(body: str) -> None:
    started = time.monotonic()
    with pytest.raises(UserError, match="its loops go round over|it has over"):
        parse_prompt("mine", f"---\na: 1\n---\n{body}").messages({"text": "x" * 5000})
    assert time.monotonic() - started < 5


def grown(more: str, use: str) -> str:
    """Twelve loops over one value each, which is several of the one before."""
    return "{% for b in [text] %}" + f"{{% for b in [{more}] %}}" * 11 + use + "{% endfor %}" * 12


def again(part: str) -> str:
    """A part of a body, many times."""
    return "{% for a in text %}{% for b in text[:20] %}" + part + "{% endfor %}{% endfor %}"


TOO_LARGE = {
    "{{ text | replace('e', text) | replace('e', text) }}": "it goes through over",
    "{{ text | list | join(text) | list | join(text) }}": "it goes through over",
    "{{ text | list | map('replace', 'e', text) | map('replace', 'e', text) | list | length }}": "it goes through over",
    "{% for a in text %}{% if text | replace('e', text) == a %}{% endif %}{% endfor %}": "it goes through over",
    "{{ 1 | round(300000000, 'floor') }}": "it rounds to over 300 digits",
    "{{ 1 | round(-300000000, method='ceil') }}": "it rounds to over 300 digits",
    "{{ [text] | tojson(indent=300000000) }}": "it goes through over",
    "{{ [[[text]]] | tojson(indent=-300000000) }}": "it goes through over",
    grown("b ~ b ~ b ~ b ~ b ~ b ~ b ~ b", "{{ b | length }}"): "it goes through over",
    grown("b + b + b + b + b + b + b + b", "{{ b | length }}"): "it goes through over",
    grown("[b, b, b, b, b, b, b, b]", "{{ b }}"): "it goes through over",
    grown("[b, b, b, b, b, b, b, b]", "{{ b | string | length }}"): "it goes through over",
    grown("{1: b, 2: b, 3: b, 4: b, 5: b, 6: b}", "{{ b is lower }}"): "it goes through over",
    again("{{ text | wordcount }}"): "it goes through over",
    again("{{ text | list | sort | first }}"): "it goes through over",
    again("{% if 'abx' in text %}{% endif %}"): "it goes through over",
    again("{% if text is eq(text) %}{% endif %}"): "it goes through over",
    again("{% if (text | list)[1:] %}{% endif %}"): "it goes through over",
    "{{ text | list | select('in', text | list) | list | length }}": "it goes through over",
    "{{ text | list | map('list') | sum(start=[]) | length }}": "it goes through over",
}


@pytest.mark.parametrize("body", TOO_LARGE, ids=range(len(TOO_LARGE)))
def test_a_body_goes_through_and_makes_no_more_than_there_is_room_for(body: str) -> None:
    started = time.process_time()
    with pytest.raises(UserError, match=TOO_LARGE[body]):
        parse_prompt("mine", f"---\na: 1\n---\n{body}").messages({"text": "the element e " * 300})
    assert time.process_time() - started < 5


def test_loops_know_where_they_are() -> None:
    body = "{% for x in xs if x != 'b' %}{{ loop.index }}/{{ loop.length }}{% if not loop.last %}, {% endif %}{% else %}none{% endfor %}"
    prompt = parse_prompt("mine", f"---\na: 1\n---\n{body}")
    assert prompt.messages({"xs": ["a", "b", "c"]})[0]["content"] == "1/2, 2/2"
    assert prompt.messages({"xs": []})[0]["content"] == "none"


def test_a_prompt_is_the_same_in_every_process() -> None:
    body = "{{ text | upper }} {{ names | unique | sort | join(', ') }} {{ front }} {{ [text, 1, none] | tojson }}"
    program = (
        "import sys; from generation.prompts import parse_prompt\n"
        f"prompt = parse_prompt('mine', '---\\nfront: {{a: [b, 1.5]}}\\n---\\n' + {body!r})\n"
        "print(prompt.messages({'text': 'x', 'names': ['q', 'p']})[0]['content'])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "012"
    }
    assert said == {"X p, q {'a': ['b', 1.5]} [\"x\", 1, null]\n"}
