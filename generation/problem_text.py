"""The rehearsal's problems as text, and read from it again.

Problem, its points -> text; text -> Problem (only what stands in it), or None where it is none of ours
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from random import Random

from generation import problem_words as said
from generation.composing import LETTERS, Claim, Part, Problem
from generation.tasks import read

LETTER = rf"\$([{LETTERS}])\$"
TIED = (
    rf"(?P<plus> with \$[{LETTERS}]\$ added to it)|(?P<minus> with \$[{LETTERS}]\$ taken away from it)"
    rf"|(?P<times> multiplied by \$[{LETTERS}]\$)"
)
PART = re.compile(
    rf"{LETTER} (?:be|denotes?|stands? for|equals) ([^.;]+?)(?:{TIED})?(?:, to be found by way of [^.;]*)?[.;]"
)
CLAIM = re.compile(rf"{LETTER} is (even|odd|greater than|less than|a multiple of)(?: \$(-?\d+)\$)?\.")
ASK = re.compile(
    rf"(?:Find|Determine|What|Compute|Which|Work out)\b[^$.?]*\$([\d{LETTERS} +]+)\$"
    r"(?:[^$.?]*(?:divided by|division by|modulo) \$(\d+)\$)?[.?]"
)
TERM = re.compile(rf"(\d*)([{LETTERS}])")


def written(problem: Problem, points: Sequence[str], draw: Random, asking: str | None = None) -> str:
    """A problem's text with its points' names; `asking` stands in for its question."""
    opening = draw.choice(said.OPENINGS).format(who=draw.choice(said.WHO), does=draw.choice(said.DOES))
    ways = draw.sample(said.SAYS, len(said.SAYS))
    lines = []
    for number, part in enumerate(problem.parts):
        words = part.words + (said.LINKS[part.link[0]].replace("{o}", part.link[1]) if part.link else "")
        named = number < len(points)
        way = ways[number % len(ways)] if named else draw.choice(said.BARE)
        point = points[number] if named else ""
        # What stands for something may hold braces of its own, so nothing is formatted.
        lines.append(way.replace("{l}", part.letter).replace("{w}", words).replace("{p}", point))
    for point in points[len(problem.parts) :]:
        lines.append(f"All of this rests on {point}.")
    for claim in problem.claims:
        what = claim.kind + (f" ${claim.than}$" if claim.kind not in ("even", "odd") else "")
        at = max(i for i, part in enumerate(problem.parts) if part.letter == claim.letter)
        lines[at] += " " + draw.choice(said.CLAIMS).replace("{l}", claim.letter).replace("{c}", what)
    ask = question(problem, draw) if asking is None else asking
    layout = draw.randrange(4)
    if layout == 0 and asking is None:
        return " ".join([opening, draw.choice(said.ASKS_FIRST).replace("{ask}", ask), *lines])
    if layout == 1:
        return "\n".join([opening, *(f"({number}) {line}" for number, line in enumerate(lines, 1)), ask]).strip()
    if layout == 2:
        return f"{opening} {' '.join(lines)}\n\n{ask}".strip()
    return " ".join([opening, *lines, ask]).strip()


def question(problem: Problem, draw: Random) -> str:
    """What a problem asks for, as a sentence."""
    asked = draw.choice(said.ASKS_MODULO if problem.modulus else said.ASKS)
    return asked.replace("{e}", expression(problem)).replace("{m}", str(problem.modulus))


def expression(problem: Problem) -> str:
    """`2a + b`."""
    return " + ".join(f"{factor if factor > 1 else ''}{letter}" for letter, factor in problem.factors)


@lru_cache(maxsize=8192)  # four judges and two solvers read a problem within moments
def parsed(text: str) -> Problem | None:
    """A text's problem; None where it defines no letter in our way. A letter defined twice has its last meaning."""
    parts: dict[str, Part] = {}
    for found in PART.finditer(text):
        task = read(found[2])
        if task:
            tie = next(((k, found[k].split("$")[1]) for k in ("plus", "minus", "times") if found[k]), None)
            parts[found[1]] = Part(found[1], *task, found[2], tie)
    if not parts:
        return None
    claims = tuple(Claim(found[1], found[2], int(found[3] or 0)) for found in CLAIM.finditer(text))
    asked = list(ASK.finditer(text))
    factors = tuple((letter, int(n or 1)) for n, letter in TERM.findall(asked[-1][1])) if asked else ()
    return Problem(tuple(parts.values()), claims, factors, int(asked[-1][2] or 0) if asked else 0)


def beside(text: str) -> str:
    """What of a problem's text is neither definition nor claim nor question."""
    return ASK.sub(" ", CLAIM.sub(" ", PART.sub(" ", text)))
