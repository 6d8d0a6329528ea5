"""What the tests of GSDP runs share: a scripted server that plays every role, the command, and the folder it makes.

with Teacher({"judge_problem": lambda asked, call: "0.2"}) as server: gsdp(folder, server.url, ...)
"""

import asyncio
import io
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pyarrow.parquet as parquet
import yaml
from aiohttp import web

from builders.errors import MathloomError
from generation.gsdp_questions import Question, question_of
from generation.scripted import Script, reply_to
from tests.scripted import Call, Scripted, reply

Says = Callable[[Question, Call], str | web.StreamResponse | None]
SAMPLED = {"temperature": 0.8, "max_tokens": 2000}
FIXED = {"temperature": 0.0, "max_tokens": 500}
ROLES: dict[str, Any] = {
    "extractor": {"sampling": SAMPLED}, "writer": {"sampling": SAMPLED}, "curator": {"sampling": FIXED}, "rater": {"sampling": FIXED},
    "judges": [{"name": "judge", "sampling": FIXED}],
    "solvers": [{"name": "solver", "difficulty": ["low", "medium", "high"], "sampling": SAMPLED}],
    "embeddings": "none", "seeds": "sample", "limit": 12, "quota": 20, "benchmarks": [],
}  # fmt: skip


@dataclass
class Teacher(Scripted):
    """Answers as the rehearsal's teacher does, without faults, but for the kinds of question that `says` answers."""

    says: Mapping[str, Says] = field(default_factory=dict)
    name: str = "tests/teacher"
    pause: float = 0.0  # seconds before each reply

    def __post_init__(self) -> None:
        super().__init__(self._answer, model=self.name)

    async def _answer(self, call: Call) -> web.StreamResponse:
        await asyncio.sleep(self.pause)
        asked = question_of(call.text)
        assert asked is not None, call.text
        said = self.says.get(asked.kind, lambda *_: None)(asked, call)
        if said is None:
            said = reply_to(call.text, Script(), Random(f"{call.body.get('seed')} {call.text}"), self.name).text
        return reply(said) if isinstance(said, str) else said

    def asked(self) -> Counter[str]:
        """How many questions of each kind came."""
        return Counter(asked.kind for call in self.calls if (asked := question_of(call.text)))


def gsdp(folder: Path, url: str, *flags: str, code: int = 0, out: str = "out", **recipe: Any) -> str:
    """Runs the command in this process; what it printed. Its exit code is `code`."""
    return step("gsdp", folder, url, *flags, code=code, out=out, **{**ROLES, **recipe})


def step(name: str, folder: Path, url: str, *flags: str, code: int = 0, out: str = "out", **recipe: Any) -> str:
    """The same of any step's command, with nothing in its recipe but what is said."""
    file = folder / f"{out}.yaml"
    file.write_text(yaml.safe_dump(recipe))
    words = ["--config", str(file), "--ledger", str(folder / "ledger.sqlite"), "--output", str(folder / out), *flags]
    printed, found = io.StringIO(), 0
    with redirect_stdout(printed):
        try:
            import_module(f"generation.{name}").main([*words, *(["--endpoints", *url.split()] if url else [])])
        except MathloomError as problem:
            found = problem.code
            print(problem)
    assert found == code, printed.getvalue()
    return printed.getvalue()


def rows(folder: Path, config: str = "*") -> list[dict[str, Any]]:
    """The rows of a config of a folder; of all kinds of combinations together by default."""
    configs = ["one_hop", "two_hop", "three_hop", "community"] if config == "*" else [config]
    files = [file for name in configs for file in sorted((folder / "data" / name).glob("*.parquet"))]
    return [row for file in files for row in parquet.read_table(file).to_pylist()]


def reasons(folder: Path, unit: str = "problem") -> Counter[str]:
    """How many rejected rows of a unit have which reason."""
    return Counter(row["reason"] for row in rows(folder, "rejected") if row["unit"] == unit)
