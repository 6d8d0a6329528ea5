r"""Whether a dialogue about a solved problem comes to its answer: what it says in the end, and what Math-Verify says of that.

    turns, answer -> answer_told, or a reason: answer_missing (it never says the answer), answer_differs (it says another)

What is said last counts: `\boxed{6}`, "the answer is $6$", "$6$ is our final answer", so that somebody may be corrected. A
dialogue that says neither has to come to the answer all the same ("which leaves a remainder of $6$"), in its second half.
Boxes are found in any language, words in English.
"""

import re
from collections.abc import Iterable, Sequence

from builders.answers import BOX, Compare, bare, boxed
from builders.row import Row
from generation.in_words import spelled
from generation.words import spoken

MISSING, DIFFERS = "answer_missing", "answer_differs"

_NUMBER = r"(?<![\w.,])[-−+]?\d(?:[\d,]{0,40}\d)?(?:\.\d{1,40})?(?:\s?/\s?\d{1,40})?%?"
# A formula of at most LONGEST characters, or a number that is not the beginning of a longer term.
_VALUE = (
    r"(?:\$\$?(?P<a>[^$]{1,200}?)\$\$?|\\\[(?P<b>.{1,200}?)\\\]|\\\((?P<c>.{1,200}?)\\\)|"
    rf"(?:\\\$)?(?P<d>{_NUMBER})(?![\w$]|\s?(?:[+/=×·^]|\*(?!\*))))"
)
_MARK = r"[*_`\s]{0,6}"  # bold type, and white space
_NOUN = r"(?:answer|(?:final|end) (?:result|value|count|total|number))"
_OF = r"(?: (?:to|of|for) (?:the|this|our|your|that) (?:\w+ )?(?:problem|question|exercise|puzzle|task|whole))?"
_IS = r"(?:is|['’]s|was|equals|comes? (?:out )?(?:to(?: be)?|as|at)|turns out to be|works out (?:to(?: be)?|as|at)|must be|has to be|of|=|:|[—–])"
_FILL = (
    r"(?:indeed|therefore|thus|then|simply|just|exactly|precisely|again|really|also|hence|equal to|"
    r"the (?:number|value|remainder|sum|integer|fraction)|"
    rf"(?:not|n['’]t) (?:\$[^$]{{1,80}}\$|{_NUMBER}),? but(?: rather)?|,|:|\s)*"
)
_TOLD = (
    re.compile(
        rf"(?<!wrong )(?<!incorrect )\b{_NOUN}{_OF}(?: here| then| itself| indeed)?,?{_MARK}{_IS}{_MARK}{_FILL}{_MARK}{_VALUE}",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(
        rf"{_VALUE}{_MARK},?\s(?:(?:is|as|was|for)\s(?:indeed |therefore |thus |then |really )?)?(?:the|our|your|my|its)\s"
        rf"(?:\w+\s)?{_NOUN}\b",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(rf"\bso,?\s{_VALUE}{_MARK},?\sit is(?=[.!,;]|\s*\Z)", re.IGNORECASE),
)  # fmt: skip
# What a step comes to: behind "is", "get", "leaves", or behind the last sign of equality in a formula.
_COMES_TO = re.compile(
    r"(?:=|\b(?:is|are|was|gets?|gives?|gives? us|giving|obtains?|have|finds?|leaves?|leaving|remains?|equals?|yields?|makes?|comes to|end"
    r"(?:s|ed)? (?:up )?(?:at|with|in)|i\.e\.|brings us to|comes? out (?:to|at|as)|amounts? to|adds? up to|total of|"
    rf"remainder of|sum of|value of|left with|arrive at|reach)){_MARK}{_FILL}{_MARK}{_VALUE}",
    re.IGNORECASE,
)
# How a dialogue ends where nobody speaks of an answer; it only says which of two reasons rejects what does not agree.
_CLOSES = re.compile(
    r"\b(?:(?:in the end|finally|in total|altogether|all in all|end(?:s|ed)? up)\b[^.!?$\n]{0,40}?|"
    r"(?:so|hence|therefore|thus),? (?:\w+ ){1,4}?(?:is|(?:must|has to) be|equals|gets?|obtain|have|has|find|leaves|gives(?: us)?|"
    r"comes (?:out )?to|costs?|measures|amounts to|remains)\b"
    rf"(?: (?:an? |the )?(?:remainder|total|sum|value|product) of)?[^.!?$\n\w]{{0,3}})(?:(?<=\s)|(?=[$])){_VALUE}",
    re.IGNORECASE,
)
# The value that the last turn with one ends in, where it is no more than told what was used.
_LANDS = re.compile(
    r"(?:\A|(?<=[.!?]\s)|\n)(?:(?!\b(?:us(?:ed?|ing)|since|because|where|with|recall|remember|earlier|if|when|given|not|wrong|instead|by|than)\b)"
    rf"[^.!?\n$\d]){{1,60}}{_VALUE}{_MARK}[.!]?\s*\Z",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"\b(?:wait|we slipped|i slipped|correction|(?:that|this) (?:is|was) wrong|let me correct|let us correct)\b|\? no\b",
    re.IGNORECASE,
)
_FORMULA = re.compile(
    r"\$\$?([^$]{1,4000}?)\$\$?|\\\[(.{1,4000}?)\\\]|\\\((.{1,4000}?)\\\)|"
    r"\\begin\{(?:align|gather|equation|eqnarray|multline|split)(?:ed|at)?\*?\}(.{1,4000}?)\\end\{",
    re.DOTALL,
)
_SMALL = re.compile(r"\d{1,2}")  # a number that has a word
_SAYS = re.compile(r"\d|\$|\\[(\[]")
_EQUAL = re.compile(r"(?<![<>!:\\])=|\\equiv(?![A-Za-z])")
_MODULO = re.compile(r"\\pmod\b.*|\\mod\b.*", re.DOTALL)
_WORDS = re.compile(r"\\(?:text|textbf|mathrm|mbox)\{([^{}]*)\}")
LONGEST = 200  # characters of what can be an answer; a display of many lines is none
LAST = 2  # turns with a value in which it comes to it
LEAST = 4  # turns at the end in which a dialogue may come to its answer, or half of all


def told(text: str) -> str | None:
    """The answer that a text states as such: in its last box or the last words about an answer, whichever comes later.

    None where it is taken back behind that.
    """
    found = [(box.start(), inside) for box in BOX.finditer(text) if (inside := _of_box(text, box.start()))]
    for pattern in _TOLD:
        found += [(match.start(), value) for match in pattern.finditer(text) if (value := _value(match))]
    place, answer = max(found, default=(0, None), key=lambda one: one[0])
    return None if answer is not None and _CORRECTED.search(text, place) else answer


def _of_box(text: str, start: int) -> str | None:
    following = BOX.search(text, start + 2)
    return boxed(text[start : following.start() if following else start + 20 * LONGEST])


def _value(match: re.Match[str]) -> str | None:
    value = next((match[name] for name in "abcd" if match[name]), "").strip().rstrip(".,;: ").replace("−", "-")
    value = boxed(value) or value
    return value if 0 < len(value) <= LONGEST else None


def come_to(texts: Sequence[str]) -> list[str]:
    """What the steps at the end of a dialogue come to, each once; nothing that stands before its close, or a correction.

    Only turns count in which the last values stand, and one that ends in a value alone: what was passed on the way is no answer.
    """
    turns = [turn for turn in texts[-max(LEAST, len(texts) // 2) :] if _SAYS.search(turn)]
    landed = _LANDS.search(turns[-1]) if turns else None
    text = "\n".join(turns[-1:] if landed else turns[-LAST:])
    closes = [match.start() for pattern in (_CLOSES, _CORRECTED) for match in pattern.finditer(text)]
    start = max(closes, default=0)
    found: list[tuple[int, str]] = []
    for pattern in (_COMES_TO, _CLOSES):
        values = ((match.start(), _value(match)) for match in pattern.finditer(text, start))
        found += [(place, _right(value) or value) for place, value in values if value]
    formulas = ((match.start(), _right(next(filter(None, match.groups())))) for match in _FORMULA.finditer(text, start))
    found += [(place, end) for place, end in formulas if end]
    if landed and (value := _value(landed)):
        found.append((len(text), _right(value) or value))
    return list(dict.fromkeys(value for _, value in sorted(found)))


def closing(texts: Sequence[str]) -> str | None:
    """The value that the last turns close with; None where there is none to be seen."""
    found = [value for match in _CLOSES.finditer("\n".join(texts[-LEAST:])) if (value := _value(match))]
    return (_right(found[-1]) or found[-1]) if found else None


def _in_words(text: str, answer: str) -> str | None:
    """An answer that a text says without figures or dollar signs: "the answer is even", "the answer is (B)", "the answer is twelve"."""
    plain = bare(_WORDS.sub(r"\1", answer))
    parts = re.findall(r"\w+|[^\w\s]", spelled(int(plain)) if _SMALL.fullmatch(plain) else plain)
    if not parts or parts[0].isdecimal():
        return None
    words = r"[\s-]*".join(map(re.escape, parts))
    said = rf"\b{_NOUN}{_OF},?{_MARK}{_IS}{_MARK}{_FILL}{_MARK}[\"'“(]?{words}(?![\w-]|\s(?:and|point|over|hundred|thousand|million)\b)"
    return answer if re.search(said, text, re.IGNORECASE) else None


def _right(formula: str) -> str | None:
    """What stands on the right of the last sign of equality."""
    parts = _EQUAL.split(_MODULO.sub("", formula))
    end = parts[-1].strip().rstrip(".,;\\ \n")
    return end if len(parts) > 1 and 0 < len(end) <= LONGEST else None


def agree(rows: Iterable[Row], judge: Compare) -> None:
    """Writes `answer_told` into dialogues that nothing speaks against yet, or the reason for which they are not kept.

    All pairs are put to `judge` at once, in both directions, for Math-Verify has one; either yes counts.
    """
    live = [row for row in rows if not row["reason"]]
    said = [candidates(row) for row in live]
    pairs = [
        (bare(row["answer"]), bare(value)) for row, (values, _) in zip(live, said, strict=True) for value in values
    ]
    forth = judge(pairs)
    open_ = [(one, other) for (one, other), verdict in zip(pairs, forth, strict=True) if verdict != "yes"]
    back = dict(zip(open_, judge([(other, one) for one, other in open_]), strict=True))
    verdicts = {
        pair: "yes" if "yes" in (verdict, back.get(pair)) else verdict
        for pair, verdict in zip(pairs, forth, strict=True)
    }
    for row, (values, stated) in zip(live, said, strict=True):
        found = {value: _verdict(row["answer"], value, verdicts) for value in values}
        equal = next((value for value in values if found[value] == "yes"), None)
        row["answer_told"] = equal or stated
        if equal is None and stated is not None:
            how = "could not be compared with" if found.get(stated) == "undecided" else "is not"
            row["reason"], row["detail"] = DIFFERS, f"{_short(stated)} {how} {_short(row['answer'])}"
        elif equal is None:
            row["reason"], row["detail"] = MISSING, f"nothing in it comes to {_short(row['answer'])}"


def _short(answer: str) -> str:
    return answer if len(answer) <= 80 else f"{answer[:77]}..."


def candidates(row: Row) -> tuple[list[str], str | None]:
    """What may be a dialogue's answer: the one it states, or else what its last steps come to; and what it says in the end."""
    answer = told(spoken(row)) or _in_words(spoken(row), row["answer"])
    if answer is None:
        texts = [turn["text"] for turn in row["turns"]] or [row["text"]]
        return come_to(texts), closing(texts)
    right = _right(answer)
    return [answer, *([right] if right else [])], answer


def _verdict(answer: str, value: str, verdicts: dict[tuple[str, str], str]) -> str:
    pair = bare(answer), bare(value)
    return "yes" if pair[0] == pair[1] else verdicts[pair]
