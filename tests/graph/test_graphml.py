"""The exported graph reads back with its points, weights and cores, whatever the points are made of."""

from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.graphml import write_graphml
from graph.kprg import build, core, to_networkx
from tests.graph.test_kinds import SHAPES, Problems


def equal(read: "nx.Graph[str]", made: "nx.Graph[str]") -> bool:
    return dict(read.nodes.data()) == dict(made.nodes.data()) and read.adj == made.adj


def read_back(problems: Problems, path: Path, share: float) -> "tuple[nx.Graph[str], nx.Graph[str]]":
    graph = build(problems)
    write_graphml(graph, core(graph, share), path)
    return nx.read_graphml(path), to_networkx(graph, share)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_graph_of_any_shape_reads_back(shape: str, tmp_path: Path) -> None:
    read, made = read_back(SHAPES[shape], tmp_path / "graph.graphml", 0.3)
    assert equal(read, made)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), max_size=4), max_size=5))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_points_of_any_text_read_back(tmp_path: Path, points: list[list[str]]) -> None:
    problems = [
        (f"p{number}", [point for point in row if not {"\ufffe", "\uffff"} & set(point)])
        for number, row in enumerate(points)
    ]
    read, made = read_back(problems, tmp_path / "graph.graphml", 0.3)
    assert equal(read, made)


def test_characters_that_xml_cannot_hold_are_shown_as_pictures(tmp_path: Path) -> None:
    problems = [("p", ["a\x00b", "a\x01b", "line\nline\ttab", "<\"&'>"])]
    read, made = read_back(problems, tmp_path / "graph.graphml", 0.3)
    assert set(read) == {"a\u2400b", "a\u2401b", "line\nline\ttab", "<\"&'>"}
    assert len(read.edges) == len(made.edges) == 6
