"""A recipe: a frozen dataclass, filled in from a mapping or a YAML file, each of its keys known and each value of its type.

{"limit": 10} -> Mind(limit=10); {"limt": 10} -> UserError, which names what is known
"""

import contextlib
import dataclasses
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

from builders.errors import UserError
from builders.plain import check_plain, read_yaml, text_of

T = TypeVar("T")
RUNS_CODE = "trust_remote_code"  # TRL's, and nothing for a file that somebody else may have written


def load(recipe: type[T], values: Any, where: str) -> T:
    """A dataclass from a mapping; an unknown key or a wrong type is a `UserError` that names what is known."""
    if not isinstance(values, dict):
        raise UserError(f"{where} holds {_shown(values)}; it must be a mapping of keys to values")
    hints = typing.get_type_hints(recipe)
    known = {f.name: f for f in dataclasses.fields(typing.cast(Any, recipe))}
    unknown = [str(name) for name in values if name not in known]
    if unknown:
        raise UserError(f"{where} has the unknown key {unknown[0][:80]!r}; known are {', '.join(sorted(known))}")
    filled = {name: _typed(value, hints[name], f"{where}: {name}") for name, value in values.items()}
    missing = [
        name
        for name, f in known.items()
        if name not in filled and f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing:
        raise UserError(f"{where} lacks the key '{missing[0]}'; known are {', '.join(sorted(known))}")
    return recipe(**filled)


def _typed(value: Any, hint: Any, where: str) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint is Any:
        check_plain(value, where)
        return value
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in inner:
            return None
        return _typed(value, next(kind for kind in inner if kind is not type(None)), where)
    if origin is list:
        if not isinstance(value, (list, tuple)):
            raise UserError(f"{where} holds {_shown(value)}; it must be a list")
        return [_typed(item, inner[0], where) for item in value]
    if origin is dict:
        if not isinstance(value, dict):
            raise UserError(f"{where} holds {_shown(value)}; it must be a mapping")
        return {str(name): _typed(item, inner[1], f"{where}: {ascii(name)[1:-1]}") for name, item in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return value if isinstance(value, hint) else load(hint, value if value is not None else {}, where)
    return _scalar(value, hint, where)


def _scalar(value: Any, hint: Any, where: str) -> Any:
    check_plain(value, where)
    if hint is float and isinstance(value, (int, str)) and not isinstance(value, bool):
        with contextlib.suppress(ValueError):  # PyYAML reads 5e-6 as a string
            return float(value)
    if isinstance(value, hint) and not (hint is int and isinstance(value, bool)):
        return value
    names = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
    raise UserError(f"{where} holds {_shown(value)}; it must be {names.get(hint, hint)}")


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def read_recipe(name: str, folder: Path | None = None) -> dict[str, Any]:
    """The mapping in a recipe's file; a bare name is looked up in `folder`, where our own recipes stand."""
    path = Path(name)
    ours = sorted(p.stem for p in folder.glob("*.yaml")) if folder else []
    if not path.is_file() and folder and path.name.removesuffix(".yaml") in ours and len(path.parts) == 1:
        path = folder / f"{path.name.removesuffix('.yaml')}.yaml"
    if not path.is_file():
        also = f"; our own recipes are {', '.join(ours)}" if ours else ""
        raise UserError(f"there is no recipe file {name}{also}")
    values = read_yaml(text_of(path, f"the recipe {name}"), f"the recipe {name}")
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise UserError(f"the recipe {name} holds {_shown(values)}; it must be a mapping of keys to values")
    if _says(values, RUNS_CODE):
        raise UserError(
            f"the recipe {name} says {RUNS_CODE}, which runs whatever comes with a model; say it as a flag, --{RUNS_CODE}, where you trust it"
        )
    return values


def _says(value: Any, key: str) -> bool:
    if isinstance(value, dict):
        return bool(value.get(key)) or any(_says(inner, key) for inner in value.values())
    return isinstance(value, list) and any(_says(inner, key) for inner in value)
