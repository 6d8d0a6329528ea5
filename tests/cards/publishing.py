"""What the tests of publishing share: finished folders, a process that publishes them to a loopback Hub, and one that loads from it.

    with Publisher(hub, home) as publisher: publisher.publish(folder, "me/mind", "v1.0") -> (exit code, what was said)

HF_ENDPOINT is read when huggingface_hub is imported, so both are processes of their own; one of each serves all tests of a file.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from datasets import Features, Value

from builders.folder import finished
from cards.card import write_card
from generation.replay import REPLIES
from tests.hub import Hub

TEXT = Value("string")
ROW = Features({"id": TEXT, "text": TEXT, "style": TEXT, "turns": [{"speaker": TEXT, "text": TEXT}], "model": TEXT})
TOKEN = "hf_" + "q" * 34
SERVE = """
import contextlib, io, json, os, sys
import cards.patience, cards.publish
from builders.errors import MathloomError
cards.patience.PAUSE = 0.05
for line in sys.stdin:
    argv, environment = json.loads(line)
    os.environ.update(environment)
    out, code = io.StringIO(), 0
    with contextlib.redirect_stdout(out):
        try:
            cards.publish.main(argv)
        except MathloomError as problem:
            code = problem.code
            print(problem)
        except SystemExit as problem:
            code = problem.code
    print("SAID", json.dumps([code, out.getvalue()]), flush=True)
"""
LOAD = """
import json, os, sys
from datasets import load_dataset
for line in sys.stdin:
    repo, config, revision, streaming, os.environ["HF_TOKEN"] = json.loads(line)
    try:
        said = list(load_dataset(repo, config, revision=revision, split="train", streaming=streaming))
    except Exception as problem:
        said = type(problem).__name__
    print("SAID", json.dumps(said), flush=True)
"""


def row(number: int, text: str = "Ann: It is $x^2$.", style: str = "debate", **more: Any) -> dict[str, Any]:
    """A row of MIND, as far as publishing looks at it."""
    turns = [{"speaker": "Ann", "text": text}]
    return {"id": f"d/{number}/{style}", "text": text, "style": style, "turns": turns, "model": "maker/model", **more}


def rows(count: int, style: str = "debate", start: int = 0) -> list[dict[str, Any]]:
    return [row(number, f"Ann: It is ${number}$.", style) for number in range(start, start + count)]


def folder(
    place: Path, configs: dict[str, list[dict[str, Any]]], recipe: str = "license: odc-by\n", **run: Any
) -> Path:
    """A finished folder with these rows."""
    features = {name: REPLIES if name == "replies" else ROW for name in configs}
    with finished(
        place, features, [name for name in configs if name != "replies"], "rows", group_rows=5, file_groups=2
    ) as made:
        for name, given in configs.items():
            made.write(name, given)
        made.put("recipe.yaml", recipe)
        made.put("run.json", json.dumps({"mathloom": "0", "kind": "rows", **run}))
    write_card(place)
    return place


class Process:
    """A process that answers a line with a line."""

    def __init__(self, code: str, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
        )

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def ask(self, *words: Any) -> Any:
        """What it says to these words."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("SAID "):
                return json.loads(line.removeprefix("SAID "))
        raise AssertionError("the process has ended")


class Publisher(Process):
    """Publishes, as the command does, with pauses that are short."""

    def __init__(self, hub: Hub, home: Path) -> None:
        super().__init__(SERVE, hub.environment(home, HF_TOKEN=TOKEN))

    def publish(self, folder: Path, repo: str, version: str, *more: str, **environment: str) -> tuple[int, str]:
        """The exit code, and what was said."""
        words = [str(folder), "--repo", repo, "--version", version, "--patience", "20", *more]
        code, said = self.ask(words, {"HF_TOKEN": TOKEN, **environment})
        return code, said


class Loader(Process):
    """Loads with `datasets`, in a process that never saw a folder."""

    def __init__(self, hub: Hub, home: Path) -> None:
        super().__init__(LOAD, hub.environment(home, HF_HUB_DISABLE_PROGRESS_BARS="1"))

    def load(
        self,
        repo: str,
        config: str | None = None,
        revision: str | None = None,
        *,
        streaming: bool = False,
        token: str = "",
    ) -> Any:
        """The rows, or the name of what was raised."""
        return self.ask(repo, config, revision, streaming, token)
