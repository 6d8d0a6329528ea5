"""What a recipe says of models and of a run: roles, sampling, prices, and the flags that all commands share.

recipes/NAME.yaml -> a frozen dataclass of the command (generation/mind.py), its roles as `Role`
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from builders.commands import option
from builders.errors import UserError
from builders.plain import check_plain
from builders.recipe import load
from generation.dialects import DIALECTS
from generation.shard_rows import shard_of

FOLDER = Path(__file__).parent / "recipes"


@dataclass(frozen=True)
class Price:
    """Dollars: per million tokens, or per GPU-hour times GPUs times wall time."""

    input: float | None = None
    output: float | None = None
    gpu_hour: float | None = None
    gpus: int = 1


@dataclass(frozen=True)
class Sampling:
    """What is sent beside the messages; `extra` goes as it is (chat_template_kwargs, reasoning_effort, top_k, ...)."""

    temperature: float = 1.0
    top_p: float | None = None
    max_tokens: int = 4096
    stop: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    def sent(self) -> dict[str, Any]:
        """The sampling as it stands in key and request: what is unset is not in it."""
        values: dict[str, Any] = {"temperature": self.temperature, "max_tokens": self.max_tokens, **self.extra}
        if self.top_p is not None and self.top_p < 1:  # 1 is no limit, and TGI refuses it
            values["top_p"] = self.top_p
        if self.stop:
            values["stop"] = list(self.stop)
        return values


@dataclass(frozen=True)
class Endpoint:
    """One server's address and how to speak to it."""

    url: str
    token_env: str | None = None
    insecure: bool = False
    concurrency: int | None = None


@dataclass(frozen=True)
class Role:
    """A model of the recipe: who answers, how it is sampled, what it costs."""

    model: str | None = None
    revision: str | None = None
    served_as: str | None = None
    paper_model: str | None = None
    endpoints: list[Any] = field(default_factory=list)
    dialect: str = "chat"
    sampling: Sampling = field(default_factory=Sampling)
    price: Price | None = None
    license: str | None = None  # the model's, which the card states


