"""Of all lines of a reply that could begin a turn, those that do.

    labels + the reply's lines + the names that the prompt gave -> the labels of the turns in order

A name that the prompt did not give must come back, or be the only other one, and stand where the given names stand.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from generation.speakers import NO_NAMES, Label, squeeze

# Labels of question-and-answer pairs: names where there is nothing better.
WEAK = frozenset(("q", "a", "question", "answer", "s", "t", "p", "f", "r", "h"))
_SMALL = re.compile(
    r"[ \t]*[*_]{0,3}(?P<name>[a-z][a-z.'’-]{2,19}(?: [a-z.'’-]{1,19}){0,3})[*_]{0,3}:[*_]{0,3}[ \t]+(?P<rest>\S.*)"
)


def choose(found: Sequence[Label], lines: Sequence[str], names: dict[str, str]) -> list[Label]:
    """Of all that could be labels, those that are: the reply's turns in order, or nothing where no one speaks."""
    given = _by_layout([label for label in found if label.given])
    layouts = {label.layout for label in given}
    other = [
        label
        for label in found
        if not label.given and _at_a_start(label, lines) and (not given or label.layout in layouts)
    ]
    times = Counter(label.key for label in other)
    repeated = {key for key, n in times.items() if n > 1}
    short = _shorthand(tuple(names.values())) if other else {}
    weak = WEAK if given else WEAK - short.keys()
    speakers = {label.key for label in given} | (repeated - weak)
    if not given and len(speakers) < 2 and len(repeated) == 2:
        speakers = repeated  # Q and A, or A and B
    if len(speakers) == 1 and len(given) <= 2:
        once = set(times) - repeated - WEAK
        speakers |= once if len(once) == 1 else set()
    if any(len(key) == 1 and key not in short for key in (speakers if len(speakers) > 1 else times)):
        short = {}  # a Q or a C beside the A: letters of another alphabet than the names'
    if not given and len(speakers) < 2 and len(other) > 2:
        speakers = short.keys() & times.keys()
    if not given and len(speakers) < 2:
        return []
    kept = [label for label in given + other if label.key in speakers]
    if short.keys() & speakers:
        kept = [_in_full(label, short) for label in kept]
    return sorted(kept, key=lambda label: label.line)


@lru_cache(maxsize=64)
def _shorthand(names: tuple[str, ...]) -> dict[str, str]:
    """What stands for one given name and no other: last word or initials. `A` and `DA` are Debater A, `T` is Teacher."""
    forms = [
        (form, name)
        for name in names
        for form in {squeeze(name.split()[-1]), squeeze(name[:1]), squeeze("".join(word[0] for word in name.split()))}
    ]
    times = Counter(form for form, _ in forms)
    return {form: name for form, name in forms if form and times[form] == 1}


def _in_full(label: Label, short: dict[str, str]) -> Label:
    name = None if label.given else short.get(label.key)
    return label if name is None else label._replace(name=name, key=squeeze(name))


def small_names(lines: Sequence[str]) -> list[Label]:
    """Names in lower case that no prompt gave: where nothing else speaks, two or three by turns, from the beginning on."""
    found = []
    for number, line in enumerate(lines):
        match = _SMALL.match(line)
        if match and match["name"].split(" ")[0].rstrip(".") not in NO_NAMES:
            found.append(Label(number, match["name"], squeeze(match["name"]), False, (False, False), match["rest"], ""))
    times = Counter(label.key for label in found)
    by_turns = all(one.key != other.key for one, other in pairwise(found))
    if not by_turns or len(times) not in (2, 3) or min(times.values()) < 2:
        return []
    before = [line for line in lines[: found[0].line] if line.strip()]
    words = sum(len(label.rest.split()) for label in found)
    return found if len(before) < 4 and words > 3 * len(found) else []  # `width: 3` is no speech


def _by_layout(labels: list[Label]) -> list[Label]:
    """Drops names in lists where the turns themselves are not in a list: `- Student: 3 apples` within a turn."""
    plain = [label for label in labels if not label.layout[0]]
    return plain if len({label.key for label in plain}) > 1 and len(plain) >= len(labels) / 2 else labels


def _at_a_start(label: Label, lines: Sequence[str]) -> bool:
    """False within displayed mathematics, where `T: V \\to W` looks like a name."""
    before = lines[label.line - 1].strip() if label.line else ""
    return not (before.endswith(("$$", "\\[", "\\\\", "&")) or before.startswith("\\begin"))
