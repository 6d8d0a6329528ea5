"""The pictures show the core points and those nearest to them, legibly, whatever the points are called."""

import struct
import warnings
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from graph.kprg import build, core
from graph.labels import apart
from graph.pictures import SHOWN, around, draw_distributions, draw_graph, heaviest, label
from tests.graph.test_drawing import seeds
from tests.graph.test_kinds import SHAPES, Problems


def drawn(problems: Problems, folder: Path, share: float = 0.05) -> list[bytes]:
    graph = build(problems)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw_graph(graph, core(graph, share), folder / "graph.png")
        draw_distributions(graph, core(graph, share), folder / "distributions.png")
    return [(folder / name).read_bytes() for name in ("graph.png", "distributions.png")]


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    wide, high = struct.unpack(">II", png[16:24])
    return wide, high


@pytest.mark.parametrize("shape", ["one problem", "a star", "a clique", "a path", "one point everywhere"])
def test_a_graph_with_an_edge_has_two_pictures(shape: str, tmp_path: Path) -> None:
    graph, distributions = drawn(SHAPES[shape], tmp_path)
    assert size(graph) == (1540, 1100) and size(distributions) == (1320, 528)


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    assert drawn(seeds(100), tmp_path) == drawn(seeds(100)[::-1], tmp_path)


@pytest.mark.parametrize("share", [0, 1])
def test_without_a_core_point_and_with_nothing_else_there_is_a_picture(share: float, tmp_path: Path) -> None:
    assert size(drawn(seeds(50), tmp_path, share)[0]) == (1540, 1100)


def test_points_that_are_no_words_do_not_end_the_drawing(tmp_path: Path) -> None:
    names = ["$x", "$\\frac{", "x_{", "勾股定理", "a\x00b", "%s {} \\n", "é" * 500, " a  b\n c", "🎲"]
    assert size(drawn([("p", names)], tmp_path)[0]) == (1540, 1100)


def test_only_what_can_be_read_is_drawn() -> None:
    graph = build(seeds(2000, points=600))
    cores = core(graph, 0.02)
    shown = around(graph, cores)
    assert len(shown) == SHOWN and cores[shown].sum() >= 8
    edges = heaviest(graph, shown)
    assert len(edges) <= 3 * SHOWN
    assert {end for a, b, _ in edges for end in (a, b)} == set(shown.tolist())
    assert all(weight == graph.weight[graph.edges_of(np.array(a), np.array(b))] for a, b, weight in edges)


def test_labels_are_short() -> None:
    assert label("Sine") == "Sine"
    assert (
        label("the  area of a\ntriangle in terms of its sides and nothing else")
        == ("the area of a\ntriangle in terms of\nits…")
        or len(label("the area of a triangle in terms of its sides and nothing else")) <= 48
    )


def test_labels_do_not_overlap() -> None:
    chance = np.random.default_rng(4)
    places = chance.uniform(0, 600, (30, 2))
    sizes = np.stack([chance.uniform(40, 90, 30), np.full(30, 14.0)], axis=1)
    centres = apart(places.copy(), sizes, places, np.full(30, 5.0))
    for a, b in combinations(range(30), 2):
        assert (abs(centres[a] - centres[b]) >= (sizes[a] + sizes[b]) / 2 - 1e-9).any()
    for centre, box in zip(centres, sizes, strict=True):
        assert (abs(centre - places) >= box / 2 + 5 - 1e-9).any(axis=1).all()
    assert np.median(np.linalg.norm(centres - places, axis=1)) < 20


def test_labels_at_one_place_part() -> None:
    places = np.zeros((3, 2))
    centres = apart(places.copy(), np.full((3, 2), 10.0), places[:0], np.zeros(0))
    for a, b in combinations(range(3), 2):
        assert abs(centres[a] - centres[b]).max() >= 10 - 1e-9
