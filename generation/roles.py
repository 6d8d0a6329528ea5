"""Who plays a role: its servers asked who they are, or what the ledger remembers of them.

a role of a recipe + its endpoints -> Playing (model and revision as keys name them), and a pool that answers
"""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builders.errors import Interrupted, UserError, WorldError
from builders.screen import say
from generation.addresses import Address, address_of
from generation.recipes import Role, endpoints_of
from generation.servers import Closed, Identity, Transient, identify
from generation.slots import Server

if TYPE_CHECKING:
    from generation.engine import Engine
    from generation.run import Run

REHEARSAL = "rehearsal"
UNKNOWN = "unknown"  # who plays a role that was never asked anything, in a replay
NONE = "none"  # how a recipe pins the revision of a server that says none


@dataclass(frozen=True)
class Playing:
    """The model behind a role: its name and revision in keys, and the name that its server knows."""

    model: str
    revision: str | None
    served: str
    servers: tuple[str, ...] = ()  # as the ledger remembers them


def play(
    run: "Run", roles: dict[str, Role], steps: dict[str, list[str]], stack: contextlib.ExitStack
) -> dict[str, Playing]:
    """Finds out who plays each role, and gives each its pool. Raises before the first question is asked."""
    options, playing = run.options, {}
    chosen = {name: endpoints_of(name, role, options.endpoints, list(roles)) for name, role in roles.items()}
    rehearsal: str | None = None
    if run.engine is not None and any(e.url == REHEARSAL for endpoints in chosen.values() for e in endpoints):
        from generation.rehearsal import rehearse

        rehearsal = stack.enter_context(rehearse(seed=options.seed))
    for name, role in roles.items():
        if chosen[name] and all(endpoint.url == REHEARSAL for endpoint in chosen[name]):
            role = replace(role, model=None, served_as=None, revision=None)  # it stands in for whatever model is named
        servers = []
        for endpoint in chosen[name]:
            if endpoint.url == REHEARSAL:
                memory = f"{REHEARSAL}/{name}"
                servers.append((memory, Address(f"{rehearsal}/{name}", {}) if rehearsal else None))
            elif run.engine is None:
                servers.append((endpoint.url.rstrip("/"), None))
            else:
                address = address_of(endpoint)
                servers.append((address.url, address))
        playing[name] = _from_ledger(run, name, role, [m for m, _ in servers], steps.get(name, []))
        if run.engine is not None:
            playing[name] = _from_servers(run, run.engine, name, role, servers, steps.get(name, []))
        playing[name] = replace(playing[name], servers=tuple(memory for memory, _ in servers))
    if run.engine is None and not any(_held(run, steps.get(name, [])) for name in roles):
        raise UserError(f"the ledger {run.ledger.path} holds no reply for the role {next(iter(roles))}")
    return playing


def _held(run: "Run", steps: Sequence[str]) -> list[tuple[str, str | None, int]]:
    """Who replied to these steps, at which revision, how often; who did last comes first."""
    marks = ",".join("?" * len(steps))
    return run.ledger.query(
        f"SELECT model, revision, count(*) FROM replies WHERE step IN ({marks}) GROUP BY model, revision ORDER BY max(time) DESC",
        *steps,
    )


def _from_servers(
    run: "Run", engine: "Engine", name: str, role: Role, servers: Sequence[tuple[str, Address | None]], steps: list[str]
) -> Playing:
    if not servers:
        raise nobody(name)
    pool = _meet_all(run, engine, [(memory, address) for memory, address in servers if address is not None])
    if all(server.closed for server in pool):
        raise WorldError(f"{pool[0].closed}; nothing was asked")
    known = {server.address.url: named(name, role, server.identity) for server in pool if server.identity}
    first = next(iter(known.values()))
    for url, other in known.items():
        if (other.model, other.revision) != (first.model, first.revision):
            raise differ(name, next(iter(known)), first, url, other)
    found = _pinned(run, name, role, first, steps)
    engine.join(name, pool, tuple(memory for memory, _ in servers), found.served)
    return found


def _meet_all(run: "Run", engine: "Engine", servers: Sequence[tuple[str, Address]]) -> list[Server]:
    """Asks every server who it is. One that nobody has met yet may come later where another is known, and else is waited for."""
    until, told = time.monotonic() + run.options.patience, False
    while True:
        met = [_meet(run, engine, memory, address) for memory, address in servers]
        strangers = [(server.address.url, problem) for server, problem in met if server.identity is None]
        if len(strangers) < len(met):
            for url, problem in strangers:
                say(
                    f"{url} cannot be reached ({problem}); the others begin, and it is asked once it answers",
                    error=True,
                )
            return [server for server, _ in met]
        url, problem = strangers[0]
        if run.interrupted:
            raise Interrupted("interrupted before anything was asked")
        if time.monotonic() > until:
            raise WorldError(f"{url} cannot be reached ({problem}), and no run before has met it")
        if not told:
            say(f"waiting for {url} ({problem}), for at most {run.options.patience:.0f} s", error=True)
            told = True
        engine.call(asyncio.sleep(min(1.0, max(0.05, run.options.patience / 10))))


