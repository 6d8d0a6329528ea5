"""What the tests of asking share: a question that anyone can read, and runs over a scripted server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from datasets import Dataset, Features, IterableDataset, Value

from builders.errors import Unreadable
from generation.ask import Ask, ask
from generation.prompts import Prompt, parse_prompt
from generation.recipes import Common, Role, Sampling
from generation.run import Run, running

TEXT = Value("string")
COLUMNS = Features({"id": TEXT, "text": TEXT})
PROMPT = parse_prompt("hint", "---\nkind: test\n---\nSay again: {{ text }}\n")


def read(text: str) -> dict[str, Any]:
    """The reply, unless it says that it cannot be read."""
    if "garbled" in text:
        raise Unreadable("unreadable", "garbled")
    return {"hint": text}


def rows(count: int, stream: bool = False) -> Any:
    """Rows with an id and a text of their own."""
    made = [{"id": str(i), "text": f"row {i}"} for i in range(count)]
    return (
        IterableDataset.from_generator(lambda: iter(made), features=COLUMNS)
        if stream
        else Dataset.from_list(made, features=COLUMNS)
    )


@contextmanager
def asking(
    folder: Path, url: str, *, sampling: Sampling | None = None, role: dict[str, Any] | None = None, **options: Any
) -> Iterator[Run]:
    """An open run over one server, with a ledger in `folder`."""
    said = Role(sampling=sampling or Sampling(max_tokens=64), **(role or {}))
    common = Common(
        endpoints=[url] if url else [], ledger=str(folder / "ledger.sqlite"), output=str(folder / "out"), **options
    )
    with running({"generator": said}, common, {"generator": ["hint"]}, "tests") as run:
        yield run


def hint(run: Run, prompt: Prompt = PROMPT, **more: Any) -> Ask:
    """The question."""
    return Ask("hint", prompt, run.model("generator"), read, Features({"hint": TEXT}), **more)


def answers(run: Run, count: int, stream: bool = False, **more: Any) -> list[dict[str, Any]]:
    """Rows with their answers."""
    return list(ask(rows(count, stream), hint(run, **more)))
