"""The command `mathloom`: a command of any folder by its last name, so that nobody needs to know where it stands.

mathloom mind --config mind-today ... is python -m generation.mind --config mind-today ...
mathloom --version
"""

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

from builders import VERSION
from builders.commands import lacking
from builders.screen import say

HOUSE = Path(__file__).parent.parent
FOLDERS = ("generation", "builders", "graph", "cards", "train")
IS_ONE = "\n    command(main"  # how the last line of every command begins


def commands() -> Iterator[tuple[str, str]]:
    """Every command's name and the folder that it stands in."""
    for folder in FOLDERS:
        for file in sorted((HOUSE / folder).glob("*.py")):
            if IS_ONE in file.read_text(encoding="utf-8"):
                yield file.stem, folder


def main() -> None:
    """Runs what the first word names; without one, or with another, the names are said and the exit code is 2."""
    known = dict(commands())
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in ("-h", "--help"):
        say(f"mathloom COMMAND ...: {', '.join(sorted(known))}; each explains itself by --help")
        return
    if name == "--version":
        say(f"mathloom {VERSION}")
        return
    if name not in known:
        asked = f"there is no command '{name}'" if name else "no command is named"
        say(f"mathloom: {asked}; there are {', '.join(sorted(known))}; each explains itself by --help", error=True)
        sys.exit(2)
    del sys.argv[0]
    try:
        runpy.run_module(f"{known[name]}.{name}", run_name="__main__", alter_sys=True)
    except ModuleNotFoundError as problem:  # of a command that cannot be read without its extra
        say(f"mathloom: {lacking(problem)}", error=True)
        sys.exit(2)
