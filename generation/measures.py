"""What can be measured of a dialogue beside its passage, without a model; nothing here rejects a row.

    a row (text, turns, passage, text_tokens, passage_tokens) -> the columns of MEASURES

The MIND authors were asked for faithfulness and length and had measured neither: here are both, row by row.
"""

import re
from collections import Counter
from collections.abc import Mapping, Set
from fractions import Fraction
from functools import lru_cache
from math import sqrt
from typing import Any

from datasets import Features, List, Value

from generation.arithmetic import statements
from generation.sums import Number
from generation.words import beyond_ascii, grams, sentences, spoken, word_set

MEASURES = Features(
    {
        "copy_rate": Value("float64"),  # share of the dialogue's different runs of 5 words that stand in the passage
        # of the two sets of words: shared words / geometric mean of both sizes (lexical)
        "similarity": Value("float64"),
        # different numbers that the passage does not hold and that nothing right computes
        "new_numbers": Value("int64"),
        "wrong_arithmetic": Value("int64"),  # statements like 3 * 4 = 13 that are wrong when worked out exactly
        "length_ratio": Value("float64"),  # tokens of the dialogue / tokens of its passage
        "question_share": Value("float64"),  # turns that ask something / turns
        "steps_per_answer": Value("float64"),  # marks of a step in the turns that follow a question, on average
        "questions": List({"speaker": Value("string"), "turns": Value("int64"), "questions": Value("int64")}),
    }
)

LONGEST = 100  # signs of a number; what is longer is a model's loop, and Python makes a number of no more than 4,300
_NUMBER = re.compile(r"\d+(?:(?:,|\{,\})\d{3})*(?:\.\d+)?")
# All that a number consists of, and spaces for the rest: a tenth of the text is left to look at.
_FIGURES = bytes(code if chr(code) in "0123456789,.{}" else 32 for code in range(256))
_LISTED = re.compile(r"[ \t]*\(?(\d{1,2})[.)][ \t]")
_CALLED = re.compile(r"[sScCpPqQeE](?:tep|tage|ase|art|oint|uestion|roblem|xample)s? (\d{1,2})\b")
_CALLS = frozenset(
    f"{word}{end}" for word in "step stage case part point question problem example".split() for end in ("", "s")
)
_TIGHT_FRACTION = re.compile(r"(\\[dt]?frac)[ \t]*(\d)[ \t]*(\d)")
_STEPS = "first second third next then now so therefore thus hence finally because since consequently step"
_STEP_WORDS = frozenset(_STEPS.split(" "))
_SPELLED = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty"""
_ALSO = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "double": 2, "twice": 2, "pair": 2, "triple": 3, "first": 1, "second": 2, "dozen": 12, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100, "thousand": 1000,
    "million": 10**6, "square": 2, "squared": 2, "cube": 3, "cubed": 3,
}  # fmt: skip
_VALUES = {word: number for number, word in enumerate(_SPELLED.split())} | _ALSO


def measure_dialogue(row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of MEASURES for a row; a share of nothing is null."""
    said, passage = spoken(row), row["passage"]
    runs, results_and_wrong = grams(said), statements(said)
    ours, theirs = word_set(said), word_set(passage)
    questions, steps = _questions(row["turns"])
    return {
        "copy_rate": len(runs & grams(passage)) / len(runs) if runs else None,
        "similarity": len(ours & theirs) / sqrt(len(ours) * len(theirs)) if ours and theirs else None,
        "new_numbers": len(new_numbers(said, passage, results_and_wrong[0])),
        "wrong_arithmetic": len(results_and_wrong[1]),
        "length_ratio": row["text_tokens"] / row["passage_tokens"] if row["passage_tokens"] else None,
        "question_share": sum(each["questions"] for each in questions) / len(row["turns"]) if row["turns"] else None,
        "steps_per_answer": sum(steps) / len(steps) if steps else None,
        "questions": questions,
    }


def new_numbers(text: str, passage: str, computed: list[Number]) -> list[str]:
    """The different numbers of a text that are neither in the passage (as digits, words or percent) nor computed.

    What only counts off (`Step 3`, `2.` at the beginning of a line) is no number of the text.
    """
    given, found = numbers(passage), numbers(text)
    new = [number for number in found if number not in given]
    if any(len(number) < 3 for number in new):
        counted = _counted(text)
        new = [number for number in new if found[number] > counted[number]]
    if not new:
        return []
    held = values(passage) | set(computed)
    held |= {number * 100 for number in held}  # what was 0.5 may be 50 %, and the other way round
    return sorted(number for number in new if not _is_held(_value(number), held))


def _is_held(number: Number, held: Set[Number]) -> bool:
    return number in held or (number < 1 and number * 100 in held)


def _counted(text: str) -> Counter[str]:
    """How often each number only counts off."""
    lines = [line for line in text.split("\n") if line.lstrip(" \t(")[:1].isdigit()]
    called = _CALLED.findall(text) if not _CALLS.isdisjoint(word_set(text)) else []
    return Counter([found[1] for found in map(_LISTED.match, lines) if found] + called)


@lru_cache(maxsize=16)
def numbers(text: str) -> Mapping[str, int]:
    """How often each number stands in a text, as digits: `1,000` and `1{,}000` are 1000, `0.50` is 0.5."""
    if "frac" in text:
        text = _TIGHT_FRACTION.sub(r"\1{\2}{\3}", text)
    if not any(map(str.isdecimal, beyond_ascii(text))):  # no digits but those of ASCII
        text = " ".join(text.encode("ascii", "replace").translate(_FIGURES).decode().split())
    found = _NUMBER.findall(text)
    return Counter([n if n.isdigit() and n[0] != "0" else _plain(n) for n in found if len(n) <= LONGEST])


def _plain(number: str) -> str:
    number = number.replace("{,}", "").replace(",", "")
    return (number.rstrip("0").rstrip(".") if "." in number else number).lstrip("0") or "0"


def _value(number: str) -> Number:
    return int(number) if number.isdigit() else Fraction(number)


@lru_cache(maxsize=16)
def values(text: str) -> frozenset[Number]:
    """The numbers that a text holds in figures and in words, `twice` and `third` included."""
    return frozenset(map(_value, numbers(text))) | {_VALUES[word] for word in word_set(text) & _VALUES.keys()}


def _questions(turns: list[dict[str, str]]) -> tuple[list[dict[str, Any]], list[int]]:
    """(per speaker, in order of appearance: turns and how many of them ask; steps of each turn that follows a question)."""
    per: dict[str, dict[str, Any]] = {}
    steps, asked = [], False
    for turn in turns:
        if asked:
            steps.append(sum(map(_is_step, sentences(turn["text"]))))
        asked = "?" in turn["text"] or "？" in turn["text"] or "؟" in turn["text"]
        mine = per.setdefault(turn["speaker"], {"speaker": turn["speaker"], "turns": 0, "questions": 0})
        mine["turns"] += 1
        mine["questions"] += asked
    return list(per.values()), steps


def _is_step(sentence: str) -> bool:
    """Whether a sentence or line is marked as a step: by a number, or a word of sequence or consequence that it begins with."""
    first = sentence.lstrip(" \t*_(").partition(" ")[0].rstrip(",:.)*").lower()
    return first in _STEP_WORDS or first.isdigit()
