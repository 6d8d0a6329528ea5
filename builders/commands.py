"""Every command: the flags of a recipe (builders.recipe), and its exit code.

    dataclass + `--config FILE.yaml` + flags -> the recipe, filled in; errors -> one sentence and an exit code

Each top-level scalar or list of a recipe is also a flag, and flags win. This is argparse over dataclasses and no
library: what we tried took no `--styles a b`, and answered an unknown key without naming the known ones.
"""

import argparse
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
from builders.memory import MACHINE, bound
from builders.plain import check_plain
from builders.recipe import load, read_recipe
from builders.screen import mute, open_streams, say

T = TypeVar("T")
TORCH = "pip install torch==2.13.0, then "  # alone, or gigabytes of CUDA come along
EXTRAS = {  # of setup.cfg: what comes first, and the packages that are missing without it
    "train": (TORCH, ("torch", "transformers", "trl", "accelerate", "peft", "lm_eval", "tenacity")),
}
NO_THREAD = "can't start new thread"  # what Python says of it in a RuntimeError
PLAIN = {int: "N", float: "NUMBER", str: "TEXT"}  # what --help calls a value that has no name of its own


def option(default: Any, text: str, **more: Any) -> Any:
    """A field of a recipe: its default and what `--help` says of it; `flag=False` keeps it out of the flags."""
    metadata = {"help": text, **more}
    if isinstance(default, (list, dict)):
        return dataclasses.field(default_factory=lambda: type(default)(default), metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


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
    for field in dataclasses.fields(recipe):
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


def command(main: Callable[[Sequence[str]], None], memory: int | None = MACHINE) -> NoReturn:
    """Runs a command's main and ends the process with its exit code and, where it failed, one sentence.

    `memory`: bytes that it may take; None for what computes on an accelerator, whose drivers reserve more than they take.
    """
    code, most = 0, bound(memory)
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
        code = _memory(most)
    except RuntimeError as problem:
        if NO_THREAD not in str(problem):
            raise
        code = _memory(most)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            mute(stream)
    sys.exit(code)


def _memory(most: int | None) -> int:
    of = f" of the {most / 2**30:,.1f} GiB" if most is not None else ""
    said = f"no memory is left{of} that this process may have, or no thread: what it reads needs more, or was made to"
    say(
        f"mathloom: {said}; nothing that was paid for is lost, and where there is more memory the same command goes on",
        error=True,
    )
    return WorldError.code


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
