r"""Answers: taken out of a solution, compared by Math-Verify, grouped where they are equal.

    "... so it is $\boxed{\frac{1}{2}}$." -> \frac{1}{2};  "... #### 1,000" -> 1000
    [("\frac{1}{2}", "0.5"), ("2", "3")] -> ["yes", "no"]
    ["0.5", "3", "\frac12", None] -> Group("0.5", (0, 2)), Group("3", (1,))

What is compared runs in processes that can be killed (builders.verdicts), since some answers never end.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import metadata

from builders.obvious import obvious
from builders.verdicts import Pair, ask

__all__ = [
    "VERSION",
    "Compare",
    "Group",
    "Vote",
    "bare",
    "boxed",
    "compare",
    "group",
    "group_all",
    "hashed",
    "majority",
    "taken",
]

VERSION = f"math-verify {metadata.version('math-verify')}"  # a verdict is remembered under both answers and this

# yes, no or undecided for each pair (the answer that counts, the answer that is looked at), in order
Compare = Callable[[Sequence[Pair]], list[str]]

BOX = re.compile(r"\\(?:boxed|fbox|framebox)(?![A-Za-z])\s*")
BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
# What stands in a box of which only the form is shown: "put it in \boxed{answer}", `\boxed{\ldots}`.
BLANK = re.compile(
    r"[\s.…_?$\\,;-]*(?:(?:\\(?:text|mathrm|mbox|operatorname)(?:bf|it|rm)?\{)?\s*(?:your[\s~]|the[\s~]|final[\s~])*answer(?:[\s~]here)?\s*\}?|"
    r"\\square|\\Box|\\ldots|\\dots|\\cdots|\\quad|"
    r"\\phantom\{.*)?[\s.…_?$\\,;}]*",
    re.IGNORECASE | re.DOTALL,
)
END = re.compile(r"\$|\n|\\[\])]|[.,;]\s")  # of a box without braces, as MATH has some: \boxed 5$
JOIN = re.compile(
    r"\}[\s$]*(?:,|,?\s*(?:or|and)\b|,?\s*\\text\{\s*(?:or|and)\s*\})[\s$]*"
)  # between boxes of one answer
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def taken(text: str | None) -> str | None:
    r"""The answer that a solution gives: in its last box, else behind `####`; None where it gives none."""
    return None if text is None else boxed(text) or hashed(text)


def boxed(text: str) -> str | None:
    r"""What the last `\boxed{...}` (`\fbox{...}`, `\boxed 5`) holds; a box that is blank or has no end does not count.

    `\boxed{2}` or `\boxed{3}` is `2, 3`, as it is for Math-Verify: two values, and neither of them alone.
    """
    boxes = list(BOX.finditer(text))
    ends = _closing(text) if boxes else {}
    for number, box in reversed(list(enumerate(boxes))):
        start = box.end()
        if not text.startswith("{", start):
            found = END.search(text, start)
            inside = text[start : found.start() if found else None].rstrip(".,; \t\r")
        else:
            inside = text[start + 1 : ends.get(start, start)]
        if not BLANK.fullmatch(inside):
            values = [inside.strip()]
            while (
                number
                and (end := ends.get(boxes[number - 1].end()))
                and JOIN.fullmatch(text, end, boxes[number].start())
            ):
                number -= 1
                values.append(text[boxes[number].end() + 1 : end].strip())
            return ", ".join(dict.fromkeys(reversed(values)))
    return None


def _closing(text: str) -> dict[int, int]:
    """Where each brace that opens is closed, in one pass; an escaped brace is none."""
    ends, opened = {}, []
    for brace in BRACE.finditer(text):
        if brace[0] == "{":
            opened.append(brace.start())
        elif brace[0] == "}" and opened:
            ends[opened.pop()] = brace.start()
    return ends


def hashed(text: str) -> str | None:
    """What stands behind `####` in the last line (GSM8K), without the commas between thousands."""
    _, hashes, answer = text.rstrip().rpartition("\n")[2].rpartition("####")
    return THOUSANDS.sub("", answer.strip()) or None if hashes else None


def bare(answer: str) -> str:
    r"""An answer without the dollar signs around it or in it, which Math-Verify would stumble over: `\$40` -> `40`."""
    text = answer.replace(r"\$", "").strip()
    inside = text.strip("$").strip()
    return text if "$" in inside else inside  # `$5$ and $3$` are two formulas, and none without its ends


def compare(pairs: Iterable[Pair]) -> list[str]:
    r"""Whether Math-Verify takes the second answer for the first: "yes", "no" or "undecided", in order.

    An answer is given to Math-Verify as `$answer$`, and as it is where it brings a `$` of its own. Undecided: it took
    longer or more memory than a pair may have. What is plainly equal or unequal is said at once, as Math-Verify would.
    """
    asked = [(gold, answer) for gold, answer in pairs]
    known = {pair: verdict for pair in dict.fromkeys(asked) if (verdict := obvious(*pair)) is not None}
    left = [pair for pair in dict.fromkeys(asked) if pair not in known]
    known.update(zip(left, ask(left), strict=True))
    return [known[pair] for pair in asked]


@dataclass(frozen=True)
class Group:
    """Answers that are equal: as the lowest of their samples wrote it, and the numbers of all of them."""

    answer: str
    samples: tuple[int, ...]


@dataclass(frozen=True)
class Vote:
    """What most samples say: the answer, their numbers, and their share of all samples, those without answer too."""

    answer: str
    samples: tuple[int, ...]
    share: float


def majority(answers: Sequence[str | None], judge: Compare = compare) -> Vote | None:
    """The largest group of a row's answers, of equal ones the one with the lowest sample; None without any answer."""
    return vote(group(answers, judge), len(answers))


