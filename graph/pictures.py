"""Two pictures of the graph: around its core points, and how degrees and weights are distributed.

    graph, cores -> graph.png, distributions.png

Of a large graph only what can be read is drawn: some core points, and the points that share most problems with them.
"""

import textwrap
import warnings
from collections import Counter
from pathlib import Path

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from graph.kprg import Graph, Mask, Whole
from graph.labels import apart

CORES, SHOWN = 8, 36  # points that can still be read: core ones, all
NEAREST = 3  # of the edges of each point so many are drawn, the heaviest
WIDE, LONG = 20, 46  # letters of a line of a label, and of the whole
DARK, WARM, COOL, PALE = "#22303c", "#d1603d", "#3f7d9e", "#aebac3"
ROOM = 0.2  # of the picture's 2 by 2, for a point and its label
MARGIN = 6  # pixels between labels
DPI = 110

Numbers = NDArray[np.float64]
Edges = list[tuple[int, int, int]]


def draw_graph(graph: Graph, cores: Mask, path: Path) -> None:
    """The core points of highest degree, and the points that share most problems with them, as a PNG."""
    shown = around(graph, cores)
    edges = heaviest(graph, shown)
    at = laid_out(shown, edges)
    figure = Figure(figsize=(14, 10), dpi=DPI, layout="constrained")
    axes = figure.add_subplot()
    most = max((weight for _, _, weight in edges), default=1)
    for a, b, weight in sorted(edges, key=lambda edge: edge[2]):
        strength = (weight / most) ** 0.5
        axes.plot(*zip(at[a], at[b], strict=True), color=PALE, lw=0.6 + 4.4 * strength, alpha=0.35 + 0.5 * strength)
    places = np.array([at[point] for point in shown])
    areas = 60 + 840 * graph.degree[shown] / graph.degree[shown].max(initial=1)
    colors = [WARM if cores[point] else COOL for point in shown]
    axes.scatter(places[:, 0], places[:, 1], s=areas, c=colors, edgecolors="white", linewidths=1.2, zorder=2)
    for color, name in ((WARM, "core"), (COOL, "not core")):
        axes.scatter([], [], s=120, c=color, label=name)
    axes.legend(frameon=False, loc="upper left", ncols=2, fontsize=11)
    said = f"{len(shown)} of {len(graph.points):,} knowledge points, around those of highest degree"
    axes.set_title(f"{said}\na disc by its degree, a line by the problems shared", fontsize=13, color=DARK)
    axes.set_axis_off()
    axes.margins(0.08)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")  # it is drawn as a box
        write_labels(figure, axes, [label(graph.points[point]) for point in shown], places, areas)
        save(figure, path)


def around(graph: Graph, cores: Mask) -> Whole:
    """The numbers of some core points (of all, where none is core), and of those that share most problems with them."""
    able = cores if cores.any() else np.ones(len(graph.points), bool)
    ranked = np.argsort(-np.where(able, graph.degree, -1), kind="stable")
    chosen = dict.fromkeys(ranked[: min(CORES, int(able.sum()))].tolist())
    queues = [neighbours_by_weight(graph, point) for point in chosen]
    for turn in range(max(map(len, queues), default=0)):  # in turns, so that each has some of its own
        for queue in queues:
            if turn < len(queue) and len(chosen) < SHOWN:
                chosen.setdefault(queue[turn])
    return np.array(sorted(chosen), np.int64)


def neighbours_by_weight(graph: Graph, point: int) -> list[int]:
    """The points that a point is joined to, those first that share most problems with it."""
    start, end = graph.adjacency.indptr[point : point + 2]
    weight = graph.weight[graph.adjacency.data[start:end]]
    found: list[int] = graph.neighbours(point)[np.argsort(-weight, kind="stable")].tolist()
    return found


