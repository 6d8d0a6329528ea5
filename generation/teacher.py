"""The rehearsal's scripted teacher: answers our own questions from the passage's own sentences and formulas.

    the last message's text -> Asked (speakers, passage, rules) -> turns -> the reply's text

The same message and the same number drawn give the same reply, for ever: a change here is a new VERSION, which the
server shows as another revision of its models.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random

from generation.material import Material, material
from generation.phrases import ENGLISH, Book
from generation.rewording import reworded

VERSION = 1

Turns = list[tuple[str, str]]  # speaker, what they say

SPEAKER = re.compile(r"- ([^:\n]{1,60}):(.*)")
# Who knows more and who knows less, as a prompt's lines about its speakers put it.
MORE = re.compile(
    r"\b(all|everything|every|expert|thorough\w*|most|answers|explains|presents|teaches|knows? well)\b", re.IGNORECASE
)
LESS = re.compile(
    r"\b(nothing|little|some of|part of|roughly|asks?|new to|never|beginner|not know|curious|learns?)\b", re.IGNORECASE
)
GAP = 2  # points between two speakers from which one of them asks and the other explains
BEGINNINGS = 3  # of a book's `says` can begin a conversation
SHAPES = (  # how models write a dialogue that was asked for plainly; the first is how it was asked for
    ("plain", 0.82),
    ("preamble", 0.03),
    ("bold", 0.03),
    ("bold_name", 0.02),
    ("numbered", 0.02),
    ("dashes", 0.01),
    ("no_markers", 0.02),
    ("no_end", 0.01),
    ("remark", 0.01),
    ("think", 0.02),
    ("tight", 0.01),
)


@dataclass(frozen=True)
class Speaker:
    """Somebody in a dialogue; `knows` is a count of words that speak for knowing more, less those against."""

    name: str
    knows: int


@dataclass(frozen=True)
class Asked:
    """What the teacher understands of a message. Without speakers it is a rephrasing that is asked for."""

    speakers: tuple[Speaker, ...]
    passage: str
    rules: str


def understand(message: str) -> Asked | None:
    """What a message asks for; None where it is a question of a kind that the teacher does not know."""
    head, found, tail = message.partition("<passage>\n")
    if found:
        end = tail.rfind("</passage>")
        passage = tail[:end] if end >= 0 else tail
    else:
        head, _, passage = message.rpartition("\n\n")
    speakers = []
    _, block, lines = head.partition("Speakers:\n")
    for line in lines.splitlines() if block else ():
        match = SPEAKER.match(line)
        if not match:
            break
        said = f"{match[1]} {match[2]}"
        speakers.append(Speaker(match[1].strip(), len(MORE.findall(said)) - len(LESS.findall(said))))
    if not speakers and not (found and "<text>" in head):
        return None
    return Asked(tuple(speakers), passage.strip("\n"), head)


def deal(items: Sequence[str], draw: Random) -> Iterator[str]:
    """The items in a drawn order, each once before any comes again."""
    order = draw.sample(items, len(items))
    while True:
        yield from order


def dialogue(asked: Asked, draw: Random) -> Turns:
    """A faithful dialogue of 6 to 14 turns. Who knows less asks; equals take turns at explaining."""
    found = material(asked.passage)
    speakers = asked.speakers if len(asked.speakers) > 1 else (*asked.speakers, Speaker("Listener", -9))
    ranked = sorted(speakers, key=lambda s: -s.knows)
    book = found.book or ENGLISH
    if ranked[0].knows - ranked[-1].knows >= GAP:
        middle = (ranked[0].knows + ranked[-1].knows) / 2
        knowing = [s.name for s in speakers if s.knows > middle]
        asking = [s.name for s in speakers if s.knows <= middle]
        return lesson(found, book, knowing, asking, draw)
    return _talk(found, book, [s.name for s in speakers], draw)


def lesson(found: Material, book: Book, knowing: list[str], asking: list[str], draw: Random) -> Turns:
    """Who knows less asks about one part of the passage after another, and who knows more answers."""
    parts = _parts(found, max(2, min(6, (len(found.sentences) + 1) // 2)), book, draw)
    opens, closes, asks = deal(book.opens, draw), deal(book.closes, draw), deal(book.asks, draw)
    turns: Turns = []
    for number, (text, term) in enumerate(parts):
        question = draw.choice(book.starts) if number == 0 else next(asks)
        turns.append((asking[number % len(asking)], question.replace("{t}", term)))
        turns.append((knowing[number % len(knowing)], joined([next(opens), text, next(closes)])))
    turns.append((asking[len(parts) % len(asking)], draw.choice(book.thanks).replace("{t}", parts[-1][1])))
    turns.append((knowing[len(parts) % len(knowing)], draw.choice(book.last)))
    return turns


def _talk(found: Material, book: Book, names: list[str], draw: Random) -> Turns:
    parts = _parts(found, max(6, min(12, len(found.sentences))), book, draw)
    says, links = deal(book.says[BEGINNINGS:], draw), deal(book.links, draw)
    turns: Turns = []
    for number, (text, _) in enumerate(parts):
        say = next(says) if number else draw.choice(book.says[:BEGINNINGS])
        last = number + 1 == len(parts)
        link = draw.choice(book.last) if last else next(links).replace("{t}", parts[number + 1][1])
        turns.append((names[number % len(names)], joined([say, text, link])))
    return turns


def _parts(found: Material, count: int, book: Book, draw: Random) -> list[tuple[str, str]]:
    """`count` stretches of a passage with a term of each, filled up with remarks where the passage is too short."""
    pairs = list(zip(found.sentences, found.terms, strict=True))
    if len(pairs) > count:  # nobody retells every sentence
        keep = max(count, round(0.85 * len(pairs)))
        pairs = [pairs[i] for i in sorted(draw.sample(range(len(pairs)), keep))]
    usual = next((term for _, term in pairs if term), "…")
    fills, of, parts = deal(book.fills, draw), len(pairs), []
    for number in range(count):
        first, end = (number * of // count, (number + 1) * of // count) if of >= count else (number, number + 1)
        mine = pairs[first:end]
        text = joined([sentence for sentence, _ in mine]) if mine else next(fills)
        parts.append((text, next((term for _, term in mine if term), usual)))
    return parts


def joined(texts: Sequence[str]) -> str:
    """Texts in one line, those of several lines on lines of their own."""
    text = texts[0]
    for before, after in pairwise(texts):
        text += ("\n" if "\n" in before or "\n" in after else " ") + after
    return text


def rephrase(asked: Asked, draw: Random) -> Turns:
    """The passage again in other words, a sentence a turn without a speaker: words exchanged outside formulas."""
    found = material(asked.passage)
    book = found.book or ENGLISH
    says, fills = deal(book.says, draw), deal(book.fills, draw)
    sentences = []
    for number, sentence in enumerate(found.sentences):
        changed = reworded(sentence) if book is ENGLISH else sentence
        sentences.append(changed if number % 3 else joined([next(says), changed]))
    while sum(map(len, sentences)) < 260:
        sentences.append(next(fills))
    return [("", sentence) for sentence in sentences]


def written(turns: Turns, draw: Random, shape: str | None = None) -> str:
    """Turns as a model writes them: mostly as it was asked to, now and then with bold names or a preamble."""
    if not any(name for name, _ in turns):
        return f"<text>\n{joined([text for _, text in turns])}\n</text>"
    if shape is None:
        shape = draw.choices([name for name, _ in SHAPES], [share for _, share in SHAPES])[0]
    head = {"bold": "**{}:**", "bold_name": "**{}**:", "dashes": "- {}:"}.get(shape, "{}:")
    # A table or a listing begins on a line of its own.
    lines = [head.format(name) + ("\n" if text.startswith(("```", "|")) else " ") + text for name, text in turns]
    if shape == "numbered":
        lines = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    body = ("\n" if shape == "tight" else "\n\n").join(lines)
    if shape == "no_markers":
        return body
    text = f"<dialogue>\n{body}" if shape == "no_end" else f"<dialogue>\n{body}\n</dialogue>"
    if shape == "preamble":
        return f"{draw.choice(PREAMBLES)}\n\n{text}"
    if shape == "remark":
        return f"{text}\n\n{draw.choice(REMARKS)}"
    if shape == "think":
        return f"<think>\n{draw.choice(THOUGHTS)}\n</think>\n\n{text}"
    return text


PREAMBLES = ("Sure, here is the dialogue:", "Here you go.", "Certainly! Below is the conversation you asked for.")
REMARKS = ("I hope this is what you had in mind!", "Let me know if you would like another version.")
THOUGHTS = (
    "The user wants a dialogue. Two speakers, several turns, stay with what is given. Start with a question.",
    "Okay, let me plan this. First the set-up, then the formulas one after another, then a short ending.",
)


def answer(message: str, draw: Random) -> str:
    """A short answer to a question of a kind that the teacher does not know."""
    words = message.split()
    return f"You ask about “{' '.join(words[-6:])[:80]}”. The answer is {draw.randrange(1, 10)}."
