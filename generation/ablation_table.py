"""Two vocabularies side by side: of the problems that each gives, how many pass, with intervals, beside the paper's shares.

Arm by Arm -> the table on the screen, and the numbers for a file
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from generation.intervals import wilson
from generation.vocabulary import Names
from graph.kprg import Graph

PAPER = (0.26, 0.45)  # appendix D.1, without kinds, numbers or intervals


@dataclass(frozen=True)
class Arm:
    """A vocabulary, its graph, and what became of the problems: kind -> reason ("" passes) -> how many."""

    names: Names
    graph: Graph
    reasons: dict[str, Counter[str]]

    def share(self, hops: Sequence[str]) -> tuple[int, int]:
        """How many pass, and of how many; what nobody answered counts as neither."""
        kept = sum((self.reasons[hop] for hop in hops), Counter[str]())
        return kept[""], kept.total() - kept["no_answer"]


def table(arms: Mapping[str, Arm], hops: Sequence[str]) -> Table:
    """The shares side by side, with 95 % intervals (Wilson's; of a difference Newcombe's)."""
    made = Table(box=None, pad_edge=False)
    for name in ("combination", *arms, "difference"):
        made.add_column(name, justify="left" if name == "combination" else "right")
    for name, of in [*((hop, [hop]) for hop in hops), ("all", list(hops))]:
        shares = [arm.share(of) for arm in arms.values()]
        if all(total for _, total in shares):
            made.add_row(name, *(f"{_percent(*share)} of {share[1]:,}" for share in shares), _difference(*shares))
    made.add_row("the paper", *(f"{share:.0%}" for share in PAPER), f"{100 * (PAPER[1] - PAPER[0]):+.0f}")
    return made


def _percent(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits / of:.0%} ({100 * low:.0f} to {100 * high:.0f})"


def difference(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float, float]:
    """How much greater the second share is, and its interval (Newcombe 1998, method 10)."""
    (a, m), (b, n) = first, second
    (low_a, high_a), (low_b, high_b) = wilson(a, m), wilson(b, n)
    apart = b / n - a / m
    below = ((b / n - low_b) ** 2 + (high_a - a / m) ** 2) ** 0.5
    above = ((high_b - b / n) ** 2 + (a / m - low_a) ** 2) ** 0.5
    return apart, apart - below, apart + above


def _difference(first: tuple[int, int], second: tuple[int, int]) -> str:
    apart, low, high = difference(first, second)
    return f"{100 * apart:+.0f} ({100 * low:+.0f} to {100 * high:+.0f})"


def told(arms: Mapping[str, Arm], hops: Sequence[str]) -> dict[str, Any]:
    """The numbers for a file."""
    made: dict[str, Any] = {"paper": dict(zip(arms, PAPER, strict=True)), "arms": {}}
    for name, arm in arms.items():
        shares = {}
        for what, of in [*((hop, [hop]) for hop in hops), ("all", list(hops))]:
            hits, total = arm.share(of)
            shares[what] = {
                "pass": hits,
                "of": total,
                "share": hits / total if total else None,
                "interval": list(wilson(hits, total)),
            }
        reasons = sum(arm.reasons.values(), Counter[str]())
        made["arms"][name] = {
            "spellings": len(arm.names.decisions), "points": len(arm.graph.points), "edges": len(arm.graph.a),
            "decisions": dict(arm.names.counts), "shares": shares, "rejected": {reason: reasons[reason] for reason in sorted(reasons) if reason},
        }  # fmt: skip
    return made
