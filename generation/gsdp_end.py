"""What a GSDP run says at its end: run.json, the tables on the screen, and the line that loads the result.

recipe, run, yields -> the words; what was not reached is an error
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from builders.contamination import Shared
from builders.errors import CheckFailed
from builders.reasons import GSDP
from builders.screen import say, show
from generation.gsdp_recipe import Gsdp
from generation.judge import Panel
from generation.vocabulary import Names
from generation.yields import Yields, costs
from graph.kinds import HOPS
from graph.kprg import Graph

if TYPE_CHECKING:
    from generation.run import Run


def told(recipe: Gsdp, graph: Graph, names: Names, of: Panel, yields: Yields, shared: Shared) -> dict[str, Any]:
    """What run.json says of a run beside what it says of every run."""
    return {
        "until": recipe.until,
        "benchmarks": list(shared.benchmarks),
        "graph": {"points": len(graph.points), "edges": len(graph.a)},
        "similarity": dict(names.spread),
        "panel": [
            {"judge": name, "also": of.alike.get(name, []), "model": model.name, "weight": round(weight, 6)}
            for name, model, weight in of.judges
        ],
        "counts": yields.said(),
        "contamination": shared.said() if shared.benchmarks else None,
    }


def ended(recipe: Gsdp, run: "Run", of: Panel, yields: Yields, shared: Shared, output: Path) -> None:
    """The tables, and the line that loads the result; what was not reached is an error."""
    show(*yields.tables(recipe.hops))
    if shared.rows:
        show(shared.table("problems"))
    for reason in (reason for reason in GSDP if any(reasons[reason] for reasons in yields.units.values())):
        say(f"  {reason}: {GSDP[reason]}")
    say(f"a panel of {len(of.judges)}: {', '.join(of.names)}{_alike(of)}")
    dollars = run.purse.held + run.purse.cost() if run.purse.known else None
    show(costs(yields.kept, yields.units["seed"].total(), dollars))
    if missing := yields.units["problem"]["no_answer"]:
        say(f"{missing:,} problems have no answer yet; the same command asks again, and rows behind them may give way")
    if recipe.until is not None:
        say(f"ended after {recipe.until}, as --until says; {output} holds what there is")
        return
    if not yields.kept and not recipe.from_ledger:
        raise CheckFailed(f"nothing was kept; {output} holds the rejected rows with their reasons")
    best = next((hop for hop in HOPS if yields.hops[hop][""]), None)
    if best:
        say(f'\nfrom datasets import load_dataset\nrows = load_dataset("{output}", "{best}")["train"]')
    if recipe.target and yields.kept < recipe.target and not recipe.from_ledger:
        raise CheckFailed(
            f"{yields.kept} rows were kept of the {recipe.target} that were wanted, {_why(recipe, yields)}; {output} holds them"
        )


def _alike(of: Panel) -> str:
    """Which judges are none of their own."""
    same = [
        f"{', '.join(others)} {'is' if len(others) == 1 else 'are'} {name} again" for name, others in of.alike.items()
    ]
    return f" ({'; '.join(same)}: one model, asked in one way)" if same else ""


def _why(recipe: Gsdp, yields: Yields) -> str:
    """Why a target was not reached."""
    drawn = yields.units["problem"].total()
    if yields.barren:
        return f"and the last {yields.barren:,} that were drawn gave none"
    more = "a larger --quota allows more" if recipe.quota else "more seeds give more"
    return f"of all {drawn:,} combinations that may be drawn; {more}"
