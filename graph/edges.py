"""The edges of a graph as rows, for every folder that holds them.

Graph -> a, b, weight (the problems in which both points occur)
"""

from collections.abc import Iterator

from datasets import Features, Value

from builders.row import TEXT, Row
from graph.kprg import Graph

EDGES = Features({"a": TEXT, "b": TEXT, "weight": Value("int64")})
AT_ONCE = 10_000


def edges(graph: Graph) -> Iterator[list[Row]]:
    """The rows, some at a time."""
    names = graph.points
    for start in range(0, len(graph.a), AT_ONCE):
        part = [column[start : start + AT_ONCE].tolist() for column in (graph.a, graph.b, graph.weight)]
        yield [{"a": names[a], "b": names[b], "weight": weight} for a, b, weight in zip(*part, strict=True)]
