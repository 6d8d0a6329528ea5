"""Rows with knowledge points -> their graph and all combinations of its points, as a finished folder (GSDP, section 2.4).

    id, knowledge_points -> nodes: knowledge_point, degree, problems, core;  edges: a, b, weight
                            one_hop, two_hop, three_hop, community: id, knowledge_points, hop, weight

    python -m graph.combinations --rows data/vocabulary --output data/combinations

All are counted before any is written. They are written in drawing order: the first N of a kind are those that
`--quota N` writes. Beside the rows stand graph.graphml and two pictures.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import yaml
from datasets import Features, List, Value

from builders import VERSION
from builders.commands import command, option, parse
from builders.errors import CheckFailed, UserError
from builders.folder import Folder, finished
from builders.place import check_output
from builders.row import Row
from builders.screen import say
from graph.edges import EDGES, edges
from graph.graphml import write_graphml
from graph.kinds import GRIP, GSDP, HOPS, Rules, count_of
from graph.kprg import CORE_SHARE, Graph, Mask, build, core, node_values
from graph.ordering import WINDOW, Drawn, ids, ordered, spilled
from graph.pictures import draw_distributions, draw_graph
from graph.problems import REJECTED, Problems, read

NODES = Features(
    {"knowledge_point": Value("string"), "degree": Value("int32"), "problems": Value("int32"), "core": Value("bool")}
)
COMBINATIONS = Features(
    {"id": Value("string"), "knowledge_points": List(Value("string")), "hop": Value("string"), "weight": Value("int32")}
)
FEATURES = {"nodes": NODES, "edges": EDGES, **dict.fromkeys(HOPS, COMBINATIONS), "rejected": REJECTED}
RULES = {"gsdp": GSDP, "grip": GRIP}
GROUP_ROWS = 10_000  # rows are small here: with as few as elsewhere, footers would outweigh them


@dataclass(frozen=True)
class Recipe:
    """What `python -m graph.combinations` is told."""

    rows: str = option(
        "data/vocabulary", "rows with id and knowledge_points: a Hub id, a local file or folder", metavar="ROWS"
    )
    output: str = option("data/combinations", "the finished folder to write", metavar="DIR")
    core_share: float = option(CORE_SHARE, "the share of points, those of highest degree, that are core")
    quota: int | None = option(None, "combinations of each kind, drawn by hash (default: all)", metavar="N")
    hops: list[str] = option(list(HOPS), f"kinds of combinations, of {', '.join(HOPS)}", metavar="HOP")
    rules: str = option("gsdp", "what counts as a combination: gsdp or grip", metavar="NAME")
    seed: int = option(0, "another seed draws in another order")
    limit: int | None = option(None, "the first so many rows", metavar="N")


def main(argv: Sequence[str]) -> None:
    """Rows in, a finished folder of their graph and its combinations out."""
    recipe = parse(Recipe, argv, "graph.combinations", "The graph of knowledge points, and all combinations of them.")
    rules, hops = _checked(recipe)
    check_output(recipe.output)
    problems = read(recipe.rows, recipe.limit)
    start = time.perf_counter()
    graph = build(problems.kept)
    counts = {hop: count_of(graph, hop, rules) for hop in hops}
    listing = time.perf_counter() - start
    told = _told(problems, graph, core(graph, rules.core_share), counts)
    _say(told)
    start = time.perf_counter()
    with finished(Path(recipe.output), FEATURES, list(HOPS), "combinations", GROUP_ROWS) as folder:
        written = _write(folder, graph, problems, recipe, rules, hops)
        seconds = {"list": round(listing, 3), "write": round(time.perf_counter() - start, 3)}
        folder.put("run.json", json.dumps(told | {"written": written, "seconds": seconds}, indent=2) + "\n")
        again = {name: value for name, value in asdict(recipe).items() if name != "output"}
        folder.put("recipe.yaml", yaml.safe_dump(again, sort_keys=False))
    if not problems.kept:
        raise CheckFailed(f"no row of {recipe.rows} can be used; `rejected` in {recipe.output} says why")
    for hop in [hop for hop in hops if written[hop]][:1]:
        say(f'load_dataset("{recipe.output}", "{hop}", split="train")')


def _checked(recipe: Recipe) -> tuple[Rules, list[str]]:
    """The rules and kinds that a recipe means."""
    if recipe.rules not in RULES:
        raise UserError(f"there are no rules '{recipe.rules}'; there are {', '.join(RULES)}")
    unknown = [hop for hop in recipe.hops if hop not in HOPS]
    if unknown or not recipe.hops:
        raise UserError(f"there is no kind of combination '{', '.join(unknown)}'; there are {', '.join(HOPS)}")
    if recipe.quota is not None and recipe.quota < 1:
        raise UserError(f"the quota is {recipe.quota}; it must be 1 or more, or left out for all combinations")
    if not 0 <= recipe.core_share <= 1:
        raise UserError(f"the share of core points is {recipe.core_share}; it must be between 0 and 1")
    return replace(RULES[recipe.rules], core_share=recipe.core_share), [hop for hop in HOPS if hop in recipe.hops]


def _told(problems: Problems, graph: Graph, cores: Mask, counts: dict[str, tuple[int, int]]) -> Row:
    """What run.json says of rows and graph."""
    reasons = Counter(row["reason"] for row in problems.rejected)
    rows = {"in": len(problems.kept) + len(problems.rejected), "kept": len(problems.kept), "rejected": dict(reasons)}
    degree = int(graph.degree[cores].min()) if cores.any() else None
    made: Row = {
        "mathloom": VERSION,
        "kind": "combinations",
        "rows": rows,
        "points": {"nodes": len(graph.points), "edges": len(graph.a), "core": int(cores.sum()), "core_degree": degree},
        "counts": {hop: number for hop, (number, _) in counts.items()},
    }
    if "one_hop" in counts:
        made["one_hop_repeated"] = counts["one_hop"][1]
    if problems.blank:
        made["blank_points"] = problems.blank
    return made


def _say(told: Row) -> None:
    """The same for the screen."""
    rows, points = told["rows"], told["points"]
    lost = ", ".join(f"{number:,} {reason}" for reason, number in sorted(rows["rejected"].items())) or "none"
    blank = f"; {told['blank_points']:,} points without a text left out" if "blank_points" in told else ""
    say(f"{rows['kept']:,} problems; rejected: {lost}{blank}")
    cut = (
        f"{points['core']:,} of them core, of degree {points['core_degree']:,} or more" if points["core"] else "no core"
    )
    say(f"{points['nodes']:,} knowledge points ({cut}), {points['edges']:,} edges")
    for hop, number in told["counts"].items():
        repeated = f" ({told['one_hop_repeated']:,} as often as they weigh)" if hop == "one_hop" and number else ""
        say(f"{hop:10} {number:>15,}{repeated}")


def _write(
    folder: Folder, graph: Graph, problems: Problems, recipe: Recipe, rules: Rules, hops: Sequence[str]
) -> dict[str, int]:
    """Everything below the folder but its run.json; how many combinations of each kind were written."""
    cores = core(graph, rules.core_share)
    names = graph.points
    folder.write(
        "nodes",
        [{"knowledge_point": name, **of} for name, of in zip(names, node_values(graph, cores), strict=True)],
    )
    for some in edges(graph):
        folder.write("edges", some)
    folder.write("rejected", problems.rejected)
    written = {}
    for hop in hops:
        with tempfile.TemporaryDirectory(dir=folder.path) as spill:
            written[hop] = 0
            for rows in combinations(graph, hop, rules, recipe.seed, recipe.quota, Path(spill)):
                folder.write(hop, rows)
                written[hop] += len(rows)
    if names:
        write_graphml(graph, cores, folder.path / "graph.graphml")
    if len(graph.a):
        draw_graph(graph, cores, folder.path / "graph.png")
        draw_distributions(graph, cores, folder.path / "distributions.png")
    return written


def combinations(
    graph: Graph, hop: str, rules: Rules, seed: int, quota: int | None, spill: Path
) -> Iterator[list[Row]]:
    """The rows of a kind in drawing order, some at a time: the first `quota`, or all, by way of files in `spill`."""
    some = None if quota is None else ordered(graph, hop, rules, seed, window=min(WINDOW, quota))
    blocks = spilled(graph, hop, rules, seed, spill) if some is None else some
    left = quota
    for block in blocks:
        for start in range(0, len(block.weight), GROUP_ROWS):
            part = Drawn(*(column[start : start + GROUP_ROWS][:left] for column in block))
            yield _rows(graph, hop, part)
            left = None if left is None else left - len(part.weight)
            if left == 0:
                return


def _rows(graph: Graph, hop: str, block: Drawn) -> list[Row]:
    columns = (ids(graph, hop, block.points), block.points.tolist(), block.weight.tolist())
    return [
        {"id": name, "knowledge_points": [graph.points[n] for n in points if n >= 0], "hop": hop, "weight": weight}
        for name, points, weight in zip(*columns, strict=True)
    ]


if __name__ == "__main__":
    command(main)
