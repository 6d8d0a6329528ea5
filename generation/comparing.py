"""Verdicts on pairs of answers, each asked of Math-Verify once: the first one is kept in the ledger like a reply.

pairs of answers -> yes, no or undecided; in a replay nothing is compared again, and a slower machine says the same
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from builders.answers import VERSION, Compare, compare
from builders.commands import now
from builders.obvious import obvious
from builders.verdicts import Pair
from generation.keys import canonical, key
from generation.ledger import Reply

if TYPE_CHECKING:
    from generation.run import Run

STEP = "compare"


def remembering(run: "Run") -> Compare:
    """`compare` with the ledger's memory."""

    def judge(pairs: Sequence[Pair]) -> list[str]:
        keys = {pair: _key(pair) for pair in dict.fromkeys(pairs) if obvious(*pair) is None}
        held = run.ledger.held(list(keys.values()))
        known = {pair: str(held[name].text) for pair, name in keys.items() if name in held}
        fresh = [pair for pair in dict.fromkeys(pairs) if pair not in known]
        found = dict(zip(fresh, compare(fresh), strict=True))
        if run.ledger.writable:
            run.ledger.record([_reply(run, pair, keys[pair], found[pair]) for pair in fresh if pair in keys])
        return [known.get(pair) or found[pair] for pair in pairs]

    return judge


def _messages(pair: Pair) -> list[dict[str, str]]:
    return [{"role": "user", "content": answer} for answer in pair]


def _key(pair: Pair) -> str:
    return key(VERSION, None, _messages(pair), {}, 0, 0, STEP)


def _reply(run: "Run", pair: Pair, name: str, verdict: str) -> Reply:
    request = canonical({"messages": _messages(pair), "sampling": {}, "sample": 0, "try": 0, "dialect": STEP})
    return Reply(name, STEP, STEP, VERSION, None, "", request, verdict, None, None, None, None, 0.0, now(), run.number)
