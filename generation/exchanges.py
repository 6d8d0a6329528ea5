"""The questions and replies of a finished folder, as they are told: who was asked what, and said what, for how many tokens.

a folder's `replies`, the prices of its recipe, a ledger where one is named -> Exchange, and what it all took
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from builders.lookup import matching, picked
from builders.recipe import load
from builders.row import Row
from cards.facts import Facts, mapping, read_facts
from cards.story import Cell, Exchange, Note, Section, Table, Text
from cards.story import Facts as Values
from generation.keys import key
from generation.ledger import Ledger, Reply
from generation.money import tokens_cost
from generation.recipes import Price

ROLES = {"knowledge_points": "extractor", "problem": "writer", "difficulty": "rater"}  # step -> who answers it
TRIES = 1000  # of one question that are looked for
LISTS = ("solvers", "judges")  # roles that a recipe keeps in lists


@dataclass(frozen=True)
class Source:
    """A finished folder, and the ledger that was named beside it; `told`: of each reply told, whether that ledger holds it."""

    folder: Path
    facts: Facts
    ledger: Ledger | None = None
    told: dict[str, bool] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.facts.kind

    def files(self, config: str) -> list[Path]:
        """The files of a config; none where the folder has none."""
        return self.facts.configs[config].files if config in self.facts.configs else []

    def holds(self, config: str, column: str) -> bool:
        """Whether a config has a column."""
        return config in self.facts.configs and column in self.facts.configs[config].columns

    def own(self) -> list[str]:
        """The configs of rows that somebody may ask for; `default` where it is more than a list of the others' files."""
        others = {file for name in self.facts.configs if name != "default" for file in self.files(name)}
        apart = ("replies", "vocabulary", "edges")
        return [
            name
            for name in self.facts.configs
            if name not in apart and (name != "default" or not others.issuperset(self.files(name)))
        ]


def source_of(folder: Path, ledger: Path | None) -> Source:
    """A folder to tell of. UserError where it is none of ours, or the ledger is none."""
    return Source(folder, read_facts(folder), Ledger(ledger) if ledger is not None else None)


def holders(source: Source, column: str, value: str) -> list[Row]:
    """The rows of all configs, kept and rejected, in which a column holds a value."""
    there = [
        row | {"config": config} for config in source.own() for row in matching(source.files(config), column, [value])
    ]
    return [row for row in there if row.get("unit") != "point"]


def replies(source: Source, keys: Iterable[str]) -> list[Row]:
    """The recorded replies under these keys, in their order, each after the tries that came to nothing before it."""
    wanted = list(dict.fromkeys(keys))
    found = {row["key"]: row for row in matching(source.files("replies"), "key", wanted)}
    before = {name: _tries_before(row) for name, row in found.items()}
    earlier = {name for names in before.values() for name in names}
    found |= {row["key"]: row for row in matching(source.files("replies"), "key", earlier)} if earlier else {}
    order = [name for name in wanted for name in (*before.get(name, ()), name)]
    return [found[name] for name in dict.fromkeys(order) if name in found]


def _tries_before(reply: Row) -> list[str]:
    words, before = (reply["messages"], json.loads(reply["sampling"]), reply["sample"]), min(reply["try"], TRIES)
    return [key(reply["model"], reply["revision"], *words, number, reply["dialect"]) for number in range(before)]


def asked_about(source: Source, steps: Collection[str], about: Callable[[str, str], bool]) -> list[Row]:
    """The replies of some steps of which `about` says yes to the step and the words asked; sorted by key, as they are kept."""

    def pick(names: Any, messages: Any) -> list[int]:
        of = [(place, name) for place, name in enumerate(names.to_pylist()) if name in steps]
        asked = messages.take([place for place, _ in of]).to_pylist() if of else []
        return [place for (place, name), said in zip(of, asked, strict=True) if about(name, question(said))]

    return list(picked(source.files("replies"), ["step", "messages"], pick))


def question(messages: Sequence[Row] | None) -> str:
    """The words that were asked last."""
    return str(messages[-1]["content"]) if messages else ""


def exchange(source: Source, reply: Row, title: str) -> Exchange:
    """A reply with its question; what a ledger adds (endpoint, seconds, time) where one is named and holds it."""
    words = [("model", _model(reply)), ("sampling", reply["sampling"])]
    if reply["sample"] or reply["try"]:
        words.append(("which", f"sample {reply['sample']}, try {reply['try']}"))
    words.append(("prompt", f"{reply['prompt']}, {_tokens(reply)}{_dollars(source, reply)}"))
    words += _of_ledger(source, reply)
    words.append(("key", reply["key"]))
    said = [Text(f"{message['role']} asks", message["content"] or "") for message in reply["messages"] or []]
    if reply["reasoning"]:
        said.append(Text("the model's reasoning", reply["reasoning"]))
    ended = "" if reply["finish_reason"] in (None, "stop") else f" (ended: {reply['finish_reason']})"
    said.append(Text(f"the model replies{ended}", _text(reply)))
    return Exchange(title, Values(words), said)


