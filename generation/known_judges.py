"""What is known of the judges of some rows: weights, what else a recipe says of them, and what asking each costs.

a recipe's judges, or those of the finished folder that the rows come from -> name -> weight, role, dollars
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from builders.errors import UserError
from builders.groups import rows_in
from builders.plain import bounded, text_of
from builders.recipe import load
from generation.judge import PROBLEM, SOLUTION
from generation.money import tokens_cost
from generation.panels import Judge
from generation.recipes import Price


@dataclass(frozen=True)
class Known:
    """`weights`: of every judge. `roles`: what a recipe says beside name and weight. `costs`: dollars of a problem and its
    solution; empty unless it is known of every judge. `said`: where the weights are from."""

    weights: Mapping[str, float]
    roles: Mapping[str, Mapping[str, Any]]
    costs: Mapping[str, float]
    said: str


def known_of(judges: Sequence[str], given: Sequence[Judge], rows: str) -> Known:
    """What is known of `judges`: from the command's own recipe, else from the folder. UserError where one has no weight."""
    folder, recipe, run = Path(rows), _read(Path(rows) / "recipe.yaml"), _read(Path(rows) / "run.json")
    listed = list(given) or [
        load(Judge, one, f"{folder / 'recipe.yaml'}: judges") for one in _listed(recipe.get("judges"))
    ]
    weights = {judge.name: judge.weight for judge in listed}
    if not given:  # judges that were one model have the weights of all
        weights |= _panel(folder, run.get("panel") or [])
    if not weights:
        said = "no recipe says what the judges weigh: all weigh the same"
        return Known(dict.fromkeys(judges, 1.0), {}, {}, said)
    for name in judges:
        if not 0 < weights.get(name, 1) < float("inf"):
            raise UserError(f"the judge {name} has the weight {weights[name]}; it must be above 0")
        if name not in weights:
            raise UserError(
                f"the rows have a judge {name}, and the recipe has no weight for it; it has {', '.join(weights)}"
            )
    roles = {judge.name: _shown(judge) for judge in listed}
    tokens = _tokens(folder)
    prices = {judge.name: judge.price for judge in listed}
    costs = {name: _cost(prices.get(name), tokens.get(name, {})) for name in judges}
    told = {name: value for name, value in costs.items() if value is not None}
    where = "the recipe" if given else f"{rows}"
    said = f"weights of {where}: " + ", ".join(f"{name} {weights[name]:g}" for name in judges)
    whole = len(told) == len(judges) and any(told.values())
    return Known({name: weights[name] for name in judges}, roles, told if whole else {}, said)


def _read(path: Path) -> dict[str, Any]:
    """A folder's recipe.yaml or run.json; empty where there is none."""
    if not path.is_file():
        return {}
    try:
        text = text_of(path, str(path))
        found = json.loads(text) if path.suffix == ".json" else bounded(text, yaml.SafeLoader)
    except (ValueError, RecursionError, yaml.YAMLError) as problem:
        raise UserError(f"{path} cannot be read: {problem}") from problem
    return found if isinstance(found, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _panel(folder: Path, panel: Any) -> dict[str, float]:
    """judge -> weight, of a run.json."""
    try:
        return {str(one["judge"]): float(one["weight"]) for one in panel}
    except (KeyError, TypeError, ValueError) as problem:
        raise UserError(
            f"{folder / 'run.json'}: panel is no list of judges with their weights; make the folder again, or name the judges in a recipe"
        ) from problem


def _tokens(folder: Path) -> dict[str, dict[str, tuple[float, float]]]:
    """judge -> question -> prompt and completion tokens of a reply on average, from the folder's replies."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    files = sorted((folder / "data" / "replies").glob("*.parquet"))
    for row in rows_in(files, ["step", "prompt_tokens", "completion_tokens"]):
        step, _, name = row["step"].partition("/")
        if step in (PROBLEM, SOLUTION) and None not in row.values():
            for at, more in enumerate((1, row["prompt_tokens"], row["completion_tokens"])):
                sums[name, step][at] += more
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for (name, step), (count, prompt, completion) in sums.items():
        found[name][step] = prompt / count, completion / count
    return found


def _cost(price: Price | None, tokens: Mapping[str, tuple[float, float]]) -> float | None:
    """Dollars of asking about a problem and its solution; None where price or tokens are not known."""
    if price is None or price.input is None or not tokens:
        return None
    return sum(tokens_cost(price, prompt, completion) for prompt, completion in tokens.values())


def _shown(judge: Judge) -> dict[str, Any]:
    """What a recipe says of a judge, without what it leaves as it is."""
    said, usual = asdict(judge), asdict(Judge())
    sampling = {key: value for key, value in said["sampling"].items() if value not in (None, [], {})}
    price = {
        key: value for key, value in (said["price"] or {}).items() if value is not None and (key, value) != ("gpus", 1)
    }
    more = {
        key: value for key, value in said.items() if value != usual[key] and key not in ("name", "weight", "endpoints")
    }
    return more | ({"sampling": sampling} if "sampling" in more else {}) | ({"price": price} if price else {})
