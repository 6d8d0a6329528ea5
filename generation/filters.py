"""Why a dialogue is not kept: one function per reason, a few lines each.

    a row (text, turns, passage, text_tokens, passage_tokens, copy_rate, front, instructions) -> [(reason, detail), ...]

In the order of `builders.reasons`, so that the first is the reason. Only `too_short` is the paper's (MIND, section 2); the
others are ours, and a recipe says which of them reject. `front` is the prompt's front matter; `instructions`, where a row
has it, is the prompt's body. A row without speakers (rephrase) is not judged by the filters about turns.
"""

import re
import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from generation.balance import unbalanced
from generation.language import other_language
from generation.leaks import leaked, repeated
from generation.refusals import declines
from generation.words import N, covered, grams, runs, sentences, spoken, words

Row = Mapping[str, Any]

_WORD_OF_PROSE = re.compile(r"(?<![\\\w])[^\W\d_]{2,}")

LEAST_TOKENS = 50  # MIND, section 2
LEAST_TURNS = 4  # a question, an answer, a follow-up question and its answer: less is no conversation of many turns
# Words that stand in runs of 5 which the passage has too. 1,732 real passages, said again in full with a question after every three
# sentences, had 0.80 in the middle and 0.86 at the 95 % mark; passages cut into turns between a word or two have 0.9 and more.
MOST_COPIED = 0.87
LEAST_COPIED = 0.5  # of the runs themselves; whoever shares fewer copies no more than that
# Repetition, as a share of what is said. Dialogues quote a statement once or twice; a loop comes back for a third time and more.
MOST_SAID_AGAIN = 0.15  # sentences of 6 words and more, from their third time on
MOST_TURNS_AGAIN = 0.3  # turns of 8 words and more, from their second time on
MOST_RUNS_AGAIN = 0.2  # runs of 5 words that occur five times and more
AT_ONCE = 3  # times that sentences come without a break; nobody says anything three times on end
LEAST_PACKED = 0.1  # bytes after zlib; text packs to 0.35 to 0.55, a sign that never stops to 0.01
# Tokens of the dialogue by tokens of its passage. The released MIND set has 1.3 on average (138B tokens in seven styles of 14.7B);
# less than a fifth of that leaves most of the passage out, more than five times that is mostly about something else.
LEAST_RATIO, MOST_RATIO = 1.3 / 5, 1.3 * 5
SHORT_PASSAGE = 100  # tokens; a shorter one counts as this long, for a definition of a line may well be talked about


def judge_dialogue(row: Row) -> list[tuple[str, str]]:
    """All reasons to reject a row, each with what was seen; nothing where it is to be kept."""
    judged = ((reason, judge(row)) for reason, judge in FILTERS)
    return [(reason, detail) for reason, detail in judged if detail]


def too_short(row: Row) -> str | None:
    """Under 50 tokens, the only threshold that the paper gives."""
    return f"{row['text_tokens']} tokens" if row["text_tokens"] < LEAST_TOKENS else None


def refusal(row: Row) -> str | None:
    """The model's own no. (A student who cannot solve something does not decline a request.)"""
    found = declines(spoken(row))
    return found if found and found.lower() not in row["passage"].lower() else None


def prompt_leak(row: Row) -> str | None:
    """Talk of the task, or the instructions themselves; what the passage says too is only quoted."""
    return leaked(spoken(row), row["passage"]) or repeated(spoken(row), row.get("instructions") or "", row["passage"])


def few_turns(row: Row) -> str | None:
    """A dialogue that is hardly one."""
    turns = row["turns"]
    monologue = len(turns) > 1 and one_speaker(row)  # which says better what is wrong
    return f"{len(turns)} turns" if _has_speakers(row) and len(turns) < LEAST_TURNS and not monologue else None


def one_speaker(row: Row) -> str | None:
    """A monologue, in however many turns."""
    speakers = {turn["speaker"] for turn in row["turns"]}
    return f"only {', '.join(speakers) or 'nobody'} speaks" if _has_speakers(row) and len(speakers) < 2 else None


