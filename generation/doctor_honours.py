"""What a server does with what it is sent: whether `max_tokens`, `seed`, `stop` and system messages are honoured.

a server -> {name: Verdict}, each honoured, ignored, refused or cannot tell, from at most 10 questions of at most 48 tokens

Nothing is concluded from what a model knows or obeys, where it can be concluded from two of its own replies.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp

from generation.dialects import Answer
from generation.doctor_asking import Messages, Spent, counting, said, tiny
from generation.doctor_reach import Met
from generation.findings import CHECK, NOTE, WORLD, Finding
from generation.servers import Closed, Transient
from generation.transport import EMBEDDING, Refused

HONOURED, IGNORED, REFUSED, UNKNOWN = "honoured", "ignored", "refused", "cannot tell"
NAMES = ("max_tokens", "seed", "stop", "system")
LONG, SHORT, DRAWN = 48, 8, 24  # tokens that are asked for
QUESTIONS, TOKENS = 10, 2 * LONG + SHORT + 4 * DRAWN + 2 * DRAWN  # at most, for each server
COUNT = counting(21, 60)
DRAW = "Name ten animals, drawn at random, in one line, separated by commas."
WORD = "heron"
ORDER = f"Whatever you are asked, reply with the one word {WORD} and with nothing else."
SUM = "What is the sum of two and two?"
OF_ORDER = 8  # tokens that the order has at the least, in any tokenizer

Came = Answer | Refused | Transient


@dataclass(frozen=True)
class Verdict:
    """One verdict, and what was seen."""

    word: str
    seen: str = ""


@dataclass(frozen=True)
class Honours:
    """The verdicts on a server, and what follows from them."""

    verdicts: dict[str, Verdict]
    found: tuple[Finding, ...] = ()
    counts: bool = True  # whether it says how many tokens a reply has
    answers: bool = True  # whether any question can be put to it


async def examined(session: aiohttp.ClientSession, met: Met, spent: Spent) -> Honours:
    """Asks a server, one question after the other: what is drawn beside others may differ for that alone."""
    try:
        if met.role.dialect == "embed":
            await tiny(session, met, spent, SUM, dict(EMBEDDING))
            return Honours({})
        base = {"temperature": 0.0, "max_tokens": LONG, "seed": 1}
        try:
            whole = await tiny(session, met, spent, COUNT, base)
        except Refused as problem:
            return await _without_seed(session, met, spent, base, problem)
        return await _verdicts(session, met, spent, whole, base)
    except Refused as problem:
        return Honours({}, (Finding(CHECK, f"{met.where} refuses every question: {problem}"),), answers=False)
    except Closed as problem:
        return Honours({}, (Finding(WORLD, str(problem)),), answers=False)
    except Transient as problem:
        return Honours({}, (Finding(WORLD, f"{met.where} does not answer: {problem}"),), answers=False)


async def _without_seed(
    session: aiohttp.ClientSession, met: Met, spent: Spent, base: dict[str, Any], problem: Refused
) -> Honours:
    await tiny(session, met, spent, COUNT, base, leave=("seed",))  # raises where it is not the seed
    verdicts = {name: Verdict(UNKNOWN, "every question carries a seed") for name in NAMES}
    says = f"{met.where} refuses questions that carry a seed, as all of ours do: {problem}"
    return Honours(verdicts | {"seed": Verdict(REFUSED, str(problem))}, (Finding(CHECK, says),), answers=False)


async def _verdicts(
    session: aiohttp.ClientSession, met: Met, spent: Spent, whole: Answer, base: dict[str, Any]
) -> Honours:
    async def asked(text: str | Messages, **more: Any) -> Came:
        try:
            return await tiny(session, met, spent, text, {**base, **more})
        except (Refused, Transient) as problem:
            return problem

    short = await asked(COUNT, max_tokens=SHORT)
    verdicts = {"max_tokens": max_tokens(whole, short, spent)}
    drawn = [await asked(DRAW, temperature=1.0, max_tokens=DRAWN, seed=seed) for seed in (11, 11, 12, 12)]
    verdicts["seed"] = seed(drawn)
    word = middle(said(whole))
    verdicts["stop"] = (
        stop(said(whole), word, await asked(COUNT, stop=[word])) if word else Verdict(UNKNOWN, "its reply is too short")
    )
    plain = await asked(SUM, max_tokens=DRAWN)
    order = [{"role": "system", "content": ORDER}, {"role": "user", "content": SUM}]
    verdicts["system"] = system(plain, await asked(order, max_tokens=DRAWN))
    return Honours(verdicts, tuple(_follows(met, verdicts, short)), whole.completion_tokens is not None)


def without(problem: Refused | Transient) -> Verdict:
    """Where there is no reply, only a refusal says anything."""
    return Verdict(REFUSED if isinstance(problem, Refused) else UNKNOWN, str(problem))


def max_tokens(whole: Answer, short: Came, spent: Spent) -> Verdict:
    """From a reply that may be long, and one to the same question that may not."""
    if not isinstance(short, Answer):
        return without(short)
    most, made = spent.size(whole), spent.size(short)
    ours = spent.tokens.count([said(short)])[0]
    if made > SHORT + 1 or ours > 3 * SHORT:  # ours: a server may count what it was to write, and write more
        return Verdict(IGNORED, f"{max(made, ours)} tokens where {SHORT} were asked for")
    if most <= SHORT:
        return Verdict(UNKNOWN, f"it never says more than {most} tokens")
    return Verdict(HONOURED, f"{made} tokens of {SHORT}")


def seed(drawn: Sequence[Came]) -> Verdict:
    """From two replies to each of two seeds, at temperature 1."""
    texts = [said(one) for one in drawn if isinstance(one, Answer)]
    if len(texts) < len(drawn):
        return Verdict(UNKNOWN, next(str(one) for one in drawn if not isinstance(one, Answer)))
    if not all(text.strip() for text in texts):
        return Verdict(UNKNOWN, "its replies are empty")
    if len(set(texts)) == 1:
        return Verdict(IGNORED, "two seeds, and one reply")
    if texts[0] != texts[1] or texts[2] != texts[3]:
        return Verdict(IGNORED, "one seed, and two replies")
    return Verdict(HONOURED, "a reply for each seed, twice the same")


def middle(text: str) -> str | None:
    """A word of a reply, neither at its beginning nor at its end, to stop at; None where it has none."""
    words = list(re.finditer(r"[^\W\d_]{3,}", text))
    of = [word[0] for word in words if len(text) / 4 < word.start() < len(text) * 3 / 4]
    return next((word for word in of if text.index(word) > len(text) / 4), None)


def stop(whole: str, word: str, stopped: Came) -> Verdict:
    """From a reply, a word in its middle, and the reply to the same question that was to stop there."""
    if not isinstance(stopped, Answer):
        return without(stopped)
    text = said(stopped).strip()
    _, found, after = text.partition(word)
    if found and after.strip():
        return Verdict(IGNORED, f"it went on after '{word}'")
    if text and (found or (len(text) < len(whole.strip()) and whole.strip().startswith(text))):
        return Verdict(HONOURED, f"it ended at '{word}'")
    return Verdict(UNKNOWN, f"'{word}' did not come again")


def system(plain: Came, ordered: Came) -> Verdict:
    """From the replies to one question without and with an order in a system message."""
    if not isinstance(plain, Answer):
        return Verdict(UNKNOWN, str(plain))
    if not isinstance(ordered, Answer):
        # A chat template that knows no such role raises, which some servers answer with 500, however often they are asked.
        return Verdict(REFUSED, str(ordered)) if str(ordered) == "500" else without(ordered)
    if WORD in f"{ordered.text} {ordered.reasoning or ''}".lower():
        return Verdict(HONOURED, "it did as the message said")
    counts = (plain.prompt_tokens, ordered.prompt_tokens)
    if counts[0] is not None and counts[1] is not None and counts[1] - counts[0] < OF_ORDER:
        return Verdict(IGNORED, "its prompt was no longer for it")
    if said(plain) == said(ordered):
        return Verdict(IGNORED, "its reply was the same")
    return Verdict(UNKNOWN, "the message made a difference, and was not obeyed")


def _follows(met: Met, verdicts: dict[str, Verdict], short: Came) -> list[Finding]:
    """What follows for a run, whose questions all say max_tokens and a seed, and never hold a system message."""
    found, where = [], met.where
    for name in NAMES:
        verdict = verdicts[name]
        if verdict.word in (HONOURED, UNKNOWN):
            continue
        text = f"{where}: {name} is {verdict.word} ({verdict.seen})"
        if name == "max_tokens":
            found.append(Finding(CHECK, f"{text}; replies are as long, and cost as much, as the server likes"))
        elif name == "seed" and verdict.seen.startswith("two seeds"):
            found.append(Finding(CHECK, f"{text}; samples of one question are all the same there"))
        elif name == "seed":
            found.append(Finding(NOTE, f"{text}; only the ledger makes a run repeatable"))
        elif name == "stop":
            found.append(Finding(CHECK if met.role.sampling.stop else NOTE, text))
        else:
            found.append(Finding(NOTE, f"{text}; no question of ours has any"))
    if verdicts["max_tokens"].word == HONOURED and isinstance(short, Answer) and short.finish_reason != "length":
        says = f"{where} says '{short.finish_reason}' of a reply that it cut at max_tokens; cut replies would pass for whole"
        found.append(Finding(CHECK, says))
    return found
