"""Texts and YAML that somebody else may have made, within bounds; what a recipe or a prompt's front matter says is what JSON can say, and no more.

a file, a text -> the text, mappings, lists, texts, numbers, true, false, null; or one sentence that says where it holds something else
"""

import math
from pathlib import Path
from typing import Any

import yaml

from builders.errors import UserError

LARGEST = 1_000_000  # characters, aliases written out
FILE = 16 << 20  # bytes of a file that is read as a whole: a recipe, a prompt, a card, a run.json
DEEPEST = 50  # lists and mappings within one another
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a card's columns are many lines
MERGE = "tag:yaml.org,2002:merge"


class _Unique(yaml.SafeLoader):
    """Safe YAML in which a key that stands twice is an error: the first value would be lost in silence."""


def _mapping(loader: _Unique, node: yaml.MappingNode) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in node.value:
        if key.tag == MERGE:
            wrong = "'<<' merges mappings, which is not done here; write its keys out"
            raise yaml.constructor.ConstructorError(None, None, wrong, key.start_mark)
        name = loader.construct_object(key, deep=True)
        if not isinstance(name, str):
            wrong = f"a key is of the type {type(name).__name__}; put it in quotes"
            raise yaml.constructor.ConstructorError(None, None, wrong, key.start_mark)
        if name in made:
            raise yaml.constructor.ConstructorError(None, None, f"the key {name!r} stands twice", key.start_mark)
        made[name] = loader.construct_object(value, deep=True)
    return made


_Unique.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def text_of(path: Path, where: str, errors: str = "strict") -> str:
    """The text of a file that somebody else may have made. UserError where it is none, larger than FILE, or no UTF-8."""
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise UserError(f"{where} is no file; put one there")
    with path.open("rb") as file:
        data = file.read(FILE + 1)
    if len(data) > FILE:
        raise UserError(f"{where} is larger than {FILE >> 20} MiB; no such file is: name another one")
    try:
        text = data.decode(errors=errors)
    except UnicodeDecodeError as problem:
        raise UserError(f"{where} is not UTF-8 text: {problem.reason} at byte {problem.start}") from problem
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_yaml(text: str, where: str) -> Any:
    """What a YAML text holds, with every error as one sentence."""
    if len(text) > LARGEST:
        raise UserError(f"{where} is too large: it has {len(text):,} characters, and {LARGEST:,} are all")
    try:
        made = yaml.load(text, Loader=_Unique)
    except RecursionError as problem:
        raise UserError(
            f"{where} is nested too deeply; {DEEPEST} lists and mappings within one another is all"
        ) from problem
    # The others are PyYAML's own, where a tag (!!int, !!timestamp) does not fit its value.
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, ArithmeticError) as problem:
        mark = getattr(problem, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        wrong = " ".join(str(getattr(problem, "problem", None) or problem).split())
        raise UserError(f"{where} is not YAML{line}: {wrong}") from problem
    check_plain(made, where)
    return made


def bounded(text: str, loader: Any = LOADER) -> Any:
    """What somebody else's YAML holds. Raises YAMLError, also where it is nested so deeply that libyaml would end the process, or its
    aliases never end; and ValueError for a date that is none."""
    depth = 0
    for event in yaml.parse(text, loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.YAMLError(f"over {DEEPEST} lists and mappings stand within one another")
    made = yaml.load(text, loader)
    waiting, left = [made], LARGEST
    while waiting:
        value = waiting.pop()
        waiting += value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        left -= 1 + (len(value) // 16 if isinstance(value, str) else 0)
        if left < 0:
            raise yaml.YAMLError(
                f"written out, its aliases are over {LARGEST:,} values, a text being one for each 16 characters"
            )
    return made


def check_plain(value: Any, where: str) -> None:
    """Raises `UserError` where a value is none that JSON can hold, or not in UTF-8, or where aliases make it endless."""
    waiting, left = [(value, where, 0)], LARGEST
    while waiting:
        value, place, depth = waiting.pop()
        left -= 1 + (len(value) if isinstance(value, str) else 0)
        if left < 0 or depth > DEEPEST:
            raise UserError(
                f"{where} is too large: {LARGEST:,} characters, aliases written out, and a depth of {DEEPEST} are all"
            )
        if isinstance(value, dict):
            waiting += [(name, place, depth) for name in value]
            waiting += [(item, f"{place}: {ascii(name)[1:-1]}", depth + 1) for name, item in value.items()]
        elif isinstance(value, (list, tuple)):
            waiting += [(item, place, depth + 1) for item in value]
        elif wrong := _wrong(value):
            raise UserError(f"{place} holds {wrong}")


def _wrong(value: Any) -> str | None:
    if isinstance(value, str):
        if "\0" in value:
            return f"{ascii(value)[:80]}, in which a NUL stands; no name and no prompt has one"
        return None if _is_text(value) else f"{ascii(value)[:80]}, which cannot be written in UTF-8"
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{value}; it must be a finite number"
    if value is None or isinstance(value, int):
        return None if abs(value or 0) < 2**63 else "a number beyond 64 bits"
    return f"a value of the type {type(value).__name__}, which JSON does not know; put it in quotes"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
