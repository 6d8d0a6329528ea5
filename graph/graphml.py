"""The graph as GraphML, which networkx, Gephi, igraph and yEd read: degree, problems, core of nodes, weight of edges.

    graph -> graph.graphml -> nx.read_graphml("graph.graphml").nodes["Sine"]["core"]

Written as it goes. (`nx.write_graphml` holds all of it: 1.2 million edges took it 42 s and 1.9 GB.)
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from graph.kprg import Graph, Mask, node_values

# XML has no place for these characters. They become their pictures (U+2400 and on), so that no two points become one.
PICTURES = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"} | {0xFFFE: "�", 0xFFFF: "�"}
SPACE = "http://graphml.graphdrawing.org/xmlns"
KEYS = (("degree", "node", "int"), ("problems", "node", "int"), ("core", "node", "boolean"), ("weight", "edge", "int"))


def write_graphml(graph: Graph, cores: Mask, path: Path) -> None:
    """Writes the graph to a file; `cores` says which points are core (n)."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _lines(graph, cores))


def _lines(graph: Graph, cores: Mask) -> Iterator[str]:
    names = [quoteattr(point.translate(PICTURES)) for point in graph.points]
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="{SPACE}">'
    for name, of, kind in KEYS:
        yield f'<key id="{name}" for="{of}" attr.name="{name}" attr.type="{kind}"/>'
    yield '<graph edgedefault="undirected">'
    for name, values in zip(names, node_values(graph, cores), strict=True):
        yield f"<node id={name}>{''.join(_data(values.items()))}</node>"
    for a, b, weight in zip(graph.a.tolist(), graph.b.tolist(), graph.weight.tolist(), strict=True):
        yield f'<edge source={names[a]} target={names[b]}><data key="weight">{weight}</data></edge>'
    yield "</graph>\n</graphml>"


def _data(values: Iterable[tuple[str, Any]]) -> Iterator[str]:
    return (f'<data key="{key}">{str(value).lower()}</data>' for key, value in values)
