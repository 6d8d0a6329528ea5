"""The rehearsal: a server on loopback that speaks TGI and TEI and answers our own questions, faults and all.

    a request -> the scripted teacher's reply; the truth about it, where --truth is given (jsonl: key, step, fault)
    python -m generation.rehearsal --port 8080 --faults 0.15 --truth truth.jsonl
    python -m generation.mind --documents sample --endpoints http://127.0.0.1:8080 --output data/mind
    python -m generation.gsdp --seeds sample --endpoints http://127.0.0.1:8080 --output data/gsdp

Every model is at a path of its own (/ROLE/info, /ROLE/v1/chat/completions, ...; without ROLE it is the generator),
and its name is mathloom/rehearsal/ROLE. A reply depends on the question and on --seed, never on time, order or tries.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import uvloop
from aiohttp import web

from builders.commands import command, option, parse
from builders.errors import UserError, WorldError
from builders.ports import taking
from builders.screen import say
from generation.borrowed import read_borrowed
from generation.outages import OUTAGES, RARE
from generation.scripted import Script, fault_rates, read_rates
from generation.serving import Serving, handler
from generation.tgi_requests import Limits
from generation.truth_file import TruthFile

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Rehearsal:
    """What `python -m generation.rehearsal` can be told."""

    port: int = option(8080, "the port on 127.0.0.1; 0 takes a free one and prints it", metavar="P")
    seed: int = option(0, "for what is replied and what is planted", metavar="N")
    faults: str = option(
        "0.15",
        "share of replies that are spoilt: a rate over all kinds (of verdicts a tenth of it), or KIND=RATE,KIND=RATE",
        metavar="RATE",
    )
    outages: str = option(
        "0.02",
        "share of attempts that fail (429, 503, reset, ...): a rate over all kinds, or KIND=RATE,KIND=RATE",
        metavar="RATE",
    )
    truth: str | None = option(None, "where to write what was planted, a line of JSON for each reply", metavar="FILE")
    contamination: str | None = option(
        None, "jsonl whose texts are given back as new problems; by default the sample's seed problems", metavar="FILE"
    )
    delay: float = option(0.0, "seconds a reply takes on average", metavar="SECONDS")
    spread: float = option(0.0, "how uneven that is: the sigma of a log-normal (0: always the same)", metavar="SIGMA")
    slots: int = option(128, "requests at once that a model takes; beyond that it answers 429", metavar="N")
    total_tokens: int = option(16384, "tokens (of four characters) of prompt and reply together", metavar="N")
    revision: str | None = option(None, "the model_sha that /info says, to rehearse a changed model", metavar="SHA")
    chat_only: bool = option(False, "speak chat completions and /v1/models only, as other servers do")
    parent: int | None = option(None, "end when the process of this number is no longer the parent", metavar="PID")


def serving(settings: Rehearsal, truth: TruthFile | None) -> Serving:
    """What a server needs to know, checked."""
    for name in ("delay", "spread"):
        if not 0 <= getattr(settings, name) < float("inf"):
            raise UserError(f"{name} is {getattr(settings, name)}; it must be a number of at least 0")
    if settings.slots < 1:
        raise UserError(f"slots is {settings.slots}; it must be at least 1")
    return Serving(
        seed=settings.seed,
        script=Script(fault_rates(settings.faults), settings.seed, read_borrowed(settings.contamination)),
        outages=read_rates(settings.outages, OUTAGES, RARE, "outages"), truth=truth, delay=settings.delay,
        spread=settings.spread, limits=Limits(settings.slots, settings.total_tokens, settings.total_tokens),
        own_revision=settings.revision, chat_only=settings.chat_only,
    )  # fmt: skip


async def serve(settings: Rehearsal) -> None:
    """Serves until a signal comes, or until the parent is gone."""
    with contextlib.ExitStack() as stack:
        truth = stack.enter_context(TruthFile(Path(settings.truth))) if settings.truth else None
        server = web.Server(handler(serving(settings, truth)), handler_cancellation=True, access_log=None)
        loop, stop = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        with taking(settings.port):
            listening = await loop.create_server(server, HOST, settings.port, backlog=1024)
        port = listening.sockets[0].getsockname()[1]
        say(f"http://{HOST}:{port}")
        while not stop.is_set() and settings.parent in (None, os.getppid()):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 0.5)
        listening.close()
        await server.shutdown(0.1)


@contextlib.contextmanager
def rehearse(settings: Rehearsal | None = None, *, seed: int = 0) -> Iterator[str]:
    """A rehearsal in a process of its own, for `endpoints: rehearsal`: yields its address, and ends with the caller."""
    settings = settings or Rehearsal(port=0, seed=seed)
    flags = [
        f"--{name.replace('_', '-')}" if value is True else f"--{name.replace('_', '-')}={value}"
        for name, value in asdict(settings).items()
        if value is not None and value is not False and name != "parent"
    ]
    home = str(Path(__file__).parent.parent)
    paths = os.pathsep.join([home, *filter(None, [os.environ.get("PYTHONPATH")])])
    # A session of its own: Ctrl-C is for the run, which lets what is under way come back first.
    child = subprocess.Popen(
        [sys.executable, "-m", "generation.rehearsal", *flags, f"--parent={os.getpid()}"],
        env={**os.environ, "PYTHONPATH": paths}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        url = child.stdout.readline().strip()
        if not url:
            raise WorldError(f"the rehearsal did not start (exit code {child.wait(10)}); what it said stands above")
        yield url
    finally:
        child.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(5)
        if child.poll() is None:
            child.kill()
            child.wait()
        if child.stdout:
            child.stdout.close()


def main(argv: Sequence[str]) -> None:
    settings = parse(Rehearsal, argv, "generation.rehearsal", __doc__.splitlines()[0])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(settings))


if __name__ == "__main__":
    command(main)