@dataclass(frozen=True)
class Common:
    """The keys and flags of every command that asks a model; `steps` are those that `--until` may name."""

    steps: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[bool] = True  # whether the command writes a finished folder
    sharded: ClassVar[bool] = False  # whether its rows can be asked about by several machines
    output: str | None = option(None, "the finished folder to write; an earlier one of ours is replaced", metavar="DIR")
    ledger: str = option("data/ledger.sqlite", "where every reply is kept; one file per project", metavar="FILE")
    replies: list[str] = option(
        [],
        "finished folders, here or on the Hub (user/name@v1.0), whose replies are taken up, so that only what is new is asked",
        metavar="FOLDER",
    )
    endpoints: list[str] = option(
        [],
        "who answers: URLs, ROLE=URL for one role, or the word rehearsal (a scripted teacher on this machine)",
        metavar="URL",
    )
    limit: int | None = option(None, "take the first N rows of the input", metavar="N")
    seed: int = option(0, "for whatever is drawn", metavar="N")
    tries: int = option(1, "ask an unreadable or cut reply again, up to this many times in all", metavar="N")
    deadline: float | None = option(
        None, "seconds a question may take with all its attempts (default: from the replies so far)", metavar="SECONDS"
    )
    patience: float = option(300.0, "seconds to wait while all servers are down", metavar="SECONDS")
    budget: float | None = option(None, "dollars that this recipe may cost in all", metavar="USD")
    dry_run: bool = option(False, "print the forecast and three prompts, and stop before the first request")
    from_ledger: bool = option(False, "ask nothing: make the folder of what the ledger holds")
    keep_going: bool = option(False, "go on where most replies are unreadable, or rows before a barrier have no answer")
    wait: bool = option(False, "wait for a ledger that another run holds")
    shard: str | None = option(
        None,
        "ask only about the Kth of N parts of the rows, into a ledger of its own, and make no folder: that is made of the "
        "merged ledgers by the same command without it",
        metavar="K/N",
    )
    until: str | None = option(None, "stop after this step", metavar="STEP")
    tokenizer: str | None = option(None, "a Hub id or a tokenizer.json (default: the one that ships)", metavar="NAME")
    license: str | None = option(
        None, "the licence of the rows, which the card states; that of a model stands in its role", metavar="LICENCE"
    )
    source_license: str | None = option(
        None, "the licence of the documents or seeds, which the card states", metavar="LICENCE"
    )

    def check(self) -> None:
        """Refuses what no run could mean."""
        for name in ("limit", "tries"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise UserError(f"{name} is {value}; it must be at least 1")
        if self.deadline == 0:
            raise UserError("deadline is 0; it must be more, or left out to be reckoned from the replies so far")
        for name in ("patience", "deadline", "budget"):
            value = getattr(self, name)
            if value is not None and not 0 <= value < float("inf"):
                raise UserError(f"{name} is {value}; it must be a number of at least 0")
        if self.until is not None and self.until not in self.steps:
            there = f"its steps are {', '.join(self.steps)}" if self.steps else "this command is one step; leave it out"
            raise UserError(f"until names the step '{self.until}'; {there}")
        if self.output and Path(self.output).resolve() in Path(self.ledger).resolve().parents:
            raise UserError(
                f"the ledger {self.ledger} lies inside the output {self.output}, which is replaced; keep it elsewhere"
            )
        if self.shard is not None:
            self.check_shard(self.shard)
        if self.makes_folder and not self.output:
            raise UserError("no --output is given; name the folder that the rows are written to")

    def check_shard(self, shard: str) -> None:
        """Refuses what no shard could be told."""
        if not self.sharded:
            raise UserError("this command takes no --shard: what it asks about one row may depend on the others")
        shard_of(shard)
        if self.from_ledger:
            raise UserError(
                "--from-ledger makes a folder and asks nothing, and a shard makes no folder; leave out one of them"
            )

    @property
    def makes_folder(self) -> bool:
        """Whether a finished folder will come of it."""
        return self.names_folder and not self.dry_run

    @property
    def names_folder(self) -> bool:
        """Whether `output` is where a folder goes, of this run or of the one that a dry run foresees."""
        return self.writes and self.shard is None


def check_role(name: str, role: Role) -> None:
    """A role that no server could play is a `UserError`."""
    if role.dialect not in DIALECTS:
        raise UserError(f"{name}: dialect is '{role.dialect}'; it must be one of {', '.join(DIALECTS)}")
    sampling = role.sampling
    if sampling.max_tokens < 1:
        raise UserError(f"{name}: max_tokens is {sampling.max_tokens}; it must be at least 1")
    if not 0 <= sampling.temperature < float("inf"):
        raise UserError(f"{name}: temperature is {sampling.temperature}; it must be at least 0")
    if sampling.top_p is not None and not 0 < sampling.top_p <= 1:
        raise UserError(f"{name}: top_p is {sampling.top_p}; it must be above 0 and at most 1")
    for taken in ("messages", "model", "stream", "n", "max_tokens", "temperature", "top_p", "stop", "seed"):
        if taken in sampling.extra:
            raise UserError(
                f"{name}: extra holds '{taken}', which is not extra; it stands beside extra or is ours to send"
            )
    check_plain(sampling.extra, f"{name}: extra")
    if role.price is not None:
        check_price(name, role.price)


def check_price(name: str, price: Price) -> None:
    """A price that nobody could pay is a `UserError`."""
    for key in ("input", "output", "gpu_hour"):
        value = getattr(price, key)
        if value is not None and not 0 <= value < float("inf"):
            raise UserError(f"{name}: price: {key} is {value}; it must be a number of at least 0")
    if price.gpus < 1:
        raise UserError(f"{name}: price: gpus is {price.gpus}; it must be at least 1")
    if price.gpu_hour is None and (price.input is None or price.output is None):
        raise UserError(f"{name}: price needs input and output (dollars per million tokens), or gpu_hour (and gpus)")


def endpoints_of(name: str, role: Role, given: list[str], roles: list[str]) -> list[Endpoint]:
    """The endpoints of a role: those of the flag or the recipe's top, `ROLE=URL` for one role first, else its own."""
    own, common = [], []
    for text in given:
        before, equals, after = text.partition("=")
        if equals and "/" not in before:
            if before not in roles:  # what is behind it may be a secret
                raise UserError(f"an endpoint is for the role '{before}'; this recipe has {', '.join(roles)}")
            own += [after] if before == name else []
        elif role.dialect != "embed":  # who writes texts makes no embeddings
            common.append(text)
    said = {endpoint.url: endpoint for endpoint in [_endpoint(name, item) for item in role.endpoints]}
    # A flag that names an address of the recipe keeps what the recipe says of it (its token, its concurrency).
    return [said.get(url, Endpoint(url)) for url in dict.fromkeys(own or common)] or list(said.values())


def _endpoint(name: str, item: Any) -> Endpoint:
    made = Endpoint(item) if isinstance(item, str) else load(Endpoint, item, f"{name}: endpoints")
    if made.concurrency is not None and made.concurrency < 1:
        raise UserError(f"{name}: endpoints: concurrency is {made.concurrency}; it must be at least 1")
    return made
