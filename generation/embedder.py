"""sentence-transformers behind text-embeddings-inference's /embed, on loopback, for as long as a run needs it.

    {"inputs": text, "normalize": true} -> [[...]]

    python -m generation.embedder --model BAAI/bge-m3 --port 8081

Texts that wait together are embedded together. Needs the extra .[embed], and torch.
"""

import asyncio
import contextlib
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from aiohttp import web

from builders.commands import command, option, parse
from builders.errors import UserError
from builders.screen import say
from generation.embeddings import name_of

HOST = "127.0.0.1"
BATCH = 64  # texts that are embedded at once
GATHER = 0.01  # seconds in which they gather
WRONG = "wrong: "  # how the line begins that tells a parent why there is no address


@dataclass(frozen=True)
class Recipe:
    """What the server is told."""

    model: str = option("BAAI/bge-m3", "a model of sentence-transformers: a Hub id or a folder", metavar="NAME")
    port: int = option(8081, "the port on 127.0.0.1; 0 takes a free one and prints it", metavar="P")
    parent: int | None = option(None, "end when the process of this number is no longer the parent", metavar="PID")


class Embedder:
    """One model, one batch at a time; what comes meanwhile is the next batch."""

    def __init__(self, name: str, revision: str | None, model: Any) -> None:
        self.name, self.revision, self.model = name, revision, model
        self.waiting: list[tuple[str, asyncio.Future[list[float] | None]]] = []
        self.working = False

    async def serve(self, request: web.BaseRequest) -> web.Response:
        """/info, /health and /embed."""
        if request.path == "/info":
            said = {"model_id": self.name, "model_sha": self.revision, "max_concurrent_requests": 4 * BATCH}
            return web.json_response(said)
        if request.path == "/health":
            return web.Response()
        if request.path != "/embed" or request.method != "POST":
            return web.Response(status=404)
        said = await request.json()
        texts = [said["inputs"]] if isinstance(said["inputs"], str) else said["inputs"]
        vectors = [await vector for vector in [self.ask(text) for text in texts]]
        return web.Response(status=503) if None in vectors else web.json_response(vectors)

    def ask(self, text: str) -> "asyncio.Future[list[float] | None]":
        """The vector of a text, when its batch is done; None where that failed."""
        loop = asyncio.get_running_loop()
        made: asyncio.Future[list[float] | None] = loop.create_future()
        self.waiting.append((text, made))
        if not self.working:
            self.working = True
            self.task = loop.create_task(self.work())
        return made

    async def work(self) -> None:
        """Batches until nobody waits; where one fails (no memory is left), those who wait for it are told, and ask again."""
        await asyncio.sleep(GATHER)
        while self.waiting:
            batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
            vectors: Sequence[list[float] | None] = [None] * len(batch)
            try:
                vectors = await asyncio.to_thread(self.embed, [text for text, _ in batch])
            # IndexError: what torch says of a text that is longer than the model has positions
            except (ArithmeticError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError) as problem:
                say(f"a batch of {len(batch)} texts failed: {problem}", error=True)
            finally:
                for (_, made), vector in zip(batch, vectors, strict=True):
                    if not made.done():
                        made.set_result(vector)
        self.working = False

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """The vectors, of length 1."""
        found: list[list[float]] = self.model.encode(list(texts), normalize_embeddings=True, batch_size=BATCH).tolist()
        return found


def check_installed(name: str) -> None:
    """UserError where what loads a model is not there."""
    if find_spec("sentence_transformers") is None:
        raise UserError(
            f"the embeddings of {name} need sentence-transformers: pip install torch==2.13.0, then pip install -e '.[embed]'; "
            "or name a server with --embeddings URL, or say --embeddings none"
        )


def load(name: str) -> Any:
    """The model. UserError where it, or what loads it, is not to be had."""
    check_installed(name)
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(name, device="cpu" if os.environ.get("CUDA_VISIBLE_DEVICES") == "" else None)
    except (OSError, ValueError) as problem:
        raise UserError(
            f"the embedding model {name} is not to be had: {' '.join(str(problem).split())[:300]}"
        ) from problem


def revision_of(name: str, model: Any) -> str | None:
    """The commit of a model from the Hub, a digest of the files of one in a folder."""
    if not Path(name).is_dir():
        commit = getattr(getattr(getattr(model[0], "auto_model", None), "config", None), "_commit_hash", None)
        return str(commit) if commit else None
    made = hashlib.sha256()
    for file in sorted(path for path in Path(name).rglob("*") if path.is_file()):
        with file.open("rb") as opened:
            made.update(f"{file.relative_to(name)} {hashlib.file_digest(opened, 'sha256').hexdigest()}\n".encode())
    return made.hexdigest()[:40]


@contextlib.contextmanager
def serving(name: str) -> Iterator[str]:
    """The server in a process of its own: yields its address, and ends with the caller."""
    check_installed(name)
    say(f"loading {name} with sentence-transformers", error=True)
    home = str(Path(__file__).parent.parent)
    paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    with subprocess.Popen(
        [sys.executable, "-m", "generation.embedder", "--model", name, "--port", "0", "--parent", str(os.getpid())],
        env={**os.environ, "PYTHONPATH": paths}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as child:  # fmt: skip
        try:
            assert child.stdout is not None
            said = next((line.strip() for line in child.stdout if line.startswith(("http://", WRONG))), None)
            if said is None:
                raise UserError(
                    f"the embedding model {name} could not be loaded (exit code {child.wait()}); what it said stands above"
                )
            if said.startswith(WRONG):
                raise UserError(said.removeprefix(WRONG))
            yield said
        finally:
            child.kill()  # it holds nothing that could be lost, and would say that it was interrupted


async def live(recipe: Recipe) -> None:
    """Serves until its parent is gone."""
    model = load(recipe.model)
    embedder = Embedder(name_of(recipe.model), revision_of(recipe.model, model), model)
    server = web.Server(embedder.serve, access_log=None)
    listening = await asyncio.get_running_loop().create_server(server, HOST, recipe.port)
    say(f"http://{HOST}:{listening.sockets[0].getsockname()[1]}")
    while recipe.parent in (None, os.getppid()):
        await asyncio.sleep(0.5)


def main(argv: Sequence[str]) -> None:
    recipe = parse(Recipe, argv, "generation.embedder", __doc__.splitlines()[0])
    try:
        asyncio.run(live(recipe))
    except UserError as problem:
        if recipe.parent is None:
            raise
        say(f"{WRONG}{problem}")  # the parent's to say, once


if __name__ == "__main__":
    command(main, memory=None)
