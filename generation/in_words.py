"""Arithmetic that is stated in words, brought to figures.

    `three times four is 13` -> `3 × 4`, `13`;    `$3$ plus $4$ equals $8$`, `the sum of 3 and 4 is 8`, `half of 10 is 6`

Nothing is worked out here. What goes on behind the last number (`is 13 more than`) states something else, and is left alone.
"""

import re
from collections.abc import Iterator

IS = r"(?:is|are|equals?|is equal to|gives(?: us)?|makes?)"
_FIGURE = r"\\?\$?-?\d[\d,]*(?:\.\d+)?\$?"
_ONES = "one two three four five six seven eight nine"
_TEENS = "zero ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORD = rf"(?:(?:{_TENS.replace(' ', '|')})(?:[- ](?:{_ONES.replace(' ', '|')}))?|{_TEENS.replace(' ', '|')}|{_ONES.replace(' ', '|')})\b"
_NUMBER = rf"(?:{_FIGURE}|{_WORD})"
_VALUES = {
    **{word: number for number, word in enumerate(_ONES.split(), 1)},
    **{word: number for number, word in zip((0, *range(10, 20)), _TEENS.split(), strict=True)},
    **{word: number for number, word in zip(range(20, 100, 10), _TENS.split(), strict=True)},
}
_NAMES = {value: word for word, value in _VALUES.items()}
_SPOKEN = {
    "plus": "+", "added to": "+", "minus": "-", "times": "×", "multiplied by": "×", "divided by": "/", "to the power of": "^",
    "sum": "+", "product": "×", "difference": "-", "quotient": "/", "add": "+", "adding": "+", "multiply": "×", "multiplying": "×",
    "divide": "/", "dividing": "/", "twice": "2 ×", "double": "2 ×", "triple": "3 ×", "half": "1/2 ×", "half of": "1/2 ×",
    "one third of": "1/3 ×", "a third of": "1/3 ×", "a quarter of": "1/4 ×", "one quarter of": "1/4 ×", "squared": "^2", "cubed": "^3",
}  # fmt: skip


_NUMBER_SAID = re.compile(
    r" (?:(?:is|are|gives|makes|get|obtain)(?=[ ])|equal)"
    rf"(?=(?i:(?:s|[ ]to)?[ ](?:us[ ]|to[ ]|about[ ]|approximately[ ]|roughly[ ])?{_NUMBER}))"
)
# Something must have been done to numbers before they are said to be one; most of what "is two" or "is 5" states no calculation.
_DOING = (
    """plus added minus times multipl divi power squared cubed twice double triple half third quarter adding subtract"""
)
_DONE = (
    "add ",
    *_DOING.split(),
    *(f"{name} {of} " for name in ("sum", "product", "difference", "quotient") for of in ("of", "between")),
)
_DONE_IN_SIGNS = re.compile(
    r"[\d)}$%][ ]?(?:[-+*/^×÷·−–]|\\[tcd])|[ ][-−–/+][ ]|[.,\d%]\$?[ ](?:of|percent)[ ]", re.IGNORECASE
)
_CLAUSE = 80  # characters before and after the verb that are looked at
# What follows and makes the last number part of something larger, or of another arithmetic.
END = (
    r"(?![\w%/^*+=<>(\\_×·÷]|[.,:]\d|"
    r"[ ]?(?:[-+*/^×·÷<>=%]|\\(?!text|\)|\]|\$))|[ ](?:x|n|percent|times|more|less|fewer|greater|larger|bigger|smaller|"
    r"higher|lower|plus|minus|divided|multiplied|of|squared|cubed|mod|modulo|with|r|hundred|thousand|million|billion|dozen|point|to the|or|"
    r"and (?:an?|one|two|three|\d)|remainder|over|halves|thirds?|quarters?|fifths?|tenths?|choose|factorial|terms?|ways?|digits?|factors?|divisors?|"
    r"solutions?|roots?|numbers?|possib\w+|choices|pairs|values?|outcomes|cases)\b|[ ]?\$?[ ]?\\text\{[ ]?R|[^.?!\n]{0,40}remainder)"
)
BEGIN = (
    r"(?<![\w.,/^*+=\\_({<>|$-])(?<![-+*/^=×÷·−–][ ])(?<!\d and )(?<!\b(?:of|by|to|in) )(?<!\b(?:the|sum|for) )"
    r"(?<!\b(?:plus|over|than|root) )(?<!\b(?:times|minus|twice|power) )(?<!distributing )"
)
_TWO = "plus|added to|minus|times|multiplied by|divided by|to the power of"
_STATES = rf"{IS}(?: (?:about|approximately|roughly))?"
_SAYS = re.compile(
    rf"{BEGIN}(?:(?P<a>{_NUMBER}) (?P<two>{_TWO}) (?P<b>{_NUMBER})|(?P<c>{_NUMBER}) (?P<power>squared|cubed)|"
    rf"(?P<part>twice|double|triple|half(?: of)?|(?:one|a) (?:third|quarter) of) (?P<d>{_NUMBER})) {_STATES} (?P<e>{_NUMBER}){END}",
    re.IGNORECASE,
)
_SAYS_OF = re.compile(
    rf"\b(?:(?P<of>sum|product|difference|quotient) (?:of|between) (?P<a>{_NUMBER}) and (?P<b>{_NUMBER}) {_STATES}|"
    rf"(?P<do>add(?:ing)?|multiply(?:ing)?|divid(?:e|ing)|subtract(?:ing)?) (?P<c>{_NUMBER}) (?:and|to|by|times|from) (?P<d>{_NUMBER}),? "
    rf"(?:to get|(?:you|we|I|they|he|she) (?:get|obtain)|{_STATES})) (?P<e>{_NUMBER}){END}",
    re.IGNORECASE,
)


