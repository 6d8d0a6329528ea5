"""The same combinations in plain networkx, as one would write them: what ours are compared with, and timed beside."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, combinations, pairwise
from math import ceil

import networkx as nx

Found = dict[tuple[str, ...], int]


def graph(problems: Iterable[tuple[str, Sequence[str]]]) -> "nx.Graph[str]":
    """Nodes are points, the weight of an edge the number of problems that hold both."""
    made: nx.Graph[str] = nx.Graph()
    for _, points in problems:
        held = sorted(set(points))
        made.add_nodes_from(held)
        for a, b in combinations(held, 2):
            if made.has_edge(a, b):
                made[a][b]["weight"] += 1
            else:
                made.add_edge(a, b, weight=1)
    return made


def core(made: "nx.Graph[str]", percent: int) -> set[str]:
    """The points of highest degree: so many percent of all, rounded up, and all that tie with the last."""
    wanted = ceil(percent * len(made) / 100)
    if not wanted:
        return set()
    last = sorted((degree for _, degree in made.degree), reverse=True)[wanted - 1]
    return {point for point, degree in made.degree if degree >= last}


def one_hop(made: "nx.Graph[str]") -> Found:
    return {(min(a, b), max(a, b)): weight for a, b, weight in made.edges.data("weight")}


def two_hop(made: "nx.Graph[str]", of: Iterable[str] | None = None) -> Found:
    """All pairs, or those whose first point is one of some."""
    near = {a: set(made[a]) for a in made}
    found: Found = {}
    for a in made if of is None else of:
        between = Counter(chain.from_iterable(near[b] for b in near[a]))
        found.update({(a, c): count for c, count in between.items() if c > a and c not in near[a]})
    return found


def three_hop(made: "nx.Graph[str]", cores: Iterable[str]) -> Found:
    near = {a: set(made[a]) for a in made}
    found: Found = {}
    for a in cores:
        paths, seen = {a: 1}, {a}
        for _ in range(3):
            further: dict[str, int] = defaultdict(int)
            for b, count in paths.items():
                for c in near[b] - seen:
                    further[c] += count
            paths = further
            seen.update(paths)
        found.update({(min(a, d), max(a, d)): count for d, count in paths.items()})
    return found


def three_hop_through(made: "nx.Graph[str]", cores: set[str], least: int) -> Found:
    """GRIP's: pairs at distance 3, by the paths between them that count."""
    found: Found = {}
    for a, others in nx.all_pairs_shortest_path_length(made, cutoff=3):
        for d, distance in others.items():
            if distance == 3 and a < d and (paths := counting_paths(made, a, d, cores, least)):
                found[a, d] = len(paths)
    return found


def counting_paths(made: "nx.Graph[str]", a: str, d: str, cores: set[str], least: int) -> list[list[str]]:
    """Shortest paths with a core point between their ends, and without an edge that weighs less than `least`."""
    weight = one_hop(made)
    return [
        path
        for path in nx.all_shortest_paths(made, a, d)
        if cores & set(path[1:-1]) and all(weight[min(edge), max(edge)] >= least for edge in pairwise(path))
    ]


def community(made: "nx.Graph[str]") -> Found:
    near = {a: set(made[a]) for a in made}
    weight = one_hop(made)
    found: Found = {}
    for (a, b), ab in weight.items():
        for c in near[a] & near[b]:
            if c > b:
                found[a, b, c] = min(ab, weight[a, c], weight[b, c])
    return found


def four_cliques(made: "nx.Graph[str]") -> Found:
    weight = one_hop(made)
    found: Found = {}
    for clique in nx.enumerate_all_cliques(made):
        if len(clique) == 4:
            found[tuple(sorted(clique))] = min(weight[pair] for pair in combinations(sorted(clique), 2))
    return found


def first_path(made: "nx.Graph[str]", a: str, b: str) -> list[str]:
    """The shortest path whose points come first by their texts."""
    return min(nx.all_shortest_paths(made, a, b))