def _meet(run: "Run", engine: "Engine", memory: str, address: Address) -> tuple[Server, str]:
    """Asks a server who it is. One that is not to be had is believed to be what it last was; else its identity is None, and why."""
    known = run.ledger.remembered(memory)
    identity = (
        Identity(known["model"], known["revision"], known["concurrent"], tuple(known["offers"])) if known else None
    )
    try:
        said = engine.call(identify(engine.session, address))
    except Closed as problem:
        if identity is None:
            raise WorldError(str(problem)) from problem
        return Server(address, identity, closed=str(problem)), ""
    except Transient as problem:
        if str(problem) == "no such host" and identity is None:
            raise unknown(address) from problem
        return Server(address, identity, down=True), str(problem)
    run.ledger.remember(memory, said.said())
    return Server(address, said), ""


def nobody(name: str) -> UserError:
    """A role without a server."""
    return UserError(
        f"no endpoint is given for the role {name}; say --endpoints http://HOST:PORT, or --endpoints rehearsal"
    )


def unknown(address: Address) -> UserError:
    """A host of which no name server knows."""
    return UserError(f"the endpoint '{address.url}' names a host that is not known; is its name spelled right?")


def differ(name: str, url: str, one: Playing, other_url: str, other: Playing) -> UserError:
    """Two servers of a role that are not the same model: their replies would stand under one key."""
    return UserError(
        f"the endpoints of {name} differ: {url} serves {one.model} at revision {one.revision or NONE}, "
        f"{other_url} serves {other.model} at revision {other.revision or NONE}"
    )


def named(name: str, role: Role, said: Identity) -> Playing:
    """The model's name in keys: what the server says, or the recipe's where `served_as` says that both are one."""
    wanted = role.served_as or role.model
    if said.offers:
        if wanted is None:
            raise UserError(
                f"the server of {name} offers several models ({', '.join(said.offers[:8])}); say which: model: NAME"
            )
        if wanted not in said.offers:
            raise UserError(f"the server of {name} does not offer '{wanted}'; it offers {', '.join(said.offers[:8])}")
        return Playing(role.model or wanted, said.revision, wanted)
    model = said.model
    if model is None:
        if wanted is None:
            raise UserError(f"the server of {name} does not say which model it serves; say it: model: NAME")
        return Playing(role.model or wanted, said.revision, wanted)
    if wanted is not None and wanted != model:
        key = "served_as" if role.served_as else "model"
        hint = "" if role.served_as else f"; if both are one, say served_as: {model}"
        raise UserError(f"the role {name} says {key}: {wanted}, and its server says it serves {model}{hint}")
    return Playing(role.model or model, said.revision, model)


def _pinned(run: "Run", name: str, role: Role, said: Playing, steps: list[str]) -> Playing:
    """The revision in keys. Another one in the ledger means that replies would be paid for again: the user decides."""
    held: dict[str | None, int] = {}
    for step in steps:
        for revision, count in run.ledger.revisions(step, said.model).items():
            held[revision] = held.get(revision, 0) + count
    if role.revision is not None:
        pinned = None if role.revision == NONE else role.revision
        if pinned != said.revision and said.revision is not None and pinned not in held:
            known = ", ".join(str(r or NONE) for r in {said.revision, *held})
            raise UserError(f"the role {name} pins revision {role.revision}; its server and the ledger know {known}")
        return Playing(said.model, pinned, said.served)
    others = {revision: count for revision, count in held.items() if revision != said.revision}
    if others:
        old, count = max(others.items(), key=lambda item: item[1])
        raise UserError(
            f"{name}: the ledger holds {count} replies of {said.model} at revision {old or NONE}, and its server is now at "
            f"{said.revision or NONE}; they would be paid for again. 'revision: {old or NONE}' beside the role's sampling goes on with them, "
            f"'revision: {said.revision or NONE}' begins anew"
        )
    return said


def _from_ledger(run: "Run", name: str, role: Role, addresses: list[str], steps: list[str]) -> Playing:
    """Who answered, by the ledger alone: for a replay with every endpoint switched off.

    Of a step that was never reached nobody knows more than what the server once said of itself.
    """
    if run.engine is not None:
        return Playing("", None, "")
    everybody = _held(run, steps)
    for address in addresses:
        known = run.ledger.remembered(address)
        if known:
            said = named(name, role, Identity(known["model"], known["revision"], None, tuple(known["offers"])))
            if everybody and not any(run.ledger.revisions(step, said.model) for step in steps):
                continue
            revision = said.revision if role.revision is None else (None if role.revision == NONE else role.revision)
            return Playing(said.model, revision, said.served)
    if not everybody:
        return Playing(role.model or UNKNOWN, None if role.revision == NONE else role.revision, UNKNOWN)
    held = [row for row in everybody if role.model in (None, row[0]) and role.revision in (None, row[1] or NONE)]
    if not held:
        raise UserError(
            f"the ledger {run.ledger.path} holds no reply for the role {name}"
            + (f" from {role.model}" if role.model else "")
        )
    if len(held) > 1:
        known_as = "; ".join(
            f"{model} at revision {revision or NONE} ({count} replies)" for model, revision, count in held
        )
        raise UserError(
            f"the ledger holds replies for the role {name} from several: {known_as}; say model and revision in the role"
        )
    return Playing(held[0][0], held[0][1], held[0][0])