def spelled(number: int) -> str:
    """A number from 0 to 99 in words."""
    ones, tens = number % 10, number - number % 10
    if number in _NAMES:
        return _NAMES[number]
    return f"{_NAMES[tens]}-{_NAMES[ones]}"


def in_words(text: str) -> Iterator[tuple[str, str, int]]:
    """(`3 × 4`, `13`, where it begins) for each `three times four is 13` of a text."""
    begun = set()
    for at in verbs(text):
        for pattern in (_SAYS, _SAYS_OF):
            for match in pattern.finditer(text, max(0, at - _CLAUSE), at + _CLAUSE):
                if match.start() < at < match.end() and match.start() not in begun:
                    begun.add(match.start())
                    yield _calculation(match), _figures(match["e"]), match.start()


def verbs(text: str) -> list[int]:
    """Where the words are that a number follows: `is 13`, `equals thirteen`, `you get 13`."""
    return [at for at in map(re.Match.start, _NUMBER_SAID.finditer(text)) if _is_done(text[max(0, at - _CLAUSE) : at])]


def _is_done(before: str) -> bool:
    return any(map(before.lower().__contains__, _DONE)) or _DONE_IN_SIGNS.search(before) is not None


def _calculation(match: re.Match[str]) -> str:
    """`3 × 4` for what is said to be something."""
    said = match.groupdict()
    do = str(said.get("do") or "").lower()
    if do.startswith("sub"):
        return f"{_figures(match['d'])} - {_figures(match['c'])}"
    if do:
        return f"{_figures(match['c'])} {_SPOKEN[do]} {_figures(match['d'])}"
    if said.get("part"):
        return f"{_SPOKEN[match['part'].lower()]} {_figures(match['d'])}"
    if said.get("power"):
        return f"{_figures(match['c'])}{_SPOKEN[match['power'].lower()]}"
    return f"{_figures(match['a'])} {_SPOKEN[str(said.get('two') or said.get('of')).lower()]} {_figures(match['b'])}"


def _figures(number: str) -> str:
    """A number in figures, a negative one in brackets."""
    value = sum(_VALUES.get(word, 0) for word in re.split("[- ]", number.lower()))
    figures = number.strip("\\$").replace("\\$", "").rstrip(",") if number.strip("\\$-")[:1].isdigit() else str(value)
    return f"({figures})" if figures.startswith("-") else figures
