"""The rehearsal's reply to one question: the teacher's, spoilt at a set rate.

    a message, a script (rates per kind), a draw, a role -> Reply

What is planted is a function of the question and the draw, which the server makes of its seed and of what was asked. A
kind for which a passage is no ground gives way to the next one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import blake2b
from random import Random

from builders.errors import UserError
from generation import fault_words as said
from generation import gsdp_faults as gsdp
from generation.answer_faults import SOLVED_ROWS, answer_in, concluded
from generation.faults import ROWS, Fault, Reply, quoted
from generation.gsdp_questions import Question, question_of
from generation.gsdp_teacher import honest, is_good, replied
from generation.material import material
from generation.small_talk import small_talk
from generation.solving import BOXED
from generation.teacher import answer, dialogue, rephrase, understand, written

SILENT = "no_answer"  # a question that is never answered, however often it is asked
# What a reply is for -> the kinds of fault that it can have. A row needs many verdicts, so they fail less often.
TABLES: dict[str, tuple[str, ...]] = {
    "dialogue": tuple(ROWS), "retold": tuple(SOLVED_ROWS), "knowledge_points": gsdp.POINTS, "problem": gsdp.PROBLEMS, "solution": gsdp.SOLUTIONS,
    "verdict": gsdp.VERDICTS,
}  # fmt: skip
QUOTED = "contaminated"  # of dialogues only where it is named: without --benchmarks nobody looks for it
FROM_BAD = 0.6  # of the problems about a vague, wrong or over-detailed point, those that are no good for it (GSDP, D.1)
VERDICTS = 0.1  # times the rate, where one rate was given for all
KINDS = tuple(dict.fromkeys(kind for kinds in TABLES.values() for kind in kinds))


@dataclass(frozen=True)
class Script:
    """What is spoilt: for each table of TABLES the rate of each kind; `borrowed`: texts that are given back as new."""

    faults: dict[str, dict[str, float]] = field(default_factory=dict)
    seed: int = 0
    borrowed: tuple[str, ...] = ()


def reply_to(message: str, script: Script, draw: Random, role: str = "generator") -> Reply:
    """The reply to the last message of a request."""
    question = question_of(message)
    if question is not None:
        return _gsdp(question, script, draw, role)
    if (talk := small_talk(message, draw)) is not None:
        return Reply(talk, kind="other")
    asked = understand(message)
    answer = answer_in(asked.passage) if asked else None
    quoting: dict[str, Fault] = {QUOTED: partial(quoted, borrowed=script.borrowed)}
    faults = ROWS | quoting if answer is None else SOLVED_ROWS
    rates = script.faults.get("dialogue" if answer is None else "retold", {})
    chosen = pick(rates, draw.random())
    if asked is None:
        return _other(message, chosen, draw)
    turns = dialogue(asked, draw) if asked.speakers else rephrase(asked, draw)
    kind = "dialogue" if asked.speakers else "rephrase"
    kinds = [fault for fault in faults if rates.get(fault)]
    at = kinds.index(chosen) if chosen in kinds else len(kinds)
    for fault in kinds[at:] + kinds[:at] if chosen in kinds else ():
        spoilt = faults[fault](asked, turns, draw)
        if spoilt is not None:
            return Reply(spoilt.text, spoilt.finish, spoilt.status, fault, kind)
    turns = turns if answer is None else concluded(turns, answer, draw)
    # Where the teacher does not speak the passage's language, its best reply is in English.
    foreign = material(asked.passage).book is None
    return Reply(written(turns, draw), fault="language" if foreign else chosen if chosen == SILENT else None, kind=kind)


def _gsdp(asked: Question, script: Script, draw: Random, role: str) -> Reply:
    rates = script.faults.get(asked.kind if asked.kind in TABLES else "verdict", {})
    chosen = pick(rates, draw.random())
    spoilt: Reply | None = None
    if asked.kind == "solution":
        # On such a problem all samples disagree, so that it is the problem that decides, not the sample.
        apart = pick({"no_majority": rates.get("no_majority", 0.0)}, _number(script.seed, asked.problem))
        chosen = apart or (None if chosen == "no_majority" else chosen)
    if asked.kind == "problem" and chosen is None and rates.get("low_score") and not all(map(is_good, asked.points)):
        chosen = pick({"low_score": FROM_BAD}, draw.random())
    if chosen in gsdp.BROKEN:
        spoilt = replace(gsdp.broken(asked, chosen, draw, role), fault=chosen)
    elif chosen in gsdp.BAD_POINTS:
        spoilt = gsdp.points(asked, chosen, draw)
    elif chosen == gsdp.BIASED:
        spoilt = replace(gsdp.biased(asked, draw, role), fault=gsdp.expected(asked))
    elif chosen in gsdp.PROBLEMS:
        made = gsdp.problem(asked, chosen, draw, script.borrowed)
        spoilt = replace(made, fault=chosen) if made else None
    elif chosen in gsdp.SOLUTIONS:
        spoilt = replace(gsdp.solution(asked, chosen, draw), fault=chosen)
    if spoilt is None:
        fault = SILENT if chosen == SILENT else gsdp.expected(asked)
        spoilt = Reply(replied(asked, honest(asked, draw, role), draw), fault=fault)
    whole = spoilt.status == 200 and spoilt.fault not in gsdp.BROKEN
    boxes = BOXED.findall(spoilt.text) if whole and asked.kind == "solution" else []
    # A question about points tells what they mean even where its reply is broken; a list that is broken has none.
    points = gsdp.meanings(asked, spoilt.text) if whole or asked.points else None
    return replace(spoilt, kind=asked.kind, answer=boxes[-1] if boxes else None, points=points)


def _number(seed: int, text: str) -> float:
    said_ = f"{seed}\x1f{text}".encode("utf-8", "replace")
    return int.from_bytes(blake2b(said_, digest_size=7).digest()) / 2**56


def _other(message: str, chosen: str | None, draw: Random) -> Reply:
    text = answer(message, draw)
    if chosen == "cut":
        return Reply(text[: len(text) // 2], "length", fault="cut", kind="other")
    if chosen == "refused":
        status, error = draw.choice(said.REFUSED)
        return Reply(error.format(n=5000 + draw.randrange(4000)), status=status, fault="refused", kind="other")
    return Reply(text, fault=chosen if chosen == SILENT else None, kind="other")


def pick(rates: dict[str, float], number: float) -> str | None:
    """The kind that a number from 0 to 1 falls on; None above all rates together."""
    for kind, rate in rates.items():
        number -= rate
        if number < 0:
            return kind
    return None


def fault_rates(text: str) -> dict[str, dict[str, float]]:
    """The rates of `--faults` for each table: one number is spread over its kinds, a named kind counts wherever it is."""
    made = {}
    for table, kinds in TABLES.items():
        share = VERDICTS if table == "verdict" else 1.0
        rates = read_rates(text, kinds, [kind for kind in (*KINDS, SILENT) if kind not in kinds], "faults", share)
        there = (*kinds, SILENT, QUOTED) if table == "dialogue" else (*kinds, SILENT)
        made[table] = {kind: rate for kind, rate in rates.items() if kind in there}
    return made


def read_rates(
    text: str, kinds: Iterable[str], only_named: Iterable[str], what: str, share: float = 1.0
) -> dict[str, float]:
    """`0.15`, `share` of it spread evenly over `kinds`, or `cut=0.1,loop=0.05`, where those of `only_named` may stand too."""
    even, known = list(kinds), [*kinds, *only_named]
    made: dict[str, float] = {}
    for part in text.replace(" ", "").split(","):
        kind, equals, number = part.rpartition("=")
        try:
            rate = float(number)
        except ValueError:
            rate = -1.0
        if not 0 <= rate <= 1 or (equals and kind not in known):
            raise UserError(
                f"{what} is '{text}'; it must be a rate from 0 to 1, or KIND=RATE,... with the kinds {', '.join(known)}"
            )
        for one in [kind] if equals else even:
            made[one] = made.get(one, 0.0) + (rate if equals else share * rate / len(even))
    if sum(made.values()) > 1 + 1e-9:
        raise UserError(f"{what} is '{text}'; the rates add up to {sum(made.values()):g}, and at most 1 can be")
    return made
