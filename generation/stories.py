"""Small stories of exact arithmetic, each told in five ways: MIND's arms and their controls, for models that begin from nothing.

    a draw -> Story(who has how many of what, what changes on which day) -> its prompt and the whole text, told in one way

What one way tells, all tell: the same start, the same changes, the same answer behind `####`. They differ in whether the steps are
shown, in whether somebody speaks, and in whose words. The wordings are ours; no model is asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn")
THINGS = ("coins", "books", "eggs", "pens", "cups", "keys")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Story:
    """Somebody has `start` things; on each day some come (positive) or go (negative)."""

    who: str
    what: str
    start: int
    changes: tuple[tuple[str, int], ...]

    @property
    def totals(self) -> tuple[int, ...]:
        """What there is at the end of each day."""
        totals, now = [], self.start
        for _, change in self.changes:
            now += change
            totals.append(now)
        return tuple(totals)

    @property
    def key(self) -> tuple[int, ...]:
        """What makes two stories one problem: their numbers, in order, whoever they are told of."""
        return (self.start, *(change for _, change in self.changes))


def story(draw: Random, steps: int, largest: int, most: int) -> Story:
    """A story of `steps` changes of 2 to `largest`; the days are in order, and what there is stays within 0 to `most`."""
    start = now = draw.randint(2, most)
    days = sorted(draw.sample(range(len(DAYS)), steps))
    changes = []
    for day in days:
        sizes = [size for size in range(-largest, largest + 1) if abs(size) > 1 and 0 <= now + size <= most]
        size = draw.choice(sizes)
        changes.append((DAYS[day], size))
        now += size
    return Story(draw.choice(NAMES), draw.choice(THINGS), start, tuple(changes))


def told(story: Story, way: str) -> tuple[str, str]:
    """What a story says when it is told in one of `WAYS`, and what comes then: steps where there are any, and the answer."""
    prompt, rest = WAYS[way](story)
    return prompt, f"{rest}\n#### {story.totals[-1]}"


def spoilt(story: Story, draw: Random) -> str:
    """The dialogue of a story with one calculation wrong, by 1 or 10; what follows builds on it, and so does the answer."""
    at, error = draw.randrange(len(story.changes)), draw.choice((-10, -1, 1, 10))
    turns = _turns(story, "Layman: ", "Expert: ", [error * (step == at) for step in range(len(story.changes))])
    return f"Layman: {_stated(story)}{turns}\n#### {story.totals[-1] + error}"


def _raw(story: Story) -> tuple[str, str]:
    lines = [f"{story.who} has {story.start} {story.what}."]
    lines += [f"On {day} {abs(change)} {'come in' if change > 0 else 'are lost'}." for day, change in story.changes]
    return " ".join([*lines, "How many are there in the end?"]), ""


def _rephrase(story: Story) -> tuple[str, str]:
    parts = [f"{abs(change)} {'more' if change > 0 else 'less'} after {day}" for day, change in story.changes]
    return f"There are {story.start} {story.what} that {story.who} owns; then {', '.join(parts)}. What remains?", ""


def _prose(story: Story) -> tuple[str, str]:
    before = (story.start, *story.totals)
    steps = [
        f" {now} {'and' if change > 0 else 'without'} {abs(change)} makes {now + change}."
        for now, (_, change) in zip(before, story.changes, strict=False)
    ]
    return _raw(story)[0], "".join(steps)


def _dialogue(story: Story) -> tuple[str, str]:
    return f"Layman: {_stated(story)}", _turns(story, "Layman: ", "Expert: ")


def _silent(story: Story) -> tuple[str, str]:
    return _stated(story), _turns(story, "", "")


def _stated(story: Story) -> str:
    changes = ", ".join(f"{day} {change:+d}" for day, change in story.changes)
    return f"{story.who} has {story.start} {story.what}; {changes}. What is left?"


def _turns(story: Story, asks: str, answers: str, errors: Sequence[int] = ()) -> str:
    now, turns = story.start, []
    for step, (day, change) in enumerate(story.changes):
        after = now + change + (errors[step] if errors else 0)
        turns.append(f"\n{asks}And {day}?" if step else "")
        turns.append(f"\n{answers}{day} {change:+d}, {now}{change:+d}={after}.")
        now = after
    return "".join(turns)


WAYS: dict[str, Callable[[Story], tuple[str, str]]] = {
    "statement": _raw,  # the statement and its answer: MIND's raw text
    "rephrase": _rephrase,  # the same in other words: MIND's control
    "dialogue": _dialogue,  # a layman asks on, an expert works a step each time
    "no_speakers": _silent,  # the dialogue's words and steps, and nobody who says them
    "prose_steps": _prose,  # the raw statement, and steps in prose
}