def vote(groups: Sequence[Group], samples: int) -> Vote | None:
    """The majority among `groups`, as `group` gives them, of so many samples."""
    return Vote(groups[0].answer, groups[0].samples, len(groups[0].samples) / samples) if groups else None


def group(answers: Sequence[str | None], judge: Compare = compare) -> list[Group]:
    """The answers of a row by equality, the largest group first, of equal ones the one with the lowest sample first."""
    return group_all([answers], judge)[0]


def group_all(rows: Sequence[Sequence[str | None]], judge: Compare = compare) -> list[list[Group]]:
    """`group` for many rows, with all their pairs put to `judge` at once (twice, since Math-Verify has a direction).

    Two answers are equal where Math-Verify says yes either way, or where they are the same text. An answer joins the
    first group of which it equals every member, never by a chain: 5 = 5% and 5% = 0.05 do not make 5 = 0.05.
    """
    texts = [list(dict.fromkeys(bare(answer) for answer in answers if answer is not None)) for answers in rows]
    pairs = list(dict.fromkeys((one, other) for row in texts for at, other in enumerate(row) for one in row[:at]))
    forth = dict(zip(pairs, judge(pairs), strict=True))
    backwards = [(other, one) for (one, other), verdict in forth.items() if verdict != "yes"]
    back = dict(zip(backwards, judge(backwards), strict=True))
    equal = {pair for pair, verdict in forth.items() if verdict == "yes"}
    equal |= {(one, other) for (other, one), verdict in back.items() if verdict == "yes"}
    return [_groups(answers, row, equal) for answers, row in zip(rows, texts, strict=True)]


def _groups(answers: Sequence[str | None], texts: Sequence[str], equal: set[Pair]) -> list[Group]:
    """The groups of one row, of which `texts` are the different answers in the order of their samples."""
    joined: list[list[str]] = []
    for text in texts:
        place = next((one for one in joined if all((member, text) in equal for member in one)), None)
        if place is None:
            joined.append([text])
        else:
            place.append(text)
    number = {text: at for at, members in enumerate(joined) for text in members}
    samples: list[list[int]] = [[] for _ in joined]
    for sample, answer in enumerate(answers):
        if answer is not None:
            samples[number[bare(answer)]].append(sample)
    made = [Group(str(answers[of[0]]), tuple(of)) for of in samples]
    return sorted(made, key=lambda one: (-len(one.samples), one.samples[0]))
