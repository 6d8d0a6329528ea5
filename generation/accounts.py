"""What one does with a ledger between runs: sum it up, take replies out and in, set them free, save a damaged one.

python -m generation.ledger costs|runs|export|merge|forget|recover --ledger FILE
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from builders.commands import called
from builders.errors import UserError
from builders.recipe import load, read_recipe
from builders.screen import say, show
from generation.ledger import PAID, TAKEN_UP, Ledger
from generation.money import tokens_cost
from generation.recipes import FOLDER, Price, check_price
from generation.salvage import recover
from generation.schema import COLUMNS


def main(argv: Sequence[str]) -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog=called("generation.ledger"), description=__doc__.splitlines()[0], allow_abbrev=False
    )
    verbs = parser.add_subparsers(dest="verb", required=True)
    texts = {
        "costs": "tokens, seconds and dollars per model and step",
        "runs": "the runs that wrote it, and how they ended",
        "export": "every reply as a line of JSON",
        "merge": "takes the replies of other ledgers in; under one key, the ledger named first wins",
        "forget": "sets replies free, so that they are asked (and paid for) again",
        "recover": "saves what can be read of a damaged ledger into a new one",
    }
    made = {
        verb: verbs.add_parser(verb, help=text, description=text, allow_abbrev=False) for verb, text in texts.items()
    }
    for verb, sub in made.items():
        sub.add_argument("--ledger", default="data/ledger.sqlite", metavar="FILE")
        if verb in ("export", "recover"):
            sub.add_argument("--to", required=True, metavar="FILE", help="the file to write; it must not exist")
    made["costs"].add_argument("--config", metavar="FILE.yaml", help="a recipe, for its prices")
    made["merge"].add_argument("others", nargs="+", metavar="LEDGER")
    made["forget"].add_argument(
        "--reason", metavar="R", help="what was wrong with the replies: refused, cut, unreadable"
    )
    made["forget"].add_argument("--run", type=int, metavar="ID", help="all replies that a run paid for")
    said = parser.parse_args(argv)
    path = Path(said.ledger)
    if said.verb == "costs":
        costs(Ledger(path), _prices(said.config))
    elif said.verb == "runs":
        runs(Ledger(path))
    elif said.verb == "export":
        export(Ledger(path), Path(said.to))
    elif said.verb == "merge":
        merge(path, [Path(other) for other in said.others])
    elif said.verb == "forget":
        forget(path, said.reason, said.run)
    else:
        recover(path, Path(said.to))


def _prices(config: str | None) -> dict[str, Price]:
    prices = {}
    for role, value in read_recipe(config, FOLDER).items() if config else ():
        if isinstance(value, dict) and value.get("price") is not None:
            price = load(Price, value["price"], f"the recipe {config}: {role}: price")
            check_price(role, price)
            if price.input is not None:
                prices[str(value.get("model") or "")] = price
    return prices


def costs(ledger: Ledger, prices: dict[str, Price]) -> None:
    """A table of what the replies took; dollars where a recipe says prices."""
    table = Table(box=None, pad_edge=False)
    for name in (
        "step",
        "model",
        "revision",
        "replies",
        "tokens in",
        "tokens out",
        "server seconds",
        "unreadable",
        "dollars",
    ):
        table.add_column(name, justify="left" if name in ("step", "model", "revision") else "right")
    rows = ledger.query(
        "SELECT step, model, revision, count(*), sum(prompt_tokens), sum(completion_tokens), sum(seconds), sum(reason IS NOT NULL) "
        f"FROM replies WHERE {PAID} GROUP BY step, model, revision ORDER BY step, model, revision"
    )
    for step, model, revision, count, prompt, completion, seconds, bad in rows:
        price = prices.get(model) or prices.get("")
        dollars = f"${tokens_cost(price, prompt or 0, completion or 0):.4f}" if price else "no price"
        table.add_row(
            step,
            model,
            (revision or "none")[:12],
            f"{count:,}",
            f"{prompt or 0:,}",
            f"{completion or 0:,}",
            f"{seconds or 0:,.0f}",
            f"{bad:,}",
            dollars,
        )
    show(table if rows else f"the ledger {ledger.path} holds no replies that were paid for")
    [(taken,)] = ledger.query(f"SELECT count(*) FROM replies WHERE NOT {PAID}")
    if taken:
        say(f"{taken:,} replies more were taken up from others, and cost nothing here")


def runs(ledger: Ledger) -> None:
    """A table of the runs."""
    table = Table(box=None, pad_edge=False)
    for name in ("run", "started", "seconds", "replies", "how it ended", "command"):
        table.add_column(name)
    for row in ledger.query(
        "SELECT id, started, seconds, (SELECT count(*) FROM replies WHERE run=runs.id), coalesce(how, 'was killed'), command FROM runs ORDER BY id"
    ):
        table.add_row(*("" if value is None else str(value)[:90] for value in row))
    show(table)


def export(ledger: Ledger, to: Path) -> None:
    """Every reply as a line of JSON, sorted by key."""
    if to.exists():
        raise UserError(f"{to} is there already; name another --to")
    count = 0
    with to.open("w", encoding="utf-8") as file:
        last = ""
        while batch := ledger.query("SELECT key FROM replies WHERE key > ? ORDER BY key LIMIT 500", last):
            held = ledger.held([key for (key,) in batch])
            for (key,) in batch:
                reply = held[key]
                file.write(json.dumps({name: getattr(reply, name) for name in COLUMNS}, ensure_ascii=False) + "\n")
            count += len(batch)
            last = batch[-1][0]
    say(f"{count} replies written to {to}")


def merge(path: Path, others: Sequence[Path]) -> None:
    """Copies replies that are not there yet; the runs of other ledgers keep their numbers in no way."""
    for other in others:
        if not other.exists():
            raise UserError(f"there is no ledger {other}")
    target = Ledger(path, writable=True, command="merge")
    for other in others:
        source, last, taken, paying = Ledger(other), "", 0, set[int]()
        run = free = target.begin(f"merged from {other.name}", "", "")
        if source.query(f"SELECT 1 FROM replies WHERE NOT {PAID} LIMIT 1"):  # what was taken up stays free
            free = target.begin(f"merged from {other.name}", "", "")
            target.end(free, TAKEN_UP, 0.0)
        while batch := source.query(f"SELECT key, {PAID} FROM replies WHERE key > ? ORDER BY key LIMIT 500", last):
            keys, paid = [key for key, _ in batch], dict(batch)
            there = target.which(keys)
            fresh = [reply for key, reply in source.held(keys).items() if key not in there]
            target.record([replace(reply, run=run if paid[reply.key] else free) for reply in fresh])
            taken, paying = taken + len(fresh), paying | {reply.run for reply in fresh if paid[reply.key]}
            last = keys[-1]
        for (address,) in source.query("SELECT address FROM servers"):
            if target.remembered(address) is None and (said := source.remembered(address)):
                target.remember(address, said)
        target.end(run, "done", sum(map(source.lasted, paying)))  # their hours were paid for, where a price is per hour
        source.close()
        say(f"{other}: {taken} replies taken in")
    target.close()


def forget(path: Path, reason: str | None, run: int | None) -> None:
    """Deletes replies by what was wrong with them, or by the run that paid for them."""
    if (reason is None) == (run is None):
        raise UserError("forget needs one of --reason R and --run ID: what it frees is asked and paid for again")
    ledger = Ledger(path, writable=True, command="forget")
    known = [
        row[0] for row in ledger.query("SELECT DISTINCT reason FROM replies WHERE reason IS NOT NULL ORDER BY reason")
    ]
    ids = [row[0] for row in ledger.query("SELECT id FROM runs ORDER BY id")]
    if reason is not None and reason not in known:
        raise UserError(
            f"no reply in {path} has the reason '{reason}'; there are {', '.join(known) or 'none with a reason'}"
        )
    if run is not None and run not in ids:
        raise UserError(f"{path} knows no run {run}; it knows {', '.join(map(str, ids)) or 'none'}")
    where, value = ("reason", reason) if reason is not None else ("run", run)
    [(count,)] = ledger.query(f"SELECT count(*) FROM replies WHERE {where}=?", value)
    ledger.write(f"DELETE FROM replies WHERE {where}=?", value)
    ledger.close()
    say(f"{count} replies are free: the next run that needs them asks again")
