"""A run: a ledger that is ours, the models of a recipe behind their servers, and an end that is told in one sentence.

roles + flags -> Run; `with running(...)` opens it, `ask` uses it, and whatever ends it is recorded
"""

import contextlib
import hashlib
import os
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from builders import VERSION
from builders.commands import typed
from builders.errors import SAFE, BudgetSpent, Interrupted, MathloomError, UserError, WorldError
from builders.screen import say
from generation.addresses import address_of
from generation.ahead import Waits
from generation.current import opened
from generation.engine import Engine
from generation.ledger import Ledger, Reply, tries_before
from generation.models import Model
from generation.money import Purse
from generation.progress import Progress
from generation.reader import AGAIN, Reader, read_with
from generation.recipes import Common, Role, check_role, endpoints_of
from generation.roles import REHEARSAL, Playing, play
from generation.taken import Taken, take_up
from generation.transport import EMBEDDING, Asking, Question

if TYPE_CHECKING:
    from generation.ask import Ask

T = TypeVar("T")


class Run:
    """An open run. `scratch` is a folder that goes with it."""

    def __init__(self, options: Common, ledger: Ledger, number: int, scratch: Path, purse: Purse) -> None:
        self.options, self.ledger, self.number, self.scratch, self.purse = options, ledger, number, scratch, purse
        self.started = time.monotonic()
        self.models: dict[str, Model] = {}
        self.prompts: dict[str, str] = {}  # the text of each prompt that something was asked with, by its label
        self.engine: Engine | None = None
        self.progress: Progress | None = None
        self.interrupted = 0
        self.taken: list[Taken] = []  # what was taken up from others before it began
        self.tokens = {"prompt": 0, "completion": 0}  # of the replies that were written into the folder
        self.waits: list[tuple[Waits, int]] = []  # of each ask, and its questions about a row
        self.read = 0  # replies that came from the ledger or the servers to the rows
        self.silent = False  # whether nothing is asked: what the ledger does not hold has no answer
        self.ahead = False  # whether rows are asked about that nobody may want, so that only what `use` names is used
        self._used = sqlite3.connect(scratch / "used.sqlite", check_same_thread=False, isolation_level=None)
        self._used.executescript(
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE TABLE used (key TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE counted (key TEXT PRIMARY KEY) WITHOUT ROWID"
        )
        self._lock = threading.Lock()

    def model(self, role: str) -> Model:
        """The model that plays a role."""
        if role not in self.models:
            raise UserError(f"this run has no role '{role}'; it has {', '.join(self.models)}")
        return self.models[role]

    def asking(self, question: "Ask") -> Asking:
        """What all questions of an ask share; refuses what would pay for a step's replies twice."""
        model = question.model
        if question.samples > 1 and model.sampling["temperature"] == 0:
            raise UserError(
                f"{question.name}: {question.samples} samples at temperature 0 are one and the same; give a temperature or one sample"
            )
        self.prompts[question.prompt.label] = question.prompt.text
        return Asking(
            model.role, question.name, question.prompt.label, model.name, model.revision, model.served, model.dialect,
            model.sampling, question.read, self.options.tries,
        )  # fmt: skip

    def submit(self, questions: Sequence[Question]) -> None:
        """Has asked what the ledger does not hold, the tries of what it does included."""
        self.check()
        todo, fresh = list(questions), []
        while todo:
            held = (
                self.ledger.held([q.key for q in todo])
                if self.options.tries > 1
                else self.ledger.which([q.key for q in todo])
            )
            if self.purse.known:
                self._count([question for question in todo if question.key in held])
            further = []
            for question in todo:
                if question.key not in held:
                    fresh.append(question)
                elif question.again and _worth_a_try(question, held[question.key]):
                    further.append(question.again())
            todo = further
        if self.engine is not None and fresh and not self.silent:
            self.engine.submit(fresh)

    def _count(self, held: Sequence[Question]) -> None:
        """Counts what these replies cost, each once however often it is asked for."""
        with self._lock:
            insert = "INSERT OR IGNORE INTO counted VALUES (?)"
            new = [question for question in held if self._used.execute(insert, (question.key,)).rowcount]
        for role in {question.pool for question in new}:
            self.purse.count(self.ledger, role, [q.key for q in new if q.pool == role], self.number)

    def lacks(self, keys: Iterable[str]) -> bool:
        """Whether any of these keys is still asked for."""
        return self.engine is not None and self.engine.lacks(keys)

    def ready(self) -> float:
        """Rows that have their replies and wait to be read, by those that were; 0 where more than one ask was made, for one may wait for another."""
        if self.engine is None or len(self.waits) != 1:
            return 0.0
        waits, questions = self.waits[0]
        return max(0.0, waits.rows - len(self.engine.pending) / max(1, questions)) / max(1, waits.read)

    def replies(self, keys: list[str]) -> dict[str, Reply | str]:
        """The reply of every key, or why there is none; waits for those that are under way."""
        if self.engine is not None:
            self.engine.wait(keys)
        self.check()
        held = self.ledger.held(keys)
        if not self.ahead:
            self._use(held)
        self.read += len(held)
        unanswered = self.engine.unanswered if self.engine is not None else {}
        return {key: held.get(key) or unanswered.get(key, "not asked yet") for key in keys}

    def reading(self, key: str) -> tuple[Reader | None, dict[str, Any]]:
        """What a reply that just came was read as, and by which reader; taken, not kept."""
        return (self.engine.writer.readings.pop(key, None) if self.engine is not None else None) or (None, {})

    def use(self, keys: Sequence[str]) -> None:
        """Says that a row which is written was made of these replies, and of the tries before them."""
        self._use(keys)
        if self.options.tries > 1:
            self._use([earlier for reply in self.ledger.held(list(keys)).values() for earlier in tries_before(reply)])

    def _use(self, keys: Iterable[str]) -> None:
        with self._lock:
            self._used.execute("BEGIN")  # together: a transaction each takes ten times as long
            self._used.executemany("INSERT OR IGNORE INTO used VALUES (?)", ((key,) for key in keys))
            self._used.execute("COMMIT")

    def enough(self) -> None:
        """Asks nothing further, and returns when what is under way is recorded: it was paid for."""
        if self.engine is not None:
            self.engine.enough()

    @contextlib.contextmanager
    def silence(self) -> Iterator[None]:
        """Asks nothing meanwhile: what the ledger does not hold has no answer."""
        self.silent = True
        try:
            yield
        finally:
            self.silent = False

    def settled(self) -> None:
        """Raises what is about to end the run."""
        if self.engine is not None:
            self.engine.settled()

    def used(self) -> Iterator[list[Reply]]:
        """Every reply that the run read, sorted by key, in batches; raises what has ended the run."""
        self.settled()
        last = ""
        while True:
            with self._lock:
                keys = [
                    key
                    for (key,) in self._used.execute(
                        "SELECT key FROM used WHERE key > ? ORDER BY key LIMIT 200", (last,)
                    )
                ]
            if not keys:
                return
            held = self.ledger.held(keys)
            yield [held[key] for key in keys if key in held]
            last = keys[-1]

    def has_enough(self, times: int, roles: Sequence[str]) -> bool:
        """Whether so many times the slots' questions wait already at these roles' servers; the run's end is raised."""
        self.check()
        return self.engine is not None and self.engine.has_enough(times, roles)

    def give_way(self, roles: Sequence[str] = ()) -> None:
        """Lets the asking thread have the interpreter while it is behind; with `roles` only if those have questions."""
        if self.engine is not None:
            engine = self.engine
            engine.give_way(lambda: engine.has_enough(2, roles))

    def put_off(self, room: Callable[[], bool]) -> None:
        """Waits while servers answer so quickly that reading rows now would cost slots, and there is `room` for more rows to wait."""
        if self.engine is not None:
            self.engine.put_off(room)

    def after(self, rows: Iterable[T]) -> Iterator[T]:
        """Rows as they are computed, each only while the asking thread is not behind."""
        for row in rows:
            self.give_way()
            yield row

    def check(self) -> None:
        """Raises what has ended the run."""
        if self.engine is not None and self.engine.error is not None:
            raise self.engine.error
        if self.interrupted and self.engine is None:
            raise Interrupted("interrupted")

    def fingerprint(self, questions: Sequence["Ask"], rows: str) -> str:
        """A name for what `map` makes, that holds for this run only: the ledger, not `map`, remembers."""
        made = hashlib.sha256(f"{rows} {self.number} {time.monotonic_ns()}".encode())
        for question in questions:
            made.update(question.prompt.label.encode())
        return made.hexdigest()[:32]


def _worth_a_try(question: Question, reply: Reply) -> bool:
    if reply.text is None:
        return False
    reading = read_with(question.read, question.step, reply.text, reply.finish_reason, question.max_tokens)
    return reading.get(f"{question.step}_error") in AGAIN


@contextlib.contextmanager
def running(
    roles: dict[str, Role], options: Common, steps: dict[str, list[str]] | None = None, name: str = "a run of one's own"
) -> Iterator[Run]:
    """Opens a run and closes it however it ends. `steps` names the questions of each role, for what the ledger holds of them."""
    for role, said in roles.items():
        check_role(role, said)
        for endpoint in endpoints_of(role, said, options.endpoints, list(roles)):
            # Now, for the ledger gets the command as it was typed: no secret in an address may get there with it.
            if endpoint.url != REHEARSAL and not options.from_ledger:
                address_of(endpoint)
    if options.budget is not None:
        for role, said in roles.items():
            if said.price is None:
                raise UserError(
                    f"--budget is given, and the role {role} has no price; say price: {{input: ..., output: ...}} or {{gpu_hour: ...}}"
                )
    words, name = typed(), f"{name} {options.shard}" if options.shard else name
    path = Path(options.ledger)
    taken = take_up(path, options.replies, options.wait, words) if options.replies else []
    if options.from_ledger and not path.exists():
        raise UserError(f"there is no ledger {path}; --from-ledger makes the folder of what a ledger holds")
    ledger = Ledger(path, writable=not options.from_ledger, wait=options.wait, command=words)
    with contextlib.ExitStack() as stack:
        stack.callback(ledger.close)
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mathloom-", ignore_cleanup_errors=True)))
        number = 0 if options.from_ledger else ledger.begin(words, name, VERSION)
        purse = Purse(options.budget, {role: said.price for role, said in roles.items()})
        run = Run(options, ledger, number, scratch, purse)
        run.taken = taken
        how = "broke off"
        try:
            if not options.from_ledger:
                _start(run, stack)
            for role, playing in play(run, roles, steps or {}, stack).items():
                run.models[role] = _model(role, roles[role], playing)
                purse.join(role, run.models[role].name, playing.servers)
                purse.count_recorded(
                    ledger, role, run.models[role].name, (steps or {}).get(role, []), options.shard and name
                )
            if options.output and options.makes_folder:
                place = Path(os.path.realpath(options.output))
                run.progress = Progress(run, place.with_name(f"{place.name}.progress.json"), name)
                run.progress.open()
            opened.append(run)
            stack.callback(opened.remove, run)
            yield run
            how = "done"
        except BaseException as problem:
            how = type(problem).__name__ + (f": {problem}" if isinstance(problem, MathloomError) else "")
            raise
        finally:
            _finish(run, how)


def _model(role: str, said: Role, playing: Playing) -> Model:
    sampling = dict(EMBEDDING) if said.dialect == "embed" else said.sampling.sent()
    return Model(role, playing.model, playing.revision, playing.served, said.dialect, sampling, said.price)


def _start(run: Run, stack: contextlib.ExitStack) -> None:
    options = run.options
    run.engine = Engine(
        run.ledger, run.number, patience=options.patience, deadline=options.deadline, keep_going=options.keep_going,
        purse=run.purse,
    )  # fmt: skip
    run.engine.open()
    engine = run.engine
    run.purse.spent_out = lambda detail: engine.end(BudgetSpent(detail))
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            before = signal.signal(number, lambda which, frame: _interrupt(run, which, frame))
            stack.callback(signal.signal, number, before)


def _interrupt(run: Run, number: int, frame: FrameType | None) -> None:
    """Once: no new requests, the ones under way are kept. Twice: at once."""
    run.interrupted += 1
    engine = run.engine
    if engine is None or run.interrupted > 2:
        os._exit(Interrupted.code)
    words = f"interrupted; {SAFE}: {typed()}"
    if run.interrupted == 1:
        engine.end(Interrupted(words))
        left = engine.under_way
        if left:
            os.write(2, f"\nno new requests; waiting for the {left} under way (once more: leave them)\n".encode())
    else:
        engine.abort()
        raise Interrupted(words)


def _finish(run: Run, how: str) -> None:
    if run.engine is not None:
        run.engine.close()
        if how == "done" and (left := len(run.engine.unanswered)):
            say(
                f"without an answer: {left:,} questions, which the same command asks again",
                error=True,
            )
    if run.progress is not None:
        run.progress.end(how)
    run._used.close()
    if not run.options.from_ledger:
        with contextlib.suppress(WorldError):
            run.ledger.end(run.number, how, round(time.monotonic() - run.started, 3))
