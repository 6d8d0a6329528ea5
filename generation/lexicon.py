"""The rehearsal's lexicon of mathematics: knowledge points, their spellings, and where they occur.

    a problem with its solution -> the points that it calls for; a spelling -> its point
    lexicon.txt holds a point a line: name | spellings | the same in other words | cues

The filters share nothing of it. A name that is in no line is no known point.
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).parent / "lexicon.txt"
SIGNS = re.compile(r"[^a-z0-9]+")
LONGEST = 20_000  # characters of a problem that are looked at
ALWAYS = ("order of operations", "translating words into equations")  # where a text gives away fewer than two


@dataclass(frozen=True)
class Point:
    """A knowledge point. `near`: other spellings; `far`: other words for it; `tasks`: what practises it."""

    name: str
    near: tuple[str, ...]
    far: tuple[str, ...]
    cues: tuple[tuple[str, ...], ...]
    family: str
    tasks: tuple[str, ...]


@cache
def points() -> dict[str, Point]:
    """All points by name, in the file's order."""
    made: dict[str, Point] = {}
    family = ""
    tasks: tuple[str, ...] = ()
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            family, _, rest = line.removeprefix("== ").partition(": ")
            tasks = tuple(rest.split())
        elif line and not line.startswith("#"):
            name, near, far, cues = (field.strip() for field in line.split("|"))
            made[name] = Point(
                name, _list(near, ";"), _list(far, ";"), tuple(map(_cue, _list(cues, ","))), family, tasks
            )
    return made


def _list(text: str, sign: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(sign) if part.strip())


def _cue(text: str) -> tuple[str, ...]:
    return tuple(" " + part.strip().replace("_", " ") for part in text.split("+"))


def plain(text: str) -> str:
    """Words of a text between spaces, without signs: ` let x 2 6 `."""
    return f" {SIGNS.sub(' ', text.lower().replace('%', ' percent ')).strip()} "


def folded(text: str) -> str:
    """A spelling without what makes no difference: case, an article, a full stop, spaces."""
    return " ".join(text.casefold().replace("’", "'").strip(" .*").removeprefix("the ").split())


@cache
def _spellings() -> dict[str, tuple[Point, bool]]:
    made: dict[str, tuple[Point, bool]] = {}
    for point in points().values():
        for far, spellings in ((False, (point.name, *point.near)), (True, point.far)):
            for spelling in spellings:
                made.setdefault(folded(spelling), (point, far))
    for point in points().values():  # a name is its own point's before it is another's spelling
        made[folded(point.name)] = (point, False)
    return made


@lru_cache(maxsize=65536)
def known(text: str) -> Point | None:
    """The point that a text spells; None where it is none of ours."""
    found = _spellings().get(folded(text))
    return found[0] if found else None


def is_far(text: str) -> bool:
    """Whether a text says its point in other words."""
    found = _spellings().get(folded(text))
    return bool(found and found[1])


@lru_cache(maxsize=4096)
def found_in(text: str) -> tuple[Point, ...]:
    """The points of a text, those with the most telling cues first; at least two."""
    words = plain(text[:LONGEST])
    scored = []
    for number, point in enumerate(points().values()):
        hits = [sum(map(len, cue)) for cue in point.cues if all(part in words for part in cue)]
        if hits:
            scored.append((-max(hits) - sum(hits) / 50, number, point))
    made = [point for _, _, point in sorted(scored)]
    made += [points()[name] for name in ALWAYS if len(made) < 2 and points()[name] not in made]
    return tuple(made)