def heaviest(graph: Graph, shown: Whole) -> Edges:
    """Of the edges between the points shown those that are among the heaviest of one of their ends."""
    inside = np.flatnonzero(np.isin(graph.a, shown) & np.isin(graph.b, shown))
    order = inside[np.argsort(-graph.weight[inside], kind="stable")]
    edges: Edges = []
    drawn: Counter[int] = Counter()
    for edge in order.tolist():
        a, b = int(graph.a[edge]), int(graph.b[edge])
        if min(drawn[a], drawn[b]) < NEAREST:
            drawn.update((a, b))
            edges.append((a, b, int(graph.weight[edge])))
    return edges


def laid_out(shown: Whole, edges: Edges) -> dict[int, Numbers]:
    """A place for each point: springs along the edges, then spread until the picture is evenly filled."""
    made: nx.Graph[int] = nx.Graph()
    made.add_nodes_from(shown.tolist())
    made.add_weighted_edges_from((a, b, weight**0.5) for a, b, weight in edges)
    found = nx.spring_layout(made, k=2.5 / max(len(shown), 1) ** 0.5, iterations=200, seed=1)
    places = np.array([found[point] for point in shown.tolist()])
    ranks = places.argsort(axis=0).argsort(axis=0) / max(len(places) - 1, 1) * 2 - 1
    spread = 0.45 * places + 0.55 * ranks
    spread = apart(spread, np.full(places.shape, ROOM), spread[:0], np.zeros(0))
    return dict(zip(shown.tolist(), spread, strict=True))


def label(point: str) -> str:
    """A point in few letters, on short lines."""
    text = " ".join(point.split())
    text = text if len(text) <= LONG else text[: LONG - 1].rstrip() + "…"
    return "\n".join(textwrap.wrap(text, WIDE))


def write_labels(figure: Figure, axes: Axes, names: list[str], places: Numbers, areas: Numbers) -> None:
    """Each label near its point, none upon another; dollar signs are no formula here: a broken one would end the run."""
    texts = [
        axes.text(x, y, name, ha="center", va="center", fontsize=9.5, color=DARK, parse_math=False, zorder=3)
        for (x, y), name in zip(places.tolist(), names, strict=True)
    ]
    for text in texts:
        text.set_path_effects([withStroke(linewidth=2.5, foreground="white")])
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in texts]
    sizes = np.array([[box.width, box.height] for box in boxes]) + MARGIN
    pixels = axes.transData.transform(places)
    radii = np.sqrt(areas / np.pi) * DPI / 72
    below = pixels - np.stack([np.zeros(len(radii)), radii + sizes[:, 1] / 2], axis=1)
    centres = axes.transData.inverted().transform(apart(below, sizes, pixels, radii))
    for text, centre in zip(texts, centres, strict=True):
        text.set_position(centre)


def draw_distributions(graph: Graph, cores: Mask, path: Path) -> None:
    """How many points have so many neighbours or more, and how many edges weigh so much or more, as a PNG."""
    figure = Figure(figsize=(12, 4.8), dpi=DPI, layout="constrained")
    left, right = figure.subplots(1, 2)
    steps(left, graph.degree[graph.degree > 0], COOL)
    left.set(xlabel="degree", ylabel="points of this degree or more", title=f"{len(graph.points):,} knowledge points")
    if cores.any() and (cut := int(graph.degree[cores].min())):
        left.axvline(cut, color=WARM, lw=1.5, label=f"core: {int(cores.sum()):,} of degree {cut:,} or more")
        left.legend(frameon=False)
    steps(right, graph.weight, COOL)
    right.set(xlabel="weight: problems shared", ylabel="edges of this weight or more", title=f"{len(graph.a):,} edges")
    save(figure, path)


def steps(axes: Axes, values: Whole, color: str) -> None:
    """How many values are as large as each of them, or larger, on logarithmic axes."""
    found, counts = np.unique(values, return_counts=True)
    axes.step(found, counts[::-1].cumsum()[::-1], where="pre", color=color, lw=2)
    axes.scatter(found, counts[::-1].cumsum()[::-1], s=14, color=color)
    axes.set(xscale="log", yscale="log")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=PALE, alpha=0.35)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter("{x:,.0f}")


def save(figure: Figure, path: Path) -> None:
    """A PNG that says neither when nor by which version it was made."""
    figure.savefig(path, metadata={"Software": None})