def loop(row: Row) -> str | None:
    """What comes back again and again: turns, sentences, runs of words, or a sign that never stops."""
    text = spoken(row)
    found, different = words(text), len(grams(text))
    if len(text) > 12 * len(found) + 200 and len(zlib.compress(text.encode(), 1)) < LEAST_PACKED * len(text):
        return "the same signs over and over"
    if len(found) < 20 or different > 0.98 * len(found):
        return None
    said = sentences(text)
    times = Counter(said)
    if max(times.values()) >= AT_ONCE:
        if (again := _on_end(said)) is not None:
            return f"says {AT_ONCE} times on end: {again[:60]!r}"
        length = sum(len(each) * (n - 2) for each, n in times.items() if n > 2 and _is_prose(each))
        if length > MOST_SAID_AGAIN * len(text):
            return f"{length} of {len(text)} characters are sentences said for the third time or more"
    turns = [turn["text"] for turn in row["turns"] if turn["text"].count(" ") >= 7]
    repeated = sum(len(turn) * (n - 1) for turn, n in Counter(turns).items())
    if repeated > MOST_TURNS_AGAIN * len(text):
        return f"{len(turns) - len(set(turns))} of {len(turns)} longer turns were there before"
    return _runs_again(found) if different < (1 - MOST_RUNS_AGAIN / 2) * len(found) else None


def _runs_again(found: list[str]) -> str | None:
    """Runs of words that occur again and again; those of figures alone may."""
    counts = Counter(runs(found))
    often = sum(n for run, n in counts.items() if n > 4 and any(word.isalpha() and len(word) > 2 for word in run))
    if often <= MOST_RUNS_AGAIN * len(found):
        return None
    return f"{often} of {len(found)} runs of words occur five times or more"


def _on_end(said: list[str]) -> str | None:
    """A piece of one to six sentences, some of it prose, that stands there three times without a break."""
    for length in range(1, 7):
        same = 0
        for i in range(length, len(said)):
            same = same + 1 if said[i] == said[i - length] else 0
            if same == length * (AT_ONCE - 1) and any(map(_is_prose, said[i - length + 1 : i + 1])):
                return " ".join(said[i - length + 1 : i + 1])
    return None


def _is_prose(sentence: str) -> bool:
    """Six words and more; formulas and commands do not count."""
    return len(_WORD_OF_PROSE.findall(sentence)) >= 6


def copied(row: Row) -> str | None:
    """Little but the passage: an own word here and there breaks runs, but adds nothing."""
    if (row["copy_rate"] or 0.0) < LEAST_COPIED:
        return None
    share = covered(spoken(row), row["passage"])
    return f"{share:.0%} of its words stand in the passage, in runs of {N} and more" if share >= MOST_COPIED else None


def language(row: Row) -> str | None:
    """Another language than the passage's."""
    return other_language([turn["text"] for turn in row["turns"]] or [row["text"]], row["passage"])


def mathematics(row: Row) -> str | None:
    """The first turn whose delimiters do not balance; formulas never run from one turn into the next."""
    for turn in row["turns"] or [row]:
        if found := unbalanced(turn["text"]):
            return f"{turn['speaker']}: {found}" if row["turns"] else found
    return None


def proportion(row: Row) -> str | None:
    """Far shorter or longer than what it is about."""
    ratio = row["text_tokens"] / max(row["passage_tokens"], 1)
    if ratio < LEAST_RATIO or row["text_tokens"] > MOST_RATIO * max(row["passage_tokens"], SHORT_PASSAGE):
        return f"{row['text_tokens']} tokens about a passage of {row['passage_tokens']}"
    return None


def _has_speakers(row: Row) -> bool:
    return bool(row["front"].get("speakers"))


FILTERS: tuple[tuple[str, Callable[[Row], str | None]], ...] = (
    ("too_short", too_short),
    ("refusal", refusal),
    ("prompt_leak", prompt_leak),
    ("few_turns", few_turns),
    ("one_speaker", one_speaker),
    ("loop", loop),
    ("copied", copied),
    ("language", language),
    ("mathematics", mathematics),
    ("proportion", proportion),
)
