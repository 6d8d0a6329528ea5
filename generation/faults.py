"""The rows that the rehearsal spoils on purpose: one kind of fault for each reason that a reply can give.

    what was asked, the turns of a good reply, a draw -> Reply (status, text, finish reason); None where it does not fit

Nothing can be copied from one word, so not every passage is ground for every fault. The filters share nothing of this.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from generation import fault_words as said
from generation.material import BOOKS, Material, balanced, material
from generation.phrases import ENGLISH, Book
from generation.phrases_ru_zh import CHINESE
from generation.teacher import Asked, Turns, deal, joined, lesson, written


@dataclass(frozen=True)
class Reply:
    """What is replied. `fault`: the reason to be found (None: all is well); `form`: which way of failing; `kind`: of reply.

    `answer`: what a solution says in its box. `points`: what each point that a reply is about means, the name of a point
    or the reason for which it should go.
    """

    text: str
    finish: str = "stop"
    status: int = 200
    fault: str | None = None
    kind: str = "dialogue"
    form: str | None = None
    answer: str | None = None
    points: Mapping[str, str] | None = None


def cut(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """The token limit comes in the middle."""
    text = written(turns, draw, "plain")
    body = text[: text.rindex("</")].rstrip()
    return Reply(body[: max(20, round(len(body) * draw.uniform(0.15, 0.97)))].rstrip(" ."), "length")


def refused(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """The server will not take the question."""
    status, error = draw.choice(said.REFUSED)
    return Reply(error.format(n=5000 + draw.randrange(4000)), status=status)


def unreadable(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """No dialogue at all: an essay, a list, JSON, an empty form, the noise of a wrong chat template."""
    if not asked.speakers:
        return None
    sentences = [s.replace("\n", " ") for s in material(asked.passage).sentences[:8]] or list(ENGLISH.fills[:5])
    form = draw.randrange(6)
    if form in (0, 1):
        return Reply("\n".join(f"- {s}" for s in sentences) if form else "Summary. " + " ".join(sentences))
    if form == 2:
        return Reply(json.dumps({"topic": sentences[0], "points": sentences[1:4]}, ensure_ascii=False, indent=2))
    if form == 3:
        return Reply(draw.choice(said.STUMPS))
    if form == 4:
        return Reply(" ".join(draw.choice(said.NOISE) for _ in range(120)))
    return Reply("## Overview\n\n" + " ".join(sentences) + "\n\n## Conclusion\n\nThis completes the overview.")


def too_short(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """Under 50 tokens, and nothing else wrong with it."""
    lines = draw.choice(said.BRIEF)
    if not asked.speakers:
        return Reply(f"<text>\n{draw.choice(lines).replace('{t}', 'it')}\n</text>")
    names = [speaker.name for speaker in asked.speakers]
    return Reply(written([(names[i % len(names)], s.replace("{t}", "it")) for i, s in enumerate(lines)], draw, "plain"))


def few_turns(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """One question and one long answer."""
    if not asked.speakers:
        return None
    longest = sorted((text for _, text in turns), key=len)[-3:]
    first, second = turns[0][0], next((name for name, _ in turns if name != turns[0][0]), "Listener")
    fills = deal(_book(asked).fills, draw)
    return Reply(written([(first, turns[0][1]), (second, joined([*longest, next(fills), next(fills)]))], draw, "plain"))


def one_speaker(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """All turns, or all that are not empty, are one speaker's."""
    if not asked.speakers:
        return None
    name, form = draw.choice(asked.speakers).name, draw.randrange(3)
    if form == 2:
        return Reply(written([(who, text if who == name else "") for who, text in turns], draw, "plain"))
    return Reply(written([(name, text) for _, text in turns], draw, "plain"))