def _text(reply: Row) -> str:
    if reply["text"] is None:
        return "[no text is recorded: the server would not take the question]"
    if reply["dialect"] == "embed":
        return f"[a vector, {len(reply['text'])} characters of base64]"
    return str(reply["text"]) or "[the text is empty]"


def _model(reply: Row) -> str:
    return f"{reply['model']} at {reply['revision'][:12]}" if reply["revision"] else str(reply["model"])


def _tokens(reply: Row) -> str:
    known = [reply["prompt_tokens"], reply["completion_tokens"]]
    asked, said = (f"{count:,}" if count is not None else "unknown" for count in known)
    return f"{asked} tokens in, {said} out"


def _dollars(source: Source, reply: Row) -> str:
    dollars = cost(source, reply)
    return f", ${dollars:.6f}" if dollars is not None else ""


def _of_ledger(source: Source, reply: Row) -> list[tuple[str, str]]:
    """What only a ledger knows of a reply; nothing where it holds none, or another one under this key."""
    if source.ledger is None:
        return []
    held: Reply | None = source.ledger.held([reply["key"]]).get(reply["key"])
    source.told[reply["key"]] = held is not None and held.text == reply["text"]
    if held is None or not source.told[reply["key"]]:
        return []
    return [("asked of", f"{held.endpoint}, {held.seconds:.2f} s, {held.time}, in run {held.run}")]


def cost(source: Source, reply: Row) -> float | None:
    """Dollars of a reply by the recipe's price per token; None where there is no such price, or no count of tokens."""
    price, counts = price_of(source, reply), (reply["prompt_tokens"], reply["completion_tokens"])
    return tokens_cost(price, *counts) if price is not None and price.input is not None and None not in counts else None


def price_of(source: Source, reply: Row) -> Price | None:
    """The price of the role that gave a reply: the one its step names, a style's generator, or else the curator."""
    recipe = source.facts.recipe
    listed = [mapping(one) for name in LISTS for one in recipe.get(name) or [] if isinstance(recipe.get(name), list)]
    said = {str(one.get("name")): one for one in listed} | {name: mapping(one) for name, one in recipe.items()}
    step, _, named = str(reply["step"]).partition("/")
    role = named if named in said else ROLES.get(step, "generator" if source.kind == "mind" else "curator")
    role = "embedder" if reply["dialect"] == "embed" else role
    price = said.get(role, {}).get("price")
    return load(Price, price, f"{source.folder / 'recipe.yaml'}: {role}: price") if price is not None else None


def taken(source: Source, of: Sequence[tuple[str, Sequence[Row]]]) -> Section:
    """What it took: replies, tokens and dollars of each group; and what became of the ledger that was named."""
    rows: list[list[Cell]] = []
    for what, group in of:
        group = list({row["key"]: row for row in group}.values())
        dollars = [cost(source, row) for row in group]
        known = [each for each in dollars if each is not None]
        tokens = [
            [row[name] for row in group if row[name] is not None] for name in ("prompt_tokens", "completion_tokens")
        ]
        counts = [sum(of) if of else None for of in tokens]
        rows.append([what, len(group), *counts, f"${sum(known):.6f}" if known else None])
    parts: list[Table | Note] = [Table(["what", "replies", "tokens in", "tokens out", "dollars"], rows)]
    prices = [price_of(source, row) for _, group in of for row in group]
    if any(price is None for price in prices):
        parts.append(Note("For what the folder's recipe names no price, no dollars are counted."))
    if any(price is not None and price.input is None for price in prices):
        parts.append(
            Note("A price by the GPU-hour belongs to a run, and not to a row: run.json says what the run cost.")
        )
    if source.ledger is not None:
        parts.append(Note(_ledger(source, source.ledger)))
    return Section("What it took", parts)


def _ledger(source: Source, ledger: Ledger) -> str:
    held, told = sum(source.told.values()), len(source.told)
    if told and not held:
        return f"The ledger {ledger.path.name} holds none of these {told} replies: it is the ledger of another folder."
    return f"The ledger {ledger.path.name} holds {held} of these {told} replies; endpoint, seconds and time are from there."
