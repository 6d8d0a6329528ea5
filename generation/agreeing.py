r"""Whether a dialogue about a solved problem comes to its answer: what it says in the end, and what Math-Verify says of that.

    turns, answer -> answer_told, or a reason: answer_missing (it never says the answer), answer_differs (it says another)

What is said last counts: `\boxed{6}`, "the answer is $6$", "$6$ is our final answer", so that somebody may be corrected. A
dialogue that says neither has to come to the answer all the same ("which leaves a remainder of $6$"), in its second half.
Boxes are found in any language, words in English.
"""

import re
from collections.abc import Iterable, Sequence

from builders.answers import BOX, Judge, bare, boxed
from builders.row import Row
from generation.words import spoken

MISSING, DIFFERS = "answer_missing", "answer_differs"

_NUMBER = r"[-−+]?\d(?:[\d,]*\d)?(?:\.\d+)?(?:\s?/\s?\d+)?%?"
_VALUE = rf"(?:\$\$?(?P<a>[^$]+?)\$\$?|\\\[(?P<b>.+?)\\\]|\\\((?P<c>.+?)\\\)|(?P<d>{_NUMBER})(?![\w$]))"
_MARK = r"[*_`\s]{0,6}"  # bold type, and white space
_NOUN = r"(?:answer|(?:final|end) (?:result|value))"
_OF = r"(?: (?:to|of|for) (?:the|this|our|your|that) (?:\w+ )?(?:problem|question|exercise|puzzle|task|whole))?"
_IS = r"(?:is|was|equals|comes? (?:out )?(?:to(?: be)?|as|at)|turns out to be|works out (?:to(?: be)?|as|at)|must be|has to be|of|=|:)"
_FILL = r"(?:indeed|therefore|thus|then|simply|just|exactly|precisely|again|really|also|hence|equal to|the (?:number|value|remainder|sum|integer|fraction)|,|:|\s)*"
_TOLD = (
    re.compile(rf"\b{_NOUN}{_OF}(?: here| then| itself| indeed)?,?{_MARK}{_IS}{_MARK}{_FILL}{_MARK}{_VALUE}", re.IGNORECASE | re.DOTALL),
    re.compile(
        rf"{_VALUE}{_MARK},?\s(?:is|as|was|for)\s(?:indeed |therefore |thus |then |really )?(?:the|our|your|my|its)\s"
        rf"(?:\w+\s)?{_NOUN}\b",
        re.IGNORECASE | re.DOTALL,
    ),
)  # fmt: skip
# What a step comes to: behind "is", "get", "leaves", or behind the last sign of equality in a formula.
_COMES_TO = re.compile(
    r"\b(?:is|are|was|gets?|gives?|giving|obtains?|have|finds?|leaves?|leaving|remains?|equals?|yields?|makes?|comes to|end"
    rf"(?:s|ed)? (?:up )?(?:at|with|in)|total of|remainder of|sum of|value of|left with|arrive at|reach|=){_MARK}{_FILL}{_MARK}{_VALUE}",
    re.IGNORECASE,
)
_FORMULA = re.compile(r"\$\$?([^$]+?)\$\$?|\\\[(.+?)\\\]|\\\((.+?)\\\)", re.DOTALL)
_EQUAL = re.compile(r"(?<![<>!:\\])=|\\equiv(?![A-Za-z])")
_MODULO = re.compile(r"\\pmod\b.*|\\mod\b.*", re.DOTALL)
LONGEST = 200  # characters of what can be an answer; a display of many lines is none
LEAST = 4  # turns at the end in which a dialogue may come to its answer, or half of all


def told(text: str) -> str | None:
    """The answer that a text states as such: in its last box or the last words about an answer, whichever comes later."""
    found = [(box.start(), inside) for box in BOX.finditer(text) if (inside := _of_box(text, box.start()))]
    for pattern in _TOLD:
        found += [(match.start(), value) for match in pattern.finditer(text) if (value := _value(match))]
    return max(found, default=(0, None), key=lambda one: one[0])[1]


def _of_box(text: str, start: int) -> str | None:
    following = BOX.search(text, start + 2)
    return boxed(text[start : following.start() if following else start + 20 * LONGEST])


def _value(match: re.Match[str]) -> str | None:
    value = next((match[name] for name in "abcd" if match[name]), "").strip().rstrip(".,;: ").replace("−", "-")
    value = boxed(value) or value
    return value if 0 < len(value) <= LONGEST else None


def come_to(texts: Sequence[str]) -> list[str]:
    """What the steps at the end of a dialogue come to, each once."""
    last = texts[-max(LEAST, len(texts) // 2) :]
    found: dict[str, None] = {}
    for text in last:
        for match in _COMES_TO.finditer(text):
            if value := _value(match):
                found[value] = None
        for formula in _FORMULA.finditer(text):
            inside = next(filter(None, formula.groups()))
            if len(inside) <= 20 * LONGEST and (end := _right(inside)):
                found[end] = None
    return list(found)


def _right(formula: str) -> str | None:
    """What stands on the right of the last sign of equality."""
    parts = _EQUAL.split(_MODULO.sub("", formula))
    end = parts[-1].strip().rstrip(".,; ")
    return end if len(parts) > 1 and 0 < len(end) <= LONGEST else None


def agree(rows: Iterable[Row], judge: Judge) -> None:
    """Writes `answer_told` into dialogues that nothing speaks against yet, or the reason for which they are not kept.

    All pairs are put to `judge` at once, in both directions, for Math-Verify has one; either yes counts.
    """
    live = [row for row in rows if not row["reason"]]
    said = [_candidates(row) for row in live]
    pairs = [(bare(row["answer"]), bare(value)) for row, (values, _) in zip(live, said, strict=True) for value in values]
    forth = judge(pairs)
    open_ = [(one, other) for (one, other), verdict in zip(pairs, forth, strict=True) if verdict != "yes"]
    back = dict(zip(open_, judge([(other, one) for one, other in open_]), strict=True))
    verdicts = {pair: "yes" if "yes" in (verdict, back.get(pair)) else verdict for pair, verdict in zip(pairs, forth, strict=True)}
    for row, (values, stated) in zip(live, said, strict=True):
        found = {value: _verdict(row["answer"], value, verdicts) for value in values}
        equal = next((value for value in values if found[value] == "yes"), None)
        if equal is not None:
            row["answer_told"] = equal
        elif stated:
            row["answer_told"] = values[0]
            how = "is not" if found[values[0]] == "no" else "could not be compared with"
            row["reason"], row["detail"] = DIFFERS, f"{values[0]} {how} {row['answer']}"
        else:
            row["reason"], row["detail"] = MISSING, f"nothing in it comes to {row['answer']}"


def _candidates(row: Row) -> tuple[list[str], bool]:
    """What is to be compared: the one answer that a dialogue states, or what its last steps come to; and which of both."""
    answer = told(spoken(row))
    if answer is None:
        return come_to([turn["text"] for turn in row["turns"]] or [row["text"]]), False
    right = _right(answer)
    return [answer, *([right] if right else [])], True


def _verdict(answer: str, value: str, verdicts: dict[tuple[str, str], str]) -> str:
    pair = bare(answer), bare(value)
    return "yes" if pair[0] == pair[1] else verdicts[pair]
