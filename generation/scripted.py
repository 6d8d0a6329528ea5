"""The rehearsal's reply to one question: the teacher's, spoilt at a set rate.

    a message, rates per kind, a draw -> Reply

What is planted is a function of the question and the draw, which the server makes of its seed and of what was asked. A
kind for which a passage is no ground gives way to the next one.
"""

from collections.abc import Iterable
from random import Random

from builders.errors import UserError
from generation import fault_words as said
from generation.faults import ROWS, Reply
from generation.material import material
from generation.teacher import answer, dialogue, rephrase, understand, written


def reply_to(message: str, rates: dict[str, float], draw: Random) -> Reply:
    """The reply to the last message of a request."""
    chosen = pick(rates, draw.random())
    asked = understand(message)
    if asked is None:
        return _other(message, chosen, draw)
    turns = dialogue(asked, draw) if asked.speakers else rephrase(asked, draw)
    kind = "dialogue" if asked.speakers else "rephrase"
    kinds = [fault for fault in ROWS if rates.get(fault)]
    at = kinds.index(chosen) if chosen in kinds else len(kinds)
    for fault in kinds[at:] + kinds[:at] if chosen in kinds else ():
        spoilt = ROWS[fault](asked, turns, draw)
        if spoilt is not None:
            return Reply(spoilt.text, spoilt.finish, spoilt.status, fault, kind)
    # Where the teacher does not speak the passage's language, its best reply is in English.
    foreign = material(asked.passage).book is None
    return Reply(written(turns, draw), fault="language" if foreign else chosen if chosen == SILENT else None, kind=kind)


SILENT = "no_answer"  # a question that is never answered, however often it is asked


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


def read_rates(text: str, kinds: Iterable[str], only_named: Iterable[str], what: str) -> dict[str, float]:
    """`0.15`, spread evenly over `kinds`, or `cut=0.1,loop=0.05`, where those of `only_named` may stand too."""
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
            made[one] = made.get(one, 0.0) + (rate if equals else rate / len(even))
    if sum(made.values()) > 1 + 1e-9:
        raise UserError(f"{what} is '{text}'; the rates add up to {sum(made.values()):g}, and at most 1 can be")
    return made
