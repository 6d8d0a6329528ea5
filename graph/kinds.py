"""The four kinds of combinations by their names, and the rules by which GSDP and GRIP differ.

graph, "two_hop", rules -> blocks of that kind's combinations; their exact number
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from builders.errors import UserError
from graph.cliques import cliques
from graph.hops import Block, one_hop, three_hop, three_hop_through, two_hop
from graph.kprg import CORE_SHARE, Graph, core

HOPS = ("one_hop", "two_hop", "three_hop", "community")


@dataclass(frozen=True)
class Rules:
    """What counts as a combination.

    `core_share`: the share of points that are core. `through`: a core point lies between the ends of a three-hop pair,
    instead of being one of them, and no edge of the path weighs less than `least`. `sizes`: points of a community.
    """

    core_share: float = CORE_SHARE
    through: bool = False
    least: int = 1
    sizes: tuple[int, ...] = (3,)


GSDP = Rules()  # section 2.4
# GRIP goes through hubs and leaves out edges of low weight, without saying how low: 2 is ours.
GRIP = Rules(through=True, least=2, sizes=(3, 4))


def listed(graph: Graph, hop: str, rules: Rules = GSDP) -> Iterator[Block]:
    """Every combination of a kind, once, in blocks. UserError where there is no such kind."""
    if hop == "one_hop":
        return one_hop(graph)
    if hop == "two_hop":
        return two_hop(graph)
    if hop == "three_hop":
        cores = core(graph, rules.core_share)
        return three_hop_through(graph, cores, rules.least) if rules.through else three_hop(graph, cores)
    if hop == "community":
        return chain.from_iterable(cliques(graph, size) for size in sorted(set(rules.sizes)))
    raise UserError(f"there is no kind of combination '{hop}'; there are {', '.join(HOPS)}")


def count_of(graph: Graph, hop: str, rules: Rules = GSDP) -> tuple[int, int]:
    """How many combinations of a kind there are, exactly, and how many with the repetitions of one-hop pairs."""
    number = repeated = 0
    for block in listed(graph, hop, rules):
        number += len(block.weight)
        repeated += int(block.weight.sum()) if hop == "one_hop" else len(block.weight)
    return number, repeated