def loop(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """It begins well and then repeats a pair of turns, a sentence, or a few words."""
    start, form = turns[: draw.randrange(2, 4)], draw.randrange(3)
    if form == 0:
        return Reply(written(start + start[-2:] * draw.randrange(7, 13), draw, "plain"))
    if form == 1:
        line = draw.choice(_book(asked).fills)
        return Reply(
            written([*turns[:5], (turns[5 % len(turns)][0], " ".join([line] * draw.randrange(25, 45)))], draw, "plain")
        )
    tail = " ".join([draw.choice(said.TAILS)] * draw.randrange(90, 160))
    return Reply(written([*turns[:5], (turns[5 % len(turns)][0], tail)], draw, "plain"))


def refusal(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """The model declines, bare or in the mouth of a speaker."""
    if asked.speakers and draw.random() < 0.35:
        names = [speaker.name for speaker in asked.speakers]
        names += ["Listener"] if len(names) < 2 else []
        term = next((t for t in material(asked.passage).terms if t), "this")
        lines = [line for pair in zip(said.PLEAS, draw.sample(said.DECLINES, 3), strict=True) for line in pair]
        return Reply(written([(names[i % 2], s.replace("{t}", term)) for i, s in enumerate(lines)], draw, "plain"))
    return Reply(draw.choice(said.REFUSALS))


def copied(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """The passage word for word, dealt out among the speakers."""
    sentences = material(asked.passage).sentences
    if len(sentences) < 5 or sum(map(len, sentences)) < 600:
        return None
    if not asked.speakers:
        return Reply(written([("", sentence) for sentence in sentences], draw))
    names, count = list(dict.fromkeys(name for name, _ in turns)), min(len(sentences), draw.randrange(5, 10))
    nod = draw.random() < 0.4
    made: Turns = []
    for i in range(count):
        part = list(sentences[i * len(sentences) // count : (i + 1) * len(sentences) // count])
        made.append((names[i % len(names)], joined([draw.choice(said.NODS), *part] if nod and i else part)))
    return Reply(written(made, draw, "plain"))


def language(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """A dialogue in another language than the passage's, from its first turn or soon after."""
    found = material(asked.passage)
    if found.book is None or found.words < 40:
        return None
    other = draw.choice([book for book in BOOKS if book is not found.book])
    terms = tuple(t for t in found.terms if t.startswith("$")) or ("$x$",)
    fills = tuple(draw.sample(other.fills, 8))
    made = lesson(
        Material(fills, tuple(terms[i % len(terms)] for i in range(8)), other, 0), other, *_roles(asked), draw
    )
    if not asked.speakers:
        return Reply(written([("", text) for _, text in made[1::2]], draw))
    drift = [(turns[0][0], draw.choice(found.book.opens))] if draw.random() < 0.4 else []
    return Reply(written(drift + made[len(drift) :], draw, "plain"))


def mathematics(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """A formula that does not close: one of the passage's with a sign lost, or one of ours."""
    at = [i for i, (_, text) in enumerate(turns) if text.count("$") >= 2]
    if at and draw.random() < 0.6:
        i = draw.choice(at)
        name, text = turns[i]
        place = draw.choice([n for n, sign in enumerate(text) if sign in "$}"])
        broken = text[:place] + text[place + 1 :]
        if not balanced(broken):
            return Reply(written([*turns[:i], (name, broken), *turns[i + 1 :]], draw, "plain"))
    i = draw.randrange(1, len(turns) - 1) if len(turns) > 2 else 0
    name, text = turns[i]
    ours = draw.choice(said.BROKEN)
    return Reply(written([*turns[:i], (name, f"{text} {ours}"), *turns[i + 1 :]], draw, "plain"))


def prompt_leak(asked: Asked, turns: Turns, draw: Random) -> Reply:
    """A speaker talks of the instructions, or recites them."""
    rules = [line.removeprefix("- ") for line in asked.rules.splitlines() if 40 <= len(line) <= 300 and "<" not in line]
    made = list(turns)
    for _ in range(draw.randrange(1, 4)):
        i = draw.randrange(len(made))
        name, text = made[i]
        rule = draw.choice(rules or ["Write a dialogue about the passage below."])
        leak = draw.choice(said.LEAKS).replace("{rule}", rule).replace("{name}", name or "the writer")
        made[i] = (name, draw.choice((f"{leak} {text}", f"{text} {leak}")))
    return Reply(written(made, draw, "plain"))


def proportion(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """Far shorter than its passage (but over 50 tokens), or far longer."""
    size, book = len(asked.passage), _book(asked)
    dense = 3 if book is CHINESE else 1  # a Chinese character says as much as three of a Latin script
    if size * dense >= 1400:
        lines, goal = deal([*book.closes, *book.opens], draw), 200 // dense
    elif 150 <= size <= 450 and book is ENGLISH:
        lines, goal = deal([*book.fills, *book.starts, *book.asks, *book.thanks, *book.closes], draw), 11 * size
    else:
        return None
    knowing, asking = _roles(asked)
    names, made = [asking[0], knowing[0]], list[tuple[str, str]]()
    term = next((t for t in material(asked.passage).terms if t), "…")
    while len(made) < 6 or sum(len(text) for _, text in made) < goal:
        made.append((names[len(made) % 2], next(lines).replace("{t}", term)))
    return Reply(written(made, draw, "plain"))


def duplicate(asked: Asked, turns: Turns, draw: Random) -> Reply | None:
    """The model's stock reply: the same dialogue whatever the passage."""
    book = _book(asked)
    if len(asked.passage) < 600 or not asked.speakers:
        return None
    stock = Material(book.fills[:8], ("$x$",) * 8, book, 0)
    return Reply(written(lesson(stock, book, *_roles(asked), Random(0)), Random(0), "plain"))


def quoted(asked: Asked, turns: Turns, draw: Random, borrowed: Sequence[str]) -> Reply | None:
    """A speaker sets an exercise, and it is one of the `borrowed`: an item of a benchmark."""
    if material(asked.passage).book is not ENGLISH or not borrowed:
        return None
    i, exercise = draw.randrange(len(turns)), " ".join(draw.choice(borrowed).split())
    name, text = turns[i]
    told = draw.choice((f"{text} {exercise}", f"{exercise} {text}", exercise))
    return Reply(written([*turns[:i], (name, told), *turns[i + 1 :]], draw, "plain"))


def _book(asked: Asked) -> Book:
    return material(asked.passage).book or ENGLISH


def _roles(asked: Asked) -> tuple[list[str], list[str]]:
    names = [s.name for s in sorted(asked.speakers, key=lambda s: -s.knows)] or [""]
    return names[:1], names[1:] or ["Listener" if asked.speakers else ""]


Fault = Callable[[Asked, Turns, Random], Reply | None]
ROWS: dict[str, Fault] = {
    "cut": cut, "unreadable": unreadable, "refused": refused, "too_short": too_short, "refusal": refusal,
    "prompt_leak": prompt_leak, "few_turns": few_turns, "one_speaker": one_speaker, "loop": loop, "copied": copied,
    "language": language, "mathematics": mathematics, "proportion": proportion, "duplicate": duplicate,
}  # fmt: skip
