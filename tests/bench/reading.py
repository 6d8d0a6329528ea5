"""What a dialogue costs after it came in: reading, measures and filters, in milliseconds of CPU.

    passages of 400 to 500 tokens of the sample -> dialogues of some 700 tokens about them -> ms per dialogue, part by part

    python -m tests.bench.reading [--rows sample] [--styles-per-passage 1]

The figure is at most 0.6 ms. In a run, the seven dialogues about a passage come one after the other and share what is
counted of the passage; with one per passage nothing is shared.
"""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from builders.commands import command, option, parse
from builders.cuts import cut
from builders.openwebmath import documents
from builders.screen import say
from builders.text import mend
from builders.tokens import Tokens, load_tokenizer
from generation.filters import FILTERS, judge_dialogue
from generation.measures import measure_dialogue
from generation.reading import read_dialogue

ROUNDS = 5
FRONT = {"speakers": [{"name": "Teacher", "knows": "all"}, {"name": "Student", "knows": "some"}]}
QUESTIONS = (
    "I can follow that up to here, but what makes you so sure of it?",
    "Hm, where do we need the assumption that was made at the beginning?",
    "May I say it in my own words first, and you tell me whether it is right?",
    "Would the same thing work if we changed the numbers a little?",
    "Before we go on, could you show me the smallest example of it?",
    "And how would one come up with such an idea in the first place?",
)


@dataclass(frozen=True)
class Recipe:
    """What the bench is told."""

    rows: str = option("sample", "documents: a Hub id, a local file or folder, or sample")
    styles_per_passage: int = option(1, "dialogues about each passage, one after the other")


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "tests.bench.reading", "What reading, measuring and filtering a dialogue costs.")
    tokens = load_tokenizer(None)
    texts = [mend(row["text"]) for row in documents(recipe.rows) if row["text"]]
    cuts = [(text, piece) for text in texts for piece in cut(text, tokens, 500) if piece[2] >= 400]
    rows = [
        row(text[start:end], count, style, tokens)
        for text, (start, end, count) in cuts
        for style in range(recipe.styles_per_passage)
    ]
    said = sum(each["text_tokens"] for each in rows) / len(rows)
    say(
        f"{len(rows)} dialogues of {said:.0f} tokens about passages of {sum(each['passage_tokens'] for each in rows) / len(rows):.0f}"
    )
    parts: dict[str, Callable[[dict[str, Any]], Any]] = {
        "all three": whole,
        "reading": lambda each: read_dialogue(each["reply"], FRONT),
        "measures": measure_dialogue,
        "filters": judge_dialogue,
    }
    for name, act in (parts | dict(FILTERS)).items():
        say(f"{name:12} {milliseconds(rows, act):.3f} ms")


def whole(each: dict[str, Any]) -> None:
    """What a run does with one reply."""
    made = each | read_dialogue(each["reply"], FRONT)
    judge_dialogue(made | measure_dialogue(made))


def milliseconds(rows: Sequence[dict[str, Any]], act: Callable[[dict[str, Any]], Any]) -> float:
    """CPU time per row of the best of some rounds; the others were disturbed."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for each in rows:
            act(each)
        best = min(best, time.process_time() - start)
    return best / len(rows) * 1000


def row(passage: str, count: int, style: int, tokens: Tokens) -> dict[str, Any]:
    """A dialogue that says the passage again with a word put in here and there, between questions."""
    turns = []
    parts = re.split(r"\n\s*\n", passage)
    for i in range(0, len(parts), 2):
        turns.append(f"**Student:** {QUESTIONS[(i // 2 + style) % len(QUESTIONS)]}")
        words = "\n\n".join(parts[i : i + 2]).split(" ")
        for place in range(2 + style % 3, len(words), 6):
            words[place] = f"and {words[place]}"
        turns.append(f"**Teacher:** Let us take this one step at a time. {' '.join(words)}")
    reply = "Here it is:\n\n<dialogue>\n" + "\n\n".join(turns) + "\n</dialogue>"
    read = read_dialogue(reply, FRONT)
    made = {"reply": reply, **read, "passage": passage, "passage_tokens": count, "front": FRONT}
    made["text_tokens"] = tokens.count([read["text"]])[0]
    return made | measure_dialogue(made)


if __name__ == "__main__":
    command(main)
