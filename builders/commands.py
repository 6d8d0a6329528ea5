"""Every command: one recipe (a frozen dataclass), its YAML file and its flags, its exit code.

    dataclass + `--config FILE.yaml` + flags -> the recipe, filled in; errors -> one sentence and an exit code

Each top-level scalar or list of a recipe is also a flag, and flags win. This is argparse over dataclasses and no
library: what we tried took no `--styles a b`, and answered an unknown key without naming the known ones.
"""

import argparse
import contextlib
import dataclasses
import errno
import os
import shlex
import signal
import sqlite3
import sys
import tempfile
import types
import typing
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from builders.errors import SAFE, Interrupted, MathloomError, UserError, WorldError
from builders.plain import check_plain, read_yaml, text_of
from builders.screen import mute, open_streams, say

T = TypeVar("T")
RUNS_CODE = "trust_remote_code"  # TRL's, and nothing for a file that somebody else may have written
TORCH = "pip install torch==2.13.0, then "  # alone, or gigabytes of CUDA come along
EXTRAS = {  # of setup.cfg: what comes first, and the packages that are missing without it
    "train": (TORCH, ("torch", "transformers", "trl", "accelerate", "peft", "lm_eval", "requests")),
}

PLAIN = {int: "N", float: "NUMBER", str: "TEXT"}  # what --help calls a value that has no name of its own


def option(default: Any, text: str, **more: Any) -> Any:
    """A field of a recipe: its default and what `--help` says of it; `flag=False` keeps it out of the flags."""
    metadata = {"help": text, **more}
    if isinstance(default, (list, dict)):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


def load(recipe: type[T], values: Any, where: str) -> T:
    """A dataclass from a mapping; an unknown key or a wrong type is a `UserError` that names what is known."""
    if not isinstance(values, dict):
        raise UserError(f"{where} holds {_shown(values)}; it must be a mapping of keys to values")
    hints = typing.get_type_hints(recipe)
    known = {f.name: f for f in _fields(recipe)}
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


def _fields(recipe: Any) -> tuple[dataclasses.Field[Any], ...]:
    return dataclasses.fields(recipe)


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


def parse(
    recipe: type[T],
    argv: Sequence[str],
    module: str,
    about: str,
    folder: Path | None = None,
    alias: dict[str, str] | None = None,
) -> T:
    """The recipe that `--config` and the flags of a command line say; `alias` maps further spellings to a field."""
    return load(recipe, *said(recipe, argv, module, about, folder, alias))


def said(
    recipe: type[Any],
    argv: Sequence[str],
    module: str,
    about: str,
    folder: Path | None = None,
    alias: dict[str, str] | None = None,
) -> tuple[dict[str, Any], str]:
    """What `--config` and the flags say, without what they leave out, and where they say it."""
    parser = argparse.ArgumentParser(prog=called(module), description=about, allow_abbrev=False)
    parser.add_argument("--config", metavar="FILE.yaml", help="a recipe; flags win over what it says")
    hints = typing.get_type_hints(recipe)
    for field in _fields(recipe):
        if field.metadata.get("flag", True):
            _add_flag(parser, field, hints[field.name], alias or {})
    given = {name: value for name, value in vars(parser.parse_args(argv)).items() if value is not None}
    config = given.pop("config", None)
    values = read_recipe(config, folder) if config else {}
    for other, name in (alias or {}).items():
        if other in values:
            values.setdefault(name, values.pop(other))
    return {**values, **given}, f"the recipe {config}" if config else "the command line"


def called(module: str) -> str:
    """How a command is called, for its help: as it was, by the console's name or as a module."""
    short = Path(sys.orig_argv[1]).stem == "mathloom" if len(sys.orig_argv) > 1 else False
    return f"mathloom {module.rpartition('.')[2]}" if short else f"python -m {module}"


def _add_flag(parser: argparse.ArgumentParser, field: Any, hint: Any, alias: dict[str, str]) -> None:
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)] if _optional(hint) else [hint]
    kind = kinds[0]
    spellings = [field.name, *(other for other, name in alias.items() if name == field.name)]
    flags = [f"--{name.replace('_', '-')}" for name in spellings]
    text = field.metadata.get("help", "").replace("%", "%%")
    default = field.default if field.default is not dataclasses.MISSING else None
    if isinstance(default, (str, int, float)) and not isinstance(default, bool) and default != "":
        text += f" (default: {default})"
    metavar = field.metadata.get("metavar")
    if kind is bool:
        parser.add_argument(*flags, dest=field.name, action=argparse.BooleanOptionalAction, default=None, help=text)
    elif typing.get_origin(kind) is list:
        of = typing.get_args(kind)[0]
        parser.add_argument(
            *flags,
            dest=field.name,
            nargs="+",
            type=of if of in (int, float) else str,
            default=None,
            metavar=metavar,
            help=text,
        )
    elif kind in (str, int, float):
        parser.add_argument(*flags, dest=field.name, type=kind, default=None, metavar=metavar or PLAIN[kind], help=text)


def _optional(hint: Any) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


def lacking(problem: ModuleNotFoundError) -> UserError:
    """What to install where a package of an extra is not there. Raises the problem itself where it is none of these."""
    for extra, (first, packages) in EXTRAS.items():
        if (problem.name or "").partition(".")[0] in packages:
            return UserError(
                f"{problem.name} is not installed, which this needs: {first}pip install 'mathloom[{extra}]' (or -e '.[{extra}]')"
            )
    raise problem


def command(main: Callable[[Sequence[str]], None]) -> NoReturn:
    """Runs a command's main and ends the process with its exit code and, where it failed, one sentence."""
    code = 0
    open_streams()
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)
    try:
        check_plain(sys.argv[1:], "the command line")
        main(sys.argv[1:])
    except MathloomError as problem:
        say(f"mathloom: {problem}", error=True)
        code = problem.code
    except ModuleNotFoundError as problem:
        say(f"mathloom: {lacking(problem)}", error=True)
        code = UserError.code
    except KeyboardInterrupt:
        say("mathloom: interrupted", error=True)
        code = Interrupted.code
    except OSError as problem:
        code = _disk(problem)
    except sqlite3.DatabaseError as problem:  # a scratch file's, for the ledger has words of its own
        say(
            f"mathloom: a scratch file in {tempfile.gettempdir()} cannot be written or read: {problem}; {SAFE}",
            error=True,
        )
        code = WorldError.code
    except MemoryError:
        say(f"mathloom: no memory is left, or none that this process may have; {SAFE}", error=True)
        code = WorldError.code
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            mute(stream)
    sys.exit(code)


def typed(words: Sequence[str] | None = None) -> str:
    """The command as it was typed, to be pasted again; `words` stand for its flags."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    program = ["-m", spec.name.removesuffix(".__main__")] if spec else [os.path.basename(sys.argv[0])]
    return shlex.join(["python", *program, *(sys.argv[1:] if words is None else words)])


def now() -> str:
    """The wall clock, for people only: nothing is ever computed from it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _disk(problem: OSError) -> int:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.EIO):
        say(f"mathloom: {problem.strerror}: {problem.filename or 'while writing'}; {SAFE}", error=True)
        return WorldError.code
    say(f"mathloom: {problem.strerror or problem}: {problem.filename or ''}".rstrip(": "), error=True)
    return UserError.code
